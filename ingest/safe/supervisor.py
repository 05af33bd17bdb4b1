"""Between the main process and the reader: takes the rooms, starts the reader in them, and ends all that is in them.

It never sees a byte of the file. Where the kernel gives a namespace of processes, its first process only sleeps:
when that ends, the kernel ends every other one in it. Elsewhere orphans of the reader become this process's
children, which it ends.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import struct
from pathlib import Path
from typing import Any, NoReturn

from ingest.safe import child, kernel, namespaces

_WATCHED = {signal.SIGTERM, signal.SIGCHLD}
_NICENESS = 10  # a server that answers goes before a reader; one that is alone has the machine all the same
_LOOK_SECONDS = 0.25  # between looks at what all processes take of memory


def main() -> None:
    """Read the order's head from stdin; in a process of its own answer it; end as that one ended.

    SIGTERM ends all. Frames go to what was stdout; stdout itself becomes stderr, so that a library's prints
    cannot be taken for a result.
    """
    out = os.dup(
        1
    )  # a number, not a file: it closes when the process has ended, which the main one waits for
    os.dup2(2, 1)
    if not kernel.IS_LINUX:
        child.answer(_order(), out, namespaces.Rooms())
        return
    os.nice(_NICENESS)
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _WATCHED)
    kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGTERM)
    order = _order()
    rooms = namespaces.enter(order["limits"]["scratch"])
    first = _first_process() if rooms.processes else 0
    if not first:
        kernel.prctl(kernel.PR_SET_CHILD_SUBREAPER, 1)
    reader = os.fork()
    if reader == 0:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        child.answer(order, out, rooms)
        return
    _hold_nothing()
    status, is_over = _watch(reader, order["limits"]["memory"])
    _end_rest(first)
    if is_over:
        os._exit(child.OVER_MEMORY)
    _end_as(status)


def _order() -> Any:
    """What is asked; the file's bytes stay where they are for the reader."""
    size = struct.unpack(">Q", os.read(0, 8))[0]
    head = b""
    while len(head) < size:
        head += os.read(0, size - len(head))
    return json.loads(head)


def _first_process() -> int:
    """Start the process that holds the namespace: it sleeps, and its children are forgotten as they end."""
    first = os.fork()
    if first:
        return first
    try:
        kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        kernel.drop_capabilities()
        _hold_nothing()
        os.closerange(0, 3)
        while True:
            signal.pause()
    finally:
        os._exit(1)


def _hold_nothing() -> None:
    """Let go of the pipes, whose end tells the main process that the reader ended."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nothing, standard)
    os.closerange(3, os.sysconf("SC_OPEN_MAX"))


def _watch(reader: int, memory: int) -> tuple[int, bool]:
    """Wait until the reader ends, or is to end, or all take too many bytes; its wait status, and whether they did."""
    while True:
        heard = signal.sigtimedwait(_WATCHED, _LOOK_SECONDS)
        is_over = heard is None and _resident() > memory
        if is_over or (heard is not None and heard.si_signo == signal.SIGTERM):
            os.kill(reader, signal.SIGKILL)
            return os.waitpid(reader, 0)[1], is_over
        ended, status = os.waitpid(reader, os.WNOHANG)
        if ended:
            return status, False


def _resident() -> int:
    """Bytes in memory, but for files', of all processes below this one; a kernel's limit is for one process alone."""
    found, below = 0, _listed(os.getpid())
    while below:
        process = below.pop()
        below += _listed(process)
        with contextlib.suppress(OSError, IndexError):  # ended meanwhile
            _, resident, shared, *_ = Path(f"/proc/{process}/statm").read_text("ascii").split()
            found += (int(resident) - int(shared)) * os.sysconf("SC_PAGE_SIZE")
    return found


def _listed(process: int) -> list[int]:
    """The children of a process, as the kernel lists them by thread; none where it has no such list."""
    found: list[int] = []
    for thread in Path(f"/proc/{process}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            found += map(int, thread.read_text("ascii").split())
    return found


def _end_rest(first: int) -> None:
    """End what the reader started; with the namespace's first process everything in it ends."""
    if first:
        os.kill(first, signal.SIGKILL)
        os.waitpid(first, 0)
    else:
        _end_orphans()


def _end_orphans() -> None:
    """End what the reader left, and what that leaves, until nothing is left."""
    with contextlib.suppress(ChildProcessError):
        while True:
            for orphan in _children():
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(orphan, signal.SIGKILL)
            os.wait()


def _children() -> list[int]:
    here, found = os.getpid(), []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            after_name = (process / "stat").read_text("utf-8", "replace").rpartition(")")[2]
            if int(after_name.split()[1]) == here:  # proc_pid_stat(5): state, then the parent
                found.append(int(process.name))
    return found


def _end_as(status: int) -> NoReturn:
    """End with the reader's exit code or by its signal, so that the main process sees one process."""
    code = os.waitstatus_to_exitcode(status)
    if code < 0:
        if code != -signal.SIGTERM:
            signal.signal(
                signal.SIGTERM, signal.SIG_IGN
            )  # one that came as the reader ended would be told instead
        with contextlib.suppress(OSError, ValueError):  # SIGKILL has no handler
            signal.signal(-code, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {-code})
        os.kill(os.getpid(), -code)
    os._exit(code if code >= 0 else 1)
