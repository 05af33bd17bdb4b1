"""What programs find of the library as a whole and of its parts: the catalogue of data (DCAT) and link sets."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from kb import Kind, to_json
from web.export import catalogued, dcat
from web.frame import AnyPage, HandbookIdInPath, Json, RecordIdInPath, fresh, links, refs_of
from web.pages import signposting
from web.pages.handbook_page import handbook_page
from web.pages.harvest_routes import repository_name
from web.pages.record_page import record_page

router = APIRouter(include_in_schema=False)


@router.get(links.CATALOGUE)
def get_catalogue(request: Request) -> Response:
    """The library as a catalogue of data sets, one a handbook (DCAT)."""
    refs, origin = refs_of(request), _origin(request)
    store = refs.library.store
    dates = store.harvest_dates()
    books = ((catalogued.of_handbook(book, origin), dates.get(book.id, "")) for book in refs.handbooks)
    newest = max(dates.values(), default="")
    return _json(request, dcat.catalogue(books, origin, repository_name(store), newest), dcat.DCAT_TYPE)


@router.get("/linksets/handbooks/{handbook}")
def get_book_links(request: Request, handbook: HandbookIdInPath) -> Response:
    """The links of a handbook's page, for programs."""
    return _links(request, handbook_page(refs_of(request), handbook))


@router.get("/linksets/practices/{record_id}")
@router.get("/linksets/tools/{record_id}")
@router.get("/linksets/annexes/{record_id}")
@router.get("/linksets/sections/{record_id}")
def get_record_links(request: Request, record_id: RecordIdInPath) -> Response:
    """The links of a record's page, for programs; of one that was merged or is of another kind, at its address."""
    refs, folder = refs_of(request), request.url.path.split("/")[2]
    record = refs.library.record(record_id)
    kind = next(kind for kind in Kind if links.FOLDERS[kind] == folder)
    if (record.id, record.kind) != (record_id, kind):
        return RedirectResponse(links.linkset(links.record(record.kind, record.id)), 303)
    return _links(request, record_page(refs, record))


def _links(request: Request, page: AnyPage) -> Response:
    origin = _origin(request)
    return _json(request, signposting.linkset(origin + page.url, page.signposts(origin)), signposting.LINKSET)


def _json(request: Request, held: Json, media_type: str) -> Response:
    return fresh(request, Response(to_json(held), media_type=media_type))


def _origin(request: Request) -> str:
    return str(request.base_url).rstrip("/")
