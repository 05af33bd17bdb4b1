"""The system calls that Python has no name for: what a process gives up, for good. Linux alone has them."""

from __future__ import annotations

import ctypes
import os
import sys

IS_LINUX = sys.platform.startswith("linux")

CLONE_NEWNS, CLONE_NEWIPC, CLONE_NEWUSER = 0x00020000, 0x08000000, 0x10000000  # linux/sched.h
CLONE_NEWPID, CLONE_NEWNET = 0x20000000, 0x40000000
PR_SET_PDEATHSIG, PR_SET_KEEPCAPS, PR_SET_SECCOMP = 1, 8, 22  # linux/prctl.h
PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS = 36, 38
MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REC, MS_PRIVATE = 2, 4, 8, 1 << 14, 1 << 18  # linux/mount.h

CAP_DAC_READ_SEARCH = 2  # linux/capability.h
_PR_CAPBSET_DROP, _PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE = 24, 47, 2
_CAPABILITY_VERSION_3 = 0x20080522
_MANY_CAPABILITIES = 64

_libc = ctypes.CDLL(None, use_errno=True) if IS_LINUX else None


def prctl(what: int, *values: int) -> bool:
    """Change this process by prctl; whether the kernel did it."""
    given = [ctypes.c_ulong(value) for value in (*values, 0, 0, 0, 0)[:4]]
    return _libc is not None and bool(_libc.prctl(what, *given) >= 0)


def unshare(flags: int) -> bool:
    """Take namespaces, of processes for the next child; whether the kernel did it."""
    return _libc is not None and bool(_libc.unshare(flags) == 0)


def mount(kind: str, place: str, flags: int, options: str = "") -> bool:
    """Mount a file system that has no source; whether the kernel did it."""
    given = kind.encode() or None
    return _libc is not None and bool(
        _libc.mount(given, place.encode(), given, ctypes.c_ulong(flags), options.encode() or None) == 0
    )


def call(number: int, *values: object) -> int:
    """Make a system call by its number.

    Raises:
        OSError: the kernel refused.
    """
    if _libc is None:
        raise OSError(0, f"no such system call on {sys.platform}")
    # a number is taken for an int, which is too short for addresses and sizes
    given = [ctypes.c_long(value) if isinstance(value, int) else value for value in values]
    found = int(_libc.syscall(ctypes.c_long(number), *given))
    if found < 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))
    return found


def drop_capabilities(kept: frozenset[int] = frozenset()) -> bool:
    """Give up every right of root but these, which what is executed keeps too; whether the kernel did it."""
    for one in range(_MANY_CAPABILITIES):
        prctl(_PR_CAPBSET_DROP, one)  # refused without rights: then there is nothing to drop
    mask = sum(1 << one for one in kept)
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    rights = (ctypes.c_uint32 * 6)(
        mask, mask, mask, 0, 0, 0
    )  # effective, permitted, inheritable: twice 32 bits
    if _libc is None or _libc.capset(header, rights) != 0:
        return False
    for one in kept:
        prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, one)  # where that is unknown, programs go without
    return True
