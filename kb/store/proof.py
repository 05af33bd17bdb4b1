"""Checksums of rows, kept beside them: what was changed otherwise than by this software is found and named.

Whoever writes rows seals them in the same transaction. That proves against accidents and careless hands; who means
harm and may write SQL can seal as well, which is why a backup's manifest has the sums of whole tables.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from kb import Code, Said, storable

TABLE = """
    CREATE TABLE proof (  -- of each row of other tables, under what it belongs to and its own name
        part TEXT,
        scope TEXT,
        key TEXT,
        digest BLOB,
        PRIMARY KEY (part, scope, key)
    ) WITHOUT ROWID
    """
DIGEST = 16  # bytes of BLAKE2b: one wrong row in 2^128 is missed
MOST_NAMED = 20
"""Rows of one table that are named one by one; where more differ, their number says enough."""


class Alteration(Code):
    """How the rows of a library are not those that were written."""

    ROW = "row-altered"
    MANY = "rows-altered"


@dataclass(frozen=True, slots=True)
class Proven:
    """A table that is proven: the columns that say what its rows belong to, and the rest of its key."""

    table: str
    scope: tuple[str, ...]
    key: tuple[str, ...] = ()


PARTS = (
    Proven("handbook", ("id",)),
    Proven("edition", ("handbook", "number")),
    Proven("page", ("handbook", "edition"), ("number",)),
    Proven("record", ("handbook", "edition"), ("id",)),
    Proven("corrected", ("handbook", "edition"), ("id",)),
    Proven("passage", ("handbook", "edition"), ("record", "number")),
    Proven("edit", ("handbook",), ("number",)),
    Proven("retired", ("handbook",), ("id",)),
    Proven("need", ("number",)),
    Proven("judgement", ("need",), ("record",)),
    Proven("publication", ("number",)),
    Proven("setting", ("name",)),
    Proven("harvest", ("handbook",), ("id",)),
    Proven("vector", ("model",), ("sha256",)),
)
"""Every table of a library but `proof` itself; SQLite's own, which hold no more than counters, are left out."""
_PART = {part.table: part for part in PARTS}
_OF_EDITION = ("edition", "page", "record", "corrected", "passage")
_OF_HANDBOOK = ("handbook", "edit", "retired")

_Name = tuple[str, str]
"""What a row belongs to, and its own name there."""


def seal(db: sqlite3.Connection, table: str, *scope: object) -> None:
    """Keep the sums of all rows of a table that belong to something; those that went have none any more."""
    part, where = _PART[table], _named(*scope)
    db.execute("DELETE FROM proof WHERE part = ? AND scope = ?", (table, where))
    _keep(db, table, _digests(db, part, scope))


def seal_edition(db: sqlite3.Connection, handbook: str, number: int) -> None:
    """Keep the sums of all that belongs to an edition, or forget those of one that is gone."""
    for table in _OF_EDITION:
        seal(db, table, handbook, number)


def seal_handbook(db: sqlite3.Connection, handbook: str) -> None:
    """Keep the sums of what belongs to a handbook and not to one of its editions."""
    for table in _OF_HANDBOOK:
        seal(db, table, handbook)


def seal_vectors(db: sqlite3.Connection, rows: Iterable[tuple[str, str, bytes, str]]) -> None:
    """Keep the sums of vectors that were just written, without reading them again."""
    _keep(db, "vector", (((model, sha), _digest((model, sha, *rest))) for model, sha, *rest in rows))


def seal_harvest(db: sqlite3.Connection, rows: Iterable[tuple[Any, ...]]) -> None:
    """Keep the sums of entries for harvesters that were just written, which begin with handbook and id."""
    _keep(db, "harvest", (((_named(row[0]), _named(row[1])), _digest(row)) for row in rows))


def drop_pruned(db: sqlite3.Connection, pruned: Iterable[tuple[str, str]]) -> None:
    """Forget the sums of vectors that were deleted, each by its model and its text's checksum."""
    db.executemany("DELETE FROM proof WHERE part = 'vector' AND scope = ? AND key = ?", pruned)


def seal_all(db: sqlite3.Connection) -> None:
    """Keep the sums of everything as it is now: for a library of a schema that had none, or other columns."""
    db.execute("DELETE FROM proof")
    for part in _parts(db):
        _keep(db, part.table, _digests(db, part))


def seal_handbooks(db: sqlite3.Connection) -> None:
    """Keep the sums of what is said of each handbook, which has other columns now."""
    for (handbook,) in db.execute("SELECT id FROM handbook").fetchall():
        seal(db, "handbook", handbook)


def altered(db: sqlite3.Connection, path: str) -> list[Said]:
    """Compare each row with its sum; each finding names a row that was changed, added or lost."""
    said = []
    for part in _parts(db):
        held = _sums(db, part.table)
        found = dict(_digests(db, part))
        wrong = sorted(name for name in held.keys() | found.keys() if held.get(name) != found.get(name))
        if len(wrong) > MOST_NAMED:
            said.append(Said(Alteration.MANY, path=path, table=part.table, count=len(wrong)))
        else:
            rows = [": ".join(filter(None, name)) for name in wrong]
            said += [Said(Alteration.ROW, path=path, table=part.table, row=row) for row in rows]
    return said


def tables(db: sqlite3.Connection) -> dict[str, tuple[int, str]]:
    """For each table how many rows it has, and one checksum over their sums, for a backup's manifest."""
    found = {}
    for part in _parts(db):
        rows = sorted(_sums(db, part.table).items())
        text = json.dumps([[*name, digest.hex()] for name, digest in rows])
        found[part.table] = (len(rows), hashlib.sha256(text.encode()).hexdigest())
    return found


def _parts(db: sqlite3.Connection) -> list[Proven]:
    """The parts that a library has: one of an earlier schema may have fewer tables."""
    there = {name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    return [part for part in PARTS if part.table in there]


def _sums(db: sqlite3.Connection, table: str) -> dict[_Name, bytes]:
    with _as_they_are(db):
        found = db.execute("SELECT scope, key, digest FROM proof WHERE part = ?", (table,))
        return {(str(scope), str(key)): _bytes(digest) for scope, key, digest in found}


def _keep(db: sqlite3.Connection, table: str, sums: Iterable[tuple[_Name, bytes]]) -> None:
    rows = [(table, storable(scope), storable(key), digest) for (scope, key), digest in sums]
    db.executemany("INSERT OR REPLACE INTO proof VALUES (?, ?, ?, ?)", rows)


def _digests(
    db: sqlite3.Connection, part: Proven, scope: tuple[object, ...] = ()
) -> Iterator[tuple[_Name, bytes]]:
    where = " AND ".join(f"{column} = ?" for column in part.scope) if scope else "1"
    with _as_they_are(db):
        found = db.execute(f"SELECT * FROM {part.table} WHERE {where}", scope)
        columns = [column[0] for column in found.description]
        belongs = [columns.index(name) for name in part.scope]
        names = [columns.index(name) for name in part.key]
        for row in found:
            name = (_named(*(row[at] for at in belongs)), _named(*(row[at] for at in names)))
            yield name, _digest(row)


def _named(*values: object) -> str:
    return storable("/".join(str(value) for value in values))


def _digest(row: tuple[Any, ...]) -> bytes:
    """Over the row as JSON in ASCII, which tells text from numbers and blobs, and whatever characters there are."""
    text = json.dumps(row, default=_blob, separators=(",", ":"))
    return hashlib.blake2b(text.encode("ascii"), digest_size=DIGEST).digest()


def _blob(value: bytes) -> dict[str, str]:
    return {"blob": value.hex()}


def _bytes(value: object) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


@contextmanager
def _as_they_are(db: sqlite3.Connection) -> Iterator[None]:
    """Read texts that a flipped bit has made no UTF-8 as well."""
    before = db.text_factory
    db.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")
    try:
        yield
    finally:
        db.text_factory = before
