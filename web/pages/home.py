"""The home page: what is in the library, and needs to start from in its own words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, zip_longest
from typing import ClassVar

from fastapi import APIRouter, Request
from starlette.responses import Response

from kb import Kind, Record
from web.frame import (
    FAILURES,
    THUMB_WIDTH,
    AnyPage,
    HandbookRef,
    Json,
    RecordRef,
    Refs,
    SearchAsked,
    Shown,
    TallyShown,
    linked,
    links,
    refs_of,
    respond,
    serve,
)
from web.frame import prose as text
from web.pages import browse
from web.pages.browse import Chart

EXAMPLES = 6
LISTED = 12
FRESH = 6
BARS = 8
_NEEDS = ("need", "objectives", "difficulties")

router = APIRouter(responses=FAILURES)


@dataclass(frozen=True, slots=True)
class HandbookShown(Shown):
    """A handbook with its totals."""

    handbook: HandbookRef
    pages: int
    editions: int
    counts: dict[str, int]
    """Records of each kind."""
    cover: str
    """Address of the picture of its first page."""


@dataclass(frozen=True, slots=True)
class Fresh(Shown):
    """What the served edition of a handbook has that the one before had not."""

    handbook: HandbookRef
    records: tuple[RecordRef, ...]
    """The first of its new practices and tools, in printed order."""
    total: int
    """All of them."""
    url: str
    """Address of everything that changed."""


@dataclass(frozen=True, slots=True)
class Example(Shown):
    """A need in the library's own words, and where they stand."""

    text: str
    url: str
    """Address that searches it."""
    record: RecordRef


@dataclass(frozen=True, slots=True)
class HomePage(AnyPage):
    """What is in the library, and needs to start from."""

    template: ClassVar[str] = "home.html"
    paths: ClassVar[Mapping[str, str]] = {"/": "What is in the library"}

    counts: dict[str, int]
    """Records of each kind, and `pages`."""
    handbooks: tuple[HandbookShown, ...]
    fresh: tuple[Fresh, ...]
    """What is new, by handbook; a handbook of one edition is not among them."""
    examples: tuple[Example, ...]
    charts: tuple[Chart, ...]
    """Practices by theme, country and format; a facet that is stated nowhere has no chart."""
    institutions: tuple[TallyShown, ...]
    """Most practices first."""
    tools: tuple[RecordRef, ...]
    annexes: tuple[RecordRef, ...]

    def linked(self, origin: str) -> Json:
        """The site, how it is searched, and the handbooks in it."""
        target = {"@type": "EntryPoint", "urlTemplate": f"{origin}/search?q={{need}}"}
        return linked.whole(
            {
                "@type": "WebSite",
                "@id": f"{origin}/",
                "url": f"{origin}/",
                "potentialAction": {
                    "@type": "SearchAction",
                    "target": target,
                    "query-input": "required name=need",
                },
                "hasPart": [
                    linked.book(one.handbook, origin, one.handbook.edition) for one in self.handbooks
                ],
            }
        )


def home_page(refs: Refs) -> HomePage:
    """What the library holds, counted."""
    counts = Counter[str]()
    for handbook in refs.handbooks:
        counts.update(handbook.counts)
        counts["pages"] += handbook.page_count
    institutions, tools = refs.library.once("institutions and tools", lambda: _most(refs))
    return HomePage(
        url="/",
        notice=refs.library.notices,
        counts=dict(counts),
        handbooks=_shelf(refs),
        fresh=tuple(_fresh(refs)),
        examples=examples(refs),
        charts=_charts(refs),
        institutions=tuple(
            TallyShown(name, count, links.browse("institution", name)) for name, count in institutions
        ),
        tools=refs.named(map(refs.library.record, tools)),
        annexes=refs.named(refs.everything(Kind.ANNEX)[:LISTED]),
    )


def _shelf(refs: Refs) -> tuple[HandbookShown, ...]:
    """Every handbook with its totals."""
    return tuple(
        HandbookShown(
            handbook=refs.handbook(handbook.id),
            pages=handbook.page_count,
            editions=handbook.editions,
            counts=dict(handbook.counts),
            cover=links.picture(handbook.id, 1, THUMB_WIDTH, refs.edition(handbook.id).sha256),
        )
        for handbook in refs.handbooks
    )


def examples(refs: Refs, most: int = EXAMPLES) -> tuple[Example, ...]:
    """Needs the handbooks put into words themselves, from each handbook and practice in turn."""
    found = refs.library.once(f"{most} examples", lambda: _first_needs(refs, most))
    return tuple(
        Example(need, SearchAsked(text=need).url, refs.record(refs.library.record(record)))
        for need, record in found.items()
    )


def _first_needs(refs: Refs, most: int) -> dict[str, str]:
    """So many needs, each with the id of the record that has it."""
    by_handbook = [
        [
            (need, record.id)
            for need, record in _needs(refs.library.everything(Kind.PRACTICE, handbook=book.id))
        ]
        for book in refs.handbooks
    ]
    in_turn = (need for turn in zip_longest(*by_handbook) for need in turn if need)
    seen: dict[str, str] = {}
    for need, record in in_turn:
        if len(seen) == most:
            break
        seen.setdefault(need, record)
    return seen


def _fresh(refs: Refs) -> Iterator[Fresh]:
    """The practices and tools that came with a handbook's served edition."""
    for handbook in refs.handbooks:
        earlier = [n for n in refs.library.store.published(handbook.id) if n < handbook.edition]
        if not earlier:
            continue
        known = refs.library.store.listed_ids(handbook.id, max(earlier))
        new = [r for r in refs.records(handbook.id, Kind.PRACTICE, Kind.TOOL) if r.id not in known]
        if new:
            url = links.changes(handbook.id, max(earlier), handbook.edition)
            yield Fresh(refs.handbook(handbook.id), refs.named(new[:FRESH]), len(new), url)


def _needs(practices: Iterable[Record]) -> list[tuple[str, Record]]:
    """One need a practice: first those with a question of their own (no template's), then stated needs."""
    practices = list(practices)
    asked: list[tuple[str, Record]] = []
    stated: list[tuple[str, Record]] = []
    often = Counter(question for practice in practices for question in set(text.questions(practice)))
    labels = {field.label for practice in practices for field in practice.fields}
    for practice in practices:
        own = (q for q in text.questions(practice) if often[q] == 1 and q not in labels)
        question = next(own, "")
        if question:
            asked.append((question, practice))
            continue
        fields = (field for name in _NEEDS for field in practice.fields if field.name == name)
        sentences = chain.from_iterable(text.sentences(field.text) for field in fields)
        need = next((s for s in sentences if 4 <= len(s.split()) <= 22), "")
        if need:
            stated.append((need.rstrip(" .;"), practice))
    return asked + stated


def _charts(refs: Refs) -> tuple[Chart, ...]:
    found = (
        browse.chart(name, browse.bundles_of(refs, name), BARS) for name in ("theme", "country", "format")
    )
    return tuple(chart for chart in found if chart is not None)


def _most(refs: Refs) -> tuple[list[tuple[str, int]], list[str]]:
    """The institutions with most practices, each with their number, and the ids of the tools most used."""
    counted, used = Counter[str](), Counter[str]()
    for practice in refs.everything(Kind.PRACTICE):
        counted.update((practice.institution,) if practice.institution else ())
        used.update(practice.tools)
    institutions = sorted(counted.items(), key=lambda item: (-item[1], item[0].casefold()))
    tools = sorted((-used[tool.id], tool.title.casefold(), tool.id) for tool in refs.everything(Kind.TOOL))
    return institutions[:LISTED], [tool for _, _, tool in tools[:LISTED]]


@serve(router, HomePage, lambda given: home_page(given.refs))
def get_home(request: Request) -> Response:
    """Handbooks, totals, example needs, and where to start browsing."""
    return respond(request, home_page(refs_of(request)))
