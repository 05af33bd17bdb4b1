"""What code would try that took the PDF reader over, each as a function for the sandbox; it answers what it reached.

Sockets, processes and memory are asked for through the C library, so that nothing but the kernel says no.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import socket
import stat
import struct
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ingest.safe.child import Tell

Request = Mapping[str, Any]

PR_SET_PDEATHSIG, PR_SET_NAME = 1, 15
PTRACE_ATTACH = 16
DENIED_CALLS = (
    *(
        "io_uring_setup",
        "bpf",
        "keyctl",
        "add_key",
        "userfaultfd",
        "perf_event_open",
        "memfd_create",
        "unshare",
    ),
    *(
        "setns",
        "mount",
        "pivot_root",
        "ptrace",
        "process_vm_readv",
        "pidfd_open",
        "open_by_handle_at",
        "chmod",
    ),
    *("inotify_init1", "shmget", "socket", "personality", "kexec_load", "init_module", "reboot"),
)

_libc = ctypes.CDLL(None, use_errno=True)


def reached(attempts: Mapping[str, Callable[[], Any]]) -> list[str]:
    """The names of the attempts that the kernel let happen."""
    found = []
    for name, attempt in attempts.items():
        with contextlib.suppress(OSError):
            attempt()
            found.append(name)
    return found


def asked(result: int) -> int:
    """What a function of the C library returned; OSError where it failed."""
    if result < 0:
        raise OSError(ctypes.get_errno(), "refused")
    return result


def read_files(request: Request, data: bytes, tell: Tell) -> Any:
    """Open files for reading and list folders."""
    files = {
        f"read {path}": lambda path=path: os.read(os.open(path, os.O_RDONLY), 1) for path in request["files"]
    }
    folders = {f"list {path}": lambda path=path: list(Path(path).iterdir()) for path in request["folders"]}
    return [*reached(files), *reached(folders)]


def change_files(request: Request, data: bytes, tell: Tell) -> Any:
    """Write, cut, move, link, remove and relabel what lies in a folder that is not the reader's."""
    folder = Path(request["folder"])
    file = folder / request["file"]
    return reached(
        {
            "write": lambda: os.open(file, os.O_WRONLY),
            "append": lambda: os.open(file, os.O_WRONLY | os.O_APPEND),
            "cut": lambda: os.truncate(file, 0),
            "make": lambda: os.open(folder / "new", os.O_CREAT | os.O_WRONLY),
            "make a folder": (folder / "made").mkdir,
            "make a link": lambda: (folder / "link").symlink_to("/etc"),
            "take in": lambda: os.link(file, "taken"),
            "change rights": lambda: file.chmod(0o777),
            "change rights of the folder": lambda: folder.chmod(0o777),
            "change times": lambda: os.utime(file, (1, 1)),
            "change owner": lambda: os.chown(file, os.getuid(), os.getgid()),
            "label": lambda: os.setxattr(file, "user.hostile", b"1"),
            "rename": lambda: file.rename(folder / "renamed").rename(file),
            "move away": lambda: file.rename("moved").rename(file),
            "remove": file.unlink,
        }
    )


def execute_what_was_written(request: Request, data: bytes, tell: Tell) -> Any:
    """Run a program that lies in the scratch folder."""
    Path("program").write_text("#!/bin/sh\nexit 0\n", encoding="ascii")
    with contextlib.suppress(OSError):
        Path("program").chmod(0o700)
    made = os.open("other", os.O_CREAT | os.O_WRONLY, 0o700)
    os.write(made, Path("program").read_bytes())
    os.close(made)
    child = os.fork()
    if child == 0:
        with contextlib.suppress(OSError):
            os.execv("./other", ["other"])
        os._exit(9)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def reach_sockets(request: Request, data: bytes, tell: Tell) -> Any:
    """Connect to sockets by path and by abstract name, and to the loopback by TCP and UDP."""
    inet = struct.pack("=H", socket.AF_INET) + struct.pack("!H4s8x", request["port"], bytes([127, 0, 0, 1]))

    def connect(family: int, kind: int, address: bytes) -> None:
        made = asked(_libc.socket(family, kind, 0))
        asked(_libc.connect(made, address, len(address)))

    unix = struct.pack("=H", socket.AF_UNIX)
    return reached(
        {
            "path": lambda: connect(
                socket.AF_UNIX, socket.SOCK_STREAM, unix + os.fsencode(request["path"]) + b"\0"
            ),
            "abstract": lambda: connect(
                socket.AF_UNIX, socket.SOCK_STREAM, unix + b"\0" + request["abstract"].encode()
            ),
            "tcp": lambda: connect(socket.AF_INET, socket.SOCK_STREAM, inet),
            "udp": lambda: connect(socket.AF_INET, socket.SOCK_DGRAM, inet),
        }
    )


def reach_processes(request: Request, data: bytes, tell: Tell) -> Any:
    """Read another process's memory, steer it, signal it, change its limits, and enter its rooms."""
    pid = request["pid"]
    buffer = ctypes.create_string_buffer(8)
    part = (ctypes.c_void_p * 2)(ctypes.addressof(buffer), 8)
    return reached(
        {
            "see": Path(f"/proc/{pid}/exe").stat,
            "memory by file": lambda: os.open(f"/proc/{pid}/mem", os.O_RDONLY),
            "environment": lambda: os.open(f"/proc/{pid}/environ", os.O_RDONLY),
            "memory by call": lambda: asked(_libc.process_vm_readv(pid, part, 1, part, 1, 0)),
            "trace": lambda: asked(_libc.ptrace(PTRACE_ATTACH, pid, None, None)),
            "signal": lambda: os.kill(pid, 0),
            "end": lambda: os.kill(request["witness"], signal.SIGKILL),
            "limits": lambda: asked(_libc.prlimit(pid, 7, None, (ctypes.c_uint64 * 2)())),
            "network": lambda: asked(_libc.setns(os.open(f"/proc/{pid}/ns/net", os.O_RDONLY), 0)),
            "root": lambda: os.chdir(f"/proc/{pid}/root/root"),
            "new rooms": lambda: asked(_libc.unshare(0x10000000 | 0x00020000)),
            "become root": lambda: os.setresuid(0, 0, 0) if os.getuid() else asked(-1),
        }
    )


def use_denied_calls(request: Request, data: bytes, tell: Tell) -> Any:
    """Make each system call that is denied; a number that this architecture lacks counts as denied."""
    library = ctypes.CDLL("libseccomp.so.2")
    found = []
    for name in DENIED_CALLS:
        number = library.seccomp_syscall_resolve_name(name.encode())
        arguments = [ctypes.c_long(-1)] * 6
        if number >= 0 and (_libc.syscall(ctypes.c_long(number), *arguments) >= 0 or ctypes.get_errno() != 1):
            found.append(name)
    return found


def rights(request: Request, data: bytes, tell: Tell) -> Any:
    """The users of this process, and its effective capabilities."""
    header, found = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)()
    asked(_libc.capget(header, found))
    return {"users": [*os.getresuid(), *os.getresgid()], "groups": os.getgroups(), "rights": found[0]}


def outlive(request: Request, data: bytes, tell: Tell) -> Any:
    """Leave processes that belong to no group or session of the reader's and wait to be told of no death."""
    for _ in range(3):
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                _libc.prctl(PR_SET_PDEATHSIG, 0)
                _libc.prctl(PR_SET_NAME, request["mark"].encode())
                os.closerange(0, 200)
                time.sleep(120)
            os._exit(0)
    _libc.prctl(PR_SET_PDEATHSIG, 0)
    _libc.prctl(PR_SET_NAME, request["mark"].encode())
    time.sleep(0.2)
    if request["stays"]:
        time.sleep(120)
    return "answered"


def fork_on(request: Request, data: bytes, tell: Tell) -> Any:
    """Fork until the kernel refuses; the children stay. How many there were."""
    count = 0
    with contextlib.suppress(OSError):
        while count < 5000:
            if os.fork() == 0:
                time.sleep(120)
            count += 1
    return count


def fork_without_end(request: Request, data: bytes, tell: Tell) -> Any:
    """Fork in every child as well."""
    _libc.prctl(PR_SET_NAME, request["mark"].encode())
    while True:
        with contextlib.suppress(OSError):
            os.fork()


def fill_the_folder(request: Request, data: bytes, tell: Tell) -> Any:
    """Write files, half of them nameless, until the kernel refuses; the bytes that were written."""
    written, block = 0, bytes(2**16)
    with contextlib.suppress(OSError):
        for number in range(100):
            opened = os.open(f"file-{number}", os.O_CREAT | os.O_WRONLY)
            if number % 2:
                Path(f"file-{number}").unlink()
            for _ in range(64):
                written += os.write(opened, block)
    return written


def write_the_order(request: Request, data: bytes, tell: Tell) -> Any:
    """Fill what came as stdin, which is a file of the main process's."""
    return reached(
        {f"write {n}": lambda n=n: os.pwrite(n, b"x", 2**20) for n in range(3, 64)}
        | {"stdin": lambda: os.write(0, b"x")}
    )


def answer_with_lists(request: Request, data: bytes, tell: Tell) -> Any:
    """Write an answer of empty lists, some bytes each, as code would that writes to the pipe itself."""
    size = request["size"]
    frame = memoryview(b"R" + size.to_bytes(8, "big") + b"[" + b"[]," * ((size - 4) // 3) + b"[]]")
    pipes = [n for n in range(3, 64) if _is_pipe(n)]
    while frame:
        frame = frame[os.write(pipes[0], frame) :]
    time.sleep(60)


def _is_pipe(number: int) -> bool:
    with contextlib.suppress(OSError):
        return stat.S_ISFIFO(os.fstat(number).st_mode)
    return False


def take_memory(request: Request, data: bytes, tell: Tell) -> Any:
    """Take memory until there is none."""
    held = []
    while True:
        held.append(b"\1" * 2**24)


def take_memory_together(request: Request, data: bytes, tell: Tell) -> Any:
    """Take in each of many processes less than one may take."""
    for _ in range(10):
        if os.fork() == 0:
            break
    held = b"\1" * request["each"]
    time.sleep(120)
    return len(held)


if __name__ == "__main__":
    sys.exit("these functions are for ingest.safe.sandbox alone")
