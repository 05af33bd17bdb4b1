"""Which files a reader needs: Python, the packages, this software's own code, Tesseract; never a home or a library."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import sys
from functools import cache
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
_OF_A_PREFIX = (
    *("bin", "lib", "lib64", "libexec", "etc/fonts"),
    *("share/fonts", "share/tessdata", "share/tesseract-ocr"),
)
"""Where below a prefix programs lie: one may be ~/.local, which has people's data in its share."""


def readable() -> tuple[str, ...]:
    """The paths below which this process, started apart from the user's own paths, has to read and execute."""
    granted = [Path(path) for path in _SYSTEM]
    prefixes = [
        Path(prefix) for prefix in (sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix)
    ]
    if program := shutil.which("tesseract"):
        prefixes.append(Path(program).resolve().parent.parent)
    granted += [prefix / name for prefix in dict.fromkeys(prefixes) for name in _OF_A_PREFIX]
    for entry in (*sys.path, str(ROOT)):
        granted += _imported_from(Path(entry).resolve())
    if data := os.environ.get("TESSDATA_PREFIX"):
        granted += [path for path in (Path(data), Path(data, "tessdata")) if not _holds_more(path.resolve())]
    return tuple(dict.fromkeys(str(path) for path in granted))


def _imported_from(folder: Path) -> list[Path]:
    """A folder of packages; of one that may hold a library or a home beside them, the packages alone."""
    if not _holds_more(folder):
        return [folder]
    return sorted(init.parent for init in folder.glob("*/__init__.py"))


def _holds_more(folder: Path) -> bool:
    return any(kept.is_relative_to(folder) for kept in (*_homes(), ROOT))


@cache
def _homes() -> tuple[Path, ...]:
    """Where people's files lie; HOME is no help, for the reader's is its scratch folder."""
    with contextlib.suppress(KeyError):  # a user without a name
        return (Path(pwd.getpwuid(os.getuid()).pw_dir).resolve(), Path("/home"), Path("/root"))
    return (Path("/home"), Path("/root"))
