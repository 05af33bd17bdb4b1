"""A page for each university, country and theme: what it leads, what it takes part in, its tools and handbooks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from kb import Kind, Record
from kb.words import label
from web.frame import (
    FAILURES,
    AnyPage,
    HandbookRef,
    Json,
    RecordRef,
    Refs,
    Shown,
    TallyShown,
    language,
    linked,
    links,
    refs_of,
    respond,
    serve,
)
from web.pages.browse import bundles_of
from web.pages.matrix import matrix_url
from web.pages.portrayed import PARTNER, address, portrayed, value_of

MOST = 50
"""Records of one list; the whole is a click away."""
ABOUT = ("institution", "country", "theme", "format", "level")
"""What the practices of a value are counted by."""
TYPES = {"institution": "CollegeOrUniversity", "country": "Country", "theme": "DefinedTerm"}

router = APIRouter(responses=FAILURES)


@dataclass(frozen=True, slots=True)
class ToolShare(Shown):
    """A tool, and how many of these practices use it."""

    record: RecordRef
    count: int


@dataclass(frozen=True, slots=True)
class HandbookShare(Shown):
    """A handbook, and how many of these practices stand in it."""

    handbook: HandbookRef
    count: int


@dataclass(frozen=True, slots=True)
class TallyGroup(Shown):
    """How many of these practices have each value of another facet, most first."""

    name: str
    """institution, country, theme, format, level."""
    tallies: tuple[TallyShown, ...]
    """The address of each is that of its own page, else of the practices that have both."""


@dataclass(frozen=True, slots=True)
class PortraitPage(AnyPage):
    """One university, country or theme."""

    template: ClassVar[str] = "portrait.html"
    paths: ClassVar[Mapping[str, str]] = {
        "/institutions/{name}": "One university or other institution",
        "/countries/{name}": "One country",
        "/themes/{name}": "One theme",
    }

    facet: str
    """institution, country or theme."""
    value: str
    """The value that records are filtered by."""
    label: str
    """The value in English words."""
    leads: tuple[RecordRef, ...]
    """The practices that have it, at most 50 of them."""
    total: int
    """How many there are."""
    inferred: int
    """Those of them that have it by a rule, with no page that prints so."""
    takes_part: tuple[RecordRef, ...]
    """Of an institution: practices of others that name it as a partner, at most 50 of them."""
    partner_total: int
    """How many there are."""
    tools: tuple[ToolShare, ...]
    """Tools that these practices use, the most used first, at most 50 of them."""
    handbooks: tuple[HandbookShare, ...]
    """Where these practices stand, most first."""
    about: tuple[TallyGroup, ...]
    """What else these practices have in common."""
    all_practices: str
    """Address of the practices that it leads or takes part in, as a list that can be sorted, narrowed and exported;
    empty of none."""
    matrix: str
    """Address of the table that compares it with others."""

    def linked(self, origin: str) -> Json:
        """The university, country or theme, with the chapters about its practices."""
        return linked.whole(
            {
                "@type": TYPES[self.facet],
                "@id": origin + self.url,
                "url": origin + self.url,
                "name": self.label,
                "subjectOf": [linked.chapter(one, origin) for one in self.leads],
            }
        )


def portrait_page(refs: Refs, facet: str, name: str) -> PortraitPage:
    """The page of a value by its name in the address.

    Raises:
        NotFoundError: there is none.
    """
    value = value_of(refs, facet, name)
    bundle = next((one for one in bundles_of(refs, facet) if one.key == value), None)
    leads: Sequence[Record] = bundle.records if bundle else ()
    others = _taking_part(refs, facet, value)
    both = [*leads, *others]
    return PortraitPage(
        url=links.portrait(facet, name),
        notice=refs.library.notices,
        facet=facet,
        value=value,
        label=label(facet, value),
        leads=refs.named(leads[:MOST]),
        total=len(leads),
        inferred=bundle.inferred if bundle else 0,
        takes_part=refs.named(others[:MOST]),
        partner_total=len(others),
        tools=_tools(refs, both, facet, value),
        handbooks=_handbooks(refs, both),
        about=tuple(_about(refs, facet, value, other, both) for other in ABOUT if other != facet),
        all_practices=links.having(((facet, value),)) if both else "",
        matrix=matrix_url(facet),
    )


def _taking_part(refs: Refs, facet: str, value: str) -> Sequence[Record]:
    """The practices that name a value as a partner, but for those that it leads."""
    if facet not in PARTNER:
        return ()
    found = refs.library.once("practices by partner", lambda: _by_partner(refs, PARTNER[facet]))
    return tuple(one for one in found.get(value, ()) if value not in (one.institution, *one.values(facet)))


def _by_partner(refs: Refs, partner: str) -> dict[str, list[Record]]:
    found: dict[str, list[Record]] = {}
    for practice in refs.everything(Kind.PRACTICE):
        for value in dict.fromkeys(practice.values(partner)):
            found.setdefault(value, []).append(practice)
    return found


def _tools(refs: Refs, practices: Iterable[Record], facet: str, value: str) -> tuple[ToolShare, ...]:
    """The tools that practices use; those that have the value themselves, too."""
    uses = Counter(tool for practice in practices for tool in dict.fromkeys(practice.tools))
    known = {
        tool.id: tool for tool in refs.everything(Kind.TOOL) if tool.id in uses or _has(tool, facet, value)
    }
    order = sorted(known, key=lambda tool: (-uses[tool], known[tool].title.casefold(), tool))
    return tuple(ToolShare(refs.record(known[tool]), uses[tool]) for tool in order[:MOST])


def _has(record: Record, facet: str, value: str) -> bool:
    own = (record.institution,) if facet == "institution" else ()
    return value in (*own, *record.values(facet))


def _handbooks(refs: Refs, practices: Iterable[Record]) -> tuple[HandbookShare, ...]:
    counted = Counter(practice.handbook for practice in practices)
    order = sorted(counted, key=lambda book: (-counted[book], book))
    return tuple(HandbookShare(refs.handbook(book), counted[book]) for book in order)


def _about(refs: Refs, facet: str, value: str, other: str, practices: Iterable[Record]) -> TallyGroup:
    counted: Counter[str] = Counter()
    for practice in practices:
        own = (practice.institution,) if other == "institution" and practice.institution else ()
        counted.update(dict.fromkeys((*own, *practice.values(other)), 1))
    order = sorted(counted, key=lambda one: (-counted[one], label(other, one).casefold()))
    return TallyGroup(
        other,
        tuple(
            TallyShown(
                language.term(label(other, one), other),
                counted[one],
                address(refs, other, one) or links.having(((facet, value), (other, one))),
            )
            for one in order
        ),
    )


def named_at(refs: Refs, path: str) -> tuple[str, str]:
    """The facet that an address is of, and the first name it has, for the example of the API."""
    facet = next(facet for facet, folder in links.PORTRAITS.items() if folder == path.split("/")[1])
    return facet, next(iter(portrayed(refs, facet).values), "")


@serve(router, PortraitPage, lambda given: portrait_page(given.refs, *named_at(given.refs, given.path)))
def get_portrait(
    request: Request,
    name: Annotated[str, Path(description="Its name in letters and digits, as lists and records link it.")],
) -> Response:
    """What it leads and takes part in, with the tools and handbooks of these practices."""
    named = refs_of(request)
    facet, _ = named_at(named, request.url.path)
    return respond(request, portrait_page(named, facet, name))


def addresses(refs: Refs) -> tuple[str, ...]:
    """Of every page."""
    return tuple(
        links.portrait(facet, name) for facet in links.PORTRAITS for name in portrayed(refs, facet).values
    )
