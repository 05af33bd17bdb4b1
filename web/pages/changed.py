"""The page of what changed between two editions of a handbook."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from kb import Edition, InputError, Kind, Record
from kb.care import changes
from kb.editions import Change, Changes, Parting, compare, wording
from web.frame import AnyPage, HandbookRef, Picture, PlaceShown, RecordRef, Refs, Shown, boxes, links
from web.pages.choices import FacetGroup, FacetOption

TYPES = ("added", "removed", "renamed", "moved", "split", "merged", "rewritten")
"""What can become of a record, as it is listed."""


@dataclass(frozen=True, slots=True)
class EditionShown(Shown):
    """An edition of a handbook."""

    number: int
    """From 1."""
    ingested_at: str
    is_served: bool
    url: str
    """Address of what changed from the edition before to this one; empty for the first."""


@dataclass(frozen=True, slots=True)
class ChangeShown(Shown):
    """A record with another title or another annex."""

    record: RecordRef
    before: str
    after: str
    was: PlaceShown
    """Where it started in the older edition."""


@dataclass(frozen=True, slots=True)
class PieceShown(Shown):
    """Some words."""

    fate: str
    """same, gone or new."""
    text: str


@dataclass(frozen=True, slots=True)
class FieldRewritten(Shown):
    """A field that reads otherwise, word by word."""

    label: str
    """As printed; empty for the introduction."""
    pieces: tuple[PieceShown, ...]
    was: PlaceShown
    now: PlaceShown
    """Its page in each edition."""
    was_picture: Picture | None
    now_picture: Picture | None
    """That page with the field lit; null where an edition has no such field."""


@dataclass(frozen=True, slots=True)
class RewriteShown(Shown):
    """A record some of whose fields read otherwise."""

    record: RecordRef
    fields: tuple[FieldRewritten, ...]


@dataclass(frozen=True, slots=True)
class PartingShown(Shown):
    """A record of which others were split off, or into which others were merged."""

    record: RecordRef
    others: tuple[RecordRef, ...]


@dataclass(frozen=True, slots=True)
class SidesShown(Shown):
    """The page on which a record starts, in each edition that has it, with the record lit."""

    was: Picture | None
    now: Picture | None


@dataclass(frozen=True, slots=True)
class Narrowed:
    """Which changes are asked for: of a type, of a kind of record; "" for all."""

    change: str = ""
    kind: str = ""

    def __post_init__(self) -> None:
        for name, value, known in (("change", self.change, TYPES), ("kind", self.kind, tuple(Kind))):
            if value and value not in known:
                raise InputError(
                    f"{name}={value[:40]}: there is no such {name}; use one of {', '.join(known)}"
                )


@dataclass(frozen=True, slots=True)
class ChangesPage(AnyPage):
    """What changed between two editions of a handbook."""

    template: ClassVar[str] = "changes.html"
    paths: ClassVar[Mapping[str, str]] = {"/handbooks/{handbook}/changes": "What changed"}

    handbook: HandbookRef
    before: int | None
    """The older edition; null where the handbook has but one."""
    after: int
    editions: tuple[EditionShown, ...]
    """Newest first."""
    added: tuple[RecordRef, ...]
    removed: tuple[RecordRef, ...]
    renamed: tuple[ChangeShown, ...]
    moved: tuple[ChangeShown, ...]
    rewritten: tuple[RewriteShown, ...]
    split: tuple[PartingShown, ...]
    """Kept records, with the added ones that took a part of their text."""
    merged: tuple[PartingShown, ...]
    """Kept records, with the removed ones whose text went into them."""
    unchanged: int
    pictures: dict[str, SidesShown]
    """By record id, of what is added, removed, renamed or moved."""
    filters: tuple[FacetGroup, ...]
    """`change` and `kind`, with how many changes each would show; none where nothing changed."""
    everything: str
    """Address of all changes, where only some are shown; else empty."""


def changes_page(
    refs: Refs,
    handbook: str,
    before: int | None = None,
    after: int | None = None,
    only: Narrowed = Narrowed(),
) -> ChangesPage:
    """What changed between two editions; the served one and the one before it unless others are named.

    Raises:
        NotFoundError: there is no such handbook or edition.
    """
    store, named = refs.library.store, refs.handbook(handbook)
    editions = _editions(refs, handbook)
    newest = after or named.edition
    if before is None and not any(edition.number < newest for edition in editions):
        return _first(refs, named, newest, editions)
    older, newer = changes.pair(store, handbook, before, after)
    old, new = ({r.id: r for r in changes.records(store, handbook, number)} for number in (older, newer))
    every = compare(tuple(old.values()), tuple(new.values()))
    kinds = {name: record.kind for name, record in (*old.items(), *new.items())}
    found = _kept(every, only, kinds)
    listed = (
        *(name for name, _ in (*found.added, *found.removed)),
        *(c.id for c in (*found.renamed, *found.moved)),
    )
    is_narrow = only != Narrowed()
    return ChangesPage(
        url=links.changes(handbook, older, newer, only.change, only.kind),
        notice=refs.library.notices,
        handbook=named,
        before=older,
        after=newer,
        editions=editions,
        added=refs.named(new[record] for record, _ in found.added),
        removed=refs.named(old[record] for record, _ in found.removed),
        renamed=_changed(refs, found.renamed, old, new),
        moved=_changed(refs, found.moved, old, new),
        rewritten=tuple(_rewritten(refs, old[w.id], new[w.id], w.fields) for w in found.rewritten),
        split=_parted(refs, found.split, new, new),
        merged=_parted(refs, found.merged, new, old),
        unchanged=found.unchanged,
        pictures={
            name: SidesShown(*(_start_of(refs, held.get(name)) for held in (old, new))) for name in listed
        },
        filters=_filters(every, only, kinds, (handbook, older, newer)),
        everything=links.changes(handbook, older, newer) if is_narrow else "",
    )


def _ids(found: Changes, change: str) -> tuple[str, ...]:
    """The records that something became of, once each."""
    items = getattr(found, change)
    return tuple(item[0] if isinstance(item, tuple) else item.id for item in items)


def _kept(found: Changes, only: Narrowed, kinds: Mapping[str, Kind]) -> Changes:
    """The changes that are asked for."""
    kept: dict[str, Any] = {
        change: tuple(
            item
            for item, name in zip(getattr(found, change), _ids(found, change), strict=True)
            if only.change in ("", change) and only.kind in ("", kinds[name])
        )
        for change in TYPES
    }
    return replace(found, **kept)


def _filters(
    found: Changes, only: Narrowed, kinds: Mapping[str, Kind], between: tuple[str, int, int]
) -> tuple[FacetGroup, ...]:
    """Both filters; each counts what it would show under the other one."""
    by_change = {change: _ids(_kept(found, replace(only, change=""), kinds), change) for change in TYPES}
    of_kind = _kept(found, replace(only, kind=""), kinds)
    names = [name for change in TYPES for name in _ids(of_kind, change)]
    counts = {
        "change": {change: len(ids) for change, ids in by_change.items()},
        "kind": {kind.value: sum(kinds[name] is kind for name in names) for kind in Kind},
    }
    groups = []
    for name, chosen in (("change", only.change), ("kind", only.kind)):
        options = tuple(
            FacetOption(
                value=value,
                label=value,
                count=count,
                is_chosen=value == chosen,
                url=links.changes(*between, *_toggled(only, name, value)),
            )
            for value, count in counts[name].items()
            if count or value == chosen
        )
        groups.append(FacetGroup(name, options, True))
    return tuple(group for group in groups if group.options)


def _toggled(only: Narrowed, name: str, value: str) -> tuple[str, str]:
    """Type and kind with one of them chosen, or no longer chosen."""
    asked = {"change": only.change, "kind": only.kind}
    asked[name] = "" if asked[name] == value else value
    return asked["change"], asked["kind"]


def _first(refs: Refs, named: HandbookRef, number: int, editions: tuple[EditionShown, ...]) -> ChangesPage:
    """The page where there is no edition before."""
    return ChangesPage(
        url=links.changes(named.id),
        notice=refs.library.notices,
        handbook=named,
        before=None,
        after=number,
        editions=editions,
        added=(),
        removed=(),
        renamed=(),
        moved=(),
        rewritten=(),
        split=(),
        merged=(),
        unchanged=0,
        pictures={},
        filters=(),
        everything="",
    )


def _editions(refs: Refs, handbook: str) -> tuple[EditionShown, ...]:
    served = refs.edition(handbook).number
    listed = refs.library.dates(handbook)
    numbers = [number for number, _ in listed]
    return tuple(
        EditionShown(
            number,
            ingested_at,
            number == served,
            links.changes(handbook, numbers[at + 1], number) if at + 1 < len(numbers) else "",
        )
        for at, (number, ingested_at) in enumerate(listed)
    )


def _changed(
    refs: Refs, found: tuple[Change, ...], old: Mapping[str, Record], new: Mapping[str, Record]
) -> tuple[ChangeShown, ...]:
    return tuple(
        ChangeShown(refs.record(new[c.id]), c.before, c.after, _start(refs, old[c.id])) for c in found
    )


def _parted(
    refs: Refs, found: tuple[Parting, ...], kept: Mapping[str, Record], others: Mapping[str, Record]
) -> tuple[PartingShown, ...]:
    return tuple(
        PartingShown(refs.record(kept[p.id]), refs.named(others[record] for record, _ in p.others))
        for p in found
    )


def _rewritten(refs: Refs, old: Record, new: Record, labels: tuple[str, ...]) -> RewriteShown:
    before, after = refs.edition_of(old), refs.edition_of(new)
    return RewriteShown(
        refs.record(new), tuple(_field(refs, (before, old), (after, new), label) for label in labels)
    )


def _field(
    refs: Refs, old: tuple[Edition, Record], new: tuple[Edition, Record], label: str
) -> FieldRewritten:
    was, now = (
        refs.place(edition, wording.page_of(record, label), record.id) for edition, record in (old, new)
    )
    found = wording.pieces(wording.text_of(old[1], label), wording.text_of(new[1], label))
    return FieldRewritten(
        label=label,
        pieces=tuple(PieceShown(p.fate.value, p.text) for p in found),
        was=was,
        now=now,
        was_picture=_picture(refs, *old, label),
        now_picture=_picture(refs, *new, label),
    )


def _picture(refs: Refs, edition: Edition, record: Record, label: str) -> Picture | None:
    """The page on which a record's first field of this label begins, with that field lit."""
    number = next((n for n, field in enumerate(record.fields, 1) if field.label == label), None)
    if number is None or not 1 <= (page := record.fields[number - 1].page) <= len(edition.pages):
        return None
    return refs.picture(edition, edition.pages[page - 1], outlines=boxes.of_record(record, page, number))


def _start_of(refs: Refs, record: Record | None) -> Picture | None:
    """The page on which a record starts, with what it has there lit."""
    if record is None or record.page_start > len((edition := refs.edition_of(record)).pages):
        return None
    page = record.page_start
    return refs.picture(
        edition, edition.pages[page - 1], outlines=boxes.of_records((record,), page, record.id)
    )


def _start(refs: Refs, record: Record) -> PlaceShown:
    return refs.place(refs.edition_of(record), record.page_start, record.id)
