"""What the server's process holds of the machine's memory: by glibc's own settings, nothing elsewhere."""

from __future__ import annotations

import contextlib
import ctypes
import time

_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8  # of malloc.h
_ARENAS = 2
_LARGE = 2**20  # bytes
SECONDS_BETWEEN = 60  # to give back takes some milliseconds


def keep_together() -> None:
    """Let the threads share two pools of memory, else each grows its own, and keep what is large out of them.

    Otherwise the first large thing that is freed makes glibc take the next ones, up to 32 MB, from the pools, which
    then have holes for good.
    """
    with contextlib.suppress(OSError, AttributeError):
        libc = ctypes.CDLL(None)
        libc.mallopt(_ARENA_MAX, _ARENAS)
        libc.mallopt(_MMAP_THRESHOLD, _LARGE)
        libc.mallopt(_TRIM_THRESHOLD, _LARGE)


def give_back() -> None:
    """Give what is free in the pools back to the system."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


def give_back_now_and_then() -> None:
    """Give back what loading took, and once a minute what a large page took; never returns."""
    while True:
        give_back()
        time.sleep(SECONDS_BETWEEN)
