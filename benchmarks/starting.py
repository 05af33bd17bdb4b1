"""How long `kb serve` takes to its first page and answer, and `kb search`: `python -m benchmarks.starting`."""

from __future__ import annotations

import resource
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil

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
    pages, answers, used = (statistics.median(of) for of in zip(*_served(data), strict=True))
    yield Figure("start", "kb serve, to its first page", "< 1 s", pages, "s")
    yield Figure("start", "kb serve, to its first answer by meaning", "< 1.5 s", answers, "s")
    yield Figure("start", "kb serve, to that answer, processor time", "", used, "s")
    took, used = (statistics.median(of) for of in zip(*_searches(data), strict=True))
    yield Figure("start", "kb search, the whole command", "< 0.8 s", took, "s")
    yield Figure("start", "kb search, processor time", "", used, "s")


def _served(data: Path) -> Iterator[tuple[float, float, float]]:
    """Seconds from the start of `kb serve` to its first page, and to an answer asked then; processor time by then."""
    for _ in range(TIMES):
        began = time.perf_counter()
        with serving.server(data) as (process, url):
            httpx.get(url, timeout=60).raise_for_status()
            page = time.perf_counter() - began
            httpx.get(f"{url}/search.json", params={"q": NEED}, timeout=60).raise_for_status()
            answer = time.perf_counter() - began
            times = psutil.Process(process.pid).cpu_times()
            yield page, answer, times.user + times.system


def _searches(data: Path) -> Iterator[tuple[float, float]]:
    """Seconds that `kb search` takes, and its processor time."""
    for _ in range(TIMES):
        began, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
        kb("search", NEED, data=data)
        took, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
        yield took, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Print a line a figure."""
    with tempfile.TemporaryDirectory(prefix="kb-bench-") as folder:
        for figure in figures(Path(folder)):
            print(f"{figure.of_what}: {figure.measured} ({figure.goal})")


if __name__ == "__main__":
    main()
