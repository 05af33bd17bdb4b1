"""How long `kb serve` takes to its first page and answer, and `kb search`: `python -m benchmarks.starting`."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx

from benchmarks import serving
from benchmarks.releases import Figure
from benchmarks.setting import SAMPLE, kb, say

TIMES = 5
NEED = "how do others award credit for online exchange?"


def figures(scratch: Path) -> Iterator[Figure]:
    """Of the sample's library, each the median of some starts, the software's files in memory already."""
    say("starting on the sample ...")
    data = scratch / "started"
    kb("ingest", "--yes", SAMPLE, data=data)
    kb("search", NEED, data=data)
    starts = [_served(data) for _ in range(TIMES)]
    pages, answers = zip(*starts, strict=True)
    yield Figure("start", "kb serve, to its first page", "< 1 s", statistics.median(pages), "s")
    yield Figure(
        "start", "kb serve, to its first answer by meaning", "< 1.5 s", statistics.median(answers), "s"
    )
    yield Figure("start", "kb search, the whole command", "< 0.8 s", statistics.median(_searches(data)), "s")


def _served(data: Path) -> tuple[float, float]:
    """Seconds from the start of `kb serve` to its first page and to an answer asked then."""
    began = time.perf_counter()
    with serving.server(data) as (_, url):
        httpx.get(url, timeout=60).raise_for_status()
        page = time.perf_counter() - began
        httpx.get(f"{url}/search.json", params={"q": NEED}, timeout=60).raise_for_status()
        return page, time.perf_counter() - began


def _searches(data: Path) -> Iterator[float]:
    for _ in range(TIMES):
        began = time.perf_counter()
        kb("search", NEED, data=data)
        yield time.perf_counter() - began


def main() -> None:
    """Print a line a figure."""
    with tempfile.TemporaryDirectory(prefix="kb-bench-") as folder:
        for figure in figures(Path(folder)):
            print(f"{figure.of_what}: {figure.measured} ({figure.goal})")


if __name__ == "__main__":
    main()
