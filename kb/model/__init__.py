"""Texts into vectors: what is embedded, by which model, and a second look at the best answers."""

from __future__ import annotations

from kb.model import passages
from kb.model.e5_file import E5_NAME, E5_SHA256
from kb.model.embedded import MINILM_SHA256
from kb.model.encoder import (
    ENGLISH,
    FINGERPRINT,
    TOGETHER,
    Encoder,
    ModelId,
    ModelPart,
    PartsEncoder,
    Range,
    model_parts,
)
from kb.model.meaning import translations
from kb.model.model_loading import Load, load_encoder
from kb.model.paired import PairedEncoder
from kb.model.passages import cut, page_at, sentences
from kb.model.reference import (
    REFERENCE_STEP,
    SENTENCES,
    Agreement,
    OpenEncoder,
    Reference,
    agreement,
    cut_otherwise,
    load_reference,
)
from kb.model.reranker import DEPTH, Reranker, load_reranker
from kb.model.sources import ENGLISH_MODEL, MULTILINGUAL_MODEL, ModelSource, model_sources

__all__ = [
    "DEPTH",
    "E5_NAME",
    "E5_SHA256",
    "ENGLISH",
    "ENGLISH_MODEL",
    "FINGERPRINT",
    "MINILM_SHA256",
    "MULTILINGUAL_MODEL",
    "REFERENCE_STEP",
    "SENTENCES",
    "TOGETHER",
    "Agreement",
    "Encoder",
    "Load",
    "ModelId",
    "ModelPart",
    "ModelSource",
    "OpenEncoder",
    "PairedEncoder",
    "PartsEncoder",
    "Range",
    "Reference",
    "Reranker",
    "agreement",
    "cut",
    "cut_otherwise",
    "load_encoder",
    "load_reference",
    "load_reranker",
    "model_parts",
    "model_sources",
    "page_at",
    "passages",
    "sentences",
    "translations",
]
