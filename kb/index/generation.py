"""A generation: the word indexes and the vector index of exactly the editions that its manifest lists.

It is built beside (`NAME.partial`), made to last, and renamed in; the store's next publication names it. A
generation never changes afterwards, and whatever is wrong with one, another can be built from the store. It
consists of parts, each of some editions; the next generation takes over those in which nothing changed, and answers
as if all had been built anew.
"""

from __future__ import annotations

import logging
import shutil
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from kb import (
    PARTIAL,
    GenerationError,
    IndexServerError,
    NotFoundError,
    Passage,
    Progress,
    Record,
    Vector,
    Vectors,
    codec,
    link_file,
    make_last,
    silent,
    sync_folder,
)
from kb.index import bodies, loaded, row_files, sentences
from kb.index.bodies import Bodies, OnDemand
from kb.index.engine import Near, WordIndex
from kb.index.keepers import chosen, is_elsewhere, keeper_of
from kb.index.keeping import Keeper, Making
from kb.index.loaded import LoadedEdition
from kb.index.manifest import IndexPart, Manifest, PartRows, digest, divide, signatures, software
from kb.index.row_files import OwnedRows
from kb.index.sentences import Sentences
from kb.index.vectors import embed
from kb.model import Encoder, PartsEncoder, model_parts
from kb.store import Revision, Store, text_sha256

FORMAT = 11  # raise it when what is in a generation changes: older ones are then rebuilt
OF_RECORDS, OF_PASSAGES = ".records", ".passages"  # what the names of a part's bodies go on with
KEPT_RECORDS, KEPT_PASSAGES = 512, 2048  # decoded, some megabytes

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Generation:
    """An open generation; row n of `lexical` and `dense` is `passages[n]`.

    Records and passages are read from its files when they are asked for. `whole` has the words of each record in one
    row, which finds words that stand in different passages; its rows are the records by handbook id, then as printed.
    `rows` says whose the passages are, and in which languages.
    """

    manifest: Manifest
    records: Sequence[Record]
    passages: Sequence[Passage]
    lexical: WordIndex
    whole: WordIndex
    rows: OwnedRows
    dense: Near | None
    sentences: Sentences | None = None

    @property
    def name(self) -> str:
        """The name that the store knows it by."""
        return self.manifest.name


def build(
    store: Store,
    editions: Mapping[str, int],
    encoder: Encoder | None = None,
    progress: Progress = silent,
    revision: Revision | None = None,
    *,
    is_anew: bool = False,
) -> str:
    """Write the generation of these editions, staged or not, and return its name; nothing serves it yet.

    A `revision`, to be published with it, stands for the records and passages of its edition. Only passages
    whose vectors are not cached are embedded; without an encoder the generation has words only. Parts of the
    generation that is served are taken over where nothing in them changed, unless all is to be built anew.

    Raises:
        NotFoundError: an edition is not in the store.
        GenerationError: it cannot be written; nothing of it is left then, and what is served stays.
        ModelError: the encoder did not return unit rows of its own dimension.
    """
    now = datetime.now(UTC)
    name = f"{now:%Y%m%dT%H%M%SZ}-{uuid.uuid4().hex[:8]}"
    partial = store.index_folder / f"{name}{PARTIAL}"
    with store.write_lock():
        keeper, model, dim = chosen(), *(("", 0) if encoder is None else (encoder.id, encoder.dim))
        before = None if is_anew else _before(store, keeper, model)
        kept, fresh = _divided(store, editions, revision, before)
        try:
            partial.mkdir(parents=True)
            with _undone(keeper.begin(store, partial, model_parts(model, dim), before)) as making:
                parts = [*kept, *_write_parts(partial, fresh, store, encoder, before, making, progress)]
                known = _joined(partial, parts, store.index_folder, before, making)
                manifest = Manifest(
                    name=name,
                    editions=dict(sorted(editions.items())),
                    model=model,
                    dim=dim,
                    count=sum(part.passages for part in parts),
                    parts=tuple(parts),
                    next_mark=_next_mark(parts, before),
                    created=now.isoformat(timespec="seconds"),
                    software=software(),
                    format=FORMAT,
                    files={},
                    place=making.place,
                )
                making.complete(manifest)
                replace(manifest, files=signatures(partial, known)).write(partial)
                make_last(partial, known)
                partial.rename(store.index_folder / name)
                sync_folder(store.index_folder)
        except OSError as error:
            reason = f"{partial}: {error.strerror}" if error.strerror else str(error)
            raise GenerationError(
                f"{reason}; free some space or check permissions, then try again;"
                " the index before is still served"
            ) from error
        finally:
            shutil.rmtree(partial, ignore_errors=True)
    return name


@contextmanager
def _undone(making: Making) -> Iterator[Making]:
    """Take back what is written outside of the generation's folder, whatever goes wrong."""
    try:
        yield making
    except BaseException:
        making.undo()
        raise


def _next_mark(parts: Sequence[IndexPart], before: Manifest | None) -> int:
    """The first mark that no part has, nor had one that an engine may still keep."""
    return max(before.next_mark if before else 0, *(part.first + part.span for part in parts), 0)


def open_served(store: Store) -> Generation:
    """Open the generation that the store serves; tries again when it was replaced meanwhile.

    Raises:
        NotFoundError: nothing was published yet.
        GenerationError: it is missing, damaged, or not of the editions that are served.
    """
    while True:
        name, editions = store.served()
        if not name:
            raise NotFoundError(f"{store.folder}: nothing is published yet; run: kb ingest FILE.pdf")
        try:
            return _open(store, name, editions)
        except (GenerationError, NotFoundError):
            if store.generation() == name:
                raise


def ensure(
    store: Store, encoder: Encoder | None = None, progress: Progress = silent
) -> tuple[Generation, str]:
    """Open what is served; rebuild it from the store if it is missing, damaged or of another model.

    Returns the generation and why it was rebuilt ("" if it was not), which is logged and told to `progress`.
    A library that is open for reading only is never rebuilt: one that opens is returned as it is.

    Raises:
        NotFoundError: nothing was published yet.
        GenerationError: it needs rebuilding, and cannot be.
    """
    generation, reason = _inspect(store, encoder)
    if not reason and generation is not None:
        return generation, ""
    if store.is_readonly:
        if generation is not None:
            return generation, ""
        raise GenerationError(f"{reason}; this library is only open for reading: run kb doctor on it")
    with store.write_lock(lambda text: progress("index", 0, 0, text)):
        generation, reason = _inspect(store, encoder)  # again: the writer waited for may have rebuilt it
        if not reason and generation is not None:
            return generation, ""
        log.warning("rebuilding the index: %s", reason)
        progress("index", 0, 0, f"rebuilding the index: {reason}")
        editions = store.current_editions()
        store.publish(editions, build(store, editions, encoder, progress, is_anew=True))
        store.clean()
        return open_served(store), reason


def _inspect(store: Store, encoder: Encoder | None) -> tuple[Generation | None, str]:
    """What is served, where it opens, and why it should be rebuilt."""
    try:
        generation = open_served(store)
    except IndexServerError:  # who cannot reach it cannot rebuild it either
        raise
    except GenerationError as error:
        return None, str(error)
    known = generation.manifest.model
    if encoder is not None and encoder.id != known:
        return generation, f"its vectors are {known or 'missing'}, the model is {encoder.id}"
    if is_elsewhere(generation.manifest):
        return generation, "KB_INDEX says that it is kept elsewhere"
    return generation, ""


def _open(store: Store, name: str, editions: Mapping[str, int]) -> Generation:
    folder = store.index_folder / name
    manifest = Manifest.read(folder)
    if manifest.format != FORMAT:
        raise GenerationError(f"{folder}: built by another version of this software; rebuild the index")
    if manifest.name != name or manifest.editions != dict(editions):
        raise GenerationError(f"{folder}: not of the editions that are served; rebuild the index")
    for path in manifest.cut_short(folder):
        raise GenerationError(f"{path}: missing or cut short; rebuild the index")
    portions = {h: portion for part in manifest.parts for h, portion in part.editions.items()}
    for handbook, number in manifest.editions.items():
        if handbook not in portions or digest(store.passages(handbook, number)) != portions[handbook].sha256:
            raise GenerationError(f"{folder}: not of the passages in the store; rebuild the index")
    return opened(folder, manifest)


def opened(folder: Path, manifest: Manifest) -> Generation:
    """Open the generation in a folder as its manifest has it, whatever a store says.

    Raises:
        GenerationError: something of it is missing or damaged.
    """
    placed = manifest.rows()
    records, passages = _bodies(folder, manifest, placed)
    own = row_files.load(folder, manifest, placed)
    lexical, whole, dense = keeper_of(manifest).open(folder, manifest, placed, own, records, passages)
    if lexical.count != len(passages) or (dense is not None and dense.count != len(passages)):
        raise GenerationError(f"{folder}: has not each of the {manifest.count} passages; rebuild the index")
    names = [(folder / part.name, part.passages) for part in manifest.parts]
    of_sentences = Sentences.load(names, placed.passages) if manifest.model else None
    return Generation(manifest, records, passages, lexical, whole, own, dense, of_sentences)


def _bodies(folder: Path, manifest: Manifest, placed: PartRows) -> tuple[Sequence[Record], Sequence[Passage]]:
    named = [(folder / f"{part.name}{OF_RECORDS}", part.records) for part in manifest.parts]
    records = OnDemand(
        [Bodies.open(name, count) for name, count in named], placed.records, codec.load_record, KEPT_RECORDS
    )
    named = [(folder / f"{part.name}{OF_PASSAGES}", part.passages) for part in manifest.parts]
    passages = OnDemand(
        [Bodies.open(name, count) for name, count in named],
        placed.passages,
        codec.load_passage,
        KEPT_PASSAGES,
    )
    return records, passages


def _before(store: Store, keeper: Keeper, model: str) -> Manifest | None:
    """What is served, if its parts can be taken over: whole, indexed in this way, and with this model's vectors."""
    name, editions = store.served()
    folder = store.index_folder / name
    try:
        found = Manifest.read(folder)
    except GenerationError:
        return None
    is_usable = (found.name, found.editions, found.format, found.model) == (name, editions, FORMAT, model)
    return found if is_usable and not found.cut_short(folder) and keeper.keeps(store, found) else None


def _divided(
    store: Store, editions: Mapping[str, int], revision: Revision | None, before: Manifest | None
) -> tuple[list[IndexPart], list[dict[str, LoadedEdition]]]:
    """The parts that stay, and what is loaded to be indexed together anew."""

    def load(handbook: str) -> LoadedEdition:
        is_revised = revision is not None and (revision.handbook, revision.edition) == (
            handbook,
            editions[handbook],
        )
        return loaded.load(store, handbook, editions[handbook], revision if is_revised else None)

    parts = before.parts if before else ()
    portions = {handbook: portion for part in parts for handbook, portion in part.editions.items()}
    revised = revision.handbook if revision else None
    fresh = {
        handbook: load(handbook)
        for handbook, number in editions.items()
        if handbook == revised or handbook not in portions or portions[handbook].number != number
    }
    sizes = {handbook: len(one.passages) for handbook, one in fresh.items()}
    kept, groups = divide(sizes, parts, editions)
    return kept, [{h: fresh[h] if h in fresh else load(h) for h in group} for group in groups]


def _write_parts(
    partial: Path,
    groups: Sequence[Mapping[str, LoadedEdition]],
    store: Store,
    encoder: Encoder | None,
    before: Manifest | None,
    making: Making,
    progress: Progress,
) -> Iterator[IndexPart]:
    """Index each group of editions as a part; what is not known yet of all of them is embedded first."""
    passages = [p for group in groups for one in group.values() for p in one.passages]
    known: dict[str, Vector] = {}
    in_sentences: dict[str, Vectors] = {}
    if encoder is not None:
        if isinstance(encoder, PartsEncoder) and passages:
            found = sentences.embed(store, encoder, passages, progress)
            in_sentences = {text_sha256(p.indexed): rows for p, rows in zip(passages, found, strict=True)}
        told = silent if in_sentences else progress  # these came with their sentences
        known = embed(store, encoder, [p.indexed for p in passages], told)
    progress("index", 0, len(passages), "indexing words")
    mark = before.next_mark if before else 0
    for group in groups:
        own = [p for one in group.values() for p in one.passages]
        name = uuid.uuid4().hex[:12]
        shas = [text_sha256(p.indexed) for p in own]
        vectors = None if encoder is None else _stacked(known, shas, encoder.dim)
        if isinstance(encoder, PartsEncoder):
            sentences.save(partial / name, [in_sentences[sha] for sha in shas])
        part = write_part(partial, name, mark, group, vectors, making)
        mark += part.span
        yield part
    progress("index", len(passages), len(passages), "indexing words")


def write_part(
    folder: Path,
    name: str,
    mark: int,
    group: Mapping[str, LoadedEdition],
    vectors: Vectors | None,
    making: Making,
) -> IndexPart:
    """Index editions as a part of this name, marked from `mark` on; `vectors` are its passages', in their order."""
    whole = [entry for one in group.values() for entry in one.whole]
    row_files.save(folder / name, loaded.owners(group), [entry.language for entry in whole], vectors)
    records = (codec.dump(record) for one in group.values() for record in one.records)
    bodies.save(folder / f"{name}{OF_RECORDS}", records)
    own = (codec.dump(passage) for one in group.values() for passage in one.passages)
    bodies.save(folder / f"{name}{OF_PASSAGES}", own)
    entries = [entry for one in group.values() for entry in one.entries]
    written = making.write(name, mark, entries, whole, vectors)
    return IndexPart(name, mark, {handbook: one.portion() for handbook, one in group.items()}, *written)


def _stacked(known: Mapping[str, Vector], shas: Sequence[str], dim: int) -> Vectors:
    found = np.zeros((len(shas), dim), dtype=np.float32)
    for row, sha in enumerate(shas):
        found[row] = known[sha]
    return found


def _joined(
    partial: Path, parts: Sequence[IndexPart], folder: Path, before: Manifest | None, making: Making
) -> dict[str, str]:
    """Put all parts together; return the signatures of the files that were taken over."""
    taken = set()
    if before:
        for part in parts:
            for path in (folder / before.name).glob(f"{part.name}.*"):
                link_file(path, partial / path.name)
                taken.add(path.name)
    taken |= making.join(parts)
    known = before.files if before else {}
    return {name: known[name] for name in taken if name in known}
