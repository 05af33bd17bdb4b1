"""What people correct in review: kept apart from what was extracted, merged three ways, and winning. Pure.

An edit holds the extracted value that it was made on (`base`). On the extraction of a later edition it stays
where its source did not change; where both changed it stays as well, and is a conflict to decide on.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Any

from kb import Field, Kind, Record, codec, to_json
from kb.words import unbroken

LEAST_ALIKE = 0.6  # share of words in common that makes a field with another label the one that was meant


class Action(StrEnum):
    """What an edit does; the value of each is a word of the command line and of the forms."""

    RETITLE = "retitle"
    RETYPE = "retype"
    SET_INSTITUTION = "set-institution"
    SET_TEXT = "set-text"
    SET_LABEL = "set-label"
    SPLIT = "split"
    MERGE = "merge"
    DISCARD = "discard"
    CONFIRM = "confirm"


class EditState(StrEnum):
    """What became of an edit in an edition."""

    APPLIED = "applied"
    AGREED = "agreed"  # the handbook now says the same itself
    SUPERSEDED = "superseded"  # a later edit of the same thing counts
    IDLE = "idle"  # nothing here that it bears on
    CHANGED = "changed"  # the handbook and the edit both changed the value: a conflict; the edit is served
    GONE = "gone"  # the edition no longer has what was edited: a conflict


Key = tuple[str, int]
"""A field as extracted: the id of its record, and its place in it (-1: the record's title)."""
CONFLICTS = (EditState.CHANGED, EditState.GONE)


@dataclass(frozen=True, slots=True)
class FieldPlace:
    """A field as it was extracted: the `nth` (from 0) of its record with this label, and what it said."""

    record: str
    label: str
    nth: int
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Edit:
    """One decision of a person: who, when and why (`note`), and what it was based on.

    `record` is the record it was made on (the item, for a confirmation of something else), `value` the new
    title, kind, institution, text or label, or the id of the record to merge into. `place` is the field that
    is set, the one that the title was read into, or the first one of the record `made` that is split off.
    `name` is a new label's canonical name.
    """

    handbook: str
    action: Action
    record: str
    value: str = ""
    base: str = ""
    place: FieldPlace | None = None
    name: str = ""
    made: str = ""
    who: str = ""
    when: str = ""
    note: str = ""
    number: int = 0
    undone_by: str = ""
    undone_at: str = ""

    @property
    def is_undone(self) -> bool:
        """Whether it was taken back; it is kept all the same."""
        return bool(self.undone_at)


@dataclass(frozen=True, slots=True)
class EditOutcome:
    """What became of one edit; `theirs` is the value as extracted now, "" where there is none."""

    edit: Edit
    state: EditState
    theirs: str = ""


@dataclass(frozen=True, slots=True)
class Reviewed:
    """An edition's records as review left them.

    `fates` says of each id that is not served what it went into ("" for a discarded one), `sources` which
    extracted field each field of a served record is, `confirmed` what was looked at and found right.
    """

    records: tuple[Record, ...]
    fates: Mapping[str, str] = field(default_factory=dict)
    outcomes: tuple[EditOutcome, ...] = ()
    sources: Mapping[str, tuple[Key, ...]] = field(default_factory=dict)
    confirmed: frozenset[str] = frozenset()

    @property
    def conflicts(self) -> tuple[EditOutcome, ...]:
        """The edits that somebody has to decide on again."""
        return tuple(o for o in self.outcomes if o.state in CONFLICTS)


def dump(edit: Edit) -> str:
    """An edit as JSON text, without what the store keeps beside it: number and undoing."""
    kept = asdict(edit)
    for name in ("number", "undone_by", "undone_at"):
        del kept[name]
    return to_json(kept)


@codec.kept
def load(text: str, number: int, undone_by: str, undone_at: str) -> Edit:
    """The edit that `dump` wrote."""
    row: dict[str, Any] = json.loads(text)
    row["action"] = Action(row["action"])
    row["place"] = FieldPlace(**row["place"]) if row["place"] else None
    return Edit(**row, number=number, undone_by=undone_by, undone_at=undone_at)


def is_same(one: str, other: str) -> bool:
    """Whether two texts differ by no more than white space, hyphens and compatibility forms."""
    return unbroken(one) == unbroken(other)


def three_way(base: str, theirs: str, edited: str) -> EditState:
    """Old extraction, new extraction and edit: what becomes of the edit."""
    if is_same(theirs, edited):
        return EditState.AGREED if theirs == edited or not is_same(base, theirs) else EditState.APPLIED
    return EditState.APPLIED if is_same(base, theirs) else EditState.CHANGED


def whole(record: Record) -> str:
    """All that a record says, to tell whether it changed since somebody judged it."""
    return f"{record.title}\n\n{record.text}" if record.fields else record.title


def place_of(record: Record, index: int) -> FieldPlace:
    """The place of a field of an extracted record."""
    field = record.fields[index]
    nth = sum(f.label == field.label for f in record.fields[:index])
    return FieldPlace(record.id, field.label, nth, field.name, field.text)


def locate(place: FieldPlace, fields: Sequence[Field]) -> int | None:
    """Which field of an extraction is meant: by label, then by text, canonical name and likeness."""
    labelled = [n for n, f in enumerate(fields) if is_same(f.label, place.label)]
    if 0 <= place.nth < len(labelled):
        labelled.insert(0, labelled.pop(place.nth))  # of equals, the one at the same turn
    said = [n for n, f in enumerate(fields) if is_same(f.text, place.text)]
    if both := [n for n in labelled if n in said]:
        return both[0]
    if labelled:
        return max(labelled, key=lambda n: _alike(fields[n].text, place.text))
    named = [n for n, f in enumerate(fields) if place.name and f.name == place.name]
    for found, least in ((said, 0.0), (named, 0.0), (list(range(len(fields))), LEAST_ALIKE)):
        best = max(found, key=lambda n: _alike(fields[n].text, place.text), default=None)
        if best is not None and _alike(fields[best].text, place.text) >= least:
            return best
    return None


def _alike(one: str, other: str) -> float:
    return SequenceMatcher(None, one.split(), other.split(), autojunk=False).ratio()


def rebased(outcome: EditOutcome, extracted: Sequence[Record]) -> Edit:
    """The same edit, made on what the handbook says now: how a conflict is decided for the edit."""
    edit = outcome.edit
    place = edit.place
    if place is not None:
        held = next((r for r in extracted if r.id == place.record), None)
        found = locate(place, held.fields) if held else None
        if held is not None and found is not None:
            place = place_of(held, found)
    return replace(edit, base=outcome.theirs, place=place, number=0)


def is_kind(value: str) -> bool:
    """Whether a text names a kind of record."""
    return value in {kind.value for kind in Kind}
