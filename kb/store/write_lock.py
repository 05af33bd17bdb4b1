"""One writer at a time: a file lock between processes, released by the kernel when its holder dies."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from kb import BusyError, StoreError

WAIT_S = 3600.0  # an ingest of 500 pages takes minutes; an hour means that something hangs


class WriteLock:
    """The lock of one library. A thread that holds it may take it again; all others wait."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._held = threading.local()

    @contextmanager
    def hold(self, waiting: Callable[[str], None] | None = None, wait_s: float = WAIT_S) -> Iterator[None]:
        """Hold the lock for the block; `waiting` is told once when another writer has to finish first.

        Raises:
            BusyError: the other writer did not finish within `wait_s`.
            StoreError: the lock file cannot be made, as in a folder that is only readable.
        """
        depth = getattr(self._held, "depth", 0)
        lock = None if depth else self._acquire(waiting, wait_s)
        self._held.depth = depth + 1
        try:
            yield
        finally:
            self._held.depth = depth
            if lock is not None:
                lock.release()

    def _acquire(self, waiting: Callable[[str], None] | None, wait_s: float) -> FileLock:
        # a new one each time: it is the open file that is locked, so two threads exclude each other as well
        lock = FileLock(self._path, timeout=0, fallback_to_soft=False, preserve_lock_file=True)
        try:
            try:
                lock.acquire()
            except Timeout:
                if waiting is not None:
                    waiting(f"{self._path.parent}: another ingest is writing to this library; waiting for it")
                lock.acquire(timeout=wait_s)
        except Timeout as error:
            raise BusyError(
                f"{self._path.parent}: still being written to after {wait_s:.0f} s; try again later"
            ) from error
        except OSError as error:
            raise StoreError(
                f"{self._path}: {error.strerror or error}; check the folder's permissions and space"
            ) from error
        return lock
