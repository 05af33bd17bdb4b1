"""The sites whose pages may embed the search and ask the JSON API, as the settings and the owner say."""

from __future__ import annotations

from collections.abc import Iterable

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from kb import EVERYBODY, KbError, Settings
from web.frame import links
from web.frame.serving import library

STORED = "embedders"
"""The owner's decision, in the library: origins, divided by spaces."""
KEPT_SECONDS = 600
"""How long a browser need not ask again whether it may ask."""


def embedders(request: Request) -> tuple[str, ...]:
    """The origins that may embed, each once; `EVERYBODY` alone where it is among them, none where nobody may."""
    settings: Settings = request.app.state.settings
    try:
        decided = library(request).store.settings(STORED).get(STORED, "").split()
    except KbError:  # what the environment says holds all the same
        decided = []
    found = tuple(dict.fromkeys((*settings.embedders, *decided)))
    return (EVERYBODY,) if EVERYBODY in found else found


def policy(origins: Iterable[str]) -> str:
    """The Content-Security-Policy of a page that these origins, and this site itself, may have in a frame."""
    ancestors = " ".join(("'self'", *origins))
    return (
        f"default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors {ancestors};"
        " object-src 'none'; script-src 'none'"
    )


class Shared:
    """Middleware: lets pages of those origins read JSON (CORS), by GET and without anybody's cookies."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; where a page of another site asks for JSON, with the headers that let it read it."""
        app = self.app
        if scope["type"] == "http" and "origin" in Headers(scope=scope) and _is_open(scope["path"]):
            origins = embedders(Request(scope))
            if origins:
                app = CORSMiddleware(app, origins, allow_methods=("GET",), max_age=KEPT_SECONDS)
        await app(scope, receive, send)


def _is_open(path: str) -> bool:
    return links.is_json(path) and not path.startswith("/admin")
