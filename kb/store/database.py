"""A library that is open: SQLite connections lent to one thread at a time, and the lock of its only writer.

Errors are said in the user's terms.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

from kb import StoreError
from kb.store import schema
from kb.store.write_lock import WAIT_S, WriteLock

INDEX = "index"
LOCK = "write.lock"
BUSY_MS = 30_000  # how long a statement waits for another process's transaction

NEXT_STEPS = {
    sqlite3.SQLITE_FULL: "the disk is full; free some space and try again, nothing was changed",
    sqlite3.SQLITE_BUSY: "another process is writing; try again when it has finished",
    sqlite3.SQLITE_LOCKED: "another process is writing; try again when it has finished",
    sqlite3.SQLITE_CORRUPT: "the file is damaged; restore a backup, or ingest into a new folder",
    sqlite3.SQLITE_NOTADB: "not a SQLite file; restore a backup, or set KB_DATA to another folder",
    sqlite3.SQLITE_READONLY: "it cannot be written; check its permissions, or set KB_DATA to another folder",
    sqlite3.SQLITE_CANTOPEN: "check the folder's permissions, or set KB_DATA to another folder",
    sqlite3.SQLITE_IOERR: "cannot be read or written; check the disk and its free space",
    sqlite3.SQLITE_CONSTRAINT: "the rows contradict each other; report this as a bug, nothing was changed",
}


CANNOT_WRITE_BESIDE = (
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR,
)  # or a full disk


@contextmanager
def converted(path: Path) -> Iterator[None]:
    """Turn what SQLite and the file system raise into a StoreError that names the file and what to do."""
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the low byte: extended codes refine it
        step = NEXT_STEPS.get(code, "run kb doctor")
        raise StoreError(f"{path}: {error}: {step}") from error
    except UnicodeDecodeError as error:  # what SQLite says of a damaged schema may quote it
        raise StoreError(f"{path}: holds no UTF-8: {NEXT_STEPS[sqlite3.SQLITE_CORRUPT]}") from error
    except OSError as error:
        place = error.filename or path
        reason = error.strerror or str(error)
        raise StoreError(f"{place}: {reason}; check the disk's space and permissions") from error


class Database:
    """A library file. Readers see the last commit and never wait for the writer (WAL)."""

    def __init__(self, path: Path, is_readonly: bool) -> None:
        """Open the file, and bring it to the newest schema unless it is only read.

        Raises:
            StoreError: it cannot be opened, is damaged, or was written by newer software.
        """
        self.path = path
        self.is_readonly = is_readonly
        self._idle: list[sqlite3.Connection] = []
        self._is_closed = False
        self._local = threading.local()
        with converted(path):
            connection, is_kept = self._connect()
            try:
                self._prepare(connection)
            except BaseException:
                connection.close()
                raise
            self._give_back(connection, is_kept)

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """Lend a connection; all statements in the block see one state of the library.

        Within another block of this thread they see that one's state, what it has written included.
        """
        if (held := self._held()) is not None:
            yield held
            return
        with self._lent() as connection, self._holding(connection), _transaction(connection, "BEGIN"):
            yield connection

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """Lend a connection in one write transaction: committed at the end, undone on any error."""
        if self.is_readonly:
            raise StoreError(f"{self.path}: opened for reading only; open the library for writing")
        with (
            self._lent() as connection,
            self._holding(connection),
            _transaction(connection, "BEGIN IMMEDIATE"),
        ):
            yield connection

    def copy_to(self, path: Path) -> None:
        """Write the last commit into a file that is not there yet; readers and the writer go on."""
        with self._lent() as connection, converted(path), closing(sqlite3.connect(path)) as target:
            connection.backup(target)

    def become(self, other: Database) -> None:
        """Take over all that another database file holds, in one commit."""
        if self.is_readonly:
            raise StoreError(f"{self.path}: opened for reading only; open the library for writing")
        with self._lent() as connection, other._lent() as source:
            source.backup(connection)

    def compact(self) -> None:
        """Give what deleted rows took back to the disk; readers go on."""
        with self._lent() as connection:
            connection.execute("VACUUM")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Close every connection that is not lent; the last one folds the write-ahead log in."""
        self._is_closed = True
        while self._idle:
            self._idle.pop().close()

    def _held(self) -> sqlite3.Connection | None:
        """The connection of the block that this thread is in."""
        return getattr(self._local, "connection", None)

    @contextmanager
    def _holding(self, connection: sqlite3.Connection) -> Iterator[None]:
        before = self._held()
        self._local.connection = connection
        try:
            yield
        finally:
            self._local.connection = before

    @contextmanager
    def _lent(self) -> Iterator[sqlite3.Connection]:
        if self._is_closed:
            raise StoreError(f"{self.path}: the library is closed; open it again")
        with converted(self.path):
            is_kept = True
            try:
                connection = self._idle.pop()  # atomic: no lock needed
            except IndexError:
                connection, is_kept = self._connect()
            try:
                yield connection
            finally:
                self._give_back(connection, is_kept)

    def _give_back(self, connection: sqlite3.Connection, is_kept: bool) -> None:
        if is_kept and not self._is_closed:
            self._idle.append(connection)
        else:
            connection.close()

    def _connect(self) -> tuple[sqlite3.Connection, bool]:
        """A connection, and whether it may be kept for later.

        To read a file in WAL mode SQLite writes others beside it. In a folder that cannot be written it must
        be told that nobody writes, which holds as long as no log waits there, and for one reading only.
        """
        connection = self._connect_as("ro" if self.is_readonly else "rwc")
        try:
            if self.is_readonly:
                schema.version(connection)
            else:
                connection.execute("PRAGMA foreign_keys = ON")
                connection.execute("PRAGMA synchronous = FULL")  # a publication outlasts a power cut as well
        except sqlite3.Error as error:
            connection.close()
            is_refused = (error.sqlite_errorcode & 0xFF) in CANNOT_WRITE_BESIDE
            log = self.path.with_name(self.path.name + "-wal")
            if not (self.is_readonly and is_refused) or (log.exists() and log.stat().st_size):
                raise
            return self._connect_as("ro&immutable=1"), False
        return connection, True

    def _connect_as(self, mode: str) -> sqlite3.Connection:
        return sqlite3.connect(
            f"file:{quote(str(self.path))}?mode={mode}",
            uri=True,
            timeout=BUSY_MS / 1000,
            isolation_level=None,  # transactions are begun by name, never behind our back
            check_same_thread=False,  # a connection is lent to one thread at a time
        )

    def _prepare(self, connection: sqlite3.Connection) -> None:
        found = schema.check(connection, self.path, schema.MIGRATIONS)
        if not self.is_readonly:
            if connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
                connection.execute("PRAGMA journal_mode = WAL")
            schema.migrate(connection, self.path)
        elif found < len(schema.MIGRATIONS):
            raise StoreError(
                f"{self.path}: written by older software, and cannot be brought up to date here;"
                " let its owner open it once, with: kb doctor"
            )


def opened(path: Path, is_readonly: bool) -> Database:
    """Open a file; one that older software wrote is brought up to date where it may be written, even to be read."""
    try:
        return Database(path, is_readonly)
    except StoreError:
        if not (
            is_readonly and os.access(path, os.W_OK) and os.access(path.parent, os.W_OK) and _is_older(path)
        ):
            raise
    Database(path, is_readonly=False).close()
    return Database(path, is_readonly)


def _is_older(path: Path) -> bool:
    with (
        converted(path),
        closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)) as connection,
    ):
        return schema.check(connection, path, schema.MIGRATIONS) < len(schema.MIGRATIONS)


@contextmanager
def _transaction(connection: sqlite3.Connection, begin: str) -> Iterator[None]:
    connection.execute(begin)
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:  # a full disk may have rolled it back already
            connection.execute("ROLLBACK")
        raise


class Opened:
    """An open library; what it holds is for its kinds to say."""

    def __init__(self, folder: Path, database: Database) -> None:
        self.folder = folder
        self._database = database
        self._lock = WriteLock(folder / LOCK)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the database; reading or writing afterwards raises a StoreError."""
        self._database.close()

    @property
    def is_readonly(self) -> bool:
        """Whether the library was opened for reading only."""
        return self._database.is_readonly

    @property
    def index_folder(self) -> Path:
        """Where the index generations lie, one folder each."""
        return self.folder / INDEX

    def write_lock(
        self, waiting: Callable[[str], None] | None = None, wait_s: float = WAIT_S
    ) -> AbstractContextManager[None]:
        """Be the only writer for a block; `waiting` is told once when another one has to finish first.

        Raises:
            BusyError: (on entering) the other writer did not finish within `wait_s`.
        """
        return self._lock.hold(waiting, wait_s)
