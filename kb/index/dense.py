"""Nearest passages by vector: the only importer of FAISS. Rows count from 0; their numbers are the ids."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib.format import header_data_from_array_1_0, write_array_header_1_0

from kb import GenerationError, Numbers, Scores, Vectors

FLAT_UP_TO = 50_000  # exact search takes 0.5 ms at 10 000 rows of 384, 10 ms at 100 000 (docs/explanation/decisions.md)
ARRAY = b"\x93NUMPY"  # what a file of rows as they are begins with
LINKS = 32  # of a node in the HNSW graph; FAISS's own default
EF_CONSTRUCTION = 200
EF_SEARCH = 256  # recall@10 of 0.994 on real vectors; 128 gave 0.983
EXACT_SHARE = 0.1  # of the rows of a graph: where a filter keeps fewer, they are compared one by one


@cache
def _faiss() -> Any:
    """FAISS, untyped: its type stubs know neither some of its classes nor their keywords."""
    import faiss  # heavy: only what searches or indexes loads its BLAS and OpenMP  # noqa: PLC0415

    return faiss


class Dense:
    """An index of unit rows, searched by inner product, which is their cosine, from any thread.

    Where every row is compared they are an array, and FAISS, 11 MB of code, is not loaded; above, they are its graph.
    """

    def __init__(self, rows: Vectors | None, index: Any = None) -> None:
        self._rows = rows
        self._index = index

    @classmethod
    def build(cls, vectors: Vectors, flat_up_to: int = FLAT_UP_TO) -> Dense:
        """Index float32 (n, dim) unit rows: as they are up to `flat_up_to`, above as a graph of codes."""
        if vectors.ndim != 2 or vectors.shape[1] == 0:
            raise ValueError(f"vectors of shape {vectors.shape}; (n, dim) is needed")
        if not np.isfinite(vectors).all():
            raise ValueError("vectors with numbers that are not finite")
        count, dim = vectors.shape
        vectors = np.ascontiguousarray(vectors, dtype=np.float32)
        if count <= flat_up_to:
            return cls(_frozen(vectors))
        metric = _faiss().METRIC_INNER_PRODUCT  # said aloud: the default is L2
        index = _faiss().IndexHNSWSQ(dim, _faiss().ScalarQuantizer.QT_8bit, LINKS, metric)
        index.hnsw.efConstruction = EF_CONSTRUCTION
        index.train(vectors)
        index.add(vectors)
        return cls(None, index)

    @classmethod
    def load(cls, path: Path) -> Dense:
        """Read what `save` wrote.

        Raises:
            GenerationError: the file is missing or damaged.
        """
        try:
            with path.open("rb") as file:
                is_array = file.read(len(ARRAY)) == ARRAY
            return cls(_frozen(np.load(path))) if is_array else cls(None, _faiss().read_index(str(path)))
        except (OSError, RuntimeError, ValueError) as error:
            reason = str(error).splitlines()[0]
            raise GenerationError(f"{path}: cannot be read ({reason}); rebuild the index") from error

    def save(self, path: Path) -> None:
        """Write the index to a file; raises OSError as any other write."""
        with path.open("wb") as file:
            if self._rows is None:
                file.write(_faiss().serialize_index(self._index).data)
            else:
                write_array_header_1_0(file, header_data_from_array_1_0(self._rows))
                file.write(self._rows.data)
            file.flush()
            os.fsync(file.fileno())

    @property
    def count(self) -> int:
        """Rows in the index."""
        return int(self._index.ntotal) if self._rows is None else len(self._rows)

    @property
    def dim(self) -> int:
        """Numbers in a row."""
        return int(self._index.d) if self._rows is None else self._rows.shape[1]

    @property
    def is_exact(self) -> bool:
        """Whether every row is compared, and none approximated."""
        return self._rows is not None

    @property
    def all_rows(self) -> Vectors:
        """The vectors of all rows, float32 (n, dim); of an exact index its own, to be read only."""
        return self.rows(np.arange(self.count, dtype=np.int64)) if self._rows is None else self._rows

    def rows(self, ids: Numbers) -> Vectors:
        """The vectors of some rows, float32 (n, dim); 8-bit approximations where the index is a graph."""
        if self._rows is not None:
            return self._rows[ids]
        if len(ids) == 0:
            return np.zeros((0, self.dim), dtype=np.float32)
        return np.asarray(self._index.reconstruct_batch(np.ascontiguousarray(ids, dtype=np.int64)))

    def search(self, query: Vectors, limit: int, allowed: Numbers | None = None) -> tuple[Numbers, Scores]:
        """The rows nearest to one unit vector (dim,), best first, equal scores by id; at most `limit`.

        `allowed` keeps only some ids (None keeps all, an empty array none); those of no row are ignored.
        """
        if query.shape != (self.dim,):
            raise ValueError(f"a query of shape {query.shape}; the index has ({self.dim},)")
        if allowed is not None:
            allowed = np.unique(np.asarray(allowed, dtype=np.int64))
            allowed = allowed[(allowed >= 0) & (allowed < self.count)]
        available = self.count if allowed is None else len(allowed)
        limit = min(limit, available)
        if limit <= 0:
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32)
        query = np.ascontiguousarray(query, dtype=np.float32)
        if self._rows is not None:
            ids = np.arange(self.count, dtype=np.int64) if allowed is None else allowed
            own = self._rows if allowed is None else self._rows[allowed]
            return _best(ids, dot(own, query), limit)
        if allowed is not None and available < EXACT_SHARE * self.count:
            return _best(allowed, self.rows(allowed) @ query, limit)
        asked = limit
        while True:  # FAISS cuts equal scores anywhere: ask on until the last one asked for is a worse one
            asked = min(asked + 1, available)
            ids, scores = self._nearest(query, asked, allowed)
            if allowed is not None and len(ids) < asked:  # the graph led past some rows that the filter keeps
                return _best(allowed, self.rows(allowed) @ query, limit)
            if asked == available or len(ids) < asked or scores[-1] < scores[limit - 1]:
                return _best(ids, scores, limit)
            asked *= 4

    def _nearest(self, query: Vectors, limit: int, allowed: Numbers | None) -> tuple[Numbers, Scores]:
        selector = None if allowed is None else _faiss().IDSelectorBatch(allowed)
        parameters = _faiss().SearchParametersHNSW(sel=selector, efSearch=max(EF_SEARCH, limit))
        scores, ids = self._index.search(query[None, :], limit, params=parameters)
        found = ids[0] >= 0  # FAISS pads with -1
        return ids[0][found], scores[0][found]


def dot(rows: Vectors, vector: Vectors) -> Scores:
    """The products of rows with a vector, by einsum, which keeps to one thread.

    BLAS takes all cores, and where those are busy its threads wait for each other: 17 ms for 10 000 rows,
    not 0.3.
    """
    return np.asarray(np.einsum("ij,j->i", rows, vector), dtype=np.float32)


def _frozen(rows: Vectors) -> Vectors:
    """The same array, to be read only, whoever else has it."""
    found = rows.view()
    found.flags.writeable = False
    return found


def _best(ids: Numbers, scores: Scores, limit: int) -> tuple[Numbers, Scores]:
    order = np.lexsort((ids, -scores))[:limit]
    return ids[order].astype(np.int64), scores[order].astype(np.float32)
