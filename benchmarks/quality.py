"""Measure the quality figures and print them: `python -m benchmarks.quality`.

Extraction: the gold files of real handbooks, the sample's own truth, and the sample typeset in other styles.
Search: judged needs over real handbooks and over the sample, and a classic collection. `--only extraction` or
`--only search` measures one half.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from benchmarks.setting import HANDBOOKS, ROOT, SAMPLE, SAMPLE_NEEDS, SCORE, SHARED, kb, say
from corpus import build
from ingest import pipeline
from kb import Settings

GOLD = HANDBOOKS / "gold"
SCORER = SCORE / "score_extraction.py"
NEEDS = SCORE / "needs.json"
CRANFIELD = SHARED / "collections" / "cranfield"
FIGURES = {
    "annexes": 0.97,
    "practices": 0.95,
    "page spans": 0.90,
    "fields": 0.90,
    "institution": 1.0,
    "tools (recall)": 0.80,
}
"""What is to be reached on the gold files with default settings."""
SCANS = {
    "scan-or4-case-reading": ("or4-case-reading", 0),
    "scan-fr-etalab-p12-22": ("fr-etalab-algorithmes", 11),
}
"""Pictures of pages -> the gold file of the whole, and how many pages come before."""
RECALL = "recall"
"""Parts with this in their name are scored by recall: the gold files name some of what there is to find."""

Counts = Mapping[str, Sequence[int]]
"""Part -> how many are right, found, and in the gold file."""
Rate = Callable[[int, int, int], tuple[float, float, float]]
"""Those three -> precision, recall, F1."""


@dataclass(frozen=True, slots=True)
class Case:
    """A PDF and its gold annotation."""

    pdf: Path
    gold: Mapping[str, Any]


def main(arguments: list[str] | None = None) -> None:
    """Measure from the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.quality", description=__doc__)
    parser.add_argument("--only", choices=("extraction", "search"), help="measure this half alone")
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="kb-quality-") as scratch:
        if chosen.only != "search":
            extraction(Path(scratch))
        if chosen.only != "extraction":
            search(Path(scratch))


def extraction(scratch: Path) -> None:
    """Print one table for the real handbooks, one for the sample's editions and one for its variants."""
    if not SCORER.is_file():
        say(f"{SCORER}: not there, so extraction is not scored")
        return
    scorer = _load(SCORER)
    real = [Case(HANDBOOKS / f"{gold.stem}.pdf", _read(gold)) for gold in sorted(GOLD.glob("*.json"))]
    folder = SAMPLE.parent
    editions = [Case(folder / f"handbook-edition-{n}.pdf", _read(folder / f"truth-{n}.json")) for n in (1, 2)]
    if real:
        _print_scores("Real handbooks", real, scorer, has_figures=True)
        _print_scores("Pictures of pages, through OCR", list(_scans()), scorer)
    else:
        say(f"{GOLD}: not there, so the real handbooks are not scored")
    _print_scores("The sample handbook", editions, scorer)
    _print_scores("The sample's first edition in other styles", list(_variants(scratch)), scorer)


def search(scratch: Path) -> None:
    """Print what `kb eval` says of the judged needs and of a classic collection."""
    for name, needs, folder in (("real", NEEDS, HANDBOOKS), ("sample", SAMPLE_NEEDS, SAMPLE.parent)):
        if not needs.is_file():
            say(f"{needs}: not there, so its needs are not asked")
            continue
        pool = [folder / file for file in json.loads(needs.read_text(encoding="utf-8"))["pool"]]
        say(f"ingesting {len(pool)} handbooks ...")
        kb("ingest", "--yes", *pool, data=scratch / name)
        _print_command("eval", needs, data=scratch / name)
    if CRANFIELD.is_dir():
        _print_command("eval", "--beir", CRANFIELD, data=scratch / "none")
    else:
        say(f"{CRANFIELD}: not there, so it is not measured")


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
    title: str, cases: Sequence[Case], scorer: ModuleType, *, has_figures: bool = False
) -> None:
    """F1 of each part, file by file, then of all together (every practice counts the same)."""
    if not cases:
        return
    rate: Rate = scorer.prf
    print(f"\n{title}, F1\n\n| file | {' | '.join(FIGURES)} |\n|---|{'---|' * len(FIGURES)}")
    total: dict[str, list[int]] = {part: [0, 0, 0] for part in FIGURES}
    for case in cases:
        say(f"reading {case.pdf.name} ...")
        counts: Counts = scorer.score(case.gold, extracted(case.pdf))
        for part, numbers in counts.items():
            total[part] = [one + more for one, more in zip(total[part], numbers, strict=True)]
        print(_row(case.pdf.name, counts, rate), flush=True)
    print(_row("**all**", total, rate))
    if has_figures:
        print(f"| figure | {' | '.join(f'{least:.2f}' for least in FIGURES.values())} |")
        both = {part: rate(*total[part])[:2] for part in FIGURES if RECALL not in part}
        print(
            f"\nPrecision / recall: {', '.join(f'{part} {p:.3f} / {r:.3f}' for part, (p, r) in both.items())}"
        )


def _row(name: str, counts: Counts, rate: Rate) -> str:
    cells = []
    for part in FIGURES:
        right, found, wanted = counts.get(part, (0, 0, 0))
        _, recall, f1 = rate(right, found, wanted)
        cells.append(f"{recall if RECALL in part else f1:.3f}" if found or wanted else "–")
    return f"| {name} | {' | '.join(cells)} |"


def _print_command(*words: str | Path, data: Path) -> None:
    shown = [os.path.relpath(word) if isinstance(word, Path) else word for word in words]
    print(f"\n$ kb {' '.join(shown)}\n", flush=True)
    print(kb(*words, data=data), end="", flush=True)


def _read(path: Path) -> dict[str, Any]:
    return dict(json.loads(path.read_text(encoding="utf-8")))


def _load(path: Path) -> ModuleType:
    """A script as a module: the scorer is used as it is, not copied."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


if __name__ == "__main__":
    main()
