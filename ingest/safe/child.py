"""The reader's process: confine it, then run one function on what came by stdin.

Nothing here is imported by the main process but the names of the frames.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import resource
import signal
import struct
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ingest.safe import calls, grants, kernel, landlock
from ingest.safe.namespaces import NOBODY, Rooms
from kb import Held, KbError

HEADER = struct.Struct(">cQ")
"""One frame: what it is, and how many bytes follow."""
PROGRESS, RESULT, RAW, REFUSED, OUT_OF_MEMORY = b"P", b"R", b"B", b"E", b"M"

OVER_MEMORY = 77
"""The exit code that says that the processes took more memory all together than one may."""
_COUNTED_APART = (5, 14)  # the Linux from which processes are counted in each namespace of users

Tell = Callable[[str, int, int], None]
"""Told (stage, done, total) by what runs in the child."""
Function = Callable[[Mapping[str, Any], bytes, Tell], Any]


def answer(order: Mapping[str, Any], out: int, rooms: Rooms) -> None:
    """Confine this process for good, run the function that is asked for, and write frames to `out`.

    An error that is not the user's ends the process with a traceback on stderr.
    """
    for package in ("corpus", order["function"].partition(".")[0]):
        importlib.import_module(package)  # later the folder that they lie in cannot be listed
    held = confine(order["limits"], bytes.fromhex(order["calls"]), rooms)
    data = sys.stdin.buffer.read()
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)  # the order's file could be written to

    def send(frame: bytes, payload: bytes) -> None:
        rest = memoryview(HEADER.pack(frame, len(payload)) + payload)
        while rest:
            rest = rest[os.write(out, rest) :]

    def tell(stage: str, done: int, total: int) -> None:
        send(PROGRESS, json.dumps([stage, done, total]).encode())

    try:
        function = _find(order["function"])
        collect_seldom()
        found = function({"held": sorted(held), **order["request"]}, data, tell)
        frame, payload = (RAW, found) if isinstance(found, bytes) else (RESULT, _encoded(found))
    except KbError as error:
        frame, payload = REFUSED, json.dumps([type(error).__name__, str(error)]).encode()
    except MemoryError:
        frame, payload = OUT_OF_MEMORY, b""
    send(frame, payload)


def collect_seldom() -> None:
    """Look for garbage in circles a hundred times less often, never among what is loaded by now.

    One document is read and the process ends: nearly all that it makes is still needed, and looking through it again
    and again takes a tenth of the time.
    """
    gc.freeze()
    gc.set_threshold(*(100 * usual if not older else usual for older, usual in enumerate(gc.get_threshold())))


def confine(limits: Mapping[str, int], denied: bytes, rooms: Rooms) -> frozenset[Held]:
    """Take every limit for this process and its children, for good; return what the kernel holds of it.

    `denied` is the filter of system calls. Where the kernel gives nothing against the network (systems other than
    Linux), Python refuses sockets; native code is then not held.
    """
    readable = grants.readable() if kernel.IS_LINUX else ()
    _limit_processes(limits["processes"], rooms)
    _limit(resource.RLIMIT_AS, limits["memory"])
    _limit(
        resource.RLIMIT_CPU, limits["seconds"], spare=1
    )  # at the soft limit SIGXCPU, which says why; then SIGKILL
    _limit(resource.RLIMIT_NOFILE, limits["open_files"])
    _limit(resource.RLIMIT_FSIZE, limits["file_size"])
    _limit(resource.RLIMIT_CORE, 0)
    held = set()
    if kernel.IS_LINUX:
        os.setsid()
        _become_nobody(rooms)
        kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
        kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
        version = landlock.restrict(readable, os.getcwd())  # noqa: PTH109 - as the rest of this module's paths
        is_filtered = calls.restrict(denied)
        held = _held(rooms, version, is_filtered)
    sys.addaudithook(_refuse_sockets)
    return frozenset(held)


def _held(rooms: Rooms, version: int, is_filtered: bool) -> set[Held]:
    """What the kernel holds, given its rooms, the version of its Landlock, and whether it filters system calls."""
    by_kernel = {
        Held.FILES: version >= landlock.FILES_WHOLE,
        Held.NETWORK: rooms.network or is_filtered,
        Held.SIGNALS: is_filtered and (rooms.processes or version >= landlock.SCOPED),
        Held.PROCESSES: rooms.processes,
        Held.COUNT: rooms.has_nobody or not rooms.is_root,  # Linux counts none of root's
        Held.SCRATCH: rooms.scratch,
        Held.CALLS: is_filtered,
    }
    return {one for one, is_held in by_kernel.items() if is_held}


def confinement(request: Mapping[str, Any], data: bytes, tell: Tell) -> list[str]:  # noqa: ARG001
    """Say what the kernel holds of this process, for `kb doctor`."""
    return list(request["held"])


def _become_nobody(rooms: Rooms) -> None:
    """Give up root's rights; where root may, its name too, keeping only to read what root may read.

    Landlock holds what that is. Without the right a Python in root's home could not be read.
    """
    if not rooms.has_nobody:
        kernel.drop_capabilities()
        return
    kernel.prctl(kernel.PR_SET_KEEPCAPS, 1)
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)
    if not kernel.drop_capabilities(frozenset({kernel.CAP_DAC_READ_SEARCH})):
        raise PermissionError("root's rights cannot be given up")


def _limit_processes(allowed: int, rooms: Rooms) -> None:
    """Bound the user's processes and threads: in a namespace of its own these only, else beside those there are."""
    numbers = os.uname().release.split(".") if kernel.IS_LINUX else ["0", "0"]
    is_counted_apart = rooms.users and tuple(int(n) for n in numbers[:2] if n.isdigit()) >= _COUNTED_APART
    _limit(resource.RLIMIT_NPROC, allowed + (0 if is_counted_apart else _running()))


def _running() -> int:
    """How many processes and threads this user has; on a system without /proc a generous guess."""
    user, found = os.getuid(), 0
    for tasks in Path("/proc").glob("[0-9]*/task"):
        try:
            found += tasks.stat().st_nlink - 2 if tasks.stat().st_uid == user else 0
        except OSError:
            continue  # ended meanwhile
    return found or 1000


def _limit(which: int, value: int, spare: int = 0) -> None:
    """Lower a limit, soft and hard, never above what this process was given."""
    given = resource.getrlimit(which)[1]
    hard = value + spare if given == resource.RLIM_INFINITY else min(value + spare, given)
    try:
        resource.setrlimit(which, (min(value, hard), hard))
    except (ValueError, OSError):
        if kernel.IS_LINUX:
            raise  # macOS knows no RLIMIT_AS; anywhere else a limit that fails must not go unsaid
        print(f"no limit {which} on {sys.platform}", file=sys.stderr)  # noqa: T201


def _refuse_sockets(event: str, _: tuple[Any, ...]) -> None:
    if event in {"socket.connect", "socket.bind", "socket.getaddrinfo", "socket.sendto"}:
        raise PermissionError(f"{event}: no network in the reader")


def _find(name: str) -> Function:
    module, _, function = name.partition(":")
    found: Callable[[Mapping[str, Any], bytes, Tell], Any] = getattr(
        importlib.import_module(module), function
    )
    return found


def _encoded(found: Any) -> bytes:
    return json.dumps(found, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode(
        "utf-8", "surrogatepass"
    )
