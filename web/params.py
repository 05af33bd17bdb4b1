"""A search as the address bar holds it: query string <-> Asked <-> Query."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, TypeVar
from urllib.parse import parse_qsl

from kb.errors import InputError
from kb.records import Kind
from kb.search import DEFAULT_KINDS, Mode, Query
from web import links

PER_PAGE = 10
MOST_PER_PAGE = 50
LAST_PAGE = 1000

FACETS = {"kind": "kinds", "handbook": "handbooks", "institution": "institutions", "country": "countries"}
"""Parameter of each facet -> its attribute in `Asked` and in `Query`."""

Choice = TypeVar("Choice", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a search address asks; the text may still be empty. `page` counts from 1."""

    text: str = ""
    kinds: tuple[Kind, ...] = ()
    handbooks: tuple[str, ...] = ()
    institutions: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    page: int = 1
    limit: int = PER_PAGE
    mode: Mode = Mode.HYBRID

    @property
    def is_filtered(self) -> bool:
        """Whether any facet is chosen."""
        return any(getattr(self, attribute) for attribute in FACETS.values())

    @property
    def url(self) -> str:
        """The shortest address that asks this: defaults are left out."""
        pairs = [("q", self.text)] if self.text else []
        for parameter, attribute in FACETS.items():
            pairs += [(parameter, str(value)) for value in getattr(self, attribute)]
        standard = Asked()
        for parameter in ("page", "limit", "mode"):
            if getattr(self, parameter) != getattr(standard, parameter):
                pairs.append((parameter, str(getattr(self, parameter))))
        return links.search(pairs)

    def toggled(self, facet: str, value: str) -> Asked:
        """The same search with one facet value chosen, or no longer chosen; back on its first page."""
        attribute = FACETS[facet]
        chosen: tuple[str, ...] = getattr(self, attribute)
        wanted = Kind(value) if facet == "kind" else value
        changed = tuple(v for v in chosen if v != wanted) if wanted in chosen else (*chosen, wanted)
        changes: dict[str, Any] = {attribute: changed}
        return replace(self, page=1, **changes)

    def on_page(self, page: int) -> Asked:
        """The same search, another page of its results."""
        return replace(self, page=page)

    def unfiltered(self) -> Asked:
        """The same search with no facet chosen."""
        return replace(self, page=1, kinds=(), handbooks=(), institutions=(), countries=())

    def query(self) -> Query:
        """The query for the library.

        Raises:
            InputError: the text is empty, too long, or only punctuation.
        """
        return Query(
            text=self.text,
            kinds=self.kinds or DEFAULT_KINDS,
            handbooks=self.handbooks,
            institutions=self.institutions,
            countries=self.countries,
            limit=self.limit,
            offset=(self.page - 1) * self.limit,
            mode=self.mode,
        )


def asked_of(query: Query) -> Asked:
    """The search address of a query whose offset falls on a page."""
    return Asked(
        text=query.text,
        kinds=() if query.kinds == DEFAULT_KINDS else query.kinds,
        handbooks=query.handbooks,
        institutions=query.institutions,
        countries=query.countries,
        page=query.offset // query.limit + 1,
        limit=query.limit,
        mode=query.mode,
    )


def parse(query_string: str) -> Asked:
    """Read a query string; unknown parameters are ignored, repeated values count once.

    Raises:
        InputError: a kind, mode, page or limit that does not exist.
    """
    given: dict[str, list[str]] = {}
    for name, value in parse_qsl(query_string):
        if value.strip():
            given.setdefault(name, []).append(value.strip())
    kinds = _once(_choice(Kind, "kind", value) for value in given.get("kind", ()))
    return Asked(
        text=given.get("q", [""])[-1],
        kinds=() if kinds == DEFAULT_KINDS else kinds,
        handbooks=_once(given.get("handbook", ())),
        institutions=_once(given.get("institution", ())),
        countries=_once(given.get("country", ())),
        page=_number("page", given, 1, LAST_PAGE),
        limit=_number("limit", given, PER_PAGE, MOST_PER_PAGE),
        mode=_choice(Mode, "mode", given.get("mode", [Mode.HYBRID])[-1]),
    )


def _once(values: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(dict.fromkeys(values))


def _choice(kinds: type[Choice], name: str, value: str) -> Choice:
    try:
        return kinds(value)
    except ValueError as error:
        known = ", ".join(kinds)
        raise InputError(f"{name}={value[:40]}: there is no such {name}; use one of {known}") from error


def _number(name: str, given: dict[str, list[str]], default: int, most: int) -> int:
    value = given.get(name, [str(default)])[-1]
    if not (value.isascii() and value.isdigit() and len(value) < 6 and 1 <= int(value) <= most):
        raise InputError(f"{name}={value[:40]}: not a whole number from 1 to {most}")
    return int(value)


def _parameter(name: str, description: str, schema: dict[str, Any], is_many: bool = False) -> dict[str, Any]:
    schema = {"type": "array", "items": schema} if is_many else schema
    return {"name": name, "in": "query", "required": False, "description": description, "schema": schema}


OPENAPI: dict[str, Any] = {
    "parameters": [
        _parameter("q", "The need, in your own words; empty shows example needs.", {"type": "string"}),
        _parameter("kind", "Only these kinds.", {"type": "string", "enum": list(Kind)}, is_many=True),
        _parameter("handbook", "Only from these handbooks (ids).", {"type": "string"}, is_many=True),
        _parameter("institution", "Only from these institutions.", {"type": "string"}, is_many=True),
        _parameter("country", "Only from these countries (English names).", {"type": "string"}, is_many=True),
        _parameter(
            "page",
            "Page of results, from 1.",
            {"type": "integer", "minimum": 1, "maximum": LAST_PAGE, "default": 1},
        ),
        _parameter(
            "limit",
            "Results a page.",
            {"type": "integer", "minimum": 1, "maximum": MOST_PER_PAGE, "default": PER_PAGE},
        ),
        _parameter(
            "mode",
            "How to search.",
            {"type": "string", "enum": list(Mode), "default": Mode.HYBRID.value},
        ),
    ]
}
"""The search parameters for the OpenAPI description."""
