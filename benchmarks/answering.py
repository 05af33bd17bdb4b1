"""How well needs are answered: what `make quality` measures and writes into docs/explanation/quality.md.

Every figure is one of `kb eval`'s own functions, over libraries that are filled once (benchmarks/grounds.py).
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from benchmarks.grounds import NEEDS, REAL, Ground, Grounds, Kept, evaluations
from benchmarks.leaving_out_search import left_out
from benchmarks.setting import SAMPLE_NEEDS, SCORE, say
from cli import measuring_prints
from kb import Settings
from kb.measure import Evaluation, evaluate_needs
from kb.model import load_encoder
from kb.search import Library, Mode

MODES = (Mode.WORDS.value, Mode.DENSE.value, Mode.HYBRID.value)
GOALS = {
    "needs": 0.90,
    "xquad across": 0.87,
    **{f"xquad-{one}": 0.95 for one in ("en", "de", "el", "es", "ro")},
}
"""nDCG@10 of hybrid search to be reached."""
OVER_BETTER_LEG = 1.08
"""What hybrid search is to have of its better leg, as the mean over the classic collections."""

Section = tuple[str, list[str]]
"""The name of a section of docs/explanation/quality.md, and its lines."""


def sections(scratch: Path) -> Iterator[Section]:
    """Print what `kb eval` and the shared scorer say of each set of needs; then what the document shows."""
    grounds = Grounds(scratch / "grounds", Kept(load_encoder(Settings(scratch))))
    with grounds.opened() as library_of:
        yield "collections", list(collections(grounds, library_of, scratch))
        if (SCORE / "needs-languages.json").is_file():
            yield "languages", list(languages(library_of(REAL)))
    yield "left out", list(left_out(grounds, around=True))


def collections(grounds: Grounds, library_of: Callable[[str], Library], scratch: Path) -> Iterator[str]:
    """One row a collection: nDCG@10 by mode, and what hybrid search has of its better leg."""
    yield "| collection | queries | words | dense | hybrid | 95 % | over better leg | to reach |"
    yield "|---|---|---|---|---|---|---|---|"
    ratios: dict[str, float] = {}
    for one in grounds.all:
        say(f"asking {one.name} ...")
        found = list(evaluations(one, library_of, MODES))
        if one.name == "sample" or f"{one.name}.json" in NEEDS:
            _print(one, found[0], library_of, scratch)
        ratios[one.name] = _mean([each.over_better_leg or 0.0 for each in found])
        yield _row(one, found, ratios[one.name])
    classic = [ratio for name, ratio in ratios.items() if name == grounds.families[name] != "sample"]
    if classic:
        reached = f"{_mean(classic):.2f}"
        yield f"| mean of the {len(classic)} classic ones | | | | | | {reached} | {OVER_BETTER_LEG:.2f} |"


def languages(library: Library) -> Iterator[str]:
    """One row a language: what the same needs have of their figure in English."""
    found = evaluate_needs(
        library, SCORE / "needs-languages.json", english=SCORE / "needs.json", modes=(Mode.HYBRID.value,)
    )
    yield '| language | needs | nDCG@10 | in English | share | 95 % | "nothing fits" wrongly |'
    yield "|---|---|---|---|---|---|---|"
    for one in found.languages:
        share = "–" if one.share is None else f"{one.share:.2f}"
        english = "–" if one.english is None else f"{one.english:.3f}"
        cells = (f"{one.ndcg:.3f}", english, share, _bounds(one.interval), str(one.none_wrongly))
        yield f"| {one.language} | {one.count} | {' | '.join(cells)} |"


def shared_rows(needs: Path, run: Path) -> str:
    """What ../shared/score/score_search.py prints of the answers in a run file."""
    command = [sys.executable, str(SCORE / "score_search.py"), str(needs), str(run)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def _print(one: Ground, found: Evaluation, library_of: Callable[[str], Library], scratch: Path) -> None:
    """What `kb eval` prints of a set of needs, and what the shared scorer makes of the same answers."""
    (name, _), needs = one.asked[0], SAMPLE_NEEDS if one.name == "sample" else SCORE / f"{one.name}.json"
    print(f"\n{needs.name}, over {name}\n", flush=True)
    measuring_prints.print_evaluation(found, "recall@5")
    if (SCORE / "score_search.py").is_file():
        run = scratch / "run.jsonl"
        evaluate_needs(library_of(name), needs, run, modes=MODES[-1:])
        print(f"\nhybrid, by score_search.py\n\n{shared_rows(needs, run)}", end="", flush=True)


def _row(one: Ground, found: Sequence[Evaluation], ratio: float) -> str:
    gains = [f"{_mean([each.ndcg(mode, one.style) for each in found]):.3f}" for mode in MODES]
    rows = [next(r for r in each.rows if (r.style, r.mode) == (one.style, MODES[-1])) for each in found]
    bounds = _bounds(rows[0].interval) if len(rows) == 1 else "–"
    goal = f"{GOALS[one.name]:.2f}" if one.name in GOALS else "–"
    cells = (*gains[:-1], f"**{gains[-1]}**", bounds, f"{ratio:.2f}", goal)
    return f"| {one.name} | {sum(row.count for row in rows)} | {' | '.join(cells)} |"


def _bounds(interval: tuple[float, float] | None) -> str:
    return "–" if interval is None else "–".join(f"{bound:.2f}" for bound in interval)


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
