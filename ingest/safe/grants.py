"""Which files a reader needs: Python, the packages, this software's own code, Tesseract; never a home or a library."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
"""The folder that holds this software's packages."""

_SYSTEM = (
    *("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/nix/store", "/gnu/store"),
    *(
        "/etc/ld.so.cache",
        "/etc/ld.so.conf",
        "/etc/ld.so.conf.d",
        "/etc/fonts",
        "/etc/localtime",
        "/etc/mime.types",
    ),
    *("/dev/urandom", "/dev/random", "/dev/zero"),
)
"""What programs of any Linux need of it; what is not there is not needed."""
_OF_A_PREFIX = ("bin", "lib", "lib64", "share")


def readable() -> tuple[str, ...]:
    """The paths below which this process, started apart from the user's own paths, has to read and execute."""
    homes = _homes()
    granted = [Path(path) for path in _SYSTEM]
    for prefix in (sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix):
        granted += _narrowed(Path(prefix), homes)
    for entry in sys.path:
        path = Path(entry).resolve()
        if path != ROOT:
            granted += _narrowed(path, homes)
    granted += _packages(ROOT)
    if program := shutil.which("tesseract"):
        granted += _narrowed(Path(program).resolve().parent.parent, homes)
    if data := os.environ.get("TESSDATA_PREFIX"):
        granted += _narrowed(Path(data).resolve(), homes)
    return tuple(dict.fromkeys(str(path) for path in granted))


def _narrowed(path: Path, homes: tuple[Path, ...]) -> Iterator[Path]:
    """A folder of programs; of one that has homes or this software's folder in it only where programs lie."""
    if any(kept.is_relative_to(path.resolve()) for kept in (*homes, ROOT)):
        yield from (path / name for name in _OF_A_PREFIX)
    else:
        yield path


def _homes() -> tuple[Path, ...]:
    """Where people's files lie; HOME is no help, for the reader's is its scratch folder."""
    with contextlib.suppress(KeyError):  # a user without a name
        return (Path(pwd.getpwuid(os.getuid()).pw_dir).resolve(), Path("/home"), Path("/root"))
    return (Path("/home"), Path("/root"))


def _packages(folder: Path) -> Iterator[Path]:
    """The packages right below a folder, for a library may lie beside them."""
    yield from sorted(init.parent for init in folder.glob("*/__init__.py"))
