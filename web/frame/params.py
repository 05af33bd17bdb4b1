"""A search as the address bar holds it: query string <-> SearchAsked -> Query."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, TypeVar
from urllib.parse import parse_qsl

from starlette.convertors import Convertor, register_url_convertor

from kb import InputError, Kind
from kb.search import DEFAULT_KINDS, MOST_CHARACTERS, READ, Filters, Mode, Query, Sort
from kb.words import FACETS
from web.frame import links

PER_PAGE = 10
MOST_PER_PAGE = 50
LAST_PAGE = 1000
MOST_CHOSEN, MOST_CHOSEN_CHARACTERS = 50, 3000
"""Values that one search is narrowed by, and what they hold together: each link of the page repeats them."""
LARGEST = 999_999_999  # of the numbers that an address holds

EDITIONS = "editions"
DROP = "drop"

Choosable = TypeVar("Choosable", bound=StrEnum)


class _Number(Convertor[int]):
    """A number in an address: no more digits than any here has, so that neither Python nor SQLite balks at it."""

    regex = "[0-9]{1,9}"

    def convert(self, value: str) -> int:
        """The number."""
        return int(value)

    def to_string(self, value: int) -> str:
        """How an address has it."""
        return str(value)


register_url_convertor("number", _Number())


class Editions(StrEnum):
    """Which editions of a handbook are searched."""

    CURRENT = "current"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class SearchAsked:
    """What a search address asks; the text may still be empty. `page` counts from 1.

    `with_earlier` asks what earlier editions say as well. `dropped` are facets that are not to be read from the text.
    """

    text: str = ""
    kinds: tuple[Kind, ...] = ()
    filters: Filters = field(default_factory=dict, hash=False)
    page: int = 1
    limit: int = PER_PAGE
    mode: Mode = Mode.HYBRID
    with_earlier: bool = False
    dropped: tuple[str, ...] = ()
    sort: Sort = Sort.BEST

    @property
    def is_filtered(self) -> bool:
        """Whether any facet is chosen."""
        return any(self.chosen(facet) for facet in FACETS)

    def chosen(self, facet: str) -> tuple[str, ...]:
        """The values chosen of a facet."""
        return tuple(kind.value for kind in self.kinds) if facet == "kind" else self.filters.get(facet, ())

    @property
    def url(self) -> str:
        """The shortest address that asks this: defaults are left out."""
        return links.search(self.pairs)

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The parameters of that address, in order."""
        pairs = [("q", self.text)] if self.text else []
        pairs += [("kind", kind.value) for kind in self.kinds]
        pairs += [(facet, value) for facet in FACETS for value in self.filters.get(facet, ())]
        shown = (
            ("sort", self.sort, Sort.BEST),
            ("page", self.page, 1),
            ("limit", self.limit, PER_PAGE),
            ("mode", self.mode, Mode.HYBRID),
        )
        pairs += [(name, str(value)) for name, value, standard in shown if value != standard]
        pairs += [(EDITIONS, Editions.ALL.value)] if self.with_earlier else []
        return pairs + [(DROP, facet) for facet in self.dropped]

    def toggled(self, facet: str, value: str) -> SearchAsked:
        """The same search with one facet value chosen, or no longer chosen; back on its first page."""
        chosen = self.chosen(facet)
        changed = tuple(v for v in chosen if v != value) if value in chosen else (*chosen, value)
        if facet == "kind":
            return replace(self, page=1, kinds=tuple(map(Kind, changed)))
        others = {name: values for name, values in self.filters.items() if name != facet}
        return replace(self, page=1, filters=others | ({facet: changed} if changed else {}))

    def on_page(self, page: int) -> SearchAsked:
        """The same search, another page of its results."""
        return replace(self, page=page)

    def other_editions(self) -> SearchAsked:
        """The same search with earlier editions, or without; back on its first page."""
        return replace(self, page=1, with_earlier=not self.with_earlier)

    def without(self, facet: str) -> SearchAsked:
        """The same search with a facet not read from the text; back on its first page."""
        return replace(self, page=1, dropped=tuple(one for one in READ if one in (*self.dropped, facet)))

    def unfiltered(self) -> SearchAsked:
        """The same search with no facet chosen."""
        return replace(self, page=1, kinds=(), filters={})

    def query(self) -> Query:
        """The query for the library.

        Raises:
            InputError: the text is empty, too long, or only punctuation.
        """
        return Query(
            text=self.text,
            kinds=self.kinds or DEFAULT_KINDS,
            filters=self.filters,
            limit=self.limit,
            offset=(self.page - 1) * self.limit,
            mode=self.mode,
            dropped=self.dropped,
            sort=self.sort,
        )


def parse(query_string: str) -> SearchAsked:
    """Read a query string; unknown parameters are ignored, repeated values count once.

    Raises:
        InputError: a kind, sort, mode, page, limit or facet to drop that does not exist, or too many chosen values.
    """
    given: dict[str, list[str]] = {}
    for name, value in parse_qsl(query_string):
        if value.strip():
            given.setdefault(name, []).append(value.strip())
    _check_chosen([value for name in (*FACETS, DROP) for value in given.get(name, ())])
    kinds = _once(_choice(Kind, "kind", value) for value in given.get("kind", ()))
    return SearchAsked(
        text=given.get("q", [""])[-1],
        kinds=() if kinds == DEFAULT_KINDS else kinds,
        filters={facet: _once(given[facet]) for facet in FACETS if facet != "kind" and facet in given},
        page=_number("page", given, 1, LAST_PAGE),
        limit=_number("limit", given, PER_PAGE, MOST_PER_PAGE),
        mode=_choice(Mode, "mode", given.get("mode", [Mode.HYBRID])[-1]),
        sort=_choice(Sort, "sort", given.get("sort", [Sort.BEST])[-1]),
        dropped=tuple(one for one in READ if one in [_read(value) for value in given.get(DROP, ())]),
        with_earlier=_choice(Editions, EDITIONS, given.get(EDITIONS, [Editions.CURRENT])[-1]) is Editions.ALL,
    )


def _check_chosen(values: list[str]) -> None:
    if len(values) > MOST_CHOSEN:
        raise InputError(
            f"{len(values)} values are chosen: at most {MOST_CHOSEN} narrow one search; choose fewer"
        )
    if (size := sum(map(len, values))) > MOST_CHOSEN_CHARACTERS:
        raise InputError(
            f"the chosen values hold {size} characters, at most {MOST_CHOSEN_CHARACTERS} are read; choose fewer"
        )


def is_number(given: str) -> bool:
    """Whether a text is a number that an address or a form may hold."""
    return re.fullmatch("[0-9]{1,9}", given) is not None


def _once(values: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(dict.fromkeys(values))


def _read(value: str) -> str:
    if value not in READ:
        raise InputError(f"{DROP}={value[:40]}: not read from a need; use one of {', '.join(READ)}")
    return value


def _choice(kinds: type[Choosable], name: str, value: str) -> Choosable:
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


WORDED: dict[str, Any] = {"maxLength": MOST_CHARACTERS, "pattern": r"^\s*$|[\p{L}\p{N}]"}
"""What a text to look for is, in the words of JSON Schema: blank, or with a letter or a digit in it."""

OPENAPI: dict[str, Any] = {
    "parameters": [
        _parameter(
            "q", "The need, in your own words; empty shows example needs.", {"type": "string", **WORDED}
        ),
        _parameter(
            "kind",
            "Only these kinds; an empty value is as if not given.",
            {"type": "string", "enum": [*Kind, ""]},
            is_many=True,
        ),
        _parameter("handbook", "Only from these handbooks (ids).", {"type": "string"}, is_many=True),
        *(
            _parameter(
                facet, f"Only with one of these: {facet.replace('_', ' ')}.", {"type": "string"}, is_many=True
            )
            for facet in FACETS[2:]
        ),
        _parameter(
            "sort",
            "What comes first; an empty value is as if not given.",
            {"type": "string", "enum": [*Sort, ""], "default": Sort.BEST.value},
        ),
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
            "How to search; an empty value is as if not given.",
            {"type": "string", "enum": [*Mode, ""], "default": Mode.HYBRID.value},
        ),
        _parameter(
            EDITIONS,
            "all: say in `earlier` what earlier editions have otherwise or alone; the results stay the same.",
            {"type": "string", "enum": list(Editions), "default": Editions.CURRENT.value},
        ),
        _parameter(
            DROP,
            "Facets that are not to be read from `q` (see `constraints`); an empty value is as if not given.",
            {"type": "string", "enum": [*READ, ""]},
            is_many=True,
        ),
    ]
}
"""The search parameters for the OpenAPI description."""
EXPORT_OPENAPI: dict[str, Any] = {
    "parameters": [one for one in OPENAPI["parameters"] if one["name"] not in ("page", "limit", EDITIONS)]
}
"""Those of an export, which has all answers in one file."""
