"""Whether the database of a backup is a library: its schema, its rows, its counts, and what its rows say.

It is looked at in a copy, as something that anybody may have made.
"""

from __future__ import annotations

import json
import re
import sqlite3
import sys
import tomllib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np

from kb import Edition, InputError, KbError, Passage, Record, StoreError, web_address
from kb.care.packed import FORMAT, Packed
from kb.editions import Edit
from kb.store import DATABASE, Store, converted, proof, schema

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}")
_SCHEMES = ("http://", "https://", "mailto:")
_WIDEST = 10_000  # columns or rows that one cell of a table takes
_TYPES = {"TEXT": "text", "INTEGER": "integer", "REAL": "real", "BLOB": "blob"}


def check_rows(source: Path, folder: Path, packed: Packed) -> None:
    """Prove the database of an unpacked backup against the known schema, its own sums and its manifest.

    Nothing is written: a trigger of somebody else's has no occasion to run.

    Raises:
        InputError: it is no library, or another one than was backed up; one sentence says why.
    """
    path = folder / DATABASE
    address = f"file:{quote(str(path))}?mode=ro&immutable=1"
    try:
        with converted(path), closing(sqlite3.connect(address, uri=True, isolation_level=None)) as db:
            db.execute("PRAGMA trusted_schema = OFF")
            db.execute("PRAGMA cell_size_check = ON")
            if sys.version_info >= (3, 12):
                db.setconfig(sqlite3.SQLITE_DBCONFIG_DEFENSIVE, True)
            if (version := schema.version(db)) > len(schema.MIGRATIONS):
                raise InputError(
                    f"{source}: of newer software (its database is of version {version}); update kb"
                )
            wrong = next(_faults_of_rows(db, path, packed), "")
    except StoreError as error:
        raise unusable(source, path, error) from error
    if wrong:
        raise InputError(f"{source}: {wrong}; take another backup")


def check_values(source: Path, store: Store, packed: Packed) -> None:
    """Prove that what the rows of an unpacked backup say can be served, and that each edition has its PDF.

    Raises:
        InputError: it cannot; one sentence says why.
    """
    path = store.folder / DATABASE
    try:
        with converted(path), closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)) as db:
            wrong = next(_faults_of_values(store, db), "")
        if not wrong and packed.contents.records not in (-1, store.served_records()):
            wrong = "serves other records than it says"
    except KbError as error:
        raise unusable(source, path, error) from error
    if wrong:
        raise InputError(f"{source}: {wrong}; take another backup")


def unusable(source: Path, path: Path, error: KbError) -> InputError:
    """What is said of a backup whose database, unpacked there, cannot be opened or read: only why, in few words."""
    why = str(error.__cause__ or error).removeprefix(f"{path}: ").partition("; ")[0]
    shown = " ".join("".join(c if c.isprintable() else " " for c in why).split())
    return InputError(f"{source}: its database cannot be used ({shown[:120]}); take another backup")


def _faults_of_rows(db: sqlite3.Connection, path: Path, packed: Packed) -> Iterator[str]:
    version = schema.check(db, path, schema.MIGRATIONS)
    if not version:
        yield "its database is empty, and no library"
    if strange := schema.strangers(db):
        yield f"{strange[0][:80]!a} in its database is not as in a library of its version"
    if (found := db.execute("PRAGMA integrity_check(1)").fetchone()[0]) != "ok":
        yield f"its database is damaged ({' '.join(str(found).split())[:200]})"
    if lost := db.execute("PRAGMA foreign_key_check").fetchone():
        yield f"a row of {lost[0]} refers to nothing"
    yield from _faults_of_types(db)
    yield from _faults_of_counts(db, version, packed)


def _faults_of_types(db: sqlite3.Connection) -> Iterator[str]:
    """SQLite lets any column hold anything."""
    tables = db.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite~_%' ESCAPE '~'"
    )
    for (table,) in tables.fetchall():
        for _, column, declared, is_needed, _, is_key in db.execute(f"PRAGMA table_info({table})").fetchall():
            allowed = [_TYPES[declared]] + ([] if is_needed or is_key else ["null"])
            marks = ", ".join("?" * len(allowed))
            if db.execute(
                f"SELECT 1 FROM {table} WHERE typeof({column}) NOT IN ({marks})", allowed
            ).fetchone():
                yield f"a row of {table} has no {declared.lower()} as its {column}"


def _faults_of_counts(db: sqlite3.Connection, version: int, packed: Packed) -> Iterator[str]:
    held = db.execute("SELECT (SELECT count(*) FROM handbook), (SELECT count(*) FROM edition)").fetchone()
    said = (packed.contents.handbooks, packed.contents.editions)
    if held != said:
        yield f"holds {held[0]} handbooks in {held[1]} editions and says {said[0]} in {said[1]}"
    if not held[1]:
        yield "holds no edition, so there is nothing to restore"
    if (version >= schema.PROVEN) != (packed.format == FORMAT):
        yield f"its database is of version {version}, which no backup of format {packed.format} holds"
    if version >= schema.PROVEN:
        for fault in proof.altered(db, DATABASE):
            yield f"rows of {fault.values['table']} are not as they were written"
        if proof.tables(db) != dict(packed.tables):
            yield "its rows are not those that were backed up"


def _faults_of_values(store: Store, db: sqlite3.Connection) -> Iterator[str]:
    if db.execute("SELECT 1 FROM edition WHERE state = 'staged'").fetchone():
        yield "holds an edition that was never published"
    for book, url, profile in db.execute("SELECT id, url, profile FROM handbook ORDER BY id").fetchall():
        if not _ID.fullmatch(book):
            yield f"{book[:80]!a} is no handbook's id"
        yield from _faults_of_details(book, url, profile)
        for edit in store.edits(book):
            if edit.handbook != book or not _is_typed(Edit, edit):
                yield f"an edit of {book} is none"
        for number in store.published(book):
            edition = store.edition(book, number)
            pages = range(1, len(edition.pages) + 1)
            records = (*store.extracted(book, number), *store.records(book, number))
            for wrong in (
                *_faults_of_edition(edition),
                *_faults_of_records(edition, records, pages),
                *_faults_of_passages(store.passages(book, number), pages),
            ):
                yield f"edition {number} of {book}: {wrong}"
    yield from _faults_of_rest(db)
    for fault in store.verify():
        yield f"its database or a PDF is damaged ({fault.code})"


def _faults_of_details(book: str, url: str, profile: str) -> Iterator[str]:
    if url:
        try:
            web_address(url)
        except InputError:
            yield f"the address of {book} is none of the web"
    try:
        tomllib.loads(profile)
    except (ValueError, RecursionError):
        yield f"the profile of {book} cannot be read"


def _faults_of_edition(edition: Edition) -> Iterator[str]:
    if not re.fullmatch(r"[0-9a-f]{64}", edition.sha256):
        yield "its PDF has no checksum"
    if "/" in edition.file_name or "\0" in edition.file_name:
        yield "its file's name is none"
    if [page.number for page in edition.pages] != list(range(1, len(edition.pages) + 1)) or not edition.pages:
        yield "its pages are not those of a PDF"
    if edition.ingested_at:
        try:
            datetime.fromisoformat(edition.ingested_at)
        except ValueError:
            yield "the time of its ingest is none"
    if not _is_typed(Edition, edition):
        yield "its pages or ledgers cannot be read"


def _faults_of_records(edition: Edition, records: tuple[Record, ...], pages: range) -> Iterator[str]:
    for record in records:
        if not _ID.fullmatch(record.id):
            yield f"{record.id[:80]!a} is no record's id"
        if (record.handbook, record.edition) != (edition.handbook, edition.number):
            yield f"{record.id} says that it is another edition's"
        on = {record.page_start, record.page_end, *record.mentions}
        on |= {span.page for part in record.fields for span in part.spans}
        on |= {facet.page for facet in record.facets if facet.page is not None}
        if not (on <= set(pages) and all(part.spans for part in record.fields)):
            yield f"{record.id} is on pages that its PDF does not have"
        if not all(link.url.startswith(_SCHEMES) for part in record.fields for link in part.links):
            yield f"{record.id} has a link that leads nowhere"
        cells = (c for part in record.fields for table in part.tables for row in table.rows for c in row)
        if not all(1 <= cell.columns <= _WIDEST and 1 <= cell.rows <= _WIDEST for cell in cells):
            yield f"{record.id} has a table without end"


def _faults_of_passages(passages: tuple[Passage, ...], pages: range) -> Iterator[str]:
    if not _is_typed(tuple[Passage, ...], passages):
        yield "its passages cannot be read"
    if any(passage.page not in pages for passage in passages):
        yield "a passage is on a page that its PDF does not have"


def _faults_of_rest(db: sqlite3.Connection) -> Iterator[str]:
    marks = " UNION ".join(
        f"SELECT {column} FROM {table}"
        for table, column in (
            ("record", "id"),
            ("corrected", "id"),
            ("retired", "id"),
            ("judgement", "record"),
        )
    )
    for (mark,) in db.execute(marks):
        if not _ID.fullmatch(mark):
            yield f"{mark[:80]!a} is no record's id"
    for generation, editions in db.execute("SELECT generation, editions FROM publication"):
        if not (_ID.fullmatch(generation) and _are_editions(editions)):
            yield "what was published once cannot be read"
    for (numbers,) in db.execute("SELECT numbers FROM vector"):
        if len(numbers) % 4 or not numbers or not np.isfinite(np.frombuffer(numbers, dtype="<f4")).all():
            yield "a vector has no numbers"


def _are_editions(text: str) -> bool:
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return isinstance(said, dict) and all(type(number) is int for number in said.values())


def _is_typed(kind: Any, value: object) -> bool:
    """Whether a value that was read from JSON is all through of the types that it is declared with."""
    from pydantic import TypeAdapter  # noqa: PLC0415  heavy, and only a restore needs it

    adapter: TypeAdapter[Any] = TypeAdapter(kind)
    items = [asdict(one) for one in value] if isinstance(value, tuple) else asdict(value)  # type: ignore[call-overload]
    text = json.dumps(items).encode("ascii")
    try:
        adapter.validate_json(re.sub(rb"\\ud[89a-f][0-9a-f]{2}", rb"\\u003f", text), strict=True)
    except ValueError:
        return False
    return True
