"""Nearest passages among too many to compare each: FAISS's inverted lists of 8-bit codes, one index a model.

The only importer of FAISS. A row is looked for by the part that one model has of it, less what all rows of its language
share (`middles`), for what all share tells none apart and would keep languages from competing. Such rows are of
different lengths, among which inner products are no measure to make lists by: a number is added to each that makes them
all as long, so that the nearest row is the one with the highest product (Bachrach et al., RecSys 2014). What the lists
lead to is compared exactly, by the rows themselves, which stay in the files of the generation's parts.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from math import isqrt
from pathlib import Path
from typing import Any, Self

import numpy as np

from kb import GenerationError, Numbers, Scores, Vectors, load_array
from kb.index.bodies import OpenFile, gather
from kb.index.dense import as_asked, best, dot
from kb.index.engine import ChosenRows
from kb.model import ModelPart

PER_ROOT = 4  # lists, for each in the square root of the rows: FAISS's own advice for up to a million rows
LOOKED_INTO = 128
"""Lists. Of 107 000 rows the ten nearest to judged needs are found to 0.993 (MiniLM) and 0.974 (e5), the hundred
nearest to 0.993 and 0.990, in 0.8 ms; by 64 the ten to 0.988 and 0.960, by 256 to 1.0 and 0.988. Lists of inner
products, 128 of them, find 0.988 and 0.933, a graph (HNSW, ef 512) 0.83 of e5's: `python -m benchmarks.scale`."""
PADDED = 8  # numbers that are added, of which one says something: FAISS compares eight at a time
TRAINED_BY = 64  # rows a list
ROUNDS = 10  # of k-means
SEED = 1
AT_ONCE = 65_536  # rows that are read and added together
FEW = 8
"""Rows of a language; where it has no more, their mean says as much of their own matter as of the language."""
MOST_COMPARED = 4096  # rows that a filter keeps: so many are compared each


@cache
def _faiss() -> Any:
    """FAISS, untyped: its type stubs know neither some of its classes nor their keywords."""
    import faiss  # heavy: only what searches or indexes loads its BLAS and OpenMP  # noqa: PLC0415

    return faiss


class HeldRows:
    """Unit rows in several files, read when they are asked for.

    They are not mapped: for each row that is touched the system would count 64 kB and more as the process's own.
    `files` are .npy files of float32 (n, dim); `places` has the number of its file and its row there for each,
    int64 (n, 2).
    """

    def __init__(self, files: Sequence[Path], places: Numbers, dim: int) -> None:
        """Open the files.

        Raises:
            OSError: one is missing or cannot be read.
            ValueError: one is damaged, or of other rows.
        """
        counts = np.bincount(places[:, 0], minlength=len(files)).tolist()
        heads = [_head(path, count, dim) for path, count in zip(files, counts, strict=True)]
        self._files = [OpenFile(path) for path in files]
        self._heads = np.array(heads, dtype=np.int64)
        self._places = places
        self.dim = dim

    def __len__(self) -> int:
        return len(self._places)

    def __getitem__(self, ids: Numbers) -> Vectors:
        """Some rows, float32 (n, dim)."""
        places, size = self._places[ids], self.dim * np.dtype(np.float32).itemsize
        starts = self._heads[places[:, 0]] + places[:, 1] * size
        held = gather(self._files, places[:, 0], starts, starts + size)
        return np.frombuffer(held, dtype=np.float32).reshape(len(ids), self.dim)

    def chunks(self) -> Iterator[tuple[int, Vectors]]:
        """All rows, many at a time, each time with the number of the first."""
        for start in range(0, len(self), AT_ONCE):
            yield start, self[np.arange(start, min(start + AT_ONCE, len(self)), dtype=np.int64)]


def _head(path: Path, count: int, dim: int) -> int:
    """The bytes before the rows of a .npy file, which are float32 (count, dim)."""
    found = load_array(path, is_mapped=True)
    if found.shape != (count, dim) or found.dtype != np.float32 or not found.flags.c_contiguous:
        raise ValueError(f"{path}: has {found.shape} of {found.dtype}, not rows {(count, dim)} of float32")
    return int(found.offset)


def middles(
    chunks: Iterable[tuple[int, Vectors]], tongues: Numbers, count: int, parts: Sequence[ModelPart]
) -> Vectors:
    """What rows of each of `count` languages share: float32 (count, dim), towards nothing where they are few.

    `tongues` has the number of each row's language. A model of one language compares none with another: nothing there.
    """
    sums = np.zeros((count, parts[-1].stop if parts else 0), dtype=np.float32)
    for start, rows in chunks:
        own = tongues[start : start + len(rows)]
        for number in np.unique(own).tolist():
            sums[number] += rows[own == number].sum(axis=0)
    held = np.bincount(tongues, minlength=count)[:count]
    sums /= (held + FEW)[:, None].astype(np.float32)
    for part in parts:
        if part.is_english_only:
            sums[:, part.start : part.stop] = 0
    return sums


class Lists:
    """An index of unit rows, searched by inner product from any thread: by one model's part at a time."""

    is_exact = False

    def __init__(
        self, rows: HeldRows, tongues: Numbers, shared: Vectors, indexes: Sequence[tuple[ModelPart, Any]]
    ):
        self._rows = rows
        self._tongues = tongues
        self.shared = shared
        self.middle: Vectors | None = None
        self._indexes = tuple(indexes)

    @classmethod
    def build(cls, rows: HeldRows, tongues: Numbers, shared: Vectors, parts: Sequence[ModelPart]) -> Self:
        """Sort the rows into lists by each of the models that they are made of."""
        faiss, count = _faiss(), len(rows)
        lists = max(1, min(PER_ROOT * isqrt(count), count))
        chance = np.random.default_rng(SEED)
        some = np.sort(chance.choice(count, min(count, TRAINED_BY * lists), replace=False))
        indexes = []
        for part in parts:
            width = part.stop - part.start + PADDED
            index = faiss.IndexIVFScalarQuantizer(
                faiss.IndexFlatL2(width), width, lists, faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_L2
            )
            index.cp.niter, index.cp.seed = ROUNDS, SEED
            index.cp.min_points_per_centroid, index.cp.max_points_per_centroid = 1, TRAINED_BY
            index.by_residual = False

            def apart(chunk: Vectors, own: Numbers, part: ModelPart = part) -> Vectors:
                return chunk[:, part.start : part.stop] - shared[own, part.start : part.stop]

            longest = max(
                float(np.square(apart(chunk, tongues[start : start + len(chunk)])).sum(axis=1).max())
                for start, chunk in rows.chunks()
            )
            index.train(_as_long(apart(rows[some], tongues[some]), longest))
            for start, chunk in rows.chunks():
                index.add(_as_long(apart(chunk, tongues[start : start + len(chunk)]), longest))
            indexes.append((part, index))
        return cls(rows, tongues, shared, indexes)

    @classmethod
    def load(
        cls, name: Path, rows: HeldRows, tongues: Numbers, shared: Vectors, parts: Sequence[ModelPart]
    ) -> Self:
        """Map what `save` wrote under this name.

        Raises:
            GenerationError: a file is missing or damaged, or of other rows.
        """
        faiss, indexes = _faiss(), []
        for number, part in enumerate(parts):
            path = _named(name, number)
            try:
                # IO_FLAG_MMAP would start threads at each search, to read ahead: 2 ms
                index = faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC | faiss.IO_FLAG_READ_ONLY)
            except RuntimeError as error:
                reason = str(error).splitlines()[0]
                raise GenerationError(f"{path}: cannot be read ({reason}); rebuild the index") from error
            if (index.ntotal, index.d) != (len(rows), part.stop - part.start + PADDED):
                raise GenerationError(f"{path}: not of the passages of its generation; rebuild the index")
            indexes.append((part, index))
        return cls(rows, tongues, shared, indexes)

    def save(self, name: Path) -> None:
        """Write a file a model, whose names begin so; raises OSError as any other write."""
        for number, (_, index) in enumerate(self._indexes):
            with _named(name, number).open("wb") as file:
                file.write(_faiss().serialize_index(index).data)
                file.flush()
                os.fsync(file.fileno())

    @property
    def count(self) -> int:
        """Rows in the index."""
        return len(self._rows)

    @property
    def dim(self) -> int:
        """Numbers in a row."""
        return self._rows.dim

    def rows(self, ids: Numbers) -> Vectors:
        """The vectors of some rows, float32 (n, dim)."""
        return self._rows[ids]

    def chunks(self) -> Iterator[tuple[int, Vectors]]:
        """All rows, many at a time, each time with the number of the first."""
        return self._rows.chunks()

    def search(
        self, query: Vectors, limit: int, allowed: Numbers | ChosenRows | None = None
    ) -> tuple[Numbers, Scores]:
        """The rows nearest to a vector (dim,) less what their languages share, best first, equal ones by id.

        At most `limit`, with their products with the vector, what is shared included. `allowed` keeps only some ids
        (None keeps all, an empty array none); those of no row are ignored. A model that the vector says nothing of
        is not asked.
        """
        return candidates(self._rows, self._tongues, self.shared, self._nearest, query, limit, allowed)

    def _nearest(self, query: Vectors, limit: int, chosen: ChosenRows | None) -> Numbers:
        """The ids, ascending, that the lists of every model that is asked lead to."""
        asked = [(part, index) for part, index in self._indexes if query[part.start : part.stop].any()]
        near = (self._near(index, query[part.start : part.stop], limit, chosen) for part, index in asked)
        return np.unique(np.concatenate([np.zeros(0, np.int64), *near]))

    def _near(self, index: Any, own: Vectors, limit: int, chosen: ChosenRows | None) -> Numbers:
        """The ids that one model's lists lead to; more lists are looked into where a filter keeps few rows."""
        selector, into = None, LOOKED_INTO
        if chosen is not None:
            selector = _faiss().IDSelectorBitmap(chosen.bits)
            into = min(index.nlist, LOOKED_INTO * self.count // max(chosen.count, 1))
        parameters = _faiss().SearchParametersIVF(sel=selector, nprobe=into)
        _, ids = index.search(np.pad(own, (0, PADDED))[None, :], limit, params=parameters)
        return np.asarray(ids[0][ids[0] >= 0], dtype=np.int64)  # FAISS pads with -1


def candidates(
    rows: HeldRows,
    tongues: Numbers,
    shared: Vectors,
    near: Callable[[Vectors, int, ChosenRows | None], Numbers],
    query: Vectors,
    limit: int,
    allowed: Numbers | ChosenRows | None,
) -> tuple[Numbers, Scores]:
    """The best of the rows that are `near` a vector (dim,), compared by the rows themselves, as a search gives them.

    `near` gives the ids, ascending, that an index leads to; where a filter keeps few, each of these is compared.
    """
    chosen = allowed if isinstance(allowed, ChosenRows) else None
    query, ids = as_asked(query, rows.dim, len(rows), None if isinstance(allowed, ChosenRows) else allowed)
    if ids is not None:
        mask = np.zeros(len(rows), dtype=bool)
        mask[ids] = True
        chosen = ChosenRows((), lambda: mask)
    available = len(rows) if chosen is None else chosen.count
    limit = min(limit, available)
    if limit <= 0:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32)
    is_few = chosen is not None and available <= MOST_COMPARED
    found = chosen.ids() if chosen is not None and is_few else near(query, limit, chosen)
    products = dot(rows[found], query)
    above = products - dot(shared, query)[tongues[found]]
    order, _ = best(np.arange(len(found)), above, limit)
    return found[order], products[order]


def _as_long(rows: Vectors, longest: float) -> Vectors:
    """Rows with a number more that makes them all as long as the longest, whose square is given, and zeros."""
    found = np.zeros((len(rows), rows.shape[1] + PADDED), dtype=np.float32)
    found[:, :-PADDED] = rows
    found[:, -PADDED] = np.sqrt(np.maximum(longest - np.square(rows).sum(axis=1), 0))
    return found


def _named(name: Path, number: int) -> Path:
    return name.with_name(f"{name.name}.{number}.faiss")
