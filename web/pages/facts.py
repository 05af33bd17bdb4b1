"""The key values of a record, each with where it is stated."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kb import Edition, Facet, Origin, Record
from kb.words import vocabulary
from web.export import PRINTED, origin_of
from web.frame import PlaceShown, Refs, Shown, boxes
from web.pages.once import KEY_FACTS, Once
from web.pages.portrayed import address


@dataclass(frozen=True, slots=True)
class Fact(Shown):
    """One key value of a record."""

    name: str
    """institution, country, theme, format, level, ..."""
    value: str
    origin: Origin
    """Stated in the handbook, mapped from other words that are printed there, inferred by a rule, or corrected by a
    person in review."""
    place: PlaceShown | None
    """Where it is stated, if that is known."""
    source: str
    """Address that shows where it is stated, lit if its field is known; empty where nothing states it."""
    url: str
    """Address of the page of the university, country or theme; empty of other values."""
    mapped_from: str = ""
    """The words there that mean the value, where they are others than its own; else empty."""
    field: int | None = None
    """Number of the labelled field that states it, from 1; null where that is not known."""
    is_in_text: bool = False
    """Whether words that are shown anyway hold it, so that nobody need be shown it twice."""


def facts_of(refs: Refs, record: Record, once: Once, as_of: int) -> tuple[Fact, ...]:
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
            url = address(refs, name, facet.value)
            words = "" if value == facet.printed else terms.mapped_from(name, facet.value, facet.printed)
            source = _source(record, facet, as_of)
            shown = once.places[facet], once.is_in_text(facet)
            facts.append(Fact(name, value, origin_of(facet, words), place, source, url, words, *shown))
        if name == "institution" and record.institution and not record.values(name):
            url = address(refs, name, record.institution)
            facet = Facet(name, record.institution)
            facts.append(Fact(name, facet.value, facet.origin, None, _source(record, facet, as_of), url))
    return tuple(facts)


def imprint_of(refs: Refs, edition: Edition, facts: Iterable[Facet]) -> tuple[Fact, ...]:
    """Whose an edition is, each value with the page that prints it; the title is that of its page."""
    found = []
    for fact in facts:
        place = refs.place(edition, fact.page, find=fact.printed or fact.value) if fact.page else None
        if fact.name != "title":
            words = fact.printed if fact.origin is Origin.MAPPED else ""
            found.append(
                Fact(fact.name, fact.value, fact.origin, place, place.url if place else "", "", words)
            )
    return tuple(found)


def _source(record: Record, facet: Facet, as_of: int) -> str:
    """The address that shows where a value is stated: its field, else its page."""
    if facet.origin not in (Origin.STATED, Origin.MAPPED):
        return ""
    field = boxes.stating(record, facet.name, facet.printed or facet.value, facet.page)
    if field is not None:
        return boxes.field_url(record, field, facet.page or 0, as_of=as_of)
    return boxes.picture_url(record, facet.page, as_of) if facet.page else ""
