"""Pages at their addresses: the routes of a page, what they answer, and what they are answered from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Path, Request
from pydantic import TypeAdapter
from starlette.responses import Response

from kb.search import Library
from web.frame import links
from web.frame.named import Judging
from web.frame.refs import Refs
from web.frame.shown import AnyPage, Json, Shown, adapter

Responses = dict[int | str, dict[str, Any]]
Handler = TypeVar("Handler", bound=Callable[..., Response])
Control = Callable[[Request, str], Judging | None]
"""What the result page of a text needs so that its answers can be judged; None for those who may not."""
RecordIdInPath = Annotated[str, Path(description="The record's id, the same in every edition.")]
HandbookIdInPath = Annotated[str, Path(description="The handbook's id.")]

_described: dict[str, type[Shown]] = {}


def schema_of(name: str) -> Json:
    """Where the API description has the schema of a class."""
    return {"$ref": f"#/components/schemas/{name}"}


def answering(shown: type[Shown]) -> Responses:
    """What a route answers with, for the API description; its schema is made when that is asked for."""
    _described[shown.__name__] = shown
    content = {"application/json": {"schema": schema_of(shown.__name__)}}
    return {200: {"description": "Successful Response", "content": content}}


def schemas() -> Json:
    """The schemas of all that routes answer with, in one pass."""
    given = [(name, "serialization", adapter(shown)) for name, shown in _described.items()]
    _, found = TypeAdapter.json_schemas(given, ref_template="#/components/schemas/{model}")  # type: ignore[arg-type]
    made: Json = found["$defs"]
    return made


FAILURES: Responses = {
    status: {"content": {"application/json": {"schema": schema_of("ErrorPage")}}}
    for status in (400, 404, 422, 503)
}


def serve(on: APIRouter, shown: type[AnyPage], **extra: Any) -> Callable[[Handler], Handler]:
    """Serve a route as HTML at each address of its page and as JSON at its twin, which the API description has."""

    def register(route: Handler) -> Handler:
        for path, summary in shown.paths.items():
            if summary:
                on.get(links.twin(path), summary=summary, responses=answering(shown), **extra)(route)
            else:
                on.get(links.twin(path), include_in_schema=False)(route)
            on.get(path, include_in_schema=False)(route)
        return route

    return register


def library(request: Request) -> Library:
    """The open library."""
    found: Library = request.app.state.library
    return found


def refs_of(request: Request, to_search: bool = False) -> Refs:
    """The library as it is now, for this request; `to_search` says that it will be asked by meaning."""
    return Refs(library(request).snapshot(to_search))
