"""Which handbook a reading is the next edition of, and which of its records are which."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from ingest.reading import Extraction, Reading
from kb import Caveat, Circumstance, Edition, Record, Said, editions
from kb.care import changes
from kb.editions import Plan, Reviewed, corrections
from kb.store import Store

LEAST_KEPT = 0.1
"""Share of an edition's records that the next one keeps at the least, if only titles say it is one."""
_REMEMBERED = 5  # editions in which a record that comes back is looked for


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan with all that carrying it out takes: nothing is written yet.

    `records` are as extracted, with their ids; `reviewed` is what earlier corrections make of them. `told` says
    what is unusual about the choice of the handbook.
    """

    plan: Plan
    edition: Edition
    records: tuple[Record, ...]
    reviewed: Reviewed
    told: tuple[Said, ...]


def planned(store: Store, reading: Reading, apart: Collection[str] = ()) -> Planned:
    """Decide which handbook this is an edition of, give its records their ids, and say what would change.

    `apart` are ids of that handbook's records that none of these is, whatever matching takes them for.
    """
    target, old, told = _target(store, reading)
    gone = _gone(store, target, old)
    number = store.next_number(target)
    found = reading.found
    records = editions.identify(target, number, old, found.records, store.record_ids(target), gone, apart)
    edition = Edition(
        handbook=target,
        number=number,
        title=found.title,
        language=found.language,
        pages=found.pages,
        sha256=reading.sha256,
        file_name=reading.name,
        source=reading.origin,
        ingested_at=datetime.now(UTC).isoformat(timespec="seconds"),
        unassigned=found.unassigned,
        ledger=found.ledger,
        missing=found.missing,
        hidden=found.hidden,
        imprint=found.imprint,
        caveats=_caveats(found, records),
    )
    reviewed = corrections.apply(records, store.edits(target))
    return Planned(_plan(store, edition, reviewed.records), edition, records, reviewed, told)


def is_akin(old: Sequence[Record], records: Sequence[Record]) -> bool:
    """Whether these have enough in common with a handbook's records to be its next edition."""
    return not old or len(editions.match(old, records)) >= LEAST_KEPT * len(old)


def served(store: Store, handbook: str) -> tuple[Record, ...]:
    """The records of the served edition as extracted, like those they are matched to, and review's own.

    Of a removed handbook that comes back they are those that were served last.
    """
    if handbook in store.removed():
        number = store.last_served(handbook)
    elif (current := store.current_editions().get(handbook)) is not None:
        number = current
    else:
        return ()
    extracted = store.extracted(handbook, number)
    ids = {r.id for r in extracted}
    return (*extracted, *(r for r in store.records(handbook, number) if r.id not in ids))


def _target(store: Store, reading: Reading) -> tuple[str, tuple[Record, ...], tuple[Said, ...]]:
    """The handbook, its records before, and what is unusual about the choice."""
    handbook = reading.handbook or reading.remembered
    known = {h.id for h in store.handbooks()}
    found, told = reading.found, tuple[Said, ...]()
    if handbook and handbook not in known:
        told = (Said(Circumstance.NEW_HANDBOOK, handbook=handbook),) if known else ()
    target = handbook or store.find_handbook(found.title) or ""
    old = served(store, target)
    if not handbook and not is_akin(old, found.records):
        told = (Said(Circumstance.SAME_TITLE, handbook=target),)
        target, old = "", ()
    if not target:
        target = editions.handbook_id(found.title, known)
        old = served(store, target)
        if not is_akin(old, found.records):  # a removed handbook's name
            target, old = editions.handbook_id(found.title, known | set(store.removed())), ()
    return target, old, told


def _gone(store: Store, handbook: str, old: tuple[Record, ...]) -> tuple[Record, ...]:
    """The records that the last editions had and the served one has not, each as it was printed last."""
    if not old:
        return ()
    found = {r.id: r for n in store.published(handbook)[-_REMEMBERED:] for r in store.extracted(handbook, n)}
    held = {r.id for r in old}
    return tuple(r for r in found.values() if r.id not in held)


def _plan(store: Store, edition: Edition, records: tuple[Record, ...]) -> Plan:
    before = store.current_editions().get(edition.handbook)
    old = changes.records(store, edition.handbook, before) if before else ()
    return Plan(
        file=edition.file_name,
        handbook=edition.handbook,
        title=edition.title,
        before=before,
        edition=edition.number,
        old_records=len(old),
        records=len(records),
        changes=editions.compare(old, records) if before else None,
        doubtful=editions.doubtful(old, records),
        caveats=edition.caveats,
    )


def _caveats(found: Extraction, records: Sequence[Record]) -> tuple[Caveat, ...]:
    """What is amiss, with the ids that its records got in the place of their drafts'."""
    ids = {draft.id: record.id for draft, record in zip(found.records, records, strict=True)}
    return tuple(replace(one, record=ids.get(one.record, "")) for one in found.caveats)
