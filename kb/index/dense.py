"""Nearest passages by vector, each compared. Rows count from 0; their numbers are the ids."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.lib.format import header_data_from_array_1_0, write_array_header_1_0

from kb import GenerationError, Numbers, Scores, Vectors, load_array
from kb.index.engine import ChosenRows


class Dense:
    """Unit rows, searched by inner product, which is their cosine, from any thread: every one is compared."""

    is_exact = True
    shared = middle = None

    def __init__(self, rows: Vectors) -> None:
        self._rows = rows.view()
        self._rows.flags.writeable = False

    @classmethod
    def build(cls, vectors: Vectors) -> Dense:
        """Take float32 (n, dim) unit rows."""
        if vectors.ndim != 2 or vectors.shape[1] == 0:
            raise ValueError(f"vectors of shape {vectors.shape}; (n, dim) is needed")
        if not np.isfinite(vectors).all():
            raise ValueError("vectors with numbers that are not finite")
        return cls(np.ascontiguousarray(vectors, dtype=np.float32))

    @classmethod
    def load(cls, path: Path) -> Dense:
        """Read what `save` wrote.

        Raises:
            GenerationError: the file is missing or damaged.
        """
        try:
            return cls(load_array(path))
        except (OSError, ValueError) as error:
            reason = str(error).splitlines()[0]
            raise GenerationError(f"{path}: cannot be read ({reason}); rebuild the index") from error

    def save(self, path: Path) -> None:
        """Write the rows to a file; raises OSError as any other write."""
        with path.open("wb") as file:
            write_array_header_1_0(file, header_data_from_array_1_0(self._rows))
            file.write(self._rows.data)
            file.flush()
            os.fsync(file.fileno())

    @property
    def count(self) -> int:
        """Rows in the index."""
        return len(self._rows)

    @property
    def dim(self) -> int:
        """Numbers in a row."""
        return int(self._rows.shape[1])

    @property
    def all_rows(self) -> Vectors:
        """The vectors of all rows, float32 (n, dim); not to be changed."""
        return self._rows

    def rows(self, ids: Numbers) -> Vectors:
        """The vectors of some rows, float32 (n, dim)."""
        return self._rows[ids]

    def chunks(self) -> Iterator[tuple[int, Vectors]]:
        """All rows, with the number of the first."""
        yield 0, self._rows

    def search(
        self, query: Vectors, limit: int, allowed: Numbers | ChosenRows | None = None
    ) -> tuple[Numbers, Scores]:
        """The rows nearest to one unit vector (dim,), best first, equal scores by id; at most `limit`.

        `allowed` keeps only some ids (None keeps all, an empty array none); those of no row are ignored.
        """
        kept = allowed.ids() if isinstance(allowed, ChosenRows) else allowed
        query, kept = as_asked(query, self.dim, self.count, kept)
        ids = np.arange(self.count, dtype=np.int64) if kept is None else kept
        own = self._rows if kept is None else self._rows[kept]
        return best(ids, dot(own, query), max(limit, 0))


def as_asked(query: Vectors, dim: int, count: int, allowed: Numbers | None) -> tuple[Vectors, Numbers | None]:
    """A query of the right shape, and the ids that are allowed and there, ascending.

    Raises:
        ValueError: the query is of another shape.
    """
    if query.shape != (dim,):
        raise ValueError(f"a query of shape {query.shape}; the index has ({dim},)")
    if allowed is not None:
        allowed = np.unique(np.asarray(allowed, dtype=np.int64))
        allowed = allowed[(allowed >= 0) & (allowed < count)]
    return np.ascontiguousarray(query, dtype=np.float32), allowed


def dot(rows: Vectors, vector: Vectors) -> Scores:
    """The products of rows with a vector, by einsum, which keeps to one thread.

    BLAS takes all cores, and where those are busy its threads wait for each other: 17 ms for 10 000 rows,
    not 0.3.
    """
    return np.asarray(np.einsum("ij,j->i", rows, vector), dtype=np.float32)


def best(ids: Numbers, scores: Scores, limit: int) -> tuple[Numbers, Scores]:
    """The ids of the highest scores, best first, equal scores by id, with their scores; at most `limit`."""
    order = np.lexsort((ids, -scores))[:limit]
    return ids[order].astype(np.int64), scores[order].astype(np.float32)
