"""The language in the address: /de/search is /search in German; an address without one asks the browser."""

from __future__ import annotations

import re

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kb.words import LANGUAGES
from web.frame import language, links
from web.frame.language import Tongue

_CODES = "|".join(LANGUAGES)
_PREFIX = re.compile(rf"/({_CODES})(?=/|$)")
_WANTED = re.compile(r"\s*([a-z]{2,3})(?:-[\w-]*)?\s*(?:;\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*)?", re.IGNORECASE)
_NOT_PAGES = "json|png|svg|css|js|atom|xml|csv|short-csv|xlsx|bib|ris|pdf|zip|txt|webmanifest"
_LINK = re.compile(
    rf"""(\s(?:href|action|formaction)=")(?=/)(?!//|/static/|/(?:{_CODES})[/"?#])(?![^"?#]*\.(?:{_NOT_PAGES})["?#])"""
)
MOST_WANTED = 20  # languages of a header that are looked at


class Prefix:
    """Outermost middleware: takes the language off the address, or reads it off the browser's wishes."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on in its language; say in the answer which it is."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = Headers(scope=scope)
        tongue, path = asked(scope["path"], given.get("accept-language", ""))
        origin = f"{scope['scheme']}://{given.get('host', '')}"
        language.speak(tongue)

        async def complete(message: Message) -> None:
            if message["type"] == "http.response.start":
                _complete(MutableHeaders(scope=message), tongue, origin)
            await send(message)

        raw = scope.get("raw_path") or b""
        shortened = raw[len(tongue.prefix) :] or b"/"
        await self.app({**scope, "path": path, "raw_path": shortened}, receive, complete)


def asked(path: str, accept_language: str) -> tuple[Tongue, str]:
    """What an address is answered in, and the address without its language. JSON is English."""
    found = _PREFIX.match(path)
    code, rest = (found[1], path[found.end() :] or "/") if found else ("", path)
    prefix = f"/{code}" if code else ""
    if links.is_json(rest):
        return Tongue(prefix=prefix), rest
    return Tongue(code or preferred(accept_language), prefix), rest


def preferred(accept_language: str) -> str:
    """The language of the interface that an Accept-Language header (RFC 9110) wants most; English if none."""
    wanted = []
    for place, part in enumerate(accept_language.split(",")[:MOST_WANTED]):
        found = _WANTED.fullmatch(part)
        if found and found[1].lower() in LANGUAGES and (weight := float(found[2] or 1)) > 0:
            wanted.append((-weight, place, found[1].lower()))
    return min(wanted)[2] if wanted else language.FALLBACK


def keep(html: str, prefix: str) -> str:
    """A page whose links to other pages keep the language of its address.

    Templates are escaped, so that only their own attributes can match: a quote within content is &#34;.
    """
    return _LINK.sub(rf"\g<1>{prefix}", html) if prefix else html


def _complete(headers: MutableHeaders, tongue: Tongue, origin: str) -> None:
    if headers.get("content-type", "").startswith("text/html"):
        headers["Content-Language"] = tongue.language
        if not tongue.prefix:
            headers.add_vary_header("Accept-Language")
    location = headers.get("location", "").removeprefix(origin)
    if tongue.prefix and location.startswith("/") and not location.startswith("//"):
        headers["Location"] = tongue.prefix + location
