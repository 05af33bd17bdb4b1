"""Measure the quality figures and print them: `python -m benchmarks.quality`.

Extraction: the gold files of real handbooks, the sample's own truth, the sample typeset in other styles, and small PDFs
with a trap each. Search: judged needs over real handbooks and over the sample, classic collections, XQuAD, and what
the constants of ranking are worth on collections they were not chosen by. All rows that the scorers give are printed; a
goal that is missed is said and stops nothing. `--only extraction` or `--only search` measures one half; `--renew`
writes what docs/explanation/quality.md shows of it there.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import answering, leaving_out, marks, scoring
from benchmarks.cases import CASES, outcomes
from benchmarks.setting import HANDBOOKS, ROOT, SAMPLE, SAMPLE_NEEDS, SCORE, say, shared_script
from corpus import build
from ingest import pipeline
from kb import Settings
from kb.model import Encoder, load_encoder

GOLD = HANDBOOKS / "gold"
SCORER = SCORE / "score_extraction.py"
GOALS = {
    "title": 1.0,
    "language": 1.0,
    "annexes": 0.95,
    "practices": 0.95,
    "page spans": 0.95,
    "fields": 0.90,
    "institution": 0.85,
    "tools (F1, complete lists)": 0.68,
    "tools (recall)": 0.80,
}
"""F1 to be reached on the gold files, as the mean over files (macro), with default settings."""
SCANS = {
    "scan-or4-case-reading": ("or4-case-reading", 0),
    "scan-fr-etalab-p12-22": ("fr-etalab-algorithmes", 11),
}
"""Pictures of pages -> the gold file of the whole, and how many pages come before."""

Counts = Mapping[str, Sequence[int]]
"""Part -> how many are right, found, and in the gold file."""
Score = Callable[[Mapping[str, Any], Mapping[str, Any]], Counts]
"""A gold file and an extraction -> their counts."""


@dataclass(frozen=True, slots=True)
class Case:
    """A PDF and its gold annotation."""

    pdf: Path
    gold: Mapping[str, Any]


def main(arguments: list[str] | None = None) -> None:
    """Measure from the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.quality", description=__doc__)
    parser.add_argument("--only", choices=("extraction", "search"), help="measure this half alone")
    parser.add_argument(
        "--renew", action="store_true", help="write the tables of docs/explanation/quality.md anew"
    )
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="kb-quality-") as scratch:
        if chosen.only != "search":
            extraction(Path(scratch), is_renewed=chosen.renew)
        if chosen.only != "extraction":
            search(Path(scratch), is_renewed=chosen.renew)


def extraction(scratch: Path, *, is_renewed: bool) -> None:
    """Print the real handbooks, the scans, the sample's editions and its variants, and the small cases."""
    if SCORER.is_file():
        score: Score = shared_script("score_extraction").score
        _print_scores("Real handbooks", real_handbooks(), score, GOALS)
        say("reading the real handbooks with other bounds ...")
        _publish("practices left out", "\n".join(leaving_out.lines()), is_renewed=is_renewed)
        _print_scores("Pictures of pages, through OCR", list(_scans()), score)
    else:
        say(f"{SCORER}: not there, so the real handbooks are not scored")
    _print_scores("The sample handbook", sample_editions(), scoring.score)
    _print_scores("The sample's first edition in other styles", list(_variants(scratch)), scoring.score)
    if CASES.is_dir():
        _print_cases(load_encoder(Settings(scratch)))
    else:
        say(f"{CASES}: not there, so its cases are not tried")


def search(scratch: Path, *, is_renewed: bool) -> None:
    """Print what is measured of search, section by section."""
    for name, lines in answering.sections(scratch):
        _publish(name, "\n".join(lines), is_renewed=is_renewed)


def _publish(name: str, made: str, *, is_renewed: bool) -> None:
    """Print a section, and write it into the document."""
    print(f"\n{name}\n\n{made}", flush=True)
    if is_renewed:
        marks.renew(name, made)


def real_handbooks() -> list[Case]:
    """The real handbooks that have a gold file."""
    return [Case(HANDBOOKS / f"{gold.stem}.pdf", _read(gold)) for gold in sorted(GOLD.glob("*.json"))]


def sample_editions() -> list[Case]:
    """The sample handbook's two editions; the typesetter says what is in them."""
    folder = SAMPLE.parent
    return [Case(folder / f"handbook-edition-{n}.pdf", _read(folder / f"truth-{n}.json")) for n in (1, 2)]


def pool_of(needs: Path) -> tuple[Path, ...]:
    """The handbooks over which needs are judged."""
    folder = SAMPLE.parent if needs.parent == SAMPLE_NEEDS.parent else HANDBOOKS
    return tuple(folder / file for file in _read(needs)["pool"])


def extracted(pdf: Path) -> dict[str, Any]:
    """What `kb extract PDF --json` prints."""
    return pipeline.extract(Settings(data=ROOT / "data"), pdf).as_json()


def shifted(gold: Mapping[str, Any], pages: int) -> dict[str, Any]:
    """A gold file with this many pages taken off each page number."""
    numbers = ("page", "page_start", "page_end")
    moved = {
        part: [{k: v - pages if k in numbers else v for k, v in one.items()} for one in gold[part]]
        for part in ("annexes", "practices", "tools")
    }
    return {**gold, **moved}


def _scans() -> Iterator[Case]:
    for name, (whole, pages_before) in SCANS.items():
        pdf, gold = HANDBOOKS / f"{name}.pdf", GOLD / f"{whole}.json"
        if not (pdf.is_file() and gold.is_file()):
            say(f"{pdf} or {gold}: not there, so it is not scored")
        elif shutil.which("tesseract") is None:
            say(f"{pdf.name}: no tesseract on this machine, so it is not scored")
        else:
            yield Case(pdf, shifted(_read(gold), pages_before))


def _variants(scratch: Path) -> Iterator[Case]:
    fonts, folder = scratch / "fonts", scratch / "variants"
    fonts.mkdir()
    folder.mkdir()
    build.unpack_fonts(fonts)
    for name in build.variants():
        made = build.typeset(1, fonts, name, f"variant-{name}.pdf")
        pdf = folder / f"variant-{name}.pdf"
        pdf.write_bytes(made.pdf)
        yield Case(pdf, made.truth)


def _print_scores(
    title: str, cases: Sequence[Case], score: Score, goals: Mapping[str, float] | None = None
) -> None:
    """F1 of each part, file by file; then of all together, and the mean over files (macro)."""
    if not cases:
        return
    counted: dict[str, Counts] = {}
    for case in cases:
        say(f"reading {case.pdf.name} ...")
        counted[case.pdf.name] = score(case.gold, extracted(case.pdf))
    parts = list(dict.fromkeys(part for counts in counted.values() for part in counts))
    print(f"\n{title}, F1\n\n| file | {' | '.join(parts)} |\n|---|{'---|' * len(parts)}")
    for name, counts in counted.items():
        cells = (f"{scoring.rates(*counts[part])[2]:.3f}" if part in counts else "–" for part in parts)
        print(f"| {name} | {' | '.join(cells)} |")
    print(
        f"\n{title}, each part\n\n| part | files | right, found, to find | pooled P, R, F1 | macro P, R, F1 |",
        end="",
    )
    print(f"{' goal |' if goals else ''}\n|---|---|---|---|---|{'---|' if goals else ''}")
    for part in parts:
        print(_row(part, [counts[part] for counts in counted.values() if part in counts], goals), flush=True)


def _row(part: str, rows: Sequence[Sequence[int]], goals: Mapping[str, float] | None) -> str:
    """All files' counts of a part together, and the mean of what each file reached."""
    total = [sum(column) for column in zip(*rows, strict=True)]
    pooled = scoring.rates(*total)
    macro = [sum(column) / len(rows) for column in zip(*(scoring.rates(*row) for row in rows), strict=True)]
    cells = [part, str(len(rows)), ", ".join(map(str, total)), _three(pooled), _three(macro)]
    if goals:
        cells.append(_against(macro[2], goals.get(part)))
    return f"| {' | '.join(cells)} |"


def _three(values: Sequence[float]) -> str:
    return ", ".join(f"{value:.3f}" for value in values)


def _against(reached: float, goal: float | None) -> str:
    if goal is None:
        return "none"
    return f"{goal:.2f} " + ("reached" if reached >= goal else f"missed by {goal - reached:.3f}")


def _print_cases(encoder: Encoder) -> None:
    """Each small case and what is wrong with it; then how many are right."""
    say(f"trying the cases of {CASES} ...")
    tried = outcomes(encoder)
    print("\nCases with a trap\n\n| case | read by | what is wrong |\n|---|---|---|")
    for one in tried:
        said = "–" if one.is_right else one.said.replace("|", "\\|")
        print(f"| {one.name} | {one.reader} | {said} |")
    print(f"\n{sum(one.is_right for one in tried)} of {len(tried)} cases right", flush=True)


def _read(path: Path) -> dict[str, Any]:
    return dict(json.loads(path.read_text(encoding="utf-8")))


if __name__ == "__main__":
    main()
