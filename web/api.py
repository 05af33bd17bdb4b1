"""The list of API addresses, made from the OpenAPI description, and the health answer."""

from __future__ import annotations

from typing import Any

from kb.records import Kind
from web import home, links
from web.context import ApiPage, Endpoint, Health
from web.refs import Refs


def health(refs: Refs) -> Health:
    """Read the library; StoreError where it cannot be read."""
    return Health("ok", len(refs.handbooks), refs.library.notice)


def api_page(refs: Refs, openapi: dict[str, Any]) -> ApiPage:
    """Every address of the OpenAPI description with an example from this library."""
    examples = _examples(refs)
    endpoints = []
    for path, operations in openapi["paths"].items():
        operation = operations["get"]
        parameters = tuple(
            (str(p["name"]), str(p.get("description", ""))) for p in operation.get("parameters", ())
        )
        endpoints.append(
            Endpoint(
                path=path,
                summary=operation["summary"],
                description=operation["description"],
                parameters=parameters,
                example=examples.get(path, "" if "{" in path else path),
            )
        )
    return ApiPage(url="/api", notice=refs.library.notice, endpoints=tuple(endpoints))


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
