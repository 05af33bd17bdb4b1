"""The vector index, checked against numpy."""

from __future__ import annotations

import errno
import io
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from kb.arrays import Numbers, Scores, Vectors
from kb.errors import GenerationError
from kb.index.dense import Dense

DIM = 24


def unit_rows(count: int, seed: int = 0, dim: int = DIM) -> Vectors:
    rows = np.random.default_rng(seed).standard_normal((count, dim)).astype(np.float32)
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


def brute_force(
    vectors: Vectors, query: Vectors, limit: int, allowed: NDArray[np.int64] | None = None
) -> tuple[Numbers, Scores]:
    ids = np.arange(len(vectors)) if allowed is None else np.unique(allowed)
    ids = ids[(ids >= 0) & (ids < len(vectors))]
    scores = vectors[ids] @ query
    order = np.lexsort((ids, -scores))[:limit]
    return ids[order], scores[order]


@pytest.mark.parametrize("limit", [1, 7, 300, 301, 1000])
def test_flat_search_equals_comparing_every_row(limit: int) -> None:
    vectors = unit_rows(300)
    dense = Dense.build(vectors)
    for query in unit_rows(10, seed=1):
        ids, scores = dense.search(query, limit)
        wanted_ids, wanted_scores = brute_force(vectors, query, limit)
        assert ids.tolist() == wanted_ids.tolist()
        np.testing.assert_allclose(scores, wanted_scores, atol=1e-6)


@given(
    count=st.integers(0, 40),
    limit=st.integers(0, 50),
    allowed=st.none() | st.lists(st.integers(-3, 45), max_size=30),
)
@settings(deadline=None, max_examples=60)
def test_search_keeps_the_filter_and_never_returns_padding(
    count: int, limit: int, allowed: list[int] | None
) -> None:
    vectors = unit_rows(count)
    dense = Dense.build(vectors)
    kept = None if allowed is None else np.array(allowed, dtype=np.int64)
    query = unit_rows(1, seed=3)[0]
    ids, scores = dense.search(query, limit, kept)
    wanted, _ = brute_force(vectors, query, limit, kept)
    assert len(ids) == len(scores) == len(wanted)
    assert len(set(ids.tolist())) == len(ids)
    assert set(ids.tolist()) <= set(range(count) if allowed is None else allowed)
    assert list(scores) == sorted(scores, reverse=True)
    assert ids.tolist() == wanted.tolist()


@pytest.mark.parametrize("limit", [1, 3, 8])
def test_equal_scores_break_by_id_also_at_the_cut(limit: int) -> None:
    vectors = unit_rows(200)
    twins = [3, 20, 21, 77, 100, 140, 150, 199]
    vectors[twins] = vectors[3]
    ids, _ = Dense.build(vectors).search(vectors[3], limit)
    assert ids.tolist() == twins[:limit]


def test_empty_filter_lets_nothing_pass() -> None:
    ids, scores = Dense.build(unit_rows(5)).search(unit_rows(1)[0], 3, np.zeros(0, dtype=np.int64))
    assert len(ids) == len(scores) == 0


def test_saved_index_loads_to_the_same_answers(tmp_path: Path) -> None:
    vectors = unit_rows(300)
    dense = Dense.build(vectors)
    dense.save(tmp_path / "dense.npy")
    loaded = Dense.load(tmp_path / "dense.npy")
    assert (loaded.count, loaded.dim) == (300, DIM)
    for query in unit_rows(5, seed=2):
        assert loaded.search(query, 9)[0].tolist() == dense.search(query, 9)[0].tolist()


def test_rows_are_the_vectors_that_were_given() -> None:
    vectors = unit_rows(30)
    dense = Dense.build(vectors)
    np.testing.assert_array_equal(dense.rows(np.array([4, 2, 29])), vectors[[4, 2, 29]])
    assert dense.rows(np.zeros(0, dtype=np.int64)).shape == (0, DIM)


@pytest.mark.parametrize("content", [None, b"", b"not an index at all"])
def test_unreadable_index_is_named_with_the_next_step(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "dense.npy"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(GenerationError, match=r"dense\.npy: .*rebuild the index"):
        Dense.load(path)


def test_vectors_that_are_not_finite_are_refused() -> None:
    vectors = unit_rows(3)
    vectors[1, 1] = np.nan
    with pytest.raises(ValueError, match="finite"):
        Dense.build(vectors)


def test_query_of_another_dimension_is_refused() -> None:
    with pytest.raises(ValueError, match=r"\(24,\)"):
        Dense.build(unit_rows(3)).search(unit_rows(1, dim=8)[0], 1)


def test_full_disk_is_an_os_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class FullDisk(io.BytesIO):
        def write(self, data: Any) -> int:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "open", lambda *args, **kwargs: FullDisk())
    with pytest.raises(OSError, match="No space left"):
        Dense.build(unit_rows(3)).save(tmp_path / "dense.npy")


def test_all_rows_are_those_of_the_index_and_not_to_be_changed() -> None:
    vectors = unit_rows(200)
    rows = Dense.build(vectors).all_rows
    np.testing.assert_array_equal(rows, vectors)
    with pytest.raises(ValueError, match="read-only"):
        rows[0, 0] = 1
