"""The vectors of texts: from the store where it knows them, else embedded and kept there."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np

from kb import ModelError, Progress, Vector, silent
from kb.store import Store, text_sha256

if TYPE_CHECKING:
    from kb import Vectors
    from kb.model import Encoder

BATCH = 64  # texts embedded, and cached, at a time: about a second of work that a kill can cost
KEPT_DAYS = 90  # that a label, which is no passage's text, is known: an edition a term finds its labels again


def embed(
    store: Store, encoder: Encoder, texts: Sequence[str], progress: Progress = silent, kept_until: str = ""
) -> dict[str, Vector]:
    """The vectors of texts, by `text_sha256`: from the store's cache, else embedded and cached by batches.

    Those of texts that no edition has are kept until a day (YYYY-MM-DD), which may be past.

    Raises:
        ModelError: the encoder did not return unit rows of its own dimension.
    """
    known = store.cached_vectors(encoder.id, texts)
    by_sha = {text_sha256(text): text for text in texts}
    missing = [sha for sha in by_sha if sha not in known or known[sha].shape != (encoder.dim,)]
    missing.sort(key=lambda sha: -len(by_sha[sha]))  # texts of like length share a batch: less padding
    said = f"{len(texts) - len(missing)} of {len(texts)} known already"
    done = 0
    for shas in batches(missing):
        progress("embed", done, len(missing), said)
        done += len(shas)
        rows = _checked(encoder, encoder.passages([by_sha[sha] for sha in shas]), len(shas))
        fresh = dict(zip(shas, rows, strict=True))
        store.cache_vectors(encoder.id, fresh, kept_until)
        known.update(fresh)
    progress("embed", len(missing), len(missing), said)
    return known


def batches(by_length: Sequence[str]) -> Iterator[Sequence[str]]:
    """Texts of like length together, long and short ones in turn: so what is done tells how long the rest takes."""
    held = deque(by_length[start : start + BATCH] for start in range(0, len(by_length), BATCH))
    while held:
        yield held.popleft()
        if held:
            yield held.pop()


def _checked(encoder: Encoder, rows: Vectors, count: int) -> Vectors:
    wanted = (count, encoder.dim)
    if rows.shape != wanted:
        raise ModelError(f"{encoder.id}: returned {rows.shape}, not {wanted}; choose another KB_MODEL")
    lengths = np.linalg.norm(rows, axis=1)
    if not np.allclose(lengths, 1.0, atol=1e-3):
        raise ModelError(f"{encoder.id}: returned rows that are not of length 1; choose another KB_MODEL")
    return rows


@dataclass(frozen=True, slots=True)
class CachedEncoder:
    """An Encoder that embeds a text of the library's only once; for texts that no edition has, as labels are."""

    store: Store
    encoder: Encoder

    @property
    def id(self) -> str:
        """The encoder's own."""
        return self.encoder.id

    @property
    def dim(self) -> int:
        """The encoder's own."""
        return self.encoder.dim

    @property
    def max_tokens(self) -> int:
        """The encoder's own."""
        return self.encoder.max_tokens

    def spans(self, text: str) -> list[tuple[int, int]]:
        """The encoder's own."""
        return self.encoder.spans(text)

    def queries(self, texts: Sequence[str]) -> Vectors:
        """Embed what users ask, which is not kept."""
        return self.encoder.queries(texts)

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Embed what the library holds, or has known for some months."""
        until = (datetime.now(UTC) + timedelta(days=KEPT_DAYS)).date().isoformat()
        known = embed(self.store, self.encoder, texts, kept_until=until)
        rows = [known[text_sha256(text)] for text in texts]
        return np.stack(rows) if rows else np.zeros((0, self.dim), dtype=np.float32)
