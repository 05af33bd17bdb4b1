"""The page of a handbook, with what was found in it and what was not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from fastapi import APIRouter, Request
from starlette.responses import Response

from kb import Edition, Kind, Said
from kb.care import left_out
from web.export import CataloguedBook, schema_org
from web.frame import (
    FAILURES,
    Account,
    AnyPage,
    CaveatGroup,
    HandbookIdInPath,
    HandbookRef,
    Json,
    Picture,
    PlaceShown,
    RecordRef,
    Refs,
    Saying,
    Shown,
    Signpost,
    account,
    linked,
    links,
    refs_of,
    respond,
    serve,
    shortened,
)
from web.pages import signposting
from web.pages.facts import Fact, imprint_of
from web.pages.originals import original

LEFT_TEXT = 160

router = APIRouter(responses=FAILURES)


@dataclass(frozen=True, slots=True)
class Chapter(Shown):
    """An annex with what stands in it, or (annex null) what stands outside any."""

    annex: RecordRef | None
    practices: tuple[RecordRef, ...]
    tools: tuple[RecordRef, ...]


@dataclass(frozen=True, slots=True)
class SectionShown(Shown):
    """A section in a handbook's outline."""

    record: RecordRef
    depth: int
    """How many headings stand above it."""


@dataclass(frozen=True, slots=True)
class Left(Shown):
    """Text that went into no record."""

    place: PlaceShown
    text: str


@dataclass(frozen=True, slots=True)
class LeftGroup(Shown):
    """Texts left over for one reason."""

    reason: Saying
    items: tuple[Left, ...]


@dataclass(frozen=True, slots=True)
class HiddenShown(Shown):
    """Text that a reader of the page cannot see; what it says is not shown."""

    place: PlaceShown
    reason: Saying
    """How it is hidden."""


@dataclass(frozen=True, slots=True)
class HandbookPage(AnyPage):
    """One handbook: what was found in it and what was not."""

    template: ClassVar[str] = "handbook.html"
    paths: ClassVar[Mapping[str, str]] = {"/handbooks/{handbook}": "One handbook"}

    handbook: HandbookRef
    facts: tuple[Fact, ...]
    """Whose it is: authors, publisher, year, licence, ISBN, DOI, country, each with where it is printed."""
    publisher: str
    subjects: tuple[str, ...]
    """What its owner says it is about."""
    licence: str
    original: str
    """Address of the PDF it was read from; empty where no licence is stated that allows to share it."""
    own_page: str
    """Whose it is and its web page elsewhere, as the owner of the library states them; empty where nobody did."""
    editions: int
    pages: int
    file_name: str
    source: str
    ingested_at: str
    sha256: str
    counts: dict[str, int]
    cover: Picture | None
    chapters: tuple[Chapter, ...]
    sections: tuple[SectionShown, ...]
    account: Account
    """Where the text of the handbook went."""
    caveats: tuple[CaveatGroup, ...]
    """What was amiss when it was read, worst first: look at it. Empty for an edition read before this was kept."""
    left: tuple[LeftGroup, ...]
    """Text that went into no record, by reason."""
    missing: tuple[str, ...]
    """Annexes and headings that its contents page or outline lists, and that were not found."""
    hidden: tuple[HiddenShown, ...]
    """Places of text that a reader of the page cannot see: kept out of search, pages and exports."""
    needs_ocr: tuple[PlaceShown, ...]
    """Pages that are pictures only and were not read."""
    by_ocr: tuple[PlaceShown, ...]
    """Pages read by OCR."""

    def linked(self, origin: str) -> Json:
        """The handbook with its records."""
        parts = [
            linked.chapter(one, origin)
            for chapter in self.chapters
            for one in (*((chapter.annex,) if chapter.annex else ()), *chapter.practices, *chapter.tools)
        ]
        pdf = {"@type": "MediaObject", "encodingFormat": "application/pdf"}
        return linked.whole(
            {
                **schema_org.book_node(self._about(origin)),
                "identifier": self.handbook.id,
                "numberOfPages": self.pages,
                "isBasedOn": self.source if self.source.startswith(("http://", "https://")) else "",
                "encoding": {**pdf, "contentUrl": origin + self.original} if self.original else "",
                "hasPart": parts,
            }
        )

    def signposts(self, origin: str) -> tuple[Signpost, ...]:
        """Its citation, its files and licence."""
        return signposting.book_signposts(self._about(origin), origin, self.original)

    def _about(self, origin: str) -> CataloguedBook:
        number = self.handbook.edition
        return signposting.about_book(self.handbook, self.facts, origin, number, self.subjects)


def handbook_page(refs: Refs, handbook: str) -> HandbookPage:
    """A handbook's current edition.

    Raises:
        NotFoundError: there is no such handbook.
    """
    edition = refs.edition(handbook)
    known = next((book for book in refs.handbooks if book.id == handbook), None)
    stated = refs.library.store.handbook(handbook)  # not the catalogue's: it may be stated at any time
    return HandbookPage(
        url=links.handbook(handbook),
        notice=refs.library.notices,
        handbook=refs.handbook(handbook),
        facts=imprint_of(refs, edition, stated.facts),
        publisher=stated.publisher,
        subjects=stated.subjects,
        licence=stated.licence,
        original=original(refs, edition, stated.facts),
        own_page=stated.url,
        editions=known.editions if known else edition.number,
        pages=len(edition.pages),
        file_name=edition.file_name,
        source=edition.source,
        ingested_at=edition.ingested_at,
        sha256=edition.sha256,
        counts=dict(known.counts) if known else {},
        cover=refs.picture(edition, edition.pages[0]) if edition.pages else None,
        chapters=_chapters(refs, handbook),
        sections=tuple(
            SectionShown(refs.record(section), len(section.path))
            for section in refs.records(handbook, Kind.SECTION)
        ),
        account=account.account(edition.ledger),
        caveats=account.caveats(refs, edition, refs.records(handbook)),
        left=_left(refs, edition),
        missing=edition.missing,
        hidden=tuple(HiddenShown(refs.place(edition, part.page), left_out(part)) for part in edition.hidden),
        needs_ocr=tuple(refs.place(edition, page.number) for page in edition.pages if page.needs_ocr),
        by_ocr=tuple(refs.place(edition, page.number) for page in edition.pages if page.is_ocr),
    )


def _chapters(refs: Refs, handbook: str) -> tuple[Chapter, ...]:
    """What stands outside any annex first, then annex by annex."""
    annexes = refs.records(handbook, Kind.ANNEX)
    known = {annex.id for annex in annexes}

    def inside(kind: Kind, annex: str) -> tuple[RecordRef, ...]:
        records = refs.records(handbook, kind)
        return refs.named(r for r in records if (r.annex if r.annex in known else "") == annex)

    chapters = [Chapter(None, inside(Kind.PRACTICE, ""), inside(Kind.TOOL, ""))]
    chapters += [
        Chapter(refs.record(a), inside(Kind.PRACTICE, a.id), inside(Kind.TOOL, a.id)) for a in annexes
    ]
    return tuple(c for c in chapters if c.annex or c.practices or c.tools)


def _left(refs: Refs, edition: Edition) -> tuple[LeftGroup, ...]:
    reasons: dict[Said, list[Left]] = {}
    for left in edition.unassigned:
        place = refs.place(edition, left.page)
        reasons.setdefault(left_out(left), []).append(Left(place, shortened(left.text, LEFT_TEXT)))
    return tuple(LeftGroup(reason, tuple(items)) for reason, items in reasons.items())


@serve(router, HandbookPage, lambda given: handbook_page(given.refs, given.record.handbook))
def get_handbook(request: Request, handbook: HandbookIdInPath) -> Response:
    """Its annexes, practices, tools and sections, and the account of where its text went."""
    return respond(request, handbook_page(refs_of(request), handbook))
