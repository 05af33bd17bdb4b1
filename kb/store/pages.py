"""The pages of an edition that stay in the database until somebody asks for one."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import overload

from kb import NotFoundError, Page, codec
from kb.store.database import Database

MOST_KEPT = 512  # pages of all editions together, some kilobytes each

ReadPage = Callable[[str, int, int], Page]
"""Reads a page by its handbook, edition and number (from 1)."""


def reader(database: Database) -> ReadPage:
    """Read pages one by one, keeping those that were asked for last; for several threads."""

    @lru_cache(maxsize=MOST_KEPT)
    def read(handbook: str, edition: int, number: int) -> Page:
        with database.read() as db:
            found = db.execute(
                "SELECT body FROM page WHERE handbook = ? AND edition = ? AND number = ?",
                (handbook, edition, number),
            ).fetchone()
        if found is None:
            raise NotFoundError(
                f"{handbook}: edition {edition} has no page {number} in this library any more"
            )
        return codec.load_page(found[0])

    return read


def held(db: sqlite3.Connection, handbook: str, edition: int, read: ReadPage | None = None) -> Sequence[Page]:
    """The pages of an edition, read at once, or one by one by `read`."""
    key = (handbook, edition)
    if read is not None:
        count = db.execute("SELECT count(*) FROM page WHERE handbook = ? AND edition = ?", key).fetchone()[0]
        return Pages(handbook, edition, count, read)
    found = db.execute("SELECT body FROM page WHERE handbook = ? AND edition = ? ORDER BY number", key)
    return tuple(codec.load_page(body) for (body,) in found)


class Pages(Sequence[Page]):
    """The pages of an edition in their order, each read when it is asked for; page n is at n - 1."""

    def __init__(self, handbook: str, edition: int, count: int, read: ReadPage) -> None:
        self._handbook = handbook
        self._edition = edition
        self._count = count
        self._read = read

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, at: int) -> Page: ...

    @overload
    def __getitem__(self, at: slice) -> Sequence[Page]: ...

    def __getitem__(self, at: int | slice) -> Page | Sequence[Page]:
        if isinstance(at, slice):
            return tuple(self[number] for number in range(*at.indices(self._count)))
        return self._read(self._handbook, self._edition, range(self._count)[at] + 1)

    def __iter__(self) -> Iterator[Page]:
        return (self[number] for number in range(self._count))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    __hash__ = None  # type: ignore[assignment] # equal to a tuple of the same pages, which would hash otherwise
