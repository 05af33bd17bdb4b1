"""Where every character of a handbook went, in shares, and what was amiss when it was read. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kb import Caveat, Edition, Record, Said
from web.frame.named import PlaceShown, RecordRef
from web.frame.refs import Refs
from web.frame.sayings import Saying
from web.frame.shown import Shown

RECORDS = ("practices", "tools", "annexes", "sections")
FURNITURE = ("running heads", "page numbers", "contents pages", "footnotes", "skipped pages")
HIDDEN = "hidden text"
UNASSIGNED = "unassigned"
ORDER = (*RECORDS, *FURNITURE, HIDDEN, UNASSIGNED)
"""The places of `kb.records.Edition.ledger` as they are shown; any other comes before the last two."""


@dataclass(frozen=True, slots=True)
class Share(Shown):
    """A place that text of the handbook went to."""

    place: str
    """practices, tools, annexes, sections, running heads, page numbers, contents pages, footnotes, skipped
    pages, hidden text or unassigned."""
    characters: int
    """White space aside."""
    percent: float
    """Of all characters of the handbook; of all places together 100."""


@dataclass(frozen=True, slots=True)
class Account(Shown):
    """Where every character of a handbook went."""

    shares: tuple[Share, ...]
    """Records first, then furniture, then what is in neither; places that got nothing are left out."""
    characters: int
    """All of them, white space aside; 0 for an edition read in before this was counted."""
    assigned_percent: float
    """How many of the characters that a reader of the page can see have a place; rounded down."""


@dataclass(frozen=True, slots=True)
class CaveatShown(Shown):
    """Something amiss, on the pages that it is about or (record not null) in a record."""

    places: tuple[PlaceShown, ...]
    record: RecordRef | None


@dataclass(frozen=True, slots=True)
class CaveatGroup(Shown):
    """What is amiss in the same way."""

    flaw: str
    """Its code, such as flaw-no-text."""
    says: Saying
    count: int
    """Of records or pages; 0 where it is about the file as a whole."""
    items: tuple[CaveatShown, ...]


def caveats(refs: Refs, edition: Edition, served: Iterable[Record]) -> tuple[CaveatGroup, ...]:
    """What was amiss when an edition was read, worst first.

    Of a record only where it is served as it was read: who corrected or confirmed it has looked at it.
    """
    untouched = {record.id: record for record in served if not record.corrected}
    groups: dict[Said, list[CaveatShown]] = {}
    for caveat in edition.caveats:
        if not caveat.kind or caveat.record in untouched:
            groups.setdefault(caveat.said, []).append(_shown(refs, edition, caveat, untouched))
    return tuple(
        CaveatGroup(
            said.code.value, said, sum(1 if one.record else len(one.places) for one in items), tuple(items)
        )
        for said, items in groups.items()
    )


def _shown(refs: Refs, edition: Edition, caveat: Caveat, records: Mapping[str, Record]) -> CaveatShown:
    record = records.get(caveat.record)
    places = tuple(refs.place(edition, page) for page in caveat.pages if page <= len(edition.pages))
    return CaveatShown(places, refs.record(record) if record else None)


def account(ledger: Iterable[tuple[str, int]]) -> Account:
    """The shares of a ledger (place -> characters), empty places left out."""
    counts = {place: count for place, count in ledger if count > 0}
    total = sum(counts.values())
    visible = total - counts.get(HIDDEN, 0)
    left = counts.get(UNASSIGNED, 0)
    return Account(
        shares=tuple(
            Share(place, counts[place], round(100 * counts[place] / total, 2))
            for place in sorted(counts, key=_order)
        ),
        characters=total,
        assigned_percent=10000 * (visible - left) // visible / 100 if visible else 0.0,
    )


def _order(place: str) -> tuple[int, str]:
    return (ORDER.index(place) if place in ORDER else ORDER.index(HIDDEN) - 1, place)
