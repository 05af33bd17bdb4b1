"""What is seen of each request: method, route, status and time, and nothing of who asks for what."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from typing import Protocol

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kb.measure import Outcome

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
OTHER = "other"
"""Of routes, methods and tools that are none of ours: clients could name any number of them."""
FILES = "/static"
_NAME = "kb.route"


class Watch(Protocol):
    """What counts, or writes down."""

    def requested(self, method: str, route: str, status: int, seconds: float) -> None:
        """A request was answered; `route` is its template, `seconds` are those to the first byte of the answer."""

    def searched(self, outcome: Outcome) -> None:
        """A need was answered, or not."""

    def called(self, tool: str, is_error: bool) -> None:
        """An assistant called a tool."""


class Watches:
    """Several of them as one."""

    def __init__(self, watches: Sequence[Watch]) -> None:
        self._watches = tuple(watches)

    def __bool__(self) -> bool:
        return bool(self._watches)

    def requested(self, method: str, route: str, status: int, seconds: float) -> None:
        """Tell each."""
        for one in self._watches:
            one.requested(method, route, status, seconds)

    def searched(self, outcome: Outcome) -> None:
        """Tell each."""
        for one in self._watches:
            one.searched(outcome)

    def called(self, tool: str, is_error: bool) -> None:
        """Tell each."""
        for one in self._watches:
            one.called(tool, is_error)


class Watched:
    """Outermost middleware: tells what each request was answered with."""

    def __init__(self, app: ASGIApp, watch: Watch) -> None:
        self.app, self._watch = app, watch

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and look at the answer."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started, status, seconds = time.perf_counter(), 0, 0.0
        named: dict[str, str] = {}

        async def look(message: Message) -> None:
            nonlocal status, seconds
            if message["type"] == "http.response.start":
                status, seconds = message["status"], time.perf_counter() - started
            await send(message)

        try:
            await self.app({**scope, _NAME: named}, receive, look)
        finally:
            method = scope["method"] if scope["method"] in METHODS else OTHER
            took = seconds or time.perf_counter() - started
            self._watch.requested(method, named.get(_NAME, OTHER), status or 500, took)


class Routed:
    """Innermost middleware: tells `Watched`, which is without, what route answered."""

    def __init__(self, app: ASGIApp, plain: Iterable[str] = ()) -> None:
        """`plain` are the paths of routes that FastAPI knows nothing of."""
        self.app, self._plain = app, frozenset(plain)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and note its route's template."""
        try:
            await self.app(scope, receive, send)
        finally:
            if _NAME in scope:
                path = scope["path"]
                other = path if path in self._plain else FILES if path.startswith(f"{FILES}/") else OTHER
                scope[_NAME][_NAME] = getattr(scope.get("route"), "path", other)
