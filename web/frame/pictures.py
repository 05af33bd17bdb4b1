"""Pictures of handbook pages, rendered once and kept on disk by PDF, page and width."""

from __future__ import annotations

import logging
from pathlib import Path
from threading import BoundedSemaphore

from ingest import pipeline
from kb import NotFoundError, replace_file

THUMB_WIDTH = 240
READING_WIDTH = 720
WIDTHS = (THUMB_WIDTH, 480, READING_WIDTH, 1080, 1600)
"""The only widths there are, in pixels: what a phone, a column and a whole screen need at one or two dots."""

_log = logging.getLogger(__name__)
RENDERERS = BoundedSemaphore(2)
"""Each page is rendered, or its words are read, in a child of its own: two at a time, on two cores."""


def check_width(width: int) -> int:
    """The width itself; NotFoundError if pictures of that width are not made."""
    if width not in WIDTHS:
        known = ", ".join(map(str, WIDTHS))
        raise NotFoundError(f"width={width}: pages are pictured {known} pixels wide; ask for one of these")
    return width


def picture(cache: Path, pdf: Path, sha256: str, page: int, width: int) -> bytes:
    """The PNG of a page (PDF number, from 1), from the cache or rendered into it.

    A cache that cannot be written costs time, not the picture.
    """
    path = cache / sha256 / f"{page}-{width}.png"
    if png := kept(path):
        return png
    with RENDERERS:
        if png := kept(path):
            return png
        png = pipeline.page_picture(pdf, page, width=width)
    keep(path, png)
    return png


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
