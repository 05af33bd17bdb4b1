"""A library is its owner's: no other account of the machine reads what it holds, or writes there."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path

import pytest

from kb.files import make_private
from kb.store import DATABASE, Store
from kb.store.store import OWN
from tests.attacks.libraries import a_library
from tests.pdfs import handbook_pdf

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="modes are those of POSIX")


def loose(folder: Path) -> list[str]:
    """What others than its owner may do anything to, in a folder and of it."""
    return [str(path) for path in (folder, *folder.rglob("*")) if stat.S_IMODE(path.lstat().st_mode) & 0o077]


def test_what_the_commands_make_is_their_accounts_alone(tmp_path: Path) -> None:
    data = tmp_path / "new" / "library"
    (tmp_path / "handbook.pdf").write_bytes(handbook_pdf())
    given = {**os.environ, "KB_DATA": str(data), "KB_CACHE": str(tmp_path / "cache")}
    for words in (["ingest", str(tmp_path / "handbook.pdf")], ["backup", str(tmp_path / "saved.zip")]):
        command = ["sh", "-c", 'umask 000; exec "$@"', "sh", sys.executable, "-m", "cli.main", *words]
        subprocess.run(command, env=given, check=True, capture_output=True)
    held = {path.name for path in data.iterdir()}
    assert held >= {DATABASE, "files", "index", "admin.sqlite3"}
    assert [name for name in held if not any(fnmatch(name, own) for own in OWN)] == []
    assert loose(data) == loose(tmp_path / "saved.zip") == []


def test_library_that_others_could_read_is_mended_when_its_owner_opens_it(tmp_path: Path) -> None:
    folder = a_library(tmp_path / "library")
    (folder / "admin.password").write_text("hash")
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o777 if path.is_dir() else 0o666)
    Store.open(folder, readonly=True).close()
    assert loose(folder), "reading changes nothing"
    Store.open(folder).close()
    assert loose(folder) == []
    assert (folder / DATABASE).stat().st_mode & 0o600 == 0o600


def test_folder_that_holds_other_things_too_keeps_its_mode_and_theirs(tmp_path: Path) -> None:
    folder = a_library(tmp_path / "library")
    (folder / "notes.txt").write_text("of somebody else")
    (folder / "model.txt").unlink()
    (folder / "model.txt").symlink_to(folder / "notes.txt")
    for path in (folder, folder / "notes.txt", folder / DATABASE):
        path.chmod(0o755)
    Store.open(folder).close()
    assert stat.S_IMODE(folder.stat().st_mode) == stat.S_IMODE((folder / "notes.txt").stat().st_mode) == 0o755
    assert stat.S_IMODE((folder / DATABASE).stat().st_mode) == 0o700


def test_names_that_are_mended_are_all_that_a_library_has(tmp_path: Path) -> None:
    folder = a_library(tmp_path / "library")
    (folder / "index").chmod(0o755)
    make_private(folder, OWN)
    assert loose(folder / "index") == []
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
