"""What harvesters ask of an open library: entries of records, pages of them, and sets."""

from __future__ import annotations

from typing import Any

from kb import Kind
from kb.store import chronicle
from kb.store.chronicle import Harvest, Wanted
from kb.store.current import Serving


class Harvested(Serving):
    """What was ever served of an open library, and since when it reads as it does."""

    def harvest_earliest(self) -> str:
        """The time of the earliest entry; "" where nothing was ever served."""
        with self._database.read() as db:
            return chronicle.earliest(db)

    def harvest(self, wanted: Wanted, after: tuple[str, str] = ("", ""), limit: int = 100) -> Harvest:
        """Entries by time and id, at most `limit`, from the one after `after` (time and id) on."""
        with self._database.read() as db:
            entries = chronicle.listed(db, wanted, after, limit)
            books = dict.fromkeys(entry.handbook for entry in entries if entry.record is not None)
            known = {book: facts for book in books if (facts := chronicle.facts(db, book)) is not None}
            return Harvest(entries, known)

    def harvest_size(self, wanted: Wanted, after: tuple[str, str] = ("", "")) -> int:
        """How many entries there are of what is asked for, from the one after `after` (time and id) on."""
        with self._database.read() as db:
            return chronicle.size(db, wanted, after)

    def harvest_one(self, record: str) -> Harvest:
        """The entry of a record by its id; none where no record ever had it."""
        with self._database.read() as db:
            entry = chronicle.one(db, record)
            book = chronicle.facts(db, entry.handbook) if entry is not None else None
            return Harvest((entry,) if entry else (), {book.id: book} if book else {})

    def harvest_stamps(self, handbook: str) -> dict[str, str]:
        """Since when each served record of a handbook reads as it does, UTC, by id."""
        with self._database.read() as db:
            return chronicle.stamps(db, handbook)

    def harvest_dates(self) -> dict[str, str]:
        """When something of each handbook changed last, UTC, by id."""
        with self._database.read() as db:
            return chronicle.dates(db)

    def harvest_served(self) -> int:
        """How many records are served."""
        with self._database.read() as db:
            return chronicle.count_served(db)

    def harvest_addresses(self, start: int, limit: int) -> tuple[tuple[str, Kind, str], ...]:
        """Id, kind and time of served records, by handbook and id, from the one at `start` (from 0) on."""
        with self._database.read() as db:
            return chronicle.addresses(db, start, limit)

    def harvest_handbooks(self, after: str = "", limit: int = 100) -> tuple[tuple[str, str], ...]:
        """The id and title of each handbook that ever had a record, by id, from the one after `after` on."""
        with self._database.read() as db:
            return chronicle.titles(db, after, limit)

    def harvest_rows(self) -> list[tuple[Any, ...]]:
        """All entries as they are kept, for the library that takes this one's place."""
        with self._database.read() as db:
            return chronicle.rows(db)
