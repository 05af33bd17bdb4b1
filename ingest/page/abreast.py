"""The pages of one document read by several processes at once, forked from the one that opened it.

For the reader's confined child: what it forks is confined as it is, so they may trust each other's pickles. A process
that ends early takes nothing with it: the pages that it did not give are told to be missing, and are read once more
by the one that asked, which then says, or dies of, what it would have without the others.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import selectors
import signal
import struct
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple, NoReturn, TypeVar

_Found = TypeVar("_Found")
_HEADER = struct.Struct(">IQ")
"""Before what is found on a page: its number, and how many bytes follow."""
_NUMBER = struct.Struct(">I")
_CHUNK = 2**20
MOST_PAGES = 10_000
"""Of a document read like this: a pipe holds the numbers of so many, and hands them out one by one."""


class _Reader(NamedTuple):
    """A forked process, and where what it finds is read from."""

    process: int
    pipe: int


def read_abreast(
    pages: Sequence[int], look: Callable[[int], _Found | None], readers: int
) -> Iterator[_Found | None]:
    """What `look` finds on each of at most `MOST_PAGES` pages, in order; None where none of the readers told it.

    A process with threads must not ask for it: what they hold is held for good in a fork.
    """
    numbers = _numbers(pages)
    forked: list[_Reader] = []
    try:
        with contextlib.suppress(OSError):  # no more processes, or pipes: then fewer read
            forked.extend(_fork(numbers, look) for _ in range(readers))
        yield from _in_order(pages, [reader.pipe for reader in forked])
    finally:
        os.close(numbers)
        for reader in forked:
            os.kill(reader.process, signal.SIGKILL)
        for reader in forked:
            os.waitpid(reader.process, 0)
            os.close(reader.pipe)


def _numbers(pages: Sequence[int]) -> int:
    """A pipe that gives each page's number once, to whoever reads it."""
    numbers, ours = os.pipe()
    try:
        os.set_blocking(ours, False)  # a pipe that is smaller than usual gives what it holds
        os.write(ours, b"".join(_NUMBER.pack(number) for number in pages))
    finally:
        os.close(ours)
    return numbers


def _fork(numbers: int, look: Callable[[int], Any]) -> _Reader:
    ours, theirs = os.pipe()
    try:
        process = os.fork()
    except OSError:
        os.close(ours)
        os.close(theirs)
        raise
    if process == 0:
        _work(numbers, theirs, look)
    os.close(theirs)
    return _Reader(process, ours)


def _work(numbers: int, out: int, look: Callable[[int], Any]) -> NoReturn:
    """Read pages until there are no more, or one fails: that one is not told, and nothing said of it."""
    try:
        while given := os.read(numbers, _NUMBER.size):
            (number,) = _NUMBER.unpack(given)
            found = pickle.dumps(look(number), pickle.HIGHEST_PROTOCOL)
            rest = memoryview(_HEADER.pack(number, len(found)) + found)
            while rest:
                rest = rest[os.write(out, rest) :]
    finally:
        os._exit(0)


def _in_order(pages: Sequence[int], pipes: Sequence[int]) -> Iterator[Any]:
    ahead: dict[int, Any] = {}
    with selectors.DefaultSelector() as selector:
        for pipe in pipes:
            selector.register(pipe, selectors.EVENT_READ, bytearray())
        for number in pages:
            while number not in ahead and selector.get_map():
                for key, _ in selector.select():
                    if not (got := os.read(key.fd, _CHUNK)):
                        selector.unregister(key.fd)
                    key.data.extend(got)
                    ahead |= _whole(key.data)
            yield ahead.pop(number, None)


def _whole(held: bytearray) -> Iterator[tuple[int, Any]]:
    """Take out what is there as a whole, by page."""
    while len(held) >= _HEADER.size:
        number, size = _HEADER.unpack_from(held)
        end = _HEADER.size + size
        if len(held) < end:
            return
        yield number, pickle.loads(held[_HEADER.size : end])
        del held[:end]
