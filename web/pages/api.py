"""The list of API addresses, made from the OpenAPI description, and whether the server is up and ready."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from kb import Kind
from web.frame import (
    FAILURES,
    NEED,
    AnyPage,
    Refs,
    Sayings,
    SearchAsked,
    Shown,
    answering,
    exemplify,
    library,
    links,
    refs_of,
    respond,
    serve,
)
from web.pages import home
from web.pages.originals import original
from web.pages.portrayed import portrayed

router = APIRouter(responses=FAILURES)


@dataclass(frozen=True, slots=True)
class Parameter(Shown):
    """A parameter of an address of the API."""

    name: str
    description: str
    type: str
    """string, integer, or array: a parameter that is repeated."""
    values: tuple[str, ...]
    """The values there are; none listed where any will do."""
    default: str
    """What is taken where it is not given; empty for nothing."""
    example: str
    is_in_path: bool


@dataclass(frozen=True, slots=True)
class Endpoint(Shown):
    """One address of the API."""

    path: str
    summary: str
    description: str
    parameters: tuple[Parameter, ...]
    formats: tuple[str, ...]
    """Media types of its answers."""
    failures: tuple[tuple[str, str], ...]
    """Status and meaning of the errors it answers with."""
    example: str
    """An address that answers here and now; empty where the library is empty."""
    answer: str
    """The answer in JSON, shortened; empty where it is none, or the library is empty."""


@dataclass(frozen=True, slots=True)
class ApiPage(AnyPage):
    """The addresses that answer with JSON."""

    template: ClassVar[str] = "api.html"
    paths: ClassVar[Mapping[str, str]] = {"/api/docs": "This list of addresses"}

    endpoints: tuple[Endpoint, ...]


@dataclass(frozen=True, slots=True)
class Health(Shown):
    """Whether the library answers."""

    status: str
    """"ok"; anything else comes as an error with status 503."""
    handbooks: int
    notice: Sayings
    """What the library cannot do at present; empty if all is well."""


@dataclass(frozen=True, slots=True)
class Readiness(Shown):
    """Whether searches are answered by meaning, which they are once model and index are loaded."""

    status: str
    """"ready", or with status 503 "not ready"."""
    reasons: Sayings
    """What is missing; empty if nothing is."""


def health(refs: Refs) -> Health:
    """Read the library; StoreError where it cannot be read."""
    return Health("ok", len(refs.handbooks), refs.library.notices)


def api_page(refs: Refs, openapi: dict[str, Any]) -> ApiPage:
    """Every address of the OpenAPI description with an example from this library."""
    examples = _examples(refs)
    endpoints = tuple(
        _endpoint(path, operations["get"], examples.get(path, "" if "{" in path else path))
        for path, operations in openapi["paths"].items()
    )
    return ApiPage(url="/api/docs", notice=refs.library.notices, endpoints=endpoints)


def _endpoint(path: str, operation: dict[str, Any], example: str) -> Endpoint:
    responses = operation["responses"]
    content = responses["200"].get("content", {})
    answer = content.get("application/json", {}).get("example")
    return Endpoint(
        path=path,
        summary=operation["summary"],
        description=operation["description"],
        parameters=tuple(_parameter(one) for one in operation.get("parameters", ())),
        formats=tuple(content),
        failures=tuple((s, r["description"]) for s, r in responses.items() if s >= "400"),
        example=example,
        answer=json.dumps(answer, ensure_ascii=False, indent=1) if answer else "",
    )


def _parameter(described: dict[str, Any]) -> Parameter:
    schema = described["schema"]
    item = schema.get("items", schema)
    kind = schema.get("type") or next((one["type"] for one in schema.get("anyOf", ()) if "type" in one), "")
    example = described.get("example", "")
    return Parameter(
        name=described["name"],
        description=described.get("description", ""),
        type=kind or "string",
        values=tuple(str(value) for value in item.get("enum", ()) if value),
        default=str(schema["default"]) if schema.get("default") not in (None, "", []) else "",
        example=" ".join(map(str, example)) if isinstance(example, list) else str(example),
        is_in_path=described["in"] == "path",
    )


def _examples(refs: Refs) -> dict[str, str]:
    """Path template -> an address that answers."""
    found = {}
    for kind, folder in links.FOLDERS.items():
        for record in refs.everything(kind)[:1]:
            found[f"/{folder}/{{record_id}}.json"] = links.twin(links.record(kind, record.id))
            found[f"/{folder}/{{record_id}}.{{form}}"] = links.export(links.record(kind, record.id), "bib")
    for facet, folder in links.PORTRAITS.items():
        for name in portrayed(refs, facet).values:
            found[f"/{folder}/{{name}}.json"] = links.twin(links.portrait(facet, name))
            break
    found["/browse.{form}"] = links.export(links.browse("handbook"), "xlsx")
    ids = [record.id for record in refs.everything(Kind.PRACTICE)[:2]]
    found["/shortlist.json"] = links.twin(links.shortlist(ids))
    found["/shortlist.{form}"] = links.export(links.shortlist(ids), "ris")
    for book in refs.handbooks[:1]:
        found["/handbooks/{handbook}.{form}"] = links.export(links.handbook(book.id), "csv")
        found["/handbooks/{handbook}.pdf"] = original(refs, refs.edition(book.id), book.facts)
        found["/handbooks/{handbook}.json"] = links.twin(links.handbook(book.id))
        found["/handbooks/{handbook}/changes.json"] = links.twin(links.changes(book.id))
        found["/handbooks/{handbook}/pages.json"] = links.twin(links.leaves(book.id))
        found["/handbooks/{handbook}/pages/{number}.json"] = links.twin(links.leaf(book.id, 1))
        found["/handbooks/{handbook}/pages/{number}.png"] = f"{links.leaf(book.id, 1)}.png"
    example = next((one.url for one in home.examples(refs, most=1)), SearchAsked(NEED).url)
    found["/search.json"] = links.twin(example)
    found["/search.{form}"] = links.export(example, "csv")
    return found


@router.get("/api.json", include_in_schema=False)
@router.get("/api", include_in_schema=False)
def get_api_root(request: Request) -> Response:
    """The list has moved to where documentation is looked for."""
    return RedirectResponse(links.like(request.url.path, "/api/docs"), 308)


@serve(router, ApiPage, lambda _: ApiPage("/api/docs", (), ()))
def get_api(request: Request) -> Response:
    """The addresses that answer with JSON, with an example of each."""
    named = refs_of(request, to_search=True)
    return respond(request, api_page(named, request.app.openapi_of(named)))


@router.get("/healthz", summary="Is the library open", responses=answering(Health))
def get_health(request: Request) -> Response:
    """Answers 200 with the number of handbooks, or 503 where the store cannot be read."""
    return respond(request, health(refs_of(request)))


@router.get("/readyz", summary="Are model and index ready", responses=answering(Readiness))
def get_readiness(request: Request) -> Response:
    """Answers 200 where searches go by meaning, else 503 with the reasons: loading, or what to mend."""
    opened = library(request)
    lacking = opened.lacks()
    if lacking:
        opened.wake()  # `kb serve` does at its start
    shown = Readiness("not ready" if lacking else "ready", lacking)
    answer = respond(request, shown, 503 if lacking else 200)
    answer.headers["Cache-Control"] = "no-store"
    if lacking:
        answer.headers["Retry-After"] = "5"
    return answer


exemplify("/readyz", lambda _: Readiness("ready", ()))
exemplify("/healthz", lambda given: health(given.refs))
