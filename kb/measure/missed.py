"""How often search was asked, and found nothing or little: counted in memory, written now and then beside the library.

Search itself never writes. What people typed is kept only where the owner says so.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from filelock import FileLock

from kb import StoreError, replace_file

FILE = "queries.json"
LOCK = "queries.lock"
FORMAT = 1
LONGEST = 200  # characters kept of a text
MOST_TEXTS = 1000  # the rarest and oldest go first
MOST_DAYS = 400


class Outcome(StrEnum):
    """What became of a query: answers, weak ones only (nothing is near in meaning), or none."""

    ANSWERED = "answered"
    WEAK = "weak"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Day:
    """A day (UTC, ISO 8601) of asking."""

    day: str
    asked: int = 0
    weak: int = 0
    nothing: int = 0


@dataclass(frozen=True, slots=True)
class Missed:
    """A text that found nothing, or little, the last time it was asked; `count` is how often it did."""

    text: str
    outcome: Outcome
    count: int
    last: str


@dataclass(frozen=True, slots=True)
class Tally:
    """Days, newest first, and texts, most frequent first."""

    days: tuple[Day, ...] = ()
    texts: tuple[Missed, ...] = ()


@dataclass(slots=True)
class Counter:
    """Counts queries in memory, from any thread; `flush` adds them to the file in a folder."""

    folder: Path
    keeps_texts: bool = False
    today: Callable[[], str] = lambda: datetime.now(UTC).date().isoformat()
    _days: dict[str, Day] = field(default_factory=dict)
    _texts: dict[str, Missed] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, text: str, outcome: Outcome) -> None:
        """Count a query; touches no file."""
        day = self.today()
        with self._lock:
            self._days[day] = _added(self._days.get(day, Day(day)), _one(day, outcome))
            if self.keeps_texts and outcome is not Outcome.ANSWERED:
                key = " ".join(text.split())[:LONGEST].casefold()
                known = self._texts.get(key)
                self._texts[key] = Missed(key, outcome, known.count + 1 if known else 1, day)

    def flush(self) -> None:
        """Add what was counted since the last time to the file, and forget it.

        Raises:
            StoreError: the file cannot be written; what was counted is kept for the next try.
        """
        with self._lock:
            days, texts = dict(self._days), dict(self._texts)
        if not days:
            return
        try:
            with FileLock(self.folder / LOCK):  # several servers may share a library
                _write(self.folder / FILE, _together(_read(self.folder / FILE), days, texts))
        except OSError as error:
            raise StoreError(f"{self.folder / FILE}: cannot be written ({error}); queries wait") from error
        with self._lock:
            self._forget(days, texts)

    def _forget(self, days: dict[str, Day], texts: dict[str, Missed]) -> None:
        for day, counted in days.items():
            left = _subtracted(self._days[day], counted)
            if left.asked:
                self._days[day] = left
            else:
                del self._days[day]
        for key, missed in texts.items():
            left_over = self._texts[key].count - missed.count
            if left_over:
                self._texts[key] = replace(self._texts[key], count=left_over)
            else:
                del self._texts[key]


def tally(folder: Path) -> Tally:
    """What was counted so far; nothing where nothing was."""
    held = _read(folder / FILE)
    days = sorted((Day(day, **counts) for day, counts in held["days"].items()), key=lambda d: d.day)
    texts = [Missed(text, Outcome(o), count, last) for text, (o, count, last) in held["texts"].items()]
    return Tally(tuple(days[::-1]), tuple(sorted(texts, key=lambda m: (-m.count, m.text))))


def _one(day: str, outcome: Outcome) -> Day:
    return Day(day, 1, int(outcome is Outcome.WEAK), int(outcome is Outcome.NOTHING))


def _added(one: Day, two: Day) -> Day:
    return Day(one.day, one.asked + two.asked, one.weak + two.weak, one.nothing + two.nothing)


def _subtracted(one: Day, two: Day) -> Day:
    return Day(one.day, one.asked - two.asked, one.weak - two.weak, one.nothing - two.nothing)


def _together(held: dict[str, Any], days: dict[str, Day], texts: dict[str, Missed]) -> dict[str, Any]:
    for day, counted in days.items():
        whole = asdict(_added(Day(day, **held["days"].get(day, {})), counted))
        held["days"][day] = {name: count for name, count in whole.items() if name != "day"}
    for key, missed in texts.items():
        before = held["texts"].get(key, ("", 0, ""))[1]
        held["texts"][key] = (missed.outcome.value, before + missed.count, missed.last)
    kept = sorted(held["texts"].items(), key=lambda item: (item[1][1], item[1][2], item[0]))[-MOST_TEXTS:]
    newest = sorted(held["days"].items())[-MOST_DAYS:]
    return {"format": FORMAT, "days": dict(newest), "texts": dict(kept)}


def _read(path: Path) -> dict[str, Any]:
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
        if held["format"] != FORMAT:
            raise ValueError(f"format {held['format']}")
        return {"days": dict(held["days"]), "texts": dict(held["texts"])}
    except FileNotFoundError:
        return {"days": {}, "texts": {}}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StoreError(
            f"{path}: cannot be read ({error}); move it away, and counting starts anew"
        ) from error


def _write(path: Path, held: dict[str, Any]) -> None:
    replace_file(path, json.dumps(held, ensure_ascii=False, indent=1))
