"""The routes of exports: the records behind a page as a file, at the page's address with the file's ending."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request
from starlette.convertors import StringConvertor, register_url_convertor
from starlette.responses import RedirectResponse, Response

from kb import Kind, NotFoundError
from web.export import Chosen, ExportPage, Format, exports
from web.frame import (
    FAILURES,
    HandbookIdInPath,
    RecordIdInPath,
    Refs,
    Responses,
    answering,
    links,
    params,
    refs_of,
    respond,
)
from web.pages import browse, shortlist
from web.pages import record_page as reading
from web.pages.browse import GroupedBy, OneGroup
from web.pages.record_page import RecordPage
from web.pages.shortlist import IdsInQuery


class _Ending(StringConvertor):
    """How the address of an export ends."""

    regex = "|".join(form.replace(".", r"\.") for form in Format)


register_url_convertor("export", _Ending())
BYTES = {"type": "string", "format": "binary"}
REFERENCES = {"type": "array", "items": {"type": "object"}}
FILE: Responses = {
    200: {
        "description": "The file.",
        "content": {
            form.media_type: {"schema": REFERENCES if form is Format.CSL else BYTES}
            for form in Format
            if form is not Format.JSON
        }
        | answering(ExportPage)[200]["content"],
    }
}
NO_FORMAT: Responses = {
    404: {"content": FAILURES[404]["content"] | {"text/html": {"schema": {"type": "string"}}}}
}
"""An address that ends in no format is one of a page, and so is the answer that there is none."""
router = APIRouter(responses=FAILURES | FILE | NO_FORMAT, default_response_class=Response)
Ending = Annotated[Format, Path(description="The format, as the address ends.")]


def file(request: Request, named: Refs, chosen: Chosen, form: Format) -> Response:
    """Answer with a file to keep."""
    content = exports.write(named, chosen, form, str(request.base_url).rstrip("/"))
    kept = {"Content-Disposition": f'attachment; filename="{chosen.file_name(form)}"'}
    return Response(content, media_type=form.media_type, headers=kept)


@router.get("/search.{form:export}", summary="Search results as a file", openapi_extra=params.EXPORT_OPENAPI)
def get_search(request: Request, form: Ending) -> Response:
    """The answers to a need, best first, at most 1000; `total` of the JSON says how many there are."""
    asked = params.parse(request.url.query)
    named = refs_of(request, to_search=bool(asked.text))
    return file(request, named, exports.found(named, asked.query() if asked.text else None), form)


@router.get("/browse.{form:export}", summary="A list as a file")
def get_browse(request: Request, form: Ending, by: GroupedBy = "handbook", only: OneGroup = "") -> Response:
    """The records of a browse list, or of one group of it, each once, at most 1000."""
    named = refs_of(request)
    return file(request, named, browse.chosen(named, by, only), form)


@router.get("/shortlist.{form:export}", summary="A shortlist as a file")
def get_shortlist(request: Request, form: Ending, ids: IdsInQuery = []) -> Response:  # noqa: B006
    """The records of a shortlist, in its order; ids that the library does not have are left out."""
    named = refs_of(request)
    return file(request, named, shortlist.chosen(named, ids), form)


@router.get("/handbooks/{handbook}.{form:export}", summary="A handbook as a file")
def get_handbook(request: Request, handbook: HandbookIdInPath, form: Ending) -> Response:
    """All annexes, practices, tools and sections of the current edition, as printed."""
    named = refs_of(request)
    return file(request, named, exports.book(named, handbook), form)


@router.get("/practices/{record_id}.{form:export}", summary="A practice as a file")
@router.get("/tools/{record_id}.{form:export}", summary="A tool as a file")
@router.get("/annexes/{record_id}.{form:export}", summary="An annex as a file")
@router.get("/sections/{record_id}.{form:export}", summary="A section as a file")
def get_record(request: Request, record_id: RecordIdInPath, form: Ending) -> Response:
    """One record, whole."""
    named, folder = refs_of(request), request.url.path.split("/")[1]
    if page := _page(named, f"{record_id}.{form}"):
        return respond(request, page)
    kind = next(kind for kind in Kind if links.FOLDERS[kind] == folder)
    chosen = exports.one(named, kind, record_id)
    if isinstance(chosen, str):
        return RedirectResponse(links.export(chosen, form), 303)
    return file(request, named, chosen, form)


def _page(named: Refs, address: str) -> RecordPage | None:
    """The page of a record whose own id ends like an export: that of a tool named RIS."""
    try:
        record = named.library.record(address.removesuffix(".json"))
    except NotFoundError:
        return None
    return reading.record_page(named, record)
