"""Texts as the tokens of a model: which, and where each stands in its text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from sentencepiece import SentencePieceProcessor
    from tokenizers import Tokenizer


@dataclass(frozen=True, slots=True)
class TextTokens:
    """A text's tokens in order, special ones aside: int64 (n,), and the characters of each: int64 (n, 2)."""

    ids: NDArray[np.int64]
    spans: NDArray[np.int64]

    @classmethod
    def of(cls, ids: Sequence[int], spans: Sequence[tuple[int, int]]) -> TextTokens:
        """Tokens by their numbers and places."""
        return cls(np.asarray(ids, dtype=np.int64), np.asarray(spans, dtype=np.int64).reshape(-1, 2))


class TextTokenizer(Protocol):
    """What makes tokens of a text; `first` and `last` are the ids of those that a model wants around them."""

    first: int
    last: int

    def tokens(self, text: str) -> TextTokens:
        """All tokens of a text, never cut short."""


class WordPieces:
    """A tokenizer of the tokenizers library."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self.first, self.last = tokenizer.encode("").ids

    def tokens(self, text: str) -> TextTokens:
        """All tokens of a text, never cut short."""
        found = self._tokenizer.encode(text, add_special_tokens=False)
        return TextTokens.of(found.ids, found.offsets)


class SentencePieces:
    """A tokenizer of the SentencePiece library, loaded when it is first needed."""

    def __init__(self, load: Callable[[], SentencePieceProcessor], first: int, last: int) -> None:
        self._load = load
        self._loading = Lock()
        self._processor: SentencePieceProcessor | None = None
        self.first, self.last = first, last

    @property
    def is_loaded(self) -> bool:
        """Whether a text has been asked about."""
        return self._processor is not None

    def tokens(self, text: str) -> TextTokens:
        """All tokens of a text, never cut short."""
        with self._loading:
            processor = self._processor = self._processor or self._load()
        return TextTokens.of(*encoded(processor, text))


def encoded(processor: SentencePieceProcessor, text: str) -> tuple[list[int], list[tuple[int, int]]]:
    """The ids of a text's tokens and their places; the blank before a word is not part of its place."""
    found = processor.encode(text, return_type="offset_mapping")
    return found["ids"], [_without_blanks(text, *span) for span in found["offsets"]]


def _without_blanks(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    return start, end
