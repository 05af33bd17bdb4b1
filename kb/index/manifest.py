"""What a generation holds, and the size and checksum of each of its files, in its `manifest.json`."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path

from kb import GenerationError

MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a generation holds; `model` is the encoder's id, "" (and `dim` 0) where there are words only.

    `passages_sha256` covers the passages in the order of their rows, `files` maps each file's path to its
    `signature`.
    """

    name: str
    editions: dict[str, int]
    model: str
    dim: int
    count: int
    passages_sha256: str
    created: str
    software: str
    format: int
    files: dict[str, str]

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
            return cls(**json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError) as error:
            raise GenerationError(f"{path}: missing or damaged ({error}); rebuild the index") from error

    def cut_short(self, folder: Path) -> list[Path]:
        """The files that are missing or not of their size; quick."""
        sizes = {path: signature.split(":")[0] for path, signature in self.files.items()}
        return [folder / path for path, size in sizes.items() if _size(folder / path) != size]

    def changed(self, folder: Path) -> list[Path]:
        """The files that are missing or not of their checksum; reads them all."""
        return [folder / path for path, known in self.files.items() if signature(folder / path) != known]


def signatures(folder: Path) -> dict[str, str]:
    """Size and checksum of each file by its path in the folder; lock files, which come and go, aside."""
    found = [path for path in folder.rglob("*") if path.is_file() and path.suffix != ".lock"]
    return {path.relative_to(folder).as_posix(): signature(path) for path in sorted(found)}


def signature(path: Path) -> str:
    """A file's "BYTES:SHA256"; "" where it is missing, as it may be from one moment to the next."""
    try:
        with path.open("rb") as file:
            return f"{_size(path)}:{hashlib.file_digest(file, 'sha256').hexdigest()}"
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
