"""Which rows each record has, and the means of them, which stand for the record as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

import numpy as np

from kb import Numbers, Vectors
from kb.index.engine import Near

AT_ONCE = 16_384  # records whose rows are read together


@dataclass(frozen=True, slots=True)
class Owned:
    """Which rows each record has: `rows[starts[n]:starts[n + 1]]` are those of record n, ascending."""

    rows: Numbers
    starts: Numbers

    @classmethod
    def of(cls, owners: Numbers, count: int) -> Self:
        """Turn the owners of rows round."""
        rows = np.argsort(owners, kind="stable")
        return cls(rows, np.searchsorted(owners[rows], np.arange(count + 1)))

    def of_one(self, number: int) -> Numbers:
        """The rows of a record."""
        return self.rows[self.starts[number] : self.starts[number + 1]]

    def rows_of(self, numbers: Numbers) -> tuple[Numbers, Numbers]:
        """The rows of some records, ascending, with the place of each one's record among these."""
        first, counts = self.starts[numbers], self.starts[numbers + 1] - self.starts[numbers]
        before = np.cumsum(counts) - counts
        found = self.rows[np.arange(int(counts.sum())) + np.repeat(first - before, counts)]
        order = np.argsort(found, kind="stable")
        return found[order], np.repeat(np.arange(len(numbers)), counts)[order]


def means_in_turn(dense: Near, owned: Owned) -> Iterator[Vectors]:
    """The means of all records, many at a time."""
    count = len(owned.starts) - 1
    for start in range(0, count, AT_ONCE):
        numbers = np.arange(start, min(start + AT_ONCE, count))
        rows, owners = owned.rows_of(numbers)
        yield means_of(dense.rows(rows), Owned.of(owners, len(numbers)))


def middle_of(dense: Near, owned: Owned) -> Vectors:
    """The mean of the records' means, float32 (dim,)."""
    total = np.zeros(dense.dim, dtype=np.float32)
    for means in means_in_turn(dense, owned):
        total += means.sum(axis=0)
    return np.asarray(total / np.float32(max(len(owned.starts) - 1, 1)), dtype=np.float32)


def mean_of(dense: Near, owned: Owned, number: int) -> Vectors:
    """The mean of a record's rows, as a unit row (dim,)."""
    found: Vectors = _unit(dense.rows(owned.of_one(number)).sum(axis=0, keepdims=True))[0]
    return found


def means_of(vectors: Vectors, owned: Owned) -> Vectors:
    """The mean of each record's rows, as a unit row; zeros for one without."""
    starts, counts = owned.starts, np.diff(owned.starts)
    sums = np.zeros((len(counts), vectors.shape[1]), dtype=np.float32)
    left, place = np.arange(len(counts)), 0
    while len(left := left[counts[left] > place]):  # the first row of each record, then the second of each
        sums[left] += vectors[owned.rows[starts[left] + place]]
        place += 1
    return _unit(sums)


def _unit(rows: Vectors) -> Vectors:
    lengths = np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)
    return np.asarray(rows / lengths, dtype=np.float32)
