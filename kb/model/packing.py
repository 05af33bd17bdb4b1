"""Linear layers with their weights laid out for oneDNN, once instead of at each call."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor
    from torch.nn import Module

# oneDNN writes and keeps code for each number of rows (here tokens) that it multiplies: 1.9 MB each for the
# embedded model. So the numbers are rounded up, to eleven that occur, and batches go the plain way.
MOST_ROWS = 256
FEW_ROWS, STEP, LONG_STEP = 64, 8, 64


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
