"""What is held of each handbook: its editions, their records, passages and corrections, served or not."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import takewhile

from kb import Edition, NotFoundError, Passage, Record, StoreError, codec
from kb.editions import Action, Edit, Reviewed, edits
from kb.store import pages, proof
from kb.store.database import Opened
from kb.store.pages import ReadPage


class Holdings(Opened):
    """The editions of an open library."""

    def editions_on_demand(self, wanted: Iterable[tuple[str, int]]) -> dict[tuple[str, int], Edition]:
        """Editions by handbook and number, each of whose pages is read when it is asked for, while this is open."""
        read = pages.reader(self._database)
        return {one: self.edition(*one, read) for one in wanted}

    def edition(self, handbook: str, number: int | None = None, read: ReadPage | None = None) -> Edition:
        """An edition with its pages (read one by one by `read`), staged ones included; the served one by default.

        Raises:
            NotFoundError: there is no such handbook or edition.
        """
        with self._database.read() as db:
            if number is None:
                found = db.execute("SELECT current FROM handbook WHERE id = ?", (handbook,)).fetchone()
                if found is None or found[0] is None:
                    raise NotFoundError(
                        f"{handbook}: no such handbook in this library; kb handbooks lists them"
                    )
                number = int(found[0])
            row = db.execute(
                "SELECT title, language, sha256, file_name, source, ingested_at, unassigned,"
                " ledger, missing, hidden, imprint, caveats FROM edition WHERE handbook = ? AND number = ?",
                (handbook, number),
            ).fetchone()
            if row is None:
                raise _no_edition(handbook, number)
            title, language, sha256, file_name, source, ingested_at, unassigned, *account = row
            ledger, missing, hidden, imprint, caveats = account
            return Edition(
                handbook=handbook,
                number=number,
                title=title,
                language=language,
                pages=pages.held(db, handbook, number, read),
                sha256=sha256,
                file_name=file_name,
                source=source,
                ingested_at=ingested_at,
                unassigned=codec.load_unassigned(unassigned),
                ledger=codec.load_ledger(ledger),
                missing=codec.load_texts(missing),
                hidden=codec.load_unassigned(hidden),
                imprint=codec.load_facets(imprint),
                caveats=codec.load_caveats(caveats),
            )

    def editions(self, handbook: str) -> tuple[Edition, ...]:
        """All published editions of a handbook with their pages, newest first."""
        with self._database.read() as db:
            numbers = db.execute(
                "SELECT number FROM edition WHERE handbook = ? AND state = 'published' ORDER BY number DESC",
                (handbook,),
            ).fetchall()
            if not numbers:
                raise NotFoundError(f"{handbook}: no such handbook in this library; kb handbooks lists them")
            return tuple(self.edition(handbook, number) for (number,) in numbers)

    def published(self, handbook: str) -> tuple[int, ...]:
        """The numbers of a handbook's published editions, oldest first, those of a removed one as well.

        Raises:
            NotFoundError: there is no such handbook.
        """
        with self._database.read() as db:
            found = db.execute(
                "SELECT number FROM edition WHERE handbook = ? AND state = 'published' ORDER BY number",
                (handbook,),
            ).fetchall()
            if not found:
                raise NotFoundError(f"{handbook}: no such handbook in this library; kb handbooks lists them")
            return tuple(number for (number,) in found)

    def require(self, handbook: str, number: int) -> None:
        """Raise a NotFoundError unless this edition was published."""
        if number not in self.published(handbook):
            raise NotFoundError(
                f"{handbook}: edition {number} is not in this library; kb editions {handbook} lists them"
            )

    def dates(self, handbook: str) -> tuple[tuple[int, str], ...]:
        """Number and time of ingest of each published edition, newest first; NotFoundError for no handbook."""
        with self._database.read() as db:
            self.published(handbook)
            found = db.execute(
                "SELECT number, ingested_at FROM edition WHERE handbook = ? AND state = 'published'"
                " ORDER BY number DESC",
                (handbook,),
            )
            return tuple((number, date) for number, date in found)

    def history(self, record: str) -> tuple[tuple[int, int], ...]:
        """The published editions that have a record, newest first, each with the PDF page it starts on there."""
        with self._database.read() as db:
            found = db.execute(
                "SELECT r.edition, json_extract(r.body, '$.page_start') FROM served r"
                " JOIN edition e ON e.handbook = r.handbook AND e.number = r.edition"
                " WHERE r.id = ? AND e.state = 'published' ORDER BY r.edition DESC",
                (codec.storable(record),),
            )
            return tuple((number, page) for number, page in found)

    def unchanged_since(self, record: str) -> str:
        """When the edition was read in that first said what a record says by now; "" where it is in none."""
        told: dict[str, list[str]] = {}
        with self._database.read() as db:
            for time, sha256 in db.execute(
                "SELECT e.ingested_at, p.sha256 FROM passage p"
                " JOIN edition e ON e.handbook = p.handbook AND e.number = p.edition"
                " WHERE p.record = ? AND e.state = 'published' ORDER BY p.edition DESC, p.number",
                (codec.storable(record),),
            ):
                told.setdefault(str(time), []).append(sha256)
        newest = next(iter(told.values()), [])
        return list(takewhile(lambda time: told[time] == newest, told))[-1] if told else ""

    def last_served(self, handbook: str) -> int:
        """The edition of a handbook that is served, or was when it was removed; NotFoundError for none."""
        with self._database.read() as db:
            held = self.published(handbook)
            found = db.execute(
                "SELECT o.value FROM publication p, json_each(p.editions) o WHERE o.key = ?"
                " ORDER BY p.number DESC LIMIT 1",
                (handbook,),
            ).fetchone()
            return int(found[0]) if found and found[0] in held else held[-1]

    def next_number(self, handbook: str) -> int:
        """The number that the next edition of a handbook, known or not, will have."""
        with self._database.read() as db:
            newest = db.execute("SELECT max(number) FROM edition WHERE handbook = ?", (handbook,)).fetchone()[
                0
            ]
        return (newest or 0) + 1

    def records(self, handbook: str, edition: int) -> tuple[Record, ...]:
        """The records of an edition as they are served, corrections applied, in printed order.

        Raises:
            NotFoundError: there is no such edition.
        """
        with self._database.read() as db:
            require_edition(db, handbook, edition)
            found = db.execute(
                "SELECT body FROM served WHERE handbook = ? AND edition = ? ORDER BY position, id",
                (handbook, edition),
            )
            return tuple(codec.load_record(body) for (body,) in found)

    def extracted(self, handbook: str, edition: int) -> tuple[Record, ...]:
        """The records of an edition as they were extracted, in printed order.

        Raises:
            NotFoundError: there is no such edition.
        """
        with self._database.read() as db:
            require_edition(db, handbook, edition)
            found = db.execute(
                "SELECT body FROM record WHERE handbook = ? AND edition = ? ORDER BY position, id",
                (handbook, edition),
            )
            return tuple(codec.load_record(body) for (body,) in found)

    def record(self, record: str, edition: int | None = None) -> Record:
        """A record as the served edition has it, or else the newest published edition that did.

        Raises:
            NotFoundError: no published edition (or not the one asked for) has it.
        """
        with self._database.read() as db:
            if edition is None and (fate := _fate(db, record)) is not None:
                return self.record(fate, None) if fate else _discarded(db, record)
            found = db.execute(
                "SELECT r.body FROM served r JOIN handbook h ON h.id = r.handbook"
                " JOIN edition e ON e.handbook = r.handbook AND e.number = r.edition"
                " WHERE r.id = ?1 AND e.state = 'published' AND h.current IS NOT NULL"
                " AND (?2 IS NULL OR r.edition = ?2)"
                " ORDER BY r.edition = h.current DESC, r.edition DESC LIMIT 1",
                (codec.storable(record), edition),
            ).fetchone()
            if found is None:
                place = "this library" if edition is None else f"edition {edition}"
                raise NotFoundError(f"{record}: no such record in {place}; kb search WORDS finds ids")
            return codec.load_record(found[0])

    def passages(self, handbook: str, edition: int) -> tuple[Passage, ...]:
        """The passages of an edition, by record in printed order, then by number.

        Raises:
            NotFoundError: there is no such edition.
        """
        with self._database.read() as db:
            require_edition(db, handbook, edition)
            found = db.execute(
                "SELECT p.body FROM passage p JOIN served r"
                " ON r.handbook = p.handbook AND r.edition = p.edition AND r.id = p.record"
                " WHERE p.handbook = ? AND p.edition = ? ORDER BY r.position, r.id, p.number",
                (handbook, edition),
            )
            return tuple(codec.load_passage(body) for (body,) in found)

    def record_ids(self, handbook: str) -> frozenset[str]:
        """Every id that a handbook ever gave to a record: none is given out again."""
        with self._database.read() as db:
            found = db.execute(
                "SELECT id FROM record WHERE handbook = ?1 UNION SELECT id FROM retired WHERE handbook = ?1",
                (handbook,),
            ).fetchall()
            return frozenset({row[0] for row in found} | {e.made for e in self.edits(handbook) if e.made})

    def listed_ids(self, handbook: str, edition: int) -> frozenset[str]:
        """The ids of the records of one edition; none where there is no such edition."""
        with self._database.read() as db:
            found = db.execute(
                "SELECT id FROM served WHERE handbook = ? AND edition = ?", (handbook, edition)
            )
            return frozenset(row[0] for row in found)

    def fates(self, handbook: str, edition: int) -> dict[str, str]:
        """What the records of an edition that review took away went into, by id; "" for what was discarded."""
        with self._database.read() as db:
            found = db.execute(
                "SELECT id, target FROM corrected WHERE handbook = ? AND edition = ? AND body IS NULL",
                (handbook, edition),
            )
            return dict(found.fetchall())

    def edits(self, handbook: str | None = None) -> tuple[Edit, ...]:
        """The edits that people made in review, oldest first; those that were undone are among them."""
        with self._database.read() as db:
            found = db.execute(
                "SELECT body, number, undone_by, undone_at FROM edit"
                " WHERE ?1 IS NULL OR handbook = ?1 ORDER BY number",
                (handbook,),
            )
            return tuple(edits.load(*row) for row in found)

    # writing, within a transaction that the caller opened

    def _check_edition(
        self, new: Edition, its_records: Sequence[Record], its_passages: Sequence[Passage]
    ) -> None:
        """Raise a StoreError unless records and passages belong to this edition and each is there once."""
        place = f"{new.file_name}: edition {new.number} of {new.handbook}"
        strays = [r.id for r in its_records if (r.handbook, r.edition) != (new.handbook, new.number)]
        ids = Counter(r.id for r in its_records)
        twice = [name for name, count in ids.items() if count > 1 or not name]
        orphans = [p.record for p in its_passages if p.record not in ids]
        numbers = Counter((p.record, p.number) for p in its_passages)
        again = [name for name, count in numbers.items() if count > 1]
        for what, which in (
            ("records of another edition", strays),
            ("record ids that are empty or occur twice", twice),
            ("passages of no record", orphans),
            ("passages that occur twice", again),
        ):
            if which:
                raise StoreError(f"{place}: {what}: {which[:3]}; report this as a bug, nothing was changed")

    def _insert_edition(
        self,
        db: sqlite3.Connection,
        new: Edition,
        its_records: Sequence[Record],
        its_passages: Sequence[tuple[Passage, str]],
        reviewed: Reviewed | None = None,
    ) -> None:
        """Write a staged edition; each passage comes with the checksum of its indexed text."""
        key = (new.handbook, new.number)
        clean = codec.storable
        db.execute("INSERT OR IGNORE INTO handbook (id) VALUES (?)", (new.handbook,))
        if db.execute("SELECT 1 FROM edition WHERE handbook = ? AND number = ?", key).fetchone():
            raise StoreError(f"{new.handbook}: edition {new.number} is in the store already; ingest again")
        db.execute(
            "INSERT INTO edition (handbook, number, state, title, language, sha256, file_name, source,"
            " ingested_at, seconds, page_count, unassigned, ledger, missing, hidden, imprint,"
            " caveats) VALUES (?, ?, 'staged', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *key, clean(new.title), new.language, new.sha256, clean(new.file_name), clean(new.source),
                new.ingested_at, 0.0, len(new.pages), codec.dump_unassigned(new.unassigned),
                codec.dump_ledger(new.ledger), codec.dump_texts(new.missing), codec.dump_unassigned(new.hidden),
                codec.dump_facets(new.imprint), codec.dump_caveats(new.caveats),
            ),
        )  # fmt: skip
        rows = [(*key, page.number, codec.dump(page)) for page in new.pages]
        db.executemany("INSERT INTO page VALUES (?, ?, ?, ?)", rows)
        db.executemany(
            "INSERT INTO record VALUES (?, ?, ?, ?, ?, ?, ?)",
            [(*key, r.id, r.kind, r.position, clean(r.title), codec.dump(r)) for r in its_records],
        )
        self._put_passages(db, *key, its_passages)
        if reviewed is not None:
            self._put_review(db, *key, reviewed, its_records)
        taken = db.execute(
            "SELECT n.id, o.handbook FROM record n JOIN record o ON o.id = n.id AND o.handbook <> n.handbook"
            " WHERE n.handbook = ? AND n.edition = ? LIMIT 1",
            key,
        ).fetchone()
        if taken:
            raise StoreError(f"record id {taken[0]} is another one's in {taken[1]}; report this as a bug")
        proof.seal_edition(db, *key)
        proof.seal_handbook(db, new.handbook)

    def _put_review(
        self, db: sqlite3.Connection, handbook: str, number: int, reviewed: Reviewed, own: Sequence[Record]
    ) -> None:
        """Serve an edition as review left it; `own` are its records as extracted."""
        key = (handbook, number)
        db.execute("DELETE FROM corrected WHERE handbook = ? AND edition = ?", key)
        as_extracted = {r.id: r for r in own}
        changed = [r for r in reviewed.records if as_extracted.get(r.id) != r]
        db.executemany(
            "INSERT INTO corrected VALUES (?, ?, ?, ?, ?, ?, ?, '')",
            [(*key, r.id, r.kind, r.position, codec.storable(r.title), codec.dump(r)) for r in changed],
        )
        db.executemany(
            "INSERT INTO corrected VALUES (?, ?, ?, '', 0, '', NULL, ?)",
            [(*key, gone, target) for gone, target in reviewed.fates.items()],
        )

    def _put_passages(
        self, db: sqlite3.Connection, handbook: str, number: int, its_passages: Sequence[tuple[Passage, str]]
    ) -> None:
        """Replace the passages of an edition; each comes with the checksum of its indexed text."""
        db.execute("DELETE FROM passage WHERE handbook = ? AND edition = ?", (handbook, number))
        db.executemany(
            "INSERT INTO passage VALUES (?, ?, ?, ?, ?, ?)",
            [(handbook, number, p.record, p.number, sha256, codec.dump(p)) for p, sha256 in its_passages],
        )

    def _drop_staged(self, db: sqlite3.Connection) -> list[tuple[str, int]]:
        """Delete editions that were never published; tell which."""
        found = db.execute(
            "SELECT handbook, number FROM edition WHERE state = 'staged' ORDER BY 1, 2"
        ).fetchall()
        db.execute("DELETE FROM edition WHERE state = 'staged'")
        db.execute("DELETE FROM handbook WHERE id NOT IN (SELECT handbook FROM edition)")
        for handbook, number in found:
            proof.seal_edition(db, handbook, number)
            proof.seal_handbook(db, handbook)
        return [(handbook, number) for handbook, number in found]


def _fate(db: sqlite3.Connection, wanted: str) -> str | None:
    """What a record that the served edition lacks by review was merged into, "" for a discarded one."""
    found = db.execute(
        "SELECT c.target FROM corrected c JOIN handbook h ON h.id = c.handbook AND h.current = c.edition"
        " WHERE c.id = ? AND c.body IS NULL",
        (codec.storable(wanted),),
    ).fetchone()
    return str(found[0]) if found else None


def _discarded(db: sqlite3.Connection, wanted: str) -> Record:
    """A discarded record as the newest edition has it."""
    found = db.execute(
        "SELECT r.body FROM record r JOIN edition e ON e.handbook = r.handbook AND e.number = r.edition"
        " WHERE r.id = ? AND e.state = 'published' ORDER BY r.edition DESC LIMIT 1",
        (codec.storable(wanted),),
    ).fetchone()
    if found is None:
        raise NotFoundError(f"{wanted}: discarded by review; kb review edits says by whom and why")
    return replace(codec.load_record(found[0]), corrected=(Action.DISCARD.value,))


def require_edition(
    db: sqlite3.Connection,
    handbook: str,
    number: int,
    error: type[NotFoundError | StoreError] = NotFoundError,
) -> None:
    """Raise unless an edition is kept, staged or published."""
    found = db.execute("SELECT 1 FROM edition WHERE handbook = ? AND number = ?", (handbook, number))
    if found.fetchone() is None:
        raise _no_edition(handbook, number, error)


def _no_edition(
    handbook: str, number: int, error: type[NotFoundError | StoreError] = NotFoundError
) -> NotFoundError | StoreError:
    return error(f"{handbook}: edition {number} is not in this library; kb editions {handbook} lists them")
