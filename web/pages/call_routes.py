"""The routes of a proposal: its page by address or as a form, the practices of one line, and its files."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import parse_qsl

from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from kb import InputError, NotFoundError
from web.export import DOCUMENTS, Filled, PaperKind, filled
from web.frame import (
    FAILURES,
    Refs,
    Responses,
    body_of,
    private,
    refs_of,
    respond,
    serve,
)
from web.pages import call_page, call_paper, showing_how
from web.pages.call_page import ProposalPage
from web.pages.showing_how import LinePractices

LARGEST_FORM = 400_000  # bytes
MOST_PARAMETERS = 5000

router = APIRouter(responses=FAILURES)

OPENAPI: dict[str, Any] = {
    "parameters": [
        {
            "name": name,
            "in": "query",
            "required": False,
            "description": text,
            "schema": {"type": "array", "items": {"type": "string"}, "maxItems": most}
            if name in ("handbook", "form", "id")
            else {"type": "string"} | ({"maxLength": most} if most else {}),
        }
        for name, text, most in (
            ("handbook", "Ids of handbooks of which the forms are shown.", filled.MOST_HANDBOOKS),
            ("form", "Keys of the forms to be shown; all unless given.", filled.MOST_FORMS),
            ("id", "Ids of the practices on the shortlist.", filled.MOST_IDS),
            ("title", "Of the proposal.", filled.LONGEST_TITLE),
            ("notes", "On the proposal.", filled.LONGEST_NOTES),
            ("c", "Keys of the lines that are checked, apart by _.", 0),
            (
                "m",
                "Marks: a line's key, - and its step (from 1) or points, apart by _.",
                0,
            ),
        )
    ]
}
"""The parameters; besides them `n.KEY` is the note at a line."""


@serve(
    router, ProposalPage, lambda given: call_page.proposal_page(given.refs, Filled()), openapi_extra=OPENAPI
)
def get_proposal(
    request: Request,
    practices: Annotated[str, Query(description="1: look for practices that show how, at every line.")] = "",
) -> Response:
    """A handbook's checklists and grids with what is filled in; the address is the proposal, nothing is kept."""
    asked = filled.of_pairs(_pairs(request.url.query))
    return respond(
        request, call_page.proposal_page(refs_of(request, bool(practices)), asked, bool(practices))
    )


@router.post("/proposal", include_in_schema=False)
async def post_proposal(request: Request) -> Response:
    """The same from a form, for a proposal that is longer than an address; `as` wants it as a document."""
    sent = await _sent(request)
    wanted = dict(sent).get("as", "")
    if wanted in [*PaperKind]:
        return await run_in_threadpool(lambda: _file(request, PaperKind(wanted), sent))
    asked = filled.of_pairs(sent)
    return await run_in_threadpool(
        lambda: private(request, call_page.proposal_page(refs_of(request), asked, is_posted=True))
    )


@router.get("/proposal/practices.json", include_in_schema=False)
def get_practices(
    request: Request,
    handbook: Annotated[str, Query(description="The handbook's id.")],
    line: Annotated[str, Query(description="The line's key.")],
    ids: Annotated[list[str], Query(alias="id", description="Ids on the shortlist, which come first.")] = [],  # noqa: B006
) -> Response:
    """The practices that show how a line is done, best first; none where nothing fits."""
    named = refs_of(request, to_search=True)
    for form in call_page.forms_of(named, named.edition(handbook).handbook):
        for one in form.lines:
            if one.key == line:
                found = showing_how.practices(named, one, ids[:50])
                return respond(request, LinePractices(line, showing_how.search(one), found))
    raise NotFoundError(
        f"{line[:40]}: no line of a form of {handbook[:80]}; take its key from /proposal.json"
    )


def _served(kind: PaperKind) -> None:
    """Serve the documents of one kind at an address of their own."""
    file: Responses = {
        200: {
            "description": "The file.",
            "content": {kind.media_type: {"schema": {"type": "string", "format": "binary"}}},
        }
    }

    @router.get(
        f"/proposal.{kind}",
        name=f"proposal_{kind}",
        summary=f"A proposal as {kind.upper()}",
        openapi_extra=OPENAPI,
        responses=file,
        response_class=Response,
    )
    def get_file(request: Request) -> Response:
        """The proposal of an address as a document, with practices that show how at each line."""
        return _file(request, kind, _pairs(request.url.query))


for _kind in PaperKind:
    _served(_kind)


def _file(request: Request, ending: PaperKind, pairs: list[tuple[str, str]]) -> Response:
    named: Refs = refs_of(request, to_search=True)
    origin = str(request.base_url).rstrip("/")
    paper = call_paper.paper_of(named, filled.of_pairs(pairs), origin)
    kept = {"Content-Disposition": f'attachment; filename="proposal.{ending}"', "Cache-Control": "no-store"}
    return Response(DOCUMENTS[ending](paper), media_type=ending.media_type, headers=kept)


def _pairs(query: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(query, max_num_fields=MOST_PARAMETERS)
    except ValueError as error:
        raise InputError(f"more than {MOST_PARAMETERS} parameters; make two proposals of it") from error


async def _sent(request: Request) -> list[tuple[str, str]]:
    refusal = InputError(f"the proposal is larger than {LARGEST_FORM // 1000} kB; shorten its notes")
    body = await body_of(request, LARGEST_FORM, refusal)
    return _pairs(body.decode("utf-8", "replace"))
