"""The owner's page of judged needs, and of what search could not answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from kb import NotFoundError
from kb.measure import missed
from kb.office import Vote
from kb.store import Judgement, Need, needs
from web.frame import AnyPage, RecordRef, Refs, SearchAsked, Shown

PATH = "/admin/needs"
EXPORT = f"{PATH}/export"
SHOWN_DAYS = 30
SHOWN_TEXTS = 100


@dataclass(frozen=True, slots=True)
class JudgementShown(Shown):
    """A record and how well it answers a need."""

    record: RecordRef | None
    """Null where no edition has it any more."""
    id: str
    grade: int
    """2 answers well, 1 partly, 0 not."""
    who: str
    when: str
    """UTC, ISO 8601."""


@dataclass(frozen=True, slots=True)
class NeedShown(Shown):
    """A judged need."""

    number: int
    text: str
    language: str
    url: str
    """Address that searches it."""
    judgements: tuple[JudgementShown, ...]
    """Best first; none where nothing answers it."""


@dataclass(frozen=True, slots=True)
class DayShown(Shown):
    """How often search was asked on a day, and could not answer."""

    day: str
    """UTC, ISO 8601."""
    asked: int
    weak: int
    nothing: int


@dataclass(frozen=True, slots=True)
class MissedShown(Shown):
    """What was asked and not answered, or weakly."""

    text: str
    url: str
    outcome: str
    """nothing or weak."""
    count: int
    last: str


@dataclass(frozen=True, slots=True)
class VoteShown(Shown):
    """What readers said of a record, or of the answers as a whole, for a need."""

    text: str
    url: str
    """Address that searches it."""
    record: RecordRef | None
    """Null where the answers as a whole were meant, or no edition has it any more."""
    helped: int
    unhelped: int
    last: str
    """A day, UTC, ISO 8601."""


@dataclass(frozen=True, slots=True)
class NeedsPage(AnyPage):
    """What the owner judged, and what search could not answer."""

    template: ClassVar[str] = "needs.html"
    paths: ClassVar[Mapping[str, str]] = {"/admin/needs": ""}

    csrf: str
    who: str
    needs: tuple[NeedShown, ...]
    """Newest first."""
    export: str
    """Address of the needs as a file for `kb eval`."""
    days: tuple[DayShown, ...]
    """Newest first."""
    texts: tuple[MissedShown, ...]
    """Most frequent first; none unless the owner has them kept."""
    keeps_texts: bool
    votes: tuple[VoteShown, ...]
    """What readers said, what helped least first."""


def needs_page(
    refs: Refs, counted: missed.Tally, said: Sequence[Vote], keeps_texts: bool, who: str, csrf: str
) -> NeedsPage:
    """Everything judged and counted."""
    return NeedsPage(
        url=PATH,
        notice=refs.library.notices,
        csrf=csrf,
        who=who,
        needs=tuple(_need(refs, need) for need in reversed(refs.library.store.needs())),
        export=EXPORT,
        days=tuple(DayShown(d.day, d.asked, d.weak, d.nothing) for d in counted.days[:SHOWN_DAYS]),
        texts=tuple(
            MissedShown(m.text, SearchAsked(m.text).url, m.outcome.value, m.count, m.last)
            for m in counted.texts[:SHOWN_TEXTS]
        ),
        keeps_texts=keeps_texts,
        votes=tuple(_vote(refs, vote) for vote in said[:SHOWN_TEXTS]),
    )


def back(given: str, text: str) -> str:
    """Where a judgement leads back to: the result page it was made on."""
    return given if given.startswith("/search?") else SearchAsked(needs.plain(text)).url


def _need(refs: Refs, need: Need) -> NeedShown:
    judged = tuple(_judgement(refs, one) for one in need.judgements)
    return NeedShown(need.number, need.text, need.language, SearchAsked(need.text).url, judged)


def _vote(refs: Refs, vote: Vote) -> VoteShown:
    shown = _named(refs, vote.record) if vote.record else None
    return VoteShown(vote.text, SearchAsked(vote.text).url, shown, vote.helped, vote.unhelped, vote.last)


def _named(refs: Refs, record: str) -> RecordRef | None:
    try:
        return refs.record(refs.library.record(record))
    except NotFoundError:
        return None


def _judgement(refs: Refs, one: Judgement) -> JudgementShown:
    return JudgementShown(_named(refs, one.record), one.record, int(one.grade), one.who, one.when)
