"""What is doubtful in a handbook, as one list for people to work through. Pure."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from enum import StrEnum

from kb import Code, Kind, Said, Unassigned
from kb.care.sheet import About, ItemId, Sheet
from kb.editions import EditState

LEAST_CONFIDENCE = 0.6
"""Practices below it are listed."""
_PACKAGE = re.compile(r"tesseract-ocr-\w+")


class Doubt(StrEnum):
    """Why something is in the list, the most pressing first."""

    CONFLICT = "conflict"
    PRACTICE = "practice"
    FLAWED = "flawed"
    MISSING = "missing"
    UNREAD = "unread"
    UNASSIGNED = "unassigned"


class Why(Code):
    """What is doubtful about an item."""

    EDITED_IS_GONE = "edited-is-gone"
    EDITED_CHANGED = "edited-changed"
    UNSURE = "unsure"
    LISTED = "listed-not-found"
    PICTURE = "picture-not-read"


class Todo(Code):
    """What to do about an item."""

    LEAVE_SO = "leave-so"
    KEEP_OR_UNDO = "keep-or-undo"
    COMPARE = "compare-with-page"
    LOOK_FOR = "look-for"
    RECOGNISE = "recognise"
    READ = "read-on-page"


class LeftOut(Code):
    """Why text went into no record, by how the ledger begins to say it; OTHER for what it said once."""

    HEADING = "a heading with nothing below it"
    NO_HEADING = "no heading leads to it"
    HIDDEN = "hidden text"
    PICTURE = "a picture without text"
    ATTACHED = "a file attached to the PDF"
    COMMENT = "a comment on the page"
    LARGE_PICTURE = "a large picture on a page of text"
    DESCRIBED = "a picture with an alternative text"
    OTHER = "left-out-otherwise"


def left_out(part: Unassigned) -> Said:
    """Why a part of a handbook went into no record."""
    reason, _, why = part.reason.partition(": ")
    if reason == LeftOut.PICTURE and (named := _PACKAGE.search(why)):
        return Said(LeftOut.PICTURE, package=named[0])
    if part.reason in set(LeftOut) - {LeftOut.PICTURE, LeftOut.OTHER}:
        return Said(LeftOut(part.reason))
    return Said(LeftOut.OTHER, why=part.reason)


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to look at; `page` is the PDF page, None where it is on none, `title` is "" for a page as a whole.

    Of a conflict `mine` is the edited value, `base` what it was made on, `theirs` what the handbook says now.
    """

    id: str
    doubt: Doubt
    handbook: str
    page: int | None
    title: str
    why: Said
    todo: Said
    record: str = ""
    edit: int = 0
    mine: str = ""
    base: str = ""
    theirs: str = ""


def doubts(sheet: Sheet) -> tuple[Item, ...]:
    """What is doubtful in one handbook and was not confirmed, by kind of doubt and page."""
    found = (
        *_conflicts(sheet), *_practices(sheet), *_flawed(sheet), *_missing(sheet), *_unread(sheet), *_unassigned(sheet)
    )  # fmt: skip
    return tuple(item for item in found if item.id not in sheet.reviewed.confirmed)


def _conflicts(sheet: Sheet) -> list[Item]:
    pages = {r.id: r.page_start for r in sheet.extracted}
    titles = {**sheet.gone, **{r.id: r.title for r in (*sheet.extracted, *sheet.reviewed.records)}}
    found = []
    for outcome in sheet.reviewed.conflicts:
        edit = outcome.edit
        is_gone = outcome.state is EditState.GONE
        found.append(
            Item(
                id=str(ItemId.of_edit(edit.number)),
                doubt=Doubt.CONFLICT,
                handbook=sheet.edition.handbook,
                page=pages.get(edit.record),
                title=titles.get(edit.record, edit.record),
                why=Said(Why.EDITED_IS_GONE if is_gone else Why.EDITED_CHANGED, action=edit.action.value),
                todo=Said(Todo.LEAVE_SO if is_gone else Todo.KEEP_OR_UNDO),
                record=edit.record,
                edit=edit.number,
                mine=edit.value,
                base=edit.base,
                theirs=outcome.theirs,
            )
        )
    return found


def _practices(sheet: Sheet) -> list[Item]:
    return [
        Item(
            id=str(ItemId.of_record(record.id)),
            doubt=Doubt.PRACTICE,
            handbook=record.handbook,
            page=record.page_start,
            title=record.title,
            why=Said(Why.UNSURE, sure=record.confidence),
            todo=Said(Todo.COMPARE),
            record=record.id,
        )
        for record in sheet.reviewed.records
        if record.kind is Kind.PRACTICE and record.confidence < LEAST_CONFIDENCE
    ]


def _flawed(sheet: Sheet) -> list[Item]:
    """Records with which something was amiss when they were read; who corrected one has looked at it."""
    untouched = {record.id: record for record in sheet.reviewed.records if not record.corrected}
    return [
        Item(
            id=str(ItemId.of_record(record.id)),
            doubt=Doubt.FLAWED,
            handbook=record.handbook,
            page=record.page_start,
            title=record.title,
            why=caveat.said,
            todo=Said(Todo.COMPARE),
            record=record.id,
        )
        for caveat in sheet.edition.caveats
        if (record := untouched.get(caveat.record)) is not None
    ]


def _missing(sheet: Sheet) -> list[Item]:
    book = sheet.edition.handbook
    return [
        Item(
            id=str(ItemId(About.MISSING, _short(name), book)),
            doubt=Doubt.MISSING,
            handbook=book,
            page=None,
            title=name,
            why=Said(Why.LISTED),
            todo=Said(Todo.LOOK_FOR),
        )
        for name in sheet.edition.missing
    ]


def _unread(sheet: Sheet) -> list[Item]:
    book, version = sheet.edition.handbook, sheet.edition.sha256[:8]
    return [
        Item(
            id=str(ItemId(About.PAGE, f"{page.number}-{version}", book)),
            doubt=Doubt.UNREAD,
            handbook=book,
            page=page.number,
            title="",
            why=Said(Why.PICTURE),
            todo=Said(Todo.RECOGNISE),
        )
        for page in sheet.edition.pages
        if page.needs_ocr
    ]


def _unassigned(sheet: Sheet) -> list[Item]:
    book = sheet.edition.handbook
    unread = {page.number for page in sheet.edition.pages if page.needs_ocr}
    return [
        Item(
            id=str(ItemId(About.TEXT, _short(f"{left.page} {left.text} {left.reason}"), book)),
            doubt=Doubt.UNASSIGNED,
            handbook=book,
            page=left.page,
            title=left.text,
            why=left_out(left),
            todo=Said(Todo.READ),
        )
        for left in dict.fromkeys(sheet.edition.unassigned)
        if left.text or left.page not in unread
    ]


def _short(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:10]
