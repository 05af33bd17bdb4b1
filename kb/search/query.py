"""What is asked: a text with its filters, checked once, and the little syntax that people expect in it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from kb import InputError, Kind
from kb.words import ALIASES, FACETS

DEFAULT_KINDS = (Kind.PRACTICE, Kind.TOOL, Kind.ANNEX)
MOST_CHARACTERS = 2000  # about 350 words: no model here reads more of a question
READ = ("country", "institution", "level", "target_group", "language")
"""Facets whose values are read from a need, as what is preferred (`kb.search.constraints`)."""
Filters = Mapping[str, tuple[str, ...]]
"""Facet -> the values of which a record must have one."""

_PHRASE = re.compile(r'["“„«]([^"“”„«»]+)["”“»]')
_HALF = r"(?<!\bund )(?<!\boder )(?<!\boch )(?<!\beller )"  # before half a compound: "Grund- und -schulen"
_EXCLUDED = re.compile(rf"{_HALF}(?<!\S)-(?=[^\W\d_])(\w[\w-]*)", re.IGNORECASE)
_NAMED = re.compile(
    rf'(?<![\w:/-])({"|".join((*FACETS, *ALIASES))}):(?:\s?["“„«]([^"“”„«»]+)["”“»]|([^\W_][^\s,;"“”„«»]*))',
    re.IGNORECASE,
)


class Mode(StrEnum):
    """What a search goes by."""

    HYBRID = "hybrid"
    WORDS = "words"
    DENSE = "dense"


class Sort(StrEnum):
    """What comes first among the answers."""

    BEST = "best"
    NEWEST = "newest"
    TITLE = "title"
    INSTITUTION = "institution"


@dataclass(frozen=True, slots=True)
class Query:
    """A need and what to keep of the answers: OR inside a filter, AND between filters, empty for no filter.

    In the text, "words in quotes" must stand there as they are, no -word may, and facet:value keeps the records
    with a value that is meant so. `filters` holds every facet but the kind, by exact values. `is_reranked` lets
    a reranker, where the settings name one, order the best of a hybrid search anew. `sort` puts the
    same answers in another order. `dropped` are facets of which
    nothing is to be read from the need.
    """

    text: str
    kinds: tuple[Kind, ...] = DEFAULT_KINDS
    filters: Filters = field(default_factory=dict, hash=False)
    limit: int = 10
    offset: int = 0
    mode: Mode = Mode.HYBRID
    is_reranked: bool = True
    sort: Sort = Sort.BEST
    dropped: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if any("\ud800" <= char <= "\udfff" for char in self.text):
            raise InputError("the text is not in UTF-8; type it anew")
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
        for facet in self.filters:
            if facet not in FACETS or facet == "kind":
                raise InputError(f"{facet}: no such facet; use one of {', '.join(FACETS[1:])}, or kinds")
        for facet in self.dropped:
            if facet not in READ:
                raise InputError(f"{facet}: not read from a need; use one of {', '.join(READ)}")

    @property
    def needs_model(self) -> bool:
        """Whether it is answered by meaning."""
        return self.mode is not Mode.WORDS

    @property
    def wants_reranker(self) -> bool:
        """Whether a reranker may order its best answers anew."""
        return self.is_reranked and self.mode is Mode.HYBRID and self.sort is Sort.BEST

    @property
    def named(self) -> tuple[tuple[str, str], ...]:
        """What is asked for as facet:value, as (facet, what was typed), in order."""
        found = (
            (match[1].lower(), (match[2] or match[3]).strip(" .?!")) for match in _NAMED.finditer(self.text)
        )
        return tuple((ALIASES.get(facet, facet), typed) for facet, typed in found if typed)

    @property
    def phrases(self) -> tuple[str, ...]:
        """What must be there word for word."""
        bare = _NAMED.sub(" ", self.text)
        return tuple(found.strip() for found in _PHRASE.findall(bare) if any(c.isalnum() for c in found))

    @property
    def is_all_quoted(self) -> bool:
        """Whether nothing is asked beside phrases."""
        return not any(c.isalnum() for c in _PHRASE.sub(" ", _NAMED.sub(" ", self.text)))

    @property
    def excluded(self) -> tuple[str, ...]:
        """Words that must not be there; the second half of a compound ("Grund- und -schulen") is none."""
        return tuple(_EXCLUDED.findall(_PHRASE.sub(" ", _NAMED.sub(" ", self.text))))

    @property
    def need(self) -> str:
        """The text without its syntax: what is looked for by words and meaning; "" where there is no more."""
        bare = _PHRASE.sub(lambda found: f" {found[1]} ", _NAMED.sub(" ", self.text))
        rest = " ".join(_EXCLUDED.sub(" ", bare).split())
        return rest if not self.named or any(c.isalnum() for c in rest) else ""

    @property
    def unquoted(self) -> str:
        """The need without what must be there word for word, its parts set apart."""
        bare = _PHRASE.sub(" … ", _NAMED.sub(" … ", self.text))
        return " ".join(_EXCLUDED.sub(" … ", bare).split())
