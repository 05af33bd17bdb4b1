"""The OpenAPI description completed: examples of parameters, answers and errors, taken from the library."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any

from kb import KbError, Kind, Record
from kb.map import Maps
from kb.words import FACETS
from web.export import ExportPage, exports, hand_out
from web.frame import Json, Refs, Shown, as_json, links, params, pictures, schemas
from web.pages import Health, browse, changed, compare, home, leaves, results, shortlist, typeahead
from web.pages import handbook_page as handbooks
from web.pages import map_page as atlas
from web.pages import record_page as reading

LONGEST = 120
"""Characters of a text in an example; of each list it has the first item."""
DETAILS = {
    400: "limit=900: not a whole number from 1 to 50",
    404: "exchange.none: no such record in this library; kb search WORDS finds ids",
    422: "number: Input should be a valid integer",
    503: "the library cannot be read at present; try again",
}
SAYS = {
    400: "What was asked cannot be answered; `detail` says why and what can be.",
    404: "The library does not have it.",
    422: "A parameter is not of its type.",
    503: "The library cannot be read at present; `Retry-After` says when to try again.",
}
_VALUES = {
    "theme": "Assessment",
    "discipline": "Health",
    "format": "BIP",
    "level": "Bachelor",
    "language": "English",
    "target_group": "Students",
    "tool": "Learning agreement",
    "year": "2024",
    "origin": "stated",
    "institution": "Stockholm University",
    "country": "Sweden",
}
"""Of facets that the library has no value of."""


def described(base: Json, refs: Refs, maps: Maps, cache: Path) -> Json:
    """The description with its examples; those that this library cannot give are left out.

    `cache` is where the pages' words are kept.
    """
    whole = copy.deepcopy(base)
    known = whole.setdefault("components", {}).setdefault("schemas", {})
    whole["components"]["schemas"] = dict(sorted((known | schemas()).items()))
    samples = dict(_samples(refs, maps, cache))
    for path, methods in whole["paths"].items():
        for operation in methods.values():
            known = _values(refs, path)
            for parameter in operation.get("parameters", ()):
                if parameter["name"] in known:
                    parameter["example"] = _of_type(known[parameter["name"]], parameter["schema"])
            _answers(operation["responses"], samples.get(path))
    return whole


def _answers(responses: Json, sample: Json | None) -> None:
    for status, response in responses.items():
        content = response.get("content", {})
        if int(status) in SAYS:
            response["description"] = SAYS[int(status)]
            content["application/json"]["example"] = error(int(status))
        elif sample is not None and "application/json" in content:
            content["application/json"]["example"] = sample


def error(status: int) -> Json:
    """An example of an error."""
    return {"error": {"status": status, "title": HTTPStatus(status).phrase, "detail": DETAILS[status]}}


def shortened(value: Any) -> Any:
    """A value of JSON with the first item of each list and the beginning of each long text."""
    match value:
        case dict():
            return {name: shortened(one) for name, one in value.items()}
        case list():
            return [shortened(one) for one in value[:1]]
        case str() if len(value) > LONGEST:
            return f"{value[: LONGEST - 1]}…"
        case _:
            return value


def _of_type(value: Any, schema: Json) -> Any:
    """A value as the parameter takes it: in a list where it may be repeated."""
    is_many = schema.get("type") == "array"
    if is_many:
        return value if isinstance(value, list) else [value]
    return value[0] if isinstance(value, list) else value


def _values(refs: Refs, path: str) -> dict[str, Any]:
    """Name -> example of each parameter of an address."""
    found: dict[str, Any] = {facet: _VALUES.get(facet, "") for facet in FACETS if facet in _VALUES}
    found |= {
        "kind": [Kind.PRACTICE.value],
        "mode": "hybrid",
        "editions": "all",
        "change": "added",
        "limit": params.PER_PAGE,
        "page": 1,
    }
    found |= {"form": exports.Format.CSV.value, "width": pictures.READING_WIDTH, "number": 1, "start": 1}
    found |= {"by": "handbook", "only": "", "find": "credit", "q": "credit for an online exchange"}
    record = _record(refs, path)
    practices = [one.id for one in refs.everything(Kind.PRACTICE)[:2]]
    if record:
        edition = refs.edition_of(record)
        found |= {"record_id": record.id, "record": record.id, "id": practices, "field": 1}
        found |= {"handbook": record.handbook, "only": record.handbook, "v": edition.sha256[:12]}
        numbers = [number for number, _ in refs.library.dates(record.handbook)]
        found |= {"from": min(numbers), "to": max(numbers), "edition": edition.number}
        if path.startswith(tuple(f"/{folder}/" for folder in links.FOLDERS.values())):
            found["page"] = record.page_start
    if path == "/suggest":
        found["q"] = "cre"
    return found


def _record(refs: Refs, path: str) -> Record | None:
    """The record that an address is shown with: the first of its kind, else the first practice."""
    folder = path.split("/")[1]
    kind = next((kind for kind in Kind if links.FOLDERS[kind] == folder), Kind.PRACTICE)
    return next(iter(refs.everything(kind)), None)


def _samples(refs: Refs, maps: Maps, cache: Path) -> Iterator[tuple[str, Json]]:
    """Address -> a shortened answer of it, as far as the library can give one."""
    for path, make in _makers(refs, maps, cache).items():
        try:
            shown = make()
        except KbError:  # an empty library has no answer to show
            continue
        yield path, shortened(json.loads(as_json(shown)))
    yield "/api/docs.json", {"url": "/api/docs", "notice": "", "endpoints": []}


def _makers(refs: Refs, maps: Maps, cache: Path) -> dict[str, Callable[[], Shown]]:
    asked = params.SearchAsked("credit for an online exchange")
    makers: dict[str, Callable[[], Shown]] = {
        "/index.json": lambda: home.home_page(refs),
        "/search.json": lambda: results.search_page(refs, asked),
        "/map.json": lambda: atlas.map_page(refs, maps.of(refs.library), asked),
        "/browse.json": lambda: browse.browse_page(refs, "handbook"),
        "/suggest": lambda: typeahead.suggestions(refs, "cre"),
        "/healthz": lambda: Health("ok", len(refs.handbooks), refs.library.notices),
    }
    practices = refs.everything(Kind.PRACTICE)
    for kind, folder in links.FOLDERS.items():
        for record in refs.everything(kind)[:1]:
            makers[f"/{folder}/{{record_id}}.json"] = lambda one=record: reading.record_page(refs, one)  # type: ignore[misc]
            makers[f"/{folder}/{{record_id}}.{{form}}"] = lambda one=record: _file(refs, (one,))  # type: ignore[misc]
    if practices:
        ids, book = [one.id for one in practices[:2]], practices[0].handbook
        makers |= {
            "/compare.json": lambda: compare.compare_page(refs, ids),
            "/shortlist.json": lambda: shortlist.shortlist_page(refs, ids),
            "/handbooks/{handbook}.json": lambda: handbooks.handbook_page(refs, book),
            "/handbooks/{handbook}/pages.json": lambda: leaves.leaves_page(refs, book),
            "/handbooks/{handbook}/pages/{number}.json": lambda: leaves.leaf_page(refs, book, 1, cache),
            "/handbooks/{handbook}/changes.json": lambda: changed.changes_page(refs, book),
        }
        for name in ("/search", "/browse", "/shortlist", "/handbooks/{handbook}"):
            makers[f"{name}.{{form}}"] = lambda: _file(refs, practices[:1])
    return makers


def _file(refs: Refs, records: tuple[Record, ...]) -> ExportPage:
    return ExportPage(len(records), hand_out(refs, records, "https://example.org"))
