"""The routes of the review list and of a record's corrections."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from kb import InputError
from kb.care import Sheet, Wish, review
from kb.editions import Action, Edit
from kb.office import Deed
from web.admin import correcting, desk, review_list
from web.admin.desk import RecordReviewPage
from web.admin.review_list import ReviewPage
from web.admin.signin import Checked, Reviewer, Session, csrf, journal
from web.frame import library, links, params, private, refs_of, serve

router = APIRouter(include_in_schema=False)
_ANCHOR = re.compile(r"thing-[0-9a-f]{10}")


def log_edits(request: Request, reviewer: Session, *edits: Edit) -> None:
    """Write edits into the log; what they say is kept with them."""
    for edit in edits:
        deed = Deed.UNDO if edit.is_undone else Deed.CORRECT
        said = f"edit {edit.number}: {edit.action.value} {edit.record}"
        journal(request).add(deed, who=reviewer.name, via=reviewer.role, handbook=edit.handbook, detail=said)


@serve(router, ReviewPage)
def get_review(
    request: Request, reviewer: Reviewer, handbook: str = "", why: str = "", done: str = ""
) -> Response:
    """What is doubtful, in all handbooks or in one; `why` is one reason."""
    token = csrf(request, reviewer)
    page = review_list.review_page(refs_of(request), reviewer, token, handbook, why, done)
    return private(request, page)


@router.post("/admin/review")
def post_review(request: Request, reviewer: Reviewer, fields: Checked) -> Response:
    """Confirm things of the list, all of one reason, or undo edits."""
    opened, given = library(request), fields.get("item", "").split(",")
    match fields.get("action"):
        case "confirm":
            made = _confirmed(request, reviewer, given, fields.get("note", ""))
        case "confirm-all":
            ids = review_list.to_confirm(refs_of(request), fields.get("handbook", ""), fields.get("why", ""))
            made = _confirmed(request, reviewer, ids)
        case "undo" if all(map(params.is_number, given)):
            numbers = [int(number) for number in given]
            made = review.undo_all(opened.store, numbers[::-1], reviewer.name, opened.encoder())
        case _:
            raise InputError("nothing that can be done here was asked for; load the page again")
    log_edits(request, reviewer, *made)
    done = ",".join(str(edit.number) for edit in made)
    if back := fields.get("back"):
        return RedirectResponse(correcting.page_of(opened.store.record(back), done), 303)
    return RedirectResponse(_list(fields, done), 303)


def _confirmed(request: Request, reviewer: Session, ids: Sequence[str], note: str = "") -> tuple[Edit, ...]:
    opened = library(request)
    wishes = [Wish(Action.CONFIRM, item, who=reviewer.name, note=note) for item in ids]
    if not wishes:
        raise InputError("nothing is left to confirm for this reason; load the page again")
    return review.correct(opened.store, review.handbook_of(opened.store, ids[0]), wishes, opened.encoder())


def _list(fields: Mapping[str, str], done: str) -> str:
    """The address of the list that a form was on, at the thing after the one that was decided on."""
    after = fields.get("next", "")
    place = f"#{after}" if _ANCHOR.fullmatch(after) else ""
    return links.review(handbook=fields.get("handbook", ""), why=fields.get("why", ""), done=done) + place


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
    if fields.get("back") == "list":
        return RedirectResponse(_list(fields, ",".join(str(edit.number) for edit in made)), 303)
    is_read = fields.get("back") == "record"
    return RedirectResponse(desk.after(record, made, Sheet.of(opened.store, record.handbook), is_read), 303)
