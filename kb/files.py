"""Folders and files that live as long as this process: what a killed one left behind, the next one takes away."""

from __future__ import annotations

import os
import re
import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def folder(prefix: str) -> Iterator[Path]:
    """A new temporary folder for the block; those of this prefix whose process has ended go first."""
    sweep(Path(tempfile.gettempdir()), prefix)
    with tempfile.TemporaryDirectory(prefix=own(prefix)) as made:
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
