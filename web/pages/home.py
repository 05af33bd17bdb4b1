"""The home page: what is in the library, and needs to start from in its own words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice, zip_longest
from typing import ClassVar

from fastapi import APIRouter, Request
from starlette.responses import Response

from kb import Kind
from kb.store import Grade
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
    Signpost,
    TallyShown,
    language,
    linked,
    links,
    refs_of,
    respond,
    serve,
)
from web.pages import browse
from web.pages.browse import Chart

EXAMPLES = 6
LISTED = 12
FRESH = 6
BARS = 8
LEAST_WORDS, MOST_WORDS = 5, 40  # of a need that shows how to ask

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
    """A need that was judged, and the record that answers it best."""

    text: str
    url: str
    """Address that searches it."""
    record: RecordRef
    language: str
    """Of the need."""


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

    def signposts(self, origin: str) -> tuple[Signpost, ...]:
        """The library as a catalogue of data, and how it is asked by programs."""
        return (
            Signpost("describedby", f"{origin}{links.CATALOGUE}", "application/ld+json"),
            Signpost("service-desc", f"{origin}/api/openapi.json", "application/json"),
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
        handbooks=shelf(refs),
        fresh=tuple(_fresh(refs)),
        examples=examples(refs),
        charts=_charts(refs),
        institutions=tuple(
            TallyShown(name, count, links.browse("institution", name)) for name, count in institutions
        ),
        tools=refs.named(map(refs.library.record, tools)),
        annexes=refs.named(refs.everything(Kind.ANNEX)[:LISTED]),
    )


def shelf(refs: Refs) -> tuple[HandbookShown, ...]:
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
    """Needs that somebody judged to be answered here, those in the language of the page first; none where nobody did.

    Each is a sentence or so, with the record that answers it best; a handbook's come in turn with others'.
    """
    by_handbook: dict[str, list[Example]] = {}
    spoken = language.spoken().language
    needs = (
        need for need in refs.library.store.needs() if LEAST_WORDS <= len(need.text.split()) <= MOST_WORDS
    )
    for need in sorted(needs, key=lambda need: (need.language != spoken, need.language != language.FALLBACK)):
        best = next((one.record for one in need.judgements if one.grade is Grade.WELL), "")
        if best and refs.library.is_served(best):
            record = refs.record(refs.library.record(best))
            example = Example(need.text, SearchAsked(text=need.text).url, record, need.language)
            by_handbook.setdefault(record.handbook.id, []).append(example)
    in_turn = (example for turn in zip_longest(*by_handbook.values()) for example in turn if example)
    return tuple(islice(in_turn, most))


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
