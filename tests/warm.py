"""`kb` loaded once and forked for each command: what takes most of a short command's time is then paid once.

Run as a script by the environment that `kb` is installed in, with a folder. It writes the port that it listens on into
`port` there. Who connects sends, each ended by a NUL: the folder to work in, how many words follow, the words, then
NAME=VALUE for the environment, and an empty one. The command's output goes to `out` and `err` in the folder, and its
exit code comes back. `tests/documented.py` has the other end.
"""

from __future__ import annotations

import io
import os
import socket
import sys
from importlib import import_module
from pathlib import Path
from typing import TextIO


def main(folder: Path) -> None:
    """Answer until it is killed."""
    door = import_module("cli.main")
    for file, _ in door.COMMANDS.values():
        import_module(f"cli.{file}_commands")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        (folder / "port").write_text(str(listener.getsockname()[1]))
        while True:
            connection, _ = listener.accept()
            with connection:
                asked = _asked(connection)
                if not (child := os.fork()):
                    _become(asked, folder)
                    os._exit(_code(door))
                code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
                connection.sendall(f"{code}\n".encode())


def _asked(connection: socket.socket) -> list[str]:
    held = b""
    while not held.endswith(b"\0\0"):
        if not (more := connection.recv(65536)):
            break
        held += more
    return held.decode().split("\0")[:-2]


def _become(asked: list[str], folder: Path) -> None:
    """Take folder, words, environment and streams for this process."""
    where, count, *rest = asked
    os.chdir(where)
    sys.argv = ["kb", *rest[: int(count)]]
    os.environ.clear()
    for one in rest[int(count) :]:
        name, _, value = one.partition("=")
        os.environ[name] = value
    streams: list[TextIO] = []
    for number, path in enumerate((Path(os.devnull), folder / "out", folder / "err")):
        with path.open("w" if number else "r", encoding="utf-8") as stream:
            os.dup2(stream.fileno(), number)
        streams.append(io.TextIOWrapper(os.fdopen(number, "wb" if number else "rb"), encoding="utf-8"))
    sys.stdin, sys.stdout, sys.stderr = streams


def _code(door: object) -> int:
    """Run the command; its exit code."""
    try:
        door.main()  # type: ignore[attr-defined]
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:  # noqa: BLE001  said, as a process of its own would
        sys.excepthook(*sys.exc_info())
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    return code


if __name__ == "__main__":
    main(Path(sys.argv[1]))
