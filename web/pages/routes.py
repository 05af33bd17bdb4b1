"""The routes: each reads its parameters, asks kb, builds one page and responds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path as FilePath
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import FileResponse, RedirectResponse, Response

from kb import InputError, Settings
from kb.map import Maps
from kb.search import Library
from web.admin import judging
from web.admin import review_routes as admin
from web.frame import headers, links, params, pictures
from web.frame.context import (
    AnyPage,
    ApiPage,
    BrowsePage,
    ErrorPage,
    HandbookPage,
    Health,
    HomePage,
    RecordPage,
    SearchPage,
    Suggestions,
)
from web.frame.refs import Refs
from web.frame.render import STATIC, respond
from web.pages import api, browse, compare, home, leaves, results, shortlist
from web.pages import handbook_page as handbooks
from web.pages import map_page as atlas
from web.pages import record_page as reading
from web.pages import tallies as counting
from web.pages.compare import ComparePage
from web.pages.leaves import LeafPage, LeavesPage
from web.pages.map_page import MapPage
from web.pages.shortlist import ShortlistPage

Responses = dict[int | str, dict[str, Any]]
FAILURES: Responses = {status: {"model": ErrorPage} for status in (400, 404, 422, 503)}
router = APIRouter(responses=FAILURES)

Route = TypeVar("Route", bound=Callable[..., Response])
RecordId = Annotated[str, Path(description="The record's id, the same in every edition.")]
HandbookId = Annotated[str, Path(description="The handbook's id.")]
By = Annotated[
    str,
    Query(
        description=f"How to group: {', '.join(browse.LISTS)}.",
        json_schema_extra={"enum": list(browse.LISTS)},
    ),
]
Only = Annotated[str, Query(description="One group alone: an id, or a value.")]
Ids = Annotated[
    list[str],
    Query(
        alias="id",
        description="Ids of records; the parameter is repeated.",
        json_schema_extra={"maxItems": shortlist.MOST},
    ),
]
WIDTHS = ", ".join(map(str, pictures.WIDTHS))
Number = Annotated[int, Path(description="PDF page, from 1.")]
PICTURE: Responses = {
    200: {"content": {"image/png": {}}, "description": "The picture."},
    304: {"description": "The picture you have is the picture."},
}


def page(path: str, shown: type[AnyPage], summary: str, **extra: Any) -> Callable[[Route], Route]:
    """Serve a route as HTML at its address and as JSON at its twin; the twin is in the API description."""

    def register(route: Route) -> Route:
        router.get(links.twin(path), response_model=shown, summary=summary, **extra)(route)
        router.get(path, include_in_schema=False)(route)
        return route

    return register


def refs(request: Request) -> Refs:
    """The open library, for this request."""
    library: Library = request.app.state.library
    return Refs(library)


@page("/", HomePage, "What is in the library")
def get_home(request: Request) -> Response:
    """Handbooks, totals, example needs, and where to start browsing."""
    return respond(request, home.home_page(refs(request)))


@page("/search", SearchPage, "Search by need", openapi_extra=params.OPENAPI)
def get_search(request: Request) -> Response:
    """Practices, tools and annexes that answer a need, best first, each with its evidence and its page."""
    asked = params.parse(request.url.query)
    shown = results.search_page(refs(request), asked)
    counting.note(request, asked, shown)
    if (control := judging.control(request, asked.text)) is None:
        return respond(request, shown)
    return admin.private(request, replace(shown, judging=control))


@page("/practices/{record_id}", RecordPage, "One practice")
@page("/tools/{record_id}", RecordPage, "One tool")
@page("/annexes/{record_id}", RecordPage, "One annex")
@page("/sections/{record_id}", RecordPage, "One section")
def get_record(
    request: Request,
    record_id: RecordId,
    page: Annotated[int | None, Query(description="PDF page to picture; the first unless given.")] = None,
    field: Annotated[int | None, Query(description="Number of the field to light on it, from 1.")] = None,
    edition: Annotated[
        int | None, Query(description="As this edition has it; the current one unless given.")
    ] = None,
) -> Response:
    """All of a record, with its tools, what resembles it, and the picture of a page.

    Each field names its places, with their boxes in points from the top left of the page.
    """
    named = refs(request)
    record = named.library.record(record_id)
    if record.id != record_id:  # merged into another by review, which can be undone: the address stays
        return RedirectResponse(links.like(request.url.path, links.record(record.kind, record.id)), 303)
    as_of = edition if edition and edition != named.edition(record.handbook).number else 0
    if as_of:
        named.library.store.require(record.handbook, as_of)
        record = named.library.store.record(record_id, as_of)
    folder, given = links.FOLDERS[record.kind], request.url.path.split("/")[1]
    if folder != given:
        right = request.url.replace(scheme="", netloc="", path=request.url.path.replace(given, folder, 1))
        return RedirectResponse(right, 308)
    return respond(request, reading.record_page(named, record, page, field, as_of))


@page("/compare", ComparePage, "Records side by side")
def get_compare(
    request: Request,
    ids: Annotated[
        list[str],
        Query(
            alias="id",
            description="Ids of two to four records; the parameter is repeated.",
            json_schema_extra={"maxItems": compare.MOST},
        ),
    ] = [],  # noqa: B006
) -> Response:
    """Two to four records, value by value and field by field; of one alone, what resembles it."""
    return respond(request, compare.compare_page(refs(request), ids))


@page("/map", MapPage, "The library as a map", openapi_extra=params.OPENAPI)
def get_map(
    request: Request,
    record: Annotated[str, Query(description="Id of the record to mark.")] = "",
) -> Response:
    """Practices, tools and annexes as points, like ones together; a search lights up its answers."""
    maps: Maps = request.app.state.maps
    asked = params.parse(request.url.query)
    return respond(request, atlas.map_page(refs(request), maps.current(), asked, record))


@page("/shortlist", ShortlistPage, "A shortlist")
def get_shortlist(
    request: Request,
    ids: Ids = [],  # noqa: B006
    q: Annotated[
        str, Query(description="What to look for, to put it on the list.", json_schema_extra=params.WORDED)
    ] = "",
) -> Response:
    """The records with these ids, in this order; the address is the list, and can be sent to others."""
    return respond(request, shortlist.shortlist_page(refs(request), ids, q.strip()))


@page("/browse", BrowsePage, "The library as a list")
def get_browse(
    request: Request,
    by: By = "handbook",
    only: Only = "",
) -> Response:
    """Practices, grouped."""
    return respond(request, browse.browse_page(refs(request), by, only))


@page("/handbooks/{handbook}", HandbookPage, "One handbook")
def get_handbook(request: Request, handbook: HandbookId) -> Response:
    """Its annexes, practices, tools and sections, and the account of where its text went."""
    return respond(request, handbooks.handbook_page(refs(request), handbook))


@page("/handbooks/{handbook}/pages", LeavesPage, "The pages of a handbook")
def get_leaves(
    request: Request,
    handbook: HandbookId,
    find: Annotated[
        str, Query(description="Words to look for, or a phrase in quotes.", json_schema_extra=params.WORDED)
    ] = "",
    start: Annotated[int, Query(ge=1, description="Which of these pages to begin with, from 1.")] = 1,
    page: Annotated[str, Query(include_in_schema=False)] = "",  # of the form that leads to a page
) -> Response:
    """Small pictures of all pages, or of those that have some words, with the words around them."""
    if page:
        return RedirectResponse(links.like(request.url.path, links.leaf(handbook, _page_number(page))), 303)
    return respond(request, leaves.leaves_page(refs(request), handbook, find.strip(), start))


def _page_number(typed: str) -> int:
    if not (typed.isascii() and typed.isdigit() and len(typed) < 6):
        raise InputError(f"page={typed[:20]}: not a page number; give the PDF page, from 1")
    return int(typed)


@router.get(
    "/handbooks/{handbook}/pages/{number:number}.png",
    response_class=Response,
    responses=PICTURE,
    summary="The picture of a page",
)
def get_picture(
    request: Request,
    handbook: HandbookId,
    number: Number,
    width: Annotated[int, Query(description=f"Pixels: {WIDTHS}.")] = pictures.READING_WIDTH,
    v: Annotated[str, Query(description="First digits of the PDF's SHA-256; makes the answer lasting.")] = "",
) -> Response:
    """A PNG of the page as it is printed."""
    edition = leaves.edition_with_page(refs(request), handbook, number, v)
    tag = pictures.etag(edition.sha256, number, pictures.check_width(width))
    is_lasting = bool(v) and edition.sha256.startswith(v)
    kept = {"ETag": tag, "Cache-Control": headers.FOR_GOOD if is_lasting else headers.ASK_AGAIN}
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=kept)
    pdf = request.app.state.library.store.pdf_path(edition.sha256)
    png = pictures.picture(_cache(request), pdf, edition.sha256, number, width)
    return Response(png, media_type="image/png", headers=kept)


def _cache(request: Request) -> FilePath:
    """Where pictures and words of pages are kept."""
    settings: Settings = request.app.state.settings
    return settings.data / "cache" / "pages"


@page("/handbooks/{handbook}/pages/{number:number}", LeafPage, "One page of a handbook")
def get_leaf(
    request: Request,
    handbook: HandbookId,
    number: Number,
    record: Annotated[str, Query(description="Id of the record to light on its picture.")] = "",
    find: Annotated[
        str, Query(description="Words to mark on its picture.", json_schema_extra=params.WORDED)
    ] = "",
) -> Response:
    """Its text and where each line of it stands, its picture, and the records on it. Pages count from 1."""
    cache = _cache(request)
    return respond(request, leaves.leaf_page(refs(request), handbook, number, cache, record, find.strip()))


@router.get("/api.json", include_in_schema=False)
@router.get("/api", include_in_schema=False)
def get_api_root(request: Request) -> Response:
    """The list has moved to where documentation is looked for."""
    return RedirectResponse(links.like(request.url.path, "/api/docs"), 308)


@page("/api/docs", ApiPage, "This list of addresses")
def get_api(request: Request) -> Response:
    """The addresses that answer with JSON, with an example of each."""
    return respond(request, api.api_page(refs(request), request.app.openapi()))


@router.get("/suggest", summary="What begins like a text", response_model=Suggestions)
def get_suggest(
    request: Request,
    q: Annotated[str, Query(description="What was typed so far, two characters or more.")] = "",
) -> Response:
    """Titles, tools, institutions and themes that begin like a text, for a search box; at most ten."""
    return respond(request, results.suggestions(refs(request), q))


@router.get("/healthz", summary="Is the library open", response_model=Health)
def get_health(request: Request) -> Response:
    """Answers 200 with the number of handbooks, or 503 where the store cannot be read."""
    return respond(request, api.health(refs(request)))


@router.get("/favicon.ico", include_in_schema=False)
def get_favicon() -> Response:
    """For browsers that ask without reading the page's link."""
    return FileResponse(STATIC / "favicon.svg", media_type="image/svg+xml")
