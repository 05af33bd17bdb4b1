"""The OpenAPI description completed: examples of parameters, answers and errors, taken from the library."""

from __future__ import annotations

import copy
import json
from http import HTTPStatus
from pathlib import Path
from typing import Any

from kb import Kind, NotFoundError, Record
from kb.map import Maps
from kb.words import FACETS
from web.export import ExportPage, exports, hand_out
from web.frame import NEED, Given, Json, Refs, as_json, example_of, links, params, pictures, schemas
from web.pages import portraits

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
    "partner": "University of Bucharest",
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
    for path, methods in whole["paths"].items():
        given = Given(refs, maps, cache, path)
        for operation in methods.values():
            known = _values(given)
            for parameter in operation.get("parameters", ()):
                if parameter["name"] in known:
                    parameter["example"] = _of_type(known[parameter["name"]], parameter["schema"])
            _answers(operation["responses"], _sample(given))
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


def _values(given: Given) -> dict[str, Any]:
    """Name -> example of each parameter of an address."""
    found: dict[str, Any] = {facet: _VALUES.get(facet, "") for facet in FACETS if facet in _VALUES}
    found |= {
        "kind": [Kind.PRACTICE.value],
        "mode": "hybrid",
        "sort": "best",
        "editions": "all",
        "drop": "country",
        "change": "added",
        "limit": params.PER_PAGE,
        "page": 1,
    }
    found |= {"form": exports.Format.CSV.value, "width": pictures.READING_WIDTH, "number": 1, "start": 1}
    found |= {"by": "handbook", "only": "", "find": "credit", "q": NEED}
    found |= {"rows": "institution", "columns": "theme"}
    if given.path.split("/")[1] in links.PORTRAITS.values():
        found["name"] = portraits.named_at(given.refs, given.path)[1]
    if given.path == "/suggest":
        found["q"] = "cre"
    if given.path.startswith("/proposal"):
        found |= {"title": "Our call", "notes": "To be sent in spring.", "practices": "1"}
        found |= {"form": "0123abcd", "c": "0123abcd", "m": "0123abcd-2"}
    try:
        return found | _of_record(given, given.record)
    except NotFoundError:  # of an empty library
        return found


def _of_record(given: Given, record: Record) -> dict[str, Any]:
    edition = given.refs.edition_of(record)
    numbers = [number for number, _ in given.refs.library.dates(record.handbook)]
    practices = [one.id for one in given.refs.everything(Kind.PRACTICE)[:2]]
    found: dict[str, Any] = {"record_id": record.id, "record": record.id, "id": practices, "field": 1}
    found |= {"handbook": record.handbook, "only": record.handbook, "v": edition.sha256[:12]}
    if given.path.startswith("/compare."):
        found["only"] = ""
    found |= {"from": min(numbers), "to": max(numbers), "edition": edition.number}
    if given.path.startswith(tuple(f"/{folder}/" for folder in links.FOLDERS.values())):
        found["page"] = record.page_start
    return found


def _sample(given: Given) -> Json | None:
    """A shortened answer of an address, as far as the library can give one."""
    shown = _file(given) if given.path.endswith(".{form}") else example_of(given)
    return None if shown is None else shortened(json.loads(as_json(shown)))


def _file(given: Given) -> ExportPage | None:
    try:
        return ExportPage(1, hand_out(given.refs, (given.record,), "https://example.org"))
    except NotFoundError:  # of an empty library
        return None
