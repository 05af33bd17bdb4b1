"""Which editions are served, changed by hand: back to an earlier one, off the shelf, and on it again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kb import InputError, NotFoundError, Progress, index, silent
from kb.editions import corrections
from kb.model import passages
from kb.store import Revision, Store

if TYPE_CHECKING:
    from kb.model import Encoder


def edition_before(store: Store, handbook: str) -> int:
    """The published edition before the served one; InputError where there is none, NotFoundError unserved."""
    served = store.handbook(handbook).edition
    earlier = [number for number in store.published(handbook) if number < served]
    if not earlier:
        raise InputError(f"{handbook}: edition {served} is the first; kb editions {handbook} lists them")
    return max(earlier)


def check_rollback(store: Store, handbook: str, to: int | None = None) -> int:
    """The edition that a rollback would serve.

    Raises:
        NotFoundError: there is no such handbook or edition, or it is not served.
        InputError: that edition is served already, or there is none before.
    """
    served = store.handbook(handbook).edition
    if to is None:
        return edition_before(store, handbook)
    if to not in store.published(handbook):
        raise NotFoundError(
            f"{handbook}: edition {to} is not in this library; kb editions {handbook} lists them"
        )
    if to == served:
        raise InputError(f"{handbook}: edition {to} is served already")
    return to


def rollback(
    store: Store, handbook: str, to: int | None, encoder: Encoder | None, progress: Progress = silent
) -> int:
    """Serve the edition before, or edition `to`, with all that review decided up to now; return its number.

    Nothing is deleted: `to` leads forward again as well.

    Raises:
        NotFoundError, InputError: as `check_rollback`.
        StoreError, GenerationError, BusyError: it cannot be written; the library is as it was.
    """
    with store.write_lock(lambda text: progress("wait", 0, 0, text)):
        number = check_rollback(store, handbook, to)
        _serve(store, handbook, number, encoder, progress)
        return number


def remove(store: Store, handbook: str, encoder: Encoder | None, progress: Progress = silent) -> None:
    """Serve a handbook no longer; its editions, edits and PDFs stay in the store for `put_back`.

    Raises:
        NotFoundError: there is no such handbook, or it is not served.
        StoreError, GenerationError, BusyError: it cannot be written; the library is as it was.
    """
    with store.write_lock(lambda text: progress("wait", 0, 0, text)):
        served = store.current_editions()
        del served[store.handbook(handbook).id]
        store.publish(served, index.build(store, served, encoder, progress))
        store.clean()


def check_removed(store: Store, handbook: str) -> int:
    """The edition that a removed handbook was served in last.

    Raises:
        NotFoundError: there is no such handbook.
        InputError: it was not removed.
    """
    store.published(handbook)
    if handbook in store.current_editions():
        raise InputError(f"{handbook}: is served; only what was removed can be put back")
    return store.last_served(handbook)


def put_back(store: Store, handbook: str, encoder: Encoder | None, progress: Progress = silent) -> int:
    """Serve a removed handbook again, in the edition that was served last; return its number.

    Raises:
        NotFoundError, InputError: as `check_removed`.
        StoreError, GenerationError, BusyError: it cannot be written; the library is as it was.
    """
    with store.write_lock(lambda text: progress("wait", 0, 0, text)):
        number = check_removed(store, handbook)
        _serve(store, handbook, number, encoder, progress)
        return number


def rename(
    store: Store, handbook: str, name: str, encoder: Encoder | None, progress: Progress = silent
) -> None:
    """Call a served handbook by another name, in search as well; "" calls it by its title again.

    Raises:
        NotFoundError: there is no such handbook, or it is not served.
        StoreError, GenerationError, BusyError: it cannot be written.
    """
    with store.write_lock(lambda text: progress("wait", 0, 0, text)):
        if store.handbook(handbook).name == name:
            return
        store.set_details(handbook, name=name)
        served = store.current_editions()
        store.publish(served, index.build(store, served, encoder, progress))
        store.clean()


def forget(store: Store, handbook: str, keep: int) -> int:
    """Delete all editions of a handbook but the served one and the newest others, `keep` in all; how many went.

    What is served does not change. The addresses of records that only those editions had lead nowhere then.

    Raises:
        NotFoundError: there is no such handbook.
        InputError: less than one is to be kept.
        BusyError, StoreError: it cannot be written.
    """
    if keep < 1:
        raise InputError(f"{keep}: at least one edition is kept; kb remove {handbook} takes it away whole")
    with store.write_lock():
        served = store.current_editions().get(handbook) or store.last_served(handbook)
        others = [number for number in store.published(handbook) if number != served]
        gone = others[: max(len(others) - (keep - 1), 0)]
        if gone:
            store.forget(handbook, gone)
            store.clean(is_pruning=True)
        return len(gone)


def _serve(store: Store, handbook: str, number: int, encoder: Encoder | None, progress: Progress) -> None:
    """Publish one edition of a handbook in place of what is served of it."""
    revision = _revision(store, handbook, number, encoder)
    served = {**store.current_editions(), handbook: number}
    store.publish(served, index.build(store, served, encoder, progress, revision), revision)
    store.clean()


def _revision(store: Store, handbook: str, number: int, encoder: Encoder | None) -> Revision | None:
    """What edits that were made while another edition was served make of this one; None for no change."""
    reviewed = corrections.apply(store.extracted(handbook, number), store.edits(handbook))
    is_served_so = reviewed.records == store.records(handbook, number)
    if is_served_so and dict(reviewed.fates) == store.fates(handbook, number):
        return None
    cut = tuple(p for record in reviewed.records for p in passages.cut(record, encoder))
    return Revision(handbook, number, (), reviewed, cut)
