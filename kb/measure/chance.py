"""What chance alone would do: the interval of a mean over needs, and whether two runs differ by more than that."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np

from kb import InputError, Numbers, Vector

SEED = 2026
DRAWS = 2000  # samples of the bootstrap, and signs of the test where there are too many needs to try all
EXACT_UP_TO = 12  # needs that differ: 4096 ways to give them signs
LEVEL = 0.95
UNLIKELY = 1 - LEVEL
MAIN = "nDCG@10"  # compared in each group of needs, the others over all needs only
_ROUNDING = 1e-9
_NEXT = "write it with: kb eval NEEDS.json --run FILE"

Interval = tuple[float, float]
RunFigures = Mapping[str, tuple[frozenset[str], Mapping[str, float]]]
"""What a run file says of each need, by its name: the groups it belongs to, and its measures."""


@dataclass(frozen=True, slots=True)
class Shift:
    """How one measure differs between two runs, over the needs of one group that both answered.

    `low` and `high` bound the mean difference (95 %, bootstrap over needs); `p` is how often chance alone, giving each
    need's difference a sign at random, brings a mean difference as large.
    """

    group: str
    measure: str
    count: int
    before: float
    after: float
    difference: float
    low: float
    high: float
    p: float
    better: int
    worse: int
    equal: int

    @property
    def may_be_chance(self) -> bool:
        """Whether chance alone brings such a difference more often than once in twenty."""
        return self.p >= UNLIKELY


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs: what changed, all needs first, and how many needs only one of them answered."""

    changes: tuple[Shift, ...]
    only_before: int = 0
    only_after: int = 0


def interval(values: Sequence[float]) -> Interval:
    """Where the mean of such values lies with 95 %: the percentile bootstrap, always with the same draws."""
    return (
        _bounds(np.asarray(values, dtype=np.float64)[_draws(len(values))].mean(axis=1)) if values else (0, 0)
    )


def interval_of_share(values: Sequence[float], wholes: Sequence[float]) -> Interval:
    """Where the mean of values over that of their wholes, pair by pair, lies with 95 %."""
    drawn = _draws(len(values))
    above, below = (np.asarray(numbers, dtype=np.float64)[drawn].mean(axis=1) for numbers in (values, wholes))
    return _bounds(above / np.maximum(below, _ROUNDING))


def chance_of(differences: Sequence[float]) -> float:
    """How likely a mean at least as far from nothing is, if each difference might as well have the other sign.

    Fisher's randomisation test for pairs, two-sided; exact for few that differ. It asks for no distribution.
    """
    differing = np.array([one for one in differences if abs(one) > _ROUNDING], dtype=np.float64)
    reached = abs(differing.sum()) - _ROUNDING
    if len(differing) <= EXACT_UP_TO:
        signs = np.array(list(product((-1, 1), repeat=len(differing))), dtype=np.float64)
        return float(np.mean(np.abs(signs @ differing) >= reached))
    signs = np.random.default_rng(SEED).choice((-1.0, 1.0), (DRAWS, len(differing)))
    return float((np.sum(np.abs(signs @ differing) >= reached) + 1) / (DRAWS + 1))


def compare(before: Path, after: Path) -> Comparison:
    """Compare two runs that `kb eval --run` wrote: every measure over all needs, nDCG@10 by group as well.

    Raises:
        InputError: a file cannot be read or is no such run, or the two have no need in common.
    """
    old, new = read_run(before), read_run(after)
    both = [name for name in old if name in new]
    if not both:
        raise InputError(f"{before} and {after}: no need is in both; compare runs of the same needs")
    pairs: dict[str, dict[str, tuple[float, float]]] = {}
    for name in both:
        for measure in old[name][1]:
            if measure in new[name][1]:
                pairs.setdefault(measure, {})[name] = old[name][1][measure], new[name][1][measure]
    changes = [shift("all", measure, list(pairs[measure].values())) for measure in pairs]
    for group in sorted({group for name in both for group in old[name][0]} - {"all"}):
        own = [pair for name, pair in pairs.get(MAIN, {}).items() if group in old[name][0]]
        changes += [shift(group, MAIN, own)] if own else []
    return Comparison(tuple(changes), len(old) - len(both), len(new) - len(both))


def shift(group: str, measure: str, pairs: Sequence[tuple[float, float]]) -> Shift:
    """How a measure changed, from what each need had before and has after."""
    differences = [after - before for before, after in pairs]
    before, after = (float(np.mean(column)) for column in zip(*pairs, strict=True))
    better, worse = (sum(sign * one > _ROUNDING for one in differences) for sign in (1, -1))
    return Shift(
        group,
        measure,
        len(pairs),
        before,
        after,
        after - before,
        *interval(differences),
        p=chance_of(differences),
        better=better,
        worse=worse,
        equal=len(pairs) - better - worse,
    )


def read_run(path: Path) -> RunFigures:
    """The measures of a run file, need by need.

    Raises:
        InputError: it cannot be read, or a line is none of a run, has no measures, or is of a need that came before.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: cannot be read ({error}); {_NEXT}") from error
    found: dict[str, tuple[frozenset[str], Mapping[str, float]]] = {}
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            place = f"{path}: line {number}"
            name, groups, measures = _line(line, place)
            if name in found:
                raise InputError(f"{place}: {name} was there before; a run answers each need once")
            found[name] = groups, measures
    if not found:
        raise InputError(f"{path}: holds no answers; {_NEXT}")
    return found


def _line(line: str, place: str) -> tuple[str, frozenset[str], Mapping[str, float]]:
    try:
        held = json.loads(line)
        name = held["id"] if "id" in held else " / ".join(held["similar_to"].values())
        measures = held.get("measures")
        groups = frozenset(map(str, held.get("groups", ())))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(f"{place}: not a line of a run (an object with id and results); {_NEXT}") from error
    if not isinstance(measures, dict) or not all(map(_is_number, measures.values())):
        raise InputError(f"{place}: no measures, so it was written by another program or version; {_NEXT}")
    return str(name), groups, measures


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and bool(np.isfinite(value))


def _draws(count: int) -> Numbers:
    drawn = np.random.default_rng(SEED).integers(0, count, (DRAWS, count), dtype=np.int32)
    return np.asarray(drawn)


def _bounds(means: Vector) -> Interval:
    low, high = np.quantile(means, ((1 - LEVEL) / 2, (1 + LEVEL) / 2))
    return float(low), float(high)
