"""Page dataclass -> HTML or JSON, by the address that was asked for."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined
from pydantic import TypeAdapter
from starlette.requests import Request
from starlette.responses import Response

from web.admin import office_pages
from web.admin.needs_page import NeedsPage
from web.export.exported import ExportPage
from web.frame import boxes, context, language, linked, links, prefix, sayings
from web.frame import prose as text
from web.pages.changed import ChangesPage
from web.pages.compare import ComparePage
from web.pages.leaves import LeafPage, LeavesPage
from web.pages.map_page import MapPage
from web.pages.shortlist import ShortlistPage

STATIC = Path(__file__).parents[1] / "static"

TEMPLATES: dict[type[context.Shown], str] = {
    context.HomePage: "home.html",
    context.SearchPage: "search.html",
    context.RecordPage: "record.html",
    context.BrowsePage: "browse.html",
    context.HandbookPage: "handbook.html",
    LeafPage: "leaf.html",
    LeavesPage: "leaves.html",
    ChangesPage: "changes.html",
    ComparePage: "compare.html",
    MapPage: "map.html",
    ShortlistPage: "shortlist.html",
    NeedsPage: "needs.html",
    context.ApiPage: "api.html",
    context.SignInPage: "signin.html",
    context.ReviewPage: "review.html",
    context.RecordReviewPage: "review_record.html",
    office_pages.AdminPage: "admin.html",
    office_pages.JobPage: "job.html",
    office_pages.ShelfPage: "shelf.html",
    office_pages.LogPage: "log.html",
    context.ErrorPage: "error.html",
}

_ADAPTERS: dict[type[context.Shown], TypeAdapter[Any]] = {
    shown: TypeAdapter(shown) for shown in (*TEMPLATES, context.Health, context.Suggestions, ExportPage)
}


@dataclass(frozen=True, slots=True)
class Site:
    """What the frame around a page needs to know of the request."""

    origin: str  # "http://127.0.0.1:8000", for permanent links
    path: str  # without the language
    asked: str  # the text for the search box
    here: str = ""  # path and query, without the language
    language: str = language.FALLBACK
    prefix: str = ""  # "/de" where the address names the language


def respond(request: Request, page: context.Shown, status: int = 200) -> Response:
    """Answer with the page as JSON if its JSON address was asked for, else as HTML."""
    if wants_json(request):
        return Response(as_json(page), status, media_type="application/json")
    query, tongue = request.url.query, language.spoken()
    site = Site(
        origin=str(request.base_url).rstrip("/"),
        path=request.url.path,
        asked=request.query_params.get("q", "")[:2000],
        here=request.url.path + (f"?{query}" if query else ""),
        language=tongue.language,
        prefix=tongue.prefix,
    )
    return Response(as_html(page, site), status, media_type="text/html")


def wants_json(request: Request) -> bool:
    """Whether the address is one of the JSON addresses."""
    return links.is_json(request.url.path)


def as_json(page: context.Shown) -> bytes:
    """The page's dataclass as UTF-8 JSON."""
    return _ADAPTERS[type(page)].dump_json(page)


def as_html(page: context.Shown, site: Site) -> str:
    """The page through its template, its links in the language of its address."""
    html = environment().get_template(TEMPLATES[type(page)]).render(page=page, site=site)
    return prefix.keep(html, site.prefix)


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
        "facet_name": sayings.facet_name,
        "field_name": language.field_name,
        "frame": boxes.frame,
        "in_turn": in_turn,
        "inside": language.inside,
        "opening": language.opening,
        "said": sayings.said,
        "language_name": language.language_name,
        "moment": language.moment,
        "number": language.number,
        "share": language.share,
        "site_name": site_name,
        "term": language.term,
    }
    made.globals |= {"segments": text.segments, "static": static}
    made.globals |= {"languages": language.languages}
    made.globals |= {
        "twin": links.twin,
        "leaves": links.leaves,
        "browse": links.browse,
        "compare": links.compare,
    }
    made.globals |= {"atlas": links.atlas}
    made.globals |= {"export": links.export, "shortlist": links.shortlist, "linked": linked.linked}
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
