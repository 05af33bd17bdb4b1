"""The file of what administration needs: jobs, guesses, votes and the log, beside the library, which they outlive."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from kb.store import BUSY_MS, converted, schema

FILE = "admin.sqlite3"

MIGRATIONS = (
    (
        """
        CREATE TABLE log (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            at TEXT NOT NULL,
            who TEXT NOT NULL,
            via TEXT NOT NULL,  -- what a person came with: owner, token or command line
            deed TEXT NOT NULL,
            handbook TEXT NOT NULL,
            detail TEXT NOT NULL
        )
        """,
        "CREATE TRIGGER log_is_never_changed BEFORE UPDATE ON log BEGIN SELECT raise(ABORT, 'append only'); END",
        "CREATE TRIGGER log_is_never_cut BEFORE DELETE ON log BEGIN SELECT raise(ABORT, 'append only'); END",
        """
        CREATE TABLE job (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            state TEXT NOT NULL,
            name TEXT NOT NULL,  -- of the file, as it was given
            address TEXT NOT NULL,  -- to fetch it from; '' for an upload
            handbook TEXT NOT NULL,  -- that it is said to be an edition of; '' where its title decides
            who TEXT NOT NULL,
            via TEXT NOT NULL,
            created TEXT NOT NULL,
            changed TEXT NOT NULL,
            tries INTEGER NOT NULL DEFAULT 0,  -- how often a worker died of it
            stage TEXT NOT NULL DEFAULT '',
            done INTEGER NOT NULL DEFAULT 0,
            total INTEGER NOT NULL DEFAULT 0,
            said TEXT NOT NULL DEFAULT '',
            plan TEXT NOT NULL DEFAULT '',  -- JSON
            apart TEXT NOT NULL DEFAULT '[]',  -- JSON: ids of records that were taken for the same and are not
            report TEXT NOT NULL DEFAULT '',  -- JSON
            error TEXT NOT NULL DEFAULT ''
        )
        """,
        "CREATE INDEX job_by_state ON job (state)",
    ),
    (
        "CREATE TABLE guess (client TEXT NOT NULL, at REAL NOT NULL)",  # seconds since 1970
        "CREATE INDEX guess_by_client ON guess (client)",
        "CREATE TABLE ended (nonce TEXT PRIMARY KEY, at REAL NOT NULL)",  # sessions that were signed out
    ),
    (
        """
        CREATE TABLE vote (  -- what readers say of answers
            text TEXT NOT NULL,
            record TEXT NOT NULL,  -- '' where the answers as a whole are meant
            helped INTEGER NOT NULL,
            unhelped INTEGER NOT NULL,
            last TEXT NOT NULL,
            PRIMARY KEY (text, record)
        )
        """,
        "CREATE TABLE ballot (id TEXT PRIMARY KEY, who TEXT NOT NULL, has_helped INTEGER NOT NULL, at REAL NOT NULL)",
        "CREATE INDEX ballot_by_who ON ballot (who)",
    ),
    (
        "ALTER TABLE job ADD COLUMN wishes TEXT NOT NULL DEFAULT '[]'",  # JSON: action, record and value of each
    ),
)


@contextmanager
def opened(folder: Path) -> Iterator[sqlite3.Connection]:
    """Lend the file of a library's folder, made where there is none, in one write transaction.

    Raises:
        StoreError: it cannot be read or written; nothing is changed then.
    """
    path = folder / FILE
    with converted(path):
        folder.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(path, timeout=BUSY_MS / 1000, isolation_level=None)) as db:
            if schema.version(db) < len(MIGRATIONS):
                db.execute("PRAGMA journal_mode = WAL")
                schema.migrate(db, path, MIGRATIONS)
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
                db.execute("COMMIT")
            except BaseException:
                if db.in_transaction:
                    db.execute("ROLLBACK")
                raise


@contextmanager
def read(folder: Path) -> Iterator[sqlite3.Connection]:
    """Lend the file for reading; readers never wait for a writer."""
    path = folder / FILE
    with converted(path):
        is_there = path.is_file()
    if not is_there:
        with opened(folder):
            pass
    with (
        converted(path),
        closing(sqlite3.connect(path, timeout=BUSY_MS / 1000, isolation_level=None)) as db,
    ):
        if schema.version(db) < len(MIGRATIONS):
            schema.migrate(db, path, MIGRATIONS)
        yield db
