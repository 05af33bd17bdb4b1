"""What an engine does that keeps a generation's words and vectors: writes them part by part, then opens them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

from kb import Passage, Record, Vectors
from kb.index.engine import Near, WordIndex
from kb.index.manifest import IndexPart, Manifest, PartRows
from kb.index.row_files import OwnedRows
from kb.index.written import Entry
from kb.model import ModelPart
from kb.store import Store

Pieces = list[dict[str, Any]]
"""What an engine writes down of a part, to find it again."""
OpenedIndex = tuple[WordIndex, WordIndex, Near | None]
"""The words of passages, those of whole records, and the passages' vectors, None where there are none."""


class Making(Protocol):
    """A generation that is being written; `place` is where its engine keeps it beside its folder, "" for nowhere."""

    place: str

    def write(
        self, part: str, first: int, entries: Sequence[Entry], whole: Sequence[Entry], vectors: Vectors | None
    ) -> tuple[Pieces, Pieces]:
        """Write a part: its passages, and its whole records, are marked from `first` on; return what tells them.

        Raises:
            OSError: the folder cannot be written.
        """

    def join(self, parts: Sequence[IndexPart]) -> set[str]:
        """Put the parts together, in their order; return the files, by path in the folder, that were taken over."""

    def complete(self, manifest: Manifest) -> None:
        """Write what takes all parts at once."""

    def undo(self) -> None:
        """Take back what was written outside of the folder: the generation will not be."""


class Keeper(Protocol):
    """An engine."""

    def keeps(self, store: Store, manifest: Manifest) -> bool:
        """Whether a generation is here as its manifest says, so that the next one can take over parts of it."""

    def begin(
        self, store: Store, folder: Path, models: Sequence[ModelPart], before: Manifest | None
    ) -> Making:
        """Begin a generation in its folder, with vectors of these models, that takes over parts of one before.

        Raises:
            GenerationError: it cannot be kept there.
        """

    def open(
        self,
        folder: Path,
        manifest: Manifest,
        placed: PartRows,
        rows: OwnedRows,
        records: Sequence[Record],
        passages: Sequence[Passage],
    ) -> OpenedIndex:
        """Open a generation.

        Raises:
            GenerationError: something of it is missing or damaged.
        """
