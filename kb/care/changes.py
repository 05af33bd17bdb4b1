"""What changed between two editions that the store holds."""

from __future__ import annotations

from typing import Any

from kb import InputError, Record
from kb.editions import Changes, compare, corrections
from kb.store import Store


def pair(store: Store, handbook: str, before: int | None = None, after: int | None = None) -> tuple[int, int]:
    """The two editions to compare: those that are named, else the served one and the one before it.

    A handbook that was removed counts as served in its last edition; `before` alone is compared with that.

    Raises:
        NotFoundError: there is no such handbook or edition.
        InputError: the handbook has but one edition.
    """
    published = store.published(handbook)
    served = store.current_editions().get(handbook) or store.last_served(handbook)
    if after is None:
        after = served
    if before is None:
        earlier = [number for number in published if number < after]
        if not earlier:
            raise InputError(f"{handbook}: edition {after} is the first: there is nothing to compare it with")
        before = max(earlier)
    for number in (before, after):
        store.require(handbook, number)
    return before, after


def records(store: Store, handbook: str, number: int) -> tuple[Record, ...]:
    """The records of an edition under the corrections that stand today.

    So a correction made between two editions is no change of the handbook.
    """
    return corrections.apply(store.extracted(handbook, number), store.edits(handbook)).records


def between(store: Store, handbook: str, before: int, after: int) -> Changes:
    """What the handbook changed from one edition to another; NotFoundError if there is no such edition."""
    return compare(records(store, handbook, before), records(store, handbook, after))


def as_json(handbook: str, before: int, after: int, found: Changes) -> dict[str, Any]:
    """The shape of `kb diff --json`."""
    return {
        "handbook": handbook,
        "from": before,
        "to": after,
        "added": [{"id": record, "title": title} for record, title in found.added],
        "removed": [{"id": record, "title": title} for record, title in found.removed],
        "renamed": [{"id": c.id, "from": c.before, "to": c.after} for c in found.renamed],
        "moved": [{"id": c.id, "title": c.title, "from": c.before, "to": c.after} for c in found.moved],
        "rewritten": [{"id": w.id, "title": w.title, "fields": list(w.fields)} for w in found.rewritten],
        "unchanged": found.unchanged,
    }
