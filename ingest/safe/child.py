"""The other side of ingest/safe/sandbox.py: confine this process, then run one function on what came by stdin.

Nothing here is imported by the main process but the names of the frames.
"""

from __future__ import annotations

import ctypes
import gc
import importlib
import json
import os
import resource
import signal
import struct
import sys
from collections.abc import Callable, Mapping
from typing import Any

from kb import KbError

HEADER = struct.Struct(">cQ")
"""One frame: what it is, and how many bytes follow."""
PROGRESS, RESULT, RAW, REFUSED, OUT_OF_MEMORY = b"P", b"R", b"B", b"E", b"M"

NO_NETWORK = "namespace"
"""How `confine` says that the kernel itself denies the network."""

_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000  # linux/sched.h
_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS = 1, 38  # linux/prctl.h

_IS_LINUX = sys.platform.startswith("linux")

Tell = Callable[[str, int, int], None]
"""Told (stage, done, total) by what runs in the child."""
Function = Callable[[Mapping[str, Any], bytes, Tell], Any]


def main() -> None:
    """Read `{function, limits, request}` and the data from stdin, confine, run, and write frames.

    Frames go to what was stdout; stdout itself becomes stderr, so that a library's prints cannot be taken
    for a result. An error that is not the user's ends the process with a traceback on stderr.
    """
    out = os.dup(1)  # a number, not a file: it closes when the process has ended, which the parent waits for
    os.dup2(2, 1)
    size = struct.unpack(">Q", sys.stdin.buffer.read(8))[0]
    order = json.loads(sys.stdin.buffer.read(size))
    data = sys.stdin.buffer.read()
    network = confine(**order["limits"])

    def send(frame: bytes, payload: bytes) -> None:
        rest = memoryview(HEADER.pack(frame, len(payload)) + payload)
        while rest:
            rest = rest[os.write(out, rest) :]

    def tell(stage: str, done: int, total: int) -> None:
        send(PROGRESS, json.dumps([stage, done, total]).encode())

    try:
        function = _find(order["function"])
        collect_seldom()
        found = function({"network": network, **order["request"]}, data, tell)
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


def confine(*, seconds: int, memory: int, open_files: int, file_size: int) -> str:
    """Take every limit for this process and its children, for good; return how the network is denied.

    "namespace" is the kernel's: an empty network of its own. Where the kernel forbids that (some
    containers, systems other than Linux) it is "audit": Python refuses sockets, native code is not held.
    """
    _limit(resource.RLIMIT_AS, memory)
    _limit(resource.RLIMIT_CPU, seconds, spare=1)  # at the soft limit SIGXCPU, which says why; then SIGKILL
    _limit(resource.RLIMIT_NOFILE, open_files)
    _limit(resource.RLIMIT_FSIZE, file_size)
    _limit(resource.RLIMIT_CORE, 0)
    network = "audit"
    if _IS_LINUX:
        libc = ctypes.CDLL(None, use_errno=True)
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        if libc.unshare(_CLONE_NEWNET) == 0 or libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET) == 0:
            network = NO_NETWORK
    sys.addaudithook(_refuse_sockets)
    return network


def confinement(request: Mapping[str, Any], data: bytes, tell: Tell) -> dict[str, str]:  # noqa: ARG001
    """Say how this process is confined, for `kb doctor`."""
    return {"network": request["network"]}


def _limit(which: int, value: int, spare: int = 0) -> None:
    """Lower a limit, soft and hard, never above what this process was given."""
    given = resource.getrlimit(which)[1]
    hard = value + spare if given == resource.RLIM_INFINITY else min(value + spare, given)
    try:
        resource.setrlimit(which, (min(value, hard), hard))
    except (ValueError, OSError):
        if _IS_LINUX:
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
