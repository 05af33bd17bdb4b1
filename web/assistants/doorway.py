"""The way in for assistants: what may come over HTTP, and the protocol loaded when something does."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import anyio.to_thread
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from kb import Settings
from kb.measure import Outcome
from kb.search import Library
from web.assistants.allowance import Allowance
from web.frame import SearchAsked

ADDRESS = "/mcp"
ABOUT = "/api/docs#assistants"
_INVALID_REQUEST = -32600  # of JSON-RPC 2.0

Counting = Callable[[SearchAsked, Outcome], object]
"""Told of each search, and what became of it."""
Called = Callable[[str, bool], None]
"""Told of each call: the tool, and whether it was refused."""
Ask = Callable[[Scope, Receive, Send], Awaitable[None]]


class Doorway:
    """The application at `ADDRESS`: POST alone, and none that a browser sends for the page of another site."""

    def __init__(self, settings: Settings, note: Counting, called: Called, allowance: Allowance) -> None:
        self._cache, self._note, self._called, self._allowance = _pictures(settings), note, called, allowance
        self._asked: tuple[Library, Ask] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or say what to do."""
        request = Request(scope, receive)
        refusal = _refusal(request)
        if refusal is not None:
            await refusal(scope, receive, send)
            return
        library: Library = request.app.state.library
        if self._asked is None or self._asked[0] is not library:
            self._asked = library, await anyio.to_thread.run_sync(self._of, library)
        await self._asked[1](scope, receive, send)

    def _of(self, library: Library) -> Ask:
        protocol = _protocol()
        desk = protocol.Desk(library, self._cache, self._note, self._called, self._allowance)
        made: Ask = protocol.handler(desk)
        return made


def over_a_pipe(library: Library, settings: Settings, note: Counting, usual: str, origin: str) -> None:
    """Answer an assistant on stdin and stdout until stdin ends; `origin` is the public address of the pages, or ""."""
    protocol = _protocol()
    desk = protocol.Desk(library, _pictures(settings), note, lambda *_: None, Allowance())
    protocol.run_over_a_pipe(desk, usual, origin)


def _protocol() -> Any:
    """The protocol's module, which brings its SDK: half a second and thirty megabytes that few servers need."""
    return import_module("web.assistants.protocol")


def _pictures(settings: Settings) -> Path:
    return settings.data / "cache" / "pages"


def _refusal(request: Request) -> ASGIApp | None:
    """The answer to a request that is none of an assistant's; None for one that may be."""
    origin = request.headers.get("origin", "")
    own = f"{request.url.scheme}://{Headers(scope=request.scope).get('host', '')}"
    if origin and origin != own:
        return _error(403, f"Origin: pages of {origin[:100]} may not ask here; use /search.json and its like")
    if request.method == "POST":
        return None
    if request.method == "GET" and "text/html" in request.headers.get("accept", ""):
        return RedirectResponse(ABOUT, 303)
    return _error(405, f"{request.method}: assistants POST to {ADDRESS}; {ABOUT} says how to connect one")


def _error(status: int, message: str) -> Response:
    shown = {"jsonrpc": "2.0", "id": None, "error": {"code": _INVALID_REQUEST, "message": message}}
    headers = {"Allow": "POST"} if status == 405 else {}
    return Response(json.dumps(shown), status, headers, media_type="application/json")
