"""The tables of the library, as migrations that are run in order and never edited once released."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from kb.errors import StoreError

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

MIGRATIONS: tuple[tuple[str, ...], ...] = (FIRST,)
"""`MIGRATIONS[n]` brings a library of version n to version n + 1."""


def version(connection: sqlite3.Connection) -> int:
    """The schema version of an open library; 0 for an empty file."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def check(connection: sqlite3.Connection, path: Path, migrations: tuple[tuple[str, ...], ...]) -> int:
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
    connection: sqlite3.Connection, path: Path, migrations: tuple[tuple[str, ...], ...] = MIGRATIONS
) -> None:
    """Bring a library to the newest schema, each step in a transaction of its own."""
    while check(connection, path, migrations) < len(migrations):
        connection.execute("BEGIN IMMEDIATE")
        try:
            found = version(connection)  # again: another process may have been here first
            if found < len(migrations):
                for statement in migrations[found]:
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {found + 1}")
                connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
