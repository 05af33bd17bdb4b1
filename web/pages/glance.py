"""The answers at a glance: sentences from different universities that answer a need, each on its page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kb import Box
from kb.search import Hit, ShownAs
from kb.words import letters
from web.frame import RecordRef, Refs, Shown, links, pictures
from web.pages.hits import EvidenceShown, evidence_shown

MOST = 3
LEAST_SHARE = 0.5  # of the best result's score: what is further from it is an answer to something else
_WHOLE = (ShownAs.SENTENCE, ShownAs.ROW)


@dataclass(frozen=True, slots=True)
class Thumb(Shown):
    """A small picture of a page, with what is marked on it."""

    src: str
    """PNG."""
    width: int
    height: int
    """In pixels, of `src`."""
    page_width: float
    page_height: float
    """Of the page as shown, in points: what the boxes are measured in."""
    boxes: tuple[Box, ...]
    """Where the field with the sentence stands: x0, y0, x1, y1 in points from the top left."""


@dataclass(frozen=True, slots=True)
class AnswerShown(Shown):
    """A sentence of a handbook that answers; found there, never written here."""

    record: RecordRef
    evidence: EvidenceShown
    thumb: Thumb


def answers_shown(refs: Refs, hits: Sequence[Hit]) -> tuple[AnswerShown, ...]:
    """The best whole sentences or rows of different universities among hits, best first.

    A university has one, and so has a sentence that several records say: that of the record which says most beside it.
    """
    near = [hit for hit in hits if hit.score >= LEAST_SHARE * hits[0].score and hit.evidence.form in _WHOLE]
    fullest: dict[str, Hit] = {}
    for hit in near:
        known = fullest.setdefault(_opening(hit), hit)
        if _length(hit) > _length(known):
            fullest[_opening(hit)] = hit
    found: dict[str, Hit] = {}
    for hit in near:
        if len(found) == MOST:
            break
        if fullest[_opening(hit)] is hit:
            found.setdefault(refs.record(hit.record).institution or hit.record.id, hit)
    return tuple(_answer(refs, hit) for hit in found.values())


def _opening(hit: Hit) -> str:
    """How the sentence begins, by which two that say the same are known."""
    return letters(hit.evidence.text)[:60]


def _length(hit: Hit) -> int:
    return sum(len(field.text) for field in hit.record.fields)


def _answer(refs: Refs, hit: Hit) -> AnswerShown:
    edition, evidence = refs.edition_of(hit.record), evidence_shown(refs, hit)
    page = edition.pages[hit.evidence.page - 1]
    width = pictures.THUMB_WIDTH
    thumb = Thumb(
        src=links.picture(edition.handbook, page.number, width, edition.sha256),
        width=width,
        height=round(width * page.height / page.width) if page.width else width,
        page_width=page.width,
        page_height=page.height,
        boxes=tuple(area.box for area in evidence.regions if area.box and area.page == page.number),
    )
    return AnswerShown(refs.record(hit.record), evidence, thumb)
