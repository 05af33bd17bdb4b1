"""Pages at their addresses: the routes of a page, what they answer, and what they are answered from."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Path, Request
from pydantic import TypeAdapter
from starlette.responses import Response

from kb import KbError, Kind, NotFoundError, Record
from kb.map import Maps
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


@dataclass(frozen=True, slots=True)
class Given:
    """What the example of an answer is made from; where the library lacks it, NotFoundError is raised."""

    refs: Refs
    maps: Maps
    cache: FilePath
    """Where the pages' words are kept."""
    path: str
    """The address, as the API description has it."""

    @property
    def record(self) -> Record:
        """The first record of the kind that the address is of, else the first practice."""
        folder = self.path.split("/")[1]
        kind = next((kind for kind in Kind if links.FOLDERS[kind] == folder), Kind.PRACTICE)
        for record in self.refs.everything(kind)[:1]:
            return record
        raise NotFoundError(f"{self.path}: the library has no {kind} yet")

    @property
    def ids(self) -> list[str]:
        """Of two practices."""
        return [self.record.id, *(one.id for one in self.refs.everything(Kind.PRACTICE)[1:2])]


Exemplar = Callable[[Given], Shown]
NEED = "credit for an online exchange"
"""What examples ask for."""
_described: dict[str, type[Shown]] = {}
_examples: dict[str, Exemplar] = {}


def schema_of(name: str) -> Json:
    """Where the API description has the schema of a class."""
    return {"$ref": f"#/components/schemas/{name}"}


def answering(shown: type[Shown]) -> Responses:
    """What a route answers with, for the API description; its schema is made when that is asked for."""
    _described[shown.__name__] = shown
    content = {"application/json": {"schema": schema_of(shown.__name__)}}
    return {200: {"description": "Successful Response", "content": content}}


def exemplify(path: str, example: Exemplar) -> None:
    """Give the API description an example of what an address answers."""
    _examples[path] = example


def example_of(given: Given) -> Shown | None:
    """What an address answers for example; None where there is none, or the library cannot give it."""
    try:
        return _examples[given.path](given) if given.path in _examples else None
    except KbError:
        return None


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


def serve(
    on: APIRouter, shown: type[AnyPage], example: Exemplar | None = None, **extra: Any
) -> Callable[[Handler], Handler]:
    """Serve a route as HTML at each address of its page and as JSON at its twin, which the API description has."""

    def register(route: Handler) -> Handler:
        for path, summary in shown.paths.items():
            if example is not None:
                exemplify(re.sub(r":\w+}", "}", links.twin(path)), example)
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
