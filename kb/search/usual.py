"""What is usual in a library: how near it comes to questions that it surely does not answer."""

from __future__ import annotations

import hashlib
import io
import logging
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from kb import Vectors, load_array, replace_file
from kb.model import FINGERPRINT, Encoder
from kb.search.catalogue import Catalog
from kb.search.query import DEFAULT_KINDS
from kb.words import unrelated

NEAREST = 50  # rows that are looked at where not all are; the best of them may be names alone
LEAST_DEVIATION = 0.01  # of the best cosines, in a library of next to nothing


log = logging.getLogger(__name__)


def unrelated_rows(encoder: Encoder, language: str, cache: Path) -> Vectors:
    """The vectors of the unrelated questions in a language: float32 (n, dim), unit rows.

    They are kept in a folder by model and texts, for to embed them takes longer than a search; not those of a model
    whose name alone is known.
    """
    texts = unrelated(language)
    if FINGERPRINT not in encoder.id:
        return encoder.queries(texts)
    digest = hashlib.sha256("\n".join((encoder.id, *texts)).encode()).hexdigest()[:24]
    path = cache / "unrelated" / f"{digest}.npy"
    try:
        kept = load_array(path)
        if kept.shape == (len(texts), encoder.dim) and kept.dtype == np.float32 and np.isfinite(kept).all():
            return np.asarray(kept)
    except (OSError, ValueError):
        pass  # not kept yet, or damaged
    rows = encoder.queries(texts)
    held = io.BytesIO()
    np.save(held, rows)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(path, held.getvalue())
    except OSError as error:
        log.info("%s: cannot be written (%s)", path, error)
    return rows


@dataclass(frozen=True, slots=True)
class Usual:
    """What unrelated questions in one language reach: mean and deviation of the best cosine, by each model.

    `middles` are what these questions share, by each model, as rows of the whole's width.
    """

    middles: tuple[Vectors, ...]
    means: tuple[float, ...]
    deviations: tuple[float, ...]

    @classmethod
    def of(cls, catalog: Catalog, vectors: Vectors) -> Usual:
        """Ask a catalogue that has vectors what unrelated questions reach; unit rows, one a question."""
        nearness = catalog.nearness
        assert nearness is not None
        kinds = (("kind", tuple(kind.value for kind in DEFAULT_KINDS)),)
        middles, means, deviations = [], [], []
        for number in range(len(nearness.parts)):
            middle = np.mean([nearness.question(vector, number) for vector in vectors], axis=0)
            tops = []
            for vector in vectors:
                question = nearness.question(vector, number, middle)
                rows, products = catalog.nearest(question, NEAREST, kinds)
                own = nearness.cosines(number, question, products, catalog.owners[rows])
                tops.append(float(own.max(initial=0.0)))
            middles.append(middle)
            means.append(float(np.mean(tops)))
            deviations.append(float(np.std(tops)))
        return cls(tuple(middles), tuple(means), tuple(deviations))

    def above(self, tops: tuple[float | None, ...]) -> list[float | None]:
        """The best cosines in deviations above these; None of a model that was not asked."""
        return [
            None if top is None else (top - mean) / max(deviation, LEAST_DEVIATION)
            for top, mean, deviation in zip(tops, self.means, self.deviations, strict=True)
        ]
