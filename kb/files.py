"""Files that are there whole or not at all, and those that live as long as this process.

What a killed process left behind, the next one takes away.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import shutil
import socket
import stat
import tempfile
import threading
from collections.abc import Collection, Container, Iterator
from contextlib import contextmanager
from fnmatch import fnmatch
from pathlib import Path

PARTIAL = ".partial"
"""The ending of a file or folder that is still being written."""


def replace_file(path: Path, content: bytes | str, mode: int = 0o666) -> None:
    """Write a file beside and rename it in: whoever reads sees the old one or this one, whole, power cut or not.

    `mode` is what is permitted, less the process's mask. Raises OSError as any other write; nothing is left then.
    """
    data = content.encode() if isinstance(content, str) else content
    beside = path.with_name(f"{path.name}.{os.getpid()}-{threading.get_ident()}{PARTIAL}")
    try:
        with open(beside, "wb", opener=lambda name, flags: os.open(name, flags, mode)) as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def keep_private() -> None:
    """Let what this process and those that it starts write be read by their account alone: 0600 and 0700."""
    os.umask(0o077)


def make_private(folder: Path, own: Collection[str]) -> None:
    """Take from others what they may do to a folder's entries of these names (as of a shell, `admin.*`).

    So it is with the folder itself, unless it holds anything else. Another account's stay as they are.
    """
    known = [path for path in folder.iterdir() if any(fnmatch(path.name, name) for name in own)]
    below = [found for path in known if path.is_dir() and not path.is_symlink() for found in path.rglob("*")]
    is_alone = len(known) == len(list(folder.iterdir()))
    for path in (*known, *below, *((folder,) if is_alone else ())):
        with contextlib.suppress(FileNotFoundError):  # another process took it away
            found = path.lstat()
            is_loose = found.st_mode & 0o077 and not stat.S_ISLNK(found.st_mode)
            if is_loose and found.st_uid == os.geteuid():
                path.chmod(stat.S_IMODE(found.st_mode) & 0o700)


def file_sha256(path: Path) -> str:
    """A file's checksum in hexadecimal digits, read piece by piece; raises OSError as any other reading."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def link_file(source: Path, target: Path) -> None:
    """Give a file that never changes another name; where the file system knows no links, a copy has it."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def make_last(folder: Path, known: Container[str] = ()) -> None:
    """Write a folder and all in it through to the disk, but for those files, by path in it, that are there already."""
    for path in folder.rglob("*"):
        if path.is_dir():
            sync_folder(path)
        elif path.relative_to(folder).as_posix() not in known:
            with path.open("rb") as file:
                os.fsync(file.fileno())
    sync_folder(folder)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder outlast a power cut; a platform that cannot open folders goes without."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def folder(prefix: str, place: Path | None = None) -> Iterator[Path]:
    """A new folder for the block, in `place` or among temporary ones; those whose process has ended go first."""
    sweep(place or Path(tempfile.gettempdir()), prefix)
    with tempfile.TemporaryDirectory(prefix=own(prefix), dir=place) as made:
        yield Path(made)


def own(prefix: str) -> str:
    """How names of this process begin: the machine is among them, as containers may share a disk."""
    return f"{prefix}{_host()}-{os.getpid()}-"


def sweep(place: Path, prefix: str) -> None:
    """Remove what processes of this machine and user that have ended left in a folder."""
    pattern = re.compile(rf"{re.escape(prefix + _host())}-(\d+)-")
    for path in place.iterdir():
        found = pattern.match(path.name)
        if found is None or _is_running(int(found[1])):
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)  # another user's stays
        else:
            _unlink(path)


def _unlink(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except PermissionError:
        return  # another user's


def _host() -> str:
    return re.sub(r"\W+", "_", socket.gethostname())


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
