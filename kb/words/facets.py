"""What is known of records and they can be filtered by: one table of facets, and the values that records have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from kb import Numbers, Origin, Record
from kb.words.folding import fold


class FacetSource(StrEnum):
    """Where the values of a facet come from, which says how they are read and labelled."""

    RECORD = "record"  # what the record is: its kind, its handbook, its tools
    PLACE = "place"  # institutions and countries
    TERM = "term"  # names that a file of corpus/vocabulary lists
    AMOUNT = "amount"  # numbers and dates, read by a rule of ingest/values


@dataclass(frozen=True, slots=True)
class FacetKind:
    """One thing that is known of records; how one is added stands in docs/extending.md.

    `aliases` are other names that people type for it. `file` lists its terms, where it has terms. `fields` are the
    canonical fields that state it. Only a filter is offered to choose by; of others records show their values.
    """

    name: str
    source: FacetSource
    aliases: tuple[str, ...] = ()
    file: str = ""
    fields: tuple[str, ...] = ()
    is_filter: bool = True


def _terms(name: str, file: str, *aliases: str) -> FacetKind:
    """A facet whose values a file of corpus/vocabulary lists, stated by the field of its name."""
    return FacetKind(name, FacetSource.TERM, aliases, file, (name,))


KNOWN = (
    FacetKind("kind", FacetSource.RECORD, ("type",)),
    FacetKind("handbook", FacetSource.RECORD, ("book",)),
    FacetKind("institution", FacetSource.PLACE, ("university", "uni"), fields=("institution",)),
    FacetKind("country", FacetSource.PLACE, fields=("country",)),
    _terms("theme", "themes.toml"),
    _terms("discipline", "themes.toml"),
    _terms("format", "formats.toml"),
    _terms("level", "formats.toml"),
    _terms("language", "languages.toml"),
    _terms("target_group", "formats.toml", "target"),
    FacetKind("tool", FacetSource.RECORD),
    FacetKind("year", FacetSource.AMOUNT, fields=("duration", "timeline")),
    FacetKind("origin", FacetSource.RECORD),
    FacetKind("partner", FacetSource.PLACE, fields=("partners",), is_filter=False),
    FacetKind("ects", FacetSource.AMOUNT, fields=("ects",), is_filter=False),
    FacetKind("duration", FacetSource.AMOUNT, fields=("duration",), is_filter=False),
    FacetKind("tool_type", FacetSource.TERM, file="formats.toml", is_filter=False),
)
"""Filters first, in the order in which they are shown."""
BY_NAME = {kind.name: kind for kind in KNOWN}
FACETS = tuple(kind.name for kind in KNOWN if kind.is_filter)
"""What records can be filtered by, in the order in which it is shown."""
ALIASES = {alias: kind.name for kind in KNOWN for alias in kind.aliases}
"""Other names that people type for a facet."""
FILES = {kind.name: kind.file for kind in KNOWN if kind.source is FacetSource.TERM}
"""The file of each facet that has terms, of which it is a section."""

Values = Mapping[str, Numbers]
"""Value -> the numbers of the records that have it, ascending."""


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

    A record's origin is "inferred" where a rule read any of its values, from other words or elsewhere, else "stated";
    one that a person corrected is also "corrected".
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


def _origins(record: Record) -> tuple[str, ...]:
    found = {facet.origin for facet in record.facets} | {field.origin for field in record.fields}
    origin = Origin.INFERRED if found & {Origin.INFERRED, Origin.MAPPED} else Origin.STATED
    corrected = ("corrected",) if record.corrected or Origin.CORRECTED in found else ()
    return (origin.value, *corrected)


def _tool_titles(records: Iterable[Record]) -> dict[str, str]:
    """Titles by id; tools of one name in several handbooks share the first's spelling."""
    spelling: dict[str, str] = {}
    return {r.id: spelling.setdefault(fold(r.title), r.title) for r in records if r.kind.value == "tool"}
