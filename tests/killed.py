"""A script: kill -9 a writer before each thing that it does to the disk; see what the next start finds.

    python -m tests.killed FOLDER [EVERY [FIRST]]

At every point, or at each third of them from the second on (3 2). One process for each point, forked from one that has
everything imported. Prints the number of points.
"""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import sqlite3
import sys
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any

from kb.care.doctor import verify
from kb.index import generation as index
from kb.index.dense import Dense
from kb.index.lexical import Lexical
from kb.store.store import FILES, Store, text_sha256
from tests.factories import FakeEncoder, a_record, stage


class Countdown:
    """Kills this process before the step with which it reaches zero; never if it starts below."""

    def __init__(self, left: int) -> None:
        self.left = left

    def step(self) -> None:
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def before(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def stepping(*given: Any, **named: Any) -> Any:
            self.step()
            return function(*given, **named)

        return stepping

    def watch(self) -> None:
        """Count each statement of SQLite, and each name or content that is written."""
        countdown = self

        class Connection(sqlite3.Connection):
            def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
                countdown.step()
                return super().execute(sql, parameters)

            def executemany(self, sql: str, parameters: Iterable[Any], /) -> sqlite3.Cursor:
                countdown.step()
                return super().executemany(sql, parameters)

        setattr(sqlite3, "connect", partial(sqlite3.connect, factory=Connection))  # noqa: B010 - typed otherwise
        for owner, name in (
            (os, "fsync"), (Path, "replace"), (Path, "rename"), (Path, "unlink"), (Path, "mkdir"),
            (Path, "write_text"), (shutil, "rmtree"), (Lexical, "build"), (Dense, "save"),
        ):  # fmt: skip
            setattr(owner, name, self.before(getattr(owner, name)))


def ingest(folder: Path, number: int, countdown: Countdown) -> None:
    """What an ingest does to a library, from start to end."""
    countdown.watch()
    with Store.open(folder) as store, store.write_lock():
        store.clean()
        some = [a_record(name, text=f"edition {number} of {name}") for name in ("one", "two", "three")]
        stage(store, some, number=number, pdf=f"pdf {number}".encode())
        store.publish({"handbook": number}, index.build(store, {"handbook": number}, FakeEncoder()))
        store.clean(is_pruning=True)


def check(folder: Path, allowed: tuple[int, ...]) -> None:
    """One edition is served, whole; cleaning leaves it and nothing else."""
    with Store.open(folder, readonly=True) as store:
        served_as(store, allowed)
    with Store.open(folder) as store:
        number = served_as(store, allowed)
        store.clean()
        assert served_as(store, (number,)) == number
        assert store.clean() == []
        assert verify(store) == ()
        assert [path.name for path in store.index_folder.iterdir()] == [store.generation()]
        kept = {edition.sha256 for edition in store.editions("handbook")}
        assert {path.stem for path in (folder / FILES).iterdir()} == kept
        assert store.next_number("handbook") == number + 1


def served_as(store: Store, allowed: tuple[int, ...]) -> int:
    generation = index.open_served(store)
    number = generation.manifest.editions["handbook"]
    assert store.current_editions() == {"handbook": number}
    assert number in allowed, number
    assert [p.text for p in generation.passages] == [
        f"edition {number} of {r}" for r in ("one", "two", "three")
    ]
    assert len(generation.lexical.search(f"edition {number}", 10)[0]) == 3
    assert generation.dense is not None
    assert generation.dense.count == 3
    known = store.cached_vectors("fake", [passage.indexed for passage in generation.passages])
    assert set(known) == {text_sha256(passage.indexed) for passage in generation.passages}
    return number


def in_child(work: Callable[[], None]) -> int:
    """Run in a forked process; its exit code, or minus the signal that ended it."""
    child = os.fork()
    if child == 0:
        try:
            work()
        except BaseException:  # noqa: BLE001 - whatever it is, a forked process must not go on
            sys.excepthook(*sys.exc_info())
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def main(folder: Path, every: int = 1, start: int = 1) -> int:
    first = folder / "first"
    points = at_points(folder, None, 1, every, start)
    assert in_child(partial(ingest, first, 1, Countdown(-1))) == 0
    return points + at_points(folder, first, 2, every, start)


def at_points(folder: Path, before: Path | None, number: int, every: int, start: int) -> int:
    """Kill the ingest of an edition at its points, into a copy of a library or into none; how many these were."""
    for count in itertools.count(1):
        point = start + (count - 1) * every
        library = folder / f"{number}-{point}"
        if before is not None:
            shutil.copytree(before, library)
        ended = in_child(partial(ingest, library, number, Countdown(point)))
        assert ended in {0, -signal.SIGKILL}, f"point {point}: exit code {ended}"
        if ended == 0:
            assert in_child(partial(check, library, (number,))) == 0
            return count
        if before is not None:
            assert in_child(partial(check, library, (number - 1, number))) == 0, f"killed at point {point}"
        if before is None or point % 7 == 0:  # every time would take a minute more, and finds no more
            assert in_child(partial(again, library)) == 0, f"killed at point {point}"
        shutil.rmtree(library)
    raise AssertionError("an ingest without an end")


def again(library: Path) -> None:
    """The next ingest finds nothing in its way."""
    with Store.open(library) as store:
        store.clean()
        number = store.next_number("handbook")
    ingest(library, number, Countdown(-1))
    check(library, (number,))


if __name__ == "__main__":
    sys.stdout.write(f"{main(Path(sys.argv[1]), *map(int, sys.argv[2:]))}\n")
