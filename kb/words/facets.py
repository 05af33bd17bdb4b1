"""What records can be filtered by: the facets, their values, and what a person means by one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from kb import Numbers, Origin, Record
from kb.words import vocabulary
from kb.words.folding import fold, word_key

FACETS = (
    *("kind", "handbook", "institution", "country", "theme", "discipline"),
    *("format", "level", "language", "target_group", "tool", "year", "origin"),
)
"""In the order in which they are shown."""

Values = Mapping[str, Numbers]
"""Value -> the numbers of the records that have it, ascending."""

ALIASES = {
    "university": "institution",
    "uni": "institution",
    "type": "kind",
    "book": "handbook",
    "target": "target_group",
}
"""Other names that people type for a facet."""

_ORIGINS = {
    "stated": "All stated in the handbook",
    "inferred": "Some inferred by a rule",
    "corrected": "Corrected in review",
}


@dataclass(frozen=True, slots=True)
class Pairs:
    """All (record, value) pairs of one facet, to count with: `values[which[n]]` is one of record `rows[n]`."""

    values: tuple[str, ...]
    rows: Numbers
    which: Numbers

    @classmethod
    def of(cls, held: Values) -> Pairs:
        """Lay the values of a facet out in a row."""
        empty = np.zeros(0, dtype=np.int64)
        return cls(
            tuple(held),
            np.concatenate([empty, *held.values()]),
            np.repeat(np.arange(len(held)), [len(numbers) for numbers in held.values()]),
        )

    def counts(self, kept: np.typing.NDArray[np.bool_]) -> Iterable[tuple[str, int]]:
        """Each value with the number of kept records that have it, where that is any."""
        counted = np.bincount(self.which[kept[self.rows]], minlength=len(self.values))
        return ((self.values[n], int(counted[n])) for n in np.flatnonzero(counted))


def index(records: Sequence[Record]) -> dict[str, dict[str, Numbers]]:
    """The values of every facet, by name, with the records that have each; none is left out."""
    titles = _tool_titles(records)
    held: dict[str, dict[str, list[int]]] = {facet: {} for facet in FACETS}
    for number, record in enumerate(records):
        for facet in FACETS:
            for value in values_of(record, facet, titles):
                held[facet].setdefault(value, []).append(number)
    return {
        facet: {value: np.array(found[value], dtype=np.int64) for value in sorted(found)}
        for facet, found in held.items()
    }


def values_of(record: Record, facet: str, tools: Mapping[str, str]) -> tuple[str, ...]:
    """The values by which a record is found under a facet, each once; `tools` are titles by id.

    A record's origin is "inferred" where a rule read any of its values, else "stated"; one that a person
    corrected is also "corrected".
    """
    if facet == "kind":
        return (record.kind.value,)
    if facet == "handbook":
        return (record.handbook,)
    if facet == "origin":
        return _origins(record)
    if facet == "tool":
        return tuple(dict.fromkeys(tools[tool] for tool in record.tools if tool in tools))
    own = (record.institution,) if facet == "institution" and record.institution else ()
    return tuple(dict.fromkeys((*own, *record.values(facet))))


@lru_cache(maxsize=20_000)
def label(facet: str, value: str) -> str:
    """A facet's value as it is shown, in English; handbooks are shown by their title instead."""
    if facet == "origin":
        return _ORIGINS[value]
    return value.capitalize() if facet == "kind" else vocabulary.load().term_label(facet, value)


def meant(facet: str, text: str, known: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """The known values (value, label) that a person means by a text: "Glasgow", "BIP", "Gesundheit".

    One that is the text, else what the vocabulary knows it as, else all with words that start like its words,
    in their order; none where nothing fits. Case and accents do not count.
    """
    shown = tuple(known)
    wanted = fold(text).strip()
    if not any(c.isalnum() for c in wanted):
        return ()
    if same := tuple(value for value, name in shown if wanted in (fold(value), fold(name))):
        return same
    if (term := _term(facet, text)) and any(value == term for value, _ in shown):
        return (term,)
    return tuple(value for value, name in shown if starts_words(wanted, name) or starts_words(wanted, value))


def starts_words(wanted: str, text: str) -> bool:
    """Whether each word of a folded text starts a word of another, in its order."""
    left = iter(word_key(text).split())
    starts = word_key(wanted).split()
    return bool(starts) and all(any(word.startswith(start) for word in left) for start in starts)


def _term(facet: str, text: str) -> str:
    words = vocabulary.load()
    if facet == "institution":
        return words.institution(text)
    if facet == "country":
        return words.country(text)
    return words.term(text, facet) if facet in vocabulary.KINDS else ""


def _origins(record: Record) -> tuple[str, ...]:
    found = {facet.origin for facet in record.facets} | {field.origin for field in record.fields}
    origin = Origin.INFERRED if Origin.INFERRED in found else Origin.STATED
    corrected = ("corrected",) if record.corrected or found - {Origin.STATED, Origin.INFERRED} else ()
    return (origin.value, *corrected)


def _tool_titles(records: Iterable[Record]) -> dict[str, str]:
    """Titles by id; tools of one name in several handbooks share the first's spelling."""
    spelling: dict[str, str] = {}
    return {r.id: spelling.setdefault(fold(r.title), r.title) for r in records if r.kind.value == "tool"}
