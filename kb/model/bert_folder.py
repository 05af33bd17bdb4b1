"""A BERT model in the folder that sentence-transformers publishes it in, read without PyTorch."""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from kb import ModelError, Vectors
from kb.model.bert import BertShape
from kb.model.mapped import MappedFile

if TYPE_CHECKING:
    from tokenizers import Tokenizer

WEIGHTS = "model.safetensors"

_NEXT_STEP = "install the requirements again"
_OF_LAYER = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
_OF_TABLES = {
    "emb.word": "word_embeddings",
    "emb.pos": "position_embeddings",
    "emb.type": "token_type_embeddings",
}
_KINDS = {"w": "weight", "b": "bias"}


@dataclass(frozen=True, slots=True)
class BertFolder:
    """BERT's weights and tokenizer in a folder; the file of weights is mapped, not read.

    `max_tokens` is how many tokens of a text the model reads, special ones included.
    """

    path: Path
    shape: BertShape
    max_tokens: int
    file: MappedFile
    tensors: Mapping[str, Vectors]

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read what a folder says of its model.

        Raises:
            ModelError: files are missing, damaged, or of another kind of model.
        """
        try:
            config = json.loads((path / "config.json").read_text("utf-8"))
            sentences = json.loads((path / "sentence_bert_config.json").read_text("utf-8"))
            shape = BertShape(
                config["hidden_size"],
                config["num_hidden_layers"],
                config["num_attention_heads"],
                config["intermediate_size"],
                config["vocab_size"],
                config["max_position_embeddings"],
                config["type_vocab_size"],
                config["layer_norm_eps"],
            )
            file = MappedFile.open(path / WEIGHTS)
            tensors = _tensors(path / WEIGHTS, file)
            return cls(path, shape, int(sentences["max_seq_length"]), file, tensors)
        except (OSError, ValueError, KeyError, TypeError, struct.error) as error:
            raise ModelError(f"{path}: cannot be read ({error}); {_NEXT_STEP}") from error

    def tensor(self, name: str) -> Vectors:
        """A tensor's numbers in their order, float32 (count,); ModelError if there is none of this name."""
        return np.asarray(self._held(name), dtype=np.float32).reshape(-1)

    def word_rows(self, ids: NDArray[np.int64]) -> Vectors:
        """The word vectors of some token ids, float32 (n, hidden), of which no other is read."""
        return np.asarray(self._held("emb.word")[ids], dtype=np.float32)

    def tokenizer(self) -> Tokenizer:
        """The folder's tokenizer, which never cuts a text and never fills one up.

        Raises:
            ModelError: it cannot be read.
        """
        from tokenizers import Tokenizer  # noqa: PLC0415  only where a model is loaded

        path = self.path / "tokenizer.json"
        try:
            found = Tokenizer.from_file(str(path))
        except Exception as error:  # the library raises nothing narrower
            raise ModelError(f"{path}: cannot be read ({error}); {_NEXT_STEP}") from error
        found.no_truncation()
        found.no_padding()
        return found

    def _held(self, name: str) -> Vectors:
        try:
            return self.tensors[published_name(name)]
        except KeyError as error:
            raise ModelError(f"{self.path / WEIGHTS}: no tensor {name}; {_NEXT_STEP}") from error


def _tensors(path: Path, file: MappedFile) -> dict[str, Vectors]:
    """The 32-bit tensors of a safetensors file: the length of a head in JSON, the head, and then the numbers."""
    data = file.data
    (length,) = struct.unpack("<Q", data[:8].tobytes())
    if length > len(data) - 8:
        raise ValueError(f"{path.name} is cut short")
    body = data[8 + length :]
    found = {}
    for name, said in json.loads(data[8 : 8 + length].tobytes()).items():
        if said.get("dtype") == "F32":
            start, end = said["data_offsets"]
            if not 0 <= start <= end <= len(body) or end - start != 4 * math.prod(said["shape"]):
                raise ValueError(f"{name} lies outside {path.name}")
            found[name] = body[start:end].view("<f4").reshape(said["shape"])
    return found


def published_name(name: str) -> str:
    """BERT's own name of a tensor: `l0.q.w` is encoder.layer.0.attention.self.query.weight."""
    if name in _OF_TABLES:
        return f"embeddings.{_OF_TABLES[name]}.weight"
    first, part, kind = name.split(".")
    if first == "emb":
        return f"embeddings.LayerNorm.{_KINDS[kind]}"
    return f"encoder.layer.{first[1:]}.{_OF_LAYER[part]}.{_KINDS[kind]}"
