"""Vectors of passages kept from one run of the tests to the next: embedding real handbooks takes half a minute."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from kb import Vectors
from kb.model import Encoder

MOST = 20_000  # vectors, 30 MB; past that only those of this run stay
PROBES = 8
"""Texts embedded anew whatever is kept, to see that the model still says the same."""
SAME = 0.9999  # cosine


class KeptEncoder:
    """An Encoder that remembers the passages of its last run by their checksums, never their texts."""

    def __init__(self, encoder: Encoder, path: Path) -> None:
        self.id, self.dim, self.max_tokens = encoder.id, encoder.dim, encoder.max_tokens
        self._encoder = encoder
        self._path = path
        self._known: dict[str, Vectors] = {}
        self._used: dict[str, Vectors] = {}
        self._is_probed = False
        if self._path.is_file():
            with np.load(self._path, allow_pickle=False) as kept:
                if str(kept["model"]) == encoder.id:
                    self._known = dict(zip(kept["texts"].tolist(), kept["rows"], strict=True))

    def spans(self, text: str) -> list[tuple[int, int]]:
        return self._encoder.spans(text)

    def queries(self, texts: Sequence[str]) -> Vectors:
        return self._encoder.queries(texts)

    def passages(self, texts: Sequence[str]) -> Vectors:
        if not texts:
            return self._encoder.passages(texts)
        self._probe([text for text in texts if _digest(text) in self._known][:PROBES])
        missing = [text for text in dict.fromkeys(texts) if _digest(text) not in self._known]
        if missing:
            self._known.update(zip(map(_digest, missing), self._encoder.passages(missing), strict=True))
        found = {digest: self._known[digest] for digest in map(_digest, texts)}
        self._used.update(found)
        return np.stack([found[_digest(text)] for text in texts])

    def save(self) -> None:
        """Keep what is known, for the next run."""
        kept = self._known if len(self._known) <= MOST else self._used
        if not kept:
            return
        texts, rows = np.array(list(kept)), np.stack(list(kept.values()))
        part = self._path.with_suffix(".part")
        with part.open("wb") as file:
            np.savez(file, model=np.array(self.id), texts=texts, rows=rows)
        part.replace(self._path)

    def _probe(self, texts: Sequence[str]) -> None:
        """Forget all if the model is another under its old name."""
        if self._is_probed or not texts:
            return
        self._is_probed = True
        kept = np.stack([self._known[_digest(text)] for text in texts])
        if float(np.min(np.sum(kept * self._encoder.passages(texts), axis=1))) < SAME:
            self._known = {}


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
