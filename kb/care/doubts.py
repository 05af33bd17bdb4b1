"""What is doubtful in a handbook, as one list for people to work through. Pure."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum

from kb import Kind
from kb.care.sheet import About, ItemId, Sheet
from kb.editions import EditState

LEAST_CONFIDENCE = 0.6
"""Practices below it are listed."""


class Doubt(StrEnum):
    """Why something is in the list, the most pressing first."""

    CONFLICT = "conflict"
    PRACTICE = "practice"
    MISSING = "missing"
    UNREAD = "unread"
    UNASSIGNED = "unassigned"


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to look at; `page` is the PDF page, None where it is on none.

    Of a conflict `mine` is the edited value, `base` what it was made on, `theirs` what the handbook says now.
    """

    id: str
    doubt: Doubt
    handbook: str
    page: int | None
    title: str
    why: str
    todo: str
    record: str = ""
    edit: int = 0
    mine: str = ""
    base: str = ""
    theirs: str = ""


def doubts(sheet: Sheet) -> tuple[Item, ...]:
    """What is doubtful in one handbook and was not confirmed, by kind of doubt and page."""
    found = (
        *_conflicts(sheet), *_practices(sheet), *_missing(sheet), *_unread(sheet), *_unassigned(sheet)
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
                why=f"{edit.action}: the new edition no longer has what was edited"
                if is_gone
                else f"{edit.action}: the new edition changed it as well",
                todo="confirm to leave it so, or undo the edit"
                if is_gone
                else "confirm to keep the edit, or undo it to take the new edition's text",
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
            why=f"the software is {record.confidence:.0%} sure that this is a practice, cut out rightly",
            todo="compare it with the page: confirm, retitle, merge, split, retype or discard it",
            record=record.id,
        )
        for record in sheet.reviewed.records
        if record.kind is Kind.PRACTICE and record.confidence < LEAST_CONFIDENCE
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
            why="listed in the contents or the bookmarks, and not found",
            todo="look for it in the handbook; split it off the record that holds it, or confirm",
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
            title=f"PDF page {page.number}",
            why="a picture without text, which was not read",
            todo="install tesseract-ocr and ingest the handbook again, or confirm that no text is lost",
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
            why=left.reason,
            todo="read it on its page; correct the record that lacks it, or confirm",
        )
        for left in dict.fromkeys(sheet.edition.unassigned)
        if left.text or left.page not in unread
    ]


def _short(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:10]
