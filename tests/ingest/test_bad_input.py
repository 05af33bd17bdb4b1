"""Bad input, and an ingest that is stopped: one clear error each, and the library stays as it was."""

from __future__ import annotations

import errno
import http.server
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest

from ingest import pipeline
from ingest.safe import sandbox
from kb.care.doctor import index_faults
from kb.errors import GenerationError, InputError, KbError, ParseError, StoreError
from kb.search.library import Library
from kb.search.query import Query
from kb.settings import Settings
from kb.store.store import Store
from tests import pdfs
from tests.factories import FakeEncoder, answer

ROOT = Path(__file__).resolve().parents[2]
FIRST = pdfs.handbook_pdf(practices=3)
SECOND = pdfs.handbook_pdf(practices=5, note="The second edition has two more practices.")
ENOUGH = Settings(Path(), max_seconds=60, max_memory=2**30)


@pytest.fixture(autouse=True)
def quick_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing here depends on what a text means."""
    monkeypatch.setattr(pipeline, "load_encoder", lambda _: FakeEncoder())


@pytest.fixture(scope="module")
def stocked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library that serves one small handbook; tests work on copies of it."""
    folder = tmp_path_factory.mktemp("stocked") / "data"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipeline, "load_encoder", lambda _: FakeEncoder())
        pipeline.ingest(replace(ENOUGH, data=folder), _file(folder.parent, FIRST))
    return folder


@pytest.fixture
def settings(stocked: Path, tmp_path: Path) -> Settings:
    """Settings of a library of the test's own, with one handbook in it."""
    shutil.copytree(stocked, tmp_path / "data")
    return replace(ENOUGH, data=tmp_path / "data")


def _file(folder: Path, data: bytes, name: str = "h.pdf") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def served(settings: Settings) -> tuple[str, dict[str, int], list[str]]:
    """What a reader gets: the generation, the editions, and the answers to a need."""
    with Store.open(settings.data, readonly=True) as store:
        generation, editions = store.served()
    with Library.open(settings, FakeEncoder()) as library:
        found = answer(library, Query("students work together online across borders"))
    return generation, editions, [hit.record.id for hit in found.hits]


def contents(folder: Path) -> set[str]:
    """Every file of the library but the database's and the locks' own side files."""
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.endswith(("-wal", "-shm", ".lock"))
    }


# files


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: b"PK\x03\x04 a Word file", r"^h\.pdf: not a PDF"),
        (lambda: b"", r"^h\.pdf: the file is empty"),
        (pdfs.truncated_pdf, r"^h\.pdf: "),
        (lambda: pdfs.encrypted_pdf("secret"), r"^h\.pdf: encrypted; pass --password"),
        (pdfs.zero_pages_pdf, r"^h\.pdf: has no pages"),
        (pdfs.page_tree_loop_pdf, r"^h\.pdf: "),
        (lambda: pdfs.many_pages_pdf(1001), r"^h\.pdf: 1001 pages, more than 1000.*KB_MAX_PAGES"),
    ],
    ids=["not-a-pdf", "empty", "truncated", "encrypted", "zero-pages", "page-tree-loop", "too-many-pages"],
)
def test_a_file_that_cannot_be_read_is_refused_and_the_library_untouched(
    make: Callable[[], bytes], message: str, settings: Settings, tmp_path: Path
) -> None:
    before, files = served(settings), contents(settings.data)
    with pytest.raises(ParseError, match=message):
        pipeline.ingest(settings, _file(tmp_path, make()))
    assert served(settings) == before
    assert contents(settings.data) == files


def test_a_refused_file_makes_no_library(tmp_path: Path) -> None:
    settings = replace(ENOUGH, data=tmp_path / "data")
    with pytest.raises(ParseError):
        pipeline.ingest(settings, _file(tmp_path, b"not a PDF"))
    with pytest.raises(ParseError):
        pipeline.ingest(settings, _file(tmp_path, pdfs.truncated_pdf()))
    assert not (settings.data / "files").exists() or not any((settings.data / "files").iterdir())


def test_an_encrypted_file_opens_with_its_password_and_with_no_other(
    settings: Settings, tmp_path: Path
) -> None:
    path = _file(tmp_path, pdfs.encrypted_pdf("secret", pdfs.handbook_pdf("Locked Handbook")))
    with pytest.raises(ParseError, match=r"^h\.pdf: encrypted; the password given does not open it"):
        pipeline.ingest(settings, path, password="guess")
    report = pipeline.ingest(settings, path, password="secret")
    assert (report.status, report.practices) == ("new", 3)


def test_pages_that_are_pictures_only_are_named_with_the_remedy(settings: Settings, tmp_path: Path) -> None:
    report = pipeline.ingest(settings, _file(tmp_path, pdfs.pictures_pdf(2)))
    said = [(part.page, part.reason) for part in report.unassigned]
    assert [page for page, _ in said] == [1, 2]
    assert all("tesseract" in reason for _, reason in said)


def test_a_stream_that_inflates_to_two_gigabytes_stays_within_the_memory_limit(
    settings: Settings, tmp_path: Path
) -> None:
    """Read within the limits or refused at them; either way this process stays small and the child ends."""
    before = served(settings)
    started, held = time.monotonic(), psutil.Process().memory_info().rss
    try:
        pipeline.ingest(settings, _file(tmp_path, pdfs.inflating_pdf()))
    except ParseError as error:
        assert str(error).startswith("h.pdf: ")  # noqa: PT017 - both ends are right
        assert served(settings) == before
    assert time.monotonic() - started < ENOUGH.max_seconds + 10
    assert psutil.Process().memory_info().rss - held < 200 * 2**20


def test_bookmarks_that_loop_are_read_once(settings: Settings, tmp_path: Path) -> None:
    report = pipeline.ingest(settings, _file(tmp_path, pdfs.outline_loop_pdf()))
    assert report.pages == 1


def test_a_hang_in_the_reader_ends_at_the_time_limit(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = sandbox.run

    def hang(function: str, request: Any, data: bytes, limits: Any, progress: Any = None) -> Any:
        return run("tests.bombs:hang", request, data, limits, progress)

    monkeypatch.setattr(sandbox, "run", hang)
    before = served(settings)
    with pytest.raises(ParseError, match=r"^h\.pdf: .*longer than 1 s.*KB_MAX_SECONDS"):
        pipeline.ingest(replace(settings, max_seconds=1), _file(tmp_path, SECOND))
    assert served(settings) == before


# addresses


class _Site(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/h.pdf":
            self._reply(200, SECOND)
        elif self.path == "/page":
            self._reply(200, b"<!doctype html><title>Log in</title>")
        elif self.path == "/much":
            self._reply(200, b"%PDF-" + bytes(2**20))
        else:
            self._reply(404, b"gone")

    def _reply(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.end_headers()
        try:
            self.wfile.write(body)
        except OSError:
            return

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Site) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("path", "message"),
    [("/missing.pdf", r"answers 404"), ("/page", r"a web page"), ("/much", r"KB_MAX_FILE")],
)
def test_an_address_that_gives_no_usable_pdf_is_refused_and_the_library_untouched(
    path: str, message: str, settings: Settings, site: str
) -> None:
    before, files = served(settings), contents(settings.data)
    with pytest.raises(InputError, match=message):
        pipeline.ingest(replace(settings, max_file=2**19), site + path, allow_private=True)
    assert (served(settings), contents(settings.data)) == (before, files)


def test_an_address_gives_the_next_edition_and_is_kept_as_its_source(settings: Settings, site: str) -> None:
    report = pipeline.ingest(settings, f"{site}/h.pdf", allow_private=True)
    assert (report.status, report.edition) == ("edition", 2)
    with Store.open(settings.data, readonly=True) as store:
        assert store.edition(report.handbook).source == f"{site}/h.pdf"


# queries


@pytest.mark.parametrize(
    "text", ["", " \n", "?!… — .", "x" * 10_001], ids=["empty", "blank", "marks", "long"]
)
def test_a_query_that_is_none_is_refused(text: str, settings: Settings) -> None:
    with Library.open(settings, FakeEncoder()) as library, pytest.raises(InputError) as caught:
        answer(library, Query(text))
    assert len(str(caught.value)) < 300


def test_a_filter_that_matches_nothing_returns_nothing(settings: Settings) -> None:
    with Library.open(settings, FakeEncoder()) as library:
        for only in (
            Query("online course", filters={"handbook": ("none",)}),
            Query("online course", filters={"institution": ("Nowhere University",)}),
            Query("online course", filters={"country": ("Atlantis",)}),
        ):
            found = answer(library, only)
            assert (found.hits, found.total) == ((), 0)


# an ingest that is stopped

STEPS = {
    "before-staging": "Store.stage = killing_before(Store.stage)",
    "after-staging": "Store.stage = killing_after(Store.stage)",
    "while-embedding": "generation.embed = killing_after(generation.embed)",
    "while-indexing": "Lexical.build = killing_after(Lexical.build)",
    "index-built": "index.build = killing_after(index.build)",
    "before-publishing": "Store.publish = killing_before(Store.publish)",
    "after-publishing": "Store.publish = killing_after(Store.publish)",
}
KILLED = """
import os, signal, sys
from pathlib import Path
from ingest import pipeline
from kb import index
from kb.index import generation
from kb.index.lexical import Lexical
from kb.settings import Settings
from kb.store.store import Store
from tests.factories import FakeEncoder

def end():
    os.kill(os.getpid(), signal.SIGKILL)

def killing_before(function):
    return lambda *given, **named: end()

def killing_after(function):
    def wrapped(*given, **named):
        function(*given, **named)
        end()
    return wrapped

pipeline.load_encoder = lambda _: FakeEncoder()
{step}
settings = Settings(Path(sys.argv[1]), max_seconds=60, max_memory=2**30)
pipeline.ingest(settings, sys.argv[2])
"""


def _killed(step: str, settings: Settings, path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", KILLED.format(step=step), str(settings.data), str(path)],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr


@pytest.mark.parametrize("step", STEPS)
def test_an_ingest_killed_at_any_stage_leaves_a_whole_edition_served_and_a_clean_next_start(
    step: str, settings: Settings, tmp_path: Path
) -> None:
    generation, editions, answers = served(settings)
    (handbook,) = editions
    path = _file(tmp_path, SECOND)
    _killed(STEPS[step], settings, path)

    if step == "after-publishing":
        assert served(settings)[1] == {handbook: 2}
    else:
        assert served(settings) == (generation, {handbook: 1}, answers)

    report = pipeline.ingest(settings, path)
    assert report.status == ("unchanged" if step == "after-publishing" else "edition")
    generation, editions, answers = served(settings)
    assert editions == {handbook: 2}
    assert answers
    with Store.open(settings.data, readonly=True) as store:
        assert index_faults(store) == ()
        assert [edition.number for edition in store.editions(handbook)] == [2, 1]
    if step != "after-publishing":
        assert [path.name for path in (settings.data / "index").iterdir()] == [generation]
        assert not list((settings.data / "files").glob("*.partial"))


def test_killing_an_ingest_while_it_reads_ends_its_reader_too(settings: Settings, tmp_path: Path) -> None:
    before, files = served(settings), contents(settings.data)
    step = (
        "from ingest.safe import sandbox; run = sandbox.run;"
        "sandbox.run = lambda f, r, d=b'', l=None, p=None: run('tests.bombs:hang', r, d, l, p)"
    )
    ingest = subprocess.Popen(
        [sys.executable, "-c", KILLED.format(step=step), str(settings.data), str(_file(tmp_path, SECOND))],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    readers: list[psutil.Process] = []
    deadline = time.monotonic() + 60
    while not readers and ingest.poll() is None and time.monotonic() < deadline:
        readers = [
            p
            for p in psutil.Process(ingest.pid).children()
            if "ingest.safe.supervisor" in " ".join(p.cmdline())
        ]
        time.sleep(0.02)
    time.sleep(0.3)  # the reader confines itself first
    readers += [below for one in readers for below in one.children(recursive=True)]
    ingest.kill()
    ingest.communicate()
    assert readers
    _, left = psutil.wait_procs(readers, timeout=5)
    assert left == []
    assert (served(settings), contents(settings.data)) == (before, files)


# a full disk


@pytest.mark.parametrize(
    "where",
    [
        "kb.index.lexical.Lexical.build",
        "kb.index.dense.Dense.save",
        "os.fsync",
        "kb.index.generation.make_last",
    ],
)
def test_a_disk_that_is_full_while_writing_loses_nothing(
    where: str, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = served(settings)

    def full(*_: Any, **__: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    path = _file(tmp_path, SECOND)
    with monkeypatch.context() as patch:
        patch.setattr(where, full)
        with pytest.raises((GenerationError, StoreError), match="No space left"):
            pipeline.ingest(settings, path)
    assert served(settings) == before
    assert pipeline.ingest(settings, path).status == "edition"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of a few megabytes, where this process may mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", folder], check=False, capture_output=True
    ).returncode:
        pytest.skip("no disk can be mounted here (that needs root): the full disk is only imitated")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


def test_a_disk_that_really_is_full_while_writing_loses_nothing(
    small_disk: Path, stocked: Path, tmp_path: Path
) -> None:
    settings = replace(ENOUGH, data=small_disk / "data")
    shutil.copytree(stocked, settings.data)
    before = served(settings)
    path = _file(tmp_path, SECOND)
    ballast = small_disk / "ballast"
    failures = 0
    for spare in range(0, 2**20, 2**16):
        _fill(ballast, small_disk, spare)
        try:
            pipeline.ingest(settings, path)
        except KbError as error:
            assert "space" in str(error) or "full" in str(error)  # noqa: PT017 - the last one succeeds
            failures += 1
            ballast.unlink()
            assert served(settings) == before
        else:
            break
    ballast.unlink(missing_ok=True)
    assert failures
    assert pipeline.ingest(settings, path).status in {"edition", "unchanged"}
    with Store.open(settings.data, readonly=True) as store:
        assert index_faults(store) == ()


def _fill(ballast: Path, disk: Path, spare: int) -> None:
    found = os.statvfs(disk)
    ballast.write_bytes(bytes(max(0, found.f_bavail * found.f_frsize - spare)))
