"""What harvesters are told of each record that was ever served: since when it reads as it does, or is gone.

Kept by whoever changes what is served, in the same transaction, and never taken back: a row stays for ever, as ids do.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from kb import Facet, Handbook, Kind, Origin, Record, codec, load_facets, storable
from kb.store import proof

TABLE = """
    CREATE TABLE harvest (
        handbook TEXT NOT NULL,
        id TEXT NOT NULL,
        kind TEXT NOT NULL,  -- '' where no edition that has it is kept
        year TEXT NOT NULL,  -- of its handbook's imprint, when it came to read so
        digest TEXT NOT NULL,  -- of what is told of it, '' once it is gone
        stamp TEXT NOT NULL,  -- when that changed, UTC
        change INTEGER NOT NULL,  -- counts up; rows with one number changed at once
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
_OF_FIELD = ("label", "text", "name", "origin", "notes")
_OF_FACET = ("name", "value", "origin", "printed")
"""Places are left out: who harvests is told of none, and a page that is put in before moves every record."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a harvester asks for: `since` and `until` are times as `ChronicleEntry.stamp`, "" for no bound.

    `change` is the newest change that is told of, so that a list stays the same while more is published.
    """

    change: int
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


_Row = tuple[str, str, str, str, str, str, int]


def begin(db: sqlite3.Connection) -> None:
    """Enter what a library holds that told harvesters nothing so far: what is served, and what was."""
    books = [book for (book,) in db.execute("SELECT id FROM handbook ORDER BY id").fetchall()]
    for handbook in books:
        note(db, handbook)
    gone = db.execute(
        "WITH held AS (SELECT r.handbook, r.id, r.kind, r.edition FROM served r"
        " JOIN edition e ON e.handbook = r.handbook AND e.number = r.edition WHERE e.state = 'published'"
        " UNION ALL SELECT handbook, id, '', 0 FROM retired)"
        " SELECT handbook, id, kind, max(edition) FROM held h WHERE NOT EXISTS"
        " (SELECT 1 FROM harvest o WHERE (o.handbook, o.id) = (h.handbook, h.id))"
        " GROUP BY handbook, id ORDER BY handbook, id"
    ).fetchall()
    _enter(db, [(handbook, name, kind, "", "") for handbook, name, kind, _ in gone])


def note(db: sqlite3.Connection, handbook: str) -> None:
    """Enter what changed of a handbook's records since the last time, by what is served of it now."""
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
    _enter(db, [*changed, *gone])


def succeed(db: sqlite3.Connection, before: Iterable[Any]) -> None:
    """Take up where another library left off, whose place this one takes: what differs from it changed now."""
    now = {(row[0], row[1]): row for row in db.execute("SELECT * FROM harvest").fetchall()}
    held = {(row[0], row[1]): row for row in before}
    same = [row for key, row in held.items() if key in now and now[key][4] == row[4]]
    gone = [(*row[:3], "", "") for key, row in held.items() if key not in now]
    other = [row[:5] for key, row in now.items() if key not in held or held[key][4] != row[4]]
    _write(db, same)
    _enter(db, [*other, *gone], max((row[6] for row in held.values()), default=0))


def rows(db: sqlite3.Connection) -> list[Any]:
    """All that is entered."""
    return db.execute("SELECT * FROM harvest").fetchall()


def bounds(db: sqlite3.Connection) -> tuple[int, str]:
    """The newest change, and the earliest stamp; (0, "") where nothing was ever served."""
    first, last = db.execute(
        "SELECT (SELECT min(stamp) FROM harvest), (SELECT max(stamp) FROM harvest)"
    ).fetchone()
    found = db.execute("SELECT max(change) FROM harvest WHERE stamp = ?", (last,)).fetchone()
    return int(found[0] or 0), str(first or "")


def size(db: sqlite3.Connection, wanted: Wanted) -> int:
    """How many entries there are of what is asked for."""
    where, values = _where(wanted)
    return int(db.execute(f"SELECT count(*) FROM harvest WHERE {where}", values).fetchone()[0])


def listed(
    db: sqlite3.Connection, wanted: Wanted, after: tuple[str, str], limit: int
) -> tuple[ChronicleEntry, ...]:
    """The entries of what is asked for, by stamp and id, from the one after `after` (its stamp and id) on."""
    where, values = _where(wanted)
    found = db.execute(
        f"SELECT * FROM harvest WHERE {where} AND (stamp, id) > (?, ?) ORDER BY stamp, id LIMIT ?",
        (*values, *(storable(part) for part in after), limit),
    ).fetchall()
    return tuple(_entry(db, row) for row in found)


def one(db: sqlite3.Connection, name: str) -> ChronicleEntry | None:
    """The entry of a record by its id; None where no record ever had it."""
    row = db.execute("SELECT * FROM harvest WHERE id = ? LIMIT 1", (storable(name),)).fetchone()
    return _entry(db, row) if row else None


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
        "SELECT h.id, coalesce(nullif(h.name, ''), (SELECT e.title FROM edition e WHERE e.handbook = h.id AND"
        " e.state = 'published' ORDER BY e.number = h.current DESC, e.number DESC LIMIT 1)) FROM handbook h"
        " WHERE h.id > ? AND EXISTS (SELECT 1 FROM harvest o WHERE o.handbook = h.id) ORDER BY h.id LIMIT ?",
        (storable(after), limit),
    )
    return tuple((name, title or name) for name, title in found)


def stated(book: Handbook, name: str) -> tuple[Facet, ...]:
    """What is printed of a handbook, or stated by the owner; nothing inferred."""
    return tuple(fact for fact in book.facts if fact.name == name and fact.origin is not Origin.INFERRED)


def _year(book: Handbook) -> str:
    return next((fact.value for fact in stated(book, "year")), "")


def _where(wanted: Wanted) -> tuple[str, list[Any]]:
    parts: list[tuple[str, Any]] = [("change <= ?", wanted.change)]
    parts += [("stamp >= ?", wanted.since)] if wanted.since else []
    parts += [("stamp <= ?", wanted.until)] if wanted.until else []
    parts += [("handbook = ?", wanted.handbook)] if wanted.handbook else []
    parts += [("kind = ?", wanted.kind.value)] if wanted.kind else []
    return " AND ".join(part for part, _ in parts), [value for _, value in parts]


def _entry(db: sqlite3.Connection, row: _Row) -> ChronicleEntry:
    handbook, name, kind, year, digest, stamp, _ = row
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
        [[one.get(part) for part in _OF_FACET] for one in held["facets"]],
    ]
    return hashlib.blake2b(codec.to_json(record).encode(), digest_size=16).hexdigest()


def _enter(db: sqlite3.Connection, changed: list[tuple[str, str, str, str, str]], newest: int = 0) -> None:
    """Write rows that changed now, all with the same stamp and the next number."""
    if changed:
        last = db.execute("SELECT max(stamp) FROM harvest").fetchone()[0] or ""
        number = 1 + max(newest, bounds(db)[0])
        stamp = max(last, _soon())
        _write(db, [(*row, stamp, number) for row in changed])


def _write(db: sqlite3.Connection, given: list[_Row]) -> None:
    db.executemany("INSERT OR REPLACE INTO harvest VALUES (?, ?, ?, ?, ?, ?, ?)", given)
    proof.seal_harvest(db, given)


def _soon() -> str:
    """The next full second: who harvests before this is committed, and asks later for what changed since, gets it."""
    return f"{datetime.now(UTC) + timedelta(seconds=1):%Y-%m-%dT%H:%M:%SZ}"
