"""What is indexed of an edition: its passages and records, with the entries that the word indexes have for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kb import Kind, Passage, Record
from kb.index.manifest import Portion, digest
from kb.index.written import Entry
from kb.store import Revision, Store
from kb.words import facets


@dataclass(frozen=True, slots=True)
class LoadedEdition:
    """What is indexed of one edition: its passages with an entry for each, and its records with one for each.

    `owners` has the place of each passage's record.
    """

    number: int
    records: tuple[Record, ...]
    passages: tuple[Passage, ...]
    entries: list[Entry]
    whole: list[Entry]
    owners: list[int]

    def portion(self) -> Portion:
        """What a manifest says of it."""
        return Portion(self.number, len(self.passages), len(self.whole), digest(self.passages))


def load(store: Store, handbook: str, number: int, revision: Revision | None) -> LoadedEdition:
    """Read an edition from the store; a revision of it, where there is one, stands for what it holds.

    Raises:
        NotFoundError: the edition is not in the store.
    """
    if revision is not None:
        records, held = revision.reviewed.records, revision.passages
    else:
        records, held = store.records(handbook, number), store.passages(handbook, number)
    return of(number, records, held)


def of(number: int, records: Sequence[Record], held: Sequence[Passage]) -> LoadedEdition:
    """What is indexed of an edition with these records and passages."""
    tools = {record.id: record.title for record in records if record.kind is Kind.TOOL}
    values = {record.id: facets.marks(record, tools) for record in records}
    places = {record.id: place for place, record in enumerate(records)}
    return LoadedEdition(
        number,
        tuple(records),
        tuple(held),
        [of_passage(p, records[places[p.record]].language, values[p.record]) for p in held],
        [of_record(record, values[record.id]) for record in records],
        [places[p.record] for p in held],
    )


def of_passage(passage: Passage, language: str = "", values: tuple[str, ...] = ()) -> Entry:
    """A passage of a record in a language, with what that is filtered by, as an entry."""
    return Entry(passage.context, passage.label, passage.text, language, values)


def of_record(record: Record, values: tuple[str, ...] = ()) -> Entry:
    """A record as an entry, with what it is filtered by."""
    return Entry(record.title, record.institution, record.text, record.language, values)


def owners(group: Mapping[str, LoadedEdition]) -> list[int]:
    """The place of each passage's record among the records of editions that are indexed together."""
    found: list[int] = []
    first = 0
    for one in group.values():
        found += [first + place for place in one.owners]
        first += len(one.records)
    return found
