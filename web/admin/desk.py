"""A record under review beside its page, and what a form asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from kb import Edition, InputError, Kind, Origin, Record
from kb.care import Sheet, Wish, doubts
from kb.editions import Action, Edit, Reviewed
from web.admin import correcting, review_list
from web.admin.signin import Session
from web.frame import (
    AnyPage,
    EditShown,
    Picture,
    PlaceShown,
    RecordRef,
    Refs,
    Shown,
    links,
)


@dataclass(frozen=True, slots=True)
class FieldReviewed(Shown):
    """A field of a record under review."""

    number: int
    """From 1, as served."""
    label: str
    text: str
    origin: Origin
    place: PlaceShown
    url: str
    """Address that shows its page beside it."""
    was_label: str
    was_text: str
    """Label and text as extracted."""


@dataclass(frozen=True, slots=True)
class RecordReviewPage(AnyPage):
    """A record beside its page, with a form for each correction."""

    template: ClassVar[str] = "review_record.html"
    paths: ClassVar[Mapping[str, str]] = {"/admin/review/{record_id}": ""}

    csrf: str
    """What each form has to send back."""
    who: str
    """Who is signed in."""
    record: RecordRef
    is_served: bool
    """Whether search and lists have it: it was not discarded."""
    institution: str
    corrected: tuple[str, ...]
    was_title: str
    was_kind: Kind
    was_institution: str
    """As extracted."""
    fields: tuple[FieldReviewed, ...]
    kinds: tuple[Kind, ...]
    others: tuple[RecordRef, ...]
    """Records that it can be merged into, in printed order."""
    picture: Picture | None
    items: tuple[review_list.ItemShown, ...]
    """What is doubtful about it."""
    done: tuple[EditShown, ...]
    """What was just decided."""
    edits: tuple[EditShown, ...]
    """Of this record, newest first."""


def record_page(
    refs: Refs, sheet: Sheet, record: Record, reviewer: Session, csrf: str, page: int = 0, done: str = ""
) -> RecordReviewPage:
    """A record (served, or discarded) with its forms; `page` is the PDF page to picture."""
    own = sheet.own(record.id)
    is_served = any(r.id == record.id for r in sheet.reviewed.records)
    edits = correcting.edits_of(sheet, record.id)
    return RecordReviewPage(
        url=links.review(record.id),
        notice=refs.library.notices,
        csrf=csrf,
        who=reviewer.name,
        record=refs.record(record),
        is_served=is_served,
        institution=record.institution,
        corrected=record.corrected,
        was_title=own.title,
        was_kind=own.kind,
        was_institution=own.institution,
        fields=_fields(refs, sheet, record) if is_served else (),
        kinds=tuple(Kind),
        others=refs.named(r for r in sheet.reviewed.records if r.id != record.id) if is_served else (),
        picture=_picture(refs, sheet.edition, record, page),
        items=tuple(
            review_list.item(refs, sheet.edition, item) for item in doubts(sheet) if item.record == record.id
        ),
        done=correcting.done(refs, sheet.edits, done),
        edits=correcting.shown(refs, edits[::-1]),
    )


def wishes(record: Record, fields: Mapping[str, str], who: str) -> tuple[Wish, ...]:
    """What the form of a record asks for; of a field only what differs from what is served.

    Raises:
        InputError: it names no action, or a field that is none.
    """
    asked = fields.get("action", "")
    number = _number(fields.get("field", ""))
    note = fields.get("note", "")
    if asked == "set-field":
        return _field_wishes(record, number, fields, who, note)
    if asked not in {action.value for action in Action}:
        raise InputError(f"{asked[:40] or 'nothing'}: not something review can do; load the page again")
    return (Wish(Action(asked), record.id, fields.get("value", ""), number, who, note),)


def after(record: Record, edits: tuple[Edit, ...], sheet: Sheet, is_read: bool = False) -> str:
    """Where a correction leads: to the record that has the text now, or to the list.

    `is_read` says that it was asked for on the page of the record, to which it leads back.
    """
    done = ",".join(str(edit.number) for edit in edits)
    found = edits[-1].made or record.id
    found = sheet.reviewed.fates.get(found, found)
    if is_read:
        now = next((one for one in sheet.reviewed.records if one.id == found), record)
        return correcting.page_of(now, done)
    return links.review(found, done=done) if found else links.review(done=done)


def _field_wishes(
    record: Record, number: int | None, fields: Mapping[str, str], who: str, note: str
) -> tuple[Wish, ...]:
    if number is None or not 1 <= number <= len(record.fields):
        raise InputError(f"{record.id}: has no such field any more; load the page again")
    shown = record.fields[number - 1]
    label, text = fields.get("label", shown.label), "\n".join(fields.get("text", shown.text).splitlines())
    found = []
    if " ".join(label.split()) != " ".join(shown.label.split()):
        found.append(Wish(Action.SET_LABEL, record.id, label, number, who, note))
    if text.strip() != "\n".join(shown.text.splitlines()).strip():
        found.append(Wish(Action.SET_TEXT, record.id, text, number, who, note))
    return tuple(found)


def _number(given: str) -> int | None:
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 6 else None


def _fields(refs: Refs, sheet: Sheet, record: Record) -> tuple[FieldReviewed, ...]:
    found = []
    for number, field in enumerate(record.fields, 1):
        was_label, was_text = _extracted(sheet, sheet.reviewed, record, number)
        found.append(
            FieldReviewed(
                number=number,
                label=field.label,
                text=field.text,
                origin=field.origin,
                place=refs.place(sheet.edition, field.page),
                url=f"{links.review(record.id, page=field.page)}#field-{number}",
                was_label=was_label,
                was_text=was_text,
            )
        )
    return tuple(found)


def _extracted(sheet: Sheet, reviewed: Reviewed, record: Record, number: int) -> tuple[str, str]:
    source, index = reviewed.sources[record.id][number - 1]
    own = sheet.own(source)
    return (own.fields[index].label, own.fields[index].text) if index >= 0 else ("", own.title)


def _picture(refs: Refs, edition: Edition, record: Record, page: int) -> Picture | None:
    last = len(edition.pages)
    page = page if 1 <= page <= last else record.page_start
    if page > last or record.edition != edition.number:
        return None
    before = f"{links.review(record.id, page=page - 1)}#page" if page > 1 else ""
    following = f"{links.review(record.id, page=page + 1)}#page" if page < last else ""
    return refs.picture(edition, edition.pages[page - 1], before, following)
