"""The result page: a need, its answers, and the ways to narrow them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from fastapi import APIRouter, Request
from starlette.responses import Response

from kb import Kind
from kb.measure import Outcome
from kb.search import DEFAULT_KINDS, Constraint, FacetCount, Offers, Results, Sort
from kb.words import FACETS
from web.frame import (
    FAILURES,
    LAST_PAGE,
    NEED,
    AnyPage,
    Control,
    Judging,
    Refs,
    Sayings,
    SearchAsked,
    Shown,
    TallyShown,
    language,
    links,
    params,
    private,
    refs_of,
    respond,
    serve,
)
from web.pages import browse, home
from web.pages.choices import Choice, FacetGroup, FacetOption
from web.pages.glance import AnswerShown, answers_shown
from web.pages.hits import EarlierShown, HitShown, earlier_shown, hit_shown
from web.pages.home import Example
from web.pages.portrayed import address

SHOWN_OPEN = ("kind", "handbook", "institution", "country", "theme")
CHAPTERS = (Kind.SECTION,)
MOST_OPEN = 6  # values; longer facets are folded
LEAST_COVERAGE = 0.3  # of the results: an axis that fewer have leaves most of them out unseen
PER_PAGE = (10, 20, 50)

router = APIRouter(responses=FAILURES)


@dataclass(frozen=True, slots=True)
class Rewording(Shown):
    """Another way to ask, which finds something."""

    text: str
    url: str
    """Address that searches it."""
    total: int
    """How many answers it has."""


@dataclass(frozen=True, slots=True)
class ConstraintShown(Shown):
    """What the need was read to prefer of one facet: results that have it come before others of like relevance."""

    facet: str
    """country, institution, level, target_group or language."""
    values: tuple[str, ...]
    """Any of them will do."""
    labels: tuple[str, ...]
    """The same as they are shown."""
    typed: tuple[str, ...]
    """The words of the need that say so, one for each value."""
    drop: str
    """Address of the same search with this facet not read from the need."""
    only: str
    """Address of the same search with these values as a filter."""


@dataclass(frozen=True, slots=True)
class Shelf(Shown):
    """One of the two kinds of answers to a need: what was done, and chapters that explain."""

    name: str
    """answers or chapters."""
    total: int
    url: str
    """Address of the same search among these."""
    is_current: bool


@dataclass(frozen=True, slots=True)
class SearchPage(AnyPage):
    """The answers to one need."""

    template: ClassVar[str] = "search.html"
    paths: ClassVar[Mapping[str, str]] = {"/search": "Search by need"}

    text: str
    total: int
    hits: tuple[HitShown, ...]
    shelves: tuple[Shelf, ...]
    """Practices, tools and annexes, and chapters, each with its own count; none where only one of them has any, or
    where kinds were chosen."""
    answers: tuple[AnswerShown, ...]
    """The results at a glance: up to three sentences of different universities; none where these may well not
    answer."""
    chapter: HitShown | None
    """A chapter that answers better than anything else; apart from the results and from `background`."""
    background: tuple[HitShown, ...]
    """Sections of the handbooks that give background; apart from the results."""
    facets: tuple[FacetGroup, ...]
    chosen: tuple[FacetOption, ...]
    """The facet values in force."""
    sorts: tuple[Choice, ...]
    """The orders to choose from: best, newest, title or institution."""
    sizes: tuple[Choice, ...]
    """How many results a page may have."""
    feed: str
    """Address of an Atom feed of the answers, newest change first; empty where nothing was asked."""
    constraints: tuple[ConstraintShown, ...]
    """What the need was read to prefer; nothing is left out for it."""
    unfiltered: str
    """Address of the same search without filters."""
    is_empty: bool
    """Nothing was asked."""
    is_weak: bool
    """There are answers, but none is near in meaning."""
    no_match: bool
    """Nothing in the library answers the need; results, if there are any, are only the nearest."""
    nothing: Sayings
    """Why there is no result, in one sentence; empty where there are some."""
    said: Sayings
    """What was changed or read in the need, in one sentence; empty where nothing was."""
    meant: str
    """The need with rare words put as they are mostly written here, to be offered; empty where that changes nothing."""
    meant_url: str
    """Address of the same search with that need; else empty."""
    page: int
    pages: int
    previous: str
    next: str
    """Addresses of the neighbouring result pages; empty at the ends."""
    map: str
    """Address of the map with the same results lit; empty where there are none."""
    took_ms: float
    examples: tuple[Example, ...]
    """Needs to try, where there is no result to show."""
    nearby: tuple[TallyShown, ...]
    """Where nothing answers: lists of practices near the need, nearest first."""
    rewordings: tuple[Rewording, ...]
    """Where nothing answers: other ways to ask, each of which finds something."""
    has_books: bool = True
    """Whether there is more than one handbook, so that a result has to say which it is of."""
    judging: Judging | None = None
    """For a signed-in owner, on the page alone: null in JSON."""
    earlier: EarlierShown | None = None
    """What earlier editions say; null unless `editions=all` was asked for."""
    other_editions: str = ""
    """Address of the same search with earlier editions, or without; empty where there are none."""


def search_page(refs: Refs, asked: SearchAsked) -> SearchPage:
    """Search, and show what was found.

    Raises:
        InputError: the text is too long, or only punctuation. An empty one gives the page without results.
    """
    if not asked.text:
        return _page(refs, asked, None)
    return _page(refs, asked, refs.library.search(asked.query()))


def _page(refs: Refs, asked: SearchAsked, results: Results | None) -> SearchPage:
    facets = _facets(refs, asked, results)
    total = results.total if results else 0
    pages = min(-(-total // asked.limit), LAST_PAGE)
    hits = results.hits if results else ()
    background = results.background if results and asked.page == 1 else ()
    chapter = (
        background[0] if results and results.has_chapter and background and asked.sort is Sort.BEST else None
    )
    first = (asked.page - 1) * asked.limit + 1
    is_nothing = results is not None and results.no_match and asked.page == 1
    offers = refs.library.offers(asked.text) if is_nothing else Offers((), ())
    has_earlier = any(book.editions > 1 for book in refs.handbooks)
    meant = results.meant if results else ""
    return SearchPage(
        url=asked.url,
        notice=refs.library.notices,
        text=asked.text,
        total=total,
        hits=tuple(hit_shown(refs, asked, hit, rank) for rank, hit in enumerate(hits, first)),
        shelves=_shelves(asked, results.facets if results and hits else ()),
        chapter=hit_shown(refs, asked, chapter, 1) if chapter else None,
        answers=answers_shown(refs, (chapter, *hits) if chapter else hits)
        if _is_sure(results, asked)
        else (),
        background=tuple(
            hit_shown(refs, asked, hit, rank) for rank, hit in enumerate(background[bool(chapter) :], 1)
        ),
        facets=facets,
        chosen=tuple(option for group in facets for option in group.options if option.is_chosen),
        sorts=_sorts(asked),
        sizes=_sizes(asked),
        feed=links.export(asked.url, "atom") if asked.text else "",
        constraints=_constraints(asked, results.constraints if results else ()),
        unfiltered=asked.unfiltered().url,
        is_empty=results is None,
        nothing=results.remarks if results and not hits else (),
        said=results.remarks if results and hits else (),
        meant=meant,
        meant_url=replace(asked, text=meant, page=1).url if meant else "",
        is_weak=bool(results and results.is_weak),
        no_match=bool(results and results.no_match),
        page=asked.page,
        pages=pages,
        previous=asked.on_page(min(asked.page - 1, pages)).url if asked.page > 1 and pages else "",
        next=asked.on_page(asked.page + 1).url if asked.page < pages else "",
        map=links.atlas(asked.on_page(1).url) if hits else "",
        took_ms=round(results.took_ms, 1) if results else 0.0,
        examples=() if hits else home.examples(refs),
        nearby=_nearby(refs, offers.values),
        rewordings=_rewordings(offers),
        earlier=earlier_shown(refs, asked) if results is not None and asked.with_earlier else None,
        has_books=len(refs.handbooks) > 1,
        other_editions=asked.other_editions().url if results is not None and has_earlier else "",
    )


def _sorts(asked: SearchAsked) -> tuple[Choice, ...]:
    return tuple(Choice(one.value, replace(asked, sort=one, page=1).url, one is asked.sort) for one in Sort)


def _sizes(asked: SearchAsked) -> tuple[Choice, ...]:
    return tuple(
        Choice(str(size), replace(asked, limit=size, page=1).url, size == asked.limit)
        for size in sorted({*PER_PAGE, asked.limit})
    )


def _rewordings(offers: Offers) -> tuple[Rewording, ...]:
    return tuple(Rewording(one.text, SearchAsked(one.text).url, one.total) for one in offers.wordings)


def _is_shelf(facet: str, value: str) -> bool:
    """Whether it is no value to narrow the results by, but a shelf of its own."""
    return facet == "kind" and value == Kind.SECTION


def _shelves(asked: SearchAsked, counts: tuple[FacetCount, ...]) -> tuple[Shelf, ...]:
    """Both shelves with their counts, where both have any and nothing else was chosen."""
    if asked.kinds not in ((), CHAPTERS):
        return ()
    by_kind = {count.value: count.count for count in counts if count.name == "kind"}
    chapters = by_kind.get(Kind.SECTION, 0)
    others = sum(by_kind.get(kind, 0) for kind in DEFAULT_KINDS)
    if not (chapters and others):
        return ()
    is_chapters = asked.kinds == CHAPTERS
    return (
        Shelf("answers", others, replace(asked, page=1, kinds=()).url, not is_chapters),
        Shelf("chapters", chapters, replace(asked, page=1, kinds=CHAPTERS).url, is_chapters),
    )


def _is_sure(results: Results | None, asked: SearchAsked) -> bool:
    """Whether the first results answer, as far as that can be told."""
    if results is None or asked.page > 1 or asked.sort is not Sort.BEST:
        return False
    return results.is_sure


def _constraints(asked: SearchAsked, found: Sequence[Constraint]) -> tuple[ConstraintShown, ...]:
    """What is preferred, by facet, with the ways to drop it and to insist on it."""
    shown = []
    for facet in dict.fromkeys(one.facet for one in found):
        own = tuple(one for one in found if one.facet == facet)
        values = tuple(one.value for one in own)
        shown.append(
            ConstraintShown(
                facet,
                values,
                tuple(one.label for one in own),
                tuple(one.typed for one in own),
                asked.without(facet).url,
                replace(asked, page=1, filters={**asked.filters, facet: values}).url,
            )
        )
    return tuple(shown)


def _nearby(refs: Refs, values: Sequence[tuple[str, str]]) -> tuple[TallyShown, ...]:
    """Lists of practices by these values of facets, those that the library has."""
    held = {
        (facet, bundle.key): bundle
        for facet in dict.fromkeys(facet for facet, _ in values)
        for bundle in browse.bundles_of(refs, facet)
        if bundle.key and bundle.records
    }
    return tuple(
        TallyShown(
            language.term(held[facet, value].label, facet),
            len(held[facet, value].records),
            links.browse(facet, value),
        )
        for facet, value in values
        if (facet, value) in held
    )


def _facets(refs: Refs, asked: SearchAsked, results: Results | None) -> tuple[FacetGroup, ...]:
    """The facets in their fixed order, those that narrow little last.

    A chosen value stays where nothing has it, so that it can be undone.
    """
    counts, coverage = (results.facets, results.coverage) if results else ((), {})
    groups = []
    for name in FACETS:
        chosen = asked.chosen(name)
        known = {count.value: count for count in counts if count.name == name}
        given = [
            (c.value, c.label, c.count)
            for c in known.values()
            if c.value in chosen or not _is_shelf(name, c.value)
        ]
        given += [(value, value, 0) for value in chosen if value not in known]
        options = [
            FacetOption(
                value=value,
                label=label,
                count=count,
                is_chosen=value in chosen,
                url=asked.toggled(name, value).url,
                language=refs.handbook(value).language if name == "handbook" and value in known else "",
                about=address(refs, name, value) if value in chosen else "",
            )
            for value, label, count in given
        ]
        if options:
            is_same = len(options) == 1 and results is not None and options[0].count >= results.total
            is_rare = not chosen and (is_same or coverage.get(name, 0.0) < LEAST_COVERAGE)
            is_open = bool(chosen) or (name in SHOWN_OPEN and len(options) <= MOST_OPEN)
            groups.append(FacetGroup(name, tuple(options), is_open and not is_rare, is_rare))
    return tuple(sorted(groups, key=lambda group: group.is_rare))


def outcome_of(shown: SearchPage) -> Outcome:
    """What became of a need."""
    return Outcome.NOTHING if shown.no_match else Outcome.WEAK if shown.is_weak else Outcome.ANSWERED


@serve(
    router, SearchPage, lambda given: search_page(given.refs, SearchAsked(NEED)), openapi_extra=params.OPENAPI
)
def get_search(request: Request) -> Response:
    """Practices, tools and annexes that answer a need, best first, each with its evidence and its page."""
    asked = params.parse(request.url.query)
    shown = search_page(refs_of(request, to_search=bool(asked.text)), asked)
    searched: Callable[[SearchAsked, Outcome], None] = request.app.state.searched
    searched(asked, outcome_of(shown))
    control: Control = request.app.state.control
    if (judging := control(request, asked.text)) is None:
        return respond(request, shown)
    return private(request, replace(shown, judging=judging))
