"""The embedded models as sentence-transformers runs them, in 32 bits: what the product's own way is compared with."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Normalize, Pooling
from sentencepiece import SentencePieceProcessor
from torch import Tensor, nn
from transformers import BertConfig, BertModel

from kb.model import ModelSource
from kb.model.bert_folder import published_name
from kb.model.e5_file import E5File
from kb.model.model_loading import hub
from kb.model.tokens import SentencePieces


def plain_model(source: ModelSource) -> SentenceTransformer:
    """A packaged model; its prefix is to be put before each text."""
    with hub(is_offline=True):
        path = Path(source.place)
        return (
            e5_model(E5File.read(path)) if path.is_file() else SentenceTransformer(source.place, device="cpu")
        )


def e5_model(file: E5File) -> SentenceTransformer:
    """The model: the mean of a text's tokens, of length 1. Its word table stays in 4 bits, as the file has it."""
    shape = file.shape
    config = BertConfig(
        vocab_size=1,  # words come as vectors
        hidden_size=shape.hidden,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        intermediate_size=shape.feed_forward,
        max_position_embeddings=shape.positions,
        type_vocab_size=shape.types,
        layer_norm_eps=shape.epsilon,
        pad_token_id=0,
    )
    bert = BertModel(config, add_pooling_layer=False)
    bert.load_state_dict(_weights(file, bert.state_dict()), assign=True)
    own = file.own_tokens
    pieces = SentencePieces(
        partial(SentencePieceProcessor, model_proto=file.sentence_pieces()), own.bos, own.eos
    )

    class Words(nn.Module):
        """Texts to the vectors of their tokens."""

        max_seq_length = shape.positions

        def __init__(self) -> None:
            super().__init__()
            self.tokenizer = pieces
            self.bert = bert

        def preprocess(self, texts: Sequence[str], prompt: str | None = None, **_: Any) -> dict[str, Tensor]:
            most = self.max_seq_length - 2
            read = [pieces.tokens((prompt or "") + text).ids[:most].tolist() for text in texts]
            found = torch.full((len(read), max(map(len, read)) + 2), own.pad)
            for row, ids in zip(found, read, strict=True):
                row[: len(ids) + 2] = torch.tensor([own.bos, *ids, own.eos])
            return {"input_ids": found, "attention_mask": (found != own.pad).long()}

        def forward(self, features: dict[str, Tensor], **_: Any) -> dict[str, Tensor]:
            ids = features["input_ids"]
            rows = torch.from_numpy(file.word_rows(ids.reshape(-1).numpy()))
            words = rows.reshape(*ids.shape, shape.hidden)
            read = self.bert(inputs_embeds=words, attention_mask=features["attention_mask"])
            return {**features, "token_embeddings": read.last_hidden_state}

    return SentenceTransformer(modules=[Words(), Pooling(shape.hidden), Normalize()], device="cpu")


def _weights(file: E5File, known: dict[str, Tensor]) -> dict[str, Tensor]:
    """The file's tensors by BERT's names and in its shapes, in the place of `known` ones."""
    names = {
        published_name(name): name for name in file.tensors if name != "emb.word"
    }  # words come as vectors
    return {
        name: torch.from_numpy(file.tensor(names[name])).reshape(tensor.shape) if name in names else tensor
        for name, tensor in known.items()
    }
