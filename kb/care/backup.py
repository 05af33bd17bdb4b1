"""A whole library in one ZIP file, written and read back while it is served.

It holds the database, the PDFs and a manifest with the checksum of each. Index generations are left out: they
are built again when the library is restored.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import uuid
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING

from kb import PARTIAL, InputError, Progress, StoreError, index, silent, sync_folder
from kb import files as scratch
from kb.index import software
from kb.store import DATABASE, FILES, Store, converted

if TYPE_CHECKING:
    from kb.model import Encoder

FORMAT = 1
MANIFEST = "manifest.json"
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Contents:
    """What a backup holds: handbooks, of which some may be removed, their editions, and bytes of all files."""

    handbooks: int
    editions: int
    files: int
    size: int
    created: str


def backup(store: Store, target: Path, progress: Progress = silent) -> Contents:
    """Write a library into a file: one state of it, however it goes on meanwhile.

    It is written beside and renamed in, so that an earlier backup of this name stays until the new one is whole.

    Raises:
        StoreError: it cannot be written, or a PDF is missing; an earlier file is as it was.
    """
    name = scratch.own(f"{target.name}.")
    partial = target.with_name(f"{name}{uuid.uuid4().hex[:8]}{PARTIAL}")
    with converted(target), scratch.folder("kb-backup-") as beside:
        scratch.sweep(target.parent, f"{target.name}.")
        copy = beside / DATABASE
        store.copy_database(copy)
        with Store.open(beside) as copied:
            sums, counted = copied.checksums(), copied.counts()
        try:
            files = {f"{FILES}/{sha256}.pdf": store.pdf_path(sha256) for sha256 in sums}
            with zipfile.ZipFile(partial, "x", zipfile.ZIP_DEFLATED) as archive:
                held = {DATABASE: _add(archive, DATABASE, copy, zipfile.ZIP_DEFLATED)}
                for done, (name, path) in enumerate(sorted(files.items())):
                    progress("backup", done, len(files), path.name)
                    held[name] = _add(archive, name, path, zipfile.ZIP_STORED)
                contents = Contents(*counted, len(held), sum(s for s, _ in held.values()), _now())
                archive.writestr(MANIFEST, json.dumps(_manifest(contents, held), indent=1))
            _check_sums(target, held)
            with partial.open("rb") as file:
                os.fsync(file.fileno())
            partial.replace(target)
            sync_folder(target.parent)
        finally:
            partial.unlink(missing_ok=True)
    return contents


def restore(store: Store, source: Path, encoder: Encoder | None, progress: Progress = silent) -> Contents:
    """Make a library what its backup says; everything is checked and indexed before anything is changed.

    The library is served as it was until one commit, and as it was backed up from then on.

    Raises:
        InputError: the file is no backup, is damaged, or does not hold all that its editions need.
        StoreError, GenerationError, BusyError: it cannot be written; the library is as it was.
    """
    with store.write_lock(lambda text: progress("wait", 0, 0, text)):
        store.clean()
        beside = (
            store.index_folder / f"restore-{uuid.uuid4().hex[:8]}{PARTIAL}"
        )  # `clean` drops what a kill left
        try:
            contents = _unpack(source, beside, progress)
            with _checked(source, beside) as fresh:
                generation = index.build(fresh, fresh.current_editions(), encoder, progress)
                store.take_over(fresh, generation)
        finally:
            shutil.rmtree(beside, ignore_errors=True)
        store.clean(is_pruning=True)
    return contents


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _manifest(contents: Contents, held: dict[str, tuple[int, str]]) -> dict[str, object]:
    return {
        "format": FORMAT,
        "software": software(),
        "created": contents.created,
        "handbooks": contents.handbooks,
        "editions": contents.editions,
        "files": {name: {"size": size, "sha256": sha256} for name, (size, sha256) in held.items()},
    }


def _add(archive: zipfile.ZipFile, name: str, path: Path, method: int) -> tuple[int, str]:
    """Copy a file into the archive; its size and checksum."""
    entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
    entry.compress_type = method
    with path.open("rb") as source, archive.open(entry, "w", force_zip64=True) as target:
        return _copy(source, target)


def _copy(source: IO[bytes], target: IO[bytes], most: int | None = None) -> tuple[int, str]:
    """Copy a stream; its size and SHA-256. What is longer than `most` is cut there, and so has another sum."""
    size, found = 0, hashlib.sha256()
    while (most is None or size <= most) and (chunk := source.read(_CHUNK)):
        target.write(chunk)
        found.update(chunk)
        size += len(chunk)
    return size, found.hexdigest()


def _check_sums(target: Path, held: dict[str, tuple[int, str]]) -> None:
    """Raise a StoreError if a PDF is not the one that was ingested: a backup of it would be worth nothing."""
    for name, (_, sha256) in held.items():
        if name != DATABASE and Path(name).stem != sha256:
            raise StoreError(f"{name}: damaged, so {target} was not written; kb verify says what to do")


def check(source: Path) -> Contents:
    """What a file says it holds, as far as that can be told without unpacking it.

    Raises:
        InputError: it is no backup.
    """
    with _opened(source) as archive:
        return _read(source, archive)[0]


@contextmanager
def _opened(source: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(source) as archive:
            yield archive
    except OSError as error:
        raise InputError(f"{source}: {error.strerror or error}; name a file that kb backup wrote") from error
    except (zipfile.BadZipFile, zlib.error, KeyError, TypeError, ValueError, EOFError) as error:
        raise InputError(f"{source}: no backup, or a damaged one ({error}); take another one") from error


def _read(source: Path, archive: zipfile.ZipFile) -> tuple[Contents, dict[str, tuple[int, str]]]:
    """The manifest: what is held, and size and checksum of each file."""
    said = json.loads(archive.read(MANIFEST))
    if said["format"] != FORMAT:
        raise InputError(f"{source}: a backup of another format ({said['format']}); update kb")
    wanted = {name: (int(f["size"]), str(f["sha256"])) for name, f in said["files"].items()}
    if set(archive.namelist()) != {MANIFEST, *wanted} or not _are_plain(wanted):
        raise InputError(f"{source}: does not hold just what it lists; take another backup")
    size = sum(size for size, _ in wanted.values())
    return Contents(said["handbooks"], said["editions"], len(wanted), size, said["created"]), wanted


def _unpack(source: Path, folder: Path, progress: Progress) -> Contents:
    """Write the files of a backup into a folder, each checked."""
    with _opened(source) as archive:
        contents, wanted = _read(source, archive)
        with converted(folder):
            (folder / FILES).mkdir(parents=True)
        for done, (name, known) in enumerate(wanted.items()):
            progress("restore", done, len(wanted), name)
            with archive.open(name) as packed, converted(folder), (folder / name).open("wb") as file:
                if _copy(packed, file, most=known[0]) != known:
                    raise InputError(f"{source}: {name} is damaged; take another backup")
    return contents


def _are_plain(wanted: dict[str, tuple[int, str]]) -> bool:
    """Only the database and PDFs under their checksums: nothing that could be written elsewhere."""
    pdfs = {f"{FILES}/{sha256}.pdf" for name, (_, sha256) in wanted.items() if name != DATABASE}
    return set(wanted) == {DATABASE, *pdfs} and all("/" not in sha for _, sha in wanted.values())


@contextmanager
def _checked(source: Path, folder: Path) -> Iterator[Store]:
    """Open what was unpacked, if the database is whole and each edition has its PDF."""
    try:
        opened = Store.open(folder)
    except StoreError as error:
        raise InputError(f"{source}: its database cannot be used ({error}); take another backup") from error
    with opened:
        if opened.verify():
            raise InputError(f"{source}: its database or a PDF is damaged; take another backup")
        yield opened
