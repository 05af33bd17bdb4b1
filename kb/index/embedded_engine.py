"""The embedded engine: a generation's words by tantivy and its vectors by FAISS, all in files of its own folder."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from kb import Passage, Record, Vectors
from kb.index import loaded
from kb.index import row_files as of_rows
from kb.index.forms_by_entry import FormsByEntry, FormWriter
from kb.index.keeping import OpenedIndex, Pieces
from kb.index.lexical import Lexical
from kb.index.manifest import IndexPart, Manifest, PartRows
from kb.index.row_files import OwnedRows
from kb.index.weighed_words import WeighedWords
from kb.index.written import Entry, join, segments
from kb.model import ModelPart
from kb.store import Store

WORDS = "words"
RECORDS = "records"
MAKING = "making"  # the folder of parts that are being indexed


class Embedded:
    """The engine of a library that is small enough for one machine, which most are."""

    def keeps(self, store: Store, manifest: Manifest) -> bool:
        """Whether a generation has its words and vectors in its folder."""
        return not manifest.place and not manifest.cut_short(store.index_folder / manifest.name)

    def begin(
        self, store: Store, folder: Path, models: Sequence[ModelPart], before: Manifest | None
    ) -> EmbeddedMaking:
        """Begin a generation; the models need nothing here."""
        del models
        return EmbeddedMaking(folder, store.index_folder / before.name if before else None)

    def open(
        self,
        folder: Path,
        manifest: Manifest,
        placed: PartRows,
        rows: OwnedRows,
        records: Sequence[Record],
        passages: Sequence[Passage],
    ) -> OpenedIndex:
        """Open a generation; GenerationError where a file is missing or damaged."""
        lexical = Lexical.open(folder / WORDS, placed.marks)
        whole = Lexical.open(folder / RECORDS, placed.marks_of_records)
        if manifest.count > of_rows.FLAT_UP_TO:
            names = [(folder / f"{part.name}.{WORDS}", part.passages) for part in manifest.parts]
            forms = FormsByEntry(names, placed.passages, lexical.known.having)
            lexical.weighed = WeighedWords(forms, lambda row: loaded.of_passage(passages[row]))
            names = [(folder / f"{part.name}.{RECORDS}", part.records) for part in manifest.parts]
            forms = FormsByEntry(names, placed.records, whole.known.having)
            whole.weighed = WeighedWords(forms, lambda row: loaded.of_record(records[row]))
        return lexical, whole, of_rows.nearest(folder, manifest, placed, rows)


class EmbeddedMaking:
    """A generation that is being written into its folder."""

    place = ""

    def __init__(self, folder: Path, before: Path | None) -> None:
        self._folder = folder
        self._before = before

    def write(
        self, part: str, first: int, entries: Sequence[Entry], whole: Sequence[Entry], vectors: Vectors | None
    ) -> tuple[Pieces, Pieces]:
        """Index the words of a part by themselves, and count them; its vectors are among its own files already."""
        del vectors
        made = self._folder / MAKING / part
        for kind, own in ((WORDS, entries), (RECORDS, whole)):
            with FormWriter(self._folder / f"{part}.{kind}") as writer:
                Lexical.build(made / kind, own, first, writer.add)
        return segments(made / WORDS), segments(made / RECORDS)

    def join(self, parts: Sequence[IndexPart]) -> set[str]:
        """Put the words of all parts together; return the files that were taken over."""
        made, taken = self._folder / MAKING, set()
        homes = [self._home(made / part.name) for part in parts]
        for kind in (WORDS, RECORDS):
            pieces = [part.words if kind == WORDS else part.whole for part in parts]
            held = [(home / kind, piece) for home, piece in zip(homes, pieces, strict=True)]
            taken |= {path.relative_to(self._folder).as_posix() for path in join(self._folder / kind, held)}
        shutil.rmtree(made, ignore_errors=True)
        return taken

    def complete(self, manifest: Manifest) -> None:
        """Sort the vectors into lists where they are many."""
        of_rows.sort_into_lists(self._folder, manifest)

    def undo(self) -> None:
        """Nothing is outside of the folder."""

    def _home(self, made: Path) -> Path:
        return made if made.is_dir() or self._before is None else self._before
