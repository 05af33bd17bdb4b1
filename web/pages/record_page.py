"""The page of one record: its fields, where they stand, what belongs to it and what resembles it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated, ClassVar

from fastapi import APIRouter, Query, Request
from starlette.responses import RedirectResponse, Response

from kb import FieldTable, Kind, Link, Origin, Record
from kb.words import vocabulary
from web.export import Catalogued, schema_org
from web.frame import (
    FAILURES,
    AnyPage,
    AreaShown,
    Correcting,
    CorrectingOf,
    Json,
    Picture,
    PlaceShown,
    RecordIdInPath,
    RecordRef,
    Refs,
    Shown,
    Signpost,
    boxes,
    linked,
    links,
    private,
    refs_of,
    respond,
    serve,
)
from web.pages import signposting
from web.pages.facts import Fact, facts_of, imprint_of
from web.pages.neighbours import SimilarShown, neighbours
from web.pages.once import KEY_FACTS, Once
from web.pages.originals import original

MOST_HISTORY = 10
router = APIRouter(responses=FAILURES)


@dataclass(frozen=True, slots=True)
class FieldShown(Shown):
    """A labelled part of a record, verbatim."""

    number: int
    """From 1, within its record."""
    label: str
    """As printed; empty for the introduction."""
    name: str
    """Canonical field name; empty where none fits."""
    display: str
    """The canonical name as words."""
    text: str
    """Paragraphs apart by blank lines; list items start with "• "."""
    origin: Origin
    """Stated in the handbook, inferred by a rule, or corrected by a person in review."""
    place: PlaceShown
    """Where it starts."""
    regions: tuple[AreaShown, ...]
    """Every place it takes up, in printed order; on several pages where it runs over."""
    url: str
    """Address that shows it lit on the picture of its page."""
    anchor: str
    """Fragment of the record's address that leads here."""
    links: tuple[Link, ...]
    """What words of it lead to, where the PDF keeps an address behind them."""
    notes: tuple[str, ...]
    """The footnotes whose markers stand in it."""
    tables: tuple[FieldTable, ...]
    """The tables in its text, each with its rows and where their flat rows stand in that."""
    in_facts: bool
    """Whether the facts say all of it, so that nobody need be shown it twice."""


@dataclass(frozen=True, slots=True)
class Standing(Shown):
    """An edition that has a record."""

    edition: int
    place: PlaceShown
    """Where the record starts in it."""
    url: str
    """Address of the record as this edition has it."""


@dataclass(frozen=True, slots=True)
class RecordPage(AnyPage):
    """One practice, tool, annex or section, whole."""

    template: ClassVar[str] = "record.html"
    paths: ClassVar[Mapping[str, str]] = {
        "/practices/{record_id}": "One practice",
        "/tools/{record_id}": "One tool",
        "/annexes/{record_id}": "One annex",
        "/sections/{record_id}": "One section",
    }

    record: RecordRef
    edition: int
    is_current: bool
    """Whether this is how the current edition of its handbook has it."""
    served: str
    """Address of the record in the current edition, where this is an earlier one's; else empty."""
    page_start: int
    page_end: int
    """PDF pages, from 1, both included."""
    last: PlaceShown
    """Where it ends."""
    path: tuple[str, ...]
    """The headings above it, outermost first."""
    annex: RecordRef | None
    facts: tuple[Fact, ...]
    imprint: tuple[Fact, ...]
    """Whose its handbook is, to cite it by."""
    original: str
    """Address of the PDF of its handbook; empty where no licence is stated that allows to share it."""
    absent: tuple[str, ...]
    """Names of key values the handbook does not state."""
    fields: tuple[FieldShown, ...]
    picture: Picture | None
    """The page asked for by `?page=`, at first that of the chosen field, else the one on which it starts."""
    chosen: int | None
    """Number of the field asked for by `?field=`, which is lit on its page; null while none is."""
    practices: tuple[RecordRef, ...]
    """Of a tool: the practices that use it. Of an annex: the practices in it."""
    tools: tuple[RecordRef, ...]
    """Of a practice: the tools it uses. Of an annex: the tools in it."""
    mentions: tuple[PlaceShown, ...]
    """Pages that name the tool."""
    similar: tuple[SimilarShown, ...]
    previous: RecordRef | None
    next: RecordRef | None
    """Neighbours of the same kind, in printed order."""
    confidence: float
    """How sure extraction is of this record, 0 to 1."""
    corrected: tuple[str, ...]
    """What a person corrected in review: retitle, merge, split, ...; empty as extracted."""
    by_ocr: tuple[PlaceShown, ...]
    """Its pages that were read by OCR."""
    history: tuple[Standing, ...]
    """The editions that have it, newest first."""
    changes: str
    """Address of what changed in its handbook; empty while that has one edition."""
    modified: str
    """Since when it reads as it does, but for its pages (UTC); empty of an earlier edition's."""
    correcting: Correcting | None = None
    """What a signed-in owner needs to correct it; null for readers."""

    def linked(self, origin: str) -> Json:
        """The record, a chapter; only what its handbook states, nothing inferred."""
        record = self.record
        pages = dict.fromkeys(field.place.url for field in self.fields if field.place.url)
        node = schema_org.record_node(self._about(origin), self.modified, (origin + url for url in pages))
        inside = self.practices if record.kind is Kind.ANNEX else ()
        return linked.whole(
            {
                **node,
                "pageStart": record.place.label,
                "pageEnd": self.last.label,
                "hasPart": [linked.chapter(one, origin) for one in inside],
                "mentions": [linked.chapter(tool, origin) for tool in self.tools],
            }
        )

    def signposts(self, origin: str) -> tuple[Signpost, ...]:
        """Its citation, its files, its handbook and licence."""
        if not self.is_current:
            return ()
        return signposting.record_signposts(self._about(origin), self.facts, origin, self.original)

    def _about(self, origin: str) -> Catalogued:
        return signposting.about_record(self.record, self.facts, self.imprint, origin, self.edition)


def record_page(
    refs: Refs, record: Record, shown_page: int | None = None, field: int | None = None, as_of: int = 0
) -> RecordPage:
    """A record, whole; `shown_page` is the PDF page to picture, `field` the number of the field to light.

    `as_of` is the edition that the record is of, where that was asked for and is not the served one.

    A page or a field that the record does not have (an address from an earlier edition) is as if not given.
    """
    once = Once.of(record)
    facts = facts_of(refs, record, once, as_of)
    edition = refs.edition_of(record)
    chosen = boxes.number_of(record, field)
    return RecordPage(
        url=links.as_of(record.kind, record.id, as_of) if as_of else links.record(record.kind, record.id),
        notice=refs.library.notices,
        record=refs.record(record),
        edition=record.edition,
        is_current=refs.is_current(record),
        served=_served(refs, record),
        page_start=record.page_start,
        page_end=record.page_end,
        last=refs.place(edition, record.page_end),
        path=record.path,
        annex=_annex(refs, record),
        facts=facts,
        imprint=imprint_of(refs, edition, refs.facts(edition)),
        original=original(refs, edition, refs.facts(edition)),
        absent=tuple(n for n in KEY_FACTS[record.kind] if n not in {fact.name for fact in facts}),
        fields=tuple(_field(refs, record, n, n in once.whole, as_of) for n in _numbers(record)),
        picture=_picture(refs, record, shown_page, chosen, as_of),
        chosen=chosen,
        practices=_practices(refs, record),
        tools=_tools(refs, record),
        mentions=tuple(refs.place(edition, page) for page in record.mentions),
        similar=neighbours(refs, record),
        previous=_neighbour(refs, record, -1),
        next=_neighbour(refs, record, +1),
        confidence=record.confidence,
        corrected=record.corrected,
        by_ocr=tuple(place for page in _pages(record) if (place := refs.place(edition, page)).is_ocr),
        history=_history(refs, record),
        changes=links.changes(record.handbook) if len(refs.library.dates(record.handbook)) > 1 else "",
        modified=refs.library.modified(record) if refs.is_current(record) else "",
    )


def _numbers(record: Record) -> range:
    """Of its fields."""
    return range(1, len(record.fields) + 1)


def _field(refs: Refs, record: Record, number: int, in_facts: bool, as_of: int) -> FieldShown:
    edition, field = refs.edition_of(record), record.fields[number - 1]
    return FieldShown(
        number=number,
        label=field.label,
        name=field.name,
        display=vocabulary.load().display(field.name) if field.name else "",
        text=field.text,
        origin=field.origin,
        place=refs.place(edition, field.page, record.id),
        regions=boxes.regions(edition, record, number, as_of),
        url=boxes.field_url(record, number, as_of=as_of),
        anchor=links.field_anchor(number),
        links=tuple(dict.fromkeys(link for link in field.links if link.url not in field.text)),
        notes=field.notes,
        tables=field.tables,
        in_facts=in_facts,
    )


def _pages(record: Record) -> list[int]:
    """The PDF pages a record stands on or is named on."""
    spans = (span.page for field in record.fields for span in field.spans)
    return sorted({*range(record.page_start, record.page_end + 1), *record.mentions, *spans})


def _picture(refs: Refs, record: Record, asked: int | None, chosen: int | None, as_of: int) -> Picture | None:
    pages = _pages(record)
    first = record.fields[chosen - 1].page if chosen else record.page_start
    page = asked if asked in pages else first
    at = pages.index(page)
    edition = refs.edition_of(record)
    if page > len(edition.pages):
        return None
    return refs.picture(
        edition,
        edition.pages[page - 1],
        _page_url(record, pages[at - 1], chosen, as_of) if at else "",
        _page_url(record, pages[at + 1], chosen, as_of) if at + 1 < len(pages) else "",
        boxes.of_record(record, page, chosen, as_of),
    )


def _page_url(record: Record, page: int, chosen: int | None, as_of: int) -> str:
    """The address that pictures a page; the chosen field stays chosen where it runs on to that page."""
    if chosen and page in {span.page for span in record.fields[chosen - 1].spans}:
        return boxes.field_url(record, chosen, page, as_of=as_of)
    return boxes.picture_url(record, page, as_of)


def _served(refs: Refs, record: Record) -> str:
    """The address of a record as it is served, where it is, and this is an earlier wording."""
    now = next((r for r in refs.records(record.handbook) if r.id == record.id), None)
    return links.record(now.kind, now.id) if now is not None and not refs.is_current(record) else ""


def _annex(refs: Refs, record: Record) -> RecordRef | None:
    annexes = refs.records(record.handbook, Kind.ANNEX)
    return next((refs.record(annex) for annex in annexes if annex.id == record.annex), None)


def _practices(refs: Refs, record: Record) -> tuple[RecordRef, ...]:
    if record.kind is Kind.TOOL:
        return refs.named(refs.library.users_of(record.id))
    return _inside(refs, record, Kind.PRACTICE)


def _tools(refs: Refs, record: Record) -> tuple[RecordRef, ...]:
    if record.kind is Kind.ANNEX:
        return _inside(refs, record, Kind.TOOL)
    known = {tool.id: tool for tool in refs.records(record.handbook, Kind.TOOL)}
    return refs.named(known[tool] for tool in record.tools if tool in known)


def _inside(refs: Refs, record: Record, kind: Kind) -> tuple[RecordRef, ...]:
    if record.kind is not Kind.ANNEX:
        return ()
    return refs.named(r for r in refs.records(record.handbook, kind) if r.annex == record.id)


def _neighbour(refs: Refs, record: Record, step: int) -> RecordRef | None:
    siblings = refs.records(record.handbook, record.kind)
    at = next((n for n, sibling in enumerate(siblings) if sibling.id == record.id), None)
    if at is None or not 0 <= at + step < len(siblings):
        return None
    return refs.record(siblings[at + step])


def found(refs: Refs, wanted: str, edition: int = 0) -> tuple[Record, int]:
    """A record by its id, and the edition that it is of where that was asked for and is not the served one, else 0.

    What was merged into another record by review is that other one.

    Raises:
        NotFoundError: there is no such record or edition, or its handbook was withdrawn.
    """
    record = refs.library.record(wanted)
    as_of = edition if edition and edition != refs.edition(record.handbook).number else 0
    if not as_of or record.id != wanted:
        return record, 0
    refs.library.store.require(record.handbook, as_of)
    return refs.library.store.record(wanted, as_of), as_of


@serve(router, RecordPage, lambda given: record_page(given.refs, given.record))
def get_record(
    request: Request,
    record_id: RecordIdInPath,
    page: Annotated[int | None, Query(description="PDF page to picture; the first unless given.")] = None,
    field: Annotated[int | None, Query(description="Number of the field to light on it, from 1.")] = None,
    edition: Annotated[
        int | None, Query(description="As this edition has it; the current one unless given.")
    ] = None,
) -> Response:
    """All of a record, with its tools, what resembles it, and the picture of a page.

    Each field names its places, with their boxes in points from the top left of the page.
    """
    named = refs_of(request)
    record, as_of = found(named, record_id, edition or 0)
    if record.id != record_id:  # merged into another by review, which can be undone: the address stays
        return RedirectResponse(links.like(request.url.path, links.record(record.kind, record.id)), 303)
    folder, given = links.FOLDERS[record.kind], request.url.path.split("/")[1]
    if folder != given:
        right = request.url.replace(scheme="", netloc="", path=request.url.path.replace(given, folder, 1))
        return RedirectResponse(right, 308)
    shown = record_page(named, record, page, field, as_of)
    correcting: CorrectingOf = request.app.state.correcting
    if not shown.is_current or (means := correcting(request, record)) is None:
        return respond(request, shown)
    return private(request, replace(shown, correcting=means))


def _history(refs: Refs, record: Record) -> tuple[Standing, ...]:
    """The editions that have a record, newest first; of very many the newest ones."""
    stands = refs.library.history(record)[:MOST_HISTORY]
    return tuple(
        Standing(
            number,
            refs.place(refs.numbered(record.handbook, number), page, record.id),
            _standing(refs, record, number),
        )
        for number, page in stands
    )


def _standing(refs: Refs, record: Record, number: int) -> str:
    is_served = number == refs.edition(record.handbook).number
    return links.record(record.kind, record.id) if is_served else links.as_of(record.kind, record.id, number)
