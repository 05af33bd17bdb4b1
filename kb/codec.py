"""Pure: records, pages and passages <-> JSON text, exactly, whatever Unicode a PDF brings."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, fields
from functools import cache, wraps
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from kb.errors import StoreError
from kb.records import Caveat, Facet, Origin, Page, Passage, Record, Unassigned

if TYPE_CHECKING:
    from pydantic import TypeAdapter


Arguments = ParamSpec("Arguments")
Read = TypeVar("Read")


def kept(load: Callable[Arguments, Read]) -> Callable[Arguments, Read]:
    """Say in one sentence, as a StoreError, that what is read from the library is not what was written there."""

    @wraps(load)
    def checked(*given: Arguments.args, **named: Arguments.kwargs) -> Read:
        try:
            return load(*given, **named)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            wrong = " ".join(str(error).split())[:200] or type(error).__name__
            raise StoreError(f"a row of the library is damaged ({wrong}); kb verify names it") from error

    return checked


def dump(value: Record | Page | Passage) -> str:
    """One dataclass as JSON text that `load_*` reads back to an equal value."""
    return to_json(value)


def to_json(value: object) -> str:
    """JSON as UTF-8 can hold it: lone surrogates, which broken PDFs bring, are escaped; dataclasses as their fields."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_by_name)
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(value, separators=(",", ":"), default=_by_name)
    return text


def _by_name(value: Any) -> dict[str, Any]:
    """A dataclass's fields; `asdict`, which copies all that is in them, takes three times as long."""
    return {field.name: getattr(value, field.name) for field in fields(value)}


@kept
def load_record(text: str | bytes) -> Record:
    """The record that `dump` wrote, now or before its newest fields, which have their default then."""
    try:
        return _records().validate_json(text)
    except ValueError:  # such as lone surrogates, which only Python's own reader takes
        return record_of(json.loads(text))


def record_of(row: Mapping[str, Any]) -> Record:
    """The record that was made plain data."""
    return _records().validate_python(row)


@kept
def load_page(text: str) -> Page:
    """The page that `dump` wrote."""
    return Page(**json.loads(text))


@kept
def load_passage(text: str | bytes) -> Passage:
    """The passage that `dump` wrote."""
    return Passage(**json.loads(text))


def dump_unassigned(parts: tuple[Unassigned, ...]) -> str:
    """The ledger of what went into no record, as JSON text."""
    return to_json([asdict(part) for part in parts])


@kept
def load_unassigned(text: str) -> tuple[Unassigned, ...]:
    """The ledger that `dump_unassigned` wrote."""
    return tuple(Unassigned(**part) for part in json.loads(text))


def dump_facets(facets: tuple[Facet, ...]) -> str:
    """What is known of an edition, value by value, as JSON text."""
    return to_json([asdict(facet) for facet in facets])


@kept
def load_facets(text: str) -> tuple[Facet, ...]:
    """The facets that `dump_facets` wrote."""
    return facets_of(json.loads(text))


def facets_of(rows: Iterable[Mapping[str, Any]]) -> tuple[Facet, ...]:
    """The facets that were made plain data."""
    return tuple(Facet(**{**row, "origin": Origin(row["origin"])}) for row in rows)


def dump_caveats(caveats: tuple[Caveat, ...]) -> str:
    """What was amiss in an edition, as JSON text."""
    return to_json([asdict(caveat) for caveat in caveats])


@kept
def load_caveats(text: str) -> tuple[Caveat, ...]:
    """The caveats that `dump_caveats` wrote."""
    return tuple(Caveat.of_data(row) for row in json.loads(text))


def dump_ledger(ledger: tuple[tuple[str, int], ...]) -> str:
    """How many characters went where, as JSON text."""
    return to_json(ledger)


@kept
def load_ledger(text: str) -> tuple[tuple[str, int], ...]:
    """The ledger that `dump_ledger` wrote."""
    return tuple((place, count) for place, count in json.loads(text))


def dump_texts(texts: tuple[str, ...]) -> str:
    """Some texts as JSON text."""
    return to_json(texts)


@kept
def load_texts(text: str) -> tuple[str, ...]:
    """The texts that `dump_texts` wrote."""
    return tuple(json.loads(text))


def storable(text: str) -> str:
    """A text as a SQLite column can hold it; only bodies, which are JSON, need to be exact."""
    return text.encode("utf-8", "replace").decode()


@cache
def _records() -> TypeAdapter[Record]:
    from pydantic import TypeAdapter  # noqa: PLC0415  heavy: commands that read no record start without it

    return TypeAdapter(Record)
