"""Arrays in files of their own, read from any thread."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

_PARSING = threading.Lock()


def load_array(path: Path, *, is_mapped: bool = False) -> Any:
    """The array of a .npy file, or a map of it that is read when it is asked for.

    NumPy reads a file's head as Python, which CPython 3.11 and 3.12 do in one thread at a time alone: in two they may
    raise SystemError ("AST constructor recursion depth mismatch").

    Raises:
        OSError: the file is missing or cannot be read.
        ValueError: it is damaged.
    """
    import numpy as np  # noqa: PLC0415 - a tenth of a second for `kb --help`, which reads no array

    with _PARSING:
        try:
            return np.load(path, mmap_mode="r" if is_mapped else None, allow_pickle=False)
        except EOFError as error:
            raise ValueError(str(error)) from error
