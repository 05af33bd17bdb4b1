"""The arrays that rooms hand to each other, each called by one name.

These are names for readers and for the type checker alone, so that a record or a setting costs nobody numpy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Vectors: TypeAlias = "NDArray[np.float32]"
"""Rows of length 1: (n, dim)."""
Vector: TypeAlias = "NDArray[np.float32]"
"""One row: (dim,)."""
Scores: TypeAlias = "NDArray[np.float32]"
"""One number each, larger is better."""
Numbers: TypeAlias = "NDArray[np.int64]"
"""Places in a list, from 0: of records, passages or rows."""
Mask: TypeAlias = "NDArray[np.bool_]"
"""Which of a list are meant."""
