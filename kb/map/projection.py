"""Rows of numbers -> places on a plane, and the regions they fall into: the only importer of scikit-learn.

Everything here is drawn from a fixed seed on one thread, so that every process draws the same map.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import numpy as np
from numpy.typing import NDArray

Positions = NDArray[np.float64]
"""(n, 2): x from left to right and y from top to bottom, each from 0 to 1."""
Rows = NDArray[np.float32]
Laid = tuple[Positions, NDArray[np.int64]]
"""Places, and the region of each."""

ASPECT = 1.4
"""Width by height of the frame that the places are spread over."""
FEW = 8  # records; fewer have no neighbourhoods to keep, so they are laid out by their two main axes
NEIGHBOURS = 30.0  # t-SNE's perplexity, at most; its authors' range is 5 to 50
MOST_REGIONS = 12  # names that a reader takes in, and that fit on a page
SAMPLE = 2000  # rows by which a division is judged: its cost grows with their square
DIMENSIONS = 50  # of words, before they are laid out
SAME = 1e-6  # how far rows may lie apart and count as one
ROUNDS = 60
CROWDING = 0.6  # of the distance that evenly spread points would have
CLOSEST = 0.03  # of the frame's height: points of 9 pixels do not touch
LEAST_KNOWN = 0.5  # of the rows: with fewer, the map before says too little of where the others lie
AROUND = 3  # known rows in whose middle a new one begins
SETTLED, FURTHER = 3.0, 250
"""How far a map begins spread out (the standard deviation of x) and for how many rounds it goes on, where one before
is known. Where one handbook of seven was added to the others, or the sample's second edition to its first, records
that both maps have moved by 0.08 to 0.16 of the frame, by 0.17 to 0.46 with a map from nothing; neighbours are kept as
well but for 0.01 (trustworthiness 0.96, not 0.97; 0.93, not 0.95 for the sample's)."""


def laid(rows: Rows, before: Positions | None = None) -> Laid:
    """Places, as `places` finds them, and their regions."""
    found = places(rows, before)
    return found, regions(found)


def places(rows: Rows, before: Positions | None = None) -> Positions:
    """Lay rows out so that near ones are near: t-SNE from the two main axes; these alone for a few rows.

    `before` has the places that rows had on another map, NaN for those that were not on it. Then those that were lie
    about where they lay: t-SNE goes on from there, and the whole is turned and scaled to fit.
    """
    count = len(rows)
    if count < 2:
        return np.full((count, 2), 0.5)
    middled = np.asarray(rows - rows.mean(axis=0), dtype=np.float64)
    middled /= np.maximum(np.linalg.norm(middled, axis=1, keepdims=True), 1e-12)
    with _steadily():
        laid = _main_axes(middled)
        if count >= FEW and laid[:, 0].std() > SAME:
            known = np.zeros(count, dtype=bool) if before is None else ~np.isnan(before[:, 0])
            if before is not None and known.mean() >= LEAST_KNOWN and before[known, 0].std() > SAME:
                laid = _embedded(middled, _continued(middled, before), SETTLED, 1.0, FURTHER)
            else:
                laid = _main_axes(
                    _embedded(middled, laid, 1e-4, 12.0, 1000)
                )  # as t-SNE wants it from nothing
            if before is not None and known.sum() > AROUND:
                laid = _turned(laid, before * (ASPECT, 1.0), known)
    return _apart(_framed(laid))


def _embedded(
    rows: NDArray[np.float64], start: NDArray[np.float64], spread: float, exaggeration: float, rounds: int
) -> NDArray[np.float64]:
    from sklearn.manifold import TSNE  # heavy: most of a second, for a map that most runs never draw  # noqa: PLC0415

    method = TSNE(
        2,
        perplexity=min(NEIGHBOURS, (len(rows) - 1) / 3),
        metric="cosine",
        init=(start / start[:, 0].std() * spread).astype(np.float32),
        random_state=0,
        early_exaggeration=exaggeration,
        max_iter=rounds,
    )
    return np.asarray(method.fit_transform(rows), dtype=np.float64)


def _continued(rows: NDArray[np.float64], before: Positions) -> NDArray[np.float64]:
    """Where t-SNE goes on from: known rows where they lay, each other one amid the known ones that are most like it."""
    known = np.flatnonzero(~np.isnan(before[:, 0]))
    start = before * (ASPECT, 1.0)
    for number in np.flatnonzero(np.isnan(before[:, 0])):
        near = known[np.argsort(-(rows[known] @ rows[number]), kind="stable")[:AROUND]]
        start[number] = start[near].mean(axis=0)
    return np.asarray(start - start.mean(axis=0), dtype=np.float64)


def _turned(laid: NDArray[np.float64], before: Positions, known: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Turned, mirrored and scaled so that known rows come nearest to where they lay (orthogonal Procrustes)."""
    from scipy.linalg import orthogonal_procrustes  # heavy, as above  # noqa: PLC0415

    ours, theirs = laid[known].mean(axis=0), before[known].mean(axis=0)
    turn, stretch = orthogonal_procrustes(laid[known] - ours, before[known] - theirs)
    scale = stretch / max(float(((laid[known] - ours) ** 2).sum()), SAME)
    return np.asarray(((laid - ours) @ turn * scale + theirs) / (ASPECT, 1.0), dtype=np.float64)


def regions(laid: Positions) -> NDArray[np.int64]:
    """The region of each place, from 0, larger ones first: k-means, with the number that divides most clearly.

    Tried is each number from half the root of that of places up to the root; taken is the one of the best mean
    silhouette. (Among all numbers that would often be two, which tell a reader nothing.) Regions of k-means have
    convex outlines that never overlap, so that each can be drawn and named.
    """
    count = len(laid)
    root = min(MOST_REGIONS, math.isqrt(count))
    if count < FEW or len(np.unique(laid, axis=0)) <= root:
        return np.zeros(count, dtype=np.int64)
    best, found = -1.0, np.zeros(count, dtype=np.int64)
    spread = laid * (ASPECT, 1.0)
    with _steadily():
        from sklearn.cluster import KMeans  # noqa: PLC0415
        from sklearn.metrics import silhouette_score  # noqa: PLC0415

        for number in range(root // 2 + 1, root + 1):
            labels = KMeans(number, n_init=10, random_state=0).fit_predict(spread)
            clear = silhouette_score(spread, labels, sample_size=min(count, SAMPLE), random_state=0)
            if clear > best:
                best, found = float(clear), labels
    return _larger_first(found)


def of_words(words: Sequence[Mapping[str, int]]) -> Rows:
    """How often texts have which words, as rows of at most DIMENSIONS numbers: TF-IDF, then its main directions."""
    with _steadily():
        from sklearn.decomposition import TruncatedSVD  # noqa: PLC0415
        from sklearn.feature_extraction import DictVectorizer  # noqa: PLC0415
        from sklearn.feature_extraction.text import TfidfTransformer  # noqa: PLC0415

        counts = DictVectorizer().fit_transform(words)
        weighed = TfidfTransformer(sublinear_tf=True).fit_transform(counts)
        dimensions = min(DIMENSIONS, min(counts.shape) - 1)
        if dimensions < 2:
            return np.asarray(weighed.toarray(), dtype=np.float32)
        return np.asarray(TruncatedSVD(dimensions, random_state=0).fit_transform(weighed), dtype=np.float32)


@contextmanager
def _steadily() -> Iterator[None]:
    """One thread: sums over several come out in another order each time, and t-SNE makes much of that."""
    import sklearn  # noqa: F401, PLC0415
    from threadpoolctl import threadpool_limits  # noqa: PLC0415

    with threadpool_limits(1):
        yield


def _main_axes(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """The rows along their two main axes (PCA), the longer one first, each axis pointing where it reaches farther."""
    padded = np.pad(rows, ((0, 0), (0, max(0, 2 - rows.shape[1]))))
    middled = padded - padded.mean(axis=0)
    _, _, axes = np.linalg.svd(middled, full_matrices=False)
    axes = np.pad(axes, ((0, max(0, 2 - len(axes))), (0, 0)))[:2]
    laid = middled @ axes.T
    farthest = np.take_along_axis(laid, np.abs(laid).argmax(axis=0)[None, :], axis=0)
    return np.asarray(laid * np.where(farthest < 0, -1.0, 1.0), dtype=np.float64)


def _framed(laid: NDArray[np.float64]) -> Positions:
    """Spread over the frame; what does not differ along an axis stays in its middle."""
    low, size = laid.min(axis=0), np.ptp(laid, axis=0)
    return np.where(size > SAME, (laid - low) / np.maximum(size, SAME), 0.5)


def _apart(laid: Positions) -> Positions:
    """Push points that would cover each other apart, a little each round, those of one place along a spiral."""
    from scipy.spatial import cKDTree  # heavy: a quarter of a second  # noqa: PLC0415

    count = len(laid)
    turn = np.arange(count) * 2.399963  # the golden angle
    laid = laid * (ASPECT, 1.0) + 1e-6 * np.stack([np.cos(turn), np.sin(turn)], axis=1)
    least = min(CLOSEST, CROWDING * np.sqrt(ASPECT / count))
    for _ in range(ROUNDS):
        pairs = cKDTree(laid).query_pairs(least, output_type="ndarray")
        if not len(pairs):
            break
        pairs = pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]
        between = laid[pairs[:, 1]] - laid[pairs[:, 0]]
        length = np.linalg.norm(between, axis=1, keepdims=True)
        step = between / np.maximum(length, 1e-9) * (least - length) / 2
        np.add.at(laid, pairs[:, 0], -step)
        np.add.at(laid, pairs[:, 1], step)
    laid = laid / (ASPECT, 1.0)
    low, high = np.minimum(laid.min(axis=0), 0.0), np.maximum(laid.max(axis=0), 1.0)
    return np.asarray((laid - low) / (high - low), dtype=np.float64)


def _larger_first(labels: NDArray[np.int64]) -> NDArray[np.int64]:
    counts = np.bincount(labels)
    first = [int(np.flatnonzero(labels == label)[0]) for label in range(len(counts))]
    order = sorted(range(len(counts)), key=lambda label: (-counts[label], first[label]))
    renamed = np.empty(len(counts), dtype=np.int64)
    renamed[order] = np.arange(len(counts))
    return renamed[labels]
