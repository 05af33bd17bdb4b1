"""The page of one record: its fields, where they stand, what belongs to it and what resembles it."""

from __future__ import annotations

from kb import Facet, Field, Kind, Origin, Record
from kb.editions import Action
from kb.words import vocabulary
from web.frame import boxes, links
from web.frame.context import Fact, FieldShown, Picture, RecordPage, RecordRef, SimilarShown
from web.frame.refs import Refs
from web.pages import changed

SIMILAR = 5
KEY_FACTS = {
    Kind.PRACTICE: ("institution", "country", "theme", "format", "level"),
    Kind.TOOL: (),
    Kind.ANNEX: (),
    Kind.SECTION: (),
}
"""What a reader looks for first; said to be absent where the handbook is silent."""
LISTED_BY = ("institution", "country", "theme")
"""Facets with a browse list of their own."""

PRINTED = frozenset({"duration", "ects"})
"""Amounts, which are shown as the handbook prints them."""


def record_page(
    refs: Refs, record: Record, shown_page: int | None = None, field: int | None = None, as_of: int = 0
) -> RecordPage:
    """A record, whole; `shown_page` is the PDF page to picture, `field` the number of the field to light.

    `as_of` is the edition that the record is of, where that was asked for and is not the served one.

    A page or a field that the record does not have (an address from an earlier edition) is as if not given.
    """
    facts = _facts(refs, record, as_of)
    edition = refs.edition_of(record)
    chosen = boxes.number_of(record, field)
    return RecordPage(
        url=links.as_of(record.kind, record.id, as_of) if as_of else links.record(record.kind, record.id),
        notice=refs.library.notice,
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
        absent=tuple(n for n in KEY_FACTS[record.kind] if n not in {fact.name for fact in facts}),
        fields=tuple(_field(refs, record, field, n, as_of) for n, field in enumerate(record.fields, 1)),
        picture=_picture(refs, record, shown_page, chosen, as_of),
        chosen=chosen,
        practices=_practices(refs, record),
        tools=_tools(refs, record),
        mentions=tuple(refs.place(edition, page) for page in record.mentions),
        similar=_similar(refs, record),
        previous=_neighbour(refs, record, -1),
        next=_neighbour(refs, record, +1),
        confidence=record.confidence,
        corrected=record.corrected,
        by_ocr=tuple(place for page in _pages(record) if (place := refs.place(edition, page)).is_ocr),
        history=changed.history(refs, record),
        changes=links.changes(record.handbook) if len(refs.library.store.dates(record.handbook)) > 1 else "",
    )


def _facts(refs: Refs, record: Record, as_of: int) -> tuple[Fact, ...]:
    """Key facts first, then the other facets, each value once."""
    terms = vocabulary.load()
    names = (*KEY_FACTS[record.kind], *(facet.name for facet in record.facets))
    facts = []
    for name in dict.fromkeys(names):
        for facet in dict.fromkeys(facet for facet in record.facets if facet.name == name):
            place = refs.place(refs.edition_of(record), facet.page) if facet.page else None
            value = (
                facet.printed if name in PRINTED and facet.printed else terms.term_label(name, facet.value)
            )
            url = links.browse(name, facet.value) if name in LISTED_BY else ""
            facts.append(Fact(name, value, facet.origin, place, _source(record, facet, as_of), url))
        if name == "institution" and record.institution and not record.values(name):
            url = links.browse(name, record.institution)
            facet = Facet(name, record.institution)
            facts.append(Fact(name, facet.value, facet.origin, None, _source(record, facet, as_of), url))
    return tuple(facts)


def _source(record: Record, facet: Facet, as_of: int) -> str:
    """The address that shows where a value is stated: its field, else its page."""
    if facet.origin is not Origin.STATED:
        return ""
    field = boxes.stating(record, facet.name, facet.printed or facet.value, facet.page)
    if field is not None:
        return boxes.field_url(record, field, facet.page or 0, as_of=as_of)
    return _picture_url(record, facet.page, as_of) if facet.page else ""


def _field(refs: Refs, record: Record, field: Field, number: int, as_of: int) -> FieldShown:
    edition = refs.edition_of(record)
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
    return _picture_url(record, page, as_of)


def _picture_url(record: Record, page: int, as_of: int) -> str:
    edition = f"&edition={as_of}" if as_of else ""
    return f"{links.record(record.kind, record.id)}?page={page}{edition}#{links.PICTURE}"


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


def _similar(refs: Refs, record: Record) -> tuple[SimilarShown, ...]:
    is_served = refs.is_current(record) and Action.DISCARD not in record.corrected
    if record.kind not in (Kind.PRACTICE, Kind.TOOL) or not is_served:
        return ()
    return tuple(
        SimilarShown(refs.record(near.record), round(near.score, 4), near.reasons)
        for near in refs.library.similar(record.id, SIMILAR)
    )


def _neighbour(refs: Refs, record: Record, step: int) -> RecordRef | None:
    siblings = refs.records(record.handbook, record.kind)
    at = next((n for n, sibling in enumerate(siblings) if sibling.id == record.id), None)
    if at is None or not 0 <= at + step < len(siblings):
        return None
    return refs.record(siblings[at + step])
