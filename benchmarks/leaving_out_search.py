"""What the constants of ranking are worth on what they were not chosen by: `python -m benchmarks.leaving_out_search`.

Every setting of a grid is measured on every collection; then the constants are chosen on all collections, and anew
for each family of them (what shares documents or needs) on the others alone. Both figures stand side by side. Of two
settings within 0.005 the simpler is chosen: values stand in the grid simplest first.

`--try kb.search.nearness:MEAN_SHARE=0,0.3,0.5` names a constant by its module and the values to try, and may be given
several times in the place of the built-in grid. `--around` varies one constant at a time from what is built in. What
was measured is kept in `--table FILE` (CSV) line by line, so that a run may be stopped and gone on with; `--kept` names
a folder that keeps the filled libraries: a new one where reading or indexing has changed. Texts are embedded once, and
libraries are filled anew only for constants that change what is indexed (those outside kb.search).
"""

from __future__ import annotations

import argparse
import csv
import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from benchmarks import choosing
from benchmarks.choosing import Grid, Setting, Value
from benchmarks.grounds import Figure, Grounds, Kept, built_in, changes_index, patched
from benchmarks.setting import say
from kb import Settings
from kb.measure import Evaluation
from kb.model import load_encoder

GRID: Grid = {
    "kb.search.nearness:MEAN_SHARE": (0.0, 0.5),
    "kb.search.nearness:SPECIAL": (0.8, 1.0),
    "kb.search.retrieval:WORDS_SHARE": (0.2, 0.1),
    "kb.search.retrieval:COVERED_SHARE": (0.5, 0.4),
    "kb.search.retrieval:ACROSS_SHARE": (0.1, 0.2),
}


def by_ndcg(found: Evaluation, style: str) -> float:
    """nDCG@10 of hybrid search."""
    return found.ndcg("hybrid", style)


def by_similar(found: Evaluation, style: str) -> float:  # noqa: ARG001  a Figure
    """nDCG@5 of similar records; 0 where none are judged."""
    return found.similar_ndcg or 0.0


def by_nothing(found: Evaluation, style: str) -> float:  # noqa: ARG001  a Figure
    """How often "nothing fits" was rightly said or not said: the mean of both shares, as far as there are needs."""
    shares = []
    if found.none_rightly[1]:
        shares.append(found.none_rightly[0] / found.none_rightly[1])
    if found.none_wrongly[1]:
        shares.append(1 - found.none_wrongly[0] / found.none_wrongly[1])
    return sum(shares) / len(shares) if shares else 0.0


FIGURES: Mapping[str, tuple[Figure, tuple[str, ...]]] = {
    "ndcg": (by_ndcg, ()),
    "similar": (by_similar, ("needs", "sample")),
    "nothing": (by_nothing, ("needs", "needs-hard", "needs-languages", "sample")),
}
"""What constants may be chosen by, and the collections that judge it: all where none is named."""


class Measured:
    """The table of what was measured, kept in a file as well, where one is named."""

    def __init__(self, grid: Grid, collections: Sequence[str], path: Path | None = None) -> None:
        self.table: dict[Setting, dict[str, float]] = {}
        self._head = [*grid, *collections]
        self._names, self._collections, self._path = list(grid), list(collections), path
        if path is not None and path.is_file():
            self._read(path)

    def add(self, setting: Setting, figures: Mapping[str, float]) -> None:
        """Keep what a setting has on each collection."""
        self.table[setting] = dict(figures)
        if self._path is None:
            return
        is_new = not self._path.is_file()
        with self._path.open("a", encoding="utf-8", newline="") as file:
            out = csv.writer(file, lineterminator="\n")
            if is_new:
                out.writerow(self._head)
            out.writerow([*map(json.dumps, setting), *(f"{figures[name]:.6f}" for name in self._collections)])

    def _read(self, path: Path) -> None:
        with path.open(encoding="utf-8", newline="") as file:
            head, *lines = csv.reader(file)
        if head != self._head:
            raise SystemExit(
                f"{path}: is of other constants or collections; choose another file\n  it has {', '.join(head)}"
            )
        count = len(self._names)
        for line in lines:
            setting = tuple(json.loads(cell) for cell in line[:count])
            self.table[setting] = dict(zip(self._collections, map(float, line[count:]), strict=True))


def measure(
    grounds: Grounds, grid: Grid, settings: Sequence[Setting], figure: Figure, kept: Measured
) -> None:
    """Measure every setting that is not known yet; those that share an index one after the other."""
    fresh = [setting for setting in settings if setting not in kept.table]
    for number, setting in enumerate(sorted(fresh, key=lambda one: indexed(grid, one)), start=1):
        say(f"{number} of {len(fresh)}: {choosing.told(grid, setting)}")
        with patched(dict(zip(grid, setting, strict=True))):
            grounds.part = indexed(grid, setting)
            kept.add(setting, grounds.figures(figure))


def indexed(grid: Grid, setting: Setting) -> str:
    """The part of a setting that changes what is indexed, "" where none does."""
    pairs = [pair for pair in zip(grid, setting, strict=True) if changes_index(pair[0])]
    return json.dumps(pairs) if pairs else ""


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, choose and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.leaving_out_search", description=__doc__)
    parser.add_argument("--try", dest="tried", action="append", type=_constant, metavar="MODULE:NAME=A,B")
    parser.add_argument("--around", action="store_true", help="vary one constant at a time")
    parser.add_argument("--by", choices=FIGURES, default="ndcg", help="what is to be best (default: ndcg)")
    parser.add_argument("--only", action="append", metavar="COLLECTION", help="measure these alone")
    parser.add_argument(
        "--questions", type=int, default=60, help="XQuAD's questions a language (default: 60)"
    )
    parser.add_argument("--table", type=Path, metavar="FILE", help="keep what is measured, and go on from it")
    parser.add_argument("--kept", type=Path, metavar="FOLDER", help="keep the filled libraries here")
    asked = parser.parse_args(arguments)
    grid: Grid = dict(asked.tried) if asked.tried else GRID
    with tempfile.TemporaryDirectory(prefix="kb-left-out-") as scratch:
        encoder = Kept(load_encoder(Settings(Path(scratch))))
        wanted = asked.only or FIGURES[asked.by][1]
        grounds = Grounds(asked.kept or Path(scratch), encoder, wanted, asked.questions)
        for line in left_out(grounds, grid, around=asked.around, by=asked.by, path=asked.table):
            print(line, flush=True)


def left_out(
    grounds: Grounds, grid: Grid = GRID, *, around: bool = False, by: str = "ndcg", path: Path | None = None
) -> Iterator[str]:
    """Measure what is not in the table of `path` yet, and choose: the lines to print."""
    if len(set(grounds.families.values())) < 2:
        raise SystemExit(
            "one family of collections: with it left out nothing is left to choose by; name more"
        )
    own: Setting = tuple(built_in(name) for name in grid)
    settings = choosing.one_at_a_time(grid, own) if around else [own, *choosing.settings_of(grid)]
    settings = list(dict.fromkeys(settings))
    kept = Measured(grid, list(grounds.families), path)
    measure(grounds, grid, settings, FIGURES[by][0], kept)
    yield f"{len(settings)} settings{', one constant changed at a time' if around else ''}, by {by}."
    yield from choosing.rows({one: kept.table[one] for one in settings}, grid, grounds.families, own)


def _constant(text: str) -> tuple[str, tuple[Value, ...]]:
    name, is_given, values = text.partition("=")
    place, _, attribute = name.partition(":")
    if not (is_given and place and attribute):
        raise argparse.ArgumentTypeError(f"{text}: not MODULE:NAME=VALUE,VALUE")
    return name, tuple(_value(value) for value in values.split(","))


def _value(text: str) -> Value:
    try:
        found: Value = json.loads(text)
    except ValueError:
        return text
    return found


if __name__ == "__main__":
    main()
