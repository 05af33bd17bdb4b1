"""What an embedding model is to the rest of the product, and what it is called."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, Self, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from kb import ModelError, Vectors

ENGLISH = "en"
ENGLISH_ONLY = frozenset({"all-MiniLM-L6-v2"})
"""Models that find almost nothing across languages: nDCG@10 of 0.05 on judged needs."""
TOGETHER = " + "
"""Between the ids of the models whose rows stand side by side."""

FINGERPRINT = "@"
"""Between a model's name and a digest of what its vectors come from, where that is known."""

Range = tuple[int, int]
"""Start and end (exclusive) of a part of a text, in characters."""


class Tokens(Protocol):
    """What passages are measured with."""

    @property
    def max_tokens(self) -> int:
        """Tokens of text that one passage may hold; prefix and special tokens are already taken off."""

    def spans(self, text: str) -> list[Range]:
        """The character range of each token of a text, in order, special tokens aside."""


class Encoder(Tokens, Protocol):
    """An embedding model: text to unit rows, for queries and for passages.

    `id` names the model, its weights and its prefixes: two encoders with one id give the same vectors.
    """

    @property
    def id(self) -> str:
        """The model's name and a digest of its weights and prefixes."""

    @property
    def dim(self) -> int:
        """Numbers in a vector."""

    def queries(self, texts: Sequence[str]) -> Vectors:
        """Embed what users ask: float32 (n, dim), unit rows."""

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Embed what the library holds: float32 (n, dim), unit rows."""


@runtime_checkable
class PartsEncoder(Encoder, Protocol):
    """An Encoder that also tells parts of a passage apart."""

    def passages_with_parts(
        self, texts: Sequence[str], parts: Sequence[Sequence[Range]]
    ) -> tuple[Vectors, list[Vectors]]:
        """Embed texts, and parts of each (character ranges) in their context: unit rows.

        A model that does not take the mean of its tokens has no vectors of parts: (0, dim) each.
        """


def unit(rows: Vectors) -> Vectors:
    """Rows made as long as 1, float32: one (dim,) or several (n, dim); what is 0 stays."""
    lengths = np.maximum(np.linalg.norm(rows, axis=-1, keepdims=True), 1e-12)
    return np.asarray(rows / lengths, dtype=np.float32)


def means_of_parts(
    tokens: Vectors, starts: NDArray[np.int64], parts: Sequence[Range], whole: Vectors
) -> Vectors:
    """The mean of the tokens that start in each part, as unit rows (parts, dim); the whole's row where none does."""
    found = np.tile(whole, (len(parts), 1))
    for number, (start, end) in enumerate(parts):
        is_inside = (starts >= start) & (starts < end)
        if is_inside.any():
            found[number] = unit(tokens[is_inside].mean(axis=0))
    return found


@dataclass(frozen=True, slots=True)
class ModelId:
    """What a model is called, and a digest of what its vectors come from ("" where it tells none).

    As text it is "name@fingerprint"; the name may itself hold an @.
    """

    name: str
    fingerprint: str = ""

    def __post_init__(self) -> None:
        if not self.name or FINGERPRINT in (self.fingerprint or self.name):
            raise _no_id(f"{self.name}@{self.fingerprint}")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the text form; ModelError where there is no name, or none of the two beside an @."""
        name, at, fingerprint = text.rpartition(FINGERPRINT)
        if at and not fingerprint:
            raise _no_id(text)
        return cls(name, fingerprint) if at else cls(text)

    def __str__(self) -> str:
        return f"{self.name}{FINGERPRINT}{self.fingerprint}" if self.fingerprint else self.name


@dataclass(frozen=True, slots=True)
class ModelPart:
    """One model's share of each row: columns `start` to `stop`, of length 1 / sqrt(the number of parts)."""

    name: str
    start: int
    stop: int

    @property
    def is_english_only(self) -> bool:
        """Whether it was trained on English alone."""
        return self.name in ENGLISH_ONLY

    def reads(self, language: str) -> bool:
        """Whether it was trained on texts in a language ("" for an unknown one)."""
        return not self.is_english_only or language in (ENGLISH, "")


def model_parts(model: str, dim: int) -> tuple[ModelPart, ...]:
    """The models that rows of `dim` numbers come from, by the id of their encoder, "" for none at all.

    Raises:
        ModelError: the id is of no model, or its parts are not of this many numbers.
    """
    if not model:
        return ()
    if TOGETHER not in model:
        return (ModelPart(ModelId.parse(model).name, 0, dim),)
    found: list[ModelPart] = []
    for text in model.split(TOGETHER):
        own, colon, size = text.rpartition(":")
        if not colon or not size.isdigit():
            raise _no_id(model)
        start = found[-1].stop if found else 0
        found.append(ModelPart(ModelId.parse(own).name, start, start + int(size)))
    if found[-1].stop != dim:
        raise _no_id(model)
    return tuple(found)


def _no_id(text: str) -> ModelError:
    return ModelError(f"{text}: no id of a model; it has the form name@fingerprint")
