"""The names this server answers to: a page of another's name that points here must not read what is answered here."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from web import failures
from web.frame import wants_json

UNKNOWN = "Host: this server does not answer to that name; use its own, or start it with the name in KB_HOSTS"


class Hosts:
    """Middleware: 400 for every Host but those named, loopback's, and the address that the connection came to."""

    def __init__(self, app: ASGIApp, hosts: Iterable[str]) -> None:
        self.app = app
        self._hosts = frozenset(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        if scope["type"] != "http" or self._is_known(scope):
            await self.app(scope, receive, send)
            return
        await _refusal(Request(scope))(scope, receive, send)

    def _is_known(self, scope: Scope) -> bool:
        given = Headers(scope=scope).getlist("host")
        if not given:
            return scope.get("http_version") == "1.0"  # whose requests may name none
        name, _, port = _parted(given[0])
        own = (scope.get("server") or ("",))[0]
        is_whole = len(given) == 1 and (not port or (port.isascii() and port.isdigit()))
        return is_whole and (
            name in self._hosts or _is_loopback(name) or (bool(own) and name == _bracketed(own))
        )


def _parted(host: str) -> tuple[str, str, str]:
    """A Host header as name, colon and port; an IPv6 address keeps its brackets."""
    host = host.strip().lower()
    end = host.find("]") if host.startswith("[") else -1
    name, colon, port = host[end + 1 :].partition(":")
    return (host[: end + 1] + name).removesuffix("."), colon, port


def _is_loopback(name: str) -> bool:
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name.removeprefix("[").removesuffix("]")).is_loopback
    except ValueError:
        return False


def _bracketed(address: str) -> str:
    return f"[{address}]" if ":" in address else address


def _refusal(request: Request) -> Response:
    """What says so: plain, as a page would have links to the name that is refused."""
    if wants_json(request):
        return failures.answer(request, HTTPException(400, UNKNOWN))
    return PlainTextResponse(UNKNOWN + "\n", 400)
