"""Constants chosen on some collections and tried on another: pure, over a table of settings and collections.

Collections that share documents or needs are one family: whoever leaves one out leaves out all of it, and a family of
many collections weighs no more than a family of one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

NEAR = 0.005
"""Of two settings whose worth differs by no more, the simpler is chosen."""

Value = float | int | bool | str
Setting = tuple[Value, ...]
"""A value for each constant of a grid, in its order."""
Grid = Mapping[str, Sequence[Value]]
"""Constant -> the values that are tried, the simplest first: 0 where that leaves a part out."""
Table = Mapping[Setting, Mapping[str, float]]
"""Setting -> collection -> figure, more is better."""
Families = Mapping[str, str]
"""Collection -> the family that it belongs to."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """One collection: its figure with the constants chosen on all, and with those chosen without its family."""

    collection: str
    best: float
    on_all: float
    without: float
    setting: Setting


def settings_of(grid: Grid) -> list[Setting]:
    """Every setting of a grid."""
    return list(product(*grid.values()))


def one_at_a_time(grid: Grid, own: Setting) -> list[Setting]:
    """The own setting, and each that differs from it in one constant."""
    found = [own]
    for place, values in enumerate(grid.values()):
        found += [(*own[:place], value, *own[place + 1 :]) for value in values if value != own[place]]
    return found


def worth(table: Table, setting: Setting, families: Families) -> float:
    """The mean over families of what a setting reaches of the best figure that any setting has on a collection."""
    shares: dict[str, list[float]] = {}
    for collection, family in families.items():
        best = max(figures[collection] for figures in table.values())
        shares.setdefault(family, []).append(table[setting][collection] / best if best else 1.0)
    means = [sum(own) / len(own) for own in shares.values()]
    return sum(means) / len(means)


def chosen(table: Table, grid: Grid, families: Families) -> Setting:
    """The setting of most worth on these collections; of those within NEAR of it, the simplest.

    Raises:
        ValueError: there is nothing to choose from, or by.
    """
    if not (table and families):
        raise ValueError("no settings, or no collections to choose by")
    worths = {setting: worth(table, setting, families) for setting in table}
    enough = max(worths.values()) - NEAR
    near = [setting for setting, value in worths.items() if value >= enough]
    return min(near, key=lambda setting: (*_complexity(grid, setting), -worths[setting]))


def left_out(table: Table, grid: Grid, families: Families) -> list[LeftOut]:
    """Each collection with the constants chosen on all, and with those chosen without its family."""
    on_all = chosen(table, grid, families)
    found = []
    for collection, family in families.items():
        others = {name: own for name, own in families.items() if own != family}
        setting = chosen(table, grid, others)
        best = max(figures[collection] for figures in table.values())
        found.append(
            LeftOut(collection, best, table[on_all][collection], table[setting][collection], setting)
        )
    return found


def rows(table: Table, grid: Grid, families: Families, own: Setting | None = None) -> Iterable[str]:
    """The choice as a Markdown table: built in (`own`), chosen on all, chosen without each family, and with what."""
    on_all = chosen(table, grid, families)
    built_in = own if own in table else None
    yield f"Chosen on all: {told(grid, on_all)}" + ("; that is built in." if own == on_all else ".")
    if own is not None and own != on_all:
        yield f"Built in: {told(grid, own)}."
    yield ""
    yield "| collection | built in | chosen on all | chosen without it | best of any | chosen without it, where other |"
    yield "|---|---|---|---|---|---|"
    tried = left_out(table, grid, families)
    for one in tried:
        before = "–" if built_in is None else f"{table[built_in][one.collection]:.3f}"
        other = told(grid, one.setting, on_all) if one.setting != on_all else ""
        yield f"| {one.collection} | {before} | {one.on_all:.3f} | {one.without:.3f} | {one.best:.3f} | {other} |"
    before = "–" if built_in is None else f"{_mean(table[built_in][c] for c in families):.3f}"
    means = (_mean(getattr(one, name) for one in tried) for name in ("on_all", "without", "best"))
    yield f"| mean | {before} | {' | '.join(f'{mean:.3f}' for mean in means)} | |"


def told(grid: Grid, setting: Setting, beside: Setting | None = None) -> str:
    """A setting in words, or what of it differs from another."""
    names = (name.rpartition(":")[2] for name in grid)
    pairs = zip(names, setting, beside or setting, strict=True)
    return ", ".join(f"{name} {value}" for name, value, other in pairs if beside is None or value != other)


def _complexity(grid: Grid, setting: Setting) -> tuple[int, int]:
    """How many constants are not as simple as they could be, and by how many steps; own values come last."""
    steps = [
        list(values).index(value) if value in values else len(values)
        for values, value in zip(grid.values(), setting, strict=True)
    ]
    return sum(step > 0 for step in steps), sum(steps)


def _mean(values: Iterable[float]) -> float:
    numbers = list(values)
    return sum(numbers) / len(numbers)
