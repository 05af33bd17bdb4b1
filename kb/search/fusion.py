"""Orders, pure: best first, and the fusion of word and vector scores."""

from __future__ import annotations

import numpy as np

from kb import Numbers, Scores


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


def weighted(dense: Scores, words: Scores, words_share: Scores | float) -> Scores:
    """Fuse by weighted relative scores: `words_share` of the words' and the rest of the vectors', one or one each."""
    return np.asarray((1 - words_share) * relative(dense) + words_share * relative(words), dtype=np.float32)


def group_best(scores: Scores, owners: Numbers, count: int, least: float) -> tuple[Scores, Numbers]:
    """The best of each owner's scores and its (first) place; `least` and -1 where there is none."""
    best = np.full(count, least, dtype=np.float32)
    np.maximum.at(best, owners, scores)
    place = np.full(count, -1, dtype=np.int64)
    is_best = np.flatnonzero(scores == best[owners])
    place[owners[is_best][::-1]] = is_best[::-1]
    return best, place
