"""The routes of the review list and of a record's corrections."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from kb import InputError
from kb.care import Sheet, Wish, review
from kb.editions import Action, Edit
from kb.office import Deed
from web.admin import correcting, desk
from web.admin.desk import RecordReviewPage, ReviewPage
from web.admin.signin import Checked, Reviewer, Session, csrf, journal
from web.frame import library, links, params, private, refs_of, serve

router = APIRouter(include_in_schema=False)


def log_edits(request: Request, reviewer: Session, *edits: Edit) -> None:
    """Write edits into the log; what they say is kept with them."""
    for edit in edits:
        deed = Deed.UNDO if edit.is_undone else Deed.CORRECT
        said = f"edit {edit.number}: {edit.action.value} {edit.record}"
        journal(request).add(deed, who=reviewer.name, via=reviewer.role, handbook=edit.handbook, detail=said)


@serve(router, ReviewPage)
def get_review(request: Request, reviewer: Reviewer, handbook: str = "", done: str = "") -> Response:
    """What is doubtful."""
    token = csrf(request, reviewer)
    return private(request, desk.review_page(refs_of(request), reviewer, token, handbook, done))


@router.post("/admin/review")
def post_review(request: Request, reviewer: Reviewer, fields: Checked) -> Response:
    """Confirm an item of the list, or undo an edit."""
    opened, item = library(request), fields.get("item", "")
    match fields.get("action"):
        case "confirm":
            wish = Wish(Action.CONFIRM, item, who=reviewer.name, note=fields.get("note", ""))
            book = review.handbook_of(opened.store, item)
            made = review.correct(opened.store, book, [wish], opened.encoder())[-1]
        case "undo" if params.is_number(item):
            made = review.undo(opened.store, int(item), reviewer.name, opened.encoder())
        case _:
            raise InputError("nothing that can be done here was asked for; load the page again")
    log_edits(request, reviewer, made)
    if back := fields.get("back"):
        return RedirectResponse(correcting.page_of(opened.store.record(back), str(made.number)), 303)
    return RedirectResponse(links.review(done=made.number), 303)


@serve(router, RecordReviewPage)
def get_record(
    request: Request, reviewer: Reviewer, record_id: str, page: int = 0, done: str = ""
) -> Response:
    """A record beside its page, with a form for each correction."""
    store = library(request).store
    record = store.record(record_id)
    if record.id != record_id:  # merged into another
        return RedirectResponse(links.like(request.url.path, links.review(record.id, done=done)), 303)
    named, sheet, token = refs_of(request), Sheet.of(store, record.handbook), csrf(request, reviewer)
    return private(request, desk.record_page(named, sheet, record, reviewer, token, page, done))


@router.post("/admin/review/{record_id}")
def post_record(request: Request, reviewer: Reviewer, record_id: str, fields: Checked) -> Response:
    """Carry out what a form of that page asks for."""
    opened = library(request)
    sheet = Sheet.of(opened.store, opened.store.record(record_id).handbook)
    record = sheet.record(record_id)
    wishes = desk.wishes(record, fields, reviewer.name)
    made = review.correct(opened.store, record.handbook, wishes, opened.encoder())
    log_edits(request, reviewer, *made)
    is_read = fields.get("back") == "record"
    return RedirectResponse(desk.after(record, made, Sheet.of(opened.store, record.handbook), is_read), 303)
