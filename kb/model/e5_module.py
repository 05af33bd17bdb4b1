"""The embedded multilingual model as sentence-transformers takes it, made of what its file holds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from kb.model.e5_file import E5File

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer
    from torch import Tensor

_OF_LAYER = {
    "attention.self.query": "q",
    "attention.self.key": "k",
    "attention.self.value": "v",
    "attention.output.dense": "ao",
    "attention.output.LayerNorm": "aln",
    "intermediate.dense": "fi",
    "output.dense": "fo",
    "output.LayerNorm": "oln",
}
"""BERT's names of a layer's parts, and the file's."""


def e5_model(file: E5File) -> SentenceTransformer:
    """The model: the mean of a text's tokens, of length 1. Its word table stays in 4 bits, as the file has it."""
    # heavy, and wanted only where texts are embedded
    import torch  # noqa: PLC0415
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling  # noqa: PLC0415
    from torch import nn  # noqa: PLC0415
    from transformers import BertConfig, BertModel  # noqa: PLC0415

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
    tokenizer = file.tokenizer()

    class Words(nn.Module):
        """Texts to the vectors of their tokens."""

        max_seq_length = shape.positions

        def __init__(self) -> None:
            super().__init__()
            self.tokenizer = tokenizer
            self.bert = bert

        def preprocess(self, texts: Sequence[str], prompt: str | None = None, **_: Any) -> dict[str, Tensor]:
            read = [one.ids for one in tokenizer.encode_batch([(prompt or "") + text for text in texts])]
            most = self.max_seq_length
            cut = [ids if len(ids) <= most else [*ids[: most - 1], shape.eos] for ids in read]
            found = torch.full((len(cut), max(map(len, cut))), shape.pad)
            for row, ids in zip(found, cut, strict=True):
                row[: len(ids)] = torch.tensor(ids)
            return {"input_ids": found, "attention_mask": (found != shape.pad).long()}

        def forward(self, features: dict[str, Tensor], **_: Any) -> dict[str, Tensor]:
            ids = features["input_ids"]
            rows = torch.from_numpy(file.word_rows(ids.reshape(-1).numpy()))
            words = rows.reshape(*ids.shape, shape.hidden)
            read = self.bert(inputs_embeds=words, attention_mask=features["attention_mask"])
            return {**features, "token_embeddings": read.last_hidden_state}

    return SentenceTransformer(modules=[Words(), Pooling(shape.hidden), Normalize()], device="cpu")


def _weights(file: E5File, known: dict[str, Tensor]) -> dict[str, Tensor]:
    """The file's tensors by BERT's names and in its shapes, in the place of `known` ones."""
    import torch  # noqa: PLC0415  heavy, and loaded with the model already

    names = {
        "embeddings.position_embeddings.weight": "emb.pos",
        "embeddings.token_type_embeddings.weight": "emb.type",
        "embeddings.LayerNorm.weight": "emb.ln.w",
        "embeddings.LayerNorm.bias": "emb.ln.b",
    }
    for number in range(file.shape.layers):
        for ours, theirs in _OF_LAYER.items():
            names[f"encoder.layer.{number}.{ours}.weight"] = f"l{number}.{theirs}.w"
            names[f"encoder.layer.{number}.{ours}.bias"] = f"l{number}.{theirs}.b"
    return {
        name: torch.from_numpy(file.tensor(names[name])).reshape(tensor.shape) if name in names else tensor
        for name, tensor in known.items()
    }
