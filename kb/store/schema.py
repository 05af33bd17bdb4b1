"""The tables of the library, as migrations that are run in order and never edited once released."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from kb import StoreError
from kb.store import chronicle, proof

Step = str | Callable[[sqlite3.Connection], None]
"""One step of a migration: a statement, or what no statement can do."""

APPLICATION_ID = 0x6B6270  # "kbp": tells a library from any other SQLite file

FIRST = (
    """
    CREATE TABLE handbook (
        id TEXT PRIMARY KEY,
        current INTEGER,  -- the edition that is served; NULL while none is
        FOREIGN KEY (id, current) REFERENCES edition (handbook, number) DEFERRABLE INITIALLY DEFERRED
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE edition (
        handbook TEXT NOT NULL REFERENCES handbook (id),
        number INTEGER NOT NULL CHECK (number >= 1),
        state TEXT NOT NULL CHECK (state IN ('staged', 'published')),
        title TEXT NOT NULL,
        language TEXT NOT NULL,
        sha256 TEXT NOT NULL,
        file_name TEXT NOT NULL,
        source TEXT NOT NULL,
        ingested_at TEXT NOT NULL,
        seconds REAL NOT NULL,
        page_count INTEGER NOT NULL,
        unassigned TEXT NOT NULL,  -- JSON
        PRIMARY KEY (handbook, number)
    ) WITHOUT ROWID
    """,
    "CREATE INDEX edition_by_checksum ON edition (sha256)",
    """
    CREATE TABLE page (
        handbook TEXT NOT NULL,
        edition INTEGER NOT NULL,
        number INTEGER NOT NULL,
        body TEXT NOT NULL,  -- JSON
        PRIMARY KEY (handbook, edition, number),
        FOREIGN KEY (handbook, edition) REFERENCES edition (handbook, number) ON DELETE CASCADE
    )
    """,
    """
    CREATE TABLE record (
        handbook TEXT NOT NULL,
        edition INTEGER NOT NULL,
        id TEXT NOT NULL,
        kind TEXT NOT NULL,
        position INTEGER NOT NULL,
        title TEXT NOT NULL,
        body TEXT NOT NULL,  -- JSON
        PRIMARY KEY (handbook, edition, id),
        FOREIGN KEY (handbook, edition) REFERENCES edition (handbook, number) ON DELETE CASCADE
    )
    """,
    "CREATE INDEX record_by_id ON record (id)",
    """
    CREATE TABLE passage (
        handbook TEXT NOT NULL,
        edition INTEGER NOT NULL,
        record TEXT NOT NULL,
        number INTEGER NOT NULL,
        sha256 TEXT NOT NULL,  -- of the text that is embedded
        body TEXT NOT NULL,  -- JSON
        PRIMARY KEY (handbook, edition, record, number),
        FOREIGN KEY (handbook, edition, record) REFERENCES record (handbook, edition, id) ON DELETE CASCADE
    )
    """,
    "CREATE INDEX passage_by_text ON passage (sha256)",
    """
    CREATE TABLE vector (
        model TEXT NOT NULL,
        sha256 TEXT NOT NULL,
        numbers BLOB NOT NULL,  -- float32, little endian
        PRIMARY KEY (model, sha256)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE publication (  -- every commit of what is served; the last row rules
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        generation TEXT NOT NULL,
        editions TEXT NOT NULL,  -- JSON: handbook -> edition
        published_at TEXT NOT NULL
    )
    """,
)

SECOND = (  # what a careful reader wants to know of an edition, and corrections apart from what was extracted
    "ALTER TABLE edition ADD COLUMN ledger TEXT NOT NULL DEFAULT '[]'",  # JSON
    "ALTER TABLE edition ADD COLUMN missing TEXT NOT NULL DEFAULT '[]'",  # JSON
    "ALTER TABLE edition ADD COLUMN hidden TEXT NOT NULL DEFAULT '[]'",  # JSON
    "ALTER TABLE handbook ADD COLUMN profile TEXT NOT NULL DEFAULT ''",  # TOML
    """
    CREATE TABLE edit (  -- what people decided in review, in the order they did; never changed, only undone
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        handbook TEXT NOT NULL REFERENCES handbook (id) ON DELETE CASCADE,
        body TEXT NOT NULL,  -- JSON
        undone_by TEXT NOT NULL DEFAULT '',
        undone_at TEXT NOT NULL DEFAULT ''  -- '' while it counts
    )
    """,
    "CREATE INDEX edit_by_handbook ON edit (handbook)",
    """
    CREATE TABLE corrected (  -- derived from edits: what is served instead of a record as extracted
        handbook TEXT NOT NULL,
        edition INTEGER NOT NULL,
        id TEXT NOT NULL,
        kind TEXT NOT NULL,
        position INTEGER NOT NULL,
        title TEXT NOT NULL,
        body TEXT,  -- JSON; NULL while the record is not served: discarded, or merged into `target`
        target TEXT NOT NULL DEFAULT '',
        PRIMARY KEY (handbook, edition, id),
        FOREIGN KEY (handbook, edition) REFERENCES edition (handbook, number) ON DELETE CASCADE
    )
    """,
    "CREATE INDEX corrected_by_id ON corrected (id)",
    """
    CREATE VIEW served AS  -- of each edition, staged ones as well
        SELECT handbook, edition, id, kind, position, title, body FROM record r WHERE NOT EXISTS
            (SELECT 1 FROM corrected c WHERE (c.handbook, c.edition, c.id) = (r.handbook, r.edition, r.id))
        UNION ALL
        SELECT handbook, edition, id, kind, position, title, body FROM corrected WHERE body IS NOT NULL
    """,
    """
    CREATE TABLE passage_of_served (  -- as before, but of records as served, which may be none extracted
        handbook TEXT NOT NULL,
        edition INTEGER NOT NULL,
        record TEXT NOT NULL,
        number INTEGER NOT NULL,
        sha256 TEXT NOT NULL,  -- of the text that is embedded
        body TEXT NOT NULL,  -- JSON
        PRIMARY KEY (handbook, edition, record, number),
        FOREIGN KEY (handbook, edition) REFERENCES edition (handbook, number) ON DELETE CASCADE
    )
    """,
    "INSERT INTO passage_of_served SELECT handbook, edition, record, number, sha256, body FROM passage",
    "DROP TABLE passage",
    "ALTER TABLE passage_of_served RENAME TO passage",
    "CREATE INDEX passage_by_text ON passage (sha256)",
)

THIRD = (  # whose a handbook is, as its owner states it; and vectors of texts that are no passage's
    "ALTER TABLE handbook ADD COLUMN publisher TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE handbook ADD COLUMN licence TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE handbook ADD COLUMN url TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE vector ADD COLUMN kept_until TEXT NOT NULL DEFAULT ''",  # a day
)

FOURTH = (  # ids that forgotten editions gave out: none is given to another record
    """
    CREATE TABLE retired (
        handbook TEXT NOT NULL REFERENCES handbook (id) ON DELETE CASCADE,
        id TEXT NOT NULL,
        PRIMARY KEY (handbook, id)
    ) WITHOUT ROWID
    """,
)

FIFTH = (  # needs that an owner judged, to measure search by
    """
    CREATE TABLE need (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        text TEXT NOT NULL UNIQUE,
        language TEXT NOT NULL
    )
    """,
    """
    CREATE TABLE judgement (
        need INTEGER NOT NULL REFERENCES need (number) ON DELETE CASCADE,
        record TEXT NOT NULL,  -- an id, which no other record is ever given; it may be served no more
        grade INTEGER NOT NULL CHECK (grade BETWEEN 0 AND 2),
        who TEXT NOT NULL,
        judged_at TEXT NOT NULL,
        PRIMARY KEY (need, record)
    ) WITHOUT ROWID
    """,
)

SIXTH = (  # where passages were cut from: looked for once, in a field on the passage's own page first
    """
    WITH old AS (
        SELECT p.rowid AS row, json_extract(p.body, '$.label') AS label, json_extract(p.body, '$.text') AS text,
            json_extract(p.body, '$.page') AS page, coalesce(c.body, r.body) AS body
        FROM passage p
        LEFT JOIN record r ON (r.handbook, r.edition, r.id) = (p.handbook, p.edition, p.record)
        LEFT JOIN corrected c ON (c.handbook, c.edition, c.id) = (p.handbook, p.edition, p.record)
    ), found AS (
        SELECT old.row, f.key AS field, instr(json_extract(f.value, '$.text'), old.text) - 1 AS start,
            row_number() OVER (PARTITION BY old.row ORDER BY NOT EXISTS (
                SELECT 1 FROM json_each(f.value, '$.spans') s WHERE json_extract(s.value, '$.page') = old.page
            ), f.key) AS nth
        FROM old, json_each(old.body, '$.fields') f
        WHERE json_extract(f.value, '$.label') = old.label AND instr(json_extract(f.value, '$.text'), old.text) > 0
    )
    UPDATE passage SET body = json_set(body, '$.field', found.field, '$.start', found.start)
    FROM found WHERE found.row = passage.rowid AND found.nth = 1
    """,
)

SEVENTH = (  # what title page and imprint say of an edition; editions read before say nothing until read anew
    "ALTER TABLE edition ADD COLUMN imprint TEXT NOT NULL DEFAULT '[]'",  # JSON
)

EIGHTH = (  # what was amiss when an edition was read; editions read before say nothing until read anew
    "ALTER TABLE edition ADD COLUMN caveats TEXT NOT NULL DEFAULT '[]'",  # JSON
)

NINTH = (
    proof.TABLE,
    proof.seal_all,
)  # rows are proven from here on; what was changed before is taken as it is

TENTH = (  # what the owner calls a handbook and says it is about, and how the site looks
    "ALTER TABLE handbook ADD COLUMN name TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE handbook ADD COLUMN subjects TEXT NOT NULL DEFAULT ''",  # one a line
    "CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    proof.seal_handbooks,
)

ELEVENTH = (
    chronicle.TABLE,
    *chronicle.INDEXES,
    chronicle.begin,
)  # since when each record reads as it does, for harvesters

MIGRATIONS: tuple[tuple[Step, ...], ...] = (
    FIRST, SECOND, THIRD, FOURTH, FIFTH, SIXTH, SEVENTH, EIGHTH, NINTH, TENTH, ELEVENTH,
)  # fmt: skip
"""`MIGRATIONS[n]` brings a library of version n to version n + 1. One that changes proven rows seals them anew."""
PROVEN = 9
"""The first version whose rows have checksums."""


def version(connection: sqlite3.Connection) -> int:
    """The schema version of an open library; 0 for an empty file."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def check(connection: sqlite3.Connection, path: Path, migrations: tuple[tuple[Step, ...], ...]) -> int:
    """The version of a library that this software can read or migrate.

    Raises:
        StoreError: the file is another program's, or was written by newer software.
    """
    found = version(connection)
    tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if tables and connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
        raise StoreError(f"{path}: not a library of this software; set KB_DATA to another folder")
    if found > len(migrations):
        raise StoreError(
            f"{path}: written by newer software (schema {found}, this one knows {len(migrations)}); update it"
        )
    return found


def migrate(
    connection: sqlite3.Connection, path: Path, migrations: tuple[tuple[Step, ...], ...] = MIGRATIONS
) -> None:
    """Bring a library to the newest schema, each step in a transaction of its own."""
    while check(connection, path, migrations) < len(migrations):
        connection.execute("BEGIN IMMEDIATE")
        try:
            found = version(connection)  # again: another process may have been here first
            if found < len(migrations):
                for step in migrations[found]:
                    _do(connection, step)
                connection.execute(f"PRAGMA user_version = {found + 1}")
                connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise


def strangers(connection: sqlite3.Connection) -> tuple[str, ...]:
    """The tables, indexes, views and triggers that are not as this version's are, or that it lacks, by name.

    A trigger or a view of somebody's own could do anything to a library that is written to.
    """
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as known:
        for steps in MIGRATIONS[: version(connection)]:
            for step in steps:
                _do(known, step)
        return tuple(sorted({name for _, name, *_ in _parts(connection) ^ _parts(known)}))


def _do(connection: sqlite3.Connection, step: Step) -> None:
    if isinstance(step, str):
        connection.execute(step)
    else:
        step(connection)


def _parts(connection: sqlite3.Connection) -> frozenset[tuple[str, str, str, str]]:
    """What a schema has; versions of SQLite differ in how they quote and space what ALTER TABLE wrote."""
    found = connection.execute("SELECT type, name, tbl_name, coalesce(sql, '') FROM sqlite_master")
    return frozenset(
        (str(kind), str(name), str(table), re.sub(r'[\s"]+', "", str(sql)))
        for kind, name, table, sql in found
    )
