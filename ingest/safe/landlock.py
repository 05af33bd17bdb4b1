"""Landlock: of all files, this process reads those that it is granted, and writes into one folder."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterable

from ingest.safe import kernel

FILES_WHOLE, SCOPED = 3, 6
"""The versions from which a file cannot be cut short either, and from which signals and abstract sockets are held."""

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # asm-generic/unistd.h, on every architecture
_VERSION = 1
_PATH_BENEATH = 1
# linux/landlock.h
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_MAKE_CHAR, _MAKE_SOCK, _MAKE_BLOCK = 1 << 6, 1 << 9, 1 << 11
_FIRST, _REFER, _TRUNCATE, _IOCTL_DEV = (1 << 13) - 1, 1 << 13, 1 << 14, 1 << 15
_BIND_TCP, _CONNECT_TCP = 1 << 0, 1 << 1
_SCOPE_ABSTRACT_SOCKETS, _SCOPE_SIGNALS = 1 << 0, 1 << 1
_OF_A_FILE = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _IOCTL_DEV

_READ = _EXECUTE | _READ_FILE | _READ_DIR
_SCRATCH = ~(_EXECUTE | _MAKE_CHAR | _MAKE_BLOCK | _MAKE_SOCK | _IOCTL_DEV)


class _Ruleset(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("network", ctypes.c_uint64), ("scoped", ctypes.c_uint64))


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed", ctypes.c_uint64), ("folder", ctypes.c_int32))


def version() -> int:
    """What this kernel's Landlock is capable of (its ABI); 0 where it has none."""
    try:
        return kernel.call(_CREATE_RULESET, None, 0, _VERSION)
    except OSError:
        return 0


def restrict(readable: Iterable[str], writable: str) -> int:
    """Hold this process, of one thread, and its children to these files; return Landlock's version, 0 for none.

    A path that is not there is passed over. Files are executed where they are read, never where they are written.

    Raises:
        OSError: the kernel has Landlock and refused.
    """
    known = version()
    if known == 0:
        return 0
    files = _FIRST | sum(
        right for right, since in ((_REFER, 2), (_TRUNCATE, 3), (_IOCTL_DEV, 5)) if known >= since
    )
    ruleset = _Ruleset(
        files,
        _BIND_TCP | _CONNECT_TCP if known >= 4 else 0,  # noqa: PLR2004 - linux/landlock.h
        _SCOPE_ABSTRACT_SOCKETS | _SCOPE_SIGNALS if known >= SCOPED else 0,
    )
    size = 8 * (1 + (known >= 4) + (known >= SCOPED))  # noqa: PLR2004 - an older kernel knows no later fields
    rules = kernel.call(_CREATE_RULESET, ctypes.byref(ruleset), size, 0)
    try:
        for path in readable:
            _allow(rules, path, _READ & files)
        _allow(rules, os.devnull, (_READ_FILE | _WRITE_FILE | _TRUNCATE) & files)
        _allow(rules, writable, _SCRATCH & files)
        kernel.call(_RESTRICT_SELF, rules, 0)
    finally:
        os.close(rules)
    return known


def _allow(rules: int, path: str, rights: int) -> None:
    try:
        opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return  # what cannot be named cannot be granted; whoever needs it says so
    try:
        allowed = rights if os.path.isdir(path) else rights & _OF_A_FILE  # noqa: PTH112 - imports are time
        kernel.call(_ADD_RULE, rules, _PATH_BENEATH, ctypes.byref(_Beneath(allowed, opened)), 0)
    finally:
        os.close(opened)
