"""One table from exception to status, one error page, one error shape in JSON."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from http import HTTPStatus
from typing import ClassVar

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from kb import errors
from web.export import Format, PaperKind
from web.frame import SECURITY, Shown, answering, as_json, respond

STATUSES: dict[type[Exception], int] = {
    errors.ParseError: 422,
    errors.InputError: 400,
    errors.NotFoundError: 404,
    errors.StoreError: 503,
    errors.GenerationError: 503,
    errors.ModelError: 503,
    errors.BusyError: 503,
    errors.KbError: 500,
    RequestValidationError: 422,
    ClientDisconnect: 400,  # nobody reads it; unanswered it would fill the log
    HTTPException: 500,  # its own status counts
    Exception: 500,
}

FILES = (*(f".{form}" for form in (*Format, *PaperKind)), ".png")
"""How addresses end that are no pages; their errors come as JSON."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ErrorShown(Shown):
    """What went wrong."""

    status: int
    """The HTTP status."""
    title: str
    detail: str
    """The thing, the place, the next step."""


@dataclass(frozen=True, slots=True)
class ErrorPage(Shown):
    """The one shape of every error."""

    template: ClassVar[str] = "error.html"

    error: ErrorShown


answering(ErrorPage)  # FAILURES of every page name its schema


def register(app: FastAPI) -> None:
    """Answer every exception of the table with the error page."""
    for kind in STATUSES:
        app.add_exception_handler(kind, answer)


def answer(request: Request, error: Exception) -> Response:
    """The error page, or its JSON, for any exception."""
    status = next(STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES)
    detail = ""
    match error:
        case HTTPException():
            status = error.status_code
            detail = error.detail if error.detail != HTTPStatus(status).phrase else ""
        case RequestValidationError():
            detail = "; ".join(f"{problem['loc'][-1]}: {problem['msg']}" for problem in error.errors())
        case errors.KbError():
            detail = str(error)
    if status >= 500:
        said = (
            error if isinstance(error, errors.KbError) else type(error).__name__
        )  # its words may be a reader's
        _log.error("%s %s: %s", request.method, request.url.path, said)
    shown = ErrorShown(status=status, title=HTTPStatus(status).phrase, detail=detail)
    if request.url.path.endswith(FILES):
        response = Response(as_json(ErrorPage(shown)), status, media_type="application/json")
    else:
        response = respond(request, ErrorPage(shown), status)
    if isinstance(error, HTTPException) and error.headers:
        response.headers.update(error.headers)
    response.headers.update(SECURITY)  # an unforeseen error is answered outside the middleware
    if status == 503:
        response.headers["Retry-After"] = "10"
    return response
