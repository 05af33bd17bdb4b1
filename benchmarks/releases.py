"""Figures of speed and size, what they were at the last release, and how much of a difference the machine makes.

A machine is known by what a fixed piece of work takes it, its yardstick: times are compared in yardsticks, so that a
slower machine is no slower release. It is taken again between the measurements; by how much it varies then is what the
machine's noise covers.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np

KEPT = Path(__file__).with_name("release.json")
LEAST_NOISE = 0.1
"""Of a ratio: two runs of one release on a quiet machine differ by as much."""
_TIMES = ("s", "ms")
_ROUNDS = 20


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured number: what was measured of what, the number to reach ("" for none), and its unit.

    Times are in "s" or "ms", sizes in "MB"; units that end in "/s" are rates; "times" and "%" are ratios.
    """

    what: str
    of_what: str
    goal: str
    value: float
    unit: str

    @property
    def key(self) -> str:
        """What it is known by from release to release."""
        return f"{self.what}: {self.of_what}"

    @property
    def measured(self) -> str:
        """The number with its unit."""
        if self.unit == "%":
            return f"{self.value:.0%}"
        shown = f"{self.value:.0f}" if self.value >= 100 else f"{self.value:.3g}"
        return f"{shown} {self.unit}" if self.unit != "times" else shown


@dataclass(frozen=True, slots=True)
class Release:
    """What was measured of a release: its version, the machine's yardstick in seconds, and the numbers by key."""

    version: str
    yardstick_s: float
    values: Mapping[str, float]

    @classmethod
    def read(cls, path: Path = KEPT) -> Self | None:
        """The last release's, None where none is kept."""
        if not path.is_file():
            return None
        held = json.loads(path.read_text("utf-8"))
        return cls(held["version"], held["yardstick_s"], held["values"])

    def write(self, path: Path = KEPT) -> None:
        """Keep it as the last one."""
        held = {"version": self.version, "yardstick_s": self.yardstick_s, "values": dict(self.values)}
        path.write_text(json.dumps(held, indent=1, ensure_ascii=False) + "\n", "utf-8")

    def against(self, figure: Figure, yardstick_s: float, noise: float) -> str:
        """How a figure stands against this release's, as a ratio, and whether noise covers the difference."""
        before = self.values.get(figure.key)
        if not before:
            return "new"
        ratio = figure.value / before
        if figure.unit in _TIMES:
            ratio *= self.yardstick_s / yardstick_s
        elif figure.unit.endswith("/s"):
            ratio *= yardstick_s / self.yardstick_s
        else:
            noise = LEAST_NOISE  # how busy a machine is changes no size
        is_covered = 1 / (1 + noise) <= ratio <= 1 + noise
        return f"{ratio:.2f}{' (noise)' if is_covered else ''}"


class Yardstick:
    """What a fixed piece of work took, each time it was asked."""

    def __init__(self) -> None:
        self._took: list[float] = []

    def take(self) -> None:
        """Measure it now: processor seconds of some products of matrices and some plain Python."""
        rows = np.random.default_rng(1).standard_normal((400, 400)).astype(np.float32)
        began = time.process_time()
        for _ in range(_ROUNDS):
            np.einsum("ij,jk->ik", rows, rows, optimize=False)
            sum(number * number for number in range(100_000))
        self._took.append(time.process_time() - began)

    @property
    def seconds(self) -> float:
        """The shortest: what the machine can."""
        return min(self._took)

    @property
    def noise(self) -> float:
        """By how much the longest is longer than the shortest, at least LEAST_NOISE: 0.3 for 30 %."""
        return max(max(self._took) / min(self._took) - 1, LEAST_NOISE)
