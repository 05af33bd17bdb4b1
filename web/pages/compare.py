"""Two to four records side by side, value by value and field by field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from kb import InputError
from kb.words import fold, vocabulary
from web.frame import FAILURES, AnyPage, RecordRef, Refs, Shown, links, refs_of, respond, serve
from web.pages import record_page as reading
from web.pages.facts import Fact
from web.pages.record_page import FieldShown, RecordPage

MOST = 4

router = APIRouter(responses=FAILURES)


@dataclass(frozen=True, slots=True)
class Compared(Shown):
    """A record that is compared."""

    record: RecordRef
    without: str
    """Address of the comparison without it."""


@dataclass(frozen=True, slots=True)
class FactsRow(Shown):
    """One facet of every record."""

    name: str
    """institution, country, theme, format, level, ..."""
    cells: tuple[tuple[Fact, ...], ...]
    """The values of each record, in the records' order; none where its handbook states none."""


@dataclass(frozen=True, slots=True)
class FieldsRow(Shown):
    """One field of every record."""

    label: str
    """Its canonical name as words, or the label as printed; empty for introductions."""
    name: str
    """Its canonical name; empty where none fits."""
    language: str
    """Language of the label as printed."""
    cells: tuple[tuple[FieldShown, ...], ...]
    """The fields of each record that bear it, in the records' order; none where it has none."""


@dataclass(frozen=True, slots=True)
class Addition(Shown):
    """A record that may be compared, too."""

    record: RecordRef
    url: str
    """Address of the comparison with it."""


@dataclass(frozen=True, slots=True)
class ComparePage(AnyPage):
    """Records side by side."""

    template: ClassVar[str] = "compare.html"
    paths: ClassVar[Mapping[str, str]] = {"/compare": "Records side by side"}

    records: tuple[Compared, ...]
    facts: tuple[FactsRow, ...]
    fields: tuple[FieldsRow, ...]
    additions: tuple[Addition, ...]
    """Records like the first one; none where as many are compared as can be."""


def compare_page(refs: Refs, asked: Iterable[str]) -> ComparePage:
    """Put records side by side; of one alone, or none, say what it can be compared with.

    Raises:
        InputError: more records than fit side by side.
        NotFoundError: one of them is not in the library.
    """
    given = tuple(asked)
    if len(given) > MOST:
        raise InputError(f"{len(given)} records: at most {MOST} can be compared; leave some out")
    ids = tuple(dict.fromkeys(one.strip() for one in given if one.strip()))
    pages = [reading.record_page(refs, refs.library.record(one)) for one in ids]
    near = pages[0].similar if pages and len(pages) < MOST else ()
    return ComparePage(
        url=links.compare(ids),
        notice=refs.library.notices,
        records=tuple(
            Compared(page.record, links.compare(other for other in ids if other != one))
            for one, page in zip(ids, pages, strict=True)
        ),
        facts=_facts(pages),
        fields=_fields(pages),
        additions=tuple(
            Addition(one.record, links.compare((*ids, one.record.id)))
            for one in near
            if one.record.id not in ids
        ),
    )


def _facts(pages: Sequence[RecordPage]) -> tuple[FactsRow, ...]:
    """Every facet that some record has, in the order in which the first that has it shows it."""
    names = dict.fromkeys(fact.name for page in pages for fact in page.facts)
    return tuple(
        FactsRow(name, tuple(tuple(fact for fact in page.facts if fact.name == name) for page in pages))
        for name in names
    )


def _fields(pages: Sequence[RecordPage]) -> tuple[FieldsRow, ...]:
    """Every field that some record has: introductions, those known by name, then others as first met."""
    order = ["", *vocabulary.load().field_names]
    keys = dict.fromkeys(_key(field) for page in pages for field in page.fields)
    known = sorted(keys, key=lambda key: order.index(key) if key in order else len(order))
    rows = []
    for key in known:
        cells = tuple(tuple(field for field in page.fields if _key(field) == key) for page in pages)
        first, page = next((field, page) for cell, page in zip(cells, pages, strict=True) for field in cell)
        rows.append(FieldsRow(first.display or first.label, first.name, page.record.language, cells))
    return tuple(rows)


def _key(field: FieldShown) -> str:
    """What fields of different records are matched by: the canonical name, or else the label."""
    return field.name or (f"label {fold(field.label)}" if field.label else "")


@serve(router, ComparePage, lambda given: compare_page(given.refs, given.ids))
def get_compare(
    request: Request,
    ids: Annotated[
        list[str],
        Query(
            alias="id",
            description="Ids of two to four records; the parameter is repeated.",
            json_schema_extra={"maxItems": MOST},
        ),
    ] = [],  # noqa: B006
) -> Response:
    """Two to four records, value by value and field by field; of one alone, what resembles it."""
    return respond(request, compare_page(refs_of(request), ids))
