from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from benchmarks.ablation import reciprocal_ranks
from kb.measure import metrics
from kb.search import fusion

SCORES = arrays.arrays(np.float32, st.integers(0, 30), elements=st.integers(-3, 9).map(float))
PAIRS = st.integers(1, 30).flatmap(
    lambda n: st.tuples(*(arrays.arrays(np.float32, n, elements=st.integers(-3, 9).map(float)) for _ in "ab"))
)
GRADES = st.lists(st.sampled_from([0.0, 0.0, 1.0, 2.0]), max_size=12)


@given(SCORES)
def test_best_first_is_by_score_then_number(scores: np.ndarray) -> None:
    assert list(fusion.best_first(scores)) == sorted(range(len(scores)), key=lambda n: (-scores[n], n))


def test_best_first_keeps_to_the_chosen() -> None:
    scores = np.array([3, 9, 3, 5], dtype=np.float32)
    assert list(fusion.best_first(scores, np.array([3, 2, 0]))) == [3, 0, 2]
    assert list(fusion.best_first(scores, np.array([], dtype=np.int64))) == []


@given(SCORES)
def test_ranks_count_from_one_and_leave_out_what_was_not_found(scores: np.ndarray) -> None:
    order = sorted(range(len(scores)), key=lambda n: (-scores[n], n))
    for number, rank in enumerate(fusion.ranks(scores)):
        assert rank == (order.index(number) + 1 if scores[number] > 0 else 0)


@given(PAIRS, st.floats(0, 1))
def test_weighted_is_the_sum_of_shares_of_the_best(pair: tuple[np.ndarray, np.ndarray], share: float) -> None:
    def slow(scores: np.ndarray) -> list[float]:
        best = max(0.0, *map(float, scores))
        return [max(0.0, float(s)) / best if best else 0.0 for s in scores]

    dense, words = pair
    expected = [(1 - share) * d + share * w for d, w in zip(slow(dense), slow(words), strict=True)]
    np.testing.assert_allclose(fusion.weighted(dense, words, share), expected, atol=1e-6)


@given(PAIRS)
def test_reciprocal_ranks_add_up(pair: tuple[np.ndarray, np.ndarray]) -> None:
    expected = np.zeros(len(pair[0]))
    for scores in pair:
        order = sorted(range(len(scores)), key=lambda n: (-scores[n], n))
        for place, number in enumerate(order):
            if scores[number] > 0:
                expected[number] += 1 / (60 + place + 1)
    np.testing.assert_allclose(reciprocal_ranks(*pair), expected, atol=1e-6)


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(-3, 9)), max_size=30))
def test_group_best_is_the_first_of_each_owners_best(rows: list[tuple[int, int]]) -> None:
    owners = np.array([o for o, _ in rows], dtype=np.int64)
    scores = np.array([s for _, s in rows], dtype=np.float32)
    best, place = fusion.group_best(scores, owners, 5, -5.0)
    for owner in range(5):
        own = [(-s, n) for n, (o, s) in enumerate(rows) if o == owner]
        score, number = min(own, default=(5, -1))
        assert (best[owner], place[owner]) == (-score, number)


@given(GRADES, GRADES.filter(any))
def test_measures_are_those_of_the_scorer(got: list[float], judged: list[float]) -> None:
    def dcg(grades: list[float]) -> float:
        return sum(g / math.log2(i + 2) for i, g in enumerate(grades[:10]))

    judged = [g for g in judged if g]
    best = [g for g in judged if g == 2] or judged
    top = max(judged)
    assert metrics.ndcg(got, judged) == pytest.approx(dcg(got) / dcg(sorted(judged, reverse=True)))
    assert metrics.hit_at_1(got, judged) == float(bool(got) and got[0] == top)
    expected = min(1.0, sum(g == top for g in got[:5]) / min(5, len(best)))
    assert metrics.recall_of_best(got, judged) == pytest.approx(expected)
    first = next((1 / (i + 1) for i, g in enumerate(got[:10]) if g), 0.0)
    assert metrics.reciprocal_rank(got) == first


def test_best_order_scores_one_and_nothing_judged_scores_zero() -> None:
    assert metrics.ndcg([2, 1, 0], [1, 2]) == 1
    assert metrics.ndcg([], [1]) == metrics.ndcg([0], []) == 0
    assert metrics.recall([1, 0, 1], [1, 1, 1, 1], 2) == 0.25
    assert metrics.recall([], []) == metrics.recall_of_best([], []) == 0
    assert metrics.hit_at_1([], []) == 0
    assert metrics.mean([]) == 0
    assert metrics.mean({"a": 1.0, "b": 2.0}) == 1.5
