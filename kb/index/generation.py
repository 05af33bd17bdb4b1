"""A generation: the word indexes and the vector index of exactly the editions that its manifest lists.

It is built beside (`NAME.partial`), made to last, and renamed in; the store's next publication names it. A
generation never changes afterwards, and whatever is wrong with one, another can be built from the store.
"""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from kb import PARTIAL, GenerationError, NotFoundError, Passage, Progress, silent, sync_folder
from kb.index import sentences
from kb.index.dense import Dense
from kb.index.lexical import Entry, Lexical
from kb.index.manifest import Manifest, signatures, software
from kb.index.sentences import Sentences
from kb.index.vectors import embed
from kb.store import Revision, Store, text_sha256

if TYPE_CHECKING:
    from kb.model import Encoder

FORMAT = 2  # raise it when passages are indexed in another way: older generations are then rebuilt
WORDS = "words"
RECORDS = "records"
VECTORS = "dense.faiss"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Generation:
    """An open generation; row n of `lexical` and `dense` is `passages[n]`.

    `whole` has the words of each record in one row, which finds words that stand in different passages; its
    rows are the records by handbook id, then as printed.
    """

    manifest: Manifest
    passages: tuple[Passage, ...]
    lexical: Lexical
    whole: Lexical
    dense: Dense | None
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
) -> str:
    """Write the generation of these editions, staged or not, and return its name; nothing serves it yet.

    A `revision`, to be published with it, stands for the records and passages of its edition. Only passages
    whose vectors are not cached are embedded; without an encoder the generation has words only.

    Raises:
        NotFoundError: an edition is not in the store.
        GenerationError: it cannot be written; nothing of it is left then, and what is served stays.
        ModelError: the encoder did not return unit rows of its own dimension.
    """
    now = datetime.now(UTC)
    name = f"{now:%Y%m%dT%H%M%SZ}-{uuid.uuid4().hex[:8]}"
    partial = store.index_folder / f"{name}{PARTIAL}"
    with store.write_lock():
        passages, entries, whole = _load(store, editions, revision)
        try:
            partial.mkdir(parents=True)
            model, dim = _write_vectors(partial / VECTORS, store, passages, encoder, progress)
            progress("index", 0, len(passages), "indexing words")
            Lexical.build(partial / WORDS, entries)
            Lexical.build(partial / RECORDS, whole)
            progress("index", len(passages), len(passages), "indexing words")
            manifest = Manifest(
                name=name,
                editions=dict(sorted(editions.items())),
                model=model,
                dim=dim,
                count=len(passages),
                passages_sha256=_digest(passages),
                created=now.isoformat(timespec="seconds"),
                software=software(),
                format=FORMAT,
                files=signatures(partial),
            )
            manifest.write(partial)
            _make_last(partial)
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
        store.publish(editions, build(store, editions, encoder, progress))
        store.clean()
        return open_served(store), reason


def verify(store: Store) -> list[str]:
    """Compare manifest, store and index by checksum; each finding says what is wrong, none is good news.

    Raises:
        NotFoundError: nothing was published yet.
    """
    try:
        generation = open_served(store)
    except GenerationError as error:
        return [str(error)]
    folder = store.index_folder / generation.name
    said = [f"{path}: not as it was built; rebuild the index" for path in generation.manifest.changed(folder)]
    records = sum(len(store.records(h, number)) for h, number in generation.manifest.editions.items())
    for name, words, count in (
        (WORDS, generation.lexical, len(generation.passages)),
        (RECORDS, generation.whole, records),
    ):
        if not np.array_equal(words.matching(), np.arange(count)):
            said.append(f"{folder / name}: has not each of {count} texts once; rebuild the index")
    if generation.dense is not None and generation.dense.is_exact:
        said += _compare_vectors(store, generation, generation.dense)
    return said


def _inspect(store: Store, encoder: Encoder | None) -> tuple[Generation | None, str]:
    """What is served, where it opens, and why it should be rebuilt."""
    try:
        generation = open_served(store)
    except GenerationError as error:
        return None, str(error)
    known = generation.manifest.model
    if encoder is not None and encoder.id != known:
        return generation, f"its vectors are {known or 'missing'}, the model is {encoder.id}"
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
    passages = tuple(p for h, number in manifest.editions.items() for p in store.passages(h, number))
    if len(passages) != manifest.count or _digest(passages) != manifest.passages_sha256:
        raise GenerationError(f"{folder}: not of the passages in the store; rebuild the index")
    lexical, whole = Lexical.open(folder / WORDS), Lexical.open(folder / RECORDS)
    dense = Dense.load(folder / VECTORS) if manifest.model else None
    if lexical.count != manifest.count or (dense is not None and dense.count != manifest.count):
        raise GenerationError(f"{folder}: has not each of the {manifest.count} passages; rebuild the index")
    of_sentences = Sentences.load(folder, manifest.count) if manifest.model else None
    return Generation(manifest, passages, lexical, whole, dense, of_sentences)


def _load(
    store: Store, editions: Mapping[str, int], revision: Revision | None
) -> tuple[tuple[Passage, ...], list[Entry], list[Entry]]:
    """All passages in the order of their rows, with what the word indexes need of each and of the records."""
    passages: list[Passage] = []
    entries: list[Entry] = []
    whole: list[Entry] = []
    for handbook, number in sorted(editions.items()):
        if revision is not None and (revision.handbook, revision.edition) == (handbook, number):
            records, held = revision.reviewed.records, revision.passages
        else:
            records, held = store.records(handbook, number), store.passages(handbook, number)
        whole += [Entry(record.title, record.institution, record.text, record.language) for record in records]
        languages = {record.id: record.language for record in records}
        for passage in held:
            passages.append(passage)
            entries.append(Entry(passage.context, passage.label, passage.text, languages[passage.record]))
    return tuple(passages), entries, whole


def _write_vectors(
    path: Path, store: Store, passages: Sequence[Passage], encoder: Encoder | None, progress: Progress
) -> tuple[str, int]:
    """Write the vector index; return the model's id and dimension, ("", 0) where there is none."""
    if encoder is None:
        return "", 0
    if isinstance(encoder, sentences.PartsEncoder) and passages:
        sentences.save(path.parent, sentences.embed(store, encoder, passages, progress))
    texts = [passage.indexed for passage in passages]
    known = embed(store, encoder, texts, progress)
    vectors = np.zeros((len(texts), encoder.dim), dtype=np.float32)
    for row, text in enumerate(texts):
        vectors[row] = known[text_sha256(text)]
    Dense.build(vectors).save(path)
    return encoder.id, encoder.dim


def _compare_vectors(store: Store, generation: Generation, dense: Dense) -> list[str]:
    cached = store.cached_vectors(generation.manifest.model, [p.indexed for p in generation.passages])
    rows = dense.rows(np.arange(dense.count))
    shas = [text_sha256(passage.indexed) for passage in generation.passages]
    wrong = sum(not np.array_equal(row, cached.get(sha, row)) for row, sha in zip(rows, shas, strict=True))
    if not wrong:
        return []
    return [f"{generation.name}: {wrong} vectors are not those in the store; rebuild the index"]


def _digest(passages: Sequence[Passage]) -> str:
    found = hashlib.sha256()
    for p in passages:
        row = f"{p.record}\0{p.number}\0{p.label}\0{text_sha256(p.indexed)}\n"
        found.update(row.encode("utf-8", "surrogatepass"))
    return found.hexdigest()


def _make_last(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.is_dir():
            sync_folder(path)
        else:
            with path.open("rb") as file:
                os.fsync(file.fileno())
    sync_folder(folder)
