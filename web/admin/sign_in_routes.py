"""The routes of signing in and out."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import ClassVar

from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from kb.office import Deed
from web.admin import signin
from web.admin.signin import Reviewer, journal
from web.frame import AnyPage, Posted, client_of, private

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class SignInPage(AnyPage):
    """The form that takes the admin token."""

    template: ClassVar[str] = "signin.html"

    csrf: str
    """What the form has to send back."""
    target: str
    """Where it leads then."""
    failed: str
    """Why the last try failed; empty at first."""


def sign_in_form(request: Request, after: str, failed: str = "", status: int = 200) -> Response:
    """The form that takes password or token, bound to this browser."""
    secret, nonce = signin.key(request), secrets.token_urlsafe(16)
    token = signin.form_token(secret, nonce)
    response = private(request, SignInPage(signin.SIGN_IN, (), token, signin.target(after), failed), status)
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
    signin.take_guess(request)
    name, after = " ".join(fields.get("name", "").split())[: signin.LONGEST_NAME], fields.get("next", "")
    came_as = signin.role(request, fields.get("token", ""))
    if came_as is None:
        journal(request).add(Deed.REFUSED, who=name, detail=client_of(request))
        return sign_in_form(request, after, "token", 403)
    signin.was_right(request)
    journal(request).add(Deed.SIGN_IN, who=name or came_as.value, via=came_as.value)
    response = RedirectResponse(signin.target(after), 303)
    signin.start(request, response, name or came_as.value, came_as)
    return response


@router.post("/admin/sign-out", dependencies=[Depends(signin.checked)])
def post_sign_out(request: Request, reviewer: Reviewer) -> Response:
    """End the session."""
    journal(request).add(Deed.SIGN_OUT, who=reviewer.name, via=reviewer.role)
    response = RedirectResponse("/", 303)
    signin.end(request, reviewer, response)
    return response
