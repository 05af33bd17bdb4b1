"""An optional second look: a cross-encoder reads the need beside each of the best answers. Off by default."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from kb import ModelError, Scores
from kb.model.model_loading import by_libraries, first_line, hub

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

DEPTH = 20  # answers that are read again: each costs about as much as embedding the question does
BATCH = 20
_NEXT_STEP = "unset KB_RERANKER, or give a cross-encoder's folder or hub name"


class Reranker:
    """A loaded cross-encoder; safe to call from several threads."""

    def __init__(self, model: CrossEncoder, name: str) -> None:
        self._model = model
        self._lock = threading.Lock()
        self.name = name

    def scores(self, need: str, texts: Sequence[str]) -> Scores:
        """How well each text answers a need: float32 (n,), higher is better.

        Raises:
            ModelError: the model gives not one number a text.
        """
        if not texts:
            return np.zeros(0, dtype=np.float32)
        pairs = [(need, text) for text in texts]
        with self._lock:
            try:
                found = self._model.predict(pairs, batch_size=BATCH, show_progress_bar=False)
            except (RuntimeError, ValueError, IndexError, TypeError) as error:
                raise ModelError(f"{self.name}: cannot rank ({first_line(error)}); {_NEXT_STEP}") from error
        scores = np.asarray(found, dtype=np.float32)
        if scores.shape != (len(texts),) or not np.isfinite(scores).all():
            raise ModelError(f"{self.name}: gives {scores.shape}, not one number a text; {_NEXT_STEP}")
        return scores


def load_reranker(name: str) -> Reranker:
    """Load a cross-encoder by folder or hub name; a hub name is looked for on this machine first.

    Raises:
        ModelError: it is missing, damaged, no cross-encoder, or cannot be downloaded.
    """
    folder = Path(name).expanduser()
    if folder.is_dir():
        return _load(str(folder.resolve()), folder.resolve().name, is_offline=True)
    try:
        return _load(name, name, is_offline=True)
    except ModelError:
        return _load(name, name, is_offline=False)


def _load(place: str, name: str, is_offline: bool) -> Reranker:
    with hub(is_offline), by_libraries(place, _NEXT_STEP):
        from sentence_transformers import CrossEncoder  # noqa: PLC0415  brings torch, which takes seconds

        return Reranker(CrossEncoder(place, device="cpu", local_files_only=is_offline), name)
