"""Counts what search was asked and could not answer; written now and then, never while somebody waits."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

from kb import StoreError
from kb.measure import Counter, Outcome
from web.frame import SearchAsked

SECONDS = 30.0  # between two writings; what was counted since is lost if the server is killed

_log = logging.getLogger(__name__)


@contextmanager
def written(counter: Counter) -> Iterator[None]:
    """Write what is counted, now and then from a thread of its own, for the last time when the block ends."""
    is_over = Event()
    thread = Thread(target=_write_until, args=(counter, is_over), name="counting", daemon=True)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()
        _write(counter)


def note(counter: Counter, asked: SearchAsked, outcome: Outcome) -> bool:
    """Count a search: its first page, without filters, as these may exclude what would answer; False for others."""
    if not asked.text or asked.page > 1 or asked.is_filtered:
        return False
    counter.note(asked.text, outcome)
    return True


def _write_until(counter: Counter, is_over: Event) -> None:
    while not is_over.wait(SECONDS):
        _write(counter)


def _write(counter: Counter) -> None:
    try:
        counter.flush()
    except StoreError as error:
        _log.warning("searches are not counted: %s", error)
