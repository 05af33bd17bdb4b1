"""Texts into vectors: what is embedded, by which model, and a second look at the best answers."""

from __future__ import annotations

from kb.model import passages
from kb.model.encoder import (
    MULTILINGUAL_MODEL,
    Encoder,
    ModelId,
    SentenceEncoder,
    load_encoder,
    model_source,
)
from kb.model.passages import Range, cut, page_at, sentences
from kb.model.reranker import DEPTH, Reranker, load_reranker

__all__ = [
    "DEPTH",
    "MULTILINGUAL_MODEL",
    "Encoder",
    "ModelId",
    "Range",
    "Reranker",
    "SentenceEncoder",
    "cut",
    "load_encoder",
    "load_reranker",
    "model_source",
    "page_at",
    "passages",
    "sentences",
]
