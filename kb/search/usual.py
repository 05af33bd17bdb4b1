"""What is usual in a library: how near it comes to questions that it surely does not answer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kb import Vectors
from kb.model import Encoder
from kb.search.catalogue import Catalog
from kb.search.query import DEFAULT_KINDS
from kb.words import unrelated

LEAST_DEVIATION = 0.01  # of the best cosines, in a library of next to nothing


@dataclass(frozen=True, slots=True)
class Usual:
    """What unrelated questions in one language reach: mean and deviation of the best cosine, by each model.

    `middles` are what these questions share, by each model, as rows of the whole's width.
    """

    middles: tuple[Vectors, ...]
    means: tuple[float, ...]
    deviations: tuple[float, ...]

    @classmethod
    def of(cls, catalog: Catalog, encoder: Encoder, language: str) -> Usual:
        """Ask a catalogue that has vectors."""
        nearness = catalog.nearness
        assert nearness is not None
        asked = catalog.of_kinds(DEFAULT_KINDS)
        rows = asked[catalog.owners]
        vectors = encoder.queries(unrelated(language))
        middles, means, deviations = [], [], []
        for number in range(len(nearness.parts)):
            middle = np.mean([nearness.question(vector, number) for vector in vectors], axis=0)
            tops = []
            for vector in vectors:
                question = nearness.question(vector, number, middle)
                own = nearness.cosines(number, question, catalog.products(question, asked))
                tops.append(float(own[rows].max(initial=0.0)))
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
