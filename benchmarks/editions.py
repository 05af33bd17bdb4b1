"""How well records are found again in mutated editions, as a table: `python -m benchmarks.editions`.

The mutated editions are those of tests/mutations.py, made of the records of the sample handbook and, where
they are there, of real ones. With --misses every mistake at up to 30 % rewritten text is printed.
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.setting import SAMPLE, say, text_handbooks
from ingest import pipeline
from kb import Kind, Record, Settings
from kb.editions import compare, handbook_id, identify
from tests.mutations import Found, mutate, score

SHARES = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6)
ROUNDS = 10
UP_TO = 0.3


def main() -> None:
    """Print precision and recall a handbook and share, then what is said of the sample's own second edition."""
    books = {path.name: records_of(path) for path in (SAMPLE, *text_handbooks())}
    books = {name: records for name, records in books.items() if records}
    print("| rewritten | precision | recall | pairs | splits and merges: precision | recall | of |")
    print("|---|---|---|---|---|---|---|")
    hard: dict[str, Found] = {}
    for share in SHARES:
        total = Found(0, 0, 0)
        for name, records in books.items():
            found = measure(records, share)
            total += found
            if share <= UP_TO:
                hard[name] = hard.get(name, Found(0, 0, 0)) + found
        print(f"| {share:.0%} {_row(total)}")
    restyled = [measure(records, UP_TO, is_restyled=True) for records in books.values()]
    print(f"| {UP_TO:.0%}, set anew {_row(sum(restyled, Found(0, 0, 0)))}")
    print(f"\n| handbook, up to {UP_TO:.0%} | precision | recall | pairs | splits and merges | recall | of |")
    print("|---|---|---|---|---|---|---|")
    for name, found in hard.items():
        print(f"| {name} ({len(books[name])} records) {_row(found)}")
        if "--misses" in sys.argv:
            for text in found.missed:
                say(f"  {name}: {text}")
    _second_edition(books[SAMPLE.name])


def records_of(path: Path) -> tuple[Record, ...]:
    """The records that are read from a handbook, as its first edition."""
    say(f"reading {path.name} ...")
    with tempfile.TemporaryDirectory() as folder:
        found = pipeline.extract(Settings(Path(folder)), path)
    return identify(handbook_id(found.title, ()), 1, (), found.records)


def measure(
    records: Sequence[Record], share: float, rounds: int = ROUNDS, *, is_restyled: bool = False
) -> Found:
    """Match some mutated editions of these records."""
    total = Found(0, 0, 0)
    for number in range(rounds):
        total += score(records, mutate(records, random.Random(number), share, is_restyled=is_restyled))
    return total


def _row(found: Found) -> str:
    return (
        f"| {found.precision:.4f} | {found.recall:.4f} | {found.wanted} "
        f"| {found.parted_precision:.3f} | {found.parted_recall:.3f} | {found.parted_wanted} |"
    )


def _second_edition(first: tuple[Record, ...]) -> None:
    """The sample's editions were written by hand: what changed is known."""
    path = SAMPLE.with_name("handbook-edition-2.pdf")
    truth = json.loads(SAMPLE.with_name("changes.json").read_text("utf-8"))
    second = identify(first[0].handbook, 2, first, records_of(path))
    kinds = (Kind.PRACTICE, Kind.TOOL)
    found = compare(*([r for r in records if r.kind in kinds] for records in (first, second)))
    print("\nThe sample's second edition, of practices and tools alone, against corpus/sample/changes.json:")
    for name in ("added", "removed", "renamed", "moved", "rewritten"):
        print(f"{name}: {len(truth[name])} written, {len(getattr(found, name))} said")


if __name__ == "__main__":
    main()
