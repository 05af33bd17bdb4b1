"""A file that is mapped, of which a row here and there is read."""

from __future__ import annotations

import mmap
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class MappedFile:
    """A file's bytes, shared with other processes: the system reads a page when it is first looked at, and keeps it."""

    data: NDArray[np.uint8]
    _held: mmap.mmap

    @classmethod
    def open(cls, path: Path) -> Self:
        """Map a file; OSError where it cannot be read, ValueError where it is empty."""
        with path.open("rb") as file:
            held = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        return cls(np.frombuffer(held, dtype=np.uint8), held)

    def let_go(self) -> None:
        """Stop counting what was read, and what the system mapped around it, as this process's memory.

        It stays in the system's own, and is there again when it is looked at.
        """
        if hasattr(self._held, "madvise"):
            self._held.madvise(mmap.MADV_DONTNEED)
