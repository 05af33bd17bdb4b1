"""The page of what changed between two editions of a handbook."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from kb import InputError, Kind
from kb.care import changes
from kb.editions import Changes, compare
from web.frame import AnyPage, HandbookRef, RecordRef, Refs, Shown, compared, links
from web.pages.choices import FacetGroup, FacetOption

TYPES = ("added", "removed", "renamed", "moved", "split", "merged", "rewritten")
"""What can become of a record, as it is listed."""


@dataclass(frozen=True, slots=True)
class EditionShown(Shown):
    """An edition of a handbook."""

    number: int
    """From 1."""
    ingested_at: str
    is_served: bool
    url: str
    """Address of what changed from the edition before to this one; empty for the first."""


@dataclass(frozen=True, slots=True)
class Narrowed:
    """Which changes are asked for: of a type, of a kind of record; "" for all."""

    change: str = ""
    kind: str = ""

    def __post_init__(self) -> None:
        for name, value, known in (("change", self.change, TYPES), ("kind", self.kind, tuple(Kind))):
            if value and value not in known:
                raise InputError(
                    f"{name}={value[:40]}: there is no such {name}; use one of {', '.join(known)}"
                )


@dataclass(frozen=True, slots=True)
class ChangesPage(AnyPage):
    """What changed between two editions of a handbook."""

    template: ClassVar[str] = "changes.html"
    paths: ClassVar[Mapping[str, str]] = {"/handbooks/{handbook}/changes": "What changed"}

    handbook: HandbookRef
    before: int | None
    """The older edition; null where the handbook has but one."""
    after: int
    editions: tuple[EditionShown, ...]
    """Newest first."""
    added: tuple[RecordRef, ...]
    removed: tuple[RecordRef, ...]
    renamed: tuple[compared.ChangeShown, ...]
    moved: tuple[compared.ChangeShown, ...]
    rewritten: tuple[compared.RewriteShown, ...]
    split: tuple[compared.PartingShown, ...]
    """Kept records, with the added ones that took a part of their text."""
    merged: tuple[compared.PartingShown, ...]
    """Kept records, with the removed ones whose text went into them."""
    unchanged: int
    pictures: dict[str, compared.SidesShown]
    """By record id, of what is added, removed, renamed or moved."""
    filters: tuple[FacetGroup, ...]
    """`change` and `kind`, with how many changes each would show; none where nothing changed."""
    everything: str
    """Address of all changes, where only some are shown; else empty."""


def changes_page(
    refs: Refs,
    handbook: str,
    before: int | None = None,
    after: int | None = None,
    only: Narrowed = Narrowed(),
) -> ChangesPage:
    """What changed between two editions; the served one and the one before it unless others are named.

    Raises:
        NotFoundError: there is no such handbook or edition.
    """
    store, named = refs.library.store, refs.handbook(handbook)
    editions = _editions(refs, handbook)
    newest = after or named.edition
    if before is None and not any(edition.number < newest for edition in editions):
        return _first(refs, named, newest, editions)
    older, newer = changes.pair(store, handbook, before, after)
    old, new = ({r.id: r for r in changes.records(store, handbook, number)} for number in (older, newer))
    every = compare(tuple(old.values()), tuple(new.values()))
    kinds = {name: record.kind for name, record in (*old.items(), *new.items())}
    found = _kept(every, only, kinds)
    what = compared.compared(refs, tuple(old.values()), tuple(new.values()), found)
    is_narrow = only != Narrowed()
    return ChangesPage(
        url=links.changes(handbook, older, newer, only.change, only.kind),
        notice=refs.library.notices,
        handbook=named,
        before=older,
        after=newer,
        editions=editions,
        added=what.added,
        removed=what.removed,
        renamed=what.renamed,
        moved=what.moved,
        rewritten=what.rewritten,
        split=what.split,
        merged=what.merged,
        unchanged=what.unchanged,
        pictures=what.pictures,
        filters=_filters(every, only, kinds, (handbook, older, newer)),
        everything=links.changes(handbook, older, newer) if is_narrow else "",
    )


def _ids(found: Changes, change: str) -> tuple[str, ...]:
    """The records that something became of, once each."""
    items = getattr(found, change)
    return tuple(item[0] if isinstance(item, tuple) else item.id for item in items)


def _kept(found: Changes, only: Narrowed, kinds: Mapping[str, Kind]) -> Changes:
    """The changes that are asked for."""
    kept: dict[str, Any] = {
        change: tuple(
            item
            for item, name in zip(getattr(found, change), _ids(found, change), strict=True)
            if only.change in ("", change) and only.kind in ("", kinds[name])
        )
        for change in TYPES
    }
    return replace(found, **kept)


def _filters(
    found: Changes, only: Narrowed, kinds: Mapping[str, Kind], between: tuple[str, int, int]
) -> tuple[FacetGroup, ...]:
    """Both filters; each counts what it would show under the other one."""
    by_change = {change: _ids(_kept(found, replace(only, change=""), kinds), change) for change in TYPES}
    of_kind = _kept(found, replace(only, kind=""), kinds)
    names = [name for change in TYPES for name in _ids(of_kind, change)]
    counts = {
        "change": {change: len(ids) for change, ids in by_change.items()},
        "kind": {kind.value: sum(kinds[name] is kind for name in names) for kind in Kind},
    }
    groups = []
    for name, chosen in (("change", only.change), ("kind", only.kind)):
        options = tuple(
            FacetOption(
                value=value,
                label=value,
                count=count,
                is_chosen=value == chosen,
                url=links.changes(*between, *_toggled(only, name, value)),
            )
            for value, count in counts[name].items()
            if count or value == chosen
        )
        groups.append(FacetGroup(name, options, True))
    return tuple(group for group in groups if group.options)


def _toggled(only: Narrowed, name: str, value: str) -> tuple[str, str]:
    """Type and kind with one of them chosen, or no longer chosen."""
    asked = {"change": only.change, "kind": only.kind}
    asked[name] = "" if asked[name] == value else value
    return asked["change"], asked["kind"]


def _first(refs: Refs, named: HandbookRef, number: int, editions: tuple[EditionShown, ...]) -> ChangesPage:
    """The page where there is no edition before."""
    return ChangesPage(
        url=links.changes(named.id),
        notice=refs.library.notices,
        handbook=named,
        before=None,
        after=number,
        editions=editions,
        added=(),
        removed=(),
        renamed=(),
        moved=(),
        rewritten=(),
        split=(),
        merged=(),
        unchanged=0,
        pictures={},
        filters=(),
        everything="",
    )


def _editions(refs: Refs, handbook: str) -> tuple[EditionShown, ...]:
    served = refs.edition(handbook).number
    listed = refs.library.dates(handbook)
    numbers = [number for number, _ in listed]
    return tuple(
        EditionShown(
            number,
            ingested_at,
            number == served,
            links.changes(handbook, numbers[at + 1], number) if at + 1 < len(numbers) else "",
        )
        for at, (number, ingested_at) in enumerate(listed)
    )
