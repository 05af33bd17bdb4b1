"""The review list, and corrections carried out: checked, indexed beside, published in one step."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from kb import InputError, NotFoundError, Progress, index, silent
from kb.care.doubts import Doubt, Item, doubts
from kb.care.sheet import About, ItemId, Sheet, Wish, draft, not_listed
from kb.editions import CONFLICTS, Action, Edit, EditOutcome, EditState
from kb.model import passages
from kb.store import Revision, Store

if TYPE_CHECKING:
    from kb.model import Encoder

__all__ = [
    "Action",
    "Doubt",
    "Item",
    "Sheet",
    "Wish",
    "check",
    "correct",
    "find",
    "handbook_of",
    "items",
    "undo",
    "undo_all",
]


def items(store: Store, handbook: str = "") -> tuple[Item, ...]:
    """All that is doubtful in a handbook, or in all that are served; the most pressing first.

    Raises:
        NotFoundError: there is no such handbook.
    """
    books = [handbook] if handbook else [book.id for book in store.handbooks()]
    found = [item for book in books for item in doubts(Sheet.of(store, book))]
    order = list(Doubt)
    return tuple(sorted(found, key=lambda item: order.index(item.doubt)))  # stable: by handbook and page


def handbook_of(store: Store, item: str) -> str:
    """The handbook that a record or another item of the list belongs to; NotFoundError if there is none."""
    asked = ItemId.parse(item)
    if asked.about is About.EDIT:
        return find(store, int(asked.mark)).handbook
    return store.record(asked.mark).handbook if asked.about is About.RECORD else asked.handbook


def check(store: Store, handbook: str, wishes: Sequence[Wish]) -> None:
    """Raise what `correct` would raise for wishes that cannot be carried out; nothing is written."""
    _tried(Sheet.of(store, handbook), wishes, store.record_ids(handbook))


def correct(
    store: Store,
    handbook: str,
    wishes: Sequence[Wish],
    encoder: Encoder | None,
    progress: Progress = silent,
) -> tuple[Edit, ...]:
    """Keep corrections and serve them; search, pages and exports show all of them from one commit on.

    Raises:
        InputError: it cannot be done so; the message says why.
        NotFoundError: there is no such handbook, record or item.
        StoreError, GenerationError, BusyError: it cannot be written; the library is as it was.
    """
    with store.write_lock(lambda text: progress("wait", 0, 0, text)):
        sheet = Sheet.of(store, handbook)
        after, made = _tried(sheet, wishes, store.record_ids(handbook))
        _publish(store, after, made, encoder, progress)
        return store.edits(handbook)[-len(made) :]


def undo(store: Store, number: int, who: str, encoder: Encoder | None, progress: Progress = silent) -> Edit:
    """Take an edit back; it is kept, with who undid it and when.

    Raises:
        NotFoundError: there is no such edit, or its handbook is not served.
        InputError: it is undone already, or a later edit builds on it.
    """
    return undo_all(store, (number,), who, encoder, progress)[0]


def undo_all(
    store: Store, numbers: Sequence[int], who: str, encoder: Encoder | None, progress: Progress = silent
) -> tuple[Edit, ...]:
    """Take several edits of one handbook back in one step; as `undo`, and nothing is undone if one cannot be."""
    with store.write_lock(lambda text: progress("wait", 0, 0, text)):
        undone = {}
        for edit in (find(store, number) for number in numbers):
            if edit.is_undone:
                raise InputError(
                    f"edit {edit.number}: undone already, by {edit.undone_by} at {edit.undone_at}"
                )
            undone[edit.number] = replace(edit, undone_by=who, undone_at=_now())
        books = {edit.handbook for edit in undone.values()}
        if len(books) != 1:
            raise InputError(f"edits of {len(books)} handbooks; name edits of one, which are undone together")
        sheet = Sheet.of(store, books.pop())
        after = sheet.with_edits(undone.get(e.number, e) for e in sheet.edits)
        for number in numbers:
            _check_nothing_builds_on(number, sheet.reviewed.outcomes, after.reviewed.outcomes, undone)
        _publish(store, after, tuple(undone.values()), encoder, progress)
        return tuple(undone.values())


def find(store: Store, number: int) -> Edit:
    """An edit by its number; NotFoundError if there is none."""
    found = next((e for e in store.edits() if e.number == number), None)
    if found is None:
        raise NotFoundError(f"edit {number}: no such edit; kb review edits lists them")
    return found


def _tried(sheet: Sheet, wishes: Sequence[Wish], used: frozenset[str]) -> tuple[Sheet, tuple[Edit, ...]]:
    """The edits that wishes come to, one after the other, and what they make of the handbook."""
    made: list[Edit] = []
    for wish in wishes:
        _check_confirmable(sheet, wish)
        edit = replace(draft(sheet, wish, used), when=_now())
        tried = replace(edit, number=1 + max((e.number for e in sheet.edits), default=0))
        sheet = sheet.with_edits((*sheet.edits, tried))
        outcome = next(o for o in sheet.reviewed.outcomes if o.edit is tried)
        if outcome.state not in (EditState.APPLIED, EditState.AGREED):
            raise InputError(f"{wish.record}: {wish.action} changes nothing here; look at the record again")
        used |= {edit.made}
        made.append(edit)
    if not made:
        raise InputError("nothing to correct was given; nothing was changed")
    return sheet, tuple(made)


def _check_confirmable(sheet: Sheet, wish: Wish) -> None:
    known = {r.id for r in sheet.reviewed.records} | {item.id for item in doubts(sheet)}
    if wish.action is Action.CONFIRM and wish.record not in known:
        raise not_listed(wish.record)


def _check_nothing_builds_on(
    number: int, before: Sequence[EditOutcome], after: Sequence[EditOutcome], undone: Collection[int]
) -> None:
    held = {o.edit.number for o in before if o.state is EditState.APPLIED} - set(undone)
    for outcome in after:
        if outcome.edit.number in held and outcome.state in (*CONFLICTS, EditState.IDLE):
            later = outcome.edit
            raise InputError(
                f"edit {number}: edit {later.number} ({later.action} of {later.record}) builds on it;"
                f" undo that first: kb review undo {later.number}"
            )


def _publish(
    store: Store, sheet: Sheet, made: tuple[Edit, ...], encoder: Encoder | None, progress: Progress
) -> None:
    cut = tuple(p for record in sheet.reviewed.records for p in passages.cut(record, encoder))
    revision = Revision(sheet.edition.handbook, sheet.edition.number, made, sheet.reviewed, cut)
    served = store.current_editions()
    store.publish(served, index.build(store, served, encoder, progress, revision), revision)
    store.clean(is_pruning=True)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
