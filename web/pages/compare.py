"""Two to four records side by side, one row for each thing that some of them say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from kb import InputError
from kb.editions import wording
from kb.words import facets, fold, vocabulary
from web.frame import FAILURES, AnyPage, RecordRef, Refs, Shown, links, refs_of, respond, serve
from web.pages import record_page as reading
from web.pages.facts import Fact
from web.pages.record_page import FieldShown, RecordPage

MOST = 4
DIFFERENCES = "differences"
STATING = {name: kind.name for kind in reversed(facets.KNOWN) for name in kind.fields if kind.name != "year"}
"""The facet that each field states, of those that do; a duration is more than its year."""

router = APIRouter(responses=FAILURES)


@dataclass(frozen=True, slots=True)
class Compared(Shown):
    """A record that is compared."""

    record: RecordRef
    without: str
    """Address of the comparison without it."""


@dataclass(frozen=True, slots=True)
class FieldCompared(Shown):
    """A field of a compared record."""

    field: FieldShown
    differs: tuple[tuple[int, int], ...]
    """Ranges of its text that another record's has not: first character, one past the last. None where both say
    something else altogether."""


@dataclass(frozen=True, slots=True)
class ComparedCell(Shown):
    """What one record says of one thing, each value once; nothing where its handbook does not state it."""

    facts: tuple[Fact, ...]
    fields: tuple[FieldCompared, ...]


@dataclass(frozen=True, slots=True)
class CompareRow(Shown):
    """One thing that some of the records say."""

    facet: str
    """institution, country, theme, format, level, ...; empty where it is none."""
    name: str
    """Its canonical field name; empty where none fits."""
    label: str
    """Its canonical name as words, or the label as printed; empty for introductions."""
    language: str
    """Language of the label as printed."""
    cells: tuple[ComparedCell, ...]
    """In the records' order."""
    is_same: bool
    """Whether all records say the same."""


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
    rows: tuple[CompareRow, ...]
    """What some record says, values first; without those in which all agree, where only differences are asked for."""
    same: int
    """How many things all records say alike."""
    only: str
    """"differences" where only these are shown; else empty."""
    other: str
    """Address of the comparison with everything, or with differences only."""
    additions: tuple[Addition, ...]
    """Records like the first one; none where as many are compared as can be."""


def compare_page(refs: Refs, asked: Iterable[str], only: str = "") -> ComparePage:
    """Put records side by side; of one alone, or none, say what it can be compared with.

    `only` is DIFFERENCES to leave out what all of them say alike.

    Raises:
        InputError: more records than fit side by side, or there is nothing else to show.
        NotFoundError: one of them is not in the library.
    """
    given = tuple(asked)
    if len(given) > MOST:
        raise InputError(f"{len(given)} records: at most {MOST} can be compared; leave some out")
    if only not in ("", DIFFERENCES):
        raise InputError(f"only={only[:40]}: write only={DIFFERENCES}, or leave it out")
    ids = tuple(dict.fromkeys(one.strip() for one in given if one.strip()))
    pages = [reading.record_page(refs, refs.library.record(one)) for one in ids]
    near = pages[0].similar if pages and len(pages) < MOST else ()
    rows = _rows(pages)
    same = sum(row.is_same for row in rows)
    return ComparePage(
        url=links.compare(ids, only),
        notice=refs.library.notices,
        records=tuple(
            Compared(page.record, links.compare((other for other in ids if other != one), only))
            for one, page in zip(ids, pages, strict=True)
        ),
        rows=tuple(row for row in rows if not (only and row.is_same)),
        same=same,
        only=only,
        other=links.compare(ids, "" if only else DIFFERENCES),
        additions=tuple(
            Addition(one.record, links.compare((*ids, one.record.id), only))
            for one in near
            if one.record.id not in ids
        ),
    )


def _rows(pages: Sequence[RecordPage]) -> list[CompareRow]:
    """Everything that some record says, one row each: values, introductions, fields known by name, then others."""
    values = [[fact for fact in page.facts if not fact.is_in_text] for page in pages]
    fields = [[field for field in page.fields if field.text and not field.in_facts] for page in pages]
    order = ["", *vocabulary.load().field_names]
    keys = dict.fromkeys(_key(field) for held in fields for field in held)
    known = sorted(keys, key=lambda key: order.index(key) if key in order else len(order))
    valued = {fact.name for held in values for fact in held}
    named = [kind.name for kind in facets.KNOWN if kind.name in valued]
    things = dict.fromkeys((*named, *known))
    return [
        _row(
            pages,
            thing,
            [tuple(fact for fact in held if fact.name == thing) for held in values],
            [tuple(field for field in held if _key(field) == thing) for held in fields],
        )
        for thing in things
    ]


def _row(
    pages: Sequence[RecordPage],
    thing: str,
    facts: Sequence[tuple[Fact, ...]],
    fields: Sequence[tuple[FieldShown, ...]],
) -> CompareRow:
    first = next((one for held in fields for one in held), None)
    texts = ["\n\n".join(one.text for one in held) for held in fields]
    said = {
        (frozenset(fold(one.value) for one in own), " ".join(fold(text).split()))
        for own, text in zip(facts, texts, strict=True)
    }
    return CompareRow(
        facet=thing if thing in facets.BY_NAME else "",
        name=first.name if first else "",
        label=(first.display or first.label) if first else thing,
        language=next((p.record.language for p, held in zip(pages, fields, strict=True) if held), ""),
        cells=tuple(
            ComparedCell(
                facts[n],
                tuple(FieldCompared(one, _differs(one, beside)) for one in fields[n]),
            )
            for n, beside in enumerate((*(texts[1:2] or texts), *texts[:1] * (len(texts) - 1)))
        ),
        is_same=len(pages) > 1 and len(said) == 1,
    )


def _differs(field: FieldShown, other: str) -> tuple[tuple[int, int], ...]:
    """The words of a field that another text has not, where the two have the most of their words in common."""
    words, others = Counter(field.text.split()), Counter(other.split())
    if field.tables or 2 * (words & others).total() <= max(words.total(), others.total()):
        return ()
    found, at, same = [], 0, 0
    for piece in wording.pieces(other, field.text):
        if piece.fate is wording.Fate.GONE:
            continue
        if piece.fate is wording.Fate.NEW:
            found.append((at, at + len(piece.text.rstrip())))
        else:
            same += len(piece.text)
        at += len(piece.text)
    return tuple(found) if 2 * same > max(len(field.text), len(other)) else ()


def _key(field: FieldShown) -> str:
    """What fields of different records are matched by: the facet it states, its canonical name, or else the label."""
    return STATING.get(field.name, field.name) or (f"label {fold(field.label)}" if field.label else "")


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
    only: Annotated[
        str,
        Query(
            description="Leave out what all of them say alike.", json_schema_extra={"enum": ["", DIFFERENCES]}
        ),
    ] = "",
) -> Response:
    """Two to four records, value by value and field by field; of one alone, what resembles it."""
    return respond(request, compare_page(refs_of(request), ids, only))
