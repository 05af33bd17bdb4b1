"""What harvesters are told of each record that was ever served: since when it reads as it does, or is gone.

Kept by whoever changes what is served, in the same transaction, and never taken back: a row stays for ever, as ids do.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from kb import Facet, Handbook, Kind, Origin, Record, codec, load_facets, storable
from kb.editions import unreferenced
from kb.store import proof

TABLE = """
    CREATE TABLE harvest (
        handbook TEXT NOT NULL,
        id TEXT NOT NULL,
        kind TEXT NOT NULL,  -- '' where no edition that has it is kept
        year TEXT NOT NULL,  -- of its handbook's imprint, when it came to read so
        digest TEXT NOT NULL,  -- of what is told of it, '' once it is gone
        stamp TEXT NOT NULL,  -- when that changed, UTC
        PRIMARY KEY (handbook, id)
    ) WITHOUT ROWID
    """
INDEXES = (
    "CREATE INDEX harvest_by_id ON harvest (id)",
    "CREATE INDEX harvest_by_stamp ON harvest (stamp, id)",
    "CREATE INDEX harvest_by_kind ON harvest (kind, stamp, id)",
    "CREATE INDEX harvest_by_handbook ON harvest (handbook, stamp, id)",
)
SHAPE = 1
"""To be counted up when what is told of records has another shape, so that all are harvested anew."""
TOLD = ("author", "publisher", "licence")
"""What is told of a record's handbook beside its title; its year is that of `year`."""
_OF_RECORD = ("kind", "title", "institution", "annex", "annex_label", "path", "tools", "language")
_OF_FIELD = ("label", "name", "origin", "notes")
_OF_FACET = ("name", "value", "origin", "printed")
"""Places are left out: who harvests is told of none, and a page that is put in before moves every record. So are the
numbers of references, and how lines are broken."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a harvester asks for: `since` and `until` are times as `ChronicleEntry.stamp`, "" for no bound."""

    since: str = ""
    until: str = ""
    handbook: str = ""
    kind: Kind | None = None


@dataclass(frozen=True, slots=True)
class ChronicleEntry:
    """What harvesters are told of a record: as it is served, or that it is gone (None).

    `stamp` is UTC to the second ("2026-11-30T09:00:00Z"), `kind` None where nothing of it is kept, `year` "" where the
    handbook states none.
    """

    handbook: str
    id: str
    kind: Kind | None
    year: str
    stamp: str
    record: Record | None


@dataclass(frozen=True, slots=True)
class Harvest:
    """A page of entries, oldest first, and the handbooks that their records stand in, by id."""

    entries: tuple[ChronicleEntry, ...]
    handbooks: Mapping[str, Handbook]


_Row = tuple[str, str, str, str, str, str]


def begin(db: sqlite3.Connection) -> None:
    """Enter what a library holds that told harvesters nothing so far: what is served, and what was."""
    books = [book for (book,) in db.execute("SELECT id FROM handbook ORDER BY id").fetchall()]
    note(db, *books)
    gone = db.execute(
        "WITH held AS (SELECT r.handbook, r.id, r.kind, r.edition FROM served r"
        " JOIN edition e ON e.handbook = r.handbook AND e.number = r.edition WHERE e.state = 'published'"
        " UNION ALL SELECT handbook, id, '', 0 FROM retired)"
        " SELECT handbook, id, kind, max(edition) FROM held h WHERE NOT EXISTS"
        " (SELECT 1 FROM harvest o WHERE (o.handbook, o.id) = (h.handbook, h.id))"
        " GROUP BY handbook, id ORDER BY handbook, id"
    ).fetchall()
    _enter(db, [(handbook, name, kind, "", "") for handbook, name, kind, _ in gone])


def is_late(stamp: str) -> bool:
    """Whether it is another second by now than that of a change that was just committed."""
    return bool(stamp) and stamp < _now()


def settle(db: sqlite3.Connection, stamp: str) -> None:
    """Move the time of a change on to now, after its commit.

    Who harvested while it was being committed saw nothing of it, and will ask for what changed since then.
    """
    now = _now()
    db.execute("UPDATE harvest SET stamp = ? WHERE stamp = ?", (now, stamp))
    proof.seal_harvest(db, db.execute("SELECT * FROM harvest WHERE stamp = ?", (now,)).fetchall())


def note(db: sqlite3.Connection, *handbooks: str) -> str:
    """Enter what changed of some handbooks' records since the last time, by what is served of them now.

    The stamp of what changed, for `settle`; "" for nothing.
    """
    return max((_note(db, handbook) for handbook in handbooks), default="")


def _note(db: sqlite3.Connection, handbook: str) -> str:
    book = facts(db, handbook)
    known = {
        name: (kind, digest)
        for name, kind, digest in db.execute(
            "SELECT id, kind, digest FROM harvest WHERE handbook = ?", (handbook,)
        )
    }
    served = dict(_served(db, book)) if book is not None else {}
    year = _year(book) if book is not None else ""
    changed = [
        (handbook, name, kind, year, digest)
        for name, (kind, digest) in served.items()
        if name not in known or known[name][1] != digest
    ]
    gone = [
        (handbook, name, kind, "", "")
        for name, (kind, digest) in known.items()
        if digest and name not in served
    ]
    return _enter(db, [*changed, *gone])


def succeed(db: sqlite3.Connection, before: Iterable[Any]) -> str:
    """Take up where another library left off, whose place this one takes: what differs from it changed now.

    The stamp of what changed, for `settle`; "" for nothing.
    """
    now = {(row[0], row[1]): row for row in db.execute("SELECT * FROM harvest").fetchall()}
    held = {(row[0], row[1]): row for row in before}
    same = [row for key, row in held.items() if key in now and now[key][4] == row[4]]
    gone = [(*row[:3], "", "") for key, row in held.items() if key not in now]
    other = [row[:5] for key, row in now.items() if key not in held or held[key][4] != row[4]]
    _write(db, same)
    return _enter(db, [*other, *gone])


def rows(db: sqlite3.Connection) -> list[Any]:
    """All that is entered."""
    return db.execute("SELECT * FROM harvest").fetchall()


def earliest(db: sqlite3.Connection) -> str:
    """The earliest stamp; "" where nothing was ever served."""
    return str(db.execute("SELECT min(stamp) FROM harvest").fetchone()[0] or "")


def size(db: sqlite3.Connection, wanted: Wanted, after: tuple[str, str]) -> int:
    """How many entries there are of what is asked for, from the one after `after` (its stamp and id) on."""
    where, values = _where(wanted, after)
    return int(db.execute(f"SELECT count(*) FROM harvest WHERE {where}", values).fetchone()[0])


def listed(
    db: sqlite3.Connection, wanted: Wanted, after: tuple[str, str], limit: int
) -> tuple[ChronicleEntry, ...]:
    """The entries of what is asked for, by stamp and id, from the one after `after` (its stamp and id) on."""
    where, values = _where(wanted, after)
    found = db.execute(
        f"SELECT * FROM harvest WHERE {where} ORDER BY stamp, id LIMIT ?", (*values, limit)
    ).fetchall()
    return tuple(_entry(db, row) for row in found)


def one(db: sqlite3.Connection, name: str) -> ChronicleEntry | None:
    """The entry of a record by its id; None where no record ever had it."""
    row = db.execute("SELECT * FROM harvest WHERE id = ? LIMIT 1", (storable(name),)).fetchone()
    return _entry(db, row) if row else None


def stamps(db: sqlite3.Connection, handbook: str) -> dict[str, str]:
    """Since when each served record of a handbook reads as it does, by id."""
    found = "SELECT id, stamp FROM harvest WHERE handbook = ? AND digest <> ''"
    return dict(db.execute(found, (storable(handbook),)).fetchall())


def dates(db: sqlite3.Connection) -> dict[str, str]:
    """The newest stamp of each handbook, by id."""
    return dict(
        db.execute(
            "SELECT id, stamp FROM (SELECT id, (SELECT max(stamp) FROM harvest o WHERE o.handbook = h.id)"
            " AS stamp FROM handbook h) WHERE stamp IS NOT NULL"
        ).fetchall()
    )


def count_served(db: sqlite3.Connection) -> int:
    """How many records are served."""
    return int(db.execute("SELECT count(*) FROM harvest WHERE digest <> ''").fetchone()[0])


def addresses(db: sqlite3.Connection, start: int, limit: int) -> tuple[tuple[str, Kind, str], ...]:
    """Id, kind and stamp of served records, by handbook and id, from the one at `start` (from 0) on."""
    found = db.execute(
        "SELECT id, kind, stamp FROM harvest WHERE digest <> '' ORDER BY handbook, id LIMIT ? OFFSET ?",
        (limit, start),
    )
    return tuple((name, Kind(kind), stamp) for name, kind, stamp in found)


def facts(db: sqlite3.Connection, handbook: str) -> Handbook | None:
    """A handbook as it is served, without counts of what it holds; None where it is not."""
    row = db.execute(
        "SELECT e.title, e.language, e.file_name, e.number, e.page_count, h.publisher, h.licence, h.url, h.name,"
        " h.subjects, e.imprint FROM handbook h JOIN edition e ON e.handbook = h.id AND e.number = h.current"
        " WHERE h.id = ?",
        (handbook,),
    ).fetchone()
    if row is None:
        return None
    title, language, file_name, number, pages, publisher, licence, url, name, subjects, imprint = row
    return Handbook(
        handbook, name or title, language, file_name, number, 0, pages, {}, publisher, licence, url, name,
        tuple(subjects.splitlines()), load_facets(imprint),
    )  # fmt: skip


def titles(db: sqlite3.Connection, after: str, limit: int) -> tuple[tuple[str, str], ...]:
    """The id and title of each handbook that ever had a record, by id, from the one after `after` on."""
    found = db.execute(
        "SELECT id, name, coalesce(current, 0) FROM handbook h WHERE id > ?"
        " AND EXISTS (SELECT 1 FROM harvest o WHERE o.handbook = h.id) ORDER BY id LIMIT ?",
        (storable(after), limit),
    ).fetchall()
    return tuple((book, name or _title(db, book, current)) for book, name, current in found)


def _title(db: sqlite3.Connection, handbook: str, current: int) -> str:
    """The title of the served edition, else of the newest one."""
    (title,) = db.execute(
        "SELECT title FROM edition WHERE handbook = ? AND state = 'published'"
        " ORDER BY number = ? DESC, number DESC LIMIT 1",
        (handbook, current),
    ).fetchone()
    return str(title)


def stated(book: Handbook, name: str) -> tuple[Facet, ...]:
    """What is printed of a handbook, or stated by the owner; nothing inferred."""
    return tuple(fact for fact in book.facts if fact.name == name and fact.origin is not Origin.INFERRED)


def _year(book: Handbook) -> str:
    return next((fact.value for fact in stated(book, "year")), "")


def _where(wanted: Wanted, after: tuple[str, str]) -> tuple[str, list[str]]:
    """The condition of a list; what changes while it is fetched goes to its end, as stamps never run back."""
    parts = [("stamp >= ?", wanted.since)] if wanted.since else []
    parts += [("stamp <= ?", wanted.until)] if wanted.until else []
    parts += [("handbook = ?", wanted.handbook)] if wanted.handbook else []
    parts += [("kind = ?", wanted.kind.value)] if wanted.kind else []
    where = " AND ".join([*(part for part, _ in parts), "(stamp, id) > (?, ?)"])
    return where, [storable(value) for value in (*(value for _, value in parts), *after)]


def _entry(db: sqlite3.Connection, row: _Row) -> ChronicleEntry:
    handbook, name, kind, year, digest, stamp = row
    body = (
        digest
        and db.execute(
            "SELECT r.body FROM served r JOIN handbook h ON h.id = r.handbook AND h.current = r.edition"
            " WHERE r.handbook = ? AND r.id = ?",
            (handbook, name),
        ).fetchone()
    )
    record = codec.load_record(body[0]) if body else None
    return ChronicleEntry(handbook, name, Kind(kind) if kind else None, year, stamp, record)


def _served(db: sqlite3.Connection, book: Handbook) -> Iterator[tuple[str, tuple[str, str]]]:
    """Yield the id of each served record of a handbook, its kind, and a digest of what is told of it."""
    told = [[fact.name, fact.value, fact.origin] for fact in book.facts if fact.name in TOLD]
    common = codec.to_json([SHAPE, book.title, book.language, told])
    for name, kind, body in db.execute(
        "SELECT id, kind, body FROM served WHERE handbook = ? AND edition = ?", (book.id, book.edition)
    ):
        yield name, (kind, _digest(common, body))


@codec.kept
def _digest(common: str, body: str) -> str:
    held = json.loads(body)
    record = [
        common,
        [held.get(part) for part in _OF_RECORD],
        [[one.get(part) for part in _OF_FIELD] for one in held["fields"]],
        ["".join(unreferenced(one["text"]).split()) for one in held["fields"]],
        [[one.get(part) for part in _OF_FACET] for one in held["facets"]],
    ]
    return hashlib.blake2b(codec.to_json(record).encode(), digest_size=16).hexdigest()


def _enter(db: sqlite3.Connection, changed: list[tuple[str, str, str, str, str]]) -> str:
    """Write rows that changed now, all with the same stamp."""
    if not changed:
        return ""
    stamp = max(db.execute("SELECT max(stamp) FROM harvest").fetchone()[0] or "", _now())
    _write(db, [(*row, stamp) for row in changed])
    return stamp


def _write(db: sqlite3.Connection, given: list[_Row]) -> None:
    db.executemany("INSERT OR REPLACE INTO harvest VALUES (?, ?, ?, ?, ?, ?)", given)
    proof.seal_harvest(db, given)


def _now() -> str:
    return f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
