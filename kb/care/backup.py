"""A whole library in one ZIP file, written and read back while it is served.

It holds the database, the PDFs, the choice of a model, and a manifest with the checksum of each. Index generations
are left out: they are built again when the library is restored. So are jobs, the log, counts of queries, passwords
and keys, which belong to a server and not to what it serves.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import uuid
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from kb import (
    EMBEDDED_MODEL,
    MODEL_FILE,
    PARTIAL,
    NotFoundError,
    Progress,
    StoreError,
    index,
    silent,
    stored_model,
    sync_folder,
)
from kb import files as scratch
from kb.care import packed as packing
from kb.care.models import write_choice
from kb.care.packed import MANIFEST, Contents, Packed, check
from kb.care.soundness import check_rows, check_values, unusable
from kb.index import software
from kb.store import DATABASE, FILES, INDEX, Store, converted

if TYPE_CHECKING:
    from kb.model import Encoder

__all__ = ["Contents", "backup", "check", "held", "restore", "to_replace"]


def held(store: Store) -> Contents:
    """What a library holds now, as a backup of it would say; its files are not looked at."""
    handbooks, editions = store.counts()
    model = stored_model(store.folder)
    return Contents(handbooks, editions, store.served_records(), 0, 0, store.last_published(), model)


def backup(store: Store, target: Path, progress: Progress = silent) -> Contents:
    """Write a library into a file: one state of it, however it goes on meanwhile.

    It is written beside and renamed in, so that an earlier backup of this name stays until the new one is whole.

    Raises:
        NotFoundError: the library holds no edition.
        StoreError: it cannot be written, a PDF is missing, or a row is not as it was written; an earlier file is as
            it was.
    """
    # all of it lies where the backup is to lie: there is room for it, or there is none for the backup
    with converted(target), scratch.folder(f"{target.name}.", target.parent) as beside:
        partial = beside / f"backup{PARTIAL}"
        files = _collected(store, beside, target)
        with Store.open(beside) as copied:
            contents, tables = held(copied), copied.tables()
        with zipfile.ZipFile(partial, "x", zipfile.ZIP_DEFLATED) as archive:
            sums = {}
            for done, (name, path) in enumerate(sorted(files.items())):
                progress("backup", done, len(files), path.name)
                sums[name] = _add(archive, name, path)
            size = sum(size for size, _ in sums.values())
            contents = replace(contents, files=len(sums), size=size, created=_now())
            archive.writestr(_entry(MANIFEST), packing.dump(Packed(contents, sums, tables), software()))
        _check_sums(target, sums)
        with partial.open("rb") as file:
            os.fsync(file.fileno())
        partial.replace(target)
        sync_folder(target.parent)
    return contents


def _collected(store: Store, beside: Path, target: Path) -> dict[str, Path]:
    """The files of a backup by their names in it; the database is copied, and is sound."""
    store.copy_database(beside / DATABASE)
    files = {DATABASE: beside / DATABASE}
    with Store.open(beside) as copied:
        if not copied.counts()[1]:
            raise NotFoundError(
                f"{store.folder}: holds no edition to back up; make one with: kb ingest FILE.pdf"
            )
        if copied.altered():
            raise StoreError(
                f"{store.folder}: rows are damaged, so {target} was not written; kb verify names them"
            )
        files |= {f"{FILES}/{sha256}.pdf": store.pdf_path(sha256) for sha256 in copied.checksums()}
    if (chosen := store.folder / MODEL_FILE).is_file():
        (beside / MODEL_FILE).write_bytes(chosen.read_bytes())
        files[MODEL_FILE] = beside / MODEL_FILE
    return files


def restore(store: Store, source: Path, encoder: Encoder | None, progress: Progress = silent) -> Contents:
    """Make a library what its backup says; everything is checked and indexed before anything is changed.

    The library is served as it was until one commit, and as it was backed up from then on.

    Raises:
        InputError: the file is no backup, is damaged or tampered with, or does not hold all that its editions need.
        StoreError, GenerationError, BusyError: it cannot be written; the library is as it was.
    """
    with store.write_lock(lambda text: progress("wait", 0, 0, text)):
        store.clean()
        name = f"restore-{uuid.uuid4().hex[:8]}{PARTIAL}"
        beside = store.index_folder / name  # `clean` drops what a kill left
        try:
            held = packing.unpack(source, beside, progress)
            with _checked(source, beside, held) as fresh:
                generation = index.build(fresh, fresh.current_editions(), encoder, progress)
                _take_over(store, fresh, generation, held.contents.model)
        finally:
            shutil.rmtree(beside, ignore_errors=True)
        store.clean(is_pruning=True)
    return held.contents


def _take_over(store: Store, fresh: Store, generation: str, model: str | None) -> None:
    """Become the restored library, with its choice of a model, where the backup says which."""
    before = stored_model(store.folder)
    is_other = model is not None and model != before
    if is_other:
        write_choice(store.folder, model or EMBEDDED_MODEL)
    try:
        store.take_over(fresh, generation)
    except BaseException:
        if is_other:
            write_choice(store.folder, before)
        raise


@contextmanager
def to_replace(folder: Path) -> Iterator[tuple[Store, Path | None]]:
    """Open the library that a backup is to replace; a damaged one is moved aside whole, and back on any error.

    With it comes the folder in which the damaged one lies then, None where the library is sound or there is none.

    Raises:
        StoreError: it cannot be opened for another reason.
    """
    aside = folder / f"damaged-{datetime.now(UTC):%Y%m%d-%H%M%S}" if _is_damaged(folder) else None
    if aside is not None:
        with converted(aside):
            aside.mkdir()
            _move(folder, aside)
    try:
        with Store.open(folder) as store:
            yield store, aside
    except BaseException:
        if aside is not None:
            _move(aside, folder)
            aside.rmdir()
        raise


def _is_damaged(folder: Path) -> bool:
    """Whether the database of a library is none any more, as far as SQLite can tell."""
    with converted(folder):
        is_there = (folder / DATABASE).is_file()
    if not is_there:
        return False
    try:
        with Store.open(folder) as store:
            return not store.is_whole()
    except StoreError as error:
        code = getattr(error.__cause__, "sqlite_errorcode", 0) & 0xFF
        if code not in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            raise
    return True


def _move(source: Path, target: Path) -> None:
    """Move what a library consists of into another folder of the same disk, in the place of what is there."""
    for name in (DATABASE, f"{DATABASE}-wal", f"{DATABASE}-shm", FILES, INDEX):
        old = target / name
        if old.is_dir():
            shutil.rmtree(old)
        old.unlink(missing_ok=True)
        if (source / name).exists():
            (source / name).rename(old)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
    entry.compress_type = zipfile.ZIP_STORED if name.startswith(FILES) else zipfile.ZIP_DEFLATED
    entry.external_attr = 0o600 << 16
    return entry


def _add(archive: zipfile.ZipFile, name: str, path: Path) -> tuple[int, str]:
    """Copy a file into the archive; its size and checksum."""
    with path.open("rb") as source, archive.open(_entry(name), "w", force_zip64=True) as target:
        return packing.copy(source, target)


def _check_sums(target: Path, held: dict[str, tuple[int, str]]) -> None:
    """Raise a StoreError if a PDF is not the one that was ingested: a backup of it would be worth nothing."""
    for name, (_, sha256) in held.items():
        if name.startswith(FILES) and Path(name).stem != sha256:
            raise StoreError(f"{name}: damaged, so {target} was not written; kb verify says what to do")


@contextmanager
def _checked(source: Path, folder: Path, held: Packed) -> Iterator[Store]:
    """Open what was unpacked, if it is a library, whole, and what was backed up."""
    check_rows(source, folder, held)
    try:
        opened = Store.open(folder)
    except StoreError as error:
        raise unusable(source, folder / DATABASE, error) from error
    with opened:
        check_values(source, opened, held)
        yield opened
