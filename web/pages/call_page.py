"""A proposal for a call: a handbook's checklists and grids to be filled in, each line with practices that show how.

Nothing of it is kept here: its address holds all of it, and the browser of its author keeps it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

from kb import Handbook
from web.export import (
    LONGEST_ADDRESS,
    LONGEST_NOTE,
    LONGEST_NOTES,
    LONGEST_TITLE,
    Filled,
    FormKind,
    FormLine,
    PrintedForm,
    printed_forms,
)
from web.export import (
    filled as filling,
)
from web.frame import AnyPage, HandbookRef, PlaceShown, RecordRef, Refs, Shown, links
from web.pages import shortlist, showing_how
from web.pages.showing_how import PracticeShown

MOST_LOOKED_INTO = 3000
"""Records that are looked into for forms before a handbook is chosen, which takes some two seconds once; of a library
with more, only those of the chosen."""
MOST_SHOWN = 60
"""Lines for which practices are looked for at once; the others lead to the search."""


@dataclass(frozen=True, slots=True)
class BookChoice(Shown):
    """A handbook that the proposal may follow."""

    handbook: HandbookRef
    is_chosen: bool
    checklists: int | None
    """How many it has; null where that was not looked for."""
    grids: int | None
    url: str
    """Address of the proposal with this handbook alone."""


@dataclass(frozen=True, slots=True)
class LevelShown(Shown):
    """A step of a scale."""

    label: str
    """As its column is headed."""
    points: float | None
    """What it is worth; null where no number is printed."""
    text: str
    """What the handbook says of it in this line; empty where it does not."""
    is_marked: bool


@dataclass(frozen=True, slots=True)
class FormLineShown(Shown):
    """A line of a form."""

    key: str
    """The same as long as its record and its words are."""
    text: str
    """As printed."""
    detail: str
    """What its row says besides."""
    place: PlaceShown
    url: str
    """Address that shows it lit on its page."""
    levels: tuple[LevelShown, ...]
    weight: float | None
    most: float | None
    """The highest mark it can get, where that is a number and no step."""
    is_checked: bool
    mark: float | None
    """Number of the step it is marked with, from 1, or its points."""
    note: str
    search: str
    """Address of a search for practices that show how."""
    practices: tuple[PracticeShown, ...] | None
    """Those that show how, the shortlist's first; null where they were not looked for."""


@dataclass(frozen=True, slots=True)
class GroupShown(Shown):
    """Lines under one heading of the handbook."""

    heading: str
    lines: tuple[FormLineShown, ...]


@dataclass(frozen=True, slots=True)
class ScoreShown(Shown):
    """What the marks of a grid add up to; where it has weights, each mark counts times its weight."""

    reached: float
    highest: float
    marked: int
    """How many lines have a mark."""
    lines: int
    is_weighted: bool


@dataclass(frozen=True, slots=True)
class FormShown(Shown):
    """A checklist or an evaluation grid."""

    key: str
    kind: FormKind
    title: str
    language: str
    handbook: HandbookRef
    place: PlaceShown
    url: str
    is_chosen: bool
    groups: tuple[GroupShown, ...]
    """Empty where it is not chosen."""
    count: int
    """How many lines it has."""
    checked: int
    score: ScoreShown | None
    """Null where the handbook states no numbers to add up."""


@dataclass(frozen=True, slots=True)
class ProposalPage(AnyPage):
    """A proposal with its forms."""

    template: ClassVar[str] = "proposal.html"
    paths: ClassVar[Mapping[str, str]] = {"/proposal": "A proposal for a call"}

    handbooks: tuple[BookChoice, ...]
    forms: tuple[FormShown, ...]
    formless: tuple[HandbookRef, ...]
    """Chosen handbooks in which no form was found."""
    title: str
    notes: str
    ids: tuple[str, ...]
    """Of the practices on the shortlist."""
    records: tuple[RecordRef, ...]
    missing: tuple[str, ...]
    """Ids and handbooks that the library does not have."""
    has_practices: bool
    """Whether practices were looked for."""
    with_practices: str
    """Address of the same with practices at every line; empty where that is too long."""
    length: int
    """Characters of its address, without the site's."""
    longest: int
    longest_title: int
    longest_notes: int
    longest_note: int
    carried: tuple[tuple[str, str], ...]
    """What is filled in of lines that are not shown, as parameters: it is kept for when they are shown again."""
    is_posted: bool
    """Whether it came as a form, so that the address bar does not hold it."""


def proposal_page(
    refs: Refs, filled: Filled, has_practices: bool = False, is_posted: bool = False
) -> ProposalPage:
    """A proposal as it is filled in."""
    known, unknown = _known_books(refs, filled.handbooks)
    books = known or _only_one(refs)
    records, missing = shortlist.known(refs, filled.ids)
    ids = tuple(record.id for record in records)
    filled = replace(filled, handbooks=tuple(book.id for book in known), ids=ids)
    found = tuple(form for book in books for form in forms_of(refs, book.id))
    budget = _Budget(MOST_SHOWN if has_practices else 0)
    url = filled.url
    return ProposalPage(
        url=url if len(url) <= LONGEST_ADDRESS else "/proposal",
        notice=refs.library.notices,
        handbooks=tuple(_choice(refs, book, books) for book in refs.handbooks),
        forms=tuple(_form(refs, form, filled, budget) for form in found),
        formless=tuple(refs.handbook(b.id) for b in books if not any(f.handbook == b.id for f in found)),
        title=filled.title,
        notes=filled.notes,
        ids=ids,
        records=refs.named(records),
        missing=(*unknown, *missing),
        has_practices=has_practices,
        with_practices=_with_practices(url),
        length=len(url),
        longest=LONGEST_ADDRESS,
        longest_title=LONGEST_TITLE,
        longest_notes=LONGEST_NOTES,
        longest_note=LONGEST_NOTE,
        carried=tuple(
            _carried(filled, {line.key for form in chosen_forms(refs, filled) for line in form.lines})
        ),
        is_posted=is_posted,
    )


def forms_of(refs: Refs, handbook: str) -> tuple[PrintedForm, ...]:
    """The forms of a handbook's served edition, found once in a generation of the library."""

    def find() -> tuple[PrintedForm, ...]:
        edition = refs.edition(handbook)
        served = (r for r in refs.records(handbook) if r.edition == edition.number)
        return printed_forms.of_handbook(served, edition)

    return refs.library.once(f"forms of {handbook}", find)


def chosen_forms(refs: Refs, filled: Filled) -> tuple[PrintedForm, ...]:
    """The forms that a proposal shows, in the order of its handbooks."""
    books = _known_books(refs, filled.handbooks)[0] or _only_one(refs)
    found = (form for book in books for form in forms_of(refs, book.id))
    return tuple(form for form in found if not filled.forms or form.key in filled.forms)


def _carried(filled: Filled, shown: Collection[str]) -> Iterator[tuple[str, str]]:
    yield from (("c", key) for key in filled.checked if key not in shown)
    yield from ((f"m.{key}", f"{mark:g}") for key, mark in filled.marks.items() if key not in shown)
    yield from ((f"n.{key}", note) for key, note in filled.line_notes.items() if key not in shown)


class _Budget:
    """How many lines may still be searched for."""

    def __init__(self, left: int) -> None:
        self.left = left

    def spend(self) -> bool:
        self.left -= 1
        return self.left >= 0


def _known_books(refs: Refs, asked: Iterable[str]) -> tuple[tuple[Handbook, ...], tuple[str, ...]]:
    served = {book.id: book for book in refs.handbooks}
    wanted = tuple(asked)
    return tuple(served[one] for one in wanted if one in served), tuple(
        one for one in wanted if one not in served
    )


def _only_one(refs: Refs) -> tuple[Handbook, ...]:
    """The one handbook that has forms, where it is the only one."""
    if not _can_look(refs):
        return ()
    having = tuple(book for book in refs.handbooks if forms_of(refs, book.id))
    return having if len(having) == 1 else ()


def _can_look(refs: Refs) -> bool:
    return sum(sum(book.counts.values()) for book in refs.handbooks) <= MOST_LOOKED_INTO


def _choice(refs: Refs, book: Handbook, chosen: tuple[Handbook, ...]) -> BookChoice:
    is_chosen = book.id in {one.id for one in chosen}
    is_known = is_chosen or _can_look(refs)
    kinds = [form.kind for form in forms_of(refs, book.id)] if is_known else []
    return BookChoice(
        handbook=refs.handbook(book.id),
        is_chosen=is_chosen,
        checklists=kinds.count(FormKind.CHECKLIST) if is_known else None,
        grids=kinds.count(FormKind.GRID) if is_known else None,
        url=links.proposal((book.id,)),
    )


def _form(refs: Refs, form: PrintedForm, filled: Filled, budget: _Budget) -> FormShown:
    is_chosen = not filled.forms or form.key in filled.forms
    summed = filling.score(form, filled)
    edition = refs.edition(form.handbook)
    shown = form.groups if is_chosen else ()
    return FormShown(
        key=form.key,
        kind=form.kind,
        title=form.title,
        language=form.language,
        handbook=refs.handbook(form.handbook),
        place=refs.place(edition, form.page, form.record),
        url=form.url,
        is_chosen=is_chosen,
        groups=tuple(
            GroupShown(name, tuple(_line(refs, form, line, filled, budget) for line in lines))
            for name, lines in shown
        ),
        count=len(form.lines),
        checked=sum(line.key in filled.checked for line in form.lines),
        score=ScoreShown(summed.reached, summed.highest, summed.marked, summed.lines, summed.is_weighted)
        if summed
        else None,
    )


def _line(refs: Refs, form: PrintedForm, line: FormLine, filled: Filled, budget: _Budget) -> FormLineShown:
    step = filling.step_of(form, line, filled)
    said = line.levels or ("",) * len(form.scale.levels)
    return FormLineShown(
        key=line.key,
        text=line.text,
        detail=line.detail,
        place=refs.place(refs.edition(form.handbook), line.page, line.record),
        url=line.url,
        levels=tuple(
            LevelShown(level.label, level.points, text, step == number)
            for number, (level, text) in enumerate(zip(form.scale.levels, said, strict=True), 1)
        ),
        weight=line.weight,
        most=line.most,
        is_checked=line.key in filled.checked,
        mark=filled.marks.get(line.key),
        note=filled.line_notes.get(line.key, ""),
        search=showing_how.search(line),
        practices=showing_how.practices(refs, line, filled.ids) if budget.spend() else None,
    )


def _with_practices(url: str) -> str:
    address = f"{url}{'&' if '?' in url else '?'}practices=1"
    return address if len(address) <= LONGEST_ADDRESS else ""
