"""Two states of a handbook's records side by side: what became of each, word by word, with its pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kb import Edition, Record
from kb.editions import Change, Changes, Parting, wording
from web.frame import boxes
from web.frame.named import Picture, PlaceShown, RecordRef
from web.frame.refs import Refs
from web.frame.shown import Shown


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
class EditionsCompared(Shown):
    """What became of the records of a handbook from one edition to another."""

    before: int
    after: int
    """The numbers of both editions."""
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


def compared(refs: Refs, old: Sequence[Record], new: Sequence[Record], found: Changes) -> EditionsCompared:
    """Show what was found to differ between the records of two editions, of which there is one at the least."""
    was, now = ({record.id: record for record in records} for records in (old, new))
    listed = (
        *(name for name, _ in (*found.added, *found.removed)),
        *(change.id for change in (*found.renamed, *found.moved)),
    )
    return EditionsCompared(
        before=old[0].edition if old else 0,
        after=new[0].edition if new else 0,
        added=refs.named(now[record] for record, _ in found.added),
        removed=refs.named(was[record] for record, _ in found.removed),
        renamed=_changed(refs, found.renamed, was, now),
        moved=_changed(refs, found.moved, was, now),
        rewritten=tuple(_rewritten(refs, was[w.id], now[w.id], w.fields) for w in found.rewritten),
        split=_parted(refs, found.split, now, now),
        merged=_parted(refs, found.merged, now, was),
        unchanged=found.unchanged,
        pictures={name: sides(refs, was.get(name), now.get(name)) for name in listed},
    )


def sides(refs: Refs, was: Record | None, now: Record | None) -> SidesShown:
    """The page on which a record starts in each of two editions."""
    return SidesShown(start_of(refs, was), start_of(refs, now))


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


def start_of(refs: Refs, record: Record | None) -> Picture | None:
    """The page on which a record starts, with what it has there lit."""
    if record is None or record.page_start > len((edition := refs.edition_of(record)).pages):
        return None
    page = record.page_start
    return refs.picture(
        edition, edition.pages[page - 1], outlines=boxes.of_records((record,), page, record.id)
    )


def _start(refs: Refs, record: Record) -> PlaceShown:
    return refs.place(refs.edition_of(record), record.page_start, record.id)
