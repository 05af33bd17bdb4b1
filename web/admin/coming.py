"""An edition that is planned and not published yet, shown as if it were: what it changes, its records, its account."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ingest import pipeline
from ingest.pipeline import Planned
from ingest.reading import Reading
from kb import Edition, Kind, ParseError, Record, Said
from kb.care import LEAST_CONFIDENCE, Why, changes, left_out
from kb.editions import Action, Changes
from kb.office import Job, Jobs
from kb.search import Snapshot
from web.frame import (
    Account,
    EditionsCompared,
    HandbookRef,
    Picture,
    PlaceShown,
    RecordRef,
    Refs,
    Saying,
    Shown,
    SidesShown,
    account,
    compared,
    links,
    shortened,
)

MOST_RECORDS = 500
MOST_LINES = 500
LONGEST_FIELD = 400  # characters of it that are shown; its page has all
WISHES = (Action.CONFIRM, Action.DISCARD, Action.RETYPE, Action.RETITLE)
"""What can be decided of a record before it is published."""
ORDER = (Kind.PRACTICE, Kind.TOOL, Kind.ANNEX, Kind.SECTION)


@dataclass(frozen=True, slots=True)
class PartShown(Shown):
    """The beginning of a field."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class ComingShown(Shown):
    """A record that is to come, with all that is doubtful about it."""

    record: RecordRef
    reasons: tuple[Saying, ...]
    """Why it is doubtful; empty where nothing is."""
    fields: tuple[PartShown, ...]
    picture: Picture | None
    """The page on which it starts, with what was read into it there."""
    anchor: str
    """Fragment of the upload's address that leads here."""
    wished: str
    """The correction that is made of it once it is published: confirm, discard, retype or retitle; empty for none."""
    value: str
    """Its new kind or title."""


@dataclass(frozen=True, slots=True)
class LineShown(Shown):
    """A line that went into no record."""

    place: PlaceShown
    text: str
    reason: Saying


@dataclass(frozen=True, slots=True)
class Coming(Shown):
    """What is to be decided on, with the pages it was read from."""

    compared: EditionsCompared | None
    """What it changes, word by word; null for a handbook that is not in the library yet."""
    doubtful: dict[str, SidesShown]
    """The pages of each record that is taken for one of before though it is not much like it, by id."""
    records: tuple[ComingShown, ...]
    """Of a new handbook: what is doubtful first, then practices, tools, annexes and sections in printed order."""
    more: int
    """How many records are not shown here."""
    account: Account
    """Where each character of its pages went."""
    left: tuple[LineShown, ...]
    """The lines that went into no record."""
    left_more: int
    unread: tuple[PlaceShown, ...]
    """Pages that are pictures and were not read."""
    missing: tuple[str, ...]
    """What its contents list, and what was not found."""


class ComingRefs(Refs):
    """A library with one edition that is still to come, whose pages are those of an upload."""

    def __init__(self, library: Snapshot, coming: Edition, job: int) -> None:
        super().__init__(library)
        self._coming, self._job = coming, job

    def edition(self, handbook: str) -> Edition:
        """The current edition of a handbook; of one that is not in the library, the one to come."""
        is_known = any(book.id == handbook for book in self.handbooks)
        return super().edition(handbook) if is_known or handbook != self._coming.handbook else self._coming

    def numbered(self, handbook: str, number: int) -> Edition:
        """An edition by its number; the one to come as well."""
        is_coming = (handbook, number) == (self._coming.handbook, self._coming.number)
        return self._coming if is_coming else super().numbered(handbook, number)

    def handbook(self, handbook: str) -> HandbookRef:
        """Name a handbook; a new one leads to its upload."""
        named = super().handbook(handbook)
        is_new = self.edition(handbook) is self._coming
        return replace(named, url=links.job(self._job)) if is_new else named

    def place(self, edition: Edition, number: int, lit: str = "", find: str = "") -> PlaceShown:
        """Name a page; one that is to come leads to its picture."""
        named = super().place(edition, number, lit, find)
        is_coming = edition is self._coming
        return replace(named, url=self.picture_url(edition, number, 1600)) if is_coming else named

    def record(self, record: Record) -> RecordRef:
        """Name a record; one that is to come leads to its page."""
        named = super().record(record)
        is_coming = self.edition_of(record) is self._coming
        return replace(named, url=named.place.url) if is_coming else named

    def picture_url(self, edition: Edition, number: int, width: int) -> str:
        """The address of the picture of a page, by PDF number."""
        if edition is not self._coming:
            return super().picture_url(edition, number, width)
        return links.job_picture(self._job, number, width, edition.sha256)


def coming(refs: Refs, jobs: Jobs, job: Job) -> Coming | None:
    """What a planned upload brings; None where what was read of it is not there any more."""
    name = f"plan {job.number} {hash(job.plan)} {job.handbook} {' '.join(job.apart)}"
    planned = refs.library.once(name, lambda: _planned(refs, jobs, job))
    return _shown(ComingRefs(refs.library, planned.edition, job.number), planned, job) if planned else None


def anchor(record: str) -> str:
    """The fragment of an upload's address that leads to a record."""
    return f"record-{hashlib.sha256(record.encode('utf-8', 'surrogatepass')).hexdigest()[:10]}"


def _planned(refs: Refs, jobs: Jobs, job: Job) -> Planned | None:
    try:
        reading = Reading.load(jobs.reading(job.number).read_text("utf-8"))
    except (OSError, UnicodeError, ParseError):
        return None
    return pipeline.plan(refs.library.store, reading, job.apart)


def _shown(refs: ComingRefs, planned: Planned, job: Job) -> Coming:
    plan, edition, records = planned.plan, planned.edition, planned.reviewed.records
    old = changes.records(refs.library.store, plan.handbook, plan.before) if plan.before else ()
    was, now = ({record.id: record for record in some} for some in (old, records))
    wishes = {record: (action, value) for action, record, value in job.wishes}
    listed = () if plan.changes else _doubtful_first(refs, edition, records, wishes)
    return Coming(
        compared=_compared(refs, old, records, plan.changes),
        doubtful={one.id: compared.sides(refs, was.get(one.id), now.get(one.id)) for one in plan.doubtful},
        records=listed[:MOST_RECORDS],
        more=max(len(listed) - MOST_RECORDS, 0),
        account=account.account(edition.ledger),
        left=tuple(
            LineShown(refs.place(edition, left.page), left.text, left_out(left))
            for left in edition.unassigned[:MOST_LINES]
        ),
        left_more=max(len(edition.unassigned) - MOST_LINES, 0),
        unread=tuple(refs.place(edition, page.number) for page in edition.pages if page.needs_ocr),
        missing=edition.missing,
    )


def _compared(
    refs: Refs, old: Sequence[Record], new: Sequence[Record], found: Changes | None
) -> EditionsCompared | None:
    return compared.compared(refs, old, new, found) if found is not None else None


def _doubtful_first(
    refs: Refs, edition: Edition, records: Sequence[Record], wishes: Mapping[str, tuple[str, str]]
) -> tuple[ComingShown, ...]:
    reasons: dict[str, list[Said]] = {record.id: [] for record in records}
    for record in records:
        if record.kind is Kind.PRACTICE and record.confidence < LEAST_CONFIDENCE:
            reasons[record.id].append(Said(Why.UNSURE, sure=record.confidence))
    for caveat in edition.caveats:
        if caveat.record in reasons:
            reasons[caveat.record].append(caveat.said)
    ordered = sorted(records, key=lambda one: (-len(reasons[one.id]), ORDER.index(one.kind), one.position))
    return tuple(
        _coming_record(refs, record, reasons[record.id], wishes.get(record.id, ("", "")))
        for record in ordered
    )


def _coming_record(refs: Refs, record: Record, reasons: Sequence[Said], wish: tuple[str, str]) -> ComingShown:
    return ComingShown(
        record=refs.record(record),
        reasons=tuple(dict.fromkeys(reasons)),
        fields=tuple(PartShown(one.label, shortened(one.text, LONGEST_FIELD)) for one in record.fields),
        picture=compared.start_of(refs, record),
        anchor=anchor(record.id),
        wished=wish[0],
        value=wish[1],
    )
