"""The quickest way to embed a question: one pass, with the weights laid out for oneDNN once, not at each call."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from kb import Vectors

if TYPE_CHECKING:
    from torch import Tensor
    from torch.nn import Module

Embed = Callable[[Sequence[str]], Vectors]
"""Texts to unit rows."""

BATCH = 32
FEW_PROBES = ("", "What?", " Für wen, and à quel coût? ", "How do others award credit? " * 8)
PROBES = (*FEW_PROBES, "word " * 600)
"""Texts that an unusual model would embed otherwise when asked directly: nothing, accents, capitals, too much."""
SAME = 0.99999
"""Cosine from which two vectors of one text are the same; what is left is the order of additions."""

# oneDNN writes and keeps code for each number of rows (here tokens) that it multiplies: 1.9 MB each for the
# embedded model. So the numbers are rounded up, to eleven that occur, and batches go the plain way.
MOST_ROWS = 256
FEW_ROWS, STEP, LONG_STEP = 64, 8, 64

log = logging.getLogger(__name__)


def encoded(model: Any, texts: Sequence[str]) -> Vectors:
    """Unit rows, by the library's own way."""
    return unit(model.encode(list(texts), batch_size=BATCH, show_progress_bar=False, convert_to_numpy=True))


def _passed(model: Any, texts: Sequence[str]) -> Vectors:
    """Unit rows of a few texts by one pass through all modules, without what `encode` does around it."""
    import torch  # noqa: PLC0415  heavy, and loaded with the model already

    with torch.inference_mode():
        return unit(model.forward(model.preprocess(list(texts)))["sentence_embedding"].numpy())


def quickened(model: Any) -> Embed:
    """The quickest way to embed a question that gives the rows of `encode`, which for some models is `encode`.

    Whatever is unusual about a model (prompts of its own, other outputs, layers that are no plain ones) shows
    in the probes: then everything is put back.
    """
    few = encoded(
        model, FEW_PROBES
    )  # not beside the long one, which would have them all filled up to its length
    wanted = np.concatenate([few, encoded(model, PROBES[len(few) :])])
    unpack = pack(model)
    try:
        rows = np.concatenate([_passed(model, [text]) for text in PROBES])
        if _is_same(rows, wanted) and _is_same(encoded(model, FEW_PROBES), few):
            return partial(_passed, model)
    except (RuntimeError, ValueError, TypeError, KeyError, AttributeError) as error:
        log.info("the model is asked the plain way: %s", str(error).partition("\n")[0])
    unpack()
    return partial(encoded, model)


def _is_same(some: Vectors, others: Vectors) -> bool:
    return some.shape == others.shape and bool((np.einsum("ij,ij->i", some, others) >= SAME).all())


def unit(rows: Any) -> Vectors:
    """Rows of length 1, float32."""
    found = np.ascontiguousarray(rows, dtype=np.float32)
    lengths = np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-12)
    return np.asarray(found / lengths, dtype=np.float32)


def pack(model: Module) -> Callable[[], None]:
    """Pack the plain linear layers of a model; returns the way back, to be called where that does not fit.

    One short text then takes 0.6 times as long, and each weight is kept twice. The two functions are those that
    PyTorch's compiler puts in the place of linear layers. Where they are missing nothing is done.
    """
    import torch  # noqa: PLC0415  heavy, and loaded with the model already

    ops = torch.ops.mkldnn
    is_there = torch.backends.mkldnn.is_available()  # type: ignore[no-untyped-call]
    if not (is_there and hasattr(ops, "_linear_pointwise")):
        return lambda: None
    layers: list[Any] = []
    for layer in model.modules():
        if type(layer) is torch.nn.Linear and layer.weight.dtype is torch.float32:
            packed = ops._reorder_linear_weight(layer.weight.detach(), None)  # noqa: SLF001
            layer.forward = partial(_apply, ops._linear_pointwise, layer, packed)  # type: ignore[method-assign]  # noqa: SLF001
            layers.append(layer)

    def unpack() -> None:
        for layer in layers:
            del layer.forward

    return unpack


def _apply(multiply: Any, layer: Any, packed: Tensor, inputs: Tensor) -> Any:
    rows, width = inputs.numel() // inputs.shape[-1], inputs.shape[-1]
    if rows > MOST_ROWS:
        return type(layer).forward(layer, inputs)
    step = STEP if rows <= FEW_ROWS else LONG_STEP
    filled = inputs.new_zeros((-(-rows // step) * step, width))
    filled[:rows] = inputs.reshape(rows, width)
    found = multiply(filled, packed, layer.bias, "none", [], "")
    return found[:rows].reshape(*inputs.shape[:-1], -1)
