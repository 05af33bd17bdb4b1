"""The routes of people who sign in: signing in itself, the review list, and a record's corrections."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import TypeVar

from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from kb import InputError
from kb.care import Sheet, Wish, review
from kb.editions import Action, Edit
from kb.office import Deed, Journal
from kb.search import Library
from web.admin import desk, signin
from web.admin.signin import Checked, Posted, Reviewer
from web.frame import links, params
from web.frame.context import AnyPage, SignInPage
from web.frame.refs import Refs
from web.frame.render import respond

router = APIRouter(include_in_schema=False)

Route = TypeVar("Route", bound=Callable[..., Response])


def page(path: str, on: APIRouter = router) -> Callable[[Route], Route]:
    """Serve a route as HTML at its address and as JSON at its twin."""

    def register(route: Route) -> Route:
        on.get(links.twin(path))(route)
        on.get(path)(route)
        return route

    return register


def library(request: Request) -> Library:
    """The open library."""
    found: Library = request.app.state.library
    return found


def journal(request: Request) -> Journal:
    """The log of who did what."""
    return Journal(request.app.state.settings.data)


def private(request: Request, shown: AnyPage, status: int = 200) -> Response:
    """Answer with a page that no cache may keep and no search engine list."""
    response = respond(request, shown, status)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def log_edits(request: Request, reviewer: signin.Session, *edits: Edit) -> None:
    """Write edits into the log; what they say is kept with them."""
    for edit in edits:
        deed = Deed.UNDO if edit.is_undone else Deed.CORRECT
        said = f"edit {edit.number}: {edit.action.value} {edit.record}"
        journal(request).add(deed, who=reviewer.name, via=reviewer.role, handbook=edit.handbook, detail=said)


def csrf(request: Request, reviewer: signin.Session) -> str:
    """What the forms of a session have to send back."""
    return signin.form_token(signin.key(request), reviewer.nonce)


def sign_in_form(request: Request, after: str, failed: str = "", status: int = 200) -> Response:
    """The form that takes password or token, bound to this browser."""
    secret, nonce = signin.key(request), secrets.token_urlsafe(16)
    token = signin.form_token(secret, nonce)
    response = private(request, SignInPage(signin.SIGN_IN, "", token, signin.target(after), failed), status)
    signin.visitor(request, response, nonce)
    return response


@router.get(signin.SIGN_IN)
def get_sign_in(request: Request, next: str = "") -> Response:  # noqa: A002
    """The form that takes password or token; `next` is the page to go to."""
    return sign_in_form(request, next)


@router.post(signin.SIGN_IN)
def post_sign_in(request: Request, fields: Posted) -> Response:
    """Start a session, unless password or token are wrong or were wrong too often."""
    signin.check_form(request, fields, request.cookies.get(signin.VISITOR, ""))
    tries, came_from = signin.attempts(request), signin.address(request)
    tries.take(came_from)
    name, after = " ".join(fields.get("name", "").split())[: signin.LONGEST_NAME], fields.get("next", "")
    came_as = signin.role(request, fields.get("token", ""))
    if came_as is None:
        journal(request).add(Deed.REFUSED, who=name, detail=came_from)
        return sign_in_form(request, after, "token", 403)
    tries.right(came_from)
    journal(request).add(Deed.SIGN_IN, who=name or came_as.value, via=came_as.value)
    response = RedirectResponse(signin.target(after), 303)
    signin.start(request, response, name or came_as.value, came_as)
    return response


@router.post("/admin/sign-out", dependencies=[Depends(signin.checked)])
def post_sign_out(request: Request, reviewer: Reviewer) -> Response:
    """End the session."""
    journal(request).add(Deed.SIGN_OUT, who=reviewer.name, via=reviewer.role)
    response = RedirectResponse("/", 303)
    signin.end(response)
    return response


@page("/admin/review")
def get_review(request: Request, reviewer: Reviewer, handbook: str = "", done: str = "") -> Response:
    """What is doubtful."""
    token = csrf(request, reviewer)
    return private(request, desk.review_page(Refs(library(request)), reviewer, token, handbook, done))


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
    return RedirectResponse(links.review(done=made.number), 303)


@page("/admin/review/{record_id}")
def get_record(
    request: Request, reviewer: Reviewer, record_id: str, page: int = 0, done: str = ""
) -> Response:
    """A record beside its page, with a form for each correction."""
    store = library(request).store
    record = store.record(record_id)
    if record.id != record_id:  # merged into another
        return RedirectResponse(links.like(request.url.path, links.review(record.id, done=done)), 303)
    named, sheet, token = Refs(library(request)), Sheet.of(store, record.handbook), csrf(request, reviewer)
    return private(request, desk.record_page(named, sheet, record, reviewer, token, page, done))


@router.post("/admin/review/{record_id}")
def post_record(request: Request, reviewer: Reviewer, record_id: str, fields: Checked) -> Response:
    """Carry out what a form of that page asks for."""
    opened = library(request)
    sheet = Sheet.of(opened.store, opened.store.record(record_id).handbook)
    wishes = desk.wishes(sheet.record(record_id), fields, reviewer.name)
    made = review.correct(opened.store, sheet.edition.handbook, wishes, opened.encoder())
    log_edits(request, reviewer, *made)
    return RedirectResponse(desk.after(record_id, made, Sheet.of(opened.store, sheet.edition.handbook)), 303)
