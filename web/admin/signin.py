"""Who may come in: a password or a token entered once, a signed cookie after that, forms that only our pages send."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Annotated
from urllib.parse import quote

from fastapi import Depends
from itsdangerous import BadData, Signer, URLSafeTimedSerializer
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from kb import Settings
from kb.office import Guesses, Journal, ended, guesses, password, signing
from web.frame import Posted, client_of, links, wants_json

COOKIE = "kb_admin"
VISITOR = "kb_visitor"  # what the sign-in form is bound to, while there is no session
SIGN_IN = "/admin/sign-in"
START = links.OFFICE
SESSION_SECONDS = 8 * 3600
LONGEST_NAME = 80
TURNED_OFF = (
    "Administration on the web is turned off; set a password with kb admin password,"
    " or start kb serve with KB_ADMIN_TOKEN set to what kb admin token prints"
)
_TARGET = re.compile(
    r"/(?:admin(?!/sign-)|practices|tools|annexes|sections|handbooks)(/(?!\.)[\w.~%-]+)*"
)  # pages that are worked on, and those on which records are corrected


class Credential(StrEnum):
    """What a person signed in with."""

    OWNER = "owner"  # the password
    TOKEN = "token"


@dataclass(frozen=True, slots=True)
class Session:
    """A person who signed in; `nonce` is what their forms are bound to."""

    name: str
    role: str
    nonce: str


def key(request: Request) -> bytes:
    """What cookies and forms are signed with: made of the library's random secret, the token and the password's hash.

    Another one of the three makes another key, which ends all sessions.

    Raises:
        HTTPException: 404, where neither password nor token is set.
        StoreError: the secret cannot be read or made.
    """
    settings: Settings = request.app.state.settings
    kept = password.stored(settings.data)
    if not (settings.admin_token or kept):
        raise HTTPException(404, TURNED_OFF)
    held = f"practice-kb admin\0{settings.admin_token}\0{kept}".encode("utf-8", "surrogateescape")
    return hmac.digest(signing.secret(settings.data), held, "sha256")


def is_on(request: Request) -> bool:
    """Whether anybody may sign in at all: a password or a token is set."""
    settings: Settings = request.app.state.settings
    return bool(settings.admin_token or password.stored(settings.data))


def known(request: Request) -> Session | None:
    """The person who asks, where that is one who signed in; pages for everybody may say more to them."""
    return _session(request) if request.cookies.get(COOKIE) and is_on(request) else None


def _session(request: Request) -> Session | None:
    """The session of a request's cookie, unless it was signed out."""
    session = unseal(key(request), request.cookies.get(COOKIE, ""))
    is_over = session is not None and ended.is_over(request.app.state.settings.data, session.nonce)
    return None if is_over else session


def role(request: Request, given: str) -> Credential | None:
    """Whose secret a text is; None where it is nobody's. A wrong token takes as long as the right one."""
    settings: Settings = request.app.state.settings
    wanted, given = settings.admin_token, given.strip()
    pair = [hashlib.sha256(t.encode("utf-8", "surrogateescape")).digest() for t in (given, wanted)]
    if wanted and hmac.compare_digest(*pair):
        return Credential.TOKEN
    return Credential.OWNER if password.is_right(password.stored(settings.data), given) else None


def take_guess(request: Request) -> None:
    """Count a try to sign in, or raise 429 where there were too many."""
    if not Guesses(request.app.state.settings.data).take(client_of(request)):
        wait = {"Retry-After": str(guesses.WINDOW_SECONDS)}
        raise HTTPException(429, "Too many wrong passwords or tokens; wait a minute, then try again", wait)


def was_right(request: Request) -> None:
    """Forget the guesses of a client that signed in."""
    Guesses(request.app.state.settings.data).right(client_of(request))


def unseal(secret: bytes, value: str) -> Session | None:
    """The session of a cookie's value; None if it is not ours, or is over."""
    try:
        return Session(**_sessions(secret).loads(value, max_age=SESSION_SECONDS))
    except BadData:
        return None


def start(request: Request, response: Response, name: str, came_as: Credential) -> None:
    """Sign a person in."""
    session = Session(name, came_as.value, secrets.token_urlsafe(16))
    _set(request, response, COOKIE, _sessions(key(request)).dumps(asdict(session)), SESSION_SECONDS)
    response.delete_cookie(VISITOR, path="/")


def end(request: Request, session: Session, response: Response) -> None:
    """Sign out: the session is over, whoever kept its cookie."""
    ended.end(request.app.state.settings.data, session.nonce, SESSION_SECONDS)
    response.delete_cookie(COOKIE, path="/")


def visitor(request: Request, response: Response, nonce: str) -> None:
    """Remember whose sign-in form this is."""
    _set(request, response, VISITOR, nonce, SESSION_SECONDS)


def form_token(secret: bytes, nonce: str) -> str:
    """What a form has to send back: only a page that we gave to this browser knows it."""
    return _forms(secret).get_signature(nonce).decode()


def csrf(request: Request, reviewer: Session) -> str:
    """What the forms of a session have to send back."""
    return form_token(key(request), reviewer.nonce)


def check_form(request: Request, fields: dict[str, str], nonce: str) -> None:
    """Raise 403 unless a form came from a page that we gave to this browser."""
    forms = _forms(key(request))
    if not nonce or not forms.verify_signature(nonce, fields.get("csrf", "")):
        raise HTTPException(
            403, "This form is out of date or was sent from elsewhere; go back and load it again"
        )


def journal(request: Request) -> Journal:
    """The log of who did what."""
    return Journal(request.app.state.settings.data)


def target(given: str) -> str:
    """Where to go after signing in: a page of administration or of a record, whatever was asked for."""
    return given if _TARGET.fullmatch(given) else START


def signed_in(request: Request) -> Session:
    """The person who asks; others are led to the sign-in form, or get 401 for JSON."""
    session = _session(request)
    if session is not None:
        return session
    if wants_json(request):
        raise HTTPException(401, f"Sign in at {SIGN_IN} first")
    after = request.query_params.get("next", request.url.path) if request.method == "GET" else START
    raise HTTPException(303, "Sign in first", {"Location": f"{SIGN_IN}?next={quote(after, safe='/')}"})


Reviewer = Annotated[Session, Depends(signed_in)]


def checked(request: Request, reviewer: Reviewer, fields: Posted) -> dict[str, str]:
    """The fields of a form that a signed-in person sent from one of our pages."""
    check_form(request, fields, reviewer.nonce)
    return fields


Checked = Annotated[dict[str, str], Depends(checked)]


def _set(request: Request, response: Response, name: str, value: str, seconds: int) -> None:
    is_https = request.url.scheme == "https"
    response.set_cookie(name, value, seconds, path="/", httponly=True, samesite="strict", secure=is_https)


def _sessions(secret: bytes) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(secret, salt="session", signer_kwargs={"digest_method": hashlib.sha256})


def _forms(secret: bytes) -> Signer:
    return Signer(secret, salt="form", digest_method=hashlib.sha256)
