"""Pure: records, pages and passages <-> JSON text, exactly, whatever Unicode a PDF brings."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from kb.records import Box, Facet, Field, Kind, Link, Origin, Page, Passage, Record, Span, Unassigned


def dump(value: Record | Page | Passage) -> str:
    """One dataclass as JSON text that `load_*` reads back to an equal value."""
    return to_json(asdict(value))


def to_json(value: object) -> str:
    """JSON as UTF-8 can hold it: lone surrogates, which broken PDFs bring, are escaped."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(value, separators=(",", ":"))
    return text


def load_record(text: str) -> Record:
    """The record that `dump` wrote."""
    return record_of(json.loads(text))


def record_of(row: dict[str, Any]) -> Record:
    """The record that was made plain data; the data is used up."""
    row["kind"] = Kind(row["kind"])
    row["fields"] = tuple(_field(f) for f in row["fields"])
    row["facets"] = tuple(Facet(**{**f, "origin": Origin(f["origin"])}) for f in row["facets"])
    for name in ("path", "tools", "mentions", "corrected"):
        row[name] = tuple(row.get(name, ()))  # records of schema 1 have no "corrected"
    return Record(**row)


def load_page(text: str) -> Page:
    """The page that `dump` wrote."""
    return Page(**json.loads(text))


def load_passage(text: str) -> Passage:
    """The passage that `dump` wrote."""
    return Passage(**json.loads(text))


def dump_unassigned(parts: tuple[Unassigned, ...]) -> str:
    """The ledger of what went into no record, as JSON text."""
    return to_json([asdict(part) for part in parts])


def load_unassigned(text: str) -> tuple[Unassigned, ...]:
    """The ledger that `dump_unassigned` wrote."""
    return tuple(Unassigned(**part) for part in json.loads(text))


def dump_ledger(ledger: tuple[tuple[str, int], ...]) -> str:
    """How many characters went where, as JSON text."""
    return to_json(ledger)


def load_ledger(text: str) -> tuple[tuple[str, int], ...]:
    """The ledger that `dump_ledger` wrote."""
    return tuple((place, count) for place, count in json.loads(text))


def dump_texts(texts: tuple[str, ...]) -> str:
    """Some texts as JSON text."""
    return to_json(texts)


def load_texts(text: str) -> tuple[str, ...]:
    """The texts that `dump_texts` wrote."""
    return tuple(json.loads(text))


def storable(text: str) -> str:
    """A text as a SQLite column can hold it; only bodies, which are JSON, need to be exact."""
    return text.encode("utf-8", "replace").decode()


def _field(row: dict[str, Any]) -> Field:
    spans = tuple(Span(s["page"], _box(s["box"])) for s in row["spans"])
    links = tuple(
        Link(**link) for link in row.get("links", ())
    )  # records written before links were read have none
    return Field(row["label"], row["text"], spans, row["name"], Origin(row["origin"]), links)


def _box(corners: list[float] | None) -> Box | None:
    if corners is None:
        return None
    left, top, right, bottom = corners
    return left, top, right, bottom
