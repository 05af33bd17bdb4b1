"""kill -9 at random moments of a change, under load: `python -m benchmarks.kills [COUNT [SEED]] [WHAT ...]`.

WHAT is ingest (the default), rollback, restore, backup, review, or mix: each of them in turn. A real server runs on the
library, and two clients search it all the time. Each change runs in a process of its own and is killed: every second
one at any moment of its time, the others in the part that writes. After each kill the library must hold the edition
before or the new one, whole, with every row proven, the backup must be the one before or the new one, and what the next
start cleans away must be all that was left. Each answer must be of one edition that was published.
"""

from __future__ import annotations

import random
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from benchmarks.serving import server
from benchmarks.setting import environment, say
from cli import english
from kb import KbError, Kind
from kb import files as scratch
from kb.care import backup, packed, verify
from kb.store import Store
from tests.pdfs import handbook_pdf

COUNT = 100
MARKS = ("amber printing", "birch printing")
WHOLE = {"": 0, MARKS[0]: 5, MARKS[1]: 6}  # practices
QUERIES = ("work together online", "weekly meetings and a poster", "students of a course", "printing")
FIRST_EVERY, NEW_EVERY = (
    10,
    5,
)  # one in ten is the first of a library, one in five has texts that are not known
KINDS = ("ingest", "rollback", "restore", "backup", "review")
MIX = "mix"
WRITING = {
    "ingest": ("store", "embed", "index"),
    "rollback": ("embed", "index"),
    "restore": ("restore", "embed", "index"),
    "backup": ("backup",),
    "review": ("embed", "index"),
}
"""The stages in which each of them writes."""
SAVED = "saved.zip"
WRITING_S = {kind: 0.02 if kind == "backup" else 0.15 for kind in KINDS}  # each, where nothing is embedded

State = tuple[int, str]
"""What an answer is of: the edition's number and mark; 0 and "" for an empty library."""

CHANGE = """
import sys
import time
from pathlib import Path
from ingest import pipeline
from kb.care import Wish, backup, review, shelf
from kb.editions import Action
from kb.model import load_encoder
from kb.settings import Settings
from kb.store.store import Store
what, data, file = sys.argv[1:]
settings = Settings(Path(data))
def tell(stage, done, total, text):
    print(stage, flush=True)
print("start", flush=True)
if what == "ingest":
    pipeline.ingest(settings, file, progress=tell)
else:
    with Store.open(settings.data) as store:
        encoder = load_encoder(settings)
        (book,) = store.current_editions()
        if what == "rollback":
            shelf.rollback(store, book, None, encoder, tell)
        elif what == "backup":
            backup.backup(store, Path(file), tell)
        elif what == "review":
            record = next(r.id for r in store.records(book, store.handbook(book).edition) if r.kind == "practice")
            wish = Wish(Action.RETITLE, record, f"Renamed {time.time_ns()}", who="bench")
            review.correct(store, book, [wish], encoder, tell)
        else:
            backup.restore(store, Path(file), encoder, tell)
print("end", flush=True)
"""


@dataclass(slots=True)
class Tally:
    """What went wrong, and where the kills fell."""

    kills: Counter[str] = field(default_factory=Counter)
    published: set[State] = field(default_factory=set)
    seen: Counter[State] = field(default_factory=Counter)
    failed: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    took: list[float] = field(default_factory=list)

    mixed: list[str] = field(default_factory=list)
    answers: int = 0

    def settle(self) -> None:
        """Note the answers of a library that are of no edition which it ever published."""
        self.mixed += [
            f"{state}, {count} times" for state, count in self.seen.items() if state not in self.published
        ]
        self.answers += self.seen.total()
        self.seen.clear()
        self.published.clear()


def main() -> None:
    """Kill, look, and print the figures; exit code 1 if anything was lost, mixed, failed or left."""
    words = sys.argv[1:]
    numbers = [int(words.pop(0)) for _ in range(2) if words and words[0].isdigit()]
    count, seed = (*numbers, *(COUNT, 0)[len(numbers) :])
    bad = False
    print("| killed | times | answers | failed | mixed | lost records | left-over files | at stage |")
    print("|---|---|---|---|---|---|---|---|")
    for what in words or ["ingest"]:
        tally = run(what, count, seed)
        stages = ", ".join(f"{stage} {times}" for stage, times in tally.kills.most_common())
        print(
            f"| {what} | {sum(tally.kills.values())} | {tally.answers} | {len(tally.failed)} | {len(tally.mixed)} "
            f"| {len(tally.lost)} | {len(tally.left)} | {stages} |",
            flush=True,
        )
        for text in (*tally.failed[:5], *tally.mixed, *tally.lost, *tally.left):
            say(text)
        bad = bad or bool(tally.failed or tally.mixed or tally.lost or tally.left)
    sys.exit(bad)


def run(what: str, count: int, seed: int = 0) -> Tally:
    """Kill a change so many times, by libraries that begin empty."""
    tally, chance = Tally(), random.Random(seed)
    done = 0
    while done < count:
        with tempfile.TemporaryDirectory(prefix="kb-bench-") as folder:
            done += _one_library(what, Path(folder), min(FIRST_EVERY, count - done), chance, tally)
        say(f"{what}: {done} of {count}")
    return tally


def _one_library(what: str, folder: Path, count: int, chance: random.Random, tally: Tally) -> int:
    """Kill the first ingest of a library and then others, under load; how often that was done."""
    data, printer = folder / "library", _Printer(folder)
    Store.open(data).close()
    tally.published.add(_state(data))
    with server(data) as (_, address), _warm(address), _clients(address, tally):
        if what != "ingest":
            for _ in range(3):
                _change("ingest", data, printer.next(_state(data)), None, "")
                tally.published.add(_state(data))
            with Store.open(data, readonly=True) as store:
                backup.backup(store, folder / SAVED)
        for number in range(count):
            kind = KINDS[number % len(KINDS)] if what == MIX else what
            before = _state(data)
            if kind == "rollback" and before[0] == 1:
                _change("restore", data, folder / SAVED, None, "")
                before = _state(data)
                tally.published.add(before)
            file = (
                printer.next(before, is_new=number % NEW_EVERY == NEW_EVERY - 1)
                if kind == "ingest"
                else (folder / SAVED)
            )
            moment, after = chance.uniform(0, max(tally.took, default=8.0) if not before[0] else 4.0), "start"
            if number % 2:
                moment, after = (
                    chance.uniform(0, WRITING_S[kind]),
                    chance.choice(WRITING[kind]),
                )
            stage, took = _change(kind, data, file, moment, after)
            if stage == "end" and not before[0]:
                tally.took.append(took)
            tally.kills[f"{kind} {stage}" if what == MIX else stage] += 1
            tally.published.add(_state(data))
            place = f"{kind} {number} killed at {stage}"
            _look(data, before, tally, place)
            _look_at_backup(folder / SAVED, tally, place)
        time.sleep(0.3)
    tally.settle()
    return count


class _Printer:
    """Prints the next edition: the other mark, the other number of practices; the same texts unless new."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.made = 0

    def next(self, before: State, *, is_new: bool = False) -> Path:
        """A PDF that no edition was read from."""
        self.made += 1
        turn = 1 if before[1] == MARKS[0] else 0
        note = f"Printed anew for the time number {self.made}." if is_new else ""
        path = self.folder / "handbook.pdf"
        path.write_bytes(
            handbook_pdf(practices=5 + turn, mark=MARKS[turn], note=note, subject=str(self.made))
        )
        return path


def _change(what: str, data: Path, file: Path, kill_s: float | None, after: str) -> tuple[str, float]:
    """Run a change, and kill it so long after it says a stage; the stage it was in, "end" if it was through."""
    started = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-c", CHANGE, what, str(data), str(file)],
        env=environment(data),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    stage = "python"
    assert process.stdout is not None
    assert process.stderr is not None
    timer = threading.Timer(kill_s or 0.0, process.send_signal, [signal.SIGKILL])
    for line in process.stdout:
        stage = line.strip()
        if stage == after and kill_s is not None and not timer.is_alive() and timer.ident is None:
            timer.start()
    timer.cancel()
    process.wait()
    if process.returncode not in (0, -signal.SIGKILL):
        say(process.stderr.read())
        raise SystemExit(f"{what}: exit code {process.returncode}")
    process.stderr.close()
    process.stdout.close()
    return stage, time.monotonic() - started


def _state(data: Path) -> State:
    """What the library serves."""
    with Store.open(data, readonly=True) as store:
        for book, number in store.current_editions().items():
            return _of(number, [r.text for r in store.records(book, number) if r.kind is Kind.PRACTICE])
    return (0, "")


def _of(number: int, texts: list[str]) -> State:
    marks = {mark for text in texts for mark in MARKS if mark in " ".join(text.split())}
    return number, " and ".join(sorted(marks))


def _look(data: Path, before: State, tally: Tally, place: str) -> None:
    """Check the library after a kill, as the next start finds it and leaves it."""
    with Store.open(data) as store:
        store.clean()
        wrong = [english.said(fault) for fault in verify(store)]
        number, mark = _state(data)
        records = [r for book, n in store.current_editions().items() for r in store.records(book, n)]
        practices = sum(r.kind is Kind.PRACTICE for r in records)
        if practices != WHOLE[mark] or (before[0] and not number):
            wrong.append(f"serves {practices} practices of edition {number}, {mark!r}; before {before}")
        tally.lost += [f"{place}: {text}" for text in wrong]
        names = {store.folder / "index" / store.generation()} if store.generation() else set()
        names |= {store.folder / "files" / f"{sha}.pdf" for sha in store.checksums()}
        found = {*(data / "index").iterdir(), *(data / "files").iterdir()}
        found |= {p for p in data.iterdir() if p.name.endswith(".partial")}
        left = found ^ names
        tally.left += [f"{place}: {path}" for path in sorted(left)]
    tally.left += [f"{place}: {text}" for text in _temporary()]


def _look_at_backup(saved: Path, tally: Tally, place: str) -> None:
    """Check that the backup is whole, the one before or the new one, and alone after the next one's sweep."""
    scratch.sweep(saved.parent, f"{saved.name}.")
    tally.left += [f"{place}: {path.name}" for path in saved.parent.glob(f"{saved.name}.*")]
    if saved.exists():
        try:
            with tempfile.TemporaryDirectory(prefix="kb-bench-") as folder:
                packed.unpack(saved, Path(folder) / "unpacked")
        except KbError as error:
            tally.lost.append(f"{place}: {error}")


def _temporary() -> list[str]:
    """Folders of processes that have ended, after the sweep that each start of a reader makes."""
    place = Path(tempfile.gettempdir())
    scratch.sweep(place, "kb-reader-")
    running = {path.name for path in Path("/proc").iterdir() if path.name.isdigit()}
    pattern = re.compile(r"kb-reader-.*-(\d+)-[^-]*$")
    names = [(path.name, pattern.match(path.name)) for path in place.iterdir()]
    return [name for name, found in names if found and found[1] not in running]


@contextmanager
def _clients(address: str, tally: Tally) -> Iterator[None]:
    """Two clients that search until the block ends."""
    is_over = threading.Event()
    lock = threading.Lock()

    def ask(number: int) -> None:
        with httpx.Client(base_url=address, timeout=60) as client:
            while not is_over.is_set():
                for query in QUERIES[number:] + QUERIES[:number]:
                    params = {"q": query, "kind": "practice", "limit": "50"}
                    try:
                        answer = client.get("/search.json", params=params)
                        problem = (
                            "" if answer.status_code == 200 else f"{answer.status_code}: {answer.text[:300]}"
                        )
                    except httpx.HTTPError as error:
                        problem = repr(error)
                    with lock:
                        if problem:
                            tally.failed.append(problem)
                        else:
                            tally.seen[_seen(answer.json())] += 1
                    time.sleep(0.02)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        is_over.set()
        for thread in threads:
            thread.join()


def _warm(address: str) -> AbstractContextManager[None]:
    """Wait until the server has loaded its model, which on a busy machine takes a minute."""
    httpx.get(f"{address}/search.json", params={"q": "warm"}, timeout=600).raise_for_status()
    return nullcontext()


def _seen(page: dict[str, Any]) -> State:
    """The one state that all hits are of; of more than one it is a state that no library is ever in."""
    states = {_of(hit["record"]["handbook"]["edition"], [hit["evidence"]["text"]]) for hit in page["hits"]}
    return states.pop() if len(states) == 1 else (0, "") if not states else (-1, repr(sorted(states)))


if __name__ == "__main__":
    main()
