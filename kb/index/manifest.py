"""What a generation holds and in which parts, with the size and checksum of each file, in its `manifest.json`."""

from __future__ import annotations

import hashlib
import heapq
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib import metadata
from math import isqrt
from pathlib import Path
from typing import Any

import numpy as np

from kb import GenerationError, Numbers, Passage, file_sha256
from kb.store import text_sha256

MANIFEST = "manifest.json"
FEW = 8  # parts; each costs a search 0.05 to 0.1 ms, so a library of up to so many handbooks has one for each
ROOT_OF = 16  # with more than 16 000 passages there may be as many parts as a sixteenth of their square root


@dataclass(frozen=True, slots=True)
class Portion:
    """An edition in a part: so many passages and records, one after the other; the checksum is the passages'."""

    number: int
    passages: int
    records: int
    sha256: str


@dataclass(frozen=True, slots=True)
class IndexPart:
    """Some editions, indexed together. Its files never change, so that the next generation can take them over.

    `first` is what its first passage, and its first record, are marked with in the word indexes, whose segments
    are `words` and `whole`. Its other files begin with its name.
    """

    name: str
    first: int
    editions: dict[str, Portion]
    words: list[dict[str, Any]]
    whole: list[dict[str, Any]]

    @property
    def passages(self) -> int:
        """How many there are in all its editions."""
        return sum(portion.passages for portion in self.editions.values())

    @property
    def records(self) -> int:
        """How many there are in all its editions."""
        return sum(portion.records for portion in self.editions.values())

    @property
    def span(self) -> int:
        """How many marks are its own, whether there are more passages or records."""
        return max(1, self.passages, self.records)

    @classmethod
    def of_data(cls, data: Mapping[str, Any]) -> IndexPart:
        """The part that was made plain data."""
        shares = {handbook: Portion(**portion) for handbook, portion in data["editions"].items()}
        return cls(**{**data, "editions": shares})


@dataclass(frozen=True, slots=True)
class PartRows:
    """For each passage, and for each record, the number of its part and its row there, (n, 2), and its mark."""

    passages: Numbers
    marks: Numbers
    records: Numbers
    marks_of_records: Numbers


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a generation holds; `model` is the encoder's id, "" (and `dim` 0) where there are words only.

    Rows are in the order of the handbooks' ids, whatever the parts; `next_mark` is the first that no part has.
    `files` maps each file's path to its `signature`. `place` is where an engine keeps words and vectors beside the
    folder, "" where they are in it.
    """

    name: str
    editions: dict[str, int]
    model: str
    dim: int
    count: int
    parts: tuple[IndexPart, ...]
    next_mark: int
    created: str
    software: str
    format: int
    files: dict[str, str]
    place: str = ""

    def write(self, folder: Path) -> None:
        """Write it into the folder of its generation."""
        (folder / MANIFEST).write_text(json.dumps(asdict(self), indent=1), encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> Manifest:
        """Read what `write` wrote.

        Raises:
            GenerationError: it is missing or damaged.
        """
        path = folder / MANIFEST
        try:
            held = json.loads(path.read_text(encoding="utf-8"))
            if "parts" not in held:
                raise GenerationError(f"{path}: built by another version of this software; rebuild the index")
            return cls(**{**held, "parts": tuple(IndexPart.of_data(part) for part in held["parts"])})
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise GenerationError(f"{path}: missing or damaged ({error}); rebuild the index") from error

    def rows(self) -> PartRows:
        """Where each passage and each record is to be found."""
        places = {}
        for number, part in enumerate(self.parts):
            at = record = 0
            for handbook, portion in part.editions.items():
                places[handbook] = number, at, record, portion
                at, record = at + portion.passages, record + portion.records
        held = [places[handbook] for handbook in self.editions if handbook in places]
        passages = _placed([(number, at, portion.passages) for number, at, _, portion in held])
        records = _placed([(number, at, portion.records) for number, _, at, portion in held])
        firsts = np.array([part.first for part in self.parts], dtype=np.int64)
        return PartRows(
            passages, firsts[passages[:, 0]] + passages[:, 1], records, firsts[records[:, 0]] + records[:, 1]
        )

    def cut_short(self, folder: Path) -> list[Path]:
        """The files that are missing or not of their size; quick."""
        sizes = {path: signature.split(":")[0] for path, signature in self.files.items()}
        return [folder / path for path, size in sizes.items() if _size(folder / path) != size]

    def changed(self, folder: Path) -> list[Path]:
        """The files that are missing or not of their checksum; reads them all."""
        return [folder / path for path, known in self.files.items() if signature(folder / path) != known]


def _placed(runs: Sequence[tuple[int, int, int]]) -> Numbers:
    """Part and row of each item, (n, 2), of runs of so many from a row of a part on."""
    rows = [np.stack(np.broadcast_arrays(number, at + np.arange(count)), 1) for number, at, count in runs]
    return np.concatenate([np.zeros((0, 2), dtype=np.int64), *rows]).astype(np.int64)


def digest(passages: Sequence[Passage]) -> str:
    """The checksum of an edition's passages in the order of their rows."""
    found = hashlib.sha256()
    for p in passages:
        row = f"{p.record}\0{p.number}\0{p.label}\0{text_sha256(p.indexed)}\n"
        found.update(row.encode("utf-8", "surrogatepass"))
    return found.hexdigest()


def divide(
    changed: Mapping[str, int], parts: Sequence[IndexPart], editions: Collection[str]
) -> tuple[list[IndexPart], list[list[str]]]:
    """Which parts of the generation before stay, and which handbooks are indexed together anew.

    `changed` are the passages of the handbooks that are not as they were. A part stays if nothing in it changed;
    while there are too many, the two smallest become one.
    """
    held = {handbook: portion.passages for part in parts for handbook, portion in part.editions.items()}
    stay = [part for part in parts if not any(h in changed or h not in editions for h in part.editions)]
    loose = sorted(set(editions) - {handbook for part in stay for handbook in part.editions})
    sizes = {handbook: changed.get(handbook, held.get(handbook, 0)) for handbook in editions}
    most = max(FEW, isqrt(sum(sizes.values())) // ROOT_OF)
    heap = [(part.passages, at, list(part.editions)) for at, part in enumerate(stay)]
    heap += [(sizes[handbook], len(stay) + at, [handbook]) for at, handbook in enumerate(loose)]
    heapq.heapify(heap)
    number = len(heap)
    while len(heap) > most:
        (size, _, one), (more, _, other) = heapq.heappop(heap), heapq.heappop(heap)
        heapq.heappush(heap, (size + more, number, [*one, *other]))
        number += 1
    kept = [stay[at] for _, at, _ in heap if at < len(stay)]
    return kept, sorted(sorted(handbooks) for _, at, handbooks in heap if at >= len(stay))


def signatures(folder: Path, known: Mapping[str, str]) -> dict[str, str]:
    """Size and checksum of each file by its path in the folder, as `known` or read; lock files aside."""
    found = [path for path in folder.rglob("*") if path.is_file() and path.suffix != ".lock"]
    paths = {path.relative_to(folder).as_posix(): path for path in sorted(found)}
    return {name: known.get(name) or signature(path) for name, path in paths.items()}


def signature(path: Path) -> str:
    """A file's "BYTES:SHA256"; "" where it is missing, as it may be from one moment to the next."""
    try:
        return f"{_size(path)}:{file_sha256(path)}"
    except FileNotFoundError:
        return ""


def software() -> str:
    """The version of this software, "checkout" where it is not installed."""
    try:
        return metadata.version("practice-kb")
    except metadata.PackageNotFoundError:
        return "checkout"


def _size(path: Path) -> str:
    try:
        return str(path.stat().st_size)
    except FileNotFoundError:
        return ""
