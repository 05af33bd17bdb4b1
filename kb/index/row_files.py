"""What a generation's parts hold of their rows in numbers: whose each passage is, languages, vectors.

Row n of all is put together from the files of the parts, so that an open generation need not read what it holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from kb import GenerationError, Numbers, Vectors, load_array
from kb.index.dense import Dense
from kb.index.lists import HeldRows, Lists, middles
from kb.index.manifest import Manifest, PartRows
from kb.index.owned import Owned, middle_of
from kb.model import ModelPart, model_parts

FLAT_UP_TO = 50_000
"""Passages that are compared each: 0.5 ms at 10 000 rows of 384, 10 ms at 100 000; more are sorted into lists."""
OWNERS = ".owners.npy"
TONGUES = ".tongues.npy"
VECTORS = ".vectors.npy"
LISTS = "lists"  # of all parts
SHARED = "lists.shared.npy"  # by the rows of each language, and in the last row the middle of the records
LONGEST_TONGUE = "S12"  # bytes of a language's code


@dataclass(frozen=True, slots=True)
class OwnedRows:
    """The record that each passage is of, by number, and the language of each record: its number among `tongues`."""

    owners: Numbers
    tongues: tuple[str, ...]
    spoken: Numbers


def save(name: Path, owners: Sequence[int], tongues: Sequence[str], vectors: Vectors | None) -> None:
    """Write a part's files, whose names begin so: the place of each passage's record in it, and its records' languages.

    Without vectors there are none.
    """
    np.save(_named(name, OWNERS), np.array(owners, dtype=np.int32))
    np.save(_named(name, TONGUES), np.array([tongue.encode() for tongue in tongues], dtype=LONGEST_TONGUE))
    if vectors is not None:
        Dense.build(vectors).save(_named(name, VECTORS))


def load(folder: Path, manifest: Manifest, placed: PartRows) -> OwnedRows:
    """Put the rows of a generation's parts together.

    Raises:
        GenerationError: a file is missing or damaged, or of other passages.
    """
    owners = np.zeros(len(placed.passages), dtype=np.int64)
    heard = np.zeros(len(placed.records), dtype=LONGEST_TONGUE)
    for number, part in enumerate(manifest.parts):
        own = _read(folder, part.name, OWNERS, part.passages)
        told = _read(folder, part.name, TONGUES, part.records)
        its = np.flatnonzero(placed.records[:, 0] == number)
        heard[its] = told[placed.records[its, 1]]
        among = np.zeros(part.records, dtype=np.int64)  # all: the part's records by their numbers
        among[placed.records[its, 1]] = its
        rows = np.flatnonzero(placed.passages[:, 0] == number)
        owners[rows] = among[own[placed.passages[rows, 1]]]
    tongues, spoken = np.unique(heard, return_inverse=True)
    return OwnedRows(owners, tuple(one.decode() for one in tongues.tolist()), spoken.astype(np.int64))


def nearest(folder: Path, manifest: Manifest, placed: PartRows, rows: OwnedRows) -> Dense | Lists | None:
    """Open the vectors of all passages: to compare each, or by lists where they are many; None of words only.

    Raises:
        GenerationError: a file is missing or damaged, or of other passages.
    """
    if not manifest.model:
        return None
    if manifest.count <= FLAT_UP_TO:
        return Dense.build(_all(folder, manifest, placed))
    try:
        shared = load_array(folder / SHARED)
    except (OSError, ValueError) as error:
        raise GenerationError(f"{folder / SHARED}: cannot be read ({error}); rebuild the index") from error
    parts = model_parts(manifest.model, manifest.dim)
    own, tongues = held(folder, manifest, placed), rows.spoken[rows.owners]
    found = Lists.load(folder / LISTS, own, tongues, shared[:-1], parts)
    found.middle = shared[-1]
    return found


def sort_into_lists(folder: Path, manifest: Manifest) -> None:
    """Write the lists of a generation that has too many passages to compare each; nothing of another.

    Raises:
        OSError: the folder cannot be written.
    """
    if not manifest.model or manifest.count <= FLAT_UP_TO:
        return
    placed = manifest.rows()
    rows, own = load(folder, manifest, placed), held(folder, manifest, placed)
    parts: tuple[ModelPart, ...] = model_parts(manifest.model, manifest.dim)
    tongues = rows.spoken[rows.owners]
    shared = middles(own.chunks(), tongues, len(rows.tongues), parts)
    lists = Lists.build(own, tongues, shared, parts)
    lists.save(folder / LISTS)
    middle = middle_of(lists, Owned.of(rows.owners, len(rows.spoken)))
    np.save(folder / SHARED, np.vstack([shared, middle]))


def held(folder: Path, manifest: Manifest, placed: PartRows) -> HeldRows:
    """The vectors of all passages in the order of their rows, read from the files of the parts.

    Raises:
        GenerationError: a file is missing or damaged, or of other passages.
    """
    files = [_named(folder / part.name, VECTORS) for part in manifest.parts]
    try:
        return HeldRows(files, placed.passages, manifest.dim)
    except (OSError, ValueError) as error:
        raise GenerationError(f"{folder}: its vectors cannot be read ({error}); rebuild the index") from error


def _all(folder: Path, manifest: Manifest, placed: PartRows) -> Vectors:
    """The vectors of all passages in the order of their rows, from the files of the parts."""
    found = np.zeros((manifest.count, manifest.dim), dtype=np.float32)
    for number, part in enumerate(manifest.parts):
        own = _vectors(folder, part.name, part.passages, manifest.dim)
        is_its = placed.passages[:, 0] == number
        found[is_its] = own.all_rows[placed.passages[is_its, 1]]
    return found


def _vectors(folder: Path, part: str, count: int, dim: int) -> Dense:
    held = Dense.load(_named(folder / part, VECTORS))
    if (held.count, held.dim) != (count, dim):
        raise GenerationError(f"{folder}: {part} has not each of its passages; rebuild the index")
    return held


def _read(folder: Path, part: str, ending: str, count: int) -> Numbers:
    path = _named(folder / part, ending)
    try:
        found: Numbers = load_array(path)
    except (OSError, ValueError) as error:
        raise GenerationError(f"{path}: cannot be read ({error}); rebuild the index") from error
    if len(found) != count:
        raise GenerationError(f"{path}: has not each of its {count}; rebuild the index")
    return found


def _named(name: Path, ending: str) -> Path:
    return name.with_name(name.name + ending)
