"""Page dataclass -> HTML or JSON, by the address that was asked for."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import Response

from kb import straight
from web.frame import boxes, language, links, prefix, sayings, worded
from web.frame import prose as text
from web.frame.looks import SiteLook, look_of
from web.frame.owners import Owner, Owning
from web.frame.shown import Shown, adapter

STATIC = Path(__file__).parents[1] / "static"


@dataclass(frozen=True, slots=True)
class Site:
    """What the frame around a page needs to know of the request."""

    origin: str  # "http://127.0.0.1:8000", for permanent links
    path: str  # without the language
    asked: str  # the text for the search box
    here: str = ""  # path and query, without the language
    language: str = language.FALLBACK
    prefix: str = ""  # "/de" where the address names the language
    has_office: bool = False  # whether people may sign in
    owner: Owner | None = None  # who signed in
    look: SiteLook = field(default_factory=SiteLook)


def respond(request: Request, page: Shown, status: int = 200) -> Response:
    """Answer with the page as JSON if its JSON address was asked for, else as HTML; with 304 if the asker has it.

    HTML differs for those who signed in, whose bar it has: no cache may keep theirs, nor give it to others.
    """
    response = _answer(request, page, status)
    if posts := page.signposts(str(request.base_url).rstrip("/")):
        response.headers["Link"] = ", ".join(post.header for post in posts)
    return fresh(request, response)


def _answer(request: Request, page: Shown, status: int) -> Response:
    if wants_json(request):
        return Response(as_json(page), status, media_type="application/json")
    query, tongue = request.url.query, language.spoken()
    owning: Owning = request.app.state.owning
    site = Site(
        origin=str(request.base_url).rstrip("/"),
        path=request.url.path,
        asked=request.query_params.get("q", "")[:2000],
        here=request.url.path + (f"?{query}" if query else ""),
        language=tongue.language,
        prefix=tongue.prefix,
        has_office=request.app.state.has_office(request),
        owner=owning(request),
        look=look_of(request),
    )
    response = Response(as_html(page, site), status, media_type="text/html")
    if site.has_office:
        response.headers.add_vary_header("Cookie")
    return unkept(response) if site.owner else response


def private(request: Request, page: Shown, status: int = 200) -> Response:
    """Answer with a page that no cache may keep and no search engine list."""
    return unkept(_answer(request, page, status))


def fresh(request: Request, response: Response) -> Response:
    """The same answer under an entity tag, or 304 without a body where the asker names that one (RFC 9110, 8.8.3).

    The tag is weak, as what goes over the wire may be compressed, and made of the content: another generation,
    language or release that shows the same is no reason to send it again.
    """
    if response.status_code != 200 or "no-store" in response.headers.get("Cache-Control", ""):
        return response
    digest = hashlib.sha256(bytes(response.body)).hexdigest()[:32]
    response.headers["ETag"] = f'W/"{digest}"'
    if not is_held(request, response.headers["ETag"]):
        return response
    kept = {name: response.headers[name] for name in ("ETag", "Vary", "Link") if name in response.headers}
    unchanged = Response(status_code=304, headers=kept)
    if not wants_json(request) and not language.spoken().prefix:
        unchanged.headers.add_vary_header("Accept-Language")
    return unchanged


def is_held(request: Request, tag: str) -> bool:
    """Whether a request's If-None-Match names an entity tag, compared weakly (RFC 9110, 13.1.2)."""
    named = {one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")}
    return not named.isdisjoint((tag.removeprefix("W/"), "*"))


def unkept(response: Response) -> Response:
    """The same answer, which no cache may keep and no search engine list."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def wants_json(request: Request) -> bool:
    """Whether the address is one of the JSON addresses."""
    return links.is_json(request.url.path)


def as_json(page: Shown) -> bytes:
    """The page's dataclass as UTF-8 JSON."""
    return adapter(type(page)).dump_json(page)


def as_html(page: Shown, site: Site) -> str:
    """The page through its template, links in the language of its address; no text turns the others around."""
    html = environment().get_template(page.template).render(page=page, site=site)
    return prefix.keep(straight(html), site.prefix)


@cache
def environment() -> Environment:
    """The templates: escaped, strict, their words in the language of the request at hand."""
    made = Environment(
        loader=PackageLoader("web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    made.policies["ext.i18n.trimmed"] = True
    made.install_gettext_callables(  # type: ignore[attr-defined]
        language.gettext, language.ngettext, newstyle=True
    )
    made.filters |= {
        "action_name": sayings.action_name,
        "blocks": text.blocks,
        "date": language.date,
        "either": language.either,
        "facet_name": sayings.facet_name,
        "field_name": language.field_name,
        "frame": boxes.frame,
        "host_of": worded.host_of,
        "in_turn": in_turn,
        "inside": language.inside,
        "opening": language.opening,
        "said": sayings.said,
        "language_name": language.language_name,
        "moment": language.moment,
        "number": language.number,
        "share": language.share,
        "shortened": text.shortened,
        "site_name": site_name,
        "term": language.term,
        "worded": worded.worded,
    }
    made.tests["table"] = lambda block: isinstance(block, text.TableBlock)
    made.globals |= {"segments": text.segments, "static": static}
    made.globals |= {"languages": language.languages, "way_of": worded.Leads.of}
    made.globals |= {
        "twin": links.twin,
        "leaves": links.leaves,
        "browse": links.browse,
        "compare": links.compare,
    }
    made.globals |= {"atlas": links.atlas}
    made.globals |= {"export": links.export, "shortlist": links.shortlist, "proposal": links.proposal}
    return made


@cache
def static(name: str) -> str:
    """The address of a static file, with its checksum so that browsers may keep it for good."""
    checksum = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?v={checksum}"


def site_name(address: str) -> str:
    """The host of a web address, "" where the text is none."""
    try:
        parts = urlsplit(address)
    except ValueError:  # "http://[::1"
        return ""
    return parts.netloc if parts.scheme in ("http", "https") else ""


def in_turn(items: Iterable[Any], attribute: str) -> list[tuple[Any, list[Any]]]:
    """Neighbours with the same attribute, together; unlike Jinja's groupby it keeps their order."""
    return [(key, list(group)) for key, group in groupby(items, key=attrgetter(attribute))]
