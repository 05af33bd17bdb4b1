"""What writes that broke off leave in a library's folder, told by its names: what others put there is theirs."""

from __future__ import annotations

import re
import shutil
from collections.abc import Container, Iterator
from pathlib import Path

from kb import PARTIAL, StoreError

LOST = "empty, though the PDFs and an index of a library lie beside it"
_FILES = "files"
_PDF = re.compile(r"[0-9a-f]{64}\.pdf")
_UNFINISHED = re.compile(rf".+[.-](?:\d+-\d+|[0-9a-f]{{8,32}}){re.escape(PARTIAL)}")
"""As `kb.files` names what it writes beside: with process and thread, or with random digits."""
_GENERATION = re.compile(rf"(?:\d{{8}}T\d{{6}}Z|restore)-[0-9a-f]{{8}}(?:{re.escape(PARTIAL)})?")


def files(folder: Path, known: Container[str]) -> Iterator[Path]:
    """Files that are not finished, and PDFs by a checksum that is not known; by name, none through a link."""
    for path in sorted(folder.iterdir()):
        if _is_file(path) and _UNFINISHED.fullmatch(path.name):
            yield path
    if not (folder / _FILES).is_symlink():
        for path in sorted((folder / _FILES).iterdir()):
            is_pdf = _PDF.fullmatch(path.name) and path.stem not in known
            if _is_file(path) and (is_pdf or _UNFINISHED.fullmatch(path.name)):
                yield path


def generations(folder: Path) -> Iterator[Path]:
    """The index generations in their folder, finished or not, by name."""
    if folder.is_symlink():
        return
    for path in sorted(folder.iterdir()):
        if _GENERATION.fullmatch(path.name) and path.is_dir() and not path.is_symlink():
            yield path


def remove(generation: Path) -> None:
    """Delete a generation; it is renamed first, as who is opening it leaves a lock file in a folder of its name."""
    gone = generation.with_name(generation.name.removesuffix(PARTIAL) + PARTIAL)
    generation.rename(gone)
    shutil.rmtree(gone)


def lost(database: Path) -> StoreError:
    """What is said to those who would write to such a library."""
    return StoreError(
        f"{database}: {LOST}; bring it back with kb restore BACKUP, or, if nothing of it is missed, "
        f"move {_FILES}/ and index/ away"
    )


def are_of_a_library(pdfs: Path, index: Path) -> bool:
    """Whether there is a finished index and a PDF: what a first ingest that broke off before its rows never leaves."""
    has_index = any(not path.name.endswith(PARTIAL) for path in generations(index))
    return has_index and any(_PDF.fullmatch(path.name) for path in pdfs.iterdir())


def _is_file(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()
