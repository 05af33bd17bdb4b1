"""What is asked: a text with its filters, checked once, and the little syntax that people expect in it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kb.errors import InputError
from kb.records import Kind
from kb.retrieval import Mode

DEFAULT_KINDS = (Kind.PRACTICE, Kind.TOOL, Kind.ANNEX)
MOST_CHARACTERS = 2000  # about 350 words: no model here reads more of a question

_PHRASE = re.compile(r'["“„«]([^"“”„«»]+)["”“»]')
_EXCLUDED = re.compile(r"(?<!\S)-(?=[^\W\d_])(\w[\w-]*)")


@dataclass(frozen=True, slots=True)
class Query:
    """A need and what to keep of the answers: OR inside a filter, AND between filters, empty for no filter.

    In the text, "words in quotes" must stand there as they are, and no -word may.
    """

    text: str
    kinds: tuple[Kind, ...] = DEFAULT_KINDS
    handbooks: tuple[str, ...] = ()
    institutions: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    limit: int = 10
    offset: int = 0
    mode: Mode = Mode.HYBRID

    def __post_init__(self) -> None:
        if len(self.text) > MOST_CHARACTERS:
            size = f"{len(self.text)} characters, at most {MOST_CHARACTERS} are read"
            raise InputError(f"the query is too long: {size}; say it in a few sentences")
        if not self.text.strip():
            raise InputError("an empty query: say in a few words what you need")
        if not any(c.isalnum() for c in self.text):
            shown = self.text.strip()[:40]
            raise InputError(f"{shown!r}: no word to search for; say in a few words what you need")
        if self.limit < 1 or self.offset < 0:
            raise InputError(f"limit {self.limit}, offset {self.offset}: at least 1 and 0 are needed")

    @property
    def phrases(self) -> tuple[str, ...]:
        """What must be there word for word."""
        return tuple(found.strip() for found in _PHRASE.findall(self.text) if any(c.isalnum() for c in found))

    @property
    def excluded(self) -> tuple[str, ...]:
        """Words that must not be there."""
        return tuple(_EXCLUDED.findall(_PHRASE.sub(" ", self.text)))

    @property
    def need(self) -> str:
        """The text without its syntax: what is looked for by words and meaning."""
        bare = _EXCLUDED.sub(" ", _PHRASE.sub(lambda found: f" {found[1]} ", self.text))
        return " ".join(bare.split())
