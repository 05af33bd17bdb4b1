"""The list of API addresses, made from the OpenAPI description, and the health answer."""

from __future__ import annotations

import json
from typing import Any

from kb import Kind
from web.frame import links
from web.frame.context import ApiPage, Endpoint, Health, Parameter
from web.frame.refs import Refs
from web.pages import home


def health(refs: Refs) -> Health:
    """Read the library; StoreError where it cannot be read."""
    return Health("ok", len(refs.handbooks), refs.library.notice)


def api_page(refs: Refs, openapi: dict[str, Any]) -> ApiPage:
    """Every address of the OpenAPI description with an example from this library."""
    examples = _examples(refs)
    endpoints = tuple(
        _endpoint(path, operations["get"], examples.get(path, "" if "{" in path else path))
        for path, operations in openapi["paths"].items()
    )
    return ApiPage(url="/api/docs", notice=refs.library.notice, endpoints=endpoints)


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
    found["/browse.{form}"] = links.export(links.browse("handbook"), "xlsx")
    ids = [record.id for record in refs.everything(Kind.PRACTICE)[:2]]
    found["/shortlist.json"] = links.twin(links.shortlist(ids))
    found["/shortlist.{form}"] = links.export(links.shortlist(ids), "ris")
    for book in refs.handbooks[:1]:
        found["/handbooks/{handbook}.{form}"] = links.export(links.handbook(book.id), "csv")
        found["/handbooks/{handbook}.json"] = links.twin(links.handbook(book.id))
        found["/handbooks/{handbook}/changes.json"] = links.twin(links.changes(book.id))
        found["/handbooks/{handbook}/pages.json"] = links.twin(links.leaves(book.id))
        found["/handbooks/{handbook}/pages/{number}.json"] = links.twin(links.leaf(book.id, 1))
        found["/handbooks/{handbook}/pages/{number}.png"] = f"{links.leaf(book.id, 1)}.png"
    for example in home.examples(refs, most=1):
        found["/search.json"] = links.twin(example.url)
        found["/search.{form}"] = links.export(example.url, "csv")
    return found
