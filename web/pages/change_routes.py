"""The routes of what changed between editions: the page and the feeds."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from kb import Kind
from web.export import feed
from web.frame import FAILURES, HandbookIdInPath, refs_of, respond, serve
from web.pages import changed
from web.pages.changed import ChangesPage, Narrowed

router = APIRouter(responses=FAILURES)


@serve(router, ChangesPage, lambda given: changed.changes_page(given.refs, given.record.handbook))
def get_changes(
    request: Request,
    handbook: HandbookIdInPath,
    before: Annotated[int | None, Query(alias="from", description="The older edition.")] = None,
    after: Annotated[int | None, Query(alias="to", description="The newer edition; the served one.")] = None,
    change: Annotated[
        str, Query(description="Only this type of change.", json_schema_extra={"enum": list(changed.TYPES)})
    ] = "",
    kind: Annotated[
        str, Query(description="Only this kind of record.", json_schema_extra={"enum": list(Kind)})
    ] = "",
) -> Response:
    """What was added, removed, renamed, moved, split, merged and rewritten, word by word, with its pages."""
    only = Narrowed(change, kind)
    return respond(request, changed.changes_page(refs_of(request), handbook, before, after, only))


@router.get("/handbooks/{handbook}/changes.atom", include_in_schema=False)
def get_feed(request: Request, handbook: str) -> Response:
    """The editions of a handbook as an Atom feed."""
    return _feed(request, handbook)


@router.get("/changes.atom", include_in_schema=False)
def get_feed_of_all(request: Request) -> Response:
    """The editions of all handbooks as an Atom feed."""
    return _feed(request)


def _feed(request: Request, handbook: str = "") -> Response:
    origin = str(request.base_url).rstrip("/")
    return Response(feed.feed(refs_of(request), origin, handbook), media_type=feed.MEDIA_TYPE)
