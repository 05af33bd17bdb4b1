"""Orders and their quality, pure: fusion of word and vector scores, nDCG, recall, hit@1, MRR."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float32]
Numbers = NDArray[np.int64]

RRF_K = 60
"""Cormack, Clarke and Büttcher 2009."""


def best_first(scores: Scores, chosen: Numbers | None = None) -> Numbers:
    """Numbers (of `scores`, or those `chosen` among them) by falling score, equal ones by number."""
    numbers = np.arange(len(scores), dtype=np.int64) if chosen is None else chosen
    return numbers[np.lexsort((numbers, -scores[numbers]))]


def ranks(scores: Scores, least: float = 0.0) -> Numbers:
    """The rank of each, from 1, equal scores by number; 0 where the score is not above `least`."""
    order = best_first(scores)
    found = np.empty(len(scores), dtype=np.int64)
    found[order] = np.arange(1, len(scores) + 1)
    found[scores <= least] = 0
    return found


def relative(scores: Scores) -> Scores:
    """Scores as shares of the best one; what is below nothing counts as nothing."""
    best = float(scores.max(initial=0.0))
    if best <= 0:
        return np.zeros(len(scores), dtype=np.float32)
    return np.asarray(np.maximum(scores, 0.0) / best, dtype=np.float32)


def weighted(dense: Scores, words: Scores, words_share: float) -> Scores:
    """Fuse by weighted relative scores: `words_share` of the words' and the rest of the vectors'."""
    return np.asarray((1 - words_share) * relative(dense) + words_share * relative(words), dtype=np.float32)


def reciprocal_ranks(*lists: Scores, k: int = RRF_K) -> Scores:
    """Fuse by ranks: the sum of 1 / (k + rank) over the lists that hold it at all."""
    fused = np.zeros(len(lists[0]), dtype=np.float32)
    for scores in lists:
        rank = ranks(scores)
        fused += np.where(rank > 0, 1.0 / (k + rank), 0.0).astype(np.float32)
    return fused


def group_best(scores: Scores, owners: Numbers, count: int, least: float) -> tuple[Scores, Numbers]:
    """The best of each owner's scores and its (first) place; `least` and -1 where there is none."""
    best = np.full(count, least, dtype=np.float32)
    np.maximum.at(best, owners, scores)
    place = np.full(count, -1, dtype=np.int64)
    is_best = np.flatnonzero(scores == best[owners])
    place[owners[is_best][::-1]] = is_best[::-1]
    return best, place


def dcg(grades: Sequence[float], k: int) -> float:
    """Discounted cumulative gain: the sum of grade / log2(rank + 1) over the first k."""
    return sum(grade / math.log2(place + 2) for place, grade in enumerate(grades[:k]))


def ndcg(got: Sequence[float], judged: Iterable[float], k: int = 10) -> float:
    """DCG of the grades as ranked, over that of the best order of all that is judged; 0 where nothing is."""
    ideal = dcg(sorted(judged, reverse=True), k)
    return dcg(got, k) / ideal if ideal else 0.0


def hit_at_1(got: Sequence[float], judged: Iterable[float]) -> float:
    """1 where the first answer has the best grade there is."""
    return float(bool(got) and got[0] == max(judged, default=math.inf))


def recall_of_best(got: Sequence[float], judged: Sequence[float], k: int = 5) -> float:
    """The share of the best-graded answers (at most k of them) among the first k."""
    top = max(judged, default=math.inf)
    best = sum(grade == top for grade in judged)
    return min(1.0, sum(grade == top for grade in got[:k]) / min(k, best)) if best else 0.0


def recall(got: Sequence[float], judged: Sequence[float], k: int = 100) -> float:
    """The share of all relevant answers among the first k."""
    relevant = sum(grade > 0 for grade in judged)
    return sum(grade > 0 for grade in got[:k]) / relevant if relevant else 0.0


def reciprocal_rank(got: Sequence[float], k: int = 10) -> float:
    """1 / rank of the first relevant answer among the first k, else 0."""
    return next((1 / (place + 1) for place, grade in enumerate(got[:k]) if grade), 0.0)


def mean(values: Mapping[str, float] | Sequence[float]) -> float:
    """The arithmetic mean; 0 of nothing."""
    numbers = list(values.values()) if isinstance(values, Mapping) else list(values)
    return sum(numbers) / len(numbers) if numbers else 0.0
