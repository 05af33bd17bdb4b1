"""The arrays that rooms hand to each other, each called by one name."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
"""Rows of length 1: (n, dim)."""
Vector = NDArray[np.float32]
"""One row: (dim,)."""
Scores = NDArray[np.float32]
"""One number each, larger is better."""
Numbers = NDArray[np.int64]
"""Places in a list, from 0: of records, passages or rows."""
Mask = NDArray[np.bool_]
"""Which of a list are meant."""
