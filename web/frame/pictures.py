"""Pictures of handbook pages, rendered once and kept on disk by PDF, page and width."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import BoundedSemaphore

import anyio.to_thread
from anyio import CapacityLimiter

from ingest import pipeline
from kb import BusyError, NotFoundError, replace_file

THUMB_WIDTH = 240
READING_WIDTH = 720
WIDTHS = (THUMB_WIDTH, 480, READING_WIDTH, 1080, 1600)
"""The only widths there are, in pixels: what a phone, a column and a whole screen need at one or two dots."""

_log = logging.getLogger(__name__)
AT_ONCE = 2
"""Each page is rendered, or its words are read, in a child of its own, which the machine puts behind its other work."""
MOST_WAITING = 100
"""Pictures that wait for their turn: two views of a handbook's pages at a glance. More are turned away."""
MOST_WORDS_WAITING = 12
"""Pages that wait for their words: each holds one of the threads that answer, of which searches need some."""
_TURNS = CapacityLimiter(AT_ONCE)
_CHILDREN, _WORDS = BoundedSemaphore(AT_ONCE), BoundedSemaphore(AT_ONCE + MOST_WORDS_WAITING)


def check_width(width: int) -> int:
    """The width itself; NotFoundError if pictures of that width are not made."""
    if width not in WIDTHS:
        known = ", ".join(map(str, WIDTHS))
        raise NotFoundError(f"width={width}: pages are pictured {known} pixels wide; ask for one of these")
    return width


async def picture(cache: Path, pdf: Path, sha256: str, page: int, width: int) -> bytes:
    """The PNG of a page (PDF number, from 1), from the cache or rendered into it, in turn and in threads of its own.

    A cache that cannot be written costs time, not the picture.

    Raises:
        BusyError: too many wait already.
    """
    path = cache / sha256 / f"{page}-{width}.png"
    if png := await anyio.to_thread.run_sync(kept, path):
        return png
    if _TURNS.statistics().tasks_waiting >= MOST_WAITING:
        raise BusyError(
            f"page {page}: {MOST_WAITING} pictures are waited for already; ask again in ten seconds"
        )

    def render() -> bytes:
        if png := kept(path):
            return png
        with _CHILDREN:
            png = pipeline.page_picture(pdf, page, width=width)
        keep(path, png)
        return png

    return await anyio.to_thread.run_sync(render, limiter=_TURNS)


@contextmanager
def words_turn() -> Iterator[None]:
    """A turn to read the words of a page, for a thread that answers a request.

    Raises:
        BusyError: too many wait already.
    """
    if not _WORDS.acquire(blocking=False):
        raise BusyError(f"{MOST_WORDS_WAITING} pages wait for their words already; ask again in ten seconds")
    try:
        with _CHILDREN:
            yield
    finally:
        _WORDS.release()


def etag(sha256: str, page: int, width: int) -> str:
    """The entity tag of a picture: the same PDF, page and width are the same picture."""
    return f'"{sha256[:16]}-{page}-{width}"'


def kept(path: Path) -> bytes:
    """What is in the cache, empty where there is nothing to be read."""
    try:
        return path.read_bytes()
    except OSError:
        return b""


def keep(path: Path, data: bytes) -> None:
    """Put something into the cache, whole or not at all; where that fails, it is made again each time."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(path, data)
    except OSError as error:
        _log.warning("%s: not kept (%s); free space or make the folder writable", path, error)
