"""The vectors of each passage's sentences, from the same pass as its own: they pick the sentence that answers.

A sentence's vector is the mean of its tokens as the model read them in their passage, so it costs nothing more at
ingest, and at search only a product a shown hit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kb import GenerationError, Passage, Progress, Vector, Vectors, load_array
from kb.index.bodies import OpenFile, named
from kb.index.vectors import batches
from kb.model import PartsEncoder, Range, sentences
from kb.store import Store, text_sha256

FILE = ".sentences.npy"
STARTS = ".starts.npy"
SAME_TEXT = "#sentences"
"""What the model's id is followed by where the store keeps a passage's sentences beside its own vector."""


@dataclass(frozen=True, slots=True)
class _File:
    """The rows of a file, float16 (n, dim) from a place on: row n of a passage are those starts[n:n + 2]."""

    file: OpenFile
    first: int  # byte
    dim: int
    starts: NDArray[np.int64]

    def of(self, row: int) -> Vectors:
        start, end = (self.first + 2 * self.dim * at for at in self.starts[row : row + 2].tolist())
        held = np.frombuffer(self.file.read(start, end), dtype=np.float16)
        found: Vectors = held.reshape(-1, self.dim).astype(np.float32)
        return found


@dataclass(frozen=True, slots=True)
class Sentences:
    """Unit rows of the sentences of all passages, float16 in files, each of some passages, read when asked for.

    `places` has the number of its file and its row there for each passage, int64 (n, 2).
    """

    files: tuple[_File, ...]
    places: NDArray[np.int64]

    def of(self, row: int) -> Vectors:
        """The sentences of one passage: float32 (n, dim), none where the model tells none apart."""
        number, own = (int(at) for at in self.places[row])
        return self.files[number].of(own)

    @classmethod
    def load(cls, held: Sequence[tuple[Path, int]], places: NDArray[np.int64]) -> Sentences | None:
        """Read what `save` wrote under these names for so many passages each; None where there is nothing.

        Raises:
            GenerationError: the files are damaged.
        """
        if not held or any(not named(name, FILE).is_file() for name, _ in held):
            return None
        return cls(tuple(_loaded(name, count) for name, count in held), places)


def save(name: Path, rows: Sequence[Vectors]) -> None:
    """Write the sentences of some passages into two files whose names begin so."""
    starts = np.concatenate([[0], np.cumsum([len(one) for one in rows])]).astype(np.int64)
    vectors = np.concatenate(rows) if rows else np.zeros((0, 0))
    np.save(named(name, FILE), vectors.astype(np.float16))
    np.save(named(name, STARTS), starts)


def _loaded(name: Path, count: int) -> _File:
    path = named(name, FILE)
    try:
        vectors, starts = load_array(path, is_mapped=True), load_array(named(name, STARTS))
        file = OpenFile(path)
    except (OSError, ValueError) as error:
        raise GenerationError(f"{path}: cannot be read ({error}); rebuild the index") from error
    if len(starts) != count + 1 or starts[-1] != len(vectors):
        raise GenerationError(f"{path}: not of its {count} passages; rebuild the index")
    return _File(file, vectors.offset, vectors.shape[1], starts)


def embed(
    store: Store, encoder: PartsEncoder, passages: Sequence[Passage], progress: Progress
) -> list[Vectors]:
    """The sentences' vectors of each passage; what the store does not know is embedded and kept there.

    The passages' own vectors come from the same pass and are kept, too.
    """
    texts = [passage.indexed for passage in passages]
    model = encoder.id + SAME_TEXT
    by_sha = {text_sha256(passage.indexed): passage for passage in passages}
    cached = {
        sha: held
        for sha, held in store.cached_vectors(model, texts).items()
        if len(held) in (0, encoder.dim * len(ranges(by_sha[sha])))  # else it was cut otherwise then
    }
    missing = sorted(by_sha.keys() - cached.keys(), key=lambda sha: (-len(by_sha[sha].indexed), sha))
    said = f"{len(by_sha) - len(missing)} of {len(by_sha)} known already"
    done = 0
    for shas in batches(missing):
        progress("embed", done, len(missing), said)
        done += len(shas)
        held = [by_sha[sha] for sha in shas]
        rows, parts = encoder.passages_with_parts([p.indexed for p in held], [ranges(p) for p in held])
        fresh: dict[str, Vector] = dict(zip(shas, (one.ravel() for one in parts), strict=True))
        store.cache_vectors(encoder.id, dict(zip(shas, rows, strict=True)))
        store.cache_vectors(model, fresh)
        cached.update(fresh)
    progress("embed", len(missing), len(missing), said)
    return [cached[text_sha256(text)].reshape(-1, encoder.dim) for text in texts]


def ranges(passage: Passage) -> list[Range]:
    """Where the sentences of a passage stand in the text that is embedded."""
    before = len(passage.indexed) - len(passage.text)
    return [(before + start, before + end) for start, end in sentences(passage.text)]
