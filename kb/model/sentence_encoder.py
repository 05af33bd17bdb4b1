"""Text -> unit float32 vectors through sentence-transformers: any model but the embedded ones."""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from kb import ModelError, Vectors
from kb.model.encoder import ModelId, Range, means_of_parts, unit
from kb.model.recent import RecentQueries
from kb.model.sources import ModelSource

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer
    from tokenizers import Tokenizer

QUERY_THREADS = 1
"""One short text gains nothing from a second thread; on busy cores the two wait for each other: measured on 2
cores under load, 36 ms a query with one thread, 250 to 440 ms with two."""
BATCH = 32
SAME_POOLING = (
    0.99  # least cosine between a text's vector and its tokens' mean where the model takes that mean
)
MOST_TOKENS = 512  # what BERT-like models were trained on, for those that state no limit of their own


class SentenceEncoder:
    """An Encoder over a loaded SentenceTransformer; safe to call from several threads."""

    def __init__(self, model: SentenceTransformer, source: ModelSource, fingerprint: str) -> None:
        self._model = model
        self._source = source
        self._tokenizer = _whole(model, source)
        self._lock = threading.Lock()  # the model's own tokenizer cannot be borrowed twice
        self._recent = RecentQueries(
            lambda text: self._encode([source.query_prefix + text], QUERY_THREADS)[0]
        )
        self.id = str(ModelId(source.name, fingerprint))
        self.dim = int(self._encode([""], QUERY_THREADS).shape[1])
        prefix = max(len(self.spans(p)) for p in (source.query_prefix, source.passage_prefix))
        special = int(self._tokenizer.num_special_tokens_to_add(False))
        self.max_tokens = min(model.max_seq_length or MOST_TOKENS, MOST_TOKENS) - prefix - special

    def spans(self, text: str) -> list[Range]:
        """The character range of each token of a text, in order, special tokens aside."""
        return list(self._tokenizer.encode(text, add_special_tokens=False).offsets)

    def queries(self, texts: Sequence[str]) -> Vectors:
        """Embed what users ask: float32 (n, dim), unit rows; the last few hundred are kept."""
        return np.stack([self._recent.row(text) for text in texts]) if texts else self._empty()

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Embed what the library holds: float32 (n, dim), unit rows."""
        prefix = self._source.passage_prefix
        if not texts:
            return self._empty()
        return self._encode([prefix + text for text in texts], os.cpu_count() or 1)

    def passages_with_parts(
        self, texts: Sequence[str], parts: Sequence[Sequence[Range]]
    ) -> tuple[Vectors, list[Vectors]]:
        """Embed texts, and parts of each (character ranges) in their context: unit rows.

        A model that does not take the mean of its tokens has no vectors of parts: (0, dim) each.
        """
        import torch  # noqa: PLC0415  heavy, and loaded with the model already

        prefix = self._source.passage_prefix
        with self._lock:
            torch.set_num_threads(os.cpu_count() or 1)
            read: Any = self._model.encode(
                [prefix + text for text in texts],
                batch_size=BATCH,
                show_progress_bar=False,
                output_value=None,  # all that the model gives
            )
        rows = unit(np.stack([one["sentence_embedding"].numpy() for one in read]))
        pooled = [
            self._parts(prefix + text, [(a + len(prefix), b + len(prefix)) for a, b in ranges], row, one)
            for text, ranges, row, one in zip(texts, parts, rows, read, strict=True)
        ]
        return rows, pooled

    def _parts(self, text: str, ranges: Sequence[Range], row: Vectors, read: Any) -> Vectors:
        """Means over the tokens of each range; a range that the model did not read has the whole text's."""
        tokens = read["token_embeddings"].numpy()[: int(read["attention_mask"].sum())]
        encoding = self._tokenizer.encode(text)
        is_ours = tokens.shape == (min(len(encoding), self._model.max_seq_length or MOST_TOKENS), len(row))
        if not is_ours or float(unit(tokens.mean(axis=0)) @ row) < SAME_POOLING:
            return self._empty()
        starts = np.where(encoding.special_tokens_mask, -1, [start for start, _ in encoding.offsets])[
            : len(tokens)
        ]
        return means_of_parts(tokens, starts, ranges, row)

    def _encode(self, texts: list[str], threads: int) -> Vectors:
        import torch  # noqa: PLC0415  as above

        with self._lock:
            torch.set_num_threads(threads)
            rows = self._model.encode(texts, batch_size=BATCH, show_progress_bar=False, convert_to_numpy=True)
        return unit(rows)

    def _empty(self) -> Vectors:
        return np.zeros((0, self.dim), dtype=np.float32)


def _whole(model: SentenceTransformer, source: ModelSource) -> Tokenizer:
    """A model's tokenizer, or a copy, that never truncates and never pads."""
    from tokenizers import Tokenizer  # noqa: PLC0415  as above

    if isinstance(model.tokenizer, Tokenizer):
        return model.tokenizer
    tokenizer = getattr(model.tokenizer, "backend_tokenizer", None)
    if tokenizer is None:
        raise ModelError(f"{source.name}: no fast tokenizer; choose another KB_MODEL, or unset it")
    found = Tokenizer.from_str(tokenizer.to_str())
    found.no_truncation()
    found.no_padding()
    return found
