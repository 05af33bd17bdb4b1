"""What resembles a practice or a tool, and why."""

from __future__ import annotations

from dataclasses import dataclass

from kb import Kind, Record
from kb.editions import Action
from kb.search import Quote, Similar
from web.frame import PlaceShown, RecordRef, Refs, Saying, Shown, boxes

SIMILAR = 5


@dataclass(frozen=True, slots=True)
class QuoteShown(Shown):
    """A sentence of a record, verbatim."""

    text: str
    place: PlaceShown
    """Where it stands, or begins."""
    url: str
    """Address of its field, lit on its page."""


@dataclass(frozen=True, slots=True)
class NearestShown(Shown):
    """The two sentences in which two records come nearest to each other."""

    own: QuoteShown
    near: QuoteShown


@dataclass(frozen=True, slots=True)
class SimilarShown(Shown):
    """A record that resembles the one shown."""

    record: RecordRef
    score: float
    reasons: tuple[Saying, ...]
    """The values that both have."""
    nearest: NearestShown | None
    """Their nearest sentences; null where one of them has none that tells something."""
    also: tuple[RecordRef, ...]
    """Records of its handbook that say nearly the same, such as the course of another year."""


def neighbours(refs: Refs, record: Record) -> tuple[SimilarShown, ...]:
    """The practices or tools most like one that is served, best first; none of other kinds."""
    is_served = refs.is_current(record) and Action.DISCARD not in record.corrected
    if record.kind not in (Kind.PRACTICE, Kind.TOOL) or not is_served:
        return ()
    return tuple(_near(refs, record, near) for near in refs.library.similar(record.id, SIMILAR))


def _near(refs: Refs, record: Record, near: Similar) -> SimilarShown:
    two, nearest = near.nearest, None
    if two is not None:
        nearest = NearestShown(_quote(refs, record, two.own), _quote(refs, near.record, two.near))
    also = refs.named(near.also)
    return SimilarShown(refs.record(near.record), round(near.score, 4), near.reasons, nearest, also)


def _quote(refs: Refs, record: Record, quote: Quote) -> QuoteShown:
    place = refs.place(refs.edition_of(record), quote.page, record.id)
    return QuoteShown(quote.text, place, boxes.text_url(record, quote.field + 1, quote.page))
