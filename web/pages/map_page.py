"""The page that shows the library as a map, and lights up on it what answers a need."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, ClassVar

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from kb import Kind, Record
from kb.map import Atlas, Maps, Point
from kb.search import DEFAULT_KINDS, Results
from web.frame import (
    FAILURES,
    MOST_PER_PAGE,
    NEED,
    AnyPage,
    HandbookRef,
    Refs,
    SearchAsked,
    Shown,
    links,
    params,
    refs_of,
    respond,
    serve,
)
from web.pages import outlines as labels
from web.pages.choices import FacetGroup, FacetOption

CLEAR, FAIR = 0.75, 0.5
"""Shares of the best score from which a hit is lit most, and clearly."""
LISTED = 10
BETWEEN = " · "
_KINDS = [kind.value for kind in DEFAULT_KINDS]

router = APIRouter(responses=FAILURES)


@dataclass(frozen=True, slots=True)
class Spot(Shown):
    """A record on the map."""

    id: str
    kind: Kind
    title: str
    url: str
    language: str
    institution: str
    """Empty where the handbook states none."""
    handbook: HandbookRef
    x: float
    """From the left, in percent of the frame."""
    y: float
    """From the top, in percent of the frame."""
    region: int
    """Number of its region, from 1."""
    rank: int | None
    """Among the answers to the need, from 1; null where it is none, or none was asked."""
    light: int
    """How well it answers: 3 as well as the best, 2 fairly, 1 a little, 0 not at all."""
    is_marked: bool
    """Whether it is the record that was asked for."""


@dataclass(frozen=True, slots=True)
class RegionShown(Shown):
    """Records that lie together on the map."""

    number: int
    """From 1, the largest first."""
    words: tuple[str, ...]
    """What tells its records from the others, best first, in their languages."""
    count: int
    """Records shown in it."""
    x: float
    """Middle of its name, in percent of the frame from the left."""
    y: float
    """Middle of its name, in percent of the frame from the top."""
    outline: tuple[tuple[float, float], ...]
    """The corners of a line around its records, in percent of the frame."""
    spots: tuple[Spot, ...]
    """Its records, by title."""


@dataclass(frozen=True, slots=True)
class MapPage(AnyPage):
    """Where the practices, tools and annexes of the library lie: what is alike lies together."""

    template: ClassVar[str] = "map.html"
    paths: ClassVar[Mapping[str, str]] = {"/map": "The library as a map"}

    text: str
    """The need whose answers are lit; empty for none."""
    total: int
    """Records shown."""
    lit: int
    """Of them those that answer the need."""
    is_by_meaning: bool
    """Whether records are placed by what they mean; else by their words, as there are no vectors."""
    no_match: bool
    """Nothing answers the need; what is lit, if anything, is only the nearest."""
    results: str
    """Address of the same search as a list."""
    unlit: str
    """Address of the same map without the need."""
    regions: tuple[RegionShown, ...]
    facets: tuple[FacetGroup, ...]
    """Kinds and handbooks to show alone, with the number of records of each."""
    narrowed: tuple[FacetOption, ...]
    """The other filters of the search, each with the address that undoes it."""
    best: tuple[Spot, ...]
    """The best answers that are lit, best first."""
    marked: Spot | None
    """The record that was asked for."""


def map_page(refs: Refs, drawn: Atlas | None, asked: SearchAsked, marked: str = "") -> MapPage:
    """The map, with the answers to what is asked lit, and one record marked.

    Raises:
        InputError: the text is too long, or only punctuation.
        NotFoundError: the record that is to be marked is not in the library.
    """
    asked = replace(asked, page=1, limit=MOST_PER_PAGE)
    wanted = refs.library.record(marked).id if marked else ""
    results = refs.library.search(asked.query()) if asked.text else None
    spots = _spots(refs, drawn, results, wanted)
    shown = tuple(spot for spot in spots if _is_shown(asked, spot))
    lit = sorted((spot for spot in shown if spot.rank), key=lambda spot: spot.rank or 0)
    plain = replace(asked, limit=SearchAsked().limit)
    return MapPage(
        url=links.atlas(plain.url, wanted),
        notice=refs.library.notices,
        text=asked.text,
        total=len(shown),
        lit=len(lit),
        is_by_meaning=drawn is None or drawn.is_by_meaning,
        no_match=bool(results and results.no_match),
        results=plain.url,
        unlit=links.atlas(replace(plain, text="").url),
        regions=_regions(drawn, spots, shown) if drawn else (),
        facets=_facets(plain, spots),
        narrowed=_narrowed(plain),
        best=tuple(lit[:LISTED]),
        marked=next((spot for spot in shown if spot.is_marked), None),
    )


@dataclass(frozen=True, slots=True)
class _Pin:
    """What of a record is on the map, wherever it lies."""

    id: str
    kind: Kind
    title: str
    language: str
    institution: str
    handbook: str

    @classmethod
    def of(cls, record: Record) -> _Pin:
        return cls(
            record.id,
            record.kind,
            record.title,
            sys.intern(record.language),
            sys.intern(record.institution),
            sys.intern(record.handbook),
        )


def _spots(refs: Refs, drawn: Atlas | None, results: Results | None, marked: str) -> tuple[Spot, ...]:
    if drawn is None:
        return ()
    held = refs.library.once("pins", lambda: {r.id: _Pin.of(r) for r in refs.everything(*DEFAULT_KINDS)})
    hits = results.hits if results else ()
    ranks = {hit.record.id: rank for rank, hit in enumerate(hits, 1)}
    best = max((hit.score for hit in hits), default=0.0)
    lights = {hit.record.id: _light(hit.score, best) for hit in hits}
    return tuple(
        _spot(refs, held[point.record], point, ranks.get(point.record), lights, marked)
        for point in drawn.points
        if point.record in held
    )


def _spot(
    refs: Refs, record: _Pin, point: Point, rank: int | None, lights: dict[str, int], marked: str
) -> Spot:
    x, y = labels.shown_at(point.x, point.y)
    return Spot(
        id=record.id,
        kind=record.kind,
        title=record.title,
        url=links.record(record.kind, record.id),
        language=record.language,
        institution=record.institution,
        handbook=refs.handbook(record.handbook),
        x=x,
        y=y,
        region=point.region + 1,
        rank=rank,
        light=lights.get(record.id, 0),
        is_marked=record.id == marked,
    )


def _light(score: float, best: float) -> int:
    return 3 if score >= CLEAR * best else 2 if score >= FAIR * best else 1


def _is_shown(asked: SearchAsked, spot: Spot) -> bool:
    kinds, books = asked.kinds, asked.chosen("handbook")
    return (not kinds or spot.kind in kinds) and (not books or spot.handbook.id in books)


def _regions(drawn: Atlas, spots: Sequence[Spot], shown: Sequence[Spot]) -> tuple[RegionShown, ...]:
    """The regions with what is shown in each; names and outlines stay in place whatever is filtered."""
    whole = [[spot for spot in spots if spot.region == n] for n in range(1, len(drawn.regions) + 1)]
    names = tuple(f"{n}  {BETWEEN.join(region.words)}" for n, region in enumerate(drawn.regions, 1))
    places = tuple(tuple((spot.x, spot.y) for spot in inside) or ((50.0, 50.0),) for inside in whole)
    found = []
    for number, (region, at) in enumerate(
        zip(drawn.regions, labels.name_places(names, places), strict=True), 1
    ):
        inside = sorted(
            (spot for spot in shown if spot.region == number), key=lambda s: (s.title.casefold(), s.id)
        )
        if inside:
            line = labels.outline(places[number - 1])
            found.append(RegionShown(number, region.words, len(inside), *at, line, tuple(inside)))
    return tuple(found)


def _facets(asked: SearchAsked, spots: Iterable[Spot]) -> tuple[FacetGroup, ...]:
    """Kinds and handbooks, each counted under the other's choice; a facet of one value is no choice."""
    spots = tuple(spots)
    groups = []
    for name in ("kind", "handbook"):
        others = replace(asked, kinds=()) if name == "kind" else replace(asked, filters={})
        values = Counter(_value(spot, name) for spot in spots if _is_shown(others, spot))
        titles = {_value(spot, name): _label(spot, name) for spot in spots}
        order = sorted(titles, key=_KINDS.index) if name == "kind" else list(titles)
        chosen = asked.chosen(name)
        options = tuple(
            FacetOption(
                value,
                titles[value],
                values[value],
                value in chosen,
                links.atlas(asked.toggled(name, value).url),
            )
            for value in order
        )
        options += tuple(  # a choice that fits nothing here stays, so that it can be undone
            FacetOption(value, value, 0, True, links.atlas(asked.toggled(name, value).url))
            for value in chosen
            if value not in titles
        )
        if len(options) > 1:
            groups.append(FacetGroup(name, options, True))
    return tuple(groups)


def _narrowed(asked: SearchAsked) -> tuple[FacetOption, ...]:
    return tuple(
        FacetOption(value, value, 0, True, links.atlas(asked.toggled(name, value).url))
        for name, values in asked.filters.items()
        if name != "handbook"
        for value in values
    )


def _value(spot: Spot, name: str) -> str:
    return spot.kind.value if name == "kind" else spot.handbook.id


def _label(spot: Spot, name: str) -> str:
    return spot.kind.value if name == "kind" else spot.handbook.title


@serve(
    router,
    MapPage,
    lambda given: map_page(given.refs, given.maps.of(given.refs.library), SearchAsked(NEED)),
    openapi_extra=params.OPENAPI,
)
def get_map(
    request: Request,
    record: Annotated[str, Query(description="Id of the record to mark.")] = "",
) -> Response:
    """Practices, tools and annexes as points, like ones together; a search lights up its answers."""
    maps: Maps = request.app.state.maps
    asked = params.parse(request.url.query)
    named = refs_of(request, to_search=bool(asked.text))
    return respond(request, map_page(named, maps.of(named.library), asked, record))
