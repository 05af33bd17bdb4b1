"""Headers every answer carries, and HEAD answered wherever GET is."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders, QueryParams
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SECURITY = {
    "Content-Security-Policy": (
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
FOR_OTHERS = ("/embed", "/embed/look.css", "/static/embed.css", "/static/practice-search.js")
"""What pages of other sites may load, and what the answer's own policy says who may have in a frame."""
FOR_GOOD = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"


class Headers:
    """Outermost middleware: security headers, Cache-Control where none is set, no body on HEAD."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; complete what comes back."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        is_head = scope["method"] == "HEAD"

        async def complete(message: Message) -> None:
            if message["type"] == "http.response.start":
                _complete(MutableHeaders(scope=message), scope, message["status"])
            elif is_head and message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        await self.app({**scope, "method": "GET"} if is_head else scope, receive, complete)


def _complete(headers: MutableHeaders, scope: Scope, status: int) -> None:
    is_for_others = scope["path"] in FOR_OTHERS
    own = headers.get("Content-Security-Policy") if is_for_others else None
    for name, value in SECURITY.items():
        headers[name] = value
    if is_for_others:
        headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    if own:
        headers["Content-Security-Policy"] = own
    is_versioned = scope["path"].startswith("/static/") and "v" in QueryParams(scope["query_string"])
    if is_versioned and status in (200, 304):
        headers["Cache-Control"] = FOR_GOOD
    elif "cache-control" not in headers:
        headers["Cache-Control"] = ASK_AGAIN
