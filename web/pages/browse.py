"""The library as lists, by handbook, annex, institution, country, theme, format or tool, and as charts of these."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar

import numpy as np
from fastapi import APIRouter, Query, Request
from slugify import slugify
from starlette.responses import Response

from kb import Kind, NotFoundError, Numbers, Origin, Record
from kb.index import Picked
from kb.words import vocabulary
from web.export import exports
from web.frame import (
    FAILURES,
    AnyPage,
    RecordRef,
    Refs,
    Shown,
    TallyShown,
    language,
    links,
    refs_of,
    respond,
    serve,
)
from web.frame import prose as text
from web.pages.matrix import MATRICES, matrix_url
from web.pages.portrayed import address

CHARTED = ("theme", "country", "format", "institution")
"""Lists whose lengths are worth a look."""
FIRST_ITEMS = 8
"""Records shown of a group while other groups are shown, too."""

router = APIRouter(responses=FAILURES)


@dataclass(frozen=True, slots=True)
class Bar(Shown):
    """A value of a chart."""

    label: str
    count: int
    url: str
    """Address of the list of just these."""
    percent: float
    """Its length, in percent of the longest."""


@dataclass(frozen=True, slots=True)
class Chart(Shown):
    """How many practices have each value of a facet, most first."""

    name: str
    """theme, country, format, ..."""
    bars: tuple[Bar, ...]
    more: int
    """Values that are not among the bars."""
    url: str
    """Address of the list by all values."""
    silent: int
    """Practices whose handbook states none."""


@dataclass(frozen=True, slots=True)
class Group(Shown):
    """One group of a browse list."""

    label: str
    """Empty for the records whose handbook states no value."""
    url: str
    """Address of the thing the group is named after; empty where it has none."""
    count: int
    """Records in it."""
    inferred: int
    """Those of them that are in it by a rule, with no page that prints so."""
    language: str
    """Language of a label that is a title; else empty."""
    handbook: str
    """Title of the handbook, for groups that belong to one."""
    summary: str
    """First sentence of the annex or tool the group is named after."""
    items: tuple[RecordRef, ...]
    more: str
    """Address of the whole group; empty where all of it is here."""


@dataclass(frozen=True, slots=True)
class BrowsePage(AnyPage):
    """The library as a list, grouped."""

    template: ClassVar[str] = "browse.html"
    paths: ClassVar[Mapping[str, str]] = {"/browse": "The library as a list"}

    by: str
    """handbook, annex, institution, country, theme, format or tool."""
    chart: Chart | None
    """The groups as bars; null where there is one group, or where it would say no more than the list."""
    choices: tuple[TallyShown, ...]
    """The ways to group there are, with their number of groups."""
    groups: tuple[Group, ...]
    only: str
    """The one group shown; empty for all."""
    everything: str
    """Address of the list with all groups."""
    matrix: str
    """Address of the table that compares the groups; empty where there is none."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """A group before it is cut: `key` names it in the address, `about` has the thing it is named after, if any."""

    key: str
    label: str
    records: Sequence[Record]
    about: Sequence[Record] = ()
    url: str = ""
    language: str = ""
    inferred: int = 0


def browse_page(refs: Refs, by: str, only: str = "") -> BrowsePage:
    """The list grouped by `by`, whole or one group of it.

    Raises:
        NotFoundError: there is no such grouping or no such group.
    """
    lists = {name: bundles_of(refs, name) for name in LISTS}
    lists = {name: bundles for name, bundles in lists.items() if bundles or name == "handbook"}
    bundles = _chosen(lists, by, only)
    return BrowsePage(
        url=links.browse(by, only),
        notice=refs.library.notices,
        by=by,
        chart=chart(by, lists[by], len(lists[by])) if by in CHARTED and not only else None,
        choices=tuple(
            TallyShown(name, _named(bundles), links.browse(name)) for name, bundles in lists.items()
        ),
        groups=tuple(_group(refs, by, bundle, not only and len(bundles) > 1) for bundle in bundles),
        only=only,
        everything=links.browse(by),
        matrix=matrix_url(by) if by in MATRICES else "",
    )


def chart(by: str, bundles: Iterable[Bundle], most: int) -> Chart | None:
    """The groups of a list as bars, at most so many, longest first; None of fewer than two."""
    bundles = tuple(bundles)
    named = [bundle for bundle in bundles if bundle.label and bundle.records]
    named.sort(key=lambda bundle: (-len(bundle.records), bundle.label.casefold(), bundle.key))
    if len(named) < 2:
        return None
    longest = len(named[0].records)
    bars = tuple(
        Bar(
            language.term(bundle.label, by),
            len(bundle.records),
            links.browse(by, bundle.key),
            round(100 * len(bundle.records) / longest, 1),
        )
        for bundle in named[:most]
    )
    silent = sum(len(bundle.records) for bundle in bundles if not bundle.label)
    return Chart(by, bars, len(named) - len(bars), links.browse(by), silent)


def listed(refs: Refs, by: str, only: str = "") -> tuple[Record, ...]:
    """The records of the list, or of one group of it, each once: what a group is named after, then what is in it.

    Raises:
        NotFoundError: there is no such grouping or no such group.
    """
    lists = {by: bundles_of(refs, by)} if by in LISTS else {}
    bundles = _chosen(lists, by, only)
    shown = (record for bundle in bundles for record in (*bundle.about, *bundle.records))
    return tuple({record.id: record for record in shown}.values())


def _chosen(lists: Mapping[str, list[Bundle]], by: str, only: str) -> list[Bundle]:
    if by not in lists:
        known = ", ".join(lists or LISTS)
        raise NotFoundError(f"by={by[:40]}: the library has no such list; choose one of {known}")
    bundles = [bundle for bundle in lists[by] if not only or bundle.key == only]
    if only and not bundles:
        raise NotFoundError(f"{only[:80]}: nothing in the list by {by} has this name; see the whole list")
    return bundles


def _named(bundles: Iterable[Bundle]) -> int:
    return sum(1 for bundle in bundles if bundle.label)


def _group(refs: Refs, by: str, bundle: Bundle, is_one_of_many: bool) -> Group:
    about, records = next(iter(bundle.about), None), bundle.records
    is_cut = is_one_of_many and bool(bundle.key) and len(records) > FIRST_ITEMS
    return Group(
        label=bundle.label,
        url=links.record(about.kind, about.id) if about else bundle.url,
        count=len(records),
        language=about.language if about else bundle.language,
        inferred=bundle.inferred,
        handbook=refs.handbook(about.handbook).title if about else "",
        summary=text.summary(about) if about else "",
        items=refs.named(records[:FIRST_ITEMS] if is_cut else records),
        more=links.browse(by, bundle.key) if is_cut else "",
    )


def _by_handbook(refs: Refs) -> list[Bundle]:
    return [
        Bundle(
            book.id,
            book.title,
            refs.library.everything(Kind.PRACTICE, handbook=book.id),
            (),
            links.handbook(book.id),
            book.language,
        )
        for book in refs.handbooks
    ]


def _by_annex(refs: Refs) -> list[Bundle]:
    whole = refs.everything(Kind.PRACTICE, Kind.TOOL)
    inside = _numbers((record.annex,) for record in whole)
    annexes = refs.everything(Kind.ANNEX)
    return [
        Bundle(
            annex.id,
            f"{annex.annex_label}: {annex.title}" if annex.annex_label else annex.title,
            Picked(whole, _array(inside.get(annex.id, ()))),
            annexes[number : number + 1],
        )
        for number, annex in enumerate(annexes)
    ]


def _by_tool(refs: Refs) -> list[Bundle]:
    """The most used first."""
    whole = refs.everything(Kind.PRACTICE)
    users = _numbers(practice.tools for practice in whole)
    tools = refs.everything(Kind.TOOL)
    found = [
        Bundle(tool.id, tool.title, Picked(whole, _array(users.get(tool.id, ()))), tools[number : number + 1])
        for number, tool in enumerate(tools)
    ]
    return sorted(found, key=lambda bundle: (-len(bundle.records), bundle.label.casefold(), bundle.key))


def _by_facet(name: str) -> Callable[[Refs], list[Bundle]]:
    def bundles(refs: Refs) -> list[Bundle]:
        whole = refs.everything(Kind.PRACTICE)
        found: dict[str, list[int]] = {}
        inferred = Counter[str]()
        for number, practice in enumerate(whole):
            values = practice.values(name)
            if name == "institution" and not values and practice.institution:
                values = (practice.institution,)
            for value in dict.fromkeys(values or ("",)):
                found.setdefault(value, []).append(number)
                inferred[value] += _is_inferred(practice, name, value)
        silent = found.pop("", [])
        label = vocabulary.load().term_label
        named = [
            Bundle(
                value,
                label(name, value),
                Picked(whole, _array(numbers)),
                url=address(refs, name, value),
                inferred=inferred[value],
            )
            for value, numbers in found.items()
        ]
        named.sort(key=lambda bundle: (bundle.label.casefold(), bundle.key))
        return [*named, Bundle("", "", Picked(whole, _array(silent)))] if named and silent else named

    return bundles


def _is_inferred(record: Record, name: str, value: str) -> bool:
    """Whether a record has a value by a rule only."""
    return {f.origin for f in record.facets if (f.name, f.value) == (name, value)} == {Origin.INFERRED}


def _numbers(held: Iterable[Iterable[str]]) -> dict[str, list[int]]:
    """Of what each of some records has, the places of those that have it, once for each time."""
    found: dict[str, list[int]] = {}
    for number, values in enumerate(held):
        for value in values:
            found.setdefault(value, []).append(number)
    return found


def _array(numbers: Sequence[int]) -> Numbers:
    return np.array(numbers, dtype=np.int64)


LISTS: dict[str, Callable[[Refs], list[Bundle]]] = {
    "handbook": _by_handbook,
    "annex": _by_annex,
    "institution": _by_facet("institution"),
    "country": _by_facet("country"),
    "theme": _by_facet("theme"),
    "format": _by_facet("format"),
    "tool": _by_tool,
}


def bundles_of(refs: Refs, by: str) -> list[Bundle]:
    """The groups of one of the LISTS, put together once a generation."""
    return refs.library.once(f"browse by {by}", lambda: LISTS[by](refs))


GroupedBy = Annotated[
    str,
    Query(
        description=f"How to group: {', '.join(LISTS)}.",
        json_schema_extra={"enum": list(LISTS)},
    ),
]
OneGroup = Annotated[str, Query(description="One group alone: an id, or a value.")]


@serve(router, BrowsePage, lambda given: browse_page(given.refs, "handbook"))
def get_browse(
    request: Request,
    by: GroupedBy = "handbook",
    only: OneGroup = "",
) -> Response:
    """Practices, grouped."""
    return respond(request, browse_page(refs_of(request), by, only))


def chosen(refs: Refs, by: str, only: str = "") -> exports.Chosen:
    """The records of a browse list, or of one group of it, each once.

    Raises:
        NotFoundError: there is no such list or group.
    """
    records = listed(refs, by, only)
    return exports.Chosen(slugify(f"browse {by} {only}"), records[: exports.MOST], len(records))
