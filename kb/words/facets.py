"""What is known of records and they can be filtered by: one table of facets, and the values that records have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from kb import Kind, Numbers, Origin, Record
from kb.words.folding import fold


class FacetSource(StrEnum):
    """Where the values of a facet come from, which says how they are read and labelled."""

    RECORD = "record"  # what the record is: its kind, its handbook, its tools
    PLACE = "place"  # institutions and countries
    TERM = "term"  # names that a file of corpus/vocabulary lists
    AMOUNT = "amount"  # numbers and dates, read by a rule of ingest/values


@dataclass(frozen=True, slots=True)
class FacetKind:
    """One thing that is known of records; how one is added stands in docs/how-to/extending.md.

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


TOOL = "tool"
PARTNER = "partner"
KNOWN = (
    FacetKind("kind", FacetSource.RECORD, ("type",)),
    FacetKind("handbook", FacetSource.RECORD, ("book",)),
    FacetKind("institution", FacetSource.PLACE, ("university", "uni"), fields=("institution",)),
    FacetKind(PARTNER, FacetSource.PLACE, fields=("partners",)),
    FacetKind("country", FacetSource.PLACE, fields=("country",)),
    _terms("theme", "themes.toml"),
    _terms("discipline", "themes.toml"),
    _terms("format", "formats.toml"),
    _terms("level", "formats.toml"),
    _terms("language", "languages.toml"),
    _terms("target_group", "formats.toml", "target"),
    FacetKind(TOOL, FacetSource.RECORD),
    FacetKind("year", FacetSource.AMOUNT, fields=("duration", "timeline")),
    FacetKind("origin", FacetSource.RECORD),
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
    """All (record, value) pairs of one facet, by record, to count with: `values[which[n]]` is of record `rows[n]`."""

    values: tuple[str, ...]
    rows: NDArray[np.integer]
    which: NDArray[np.integer]

    @classmethod
    def of(cls, held: Values) -> Pairs:
        """Lay the values of a facet out in a row."""
        rows = np.concatenate([np.zeros(0, dtype=np.int32), *held.values()]).astype(np.int32)
        which = np.repeat(np.arange(len(held), dtype=np.int32), [len(numbers) for numbers in held.values()])
        order = np.argsort(rows, kind="stable")
        return cls(tuple(held), rows[order], which[order])

    def of_rows(self, numbers: Numbers) -> Pairs:
        """The pairs of some records, which ascend, each by its place among them."""
        first = np.searchsorted(self.rows, numbers.astype(np.int32), side="left")
        counts = np.searchsorted(self.rows, numbers.astype(np.int32), side="right") - first
        before = np.cumsum(counts) - counts
        places = np.arange(int(counts.sum())) + np.repeat(first - before, counts)
        return Pairs(self.values, np.repeat(np.arange(len(numbers)), counts), self.which[places])

    def counts(self, kept: np.typing.NDArray[np.bool_]) -> Iterable[tuple[str, int]]:
        """Each value with the number of kept records that have it, where that is any."""
        found, counts = np.unique(self.which[kept[self.rows]], return_counts=True)
        return ((self.values[n], count) for n, count in zip(found.tolist(), counts.tolist(), strict=True))


class FacetIndex:
    """The values of every facet with the records that have each, of records that come one after the other."""

    def __init__(self) -> None:
        self._held: dict[str, dict[str, list[int]]] = {facet: {} for facet in FACETS}
        self._leads: dict[str, list[int]] = {}
        self._tools: dict[str, str] = {}
        self._spelling: dict[str, str] = {}  # tools of one name in several handbooks share the first's
        self._users: list[tuple[int, tuple[str, ...]]] = []

    def add(self, number: int, record: Record) -> None:
        """Take the next record, by its number."""
        for facet in FACETS:
            if facet != TOOL:  # whose title may come later
                for value in values_of(record, facet, {}):
                    self._held[facet].setdefault(value, []).append(number)
        for institution in leaders(record):
            self._leads.setdefault(institution, []).append(number)
        if record.kind is Kind.TOOL:
            self._tools[record.id] = self._spelling.setdefault(fold(record.title), record.title)
        if record.tools:
            self._users.append((number, record.tools))

    def values(self) -> dict[str, dict[str, Numbers]]:
        """The values by facet, none left out, each with its records' numbers."""
        of_tools: dict[str, list[int]] = {}
        for number, tools in self._users:
            for title in _titles(tools, self._tools):
                of_tools.setdefault(title, []).append(number)
        return {
            facet: {value: np.array(found[value], dtype=np.int64) for value in sorted(found)}
            for facet, found in {**self._held, TOOL: of_tools}.items()
        }

    def leads(self) -> dict[str, Numbers]:
        """The numbers of the records that each institution leads, not those that it takes part in alone."""
        return {name: np.array(numbers, dtype=np.int64) for name, numbers in self._leads.items()}

    def users(self) -> dict[str, tuple[int, ...]]:
        """The numbers of the records that use each tool, by its id."""
        found: dict[str, list[int]] = {}
        for number, tools in self._users:
            for tool in dict.fromkeys(tools):
                found.setdefault(tool, []).append(number)
        return {tool: tuple(numbers) for tool, numbers in found.items()}


def index(records: Iterable[Record]) -> dict[str, dict[str, Numbers]]:
    """The values of every facet, by name, with the records that have each; none is left out."""
    found = FacetIndex()
    for number, record in enumerate(records):
        found.add(number, record)
    return found.values()


def values_of(record: Record, facet: str, tools: Mapping[str, str]) -> tuple[str, ...]:
    """The values by which a record is found under a facet, each once; `tools` are titles by id.

    An institution is the one that leads it, and each that takes part: people look for all that theirs does.
    A record's origin is "inferred" where a rule read any of its values, from other words or elsewhere, else "stated";
    one that a person corrected is also "corrected".
    """
    if facet == "kind":
        return (record.kind.value,)
    if facet == "handbook":
        return (record.handbook,)
    if facet == "origin":
        return _origins(record)
    if facet == TOOL:
        return _titles(record.tools, tools)
    if facet == "institution":
        return tuple(dict.fromkeys((*leaders(record), *record.values(PARTNER))))
    return tuple(dict.fromkeys(record.values(facet)))


def marks(record: Record, tools: Mapping[str, str]) -> tuple[str, ...]:
    """What a record is filtered by in an index, facet by facet; `tools` are titles by id."""
    return tuple(mark(facet, value) for facet in FACETS for value in values_of(record, facet, tools))


def mark(facet: str, value: str) -> str:
    """A value of a facet as one word; that of a tool without regard to how a handbook writes it."""
    return f"{facet}={fold(value) if facet == TOOL else value}"


def leading(record: Record) -> str:
    """The institution that leads a record, "" where none is known."""
    return next(iter(leaders(record)), "")


def leaders(record: Record) -> tuple[str, ...]:
    """All institutions that do, the first one first."""
    own = (record.institution,) if record.institution else ()
    return tuple(dict.fromkeys((*own, *record.values("institution"))))


def _origins(record: Record) -> tuple[str, ...]:
    found = {facet.origin for facet in record.facets} | {field.origin for field in record.fields}
    origin = Origin.INFERRED if found & {Origin.INFERRED, Origin.MAPPED} else Origin.STATED
    corrected = ("corrected",) if record.corrected or Origin.CORRECTED in found else ()
    return (origin.value, *corrected)


def _titles(tools: Iterable[str], known: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(known[tool] for tool in tools if tool in known))
