"""The engine that keeps words and vectors in Milvus; records, passages and rows stay in the generation's folder.

A library has a `place` there, of three collections, and each part of its index is a partition of them. A generation
searches the partitions that its manifest names, so that what the store publishes is what is found, from one moment to
the next. A part that is taken over is not written again; one that no generation needs is dropped when the next one is
built, a while after the last publication: web servers with copies of the store may be behind.
"""

from __future__ import annotations

import json
import logging
import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kb import GenerationError, IndexServerError, Numbers, Passage, Record, Vectors, load_array, replace_file
from kb.index import loaded
from kb.index import milvus_terms as terms
from kb.index import row_files as of_rows
from kb.index.engine import Near
from kb.index.keeping import OpenedIndex, Pieces
from kb.index.lists import middles
from kb.index.manifest import IndexPart, Manifest, PartRows
from kb.index.milvus_filling import Filling, rows_of_vectors
from kb.index.milvus_near import MilvusNear
from kb.index.milvus_postings import Entries
from kb.index.milvus_server import RECORDS, VECTORS, WORDS, Server
from kb.index.milvus_terms import Terms
from kb.index.milvus_words import MilvusWords
from kb.index.row_files import OwnedRows
from kb.index.written import Entry
from kb.model import ModelPart, model_parts
from kb.store import Store

LEDGER = (
    "milvus.json"  # in a folder: the places that are its own, and which folder that was when it was written
)
LENGTHS = {WORDS: ".lengths.npy", RECORDS: ".lengths-of-records.npy"}  # the endings of a part's
LAG = timedelta(minutes=10)  # that what is no longer served is kept, for web servers whose copies are behind

log = logging.getLogger(__name__)


class Milvus:
    """The engine of a library in Milvus."""

    def __init__(self, index: str, token: str) -> None:
        self._index = index
        self._token = token

    def keeps(self, store: Store, manifest: Manifest) -> bool:
        """Whether a generation is in a place of this library, whole."""
        own = _places(store.index_folder / manifest.name)
        return manifest.place in own and not self._missing(manifest)

    def begin(
        self, store: Store, folder: Path, models: Sequence[ModelPart], before: Manifest | None
    ) -> MilvusMaking:
        """Begin a generation in the place of the one before, or in a new one; what nobody needs any more goes."""
        server = Server.at(self._index, self._token)
        _tidy(server, store)
        place = before.place if before else f"kb_{uuid.uuid4().hex[:12]}"
        if before is None:
            _write_ledger(store.index_folder, [*_places(store.index_folder), place])
            server.create(place, [model.stop - model.start for model in models])
        earlier = store.index_folder / before.name if before else None
        return MilvusMaking(server, place, folder, tuple(models), earlier)

    def open(
        self,
        folder: Path,
        manifest: Manifest,
        placed: PartRows,
        rows: OwnedRows,
        records: Sequence[Record],
        passages: Sequence[Passage],
    ) -> OpenedIndex:
        """Open a generation; GenerationError where the server has not each of its rows, or a file is damaged."""
        if missing := self._missing(manifest):
            raise GenerationError(f"{self._index}: {missing}; rebuild the index")
        server = Server.at(self._index, self._token)
        parts = tuple(part.name for part in manifest.parts)

        of_passages = _lengths(folder, manifest, WORDS, placed.passages)
        of_records = _lengths(folder, manifest, RECORDS, placed.records)
        lexical = MilvusWords(
            Entries(server, manifest.place, WORDS, parts, placed.marks, of_passages),
            Terms(folder, whole=False),
            lambda row: loaded.of_passage(passages[row]),
        )
        whole = MilvusWords(
            Entries(server, manifest.place, RECORDS, parts, placed.marks_of_records, of_records),
            Terms(folder, whole=True),
            lambda row: loaded.of_record(records[row]),
        )
        return lexical, whole, _near(server, folder, manifest, placed, rows)

    def _missing(self, manifest: Manifest) -> str:
        """What the server has not of a generation, in words; "" where it has all."""
        server = Server.at(self._index, self._token)
        parts = [part.name for part in manifest.parts]
        wanted = {WORDS: manifest.count, RECORDS: sum(part.records for part in manifest.parts)}
        if manifest.model:
            wanted[VECTORS] = manifest.count
        for name, count in wanted.items():
            there = server.count(manifest.place, name, parts)
            if there != count:
                return f"{manifest.place}_{name} has {max(there, 0)} of the {count} rows of {manifest.name}"
        return ""


class MilvusMaking:
    """A generation that is being written into Milvus and into its folder."""

    def __init__(
        self,
        server: Server,
        place: str,
        folder: Path,
        models: tuple[ModelPart, ...],
        before: Path | None,
    ) -> None:
        self.place = place
        self._server = server
        self._folder = folder
        self._models = models
        self._before = before
        self._counts: dict[tuple[str, bool], Mapping[tuple[str, str], int]] = {}
        self._written: list[str] = []

    def write(
        self, part: str, first: int, entries: Sequence[Entry], whole: Sequence[Entry], vectors: Vectors | None
    ) -> tuple[Pieces, Pieces]:
        """Write a part into partitions of its own, and the lengths of its entries beside its other files."""
        self._written.append(part)
        for name, held_entries in ((WORDS, entries), (RECORDS, whole)):
            filling = Filling()
            self._server.insert(self.place, name, part, filling.rows(held_entries, first))
            np.save(self._folder / f"{part}{LENGTHS[name]}", filling.lengths())
            self._counts[part, name == RECORDS] = filling.counts
        if vectors is not None:
            rows = rows_of_vectors(vectors, entries, first, self._models)
            self._server.insert(self.place, VECTORS, part, rows)
        return [], []

    def join(self, parts: Sequence[IndexPart]) -> set[str]:
        """Write what the forms of words count in all parts together, and whose the place is."""
        _write_ledger(self._folder, [self.place])
        terms.save(self._folder, self._before, [part.name for part in parts], self._counts)
        return set()

    def complete(self, manifest: Manifest) -> None:
        """Nothing takes all parts at once."""

    def undo(self) -> None:
        """Drop what was written; where that fails, it is dropped when the next generation is built."""
        try:
            self._server.drop(self.place, self._written if self._before else None)
        except IndexServerError as error:
            log.warning("parts of an index that was not finished stay for now: %s", error)


def _near(server: Server, folder: Path, manifest: Manifest, placed: PartRows, rows: OwnedRows) -> Near | None:
    """The vectors, found by Milvus where they are too many to compare each, as in any engine."""
    if not manifest.model or manifest.count <= of_rows.FLAT_UP_TO:
        return of_rows.nearest(folder, manifest, placed, rows)
    own, spoken = of_rows.held(folder, manifest, placed), rows.spoken[rows.owners]
    models = model_parts(manifest.model, manifest.dim)
    shared = middles(own.chunks(), spoken, len(rows.tongues), models)
    parts = tuple(part.name for part in manifest.parts)
    return MilvusNear(server, manifest.place, parts, placed.marks, own, models, rows.tongues, spoken, shared)


def _lengths(folder: Path, manifest: Manifest, name: str, placed: Numbers) -> NDArray[np.int32]:
    """The lengths of all entries in the order of their rows."""
    found = np.zeros((len(placed), 3), dtype=np.int32)
    for number, part in enumerate(manifest.parts):
        path = folder / f"{part.name}{LENGTHS[name]}"
        is_its = placed[:, 0] == number
        try:
            found[is_its] = load_array(path)[placed[is_its, 1]]
        except (IndexError, OSError, ValueError) as error:
            raise GenerationError(f"{path}: cannot be read ({error}); rebuild the index") from error
    return found


def _tidy(server: Server, store: Store) -> None:
    """Drop the places and parts of this library that what is served does not need, if it has been served for long."""
    own, served = _places(store.index_folder), _served(store)
    if served is not None:  # a restored generation's place was made elsewhere
        own = list(dict.fromkeys([*own, *_places(store.index_folder / served.name)]))
    if not own or (served and datetime.now(UTC) - datetime.fromisoformat(served.created) < LAG):
        return
    there = server.places()
    needed = {part.name for part in served.parts} if served else set()
    for place in own:
        if place not in there:
            continue
        if served is None or place != served.place:
            server.drop(place)
        elif spare := sorted(there[place] - needed):
            server.drop(place, spare)
    _write_ledger(store.index_folder, [place for place in own if served and place == served.place])


def _served(store: Store) -> Manifest | None:
    try:
        return Manifest.read(store.index_folder / store.generation())
    except GenerationError:
        return None


def _places(folder: Path) -> list[str]:
    """The places that are a library's, or a generation's; none where it is a copy: they are the other library's."""
    try:
        found = json.loads((folder / LEDGER).read_text("utf-8"))
        return [str(place) for place in found["places"]] if found["folder"] == _self(folder) else []
    except FileNotFoundError:
        return []
    except (OSError, ValueError, KeyError, TypeError) as error:
        log.warning("%s: cannot be read (%s): a new place is made", folder / LEDGER, error)
        return []


def _write_ledger(folder: Path, places: Sequence[str]) -> None:
    content = json.dumps({"folder": _self(folder), "places": list(places)}, indent=1)
    replace_file(folder / LEDGER, content)


def _self(folder: Path) -> str:
    found = folder.stat()
    return f"{found.st_dev}:{found.st_ino}"
