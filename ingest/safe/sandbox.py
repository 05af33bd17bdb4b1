"""Run one function on untrusted bytes in a child process that the kernel holds.

What the child may do: read programs and their data, and write into a folder of its own that is removed afterwards
(landlock.py, grants.py). It sees no network, no other process (namespaces.py) and few system calls (calls.py);
nothing that it starts outlives it (supervisor.py). What stops it: wall time, processor time, memory, open files,
the number of processes, the size of a file and of all, the size of its answer, as written and as decoded. Its
answer is JSON or plain bytes, never a pickle, so that a child that a PDF took over cannot run code here. There is
no way round the child: what it cannot read is not read. `held` says what of this the machine's kernel assures.
"""

from __future__ import annotations

import contextlib
import errno
import json
import math
import os
import resource
import select
import selectors
import signal
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from ingest.safe import answers, calls, compiled
from ingest.safe.child import HEADER, OUT_OF_MEMORY, OVER_MEMORY, PROGRESS, RAW, REFUSED, RESULT, Tell
from ingest.safe.grants import ROOT
from kb import Held, ParseError, Settings
from kb import files as scratch

__all__ = ["Limits", "held", "run"]

_START = "import sys; sys.path.append(sys.argv[1]); from ingest.safe.supervisor import main; main()"
_CHUNK = 2**20
_KEPT_STDERR = 16 * 2**10
_LOOK_SECONDS = 0.25  # between looks at what a child has written
_PATIENCE = 2.0  # seconds for ending what the reader left


@dataclass(frozen=True, slots=True)
class Limits:
    """How far one child may go: `seconds` of wall and of processor time, the rest in bytes.

    `memory` is a process's address space, which is more than what is resident (Python with pdfium takes about 250 MB),
    and what is resident of all of them together.
    `answer` bounds everything the child writes back, `decoded` what that may take here: a 500-page handbook takes
    6 MB, and 50 MB (answers.py). `scratch` bounds all of its temporary files, `processes` counts threads as well.
    """

    seconds: int = 300
    memory: int = 2 * 2**30
    answer: int = 128 * 2**20
    decoded: int = 512 * 2**20
    file_size: int = 512 * 2**20
    scratch: int = 2**30
    open_files: int = 128
    processes: int = 64

    @classmethod
    def of(cls, settings: Settings) -> Limits:
        """Take the limits that the user may set."""
        return cls(seconds=settings.max_seconds, memory=settings.max_memory)


def run(
    function: str,
    request: Mapping[str, Any],
    data: bytes = b"",
    limits: Limits | None = None,
    progress: Tell | None = None,
) -> Any:
    """Call `function` ("ingest.reader:read") in a confined child; return its answer.

    It is called there with `(request, data, tell)`. `request` is plain JSON data; its "name" is the file's
    name in messages, and the child sees "held" added to it, as `held` says it. `tell(stage, done, total)` there
    calls `progress` here. The answer is bytes where the function returns bytes, else what its JSON reads back as.

    Raises:
        InputError, NotFoundError: what the function raised of the file, by class and message.
        ParseError: the child hung, crashed, or went over a limit; the message says which and what to do.
    """
    limits = limits or Limits()
    name = str(request.get("name") or "the PDF")
    compiled.keep(_environment(tempfile.gettempdir()))
    with (
        scratch.folder("kb-reader-") as folder,
        _order(function, request, data, limits) as order,
    ):
        process = subprocess.Popen(
            [sys.executable, "-I", "-X", "utf8", "-c", _START, str(ROOT)],
            stdin=order,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=folder,
            env=_environment(str(folder)),
            start_new_session=True,
        )
        try:
            talk = _Talk(process, name, limits, progress, folder)
            answer = talk.listen()
        finally:
            peak, code = _end(process)
        if answer is None:
            raise _died(name, code, peak, limits, talk.stderr)
        return _answer(name, *answer, limits)


def held() -> frozenset[Held]:
    """What this machine's kernel assures of the reader."""
    return frozenset(Held(one) for one in run("ingest.safe.child:confinement", {"name": "the reader"}))


class _Talk:
    """The frames and the complaints that come from one child, read as they come and never past a limit."""

    def __init__(
        self,
        process: subprocess.Popen[bytes],
        name: str,
        limits: Limits,
        progress: Tell | None,
        folder: Path,
    ) -> None:
        self._process = process
        self._name = name
        self._folder = folder
        self._limits = limits
        self._progress = progress
        self._deadline = time.monotonic() + limits.seconds
        self._looked = time.monotonic()
        self._read = self._told = 0
        self._buffer = bytearray()
        self._is_ended = False
        self.stderr = b""

    def listen(self) -> tuple[bytes, bytes] | None:
        """Read frames until the last one; None where the child ended without it."""
        out, err = self._process.stdout, self._process.stderr
        assert out is not None
        assert err is not None
        with selectors.DefaultSelector() as selector:
            selector.register(out, selectors.EVENT_READ)
            selector.register(err, selectors.EVENT_READ)
            while not self._is_ended:
                ready = selector.select(min(_LOOK_SECONDS, max(0.0, self._deadline - time.monotonic())))
                self._look_at_folder()
                if time.monotonic() >= self._deadline:
                    raise ParseError(
                        f"{self._name}: reading it took longer than {self._limits.seconds} s "
                        "and was stopped; if the file is to be trusted, set KB_MAX_SECONDS higher"
                    )
                for key, _ in ready:
                    if key.fileobj is err:
                        if not self._hear(err):
                            selector.unregister(err)
                    elif last := self._take(out):
                        self._hear(err)
                        return last
            while any(key.fileobj is err for key, _ in selector.select(0.2)) and self._hear(err):
                pass
        return None

    def _look_at_folder(self) -> None:
        """Stop what fills the disk; where the folder is a bounded file system of the child's, it is empty here."""
        now = time.monotonic()
        if now - self._looked < _LOOK_SECONDS:
            return
        self._looked = now
        if _written(self._folder) > self._limits.scratch:
            raise _over_scratch(self._name, self._limits)

    def _hear(self, err: IO[bytes]) -> bool:
        """Keep the end of what the child complains of; False at the end of it."""
        os.set_blocking(err.fileno(), False)
        with contextlib.suppress(BlockingIOError):
            heard = os.read(err.fileno(), _CHUNK)
            self.stderr = (self.stderr + heard)[-_KEPT_STDERR:]
            return bool(heard)
        return True

    def _take(self, out: IO[bytes]) -> tuple[bytes, bytes] | None:
        """Read what is there; pass progress on; return the last frame once it is whole."""
        got = os.read(out.fileno(), _CHUNK)
        if not got:
            self._is_ended = True
        self._read += len(got)
        self._buffer += got
        while len(self._buffer) >= HEADER.size:
            frame, size = HEADER.unpack_from(self._buffer)
            if max(size, self._read) > self._limits.answer:
                raise ParseError(
                    f"{self._name}: reading it gave more than {_size(self._limits.answer)} and was stopped; "
                    "split the file and ingest its parts"
                )
            if len(self._buffer) < HEADER.size + size:
                return None
            payload = bytes(self._buffer[HEADER.size : HEADER.size + size])
            del self._buffer[: HEADER.size + size]
            if frame != PROGRESS:
                return frame, payload
            self._told += size
            if self._told > answers.MOST_TOLD:
                raise answers.nonsense(self._name)
            progress = answers.told(self._name, payload)
            if self._progress is not None:
                self._progress(*progress)
        return None


@contextlib.contextmanager
def _order(function: str, request: Mapping[str, Any], data: bytes, limits: Limits) -> Iterator[IO[bytes]]:
    """Lay the whole order into a nameless file that becomes the child's stdin."""
    head = json.dumps(
        {
            "function": function,
            "request": dict(request),
            "limits": {
                "seconds": math.ceil(limits.seconds),
                "memory": limits.memory,
                "open_files": limits.open_files,
                "file_size": limits.file_size,
                "scratch": limits.scratch,
                "processes": limits.processes,
            },
            "calls": calls.program().hex(),
        }
    ).encode()
    with tempfile.TemporaryFile() as order:
        order.write(struct.pack(">Q", len(head)))
        order.write(head)
        order.write(data)
        order.flush()
        order.seek(0)
        yield order


def _environment(folder: str) -> dict[str, str]:
    """Nothing of the user's environment but where programs lie: no keys, no proxies, one thread each."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "LC_ALL": "C.UTF-8",
        "HOME": folder,
        "TMPDIR": folder,
        "MALLOC_ARENA_MAX": "2",
        "OMP_NUM_THREADS": "1",
        "OMP_THREAD_LIMIT": "1",
        "OPENBLAS_NUM_THREADS": "1",
    } | {k: v for k, v in os.environ.items() if k == "TESSDATA_PREFIX"}


def _end(process: subprocess.Popen[bytes]) -> tuple[int, int]:
    """End the child and what it started; return its peak resident bytes and its exit code.

    It is asked to, for only it sees what its reader left where the kernel gives no namespace; then killed. Killing
    goes before waiting, while the group's number is still the child's. A child that was already ending keeps the
    exit code that it had.
    """
    if hasattr(os, "pidfd_open"):
        with contextlib.suppress(OSError):  # an older kernel has none
            ended = os.pidfd_open(process.pid)
            try:
                os.kill(process.pid, signal.SIGTERM)
                poll = select.poll()
                poll.register(ended, select.POLLIN)
                poll.poll(_PATIENCE * 1000)
            finally:
                os.close(ended)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    for pipe in (process.stdout, process.stderr):
        if pipe is not None:
            pipe.close()
    unit = 1 if sys.platform == "darwin" else 1024  # getrusage(2): ru_maxrss is in KiB, on macOS in bytes
    return usage.ru_maxrss * unit, process.returncode


def _answer(name: str, frame: bytes, payload: bytes, limits: Limits) -> Any:
    if frame == RAW:
        return payload
    if frame == RESULT:
        return answers.plain(name, payload, limits.decoded)
    if frame == OUT_OF_MEMORY:
        raise _over_memory(name, limits)
    if frame == REFUSED:
        raise answers.refusal(name, payload)
    raise answers.nonsense(name)


def _died(name: str, code: int, peak: int, limits: Limits, stderr: bytes) -> ParseError:
    """Say why a child that gave no answer ended, as far as its end shows it."""
    said = stderr.decode("utf-8", "replace").strip().splitlines()
    last = f" ({said[-1].strip()[:200]})" if said else ""
    if code == OVER_MEMORY:
        return _over_memory(name, limits)
    if code == -signal.SIGXCPU:
        return ParseError(
            f"{name}: reading it took more than {limits.seconds} s of processor time and was stopped; "
            "if the file is to be trusted, set KB_MAX_SECONDS higher"
        )
    if os.strerror(errno.ENOSPC) in last:
        return _over_scratch(name, limits)
    is_large = code < 0 and peak > 0.7 * limits.memory
    if "MemoryError" in last or "bad_alloc" in last or (is_large and peak > _own_peak()):
        return _over_memory(name, limits)
    if code < 0:
        perhaps = f", perhaps because it needs more than {_size(limits.memory)} of memory" if is_large else ""
        higher = "; if the file is to be trusted, try KB_MAX_MEMORY higher" if is_large else ""
        return ParseError(
            f"{name}: the PDF library crashed on it ({signal.Signals(-code).name}){perhaps}, so nothing was "
            f"read; print the file to a new PDF from a viewer and ingest that{higher}"
        )
    return ParseError(
        f"{name}: the reader failed on it{last or f' (exit code {code})'}, so nothing was read; "
        "print the file to a new PDF from a viewer and ingest that, and report the file as a bug"
    )


def _written(folder: Path) -> int:
    """Bytes on disk of all files below a folder that a child may be changing."""
    found = 0
    for place, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(OSError):  # gone meanwhile
                found += os.lstat(os.path.join(place, name)).st_blocks * 512  # noqa: PTH118 - of many files
    return found


def _own_peak() -> int:
    """This process's own peak in bytes: a child's count starts there, for Linux keeps it over an exec."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def _over_scratch(name: str, limits: Limits) -> ParseError:
    return ParseError(
        f"{name}: reading it wrote more than {_size(limits.scratch)} of temporary files and was stopped; "
        "split the file and ingest its parts"
    )


def _over_memory(name: str, limits: Limits) -> ParseError:
    return ParseError(
        f"{name}: reading it needs more than {_size(limits.memory)} of memory and was stopped; "
        "if the file is to be trusted, set KB_MAX_MEMORY higher (in bytes)"
    )


def _size(count: int) -> str:
    return f"{count / 2**30:.1f} GiB" if count >= 2**30 else f"{count / 2**20:.0f} MiB"
