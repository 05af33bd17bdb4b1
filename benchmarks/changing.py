"""What a change of one record takes in libraries of 100 to 10 000: `python -m benchmarks.changing`.

A reviewer gives a record another title. What is counted is the processor time of that, from the correction to the
generation that is served, against that of an index that is built anew, as every change did before. Vectors are
noise, so that no model's time is in it.
"""

from __future__ import annotations

import hashlib
import re
import statistics
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks import large
from benchmarks.large import Stock
from benchmarks.releases import Figure
from benchmarks.setting import SAMPLE, say, text_handbooks
from kb import Vectors, index
from kb.care import Wish, review
from kb.editions import Action
from kb.model import Range
from kb.store import Store

SIZES = (100, 1_000, 3_600, 10_000)  # records; 3 600 have about 10 000 passages
GOAL = {3_600: "< 0.5 s"}
CHANGES = 7


@dataclass(frozen=True, slots=True)
class Changed:
    """Seconds of processor time in a library of so many records: of one change (median), and of all built anew."""

    records: int
    change_s: float
    anew_s: float


@dataclass(frozen=True, slots=True)
class Noise:
    """An encoder that costs next to nothing: a text's vector is noise, the same each time."""

    id: str = "noise"
    dim: int = 384
    max_tokens: int = 256

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Each word, and each other sign."""
        return [found.span() for found in re.finditer(r"\w+|[^\w\s]", text)]

    def queries(self, texts: Sequence[str]) -> Vectors:
        """A unit row a text."""
        return self.passages(texts)

    def passages(self, texts: Sequence[str]) -> Vectors:
        """A unit row a text."""
        seeds = [int.from_bytes(hashlib.sha256(text.encode()).digest()[:8]) for text in texts]
        rows = [np.random.default_rng(seed).standard_normal(self.dim, dtype=np.float32) for seed in seeds]
        found = np.array(rows, dtype=np.float32).reshape(-1, self.dim)
        return np.asarray(found / np.linalg.norm(found, axis=1, keepdims=True), dtype=np.float32)

    def passages_with_parts(
        self, texts: Sequence[str], parts: Sequence[Sequence[Range]]
    ) -> tuple[Vectors, list[Vectors]]:
        """A unit row a text, and one for each of its parts."""
        cut = [[text[a:b] for a, b in own] for text, own in zip(texts, parts, strict=True)]
        return self.passages(texts), [self.passages(own) for own in cut]


def measure(made: Stock, scratch: Path) -> list[Changed]:
    """Make the libraries and change a record of each."""
    return [in_library(made, scratch / f"{records}-records", records) for records in SIZES]


def in_library(made: Stock, data: Path, records: int) -> Changed:
    """Make a library of so many records, and change some of them one after the other."""
    encoder = Noise()
    say(f"changing a record of {records} ...")
    large.fill(data, made, encoder, records=records)
    took = []
    with Store.open(data) as store:
        served = store.current_editions()
        books = sorted(served)
        for number in range(CHANGES):
            book = books[number * (len(books) - 1) // max(1, CHANGES - 1)]
            record = store.records(book, 1)[number].id
            started = time.process_time()
            review.correct(store, book, [Wish(Action.RETITLE, record, f"Title {number}")], encoder)
            took.append(time.process_time() - started)
            store.clean()
        started = time.process_time()
        index.build(store, served, encoder, is_anew=True)
        return Changed(records, statistics.median(took), time.process_time() - started)


def figures(found: Iterable[Changed]) -> Iterator[Figure]:
    """Of each library."""
    for one in found:
        goal = GOAL.get(one.records, "")
        yield Figure("change", f"1 record of {one.records}, processor time", goal, one.change_s, "s")
        yield Figure("change", f"an index of {one.records} records anew, processor time", "", one.anew_s, "s")


def main() -> None:
    """Print a row a library."""
    with tempfile.TemporaryDirectory(prefix="kb-bench-") as folder:
        made, _ = large.stock(dict.fromkeys((SAMPLE, *text_handbooks())), Path(folder) / "stock")
        for figure in figures(measure(made, Path(folder))):
            print(f"{figure.of_what}: {figure.measured}")


if __name__ == "__main__":
    main()
