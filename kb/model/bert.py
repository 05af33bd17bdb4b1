"""BERT for ONNX Runtime: its graph, written from weights, with its matrices in 32 bits or in 8.

Layers as in Devlin et al. 2019, "BERT: Pre-training of Deep Bidirectional Transformers for Language Understanding".
Words come as vectors, so that a word table stays where it lies. In 8 bits each 128 weights of an output share a
scale, and each 128 numbers that they meet are rounded with one of their own (ONNX Runtime's MatMulNBits, accuracy
level 4), so that what a text gives depends on nothing but itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from kb import Vectors

if TYPE_CHECKING:
    from onnx import NodeProto, TensorProto

Bits = Literal[8, 32]
BLOCK = 128
WORDS, TOKENS = "words", "tokens"
"""The graph's input and output: float32 (1, tokens, hidden) each."""

NUMBERS = "numbers.bin"

_FEW_BYTES, _PAGE = 1024, 4096
_OF_ORT = "com.microsoft"
_OPSET, _IR = 17, 9  # what every ONNX Runtime since 2023 reads
_MIDDLE, _MOST = 128, 127  # of 8 bits: what stands for 0, and how far a weight may lie from it


@dataclass(frozen=True, slots=True)
class BertShape:
    """Sizes of a BERT model: numbers, not bytes."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    types: int
    epsilon: float


class BertWeights(Protocol):
    """Where a model's numbers come from.

    Tensors are named `emb.pos`, `emb.type`, `emb.ln` and, for each layer N, `lN.q`, `.k`, `.v`, `.ao` (attention's
    output), `.aln` (its norm), `.fi` and `.fo` (into and out of the feed-forward layer), `.oln`; with `.w` for
    weights, an output a row, and `.b` for biases, but for the two tables.
    """

    @property
    def shape(self) -> BertShape:
        """The model's sizes."""

    def tensor(self, name: str) -> Vectors:
        """A tensor's numbers in their order, float32 (count,)."""

    def word_rows(self, ids: NDArray[np.int64]) -> Vectors:
        """The word vectors of some token ids, float32 (n, hidden)."""


@dataclass(frozen=True, slots=True)
class WrittenGraph:
    """An ONNX model, and the numbers that it names as those of a file beside it, NUMBERS."""

    model: bytes
    numbers: bytes


def written(weights: BertWeights, bits: Bits) -> WrittenGraph:
    """The graph: word vectors of one text's tokens in, the vectors of its tokens out.

    Its numbers lie apart, so that they are mapped where they are read from a file.
    """
    from onnx import TensorProto, helper  # noqa: PLC0415  asked only where a graph is not kept yet

    shape = weights.shape
    graph = _Graph(weights, bits)
    last = graph.embeddings()
    for number in range(shape.layers):
        last = graph.layer(number, last)
    graph.node("Identity", [last], TOKENS)
    sizes: list[int | str | None] = [1, TOKENS, shape.hidden]
    model = helper.make_model(
        helper.make_graph(
            graph.nodes,
            "bert",
            [helper.make_tensor_value_info(WORDS, TensorProto.FLOAT, sizes)],
            [helper.make_tensor_value_info(TOKENS, TensorProto.FLOAT, sizes)],
            graph.held,
        ),
        opset_imports=[helper.make_opsetid("", _OPSET), helper.make_opsetid(_OF_ORT, 1)],
        ir_version=_IR,
    )
    return WrittenGraph(bytes(model.SerializeToString()), b"".join(graph.numbers))


class _Graph:
    """Nodes and tensors as they are added."""

    def __init__(self, weights: BertWeights, bits: Bits) -> None:
        self._weights = weights
        self._bits = bits
        self._shape = weights.shape
        self.nodes: list[NodeProto] = []
        self.held: list[TensorProto] = []
        self.numbers: list[bytes] = []
        self._size = 0

    def node(self, kind: str, inputs: list[str], output: str, domain: str = "", **stated: Any) -> str:
        from onnx import helper  # noqa: PLC0415  as above

        self.nodes.append(helper.make_node(kind, inputs, [output], domain=domain, **stated))
        return output

    def embeddings(self) -> str:
        """Words, their positions and the first type, normed."""
        width = self._shape.hidden
        places = self._weights.tensor("emb.pos").reshape(-1, width) + self._weights.tensor("emb.type")[:width]
        start = self._hold("emb.start", np.array([0], np.int64))
        axis = self._hold("emb.axis", np.array([0], np.int64))
        end = self.node("Shape", [WORDS], "emb.count", start=1, end=2)
        held = self.node("Slice", [self._hold("emb.places", places), start, end, axis], "emb.placed")
        added = self.node("Add", [WORDS, held], "emb.sum")
        norm = self._norm("emb.ln")
        return self.node("LayerNormalization", [added, *norm], "emb.out", epsilon=self._shape.epsilon)

    def layer(self, number: int, before: str) -> str:
        """Attention and the feed-forward layer, each added to what went in, and normed."""
        at, of = f"l{number}.", self._weights.tensor
        asked = [self._times(f"{at}{one}", before) for one in "qkv"]
        biases = self._hold(f"{at}qkv.b", np.concatenate([of(f"{at}{one}.b") for one in "qkv"]))
        heads = self._shape.heads
        seen = self.node("MultiHeadAttention", [*asked, biases], f"{at}seen", _OF_ORT, num_heads=heads)
        first = self._added(self._times(f"{at}ao", seen), before, f"{at}ao", f"{at}aln")
        inner = [self._times(f"{at}fi", first), self._hold(f"{at}fi.b", of(f"{at}fi.b"))]
        bent = self.node("BiasGelu", inner, f"{at}bent", _OF_ORT)
        return self._added(self._times(f"{at}fo", bent), first, f"{at}fo", f"{at}oln")

    def _times(self, name: str, inputs: str) -> str:
        """A product with a matrix."""
        outputs = len(self._weights.tensor(f"{name}.b"))
        rows = self._weights.tensor(f"{name}.w").reshape(outputs, -1)
        if self._bits == 32:
            return self.node("MatMul", [inputs, self._hold(f"{name}.w", rows.T)], f"{name}.out")
        blocks, scales = in_8_bits(rows)
        held = [self._hold(f"{name}.w", blocks), self._hold(f"{name}.scales", scales)]
        sizes = {"K": rows.shape[1], "N": outputs, "bits": 8, "block_size": BLOCK, "accuracy_level": 4}
        return self.node("MatMulNBits", [inputs, *held], f"{name}.out", _OF_ORT, **sizes)

    def _added(self, found: str, before: str, biased: str, norm: str) -> str:
        bias = self._hold(f"{biased}.b", self._weights.tensor(f"{biased}.b"))
        inputs = [found, before, *self._norm(norm), bias]
        epsilon = self._shape.epsilon
        return self.node("SkipLayerNormalization", inputs, f"{norm}.out", _OF_ORT, epsilon=epsilon)

    def _norm(self, name: str) -> list[str]:
        return [self._hold(f"{name}.{part}", self._weights.tensor(f"{name}.{part}")) for part in "wb"]

    def _hold(self, name: str, numbers: NDArray[np.generic]) -> str:
        from onnx import external_data_helper, numpy_helper  # noqa: PLC0415  as above

        tensor = numpy_helper.from_array(np.ascontiguousarray(numbers), name)
        if numbers.nbytes >= _FEW_BYTES:  # sizes and the like are read when the graph is checked
            raw = tensor.raw_data
            external_data_helper.set_external_data(tensor, NUMBERS, self._size, len(raw))
            tensor.ClearField("raw_data")
            filled = raw.ljust(-(-len(raw) // _PAGE) * _PAGE, b"\0")
            self.numbers.append(filled)
            self._size += len(filled)
        self.held.append(tensor)
        return name


def in_8_bits(rows: Vectors) -> tuple[NDArray[np.uint8], Vectors]:
    """Weights as ONNX Runtime's MatMulNBits takes them: uint8 (rows, blocks, 128), and a scale a block.

    A weight is what stands in the block, less 128, times the scale. Rows are filled up with zeros to whole blocks.
    """
    filled = np.pad(rows, ((0, 0), (0, -rows.shape[1] % BLOCK))).reshape(len(rows), -1, BLOCK)
    largest = np.abs(filled).max(axis=2)
    scales = np.where(largest > 0, largest / _MOST, 1).astype(np.float32)
    blocks = np.rint(filled / scales[:, :, None]) + _MIDDLE
    return blocks.astype(np.uint8), scales
