"""How good an order of answers is: nDCG, recall, hit@1, MRR. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence


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
