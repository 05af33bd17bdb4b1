"""What answers a need: each record with its evidence, and what earlier editions say."""

from __future__ import annotations

from dataclasses import dataclass, replace

from kb import Facet, Origin, Record
from kb.search import Hit
from kb.words import label
from web.frame import AreaShown, PlaceShown, RecordRef, Refs, SearchAsked, Shown, boxes, links

CHIPS = ("theme", "format", "level")
MOST_CHIPS = 4


@dataclass(frozen=True, slots=True)
class EvidenceShown(Shown):
    """Why a record is in the results: words of the handbook."""

    label: str
    """Label of the field they stand in, as printed."""
    text: str
    marks: tuple[tuple[int, int], ...]
    """Ranges of `text` to highlight: first character, one past the last."""
    form: str
    """What answers in it: a "sentence", a "row" of a table or a value under its label, a "fragment" where the record
    has neither, or the "title" alone."""
    place: PlaceShown
    field: int | None
    """Number of that field in its record, from 1."""
    url: str
    """Address of that field in its record, lit on its page."""
    regions: tuple[AreaShown, ...]
    """Where the whole field stands."""


@dataclass(frozen=True, slots=True)
class Chip(Shown):
    """A value that a result has."""

    facet: str
    label: str
    url: str
    """Address of the same search among those that have it."""
    is_inferred: bool
    """Whether a rule found it and no labelled field states it."""


@dataclass(frozen=True, slots=True)
class HitShown(Shown):
    """One result."""

    rank: int
    """From 1, over all result pages."""
    record: RecordRef
    score: float
    """Relevance; higher is better, comparable within one search only."""
    evidence: EvidenceShown
    chips: tuple[Chip, ...]
    """What it is about, in short: theme, format, level; none of what was chosen already."""
    rank_words: int | None
    """Its rank by matching words alone; null where they do not match."""
    rank_dense: int | None
    """Its rank by meaning alone; null where it is not near."""
    also: tuple[RecordRef, ...]
    """What says the same in other handbooks, and is no result of its own."""


@dataclass(frozen=True, slots=True)
class EarlierHit(Shown):
    """A record that an earlier edition has otherwise, or alone."""

    record: RecordRef
    edition: int
    """The edition that says so."""
    is_gone: bool
    """Whether the current edition has no such record any more; else it reads otherwise."""
    url: str
    """Address of the record as that edition has it, with its page."""
    evidence: EvidenceShown


@dataclass(frozen=True, slots=True)
class EarlierShown(Shown):
    """What earlier editions say that the current ones do not; never among the results."""

    hits: tuple[EarlierHit, ...]
    """Best first, at most as many as there are results a page; each record once."""
    total: int
    unread: int
    """Passages of earlier editions that can only be found by their words at present."""


def hit_shown(refs: Refs, asked: SearchAsked, hit: Hit, rank: int) -> HitShown:
    """A result with its evidence lit, and its rank over all result pages."""
    return HitShown(
        rank=rank,
        record=refs.record(hit.record),
        score=round(hit.score, 4),
        evidence=evidence_shown(refs, hit),
        chips=_chips(asked, hit.record),
        rank_words=hit.rank_words,
        rank_dense=hit.rank_dense,
        also=tuple(refs.record(one) for one in hit.also),
    )


def evidence_shown(refs: Refs, hit: Hit) -> EvidenceShown:
    """Why a record is in the results, with where that stands."""
    evidence, edition = hit.evidence, refs.edition_of(hit.record)
    field = None if evidence.field is None else evidence.field + 1
    own = links.record(hit.record.kind, hit.record.id)
    return EvidenceShown(
        label=evidence.label,
        text=evidence.text,
        marks=evidence.marks,
        form=evidence.form.value,
        place=refs.place(edition, evidence.page, hit.record.id),
        field=field,
        url=boxes.text_url(hit.record, field, evidence.page) if field else own,
        regions=boxes.regions(edition, hit.record, field) if field else (),
    )


def _chips(asked: SearchAsked, record: Record) -> tuple[Chip, ...]:
    """Each facet's first values first, so that one with many leaves room for the others."""
    found: list[tuple[int, int, Facet]] = []
    for order, name in enumerate(CHIPS):
        values = [f for f in record.facets if f.name == name and f.value not in asked.chosen(name)]
        found += [(place, order, one) for place, one in enumerate(values)]
    first = sorted(found, key=lambda item: item[:2])[:MOST_CHIPS]
    return tuple(
        Chip(
            facet=one.name,
            label=label(one.name, one.value),
            url=asked.toggled(one.name, one.value).url,
            is_inferred=one.origin is Origin.INFERRED,
        )
        for *_, one in first
    )


def earlier_shown(refs: Refs, asked: SearchAsked) -> EarlierShown:
    """What earlier editions say, below the first page of results; how much of it on every one."""
    found = refs.library.earlier(replace(asked, page=1).query())
    hits = found.hits if asked.page == 1 else ()
    return EarlierShown(tuple(_as_it_was(refs, hit) for hit in hits), found.total, found.unread)


def _as_it_was(refs: Refs, hit: Hit) -> EarlierHit:
    record, said = hit.record, hit.evidence
    edition = refs.edition_of(record)
    field = None if said.field is None else said.field + 1
    whole = links.as_of(record.kind, record.id, record.edition)
    return EarlierHit(
        record=refs.record(record),
        edition=record.edition,
        is_gone=not refs.library.is_served(record.id),
        url=whole,
        evidence=EvidenceShown(
            label=said.label,
            text=said.text,
            marks=said.marks,
            form=said.form.value,
            place=refs.place(edition, said.page, record.id),
            field=field,
            url=boxes.field_url(record, field, said.page, as_of=record.edition) if field else whole,
            regions=boxes.regions(edition, record, field, record.edition) if field else (),
        ),
    )
