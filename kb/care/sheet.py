"""A handbook on the desk for review, and how a wish becomes an edit of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Self

from kb import Edition, InputError, Kind, NotFoundError, Record, editions
from kb.editions import Action, Edit, EditState, Reviewed, corrections, edits
from kb.store import Store
from kb.words import vocabulary

LONGEST = 300  # characters of a title, a name or a label
LONGEST_TEXT = 100_000
LONGEST_NOTE = 1000
_EDIT = re.compile(r"edit-(0|[1-9][0-9]{0,8})")
_PART = re.compile(r"([^:]+):(missing|page|text):([^:]+)")


class About(StrEnum):
    """What an item of the review list is about."""

    RECORD = "record"
    EDIT = "edit"
    MISSING = "missing"  # an entry of the contents that was not found
    PAGE = "page"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class ItemId:
    """The id of an item of the review list: a record's own, an edit's, or that of a part of a handbook.

    `mark` is the record's id, the edit's number, or what tells the part from others of its handbook.
    """

    about: About
    mark: str
    handbook: str = ""

    @classmethod
    def of_record(cls, record: str) -> Self:
        """The item that is a record."""
        return cls(About.RECORD, record)

    @classmethod
    def of_edit(cls, number: int) -> Self:
        """The item that is an edit to decide on again."""
        return cls(About.EDIT, str(number))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the text form; NotFoundError where no item can have this id."""
        if found := _EDIT.fullmatch(text):
            return cls(About.EDIT, found[1])
        if ":" not in text and text:
            return cls(About.RECORD, text)
        if found := _PART.fullmatch(text):
            return cls(About(found[2]), found[3], found[1])
        raise not_listed(text)

    def __str__(self) -> str:
        if self.about is About.RECORD:
            return self.mark
        return (
            f"edit-{self.mark}" if self.about is About.EDIT else f"{self.handbook}:{self.about}:{self.mark}"
        )


def not_listed(item: str) -> NotFoundError:
    """What to raise where the review list has no such item."""
    return NotFoundError(f"{item}: not in the review list; kb review lists what is")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A handbook on the desk: its current edition as extracted, what people decided, and what comes of it.

    `gone` names the edited records that this edition does not have, by id, as an earlier one did.
    """

    edition: Edition
    extracted: tuple[Record, ...]
    edits: tuple[Edit, ...]
    reviewed: Reviewed
    gone: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, store: Store, handbook: str) -> Sheet:
        """Lay out a handbook; NotFoundError if it is not served."""
        edition = store.edition(handbook)
        extracted = store.extracted(handbook, edition.number)
        made = store.edits(handbook)
        reviewed = corrections.apply(extracted, made)
        here = {r.id for r in (*extracted, *reviewed.records)}
        missing = dict.fromkeys(o.edit.record for o in reviewed.conflicts if o.edit.record not in here)
        return cls(edition, extracted, made, reviewed, {r: _earlier_title(store, r) for r in missing})

    def with_edits(self, made: Iterable[Edit]) -> Sheet:
        """The same handbook under other edits."""
        edits = tuple(made)
        return replace(self, edits=edits, reviewed=corrections.apply(self.extracted, edits))

    def record(self, record: str) -> Record:
        """A served record; NotFoundError if review or the edition took it away."""
        found = next((r for r in self.reviewed.records if r.id == record), None)
        if found is None:
            named = f"edition {self.edition.number} of {self.edition.handbook}"
            raise NotFoundError(f"{record}: not among the records of {named}; kb search WORDS finds ids")
        return found

    def own(self, record: str) -> Record:
        """A record as extracted; one that a split made, as served."""
        return next((r for r in self.extracted if r.id == record), None) or self.record(record)


@dataclass(frozen=True, slots=True)
class Wish:
    """A correction as somebody asks for it; `field` is the number of a field as served, from 1.

    A new title may be given by the field that it was read into, which no longer says it then.
    """

    action: Action
    record: str
    value: str = ""
    field: int | None = None
    who: str = ""
    note: str = ""


def _earlier_title(store: Store, record: str) -> str:
    try:
        return store.record(record).title
    except NotFoundError:  # split off a record that is gone as well
        return record


def draft(sheet: Sheet, wish: Wish, used: frozenset[str]) -> Edit:
    """The edit that a wish comes to, based on what is extracted now; `used` are ids that are given out.

    Raises:
        InputError: a value is missing, too long or of no use.
        NotFoundError: the record, the field or the item is not there.
    """
    value = "\n".join(wish.value.splitlines()).strip()
    if wish.action is not Action.SET_TEXT:
        value = " ".join(value.split())
    _check_length(wish, value)
    book = sheet.edition.handbook
    edit = Edit(book, wish.action, wish.record, value, who=wish.who, note=wish.note.strip())
    match wish.action:
        case Action.CONFIRM:
            return _confirm(sheet, edit)
        case Action.SET_TEXT | Action.SET_LABEL:
            return _set_field(sheet, edit, wish.field)
        case Action.SPLIT:
            return _split(sheet, edit, wish.field, used)
        case Action.MERGE:
            return _merge(sheet, edit)
        case Action.RETITLE if wish.field is not None:
            return _retitle_by(sheet, edit, wish.field)
        case _:
            return _set_value(sheet, edit)


def _set_value(sheet: Sheet, edit: Edit) -> Edit:
    sheet.record(edit.record)
    own = sheet.own(edit.record)
    if edit.action is Action.RETITLE:
        _needs(edit, "a title")
        return replace(edit, base=own.title)
    if edit.action is Action.RETYPE:
        if not edits.is_kind(edit.value):
            raise InputError(f"{edit.value or 'nothing'}: not a kind of record; give {', '.join(Kind)}")
        return replace(edit, base=own.kind.value)
    if edit.action is Action.SET_INSTITUTION:
        return replace(edit, base=own.institution)
    return replace(edit, base=edits.whole(own))


def _retitle_by(sheet: Sheet, edit: Edit, field: int) -> Edit:
    """The title that was read into a field: its label, or the first line of its text where it has none."""
    index = _index(sheet, edit.record, field)
    shown = sheet.record(edit.record).fields[index]
    value = edit.value or " ".join((shown.label or shown.text.partition("\n")[0]).split())
    if len(value) > LONGEST:
        raise InputError(
            f"{edit.record}: field {field} begins with {len(value)} characters, a title has at most {LONGEST};"
            " write the title yourself"
        )
    place = corrections.field_place(sheet.extracted, sheet.reviewed, edit.record, index)
    return replace(edit, value=value, base=sheet.own(edit.record).title, place=place)


def _set_field(sheet: Sheet, edit: Edit, field: int | None) -> Edit:
    index = _index(sheet, edit.record, field)
    place = corrections.field_place(sheet.extracted, sheet.reviewed, edit.record, index)
    if edit.action is Action.SET_TEXT:
        return replace(edit, base=place.text, place=place)
    name = vocabulary.load().canonical(edit.value) if edit.value else ""
    return replace(edit, base=place.label, place=place, name=name)


def _split(sheet: Sheet, edit: Edit, field: int | None, used: frozenset[str]) -> Edit:
    _needs(edit, "a title for the new record")
    index = _index(sheet, edit.record, field)
    if not index:
        raise InputError(f"{edit.record}: a record cannot be split before its first field; retitle it")
    place = corrections.field_place(sheet.extracted, sheet.reviewed, edit.record, index)
    return replace(edit, place=place, made=editions.new_id(edit.handbook, edit.value, used))


def _merge(sheet: Sheet, edit: Edit) -> Edit:
    _needs(edit, "the id of the record to merge into")
    if edit.value == edit.record:
        raise InputError(f"{edit.record}: cannot be merged into itself; name another record")
    sheet.record(edit.record)
    sheet.record(edit.value)
    return edit


def _confirm(sheet: Sheet, edit: Edit) -> Edit:
    conflict = next(
        (o for o in sheet.reviewed.conflicts if str(ItemId.of_edit(o.edit.number)) == edit.record), None
    )
    if conflict is not None and conflict.state is EditState.CHANGED:
        return replace(edits.rebased(conflict, sheet.extracted), who=edit.who, note=edit.note)
    if any(r.id == edit.record for r in sheet.reviewed.records):
        return replace(edit, base=edits.whole(sheet.own(edit.record)))
    return edit


def _needs(edit: Edit, what: str) -> None:
    if not edit.value:
        raise InputError(f"{edit.record}: {edit.action} needs {what}; nothing was changed")


def _check_length(wish: Wish, value: str) -> None:
    longest = LONGEST_TEXT if wish.action is Action.SET_TEXT else LONGEST
    for what, text, most in (("the value", value, longest), ("the note", wish.note, LONGEST_NOTE)):
        if len(text) > most:
            raise InputError(f"{wish.record}: {what} has {len(text)} characters; at most {most}, please")


def _index(sheet: Sheet, record: str, field: int | None) -> int:
    fields = sheet.record(record).fields
    if field is None or not 1 <= field <= len(fields):
        asked = "no field" if field is None else f"field {field}"
        raise InputError(
            f"{record}: {asked}; give a number from 1 to {len(fields)}; kb review show {record} lists them"
        )
    return field - 1
