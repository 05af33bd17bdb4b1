"""No room, or no permission: one sentence, or a library that works."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from kb.care import backup, verify
from kb.store import Store
from tests.attacks.libraries import a_library
from tests.house import ROOT
from tests.pdfs import handbook_pdf

NOBODY = 65534
PLAIN = ("setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all")
"""The superuser as an account that modes hold for as for any other."""
WORDS = {
    "ingest": ["ingest", "{place}/handbook.pdf"],
    "backup": ["backup", "{place}/new.zip"],
    "restore": ["restore", "{place}/saved.zip", "--yes"],
    "elsewhere": ["backup", "{place}/disk/new.zip"],
    "verify": ["verify"],
    "search": ["search", "what is book.one for"],
    "show": ["show", "book.one"],
    "handbooks": ["handbooks"],
    "rollback": ["rollback", "book"],
    "remove": ["remove", "guide"],
    "forget": ["forget", "book", "--keep", "1", "--yes"],
    "rebuild": ["doctor", "--rebuild"],
    "model": ["model", "show"],
    "correct": ["review", "retitle", "book.one", "Better", "--by", "eve"],
    "needs": ["needs"],
    "log": ["admin", "log"],
}
READING = {"verify", "search", "show", "handbooks", "model", "backup", "needs"}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library with a backup of it."""
    folder = tmp_path_factory.mktemp("made")
    with Store.open(a_library(folder / "library")) as store:
        backup.backup(store, folder / "saved.zip")
    return folder


@pytest.fixture
def place(made: Path) -> Iterator[Path]:
    """A folder that every account may look into, with a library, a backup of it and a handbook."""
    folder = Path(tempfile.mkdtemp(prefix="kb-test-"))
    try:
        shutil.copytree(made, folder, dirs_exist_ok=True)
        folder.chmod(0o755)
        (folder / "handbook.pdf").write_bytes(handbook_pdf())
        for path in (folder / "saved.zip", folder / "handbook.pdf"):
            path.chmod(0o644)
        yield folder
    finally:
        for path in (folder, *(p for p in folder.rglob("*") if p.is_dir())):
            path.chmod(0o700)
        shutil.rmtree(folder)


def run(place: Path, word: str, before: str = "", is_plain: bool = False) -> subprocess.CompletedProcess[str]:
    """Run a command on the library of a place, after words of a shell, or as any account."""
    words = [part.format(place=place) for part in WORDS[word]]
    command = [sys.executable, "-m", "cli.main", *words]
    given = {
        **os.environ,
        "KB_DATA": str(place / "library"),
        "KB_CACHE": str(place / "cache"),
        "KB_MODEL": "english",
        "PYTHONPATH": str(ROOT),
        "TMPDIR": str(place / "tmp") if before else tempfile.gettempdir(),
    }
    if before:
        command = ["unshare", "-m", "sh", "-ec", f'{before}; exec "$@"', "sh", *command]
    if is_plain and os.geteuid() == 0:
        command = [*PLAIN, *command]
    return subprocess.run(
        command, env=given, cwd=place, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
    )


def is_said(done: subprocess.CompletedProcess[str]) -> bool:
    """Whether a command was through, or said in one line why not."""
    last = (done.stderr.strip().splitlines() or [""])[-1]
    is_refused = done.returncode == 1 and last.startswith("kb: ")
    return "Traceback" not in done.stderr and (done.returncode == 0 or is_refused)


def is_as_it_was(place: Path) -> bool:
    with Store.open(place / "library", readonly=True) as store:
        return store.current_editions() == {"book": 4, "guide": 1} and verify(store) == ()


@functools.cache
def may_mount() -> bool:
    if not shutil.which("unshare"):
        return False
    tried = ["unshare", "-m", "sh", "-c", "mount -t tmpfs -o size=64k none /mnt"]
    return subprocess.run(tried, capture_output=True, check=False).returncode == 0


def full(folder: Path, size: str = "64k") -> str:
    """Words of a shell: make a folder a disk without room."""
    return (
        f"mkdir -p {folder}; mount -t tmpfs -o size={size},mode=1777 none {folder};"
        f" dd if=/dev/zero of={folder}/fill bs=4k 2>/dev/null || true"
    )


@pytest.mark.parametrize("word", ["ingest", "backup", "restore", "search", "rollback", "rebuild"])
def test_full_folder_of_temporary_files(place: Path, word: str) -> None:
    if not may_mount():
        pytest.skip("no disk can be mounted here")
    done = run(place, word, full(place / "tmp"))
    assert is_said(done), done.stderr
    with Store.open(place / "library", readonly=True) as store:
        assert verify(store) == ()


@pytest.mark.parametrize(
    "word", ["ingest", "restore", "rollback", "remove", "rebuild", "correct", "search", "verify"]
)
def test_full_disk_of_the_library(place: Path, word: str) -> None:
    if not may_mount():
        pytest.skip("no disk can be mounted here")
    library = place / "library"
    before = (
        f"cp -r {library} {place}/kept; mount -t tmpfs -o size=4m none {library}; cp -r {place}/kept/. {library};"
        f" dd if=/dev/zero of={library}/fill.partial bs=4k 2>/dev/null || true; mkdir -p {place}/tmp"
    )
    after = f"; cp -r {library}/. {place}/after"
    done = run(
        place,
        word,
        f"{before}; mkdir {place}/after; trap 'true{after}' EXIT; {_called(place, word)}; exit $code",
    )
    assert is_said(done), done.stderr
    shutil.rmtree(library)
    (place / "after").rename(library)
    if done.returncode:
        assert is_as_it_was(place)


def _called(place: Path, word: str) -> str:
    words = " ".join(f"'{part.format(place=place)}'" for part in WORDS[word])
    return f"code=0; {sys.executable} -m cli.main {words} || code=$?"


def test_full_disk_of_the_backup(place: Path) -> None:
    if not may_mount():
        pytest.skip("no disk can be mounted here")
    done = run(place, "elsewhere", full(place / "disk"))
    assert (done.returncode, is_said(done)) == (1, True), done.stderr
    assert f"{place}/disk" in done.stderr.splitlines()[-1]


def may_be_plain() -> bool:
    return os.geteuid() != 0 or shutil.which("setpriv") is not None


@pytest.mark.parametrize("word", sorted(WORDS.keys() - {"elsewhere", "handbooks", "needs", "remove", "show"}))
def test_library_that_may_only_be_read(place: Path, word: str) -> None:
    if not may_be_plain():
        pytest.skip("modes mean nothing to the superuser")
    for path in (place / "library", *(place / "library").rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)
    done = run(place, word, is_plain=True)
    assert is_said(done), done.stderr
    assert done.returncode == (0 if word in READING else 1), done.stderr
    for path in (place / "library", *(p for p in (place / "library").rglob("*") if p.is_dir())):
        path.chmod(0o755)
    assert is_as_it_was(place)


@pytest.mark.parametrize("word", ["ingest", "restore", "verify", "search", "model", "log"])
def test_library_of_another_account(place: Path, word: str) -> None:
    if os.geteuid() != 0 or not may_be_plain():
        pytest.skip("only the superuser has another account at hand")
    for path in (place / "library", *(place / "library").rglob("*")):
        os.chown(path, NOBODY, NOBODY)
        path.chmod(0o700 if path.is_dir() else 0o600)
    done = run(place, word, is_plain=True)
    assert (is_said(done), done.returncode) == (True, 1), done.stderr
    assert is_as_it_was(place)
