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

from web import boxes, context, links, text
from web.changed import ChangesPage
from web.compare import ComparePage

STATIC = Path(__file__).parent / "static"

TEMPLATES: dict[type[context.Shown], str] = {
    context.HomePage: "home.html",
    context.SearchPage: "search.html",
    context.RecordPage: "record.html",
    context.BrowsePage: "browse.html",
    context.HandbookPage: "handbook.html",
    context.LeafPage: "leaf.html",
    ChangesPage: "changes.html",
    ComparePage: "compare.html",
    context.ApiPage: "api.html",
    context.SignInPage: "signin.html",
    context.ReviewPage: "review.html",
    context.RecordReviewPage: "review_record.html",
    context.ErrorPage: "error.html",
}

_ADAPTERS: dict[type[context.Shown], TypeAdapter[Any]] = {
    shown: TypeAdapter(shown) for shown in (*TEMPLATES, context.Health, context.Suggestions)
}


@dataclass(frozen=True, slots=True)
class Site:
    """What the frame around a page needs to know of the request."""

    origin: str  # "http://127.0.0.1:8000", for permanent links
    path: str
    asked: str  # the text for the search box


def respond(request: Request, page: context.Shown, status: int = 200) -> Response:
    """Answer with the page as JSON if its JSON address was asked for, else as HTML."""
    if wants_json(request):
        return Response(as_json(page), status, media_type="application/json")
    site = Site(
        origin=str(request.base_url).rstrip("/"),
        path=request.url.path,
        asked=request.query_params.get("q", "")[:2000],
    )
    return Response(as_html(page, site), status, media_type="text/html")


def wants_json(request: Request) -> bool:
    """Whether the address is one of the JSON addresses."""
    return request.url.path.endswith(".json") or request.url.path in ("/healthz", "/suggest")


def as_json(page: context.Shown) -> bytes:
    """The page's dataclass as UTF-8 JSON."""
    return _ADAPTERS[type(page)].dump_json(page)


def as_html(page: context.Shown, site: Site) -> str:
    """The page through its template."""
    return environment().get_template(TEMPLATES[type(page)]).render(page=page, site=site)


@cache
def environment() -> Environment:
    """The templates: escaped, strict, their words ready for translation."""
    made = Environment(
        loader=PackageLoader("web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    made.install_null_translations(newstyle=True)  # type: ignore[attr-defined]
    made.filters |= {
        "blocks": text.blocks,
        "frame": boxes.frame,
        "in_turn": in_turn,
        "number": number,
        "share": share,
        "site_name": site_name,
    }
    made.globals |= {"segments": text.segments, "static": static}
    made.globals |= {"twin": links.twin, "browse": links.browse, "compare": links.compare}
    return made


@cache
def static(name: str) -> str:
    """The address of a static file, with its checksum so that browsers may keep it for good."""
    checksum = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?v={checksum}"


def number(value: float) -> str:
    """A whole number with thin spaces between thousands."""
    return f"{value:,}".replace(",", "\u202f")


def share(percent: float) -> str:
    """A share with one decimal; only what is all of it is 100 %."""
    shown = min(percent, 99.9) if percent < 100 else percent
    return f"{shown:.1f}".removesuffix(".0") + "\u202f%"


def site_name(address: str) -> str:
    """The host of a web address, "" where the text is none."""
    parts = urlsplit(address)
    return parts.netloc if parts.scheme in ("http", "https") else ""


def in_turn(items: Iterable[Any], attribute: str) -> list[tuple[Any, list[Any]]]:
    """Neighbours with the same attribute, together; unlike Jinja's groupby it keeps their order."""
    return [(key, list(group)) for key, group in groupby(items, key=attrgetter(attribute))]
