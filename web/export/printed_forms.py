"""Checklists and evaluation grids that a handbook prints, found by their form and a few words in eight languages.

A form is a list or a table that a reader fills in: things to tick off, or criteria to mark on the handbook's own scale.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import groupby

from kb import Edition, Field, Kind, Record
from web.export import form_lists, form_tables
from web.export.form_tables import NO_SCALE, FoundForm, FoundLine, Level, Scale
from web.frame import boxes

_PREFERRED = (Kind.TOOL, Kind.PRACTICE, Kind.SECTION, Kind.ANNEX)
"""Which of several records that hold the same lines is taken for theirs."""
_LEAST_SAME = 24
"""Characters of a line by which its page is found."""


class FormKind(StrEnum):
    """What a form asks: to tick off, or to mark."""

    CHECKLIST = "checklist"
    GRID = "grid"


@dataclass(frozen=True, slots=True)
class FormLine:
    """One line of a form, as printed: what is to be checked or judged, and where it stands.

    `key` is the same as long as record and words are; `group` is the heading that it stands under within its form, ""
    where it has none. `levels` describe its steps, one for each of the scale's or none; `detail` is what
    its row says besides. `weight` and `most` (the highest
    mark) are None where the handbook states none.
    """

    key: str
    text: str
    group: str
    record: str
    page: int
    url: str
    levels: tuple[str, ...] = ()
    detail: str = ""
    weight: float | None = None
    most: float | None = None


@dataclass(frozen=True, slots=True)
class PrintedForm:
    """A checklist or an evaluation grid of a handbook, its lines in printed order; `within` is the heading above it."""

    key: str
    kind: FormKind
    title: str
    language: str
    handbook: str
    record: str
    page: int
    url: str
    scale: Scale
    lines: tuple[FormLine, ...]
    within: str = ""

    @property
    def groups(self) -> tuple[tuple[str, tuple[FormLine, ...]], ...]:
        """Its lines under their headings."""
        return tuple((name, tuple(lines)) for name, lines in groupby(self.lines, key=lambda one: one.group))


def of_handbook(records: Iterable[Record], edition: Edition) -> tuple[PrintedForm, ...]:
    """All forms of one edition, in printed order; the same lines in two records count once."""
    ranked = sorted(records, key=lambda r: _PREFERRED.index(r.kind))
    seen: set[tuple[int, str]] = set()
    found: list[tuple[tuple[int, int, int], PrintedForm]] = []
    for record in ranked:
        for number, field in enumerate(record.fields, 1):
            for at, one in enumerate(_found(record, field)):
                form = _form(record, number, one, edition)
                fresh = tuple(line for line in form.lines if (line.page, line.text) not in seen)
                seen.update((line.page, line.text) for line in fresh)
                if fresh:
                    where = (fresh[0].page, record.position, number * 100 + at)
                    found.append((where, replace(form, lines=fresh)))
    found.sort(key=lambda item: item[0])
    return _unlike(_merged([form for _, form in found]))


def _found(record: Record, field: Field) -> Iterator[FoundForm]:
    tables = tuple(form_tables.found(record, field))
    yield from tables
    if not tables:
        yield from form_lists.found(record, field)


def _form(record: Record, number: int, found: FoundForm, edition: Edition) -> PrintedForm:
    lines = tuple(_line(record, number, one, found, edition) for one in found.lines)
    first = lines[0]
    return PrintedForm(
        key="",
        kind=FormKind.GRID if found.is_grid else FormKind.CHECKLIST,
        title=found.title,
        language=record.language,
        handbook=record.handbook,
        record=record.id,
        page=first.page,
        url=first.url,
        scale=found.scale,
        lines=lines,
        within=record.path[-1] if record.path else "",
    )


def _line(record: Record, number: int, one: FoundLine, found: FoundForm, edition: Edition) -> FormLine:
    page = _page_of(record.fields[number - 1], one.text, edition)
    return FormLine(
        key=_key(record.id, one.text),
        text=one.text,
        group=one.group if one.group != found.title else "",
        record=record.id,
        page=page,
        url=boxes.field_url(record, number, page),
        levels=one.levels,
        detail=one.detail,
        weight=one.weight,
        most=one.most,
    )


def _page_of(field: Field, text: str, edition: Edition) -> int:
    """The page of the field's that prints a line; its first where no page has it whole."""
    pages = list(dict.fromkeys(span.page for span in field.spans if span.page <= len(edition.pages)))
    wanted = _bare(text)[:_LEAST_SAME]
    return next((page for page in pages if wanted in _bare(edition.pages[page - 1].text)), field.page)


def _bare(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())


def _key(*parts: str) -> str:
    """Eight hexadecimal digits of what it stands for."""
    return hashlib.sha256("\n".join(" ".join(part.split()) for part in parts).encode()).hexdigest()[:8]


def _merged(forms: Sequence[PrintedForm]) -> tuple[PrintedForm, ...]:
    """Forms of one name and scale as one, its lines under the titles of their records.

    A handbook that closes every chapter with "Checklist" has one checklist in many parts; one that prints a scale for
    each theme has one grid.
    """
    kept: dict[tuple[FormKind, str, tuple[str, ...]], PrintedForm] = {}
    for form in forms:
        name = (
            form.kind,
            form.title.casefold(),
            tuple(level.label.casefold() for level in form.scale.levels),
        )
        before = kept.get(name)
        kept[name] = replace(before, lines=_placed(before) + _placed(form)) if before else form
    return tuple(kept.values())


def _placed(form: PrintedForm) -> tuple[FormLine, ...]:
    """Its lines, those without a heading of their own under the one above the form."""
    is_grid = form.kind is FormKind.GRID
    return tuple(line if line.group or is_grid else replace(line, group=form.within) for line in form.lines)


def _unlike(forms: Iterable[PrintedForm]) -> tuple[PrintedForm, ...]:
    """The forms with their keys; lines that would have the same key are told apart."""
    taken: set[str] = set()

    def free(key: str) -> str:
        while key in taken:
            key = _key(key, "again")
        taken.add(key)
        return key

    return tuple(
        replace(
            form,
            key=free(_key(form.handbook, form.kind, form.title)),
            lines=tuple(replace(line, key=free(line.key)) for line in form.lines),
        )
        for form in forms
    )


__all__ = ["NO_SCALE", "FormKind", "FormLine", "Level", "PrintedForm", "Scale", "of_handbook"]
