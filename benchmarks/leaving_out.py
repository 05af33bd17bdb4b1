"""What the rules for practices are worth on files they were not chosen by: `python -m benchmarks.leaving_out`.

The bounds by which sections that share labels are taken for practices (ingest/parts/practices.py) are chosen anew
for each gold file: of all settings in a grid, those that read the other files best. The file is then read with each of
these, and the mean of its F1 stands beside that of the product's own bounds, so that a tie is no advantage. Prints both
for each file that does not have 1 by either, and the means over files.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from typing import Any

from benchmarks import scoring
from benchmarks.setting import HANDBOOKS, SCORE, say, shared_script
from ingest import reader
from ingest.parts import annexes, practices
from ingest.tree import Section

GOLD = HANDBOOKS / "gold"
GRID: Mapping[str, Sequence[float]] = {
    "_TELLING": (1, 2, 3),
    "_KIN": (2, 3, 4),
    "_COVER": (0.4, 0.6, 0.8),
    "_CLOSE": (0.5, 0.67, 0.8),
    "_LOOSE": (0.1, 0.25, 0.4),
}
"""The bounds, by their names in `ingest.parts.practices`, and the values that are tried."""

Setting = tuple[float, ...]
PROCESSES = 2
_SAME = 1e-9  # sums of F1 that are the same but for rounding


def own() -> Setting:
    """The product's setting."""
    return tuple(getattr(practices, name) for name in GRID)


@contextmanager
def with_bounds(setting: Setting) -> Iterator[None]:
    """The rules with other bounds, for a while."""
    before = own()
    try:
        for name, value in zip(GRID, setting, strict=True):
            setattr(practices, name, value)
        yield
    finally:
        for name, value in zip(GRID, before, strict=True):
            setattr(practices, name, value)


def copied(section: Section) -> Section:
    """A section with copies of all below it, as reading changes them."""
    other = copy.copy(section)
    other.children = [copied(child) for child in section.children]
    return other


def f1_by_setting(gold: Path) -> dict[Setting, float]:
    """F1 of the practices of one file, by setting."""
    truth = json.loads(gold.read_text(encoding="utf-8"))
    data = (HANDBOOKS / f"{gold.stem}.pdf").read_bytes()
    document = reader.document_of(gold.stem, data)
    score = shared_script("score_extraction").score
    found: dict[Setting, float] = {}
    for setting in product(*GRID.values()):
        root = copied(document.tree.root)
        with with_bounds(setting):
            taken = annexes.find(root, document.vocabulary)
            ids = frozenset(id(a.section) for a in taken)
            some = practices.find(root, len(document.raw), document.tree.title, ids, document.vocabulary)
        got = [
            {"title": p.title, "page_start": p.section.page, "page_end": p.section.last_page}
            for p in some.practices
        ]
        counts = score(truth, _shaped(got))["practices"]
        found[setting] = scoring.rates(*counts)[2]
    return found


def _shaped(found: list[dict[str, Any]]) -> dict[str, Any]:
    none: list[Any] = []
    return {"practices": [{**p, "fields": none} for p in found], "annexes": none, "tools": none}


def chosen_without(left_out: str, by_file: Mapping[str, Mapping[Setting, float]]) -> list[Setting]:
    """The settings that read the other files best."""
    worth = {
        setting: sum(f1[setting] for name, f1 in by_file.items() if name != left_out)
        for setting in product(*GRID.values())
    }
    best = max(worth.values())
    return [setting for setting, value in worth.items() if value >= best - _SAME]


def lines() -> Iterator[str]:
    """The files whose F1 is not 1 by both, and the means over all."""
    files = sorted(GOLD.glob("*.json"))
    with ProcessPoolExecutor(PROCESSES) as pool:
        by_file = dict(zip([f.stem for f in files], pool.map(f1_by_setting, files), strict=True))
    yield "| file | product | left out | settings |"
    yield "|---|---|---|---|"
    kept, left = [], []
    for name, f1 in by_file.items():
        settings = chosen_without(name, by_file)
        kept.append(f1[own()])
        left.append(sum(f1[setting] for setting in settings) / len(settings))
        if min(kept[-1], left[-1]) < 1 - _SAME:
            yield f"| {name}.pdf | {kept[-1]:.3f} | {left[-1]:.3f} | {len(settings)} |"
    yield f"| all {len(files)} | {sum(kept) / len(kept):.3f} | {sum(left) / len(left):.3f} | |"


def main() -> None:
    """Print the table."""
    if not SCORE.is_dir():
        say(f"{SCORE}: not there, so nothing is left out")
        return
    print("\n".join(lines()))


if __name__ == "__main__":
    main()
