"""The tables of docs/explanation/quality.md that come from the recorded figures (tests/golden).

What is as good as can be is counted, not listed: a table shows what a reader may want to decide something by.
"""

from __future__ import annotations

from collections.abc import Iterable

from benchmarks.quality import GOALS
from benchmarks.scoring import rates
from tests.recorded import CASES, EXTRACTION, GOLDEN, RIGHT, SEARCH, Figures

SETS = {
    "needs.json": "real",
    "needs-hard.json": "real, hard",
    "needs-languages.json": "real, seven languages",
    "sample needs.json": "sample",
}
STYLES = ("same language", "cross-lingual", "paraphrase", "keywords", "lookup", "constraint")
MODES = ("words", "dense", "hybrid")


def parts() -> str:
    """All real handbooks together, and the mean over files, part by part."""
    rows = ["| part | files | right, found, to find | pooled P, R, F1 | macro P, R, F1 | goal (macro F1) |"]
    rows.append("|---|---|---|---|---|---|")
    counts = _counts("handbooks")
    for part, goal in GOALS.items():
        own = [counted for (_, name), counted in counts.items() if name == part]
        total = [sum(column) for column in zip(*own, strict=True)]
        pooled = rates(*total)
        macro = [sum(column) / len(own) for column in zip(*(rates(*one) for one in own), strict=True)]
        against = "reached" if macro[2] >= goal else f"missed by {goal - macro[2]:.3f}"
        cells = (part, str(len(own)), ", ".join(map(str, total)), _three(pooled), _three(macro))
        rows.append(f"| {' | '.join(cells)} | {goal:.2f} {against} |")
    return "\n".join(rows)


def imperfect() -> str:
    """Where F1 is not 1 in a real handbook or the sample, and the worst of the styles it is set in."""
    rows = ["| file | part | right, found, to find | F1 |", "|---|---|---|---|"]
    whole = 0
    worst: dict[str, tuple[float, str]] = {}
    for group in ("handbooks", "sample", "styles"):
        for (file, part), counted in _counts(group).items():
            f1 = rates(*counted)[2]
            whole += f1 == 1
            row = f"| {file} | {part} | {', '.join(map(str, counted))} | {f1:.3f} |"
            if group == "styles":
                worst[part] = min(worst.get(part, (1.0, "")), (f1, row))
            elif f1 < 1:
                rows.append(row)
    rows += [row.replace("| ", "| the worst of its styles, ", 1) for f1, row in worst.values() if f1 < 1]
    return "\n".join([*rows, "", f"{whole} figures of these files, styles among them, are 1.000."])


def cases() -> str:
    """How many small cases are right, and which are not."""
    outcomes = CASES.read(GOLDEN)
    wrong = [name for (_, name), outcome in outcomes.items() if outcome != (RIGHT,)]
    told = f"{len(outcomes) - len(wrong)} of {len(outcomes)} are as they should be"
    return f"{told}; wrong: {', '.join(f'`{one}`' for one in wrong)}." if wrong else f"{told}."


def needs() -> str:
    """One row a set of needs and style: nDCG@10 by mode, and what else hybrid search reaches."""
    rows = ["| needs | style | count | words | dense | hybrid | hit@1 | recall@5 | MRR |"]
    rows.append("|---|---|---|---|---|---|---|---|---|")
    recorded = SEARCH.read(GOLDEN)
    for name, called in SETS.items():
        for style in STYLES:
            found = [recorded[name, style, mode] for mode in MODES if (name, style, mode) in recorded]
            if len(found) == len(MODES):
                gains = [f"**{one[1]}**" if one is found[-1] else one[1] for one in found]
                rows.append(f"| {called} | {style} | {' | '.join((found[-1][0], *gains, *found[-1][2:]))} |")
    return "\n".join(rows)


def nothing() -> str:
    """One row a set: how often "nothing fits" was said rightly and wrongly, and similar records."""
    rows = [
        '| needs | "nothing fits", said rightly | wrongly | similar records, nDCG@5 |',
        "|---|---|---|---|",
    ]
    recorded = SEARCH.read(GOLDEN)
    for name, called in SETS.items():
        rightly = recorded.get((name, "nothing fits, said rightly", "hybrid"))
        unsaid = recorded.get((name, "nothing fits, rightly unsaid", "hybrid"))
        alike = recorded.get((name, "similar records", "hybrid"))
        cells = (_of(rightly, 1.0), _of(unsaid, -1.0), f"{alike[1]} ({alike[0]} lists)" if alike else "–")
        rows.append(f"| {called} | {' | '.join(cells)} |")
    return "\n".join(rows)


def _of(figures: Figures | None, way: float) -> str:
    """A share as the count that it comes from; where `way` is negative, of the others."""
    if figures is None:
        return "–"
    count, share = int(figures[0]), float(figures[1])
    return f"{round(count * (share if way > 0 else 1 - share))} of {count}"


def _counts(group: str) -> dict[tuple[str, str], tuple[int, int, int]]:
    rows = EXTRACTION.read(GOLDEN)
    return {
        (file, part): (int(right), int(found), int(wanted))
        for (of, file, part), (right, found, wanted, *_) in rows.items()
        if of == group
    }


def _three(values: Iterable[float]) -> str:
    return ", ".join(f"{value:.3f}" for value in values)
