"""Real hostile code in the PDF reader's place, as who runs the tests and as an ordinary user: the kernel says no."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import psutil
import pytest

from ingest.safe import Limits, answers, calls, sandbox
from ingest.safe.grants import ROOT
from ingest.safe.namespaces import NOBODY
from kb import Held, KbError, ParseError
from tests.ingest.page.test_ocr import PROSE, scanned, with_tesseract
from tests.typesetting import paragraph, typeset

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux holds the reader")

DRIVER = (
    "import json, sys; from ingest.safe import Limits, sandbox; from kb import KbError\n"
    "order = json.loads(sys.argv[1])\n"
    "try: answer = {'answer': sandbox.run(order['function'], order['request'], sys.stdin.buffer.read(),"
    " Limits(**order['limits']))}\n"
    "except KbError as error: answer = {'error': str(error)}\n"
    "print(json.dumps(answer))"
)
SAMPLE = ROOT / "corpus" / "sample" / "handbook-edition-1.pdf"
FILTER = """
import ctypes, sys
from ingest.safe import kernel
library = ctypes.CDLL("libseccomp.so.2"); library.seccomp_init.restype = ctypes.c_void_p
context = ctypes.c_void_p(library.seccomp_init(0x7FFF0000))
for name in sys.argv.pop().split():
    error = 38 if name.startswith("landlock") else 1
    number = library.seccomp_syscall_resolve_name(name.encode())
    assert library.seccomp_rule_add_array(context, 0x00050000 | error, number, 0, None) == 0
assert kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1) and library.seccomp_load(context) == 0
"""
"""Take away what the kernel gives, as a container's rules do."""
QUICK = Limits(seconds=20)


@dataclass(frozen=True)
class Somebody:
    """Who runs the main process; `python` is an interpreter that they may run, None for this very process."""

    user: int
    python: str | None = None
    identity: dict[str, Any] = field(default_factory=dict)

    def run(self, function: str, request: dict[str, Any], data: bytes = b"", limits: Limits = QUICK) -> Any:
        request = {"name": "h.pdf", **request}
        if self.python is None:
            return sandbox.run(function, request, data, limits)
        order = json.dumps({"function": function, "request": request, "limits": asdict(limits)})
        done = subprocess.run(
            [self.python, "-c", DRIVER, order],
            input=data,
            stdout=subprocess.PIPE,
            check=True,
            cwd="/",
            **self.identity,
        )
        said = json.loads(done.stdout)
        if "error" in said:
            raise ParseError(said["error"])
        return said["answer"]

    def attack(self, function: str, limits: Limits = QUICK, **request: Any) -> Any:
        return self.run(f"tests.attacks.hostile:{function}", request, b"", limits)


@pytest.fixture(scope="module")
def nobody() -> Iterator[Somebody]:
    """An ordinary user with an interpreter outside root's home; skipped where there is none of either."""
    if os.geteuid() != 0:
        pytest.skip("only root can run as somebody else; the tests run as an ordinary user already")
    version = f"python3.{sys.version_info.minor}"
    python = next(
        (found for place in ("/usr/local/bin", "/usr/bin") if (found := shutil.which(version, path=place))),
        None,
    )
    if python is None:
        pytest.skip(f"no {version} outside root's home, which an ordinary user could run")
    folder = Path(tempfile.mkdtemp(prefix="kb-attacks-"))
    folder.chmod(0o755)
    subprocess.run([python, "-m", "venv", "--without-pip", folder / "venv"], check=True)
    packages = next((folder / "venv" / "lib").glob("python*")) / "site-packages"
    places = [path for path in sys.path if path.endswith("site-packages")]
    (packages / "tested.pth").write_text("\n".join([*map(os.path.realpath, places), str(ROOT)]), "utf-8")
    identity: dict[str, Any] = {
        "user": NOBODY,
        "group": NOBODY,
        "extra_groups": [],
        "env": {"PATH": os.environ["PATH"], "HOME": "/"},
    }
    somebody = Somebody(NOBODY, str(folder / "venv" / "bin" / "python"), identity)
    seen = subprocess.run(
        [str(somebody.python), "-c", "import ingest.reader, tests.attacks.hostile"],
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        **identity,
    )
    try:
        if seen.returncode:
            pytest.skip(f"an ordinary user cannot read this software here: {seen.stderr.strip()[-200:]}")
        yield somebody
    finally:
        shutil.rmtree(folder)


@pytest.fixture(params=["who runs the tests", "an ordinary user"])
def somebody(request: pytest.FixtureRequest) -> Somebody:
    if request.param == "an ordinary user":
        found: Somebody = request.getfixturevalue("nobody")
        return found
    return Somebody(os.geteuid())


@pytest.fixture
def needs(somebody: Somebody) -> Callable[..., None]:
    """Skip, aloud, what the kernel of this machine does not assure."""
    held = somebody.run("ingest.safe.child:confinement", {})

    def check(*wanted: Held) -> None:
        if missing := [one.value for one in wanted if one not in held]:
            pytest.skip(f"not assured by this machine's kernel: {', '.join(missing)}")

    return check


@pytest.fixture
def library(somebody: Somebody) -> Iterator[Path]:
    """A folder of theirs with a file that anybody may read and they may write."""
    folder = Path(tempfile.mkdtemp(prefix="kb-attacked-"))
    (folder / "library.sqlite3").write_text("truth", encoding="ascii")
    (folder / "library.sqlite3").chmod(0o644)
    folder.chmod(0o755)
    for path in (folder, folder / "library.sqlite3"):
        os.chown(path, somebody.user, -1)
    yield folder
    shutil.rmtree(folder)


def named(mark: str) -> list[int]:
    """Processes of a name, dead ones aside."""
    found = psutil.process_iter(["name", "status"])
    return [p.pid for p in found if p.info["name"] == mark and p.info["status"] != psutil.STATUS_ZOMBIE]


def test_no_file_of_the_library_or_the_home_is_read(
    somebody: Somebody, library: Path, needs: Callable[..., None]
) -> None:
    needs(Held.FILES)
    files = [
        library / "library.sqlite3",
        ROOT / "pyproject.toml",
        "/etc/passwd",
        "/etc/shadow",
        "/proc/self/environ",
    ]
    folders = [library, ROOT, Path.home(), "/", "/home", "/root", "/etc", "/tmp", "/proc", "/var"]
    asked: dict[str, Any] = {
        "files": [str(path) for path in files],
        "folders": [str(path) for path in folders],
    }
    assert somebody.attack("read_files", **asked) == []


def test_no_file_outside_the_scratch_folder_is_changed(
    somebody: Somebody, library: Path, needs: Callable[..., None]
) -> None:
    needs(Held.FILES, Held.CALLS)
    before = (library / "library.sqlite3").stat(), library.stat()
    assert somebody.attack("change_files", folder=str(library), file="library.sqlite3") == []
    code = ROOT / "ingest" / "safe"
    assert somebody.attack("change_files", folder=str(code), file="__init__.py") == []
    assert ((library / "library.sqlite3").stat(), library.stat())[0].st_mtime_ns == before[0].st_mtime_ns
    assert (library / "library.sqlite3").read_text("ascii") == "truth"
    assert [path.name for path in library.iterdir()] == ["library.sqlite3"]
    assert library.stat().st_mode == before[1].st_mode


def test_the_attacks_on_files_work_where_nothing_holds_them(library: Path, tmp_path: Path) -> None:
    code = (
        "import json, sys; from tests.attacks import hostile\n"
        "function, request, place = json.loads(sys.argv[1]); import os; os.chdir(place)\n"
        "print(json.dumps(getattr(hostile, function)(request, b'', lambda *_: None)))"
    )
    reading = {"files": [str(library / "library.sqlite3")], "folders": [str(library)]}
    changing = {"folder": str(library), "file": "library.sqlite3"}
    for function, request, least in (("read_files", reading, 2), ("change_files", changing, 9)):
        order = json.dumps([function, request, str(tmp_path)])
        done = subprocess.run(
            [sys.executable, "-c", code, order], stdout=subprocess.PIPE, check=True, cwd=ROOT
        )
        assert len(json.loads(done.stdout)) >= least, done.stdout


def test_what_was_written_is_not_executed(somebody: Somebody, needs: Callable[..., None]) -> None:
    needs(Held.FILES)
    assert somebody.attack("execute_what_was_written") == 9


def test_no_socket_is_reached(somebody: Somebody, library: Path, needs: Callable[..., None]) -> None:
    needs(Held.NETWORK, Held.SIGNALS)
    path, abstract = library / "socket", f"kb-{time.time_ns()}"
    with (
        socket.create_server(("127.0.0.1", 0)) as tcp,
        socket.socket(socket.AF_UNIX) as by_path,
        socket.socket(socket.AF_UNIX) as by_name,
    ):
        by_path.bind(str(path))
        path.chmod(0o777)
        by_path.listen()
        by_name.bind(f"\0{abstract}")
        by_name.listen()
        port = tcp.getsockname()[1]
        assert somebody.attack("reach_sockets", path=str(path), abstract=abstract, port=port) == []


def test_no_other_process_is_reached(somebody: Somebody, needs: Callable[..., None]) -> None:
    needs(Held.SIGNALS, Held.CALLS, Held.FILES)
    with subprocess.Popen(["sleep", "60"], **(somebody.identity | {"env": None})) as witness:
        for pid in (os.getpid(), witness.pid):
            assert somebody.attack("reach_processes", pid=pid, witness=witness.pid) == []
        assert witness.poll() is None
        witness.kill()


def test_system_calls_that_no_reader_needs_are_denied(somebody: Somebody, needs: Callable[..., None]) -> None:
    needs(Held.CALLS)
    assert somebody.attack("use_denied_calls") == []


def test_the_rights_of_root_are_gone_but_to_read(somebody: Somebody, needs: Callable[..., None]) -> None:
    needs(Held.COUNT)
    found = somebody.attack("rights")
    assert 0 not in {*found["users"], *found["groups"]}
    assert found["rights"] == (
        1 << 2 if somebody.user == 0 else 0
    )  # CAP_DAC_READ_SEARCH, of its own namespace


@pytest.mark.parametrize("stays", [False, True], ids=["after its answer", "after its time"])
def test_nothing_outlives_the_reader(somebody: Somebody, stays: bool, needs: Callable[..., None]) -> None:
    needs(Held.PROCESSES)
    mark = f"kb{time.time_ns() % 10**12}"
    if stays:
        with pytest.raises(ParseError, match="longer than 1 s"):
            somebody.attack("outlive", Limits(seconds=1), mark=mark, stays=True)
    else:
        assert somebody.attack("outlive", mark=mark, stays=False) == "answered"
    assert named(mark) == []


def test_processes_are_few(somebody: Somebody, needs: Callable[..., None]) -> None:
    needs(Held.COUNT, Held.PROCESSES)
    assert 0 < somebody.attack("fork_on", Limits(seconds=20, processes=20)) <= 20


def test_forking_without_end_ends(somebody: Somebody, needs: Callable[..., None]) -> None:
    needs(Held.COUNT, Held.PROCESSES)
    mark = f"kb{time.time_ns() % 10**12}"
    with pytest.raises(ParseError, match=r"longer than 1 s|processor time"):
        somebody.attack("fork_without_end", Limits(seconds=1, processes=20), mark=mark)
    assert named(mark) == []


def test_temporary_files_are_bounded_all_together(somebody: Somebody, needs: Callable[..., None]) -> None:
    needs(Held.SCRATCH)
    assert 0 < somebody.attack("fill_the_folder", Limits(seconds=20, scratch=2**23)) <= 2**23


def test_the_order_cannot_be_written_to(somebody: Somebody) -> None:
    assert somebody.attack("write_the_order") == []


def test_memory_is_bounded(somebody: Somebody) -> None:
    with pytest.raises(ParseError, match=r"more than 512 MiB of memory"):
        somebody.attack("take_memory", Limits(seconds=20, memory=2**29))


def test_memory_of_all_processes_together_is_bounded(somebody: Somebody) -> None:
    with pytest.raises(ParseError, match=r"more than 512 MiB of memory"):
        somebody.attack("take_memory_together", Limits(seconds=20, memory=2**29), each=100 * 2**20)


def test_an_answer_is_bounded_in_what_it_takes_when_it_is_read(somebody: Somebody) -> None:
    with pytest.raises(ParseError, match=r"more than 64 MiB of memory and was not read"):
        somebody.attack("answer_with_lists", Limits(seconds=60, decoded=2**26), size=2**24)


@pytest.mark.parametrize(
    "one",
    [
        "[]",
        "{}",
        '{"":0}',
        '{"k%d":1234567}',
        "[0.5]",
        '"é"',
        '"αβγδε"',
        '"a😀"',
        '"\\ud83d\\ude00aaaaaaaaaaaa"',
        "[[[]]]",
        "123456789",
    ],
)
def test_what_an_answer_is_taken_for_is_no_less_than_it_takes(one: str) -> None:
    payload = f"[{','.join(one % n if '%' in one else one for n in range(50_000))}]".encode()
    tracemalloc.start()
    try:
        answers.plain("h.pdf", payload, 2**40)
        taken = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert taken <= answers.cost(payload) + 2**16


def test_the_sample_handbook_is_read_beneath_all_of_it(somebody: Somebody) -> None:
    found = somebody.run(
        "ingest.reader:read", {"name": SAMPLE.name, "max_pages": 999}, SAMPLE.read_bytes(), Limits()
    )
    assert len(found["records"]) > 50


@with_tesseract
def test_tesseract_reads_beneath_all_of_it(somebody: Somebody) -> None:
    scan = scanned(typeset([paragraph(PROSE, 60, 80, 420, size=12, lead=16)]))
    found = somebody.run(
        "ingest.leaf:words", {"name": "scan.pdf", "page": 1, "language": "en"}, scan, Limits()
    )
    assert {"Students", "council."} <= {word[0] for line in found for word in line}


@pytest.mark.parametrize(
    ("taken", "missing"),
    [
        ("unshare", {Held.PROCESSES, Held.SCRATCH}),
        ("landlock_create_ruleset", {Held.FILES}),
        ("mount", {Held.SCRATCH}),
        ("unshare landlock_create_ruleset", {Held.PROCESSES, Held.SCRATCH, Held.FILES, Held.SIGNALS}),
    ],
)
def test_where_the_kernel_gives_less_the_reader_works_and_says_so(taken: str, missing: set[Held]) -> None:
    if not calls.program():
        pytest.skip("libseccomp, which takes it away here, is not installed")
    order = {"function": "ingest.safe.child:confinement", "request": {"name": "h.pdf"}, "limits": {}}
    done = subprocess.run(
        [sys.executable, "-c", FILTER + DRIVER, json.dumps(order), taken],
        input=b"",
        stdout=subprocess.PIPE,
        check=True,
        cwd=ROOT,
    )
    assert missing.isdisjoint(json.loads(done.stdout)["answer"])


@pytest.mark.parametrize(
    "start",
    [["unshare", "--user", "--map-root-user"], ["setpriv", "--bounding-set=-all", "--inh-caps=-all"]],
    ids=["of a container that knows no other user", "without root's rights"],
)
def test_a_root_of_less_reads_as_well(start: list[str]) -> None:
    if subprocess.run([*start, "true"], capture_output=True, check=False).returncode:
        pytest.skip(f"{start[0]} does not work here")
    order = {"function": "tests.attacks.hostile:rights", "request": {"name": "h.pdf"}, "limits": {}}
    done = subprocess.run(
        [*start, sys.executable, "-c", DRIVER, json.dumps(order)],
        input=b"",
        stdout=subprocess.PIPE,
        check=True,
        cwd=ROOT,
    )
    assert json.loads(done.stdout)["answer"]["rights"] == 0
    if os.geteuid() == 0:
        told = json.dumps(order | {"function": "ingest.safe.child:confinement"})
        again = subprocess.run(
            [*start, sys.executable, "-c", DRIVER, told],
            input=b"",
            stdout=subprocess.PIPE,
            check=True,
            cwd=ROOT,
        )
        assert Held.COUNT not in json.loads(again.stdout)["answer"]


def test_orphans_end_without_a_namespace_too() -> None:
    if not calls.program():
        pytest.skip("libseccomp, which takes the namespace away here, is not installed")
    mark = f"kb{time.time_ns() % 10**12}"
    request = {"name": "h.pdf", "mark": mark, "stays": False}
    order = {"function": "tests.attacks.hostile:outlive", "request": request, "limits": {}}
    subprocess.run(
        [sys.executable, "-c", FILTER + DRIVER, json.dumps(order), "unshare"],
        input=b"",
        stdout=subprocess.DEVNULL,
        check=True,
        cwd=ROOT,
    )
    assert named(mark) == []


def test_a_folder_that_has_no_bound_is_watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "file").write_bytes(bytes(2**20))
    monkeypatch.setattr(sandbox, "_written", lambda _: 2**30)
    with pytest.raises(KbError, match="more than 8 MiB of temporary files"):
        sandbox.run("tests.bombs:hang", {"name": "h.pdf"}, b"", Limits(seconds=20, scratch=2**23))
    monkeypatch.undo()
    assert sandbox._written(tmp_path) >= 2**20


def test_without_libseccomp_and_on_other_systems_the_reader_works_and_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(calls, "program", lambda: b"")
    assert Held.CALLS not in sandbox.held()
    start = sandbox._START.replace(
        "from ingest.safe.sup",
        "from ingest.safe import kernel; kernel.IS_LINUX = False; from ingest.safe.sup",
    )
    monkeypatch.setattr(sandbox, "_START", start)
    assert sandbox.held() == frozenset()
    found = sandbox.run(
        "ingest.leaf:words", {"name": SAMPLE.name, "page": 3, "language": "en"}, SAMPLE.read_bytes()
    )
    assert found
