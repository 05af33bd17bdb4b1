"""The index of too many rows to compare each, checked against numpy."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kb.arrays import Numbers, Scores, Vectors
from kb.errors import GenerationError
from kb.index.engine import ChosenRows
from kb.index.lists import FEW, MOST_COMPARED, HeldRows, Lists, middles
from kb.model import ModelPart

WIDTH = 24
PARTS = (ModelPart("all-MiniLM-L6-v2", 0, WIDTH), ModelPart("many", WIDTH, 2 * WIDTH))
COUNT = 6000


def unit_rows(count: int, seed: int) -> Vectors:
    rows = np.random.default_rng(seed).standard_normal((count, 2 * WIDTH)).astype(np.float32)
    for part in PARTS:
        own = rows[:, part.start : part.stop]
        own /= np.linalg.norm(own, axis=1, keepdims=True) * np.float32(2**0.5)
    return rows


def asked(seed: int, part: ModelPart) -> Vectors:
    row = unit_rows(1, seed)[0]
    found = np.zeros(2 * WIDTH, dtype=np.float32)
    found[part.start : part.stop] = row[part.start : part.stop] * np.float32(2**0.5)
    return found


def clustered(seed: int) -> Vectors:
    """Rows that lie together, as texts do; the second model puts those of the second language aside."""
    middle = unit_rows(60, seed)
    rows = middle[np.random.default_rng(seed).integers(0, 60, COUNT)] + 0.5 * unit_rows(COUNT, seed + 1)
    rows[COUNT // 2 :, WIDTH] += 3
    for part in PARTS:
        rows[:, part.start : part.stop] /= np.linalg.norm(
            rows[:, part.start : part.stop], axis=1, keepdims=True
        ) * np.float32(2**0.5)
    return np.asarray(rows, dtype=np.float32)


TONGUES = np.repeat([0, 1], COUNT // 2)


def held(rows: Vectors, folder: Path) -> HeldRows:
    """The rows in two files, every second one in each."""
    places = np.stack([np.arange(len(rows)) % 2, np.arange(len(rows)) // 2], axis=1)
    files = [folder / "even.npy", folder / "odd.npy"]
    for path, own in zip(files, (rows[::2], rows[1::2]), strict=True):
        np.save(path, own)
    return HeldRows(files, places, rows.shape[1])


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Vectors, Vectors, Lists]:
    rows, folder = clustered(1), tmp_path_factory.mktemp("rows")
    shared = middles(held(rows, folder).chunks(), TONGUES, 2, PARTS)
    return rows, shared, Lists.build(held(rows, folder), TONGUES, shared, PARTS)


def test_rows_come_as_they_are_asked_for_in_any_order_and_twice(tmp_path: Path) -> None:
    rows = unit_rows(40, 5)
    own = held(rows, tmp_path)
    for ids in ([], [39], [3, 4, 5, 0, 39], [7, 7, 2, 7], list(range(40))):
        assert np.array_equal(own[np.array(ids, dtype=np.int64)], rows[np.array(ids, dtype=np.int64)])
    assert np.array_equal(np.concatenate([part for _, part in own.chunks()]), rows)


def test_files_of_other_rows_are_refused(tmp_path: Path) -> None:
    held(unit_rows(40, 5), tmp_path)
    places = np.zeros((7, 2), dtype=np.int64)
    with pytest.raises(ValueError, match=r"\(20, 48\).*not rows \(7, 48\)"):
        HeldRows([tmp_path / "even.npy"], places, 2 * WIDTH)
    np.save(tmp_path / "turned.npy", np.asfortranarray(np.zeros((7, 2 * WIDTH), dtype=np.float32)))
    with pytest.raises(ValueError, match="not rows"):
        HeldRows([tmp_path / "turned.npy"], places, 2 * WIDTH)
    with pytest.raises(OSError, match=r"none\.npy"):
        HeldRows([tmp_path / "none.npy"], places, 2 * WIDTH)


def wanted(
    rows: Vectors, shared: Vectors, query: Vectors, limit: int, allowed: Numbers
) -> tuple[Numbers, Scores]:
    products = rows[allowed] @ query
    order = np.lexsort((allowed, -(products - (shared @ query)[TONGUES[allowed]])))[:limit]
    return allowed[order], products[order]


@pytest.mark.parametrize("part", PARTS)
def test_lists_find_nearly_what_comparing_every_row_finds(
    made: tuple[Vectors, Vectors, Lists], part: ModelPart
) -> None:
    rows, shared, lists = made
    found = 0
    for seed in range(40):
        query = asked(seed, part)
        best, _ = wanted(rows, shared, query, 10, np.arange(COUNT))
        ids, products = lists.search(query, 10)
        np.testing.assert_allclose(products, rows[ids] @ query, atol=1e-5)
        found += len(set(ids.tolist()) & set(best.tolist()))
    assert found / 400 >= 0.95  # real vectors lie closer together: 0.99


@pytest.mark.parametrize("share", [0.001, 0.5, 0.9])
def test_filter_keeps_its_rows_alone_and_few_are_compared_each(
    made: tuple[Vectors, Vectors, Lists], share: float
) -> None:
    rows, shared, lists = made
    mask = np.random.default_rng(2).random(COUNT) < share
    allowed = np.flatnonzero(mask)
    for seed in range(10):
        query = asked(seed, PARTS[1])
        ids, _ = lists.search(query, 20, ChosenRows((), lambda: mask))
        best, _ = wanted(rows, shared, query, 20, allowed)
        assert set(ids.tolist()) <= set(allowed.tolist())
        assert lists.search(query, 20, allowed)[0].tolist() == ids.tolist()
        if len(allowed) <= MOST_COMPARED:
            assert ids.tolist() == best.tolist()
        assert len(set(ids.tolist()) & set(best.tolist())) >= 0.9 * len(best)


def test_languages_compete_without_what_each_has_in_common(made: tuple[Vectors, Vectors, Lists]) -> None:
    rows, _, lists = made
    query = np.zeros(2 * WIDTH, dtype=np.float32)
    query[WIDTH] = 1.0  # as near as can be to what the second language shares
    ids, _ = lists.search(query, 200)
    assert (TONGUES[ids] == 0).any()
    assert (TONGUES[np.argsort(-rows @ query)[:200]] == 1).all()  # else nothing is shown


def test_vector_of_both_models_is_looked_for_by_both(made: tuple[Vectors, Vectors, Lists]) -> None:
    rows, _, lists = made
    ids, products = lists.search(rows[7], 5)
    assert ids[0] == 7
    assert products[0] == pytest.approx(1.0, abs=1e-5)


@pytest.mark.parametrize("allowed", [np.zeros(0, dtype=np.int64), np.array([-4, COUNT, COUNT + 9])])
def test_filter_that_keeps_nothing_finds_nothing(
    made: tuple[Vectors, Vectors, Lists], allowed: Numbers
) -> None:
    ids, products = made[2].search(asked(1, PARTS[0]), 3, allowed)
    assert len(ids) == len(products) == 0


def test_what_languages_share_is_their_mean_and_nothing_of_a_model_of_one() -> None:
    rows = unit_rows(30, 3)
    tongues = np.repeat([0, 1], (28, 2))
    shared = middles([(0, rows[:20]), (20, rows[20:])], tongues, 2, PARTS)
    np.testing.assert_allclose(shared[0, WIDTH:], rows[:28, WIDTH:].sum(axis=0) / (28 + FEW), atol=1e-6)
    np.testing.assert_allclose(shared[1, WIDTH:], rows[28:, WIDTH:].sum(axis=0) / (2 + FEW), atol=1e-6)
    assert not shared[:, :WIDTH].any()


def test_saved_lists_are_mapped_to_the_same_answers(
    made: tuple[Vectors, Vectors, Lists], tmp_path: Path
) -> None:
    rows, shared, lists = made
    lists.save(tmp_path / "lists")
    loaded = Lists.load(tmp_path / "lists", held(rows, tmp_path), TONGUES, shared, PARTS)
    assert (loaded.count, loaded.dim) == (COUNT, 2 * WIDTH)
    for seed in range(5):
        for part in PARTS:
            query = asked(seed, part)
            assert loaded.search(query, 9)[0].tolist() == lists.search(query, 9)[0].tolist()


@pytest.mark.parametrize("content", [None, b"", b"no index at all"])
def test_unreadable_lists_are_named_with_the_next_step(
    made: tuple[Vectors, Vectors, Lists], tmp_path: Path, content: bytes | None
) -> None:
    rows, shared, lists = made
    lists.save(tmp_path / "lists")
    path = tmp_path / "lists.1.faiss"
    path.unlink() if content is None else path.write_bytes(content)
    with pytest.raises(GenerationError, match=r"lists\.1\.faiss: .*rebuild the index"):
        Lists.load(tmp_path / "lists", held(rows, tmp_path), TONGUES, shared, PARTS)


def test_lists_of_other_rows_are_refused(made: tuple[Vectors, Vectors, Lists], tmp_path: Path) -> None:
    rows, shared, lists = made
    lists.save(tmp_path / "lists")
    with pytest.raises(GenerationError, match="not of the passages"):
        Lists.load(tmp_path / "lists", held(rows[:100], tmp_path), TONGUES[:100], shared, PARTS)
