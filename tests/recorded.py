"""Figures that are held to the last recorded ones: tables in tests/golden, one line a figure, names and numbers alone.

`make golden` writes what can be measured here and leaves the rest as it stands: the rows of one group ("handbooks",
"sample", a file of needs) are measured together, and only such a group is replaced.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from benchmarks.scoring import rates
from benchmarks.setting import ROOT

GOLDEN = ROOT / "tests" / "golden"
NOISE = 0.005
"""What another machine's order of additions may change in a figure of search."""
NEXT_STEP = "look at each; if that is meant: make golden"

Key = tuple[str, ...]
Figures = tuple[str, ...]
Rows = Mapping[Key, Figures]
"""What names a figure, its group first -> the figure, as it is written."""


class Verdict(StrEnum):
    """How a figure compares with its record."""

    SAME = "the same"
    FELL = "fell"
    ROSE = "better than recorded"
    DIFFERS = "differs"


@dataclass(frozen=True, slots=True)
class Table:
    """A table of tests/golden: its columns, and how two figures of a row compare (recorded, now)."""

    name: str
    keys: tuple[str, ...]
    figures: tuple[str, ...]
    judged: Callable[[Figures, Figures], Verdict]

    def read(self, folder: Path) -> dict[Key, Figures]:
        """The recorded rows; none where there is no file."""
        path = folder / f"{self.name}.csv"
        if not path.is_file():
            return {}
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))[1:]
        return {tuple(row[: len(self.keys)]): tuple(row[len(self.keys) :]) for row in rows}

    def write(self, folder: Path, group: str, rows: Rows) -> None:
        """Replace a group's rows; one that is the same but for noise stays as it was written."""
        old = self.read(folder)
        kept = {key: figures for key, figures in old.items() if key[0] != group}
        new = {key: old[key] if self._is_same(old, key, now) else now for key, now in rows.items()}
        folder.mkdir(exist_ok=True)
        with (folder / f"{self.name}.csv").open("w", encoding="utf-8", newline="") as file:
            out = csv.writer(file, lineterminator="\n")
            out.writerow([*self.keys, *self.figures])
            out.writerows([*key, *figures] for key, figures in sorted((kept | new).items()))

    def complaints(self, folder: Path, group: str, rows: Rows) -> list[str]:
        """What is not as recorded, one line a row, falls first."""
        recorded = {key: figures for key, figures in self.read(folder).items() if key[0] == group}
        return sorted(self._complaints(recorded, rows), key=lambda line: not line.startswith(Verdict.FELL))

    def _complaints(self, recorded: Rows, rows: Rows) -> Iterator[str]:
        for key in sorted({*recorded, *rows}):
            was, now = recorded.get(key), rows.get(key)
            name = ", ".join(part for part in key if part)
            if was is None and now is not None:
                yield f"no record: {name}: now {self._said(now)}"
            elif now is None and was is not None:
                yield f"no longer measured: {name}: recorded {self._said(was)}"
            elif was and now and (verdict := self.judged(was, now)) is not Verdict.SAME:
                yield f"{verdict}: {name}: recorded {self._said(was)}, now {self._said(now)}"

    def _is_same(self, old: Rows, key: Key, now: Figures) -> bool:
        return key in old and self.judged(old[key], now) is Verdict.SAME

    def _said(self, figures: Figures) -> str:
        return " ".join(
            f"{name} {figure}" for name, figure in zip(self.figures, figures, strict=True) if figure
        )


CheckRecord = Callable[[Table, str, Rows], None]
"""The fixture `check_record`: a table, a group of it, and what was measured of the group."""


def counts_judged(was: Figures, now: Figures) -> Verdict:
    """By F1, then by what is found wrongly: where nothing is to be found, F1 tells only some from none."""
    if was == now:
        return Verdict.SAME
    before, after = (_worth(*map(int, figures[:3])) for figures in (was, now))
    if before == after:
        return Verdict.DIFFERS
    return Verdict.ROSE if after > before else Verdict.FELL


def _worth(right: int, found: int, wanted: int) -> tuple[float, int]:
    return rates(right, found, wanted)[2], right - found


def outcome_judged(was: Figures, now: Figures) -> Verdict:
    """Right or wrong."""
    if was == now:
        return Verdict.SAME
    return Verdict.ROSE if now == (RIGHT,) else Verdict.FELL


def search_judged(was: Figures, now: Figures) -> Verdict:
    """A fall of any measure is a fall; over another number of needs nothing compares."""
    if was[0] != now[0]:
        return Verdict.DIFFERS
    gains = [float(new) - float(old) for old, new in zip(was[1:], now[1:], strict=True) if old and new]
    if min(gains) < -NOISE:
        return Verdict.FELL
    return Verdict.ROSE if max(gains) > NOISE else Verdict.SAME


RIGHT = "right"
WRONG = "wrong"

EXTRACTION = Table(
    "extraction", ("group", "file", "part"), ("right", "found", "to find", "F1"), counts_judged
)
CASES = Table("cases", ("read by", "case"), ("outcome",), outcome_judged)
SEARCH = Table(
    "search", ("needs", "style", "mode"), ("count", "score", "hit@1", "recall@5", "MRR"), search_judged
)
"""The score is nDCG@10, of "similar records" nDCG@5, and of "nothing fits" the share of needs of which that was rightly
said, or not said."""
