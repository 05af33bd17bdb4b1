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
    _end_as(_watch(reader, first))


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


def _watch(reader: int, first: int) -> int:
    """Wait until the reader ends or is to end, end what it started, and return its wait status."""
    while True:
        heard = signal.sigwait(_WATCHED)
        if heard == signal.SIGTERM:
            os.kill(reader, signal.SIGKILL)
            _, status = os.waitpid(reader, 0)
            break
        ended, status = os.waitpid(reader, os.WNOHANG)
        if ended:
            break
    if first:
        os.kill(first, signal.SIGKILL)
        os.waitpid(first, 0)  # which returns when everything in the namespace has ended
    else:
        _end_orphans()
    return status


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
