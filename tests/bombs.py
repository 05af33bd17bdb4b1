"""What a parser does at its worst, each as a function for the sandbox to stop."""

from __future__ import annotations

import contextlib
import ctypes
import os
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ingest.safe.child import Tell
from kb.errors import KbError, NotFoundError, ParseError


def echo(request: Mapping[str, Any], data: bytes, tell: Tell) -> Any:
    tell("read", 1, 2)
    print("a library that prints")
    tell("read", 2, 2)
    return {"given": request["name"], "size": len(data), "text": "Ελληνικά \u200b\ud800", "pid": os.getpid()}


def raw(request: Mapping[str, Any], data: bytes, tell: Tell) -> bytes:
    return data[::-1]


def refuse(request: Mapping[str, Any], data: bytes, tell: Tell) -> Any:
    raise ParseError("h.pdf: page 3: damaged")


def refuse_otherwise(request: Mapping[str, Any], data: bytes, tell: Tell) -> Any:
    raise NotFoundError("h.pdf: page 99: there is none")


class _OwnError(KbError):
    pass


def refuse_with_own_class(request: Mapping[str, Any], data: bytes, tell: Tell) -> Any:
    raise _OwnError("h.pdf: own")


def fail(request: Mapping[str, Any], data: bytes, tell: Tell) -> Any:
    raise RuntimeError("a bug in the reader")


def hang(request: Mapping[str, Any], data: bytes, tell: Tell) -> Any:
    time.sleep(60)


def hang_in_a_grandchild(request: Mapping[str, Any], data: bytes, tell: Tell) -> Any:
    subprocess.Popen(["sleep", request["long"]]).wait()


def leave_a_grandchild(request: Mapping[str, Any], data: bytes, tell: Tell) -> Any:
    subprocess.Popen(["sleep", request["long"]], stdout=subprocess.DEVNULL)
    return "left"


def spin(request: Mapping[str, Any], data: bytes, tell: Tell) -> Any:
    os.nice(0)
    while True:
        pass


def crash(request: Mapping[str, Any], data: bytes, tell: Tell) -> Any:
    return ctypes.string_at(0)


def exhaust_memory(request: Mapping[str, Any], data: bytes, tell: Tell) -> Any:
    held = [bytearray(2**24)]
    while True:
        held.append(bytearray(2**24))


def exhaust_memory_natively(request: Mapping[str, Any], data: bytes, tell: Tell) -> Any:
    libc = ctypes.CDLL(None)
    libc.malloc.restype = ctypes.c_void_p
    while place := libc.malloc(ctypes.c_size_t(2**24)):
        ctypes.memset(place, 1, 2**24)
    os.abort()


def flood(request: Mapping[str, Any], data: bytes, tell: Tell) -> Any:
    return "x" * 2**24


def flood_progress(request: Mapping[str, Any], data: bytes, tell: Tell) -> Any:
    while True:
        tell("read", 1, 2)


def flood_stderr(request: Mapping[str, Any], data: bytes, tell: Tell) -> Any:
    for _ in range(200):
        sys.stderr.write("x" * 2**20)
    return "done"


def lie_about_size(request: Mapping[str, Any], data: bytes, tell: Tell) -> Any:
    _write_as_the_child(b"R" + b"\xff" * 8)
    time.sleep(60)


def answer_nonsense(request: Mapping[str, Any], data: bytes, tell: Tell) -> Any:
    _write_as_the_child(b"R" + (5).to_bytes(8, "big") + b"\x80\x04nop")
    time.sleep(60)


def answer_deeply(request: Mapping[str, Any], data: bytes, tell: Tell) -> Any:
    _write_as_the_child(b"R" + (200_000).to_bytes(8, "big") + b"[" * 200_000)
    time.sleep(60)


def _write_as_the_child(frame: bytes) -> None:
    """Write to the answer's pipe as code that took the child over would."""
    for descriptor in range(3, 128):
        with contextlib.suppress(OSError):
            if stat.S_ISFIFO(os.fstat(descriptor).st_mode):
                os.write(descriptor, frame)


def connect(request: Mapping[str, Any], data: bytes, tell: Tell) -> Any:
    try:
        with socket.create_connection(("127.0.0.1", request["port"]), timeout=5):
            return "connected"
    except OSError as error:
        return f"refused: {error}"


def connect_natively(request: Mapping[str, Any], data: bytes, tell: Tell) -> Any:
    """Connect without Python's socket module, as code in a PDF library would."""
    libc = ctypes.CDLL(None, use_errno=True)
    made = libc.socket(socket.AF_INET, socket.SOCK_STREAM, 0)
    address = (
        socket.AF_INET.to_bytes(2, sys.byteorder) + request["port"].to_bytes(2, "big") + bytes([127, 0, 0, 1])
    )
    return "connected" if libc.connect(made, address + bytes(8), 16) == 0 else "refused"


def open_many(request: Mapping[str, Any], data: bytes, tell: Tell) -> Any:
    return [os.open(os.devnull, os.O_RDONLY) for _ in range(10_000)]


def write_a_lot(request: Mapping[str, Any], data: bytes, tell: Tell) -> Any:
    with Path("big").open("wb") as big:
        big.writelines(bytes(2**20) for _ in range(100))


def surroundings(request: Mapping[str, Any], data: bytes, tell: Tell) -> Any:
    return {"environment": dict(os.environ), "folder": str(Path.cwd()), "held": request["held"]}


def use_pdfium(request: Mapping[str, Any], data: bytes, tell: Tell) -> Any:
    import pypdfium2  # noqa: PLC0415 - only in the child

    with pypdfium2.PdfDocument(data) as document:
        return len(document)
