"""Records and passages of a generation as JSON in files, read one by one when they are asked for.

They are read from the file, not mapped: what was read once stays in the system's memory, for all processes alike, and
counts as none of them. A file that was opened stays readable when its generation is removed.
"""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Generic, TypeVar, overload

import numpy as np
from numpy.typing import NDArray

from kb import GenerationError, Numbers, load_array

BODIES = ".json"
STARTS = ".starts.npy"
CHUNK = 256  # bodies that are read together where all are asked for

Body = TypeVar("Body")


class OpenFile:
    """A file that is read at places of it, from any thread; closed with its last user."""

    def __init__(self, path: Path) -> None:
        """Open a file; OSError where it cannot be read."""
        self._path = path
        self._file = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0))
        self.size = os.fstat(self._file).st_size
        self._moving = threading.Lock()
        weakref.finalize(self, os.close, self._file)

    def read(self, start: int, end: int) -> bytes:
        """The bytes from one place to another.

        Raises:
            GenerationError: they cannot be read, or the file has no longer so many.
        """
        try:
            found = self._at(start, end - start)
            while len(found) < end - start and (
                more := self._at(start + len(found), end - start - len(found))
            ):
                found += more  # the system reads two gigabytes at once at most
        except OSError as error:
            raise GenerationError(f"{self._path}: cannot be read ({error}); rebuild the index") from error
        if len(found) < end - start:
            raise GenerationError(f"{self._path}: was cut short; rebuild the index")
        return found

    def _at(self, start: int, size: int) -> bytes:
        if hasattr(os, "pread"):
            return os.pread(self._file, size, start)
        with self._moving:
            os.lseek(self._file, start, os.SEEK_SET)
            return os.read(self._file, size)


def gather(
    files: Sequence[OpenFile], which: Numbers, starts: NDArray[np.int64], ends: NDArray[np.int64]
) -> bytearray:
    """The bytes of places in files (`which`), one after the other; those that follow each other are read at once.

    Raises:
        GenerationError: a file cannot be read, or was cut short.
    """
    found = bytearray(int((ends - starts).sum()))
    if not len(which):
        return found
    is_apart = np.ones(len(which), dtype=bool)
    is_apart[1:] = (which[1:] != which[:-1]) | (starts[1:] != ends[:-1])
    first = np.flatnonzero(is_apart)
    last = np.append(first[1:], len(which)) - 1
    at = 0
    for file, start, end in zip(
        which[first].tolist(), starts[first].tolist(), ends[last].tolist(), strict=True
    ):
        found[at : at + end - start] = files[file].read(start, end)
        at += end - start
    return found


class Bodies:
    """The texts that `save` wrote, by their rows."""

    def __init__(self, file: OpenFile, starts: NDArray[np.int64]) -> None:
        self._file = file
        self._starts = starts

    @classmethod
    def open(cls, name: Path, count: int) -> Bodies:
        """Open what was saved under a name.

        Raises:
            GenerationError: it is missing or damaged, or has not so many.
        """
        path = named(name, BODIES)
        try:
            file, starts = OpenFile(path), load_array(named(name, STARTS))
        except (OSError, ValueError) as error:
            raise GenerationError(f"{path}: cannot be read ({error}); rebuild the index") from error
        if len(starts) != count + 1 or starts[-1] != file.size:
            raise GenerationError(f"{path}: has not each of its {count} texts; rebuild the index")
        return cls(file, starts)

    def read(self, first: int, last: int) -> Iterator[bytes]:
        """Read the rows from one to another, the last one included."""
        starts = self._starts[first : last + 2].tolist()
        held = self._file.read(starts[0], starts[-1])
        for start, end in pairwise(starts):
            yield held[start - starts[0] : end - starts[0]]


def save(name: Path, texts: Iterable[str]) -> None:
    """Write texts into two files whose names begin so; they must be fit for UTF-8, as JSON of `kb.codec` is."""
    starts = [0]
    with named(name, BODIES).open("wb") as file:
        for text in texts:
            starts.append(starts[-1] + file.write(text.encode()))
    np.save(named(name, STARTS), np.array(starts, dtype=np.int64))


def named(name: Path, ending: str) -> Path:
    """A file of a part, whose names all begin as it does."""
    return name.with_name(name.name + ending)


class OnDemand(Sequence[Body], Generic[Body]):
    """Items that are decoded when they are asked for; the last ones asked for are kept, unless all were gone through.

    `places` has the number of its file and its row there for each, int64 (n, 2). Safe to use from several threads.
    """

    def __init__(
        self,
        files: Sequence[Bodies],
        places: NDArray[np.int64],
        decode: Callable[[bytes], Body],
        most_kept: int,
    ) -> None:
        self._files = files
        self._places = places
        self._decode = decode

        @lru_cache(maxsize=most_kept)
        def read(number: int) -> Body:
            file, row = places[number].tolist()
            return decode(next(files[file].read(row, row)))

        self._read = read

    def __len__(self) -> int:
        return len(self._places)

    @overload
    def __getitem__(self, at: int) -> Body: ...

    @overload
    def __getitem__(self, at: slice) -> Sequence[Body]: ...

    def __getitem__(self, at: int | slice) -> Body | Sequence[Body]:
        if isinstance(at, slice):
            return tuple(self[number] for number in range(*at.indices(len(self))))
        return self._read(int(at))

    def __iter__(self) -> Iterator[Body]:
        """Go through all in their order, reading many at a time and keeping none."""
        for start in range(0, len(self), CHUNK):
            held = self._places[start : start + CHUNK]
            breaks = np.flatnonzero((np.diff(held[:, 0]) != 0) | (np.diff(held[:, 1]) != 1)) + 1
            for run in np.split(held, breaks):
                (file, first), last = run[0].tolist(), int(run[-1, 1])
                yield from map(self._decode, self._files[file].read(first, last))


class Picked(Sequence[Body], Generic[Body]):
    """Some items of a sequence by their numbers, each read when it is asked for; a slice is one of these again."""

    def __init__(self, whole: Sequence[Body], numbers: NDArray[np.int64]) -> None:
        self._whole = whole
        self._numbers = numbers

    def __len__(self) -> int:
        return len(self._numbers)

    @overload
    def __getitem__(self, at: int) -> Body: ...

    @overload
    def __getitem__(self, at: slice) -> Sequence[Body]: ...

    def __getitem__(self, at: int | slice) -> Body | Sequence[Body]:
        if isinstance(at, slice):
            return Picked(self._whole, self._numbers[at])
        return self._whole[int(self._numbers[at])]


class Joined(Sequence[Body], Generic[Body]):
    """Two sequences as one, neither of them copied."""

    def __init__(self, first: Sequence[Body], then: Sequence[Body]) -> None:
        self._first = first
        self._then = then

    def __len__(self) -> int:
        return len(self._first) + len(self._then)

    @overload
    def __getitem__(self, at: int) -> Body: ...

    @overload
    def __getitem__(self, at: slice) -> Sequence[Body]: ...

    def __getitem__(self, at: int | slice) -> Body | Sequence[Body]:
        if isinstance(at, slice):
            return tuple(self[number] for number in range(*at.indices(len(self))))
        number = at + len(self) if at < 0 else at
        return self._first[number] if number < len(self._first) else self._then[number - len(self._first)]

    def __iter__(self) -> Iterator[Body]:
        yield from self._first
        yield from self._then
