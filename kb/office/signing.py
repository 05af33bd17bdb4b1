"""The random secret that sessions and forms are signed with, in a file of the library's folder."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from kb import StoreError, files
from kb.store import converted

FILE = "signing.key"
BYTES = 32


def secret(folder: Path) -> bytes:
    """The 32 random bytes of a library's folder; made where there are none, readable by its owner alone.

    Deleting the file ends all sessions. Two servers that start at once on one folder get the same.

    Raises:
        StoreError: it cannot be read or written, or is no such secret.
    """
    path = folder / FILE
    with converted(path):
        if not path.is_file():
            _make(path)
        kept = path.read_bytes()
    if len(kept) != BYTES:
        raise StoreError(
            f"{path}: holds {len(kept)} bytes, not the {BYTES} of a signing key; delete it, and people sign in again"
        )
    return kept


def _make(path: Path) -> None:
    """Write it whole beside, then give it its name unless another process was first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"{files.own(path.name + '.')}{secrets.token_hex(4)}{files.PARTIAL}")
    try:
        with open(beside, "xb", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
            file.write(secrets.token_bytes(BYTES))
            file.flush()
            os.fsync(file.fileno())
        _name(beside, path)
    finally:
        beside.unlink(missing_ok=True)


def _name(beside: Path, path: Path) -> None:
    """Give it its name unless another process was first; without that care where the disk knows no links."""
    try:
        os.link(beside, path)
    except FileExistsError:
        return
    except OSError:
        beside.replace(path)
