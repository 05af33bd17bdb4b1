"""A record as it is handed out: flat, whole, every value with its origin and its page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from kb import Facet, Field, FieldTable, Kind, Origin, Record, straight
from kb.words import vocabulary
from web.frame import Refs, Shown, links, shortened

PRINTED = frozenset({"duration", "ects"})
"""Amounts, which are shown as the handbook prints them."""
MOST_NEED = 400  # characters
_NOT_TEXT = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0, and so a workbook, cannot hold; broken PDFs bring some."""


@dataclass(frozen=True, slots=True)
class ValueExported(Shown):
    """One value of a facet."""

    name: str
    """institution, country, theme, format, level, ..."""
    value: str
    """The value that it is filtered by."""
    label: str
    """The value in English words; an amount as the handbook prints it."""
    origin: Origin
    """Stated in the handbook, mapped from other words that are printed there, inferred by a rule, or corrected by a
    person in review."""
    pdf_page: int | None
    """PDF page that states it, from 1; null where none does, or it is not known."""
    printed_page: str
    """The page number printed there; empty where none is."""
    mapped_from: str = ""
    """The words there that mean the value, where they are others than its own; else empty."""


@dataclass(frozen=True, slots=True)
class FieldExported(Shown):
    """A labelled part of a record, verbatim."""

    label: str
    """As printed; empty for the introduction."""
    name: str
    """Canonical field name; empty where none fits."""
    text: str
    """Paragraphs apart by blank lines; list items start with "• "."""
    origin: Origin
    """Stated in the handbook, inferred by a rule, or corrected by a person in review."""
    pdf_page: int
    """PDF page on which it starts, from 1."""
    printed_page: str
    """The page number printed there; empty where none is."""
    tables: tuple[FieldTable, ...] = ()
    """The tables in its text, each with its rows and where their flat rows stand in that."""


@dataclass(frozen=True, slots=True)
class Exported(Shown):
    """A practice, tool, annex or section, whole."""

    id: str
    """Stable over editions."""
    url: str
    """Its permanent address."""
    kind: Kind
    title: str
    institution: str
    """Empty where the handbook states none."""
    country: str
    """Empty where the handbook states none."""
    inferred: tuple[str, ...]
    """Which of institution and country a rule found and no page prints as such."""
    summary: str
    """What it is, in the first whole sentences of its most telling field, shortened."""
    language: str
    """Language of its text (ISO 639-1)."""
    handbook: str
    """Id of the handbook."""
    handbook_title: str
    handbook_url: str
    edition: int
    """The edition of the handbook that this is read from, from 1."""
    handbook_imprint: tuple[ValueExported, ...]
    """Whose the handbook is: author, publisher, year, licence, isbn, doi, country, as far as they are known."""
    annex: str
    """The annex it stands in, as printed; empty outside any."""
    pdf_page_first: int
    pdf_page_last: int
    """PDF pages, from 1, both included."""
    printed_page_first: str
    printed_page_last: str
    """The page numbers printed there; empty where none are."""
    tools: tuple[str, ...]
    """Of a practice: titles of the tools it uses."""
    facets: tuple[ValueExported, ...]
    fields: tuple[FieldExported, ...]
    corrected: tuple[str, ...]
    """What a person corrected in review: retitle, merge, ...; empty as extracted."""
    confidence: float
    """How sure extraction is of this record, 0 to 1."""
    rank: int = 1
    """Its place in the export, from 1: of answers, best first."""
    need: str = ""
    """The need that it says it meets, shortened; empty where it states none."""
    evidence: str = ""
    """Of an answer: the words of the handbook that answer; else empty."""
    evidence_pdf_page: int | None = None
    """PDF page on which these stand, from 1."""
    evidence_printed_page: str = ""
    """The page number printed there; empty where none is."""


@dataclass(frozen=True, slots=True)
class ExportPage(Shown):
    """What an export holds."""

    total: int
    """How many records there are; more than are here where an export's limit cut them."""
    records: tuple[Exported, ...]


Quoted = Mapping[str, tuple[str, int]]
"""The words that answer and their PDF page, by the id of the record that they stand in."""


def hand_out(
    refs: Refs, records: Iterable[Record], origin: str = "", said: Quoted = MappingProxyType({})
) -> tuple[Exported, ...]:
    """Records to hand out, in their order; `origin` ("https://example.org") goes before each address.

    Of answers, `said` has the words that answer.
    """
    return tuple(_exported(refs, record, origin, rank, said) for rank, record in enumerate(records, 1))


def _exported(refs: Refs, record: Record, origin: str, rank: int, said: Quoted) -> Exported:
    named = refs.record(record)
    edition = refs.edition_of(record)
    words, page = said.get(record.id, ("", 0))
    titles = {tool.id: tool.title for tool in refs.records(record.handbook, Kind.TOOL)}

    def printed(page: int | None) -> str:
        return refs.place(edition, page).label if page else ""

    return Exported(
        id=record.id,
        url=origin + named.url,
        kind=record.kind,
        title=clean(record.title),
        institution=clean(named.institution),
        country=clean(named.country),
        inferred=named.inferred,
        summary=clean(named.summary),
        language=record.language,
        handbook=record.handbook,
        handbook_title=clean(edition.title),
        handbook_url=origin + links.handbook(record.handbook),
        edition=record.edition,
        handbook_imprint=tuple(
            value_of(fact, printed(fact.page)) for fact in refs.facts(edition) if fact.name != "title"
        ),
        annex=clean(record.annex_label),
        pdf_page_first=record.page_start,
        pdf_page_last=record.page_end,
        printed_page_first=printed(record.page_start),
        printed_page_last=printed(record.page_end),
        tools=tuple(clean(titles[tool]) for tool in record.tools if tool in titles),
        facets=tuple(value_of(facet, printed(facet.page)) for facet in dict.fromkeys(record.facets)),
        fields=tuple(_field(field, printed(field.page)) for field in record.fields),
        corrected=record.corrected,
        confidence=record.confidence,
        rank=rank,
        need=clean(shortened(next((f.text for f in record.fields if f.name == "need"), ""), MOST_NEED)),
        evidence=clean(words),
        evidence_pdf_page=page or None,
        evidence_printed_page=printed(page),
    )


def value_of(facet: Facet, printed: str) -> ValueExported:
    """One value, with the page number `printed` where it stands, to be handed out."""
    is_amount = facet.name in PRINTED and facet.printed
    label = facet.printed if is_amount else vocabulary.load().term_label(facet.name, facet.value)
    words = "" if is_amount else vocabulary.load().mapped_from(facet.name, facet.value, facet.printed)
    return ValueExported(
        facet.name,
        clean(facet.value),
        clean(label),
        origin_of(facet, words),
        facet.page,
        clean(printed),
        clean(words),
    )


def origin_of(facet: Facet, words: str) -> Origin:
    """How a value that was read from these words is known; editions read before called a mapped one stated."""
    return Origin.MAPPED if words and facet.origin is Origin.STATED else facet.origin


def _field(field: Field, printed: str) -> FieldExported:
    return FieldExported(
        label=clean(field.label),
        name=field.name,
        text=clean(field.text),
        origin=field.origin,
        pdf_page=field.page,
        printed_page=clean(printed),
        tables=tuple(_table(table, field.text) for table in field.tables),
    )


def _table(table: FieldTable, text: str) -> FieldTable:
    rows = (tuple(replace(cell, text=clean(cell.text)) for cell in row) for row in table.rows)
    return FieldTable(len(clean(text[: table.start])), len(clean(text[: table.end])), tuple(rows))


def clean(words: str) -> str:
    """A text with plain line ends, without the characters that no file format here can hold or that turn it around."""
    return straight(_NOT_TEXT.sub("", re.sub("\r\n?", "\n", words)))
