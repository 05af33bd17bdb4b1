"""Where a record stands on its pages: the boxes of its fields, to be drawn on their pictures. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kb import Box, Edition, Field, Origin, Record
from web.frame import links
from web.frame.named import AreaShown, Outline

ASIDE, ABOVE, BELOW = 2.5, 0.5, 2.0
"""Points between a box and the line drawn around it: it touches no letter, nor the label just above."""


@dataclass(frozen=True, slots=True)
class Frame:
    """The rectangle drawn around a box, in points."""

    x: float
    y: float
    width: float
    height: float


def frame(box: Box) -> Frame:
    """Draw around a box."""
    x0, y0, x1, y1 = box
    width, height = x1 - x0 + 2 * ASIDE, y1 - y0 + ABOVE + BELOW
    return Frame(round(x0 - ASIDE, 1), round(y0 - ABOVE, 1), round(width, 1), round(height, 1))


def number_of(record: Record, field: int | None) -> int | None:
    """The field number itself (from 1); None for a number the record does not have, as an old address may."""
    return field if field is not None and 1 <= field <= len(record.fields) else None


def regions(edition: Edition, record: Record, number: int, as_of: int = 0) -> tuple[AreaShown, ...]:
    """Every place of one field (its number from 1), in printed order."""
    spans = (span for span in record.fields[number - 1].spans if span.page <= len(edition.pages))
    return tuple(
        AreaShown(
            page=span.page,
            label=page.label,
            box=span.box,
            page_width=page.width,
            page_height=page.height,
            is_ocr=page.is_ocr,
            url=field_url(record, number, span.page, as_of=as_of),
        )
        for span in spans
        for page in (edition.pages[span.page - 1],)
    )


def field_url(record: Record, number: int, page: int = 0, at: str = links.PICTURE, as_of: int = 0) -> str:
    """The address that lights a field on one of its pages, its first unless given; `at` is where it leads.

    `as_of` is the edition to read it in, where that is not the served one.
    """
    first = record.fields[number - 1].page
    return f"{links.field(record.kind, record.id, number, page if page != first else 0, as_of)}#{at}"


def picture_url(record: Record, page: int, as_of: int = 0) -> str:
    """The address that shows a record with one of its pages, by PDF number."""
    edition = f"&edition={as_of}" if as_of else ""
    return f"{links.record(record.kind, record.id)}?page={page}{edition}#{links.PICTURE}"


def text_url(record: Record, number: int, page: int = 0, as_of: int = 0) -> str:
    """The same address, but leading to the field's text."""
    return field_url(record, number, page, links.field_anchor(number), as_of)


def of_record(record: Record, page: int, chosen: int | None, as_of: int = 0) -> tuple[Outline, ...]:
    """The boxes of one record on a page, those of the chosen field lit."""
    return tuple(_outlines(record, page, 1, None if chosen is None else frozenset((chosen,)), as_of))


def of_records(records: Iterable[Record], page: int, chosen: str) -> tuple[Outline, ...]:
    """The boxes of several records on a page, numbered from 1 as they come, those of the chosen one lit."""
    found: list[Outline] = []
    for number, record in enumerate(records, 1):
        everything = frozenset(range(1, len(record.fields) + 1))
        found += _outlines(record, page, number, everything if record.id == chosen else None)
    return tuple(found)


def stating(record: Record, name: str, value: str, page: int | None) -> int | None:
    """The number of the field that states a value: of its name and with its words, else one of the two."""
    fields = [(n, f) for n, f in enumerate(record.fields, 1) if page is None or page in _pages(f)]
    named = [n for n, f in fields if f.name == name and f.origin is Origin.STATED]
    worded = [n for n, f in fields if value in f.text]
    both = [n for n in named if n in worded]
    return next(iter((*both, *named, *worded)), None)


def _outlines(
    record: Record, page: int, number: int, lit: frozenset[int] | None, as_of: int = 0
) -> Iterable[Outline]:
    for at, field in enumerate(record.fields, 1):
        for span in field.spans:
            if span.page == page and span.box is not None:
                yield Outline(
                    box=span.box,
                    record=record.id,
                    number=number,
                    field=at,
                    label=field.label,
                    url=text_url(record, at, page, as_of),
                    is_lit=lit is not None and at in lit,
                )


def _pages(field: Field) -> frozenset[int]:
    return frozenset(span.page for span in field.spans)
