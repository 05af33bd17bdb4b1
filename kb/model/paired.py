"""Several models as one: their rows side by side, so that each pair of languages can ask what reads both."""

from __future__ import annotations

import math
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from kb import Vectors
from kb.model.encoder import TOGETHER, PartsEncoder, Range


class PairedEncoder:
    """An Encoder of several, of whose unit rows each is a part (`kb.model.model_parts`). Thread-safe.

    Passages are measured by the tokens of the last one, and are as long as all can read.
    """

    def __init__(self, encoders: Sequence[PartsEncoder]) -> None:
        self._encoders = tuple(encoders)
        self._others = ThreadPoolExecutor(len(self._encoders))
        self._scale = np.float32(1 / math.sqrt(len(self._encoders)))
        self.id = TOGETHER.join(f"{one.id}:{one.dim}" for one in self._encoders)
        self.dim = sum(one.dim for one in self._encoders)
        self.max_tokens = min(one.max_tokens for one in self._encoders)

    def spans(self, text: str) -> list[Range]:
        """The character range of each token of a text, in order, special tokens aside; by the last model."""
        return self._encoders[-1].spans(text)

    def queries(self, texts: Sequence[str]) -> Vectors:
        """Embed what users ask: float32 (n, dim), unit rows."""
        others = [self._others.submit(one.queries, texts) for one in self._encoders[1:]]
        first = self._encoders[0].queries(texts)  # meanwhile, in this thread
        return self._beside([first, *(one.result() for one in others)])

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Embed what the library holds: float32 (n, dim), unit rows."""
        return self._beside([one.passages(texts) for one in self._encoders])

    def passages_with_parts(
        self, texts: Sequence[str], parts: Sequence[Sequence[Range]]
    ) -> tuple[Vectors, list[Vectors]]:
        """Embed texts, and parts of each (character ranges) in their context: unit rows.

        Where one of the models tells no parts apart there are none: (0, dim) each.
        """
        found = [one.passages_with_parts(texts, parts) for one in self._encoders]
        pooled = [
            self._beside(rows)
            if len({len(own) for own in rows}) == 1
            else np.zeros((0, self.dim), dtype=np.float32)
            for rows in zip(*(of_one for _, of_one in found), strict=True)
        ]
        return self._beside([rows for rows, _ in found]), pooled

    def _beside(self, rows: Sequence[Vectors]) -> Vectors:
        return np.asarray(np.concatenate(rows, axis=1) * self._scale, dtype=np.float32)
