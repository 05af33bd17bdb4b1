"""The ZIP of a backup: what it says that it holds, proven before anything of it is unpacked and while it is."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from kb import EMBEDDED_MODEL, MODEL_FILE, InputError, Progress, StoreError, silent
from kb.store import DATABASE, FILES, converted

FORMAT = 2
"""1 had no sums of rows, no count of records and no choice of model; it is still read."""
MANIFEST = "manifest.json"
MOST_MANIFEST = 64 * 2**20  # bytes: some 400 000 PDFs
MOST_MODEL = 4096  # bytes of a path or a hub name
MOST_RATIO = 200  # packed once; databases come to 3 to 20, and 1000 is a bomb's
SPARE = 64 * 2**20  # bytes that are left free beside what is unpacked

_CHUNK = 1 << 20
_LARGEST = 2**53  # what JSON holds exactly
_SHA256 = re.compile(r"[0-9a-f]{64}")
_DAMAGED = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    struct.error,
    LookupError,
    TypeError,
    ValueError,  # among them what is no UTF-8 and what is no JSON
    ArithmeticError,
    AttributeError,
    EOFError,
    RuntimeError,  # encrypted, packed in a way that is not known, or nested too deep
    MemoryError,
)


@dataclass(frozen=True, slots=True)
class Contents:
    """What a backup holds: handbooks, of which some may be removed, their editions, and bytes of all files.

    `records` are those that are served (-1 where the backup does not say), `model` is the library's choice of a
    model, None where the backup does not say.
    """

    handbooks: int
    editions: int
    records: int
    files: int
    size: int
    created: str
    model: str | None = None


@dataclass(frozen=True, slots=True)
class Packed:
    """A backup's manifest: size and SHA-256 of each file, and for each table how many rows it has and their sum."""

    contents: Contents
    files: Mapping[str, tuple[int, str]]
    tables: Mapping[str, tuple[int, str]] = field(default_factory=dict)
    format: int = FORMAT


def dump(packed: Packed, software: object) -> str:
    """The manifest as JSON."""
    contents = packed.contents
    said = {
        "format": FORMAT,
        "software": software,
        "created": contents.created,
        "handbooks": contents.handbooks,
        "editions": contents.editions,
        "records": contents.records,
        "tables": {name: {"rows": rows, "sum": total} for name, (rows, total) in packed.tables.items()},
        "files": {name: {"size": size, "sha256": sha} for name, (size, sha) in packed.files.items()},
    }
    return json.dumps(said, indent=1)


def copy(source: IO[bytes], target: IO[bytes], most: int | None = None) -> tuple[int, str]:
    """Copy a stream; its size and SHA-256. What is longer than `most` is cut there, and so has another sum."""
    size, found = 0, hashlib.sha256()
    while (most is None or size <= most) and (chunk := source.read(_CHUNK)):
        target.write(chunk)
        found.update(chunk)
        size += len(chunk)
    return size, found.hexdigest()


def check(source: Path) -> Contents:
    """What a file says it holds, as far as that can be told without unpacking it.

    Raises:
        InputError: it is no backup, or one that was tampered with.
    """
    with _opened(source) as archive:
        return _read(source, archive).contents


def unpack(source: Path, folder: Path, progress: Progress = silent) -> Packed:
    """Write the files of a backup into a new folder, each checked.

    Raises:
        InputError: it is no backup, is damaged or was tampered with.
        StoreError: there is no room for it; nothing was written then.
    """
    with _opened(source) as archive:
        packed = _read(source, archive)
        with converted(folder):
            _check_room(source, folder, packed.contents.size)
            (folder / FILES).mkdir(parents=True)
        for done, (name, known) in enumerate(packed.files.items()):
            progress("restore", done, len(packed.files), name)
            with archive.open(name) as held, converted(folder), (folder / name).open("xb") as file:
                if copy(held, file, most=known[0]) != known:
                    raise InputError(f"{source}: {name} is damaged; take another backup")
    return packed


def _check_room(source: Path, folder: Path, size: int) -> None:
    free = shutil.disk_usage(folder.parent).free
    if size + SPARE > free:
        raise StoreError(
            f"{source}: unpacks to {size / 1e6:.0f} MB, and {folder.parent} has {free / 1e6:.0f} MB free;"
            " free some space"
        )


@contextmanager
def _opened(source: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(source) as archive:
            yield archive
    except OSError as error:
        raise InputError(f"{source}: {error.strerror or error}; name a file that kb backup wrote") from error
    except _DAMAGED as error:
        why = " ".join(str(error).split())[:200] or type(error).__name__
        raise InputError(f"{source}: no backup, or a damaged one ({why}); take another one") from error


def _read(source: Path, archive: zipfile.ZipFile) -> Packed:
    """The manifest, where the archive holds just what it lists, in the way that a backup does."""
    entries = archive.infolist()
    for entry in entries:
        if wrong := _oddity(entry):
            name = entry.filename[:100].encode("unicode_escape").decode()
            raise InputError(f"{source}: {name}: {wrong}; take another backup")
    packed = _parse(source, _bounded(archive, MANIFEST, MOST_MANIFEST))
    sizes = sorted((e.filename, e.file_size) for e in entries if e.filename != MANIFEST)
    listed = sorted((name, size) for name, (size, _) in packed.files.items())
    if len(entries) != len(listed) + 1 or sizes != listed or not _are_known(packed):
        raise InputError(f"{source}: does not hold just what it lists; take another backup")
    model = _bounded(archive, MODEL_FILE, MOST_MODEL) if MODEL_FILE in packed.files else b""
    return _with_model(source, packed, model)


def _oddity(entry: zipfile.ZipInfo) -> str:
    """What no backup's entry is, in words; "" for one that might be a backup's."""
    mode = entry.external_attr >> 16
    if entry.is_dir() or (stat.S_IFMT(mode) and not stat.S_ISREG(mode)):
        return "a folder or a link, where a backup has files alone"
    if entry.flag_bits & 1:
        return "encrypted, which no backup is"
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return "packed in a way that no backup is"
    if entry.file_size > MOST_RATIO * entry.compress_size + MOST_RATIO:
        return f"would unpack to more than {MOST_RATIO} times its size"
    return ""


def _bounded(archive: zipfile.ZipFile, name: str, most: int) -> bytes:
    with archive.open(name) as file:
        content = file.read(most + 1)
    if len(content) > most:
        raise ValueError(f"{name} is larger than {most} bytes")
    return content


def _parse(source: Path, content: bytes) -> Packed:
    said = json.loads(content.decode("utf-8"), parse_constant=_refuse, object_pairs_hook=_once)
    if not isinstance(said, dict):
        raise ValueError("the manifest is no object")
    if type(said["format"]) is not int or said["format"] < 1:
        raise ValueError("its format is no number")
    if said["format"] > FORMAT:
        raise InputError(f"{source}: a backup of another format ({said['format']}); update kb")
    is_first = said["format"] == 1
    files = {name: (_whole(f["size"]), _sum(f["sha256"])) for name, f in said["files"].items()}
    contents = Contents(
        _whole(said["handbooks"]),
        _whole(said["editions"]),
        -1 if is_first else _whole(said["records"]),
        len(files),
        sum(size for size, _ in files.values()),
        _time(said["created"]),
    )
    tables = {} if is_first else {n: (_whole(t["rows"]), _sum(t["sum"])) for n, t in said["tables"].items()}
    return Packed(contents, files, tables, said["format"])


def _with_model(source: Path, packed: Packed, content: bytes) -> Packed:
    if packed.format == 1:
        return packed
    model = content.decode("utf-8").strip() or EMBEDDED_MODEL
    if not model.isprintable():
        raise InputError(f"{source}: {MODEL_FILE} names no model; take another backup")
    c = packed.contents
    contents = Contents(c.handbooks, c.editions, c.records, c.files, c.size, c.created, model)
    return Packed(contents, packed.files, packed.tables, packed.format)


def _are_known(packed: Packed) -> bool:
    """Only the database, the choice of a model, and PDFs under their checksums: nothing that could lie elsewhere."""
    others = {DATABASE} if packed.format == 1 else {DATABASE, MODEL_FILE}
    pdfs = {f"{FILES}/{sha}.pdf" for name, (_, sha) in packed.files.items() if name not in others}
    return DATABASE in packed.files and set(packed.files) - others == pdfs


def _refuse(word: str) -> None:
    raise ValueError(f"{word} is no number")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("the manifest says something twice")
    return found


def _whole(value: object) -> int:
    if type(value) is not int or not 0 <= value < _LARGEST:
        raise ValueError(f"{str(value)[:40]} is no count")
    return value


def _sum(value: object) -> str:
    if not isinstance(value, str) or not _SHA256.fullmatch(value):
        raise ValueError(f"{str(value)[:80]} is no checksum")
    return value


def _time(value: object) -> str:
    if not isinstance(value, str) or len(value) > 40:
        raise ValueError(f"{str(value)[:40]} is no time")
    datetime.fromisoformat(value)
    return value
