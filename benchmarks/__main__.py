"""Measure the speed figures and print them as a table, against those of the last release: `python -m benchmarks`.

One thing at a time, each in a fresh process and a temporary library. Other work on the machine slows all of
them; the last line says how busy it was, and a difference that this may explain is called noise. With --keep the
figures are written into benchmarks/release.json, as those of this release.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from benchmarks import changing, embedding, large, reading, reingest, serving, starting
from benchmarks.releases import Figure, Release, Yardstick
from benchmarks.setting import HANDBOOKS, SAMPLE, say, text_handbooks

HANDBOOK = HANDBOOKS / "18f-derisking-handbook.pdf"
KEEP = "--keep"


def main() -> None:
    """Run every measurement, then print what was wanted and what was found."""
    started, busy, yardstick = time.monotonic(), os.getloadavg()[0], Yardstick()
    found: list[Figure] = []
    with tempfile.TemporaryDirectory(prefix="kb-bench-") as folder:
        for figure in _figures(Path(folder)):
            yardstick.take()
            found.append(figure)
    _print_table(found, yardstick)
    print(
        f"\n{os.cpu_count()} cores, {time.monotonic() - started:.0f} s; load when it began {busy:.1f}, when it ended"
        f" {os.getloadavg()[0]:.1f}; noise of {yardstick.noise:.0%} by the yardstick ({yardstick.seconds:.2f} s)"
    )
    if KEEP in sys.argv[1:]:
        values = {figure.key: round(figure.value, 4) for figure in found}
        Release(version("practice-kb"), round(yardstick.seconds, 4), values).write()


def _figures(scratch: Path) -> Iterator[Figure]:
    yield from starting.figures(scratch)
    yield from embedding.figures(scratch)
    handbook, texts = HANDBOOK, text_handbooks()
    if not handbook.is_file():
        say(f"{handbook}: not there; measuring on the sample handbook instead")
        handbook, texts = SAMPLE, (SAMPLE,)
    say(f"ingesting {handbook.name} and asking the server ...")
    served = serving.measure(handbook, scratch / "library")
    yield Figure("ingest", f"{served.pages} pages, whole command", "< 20 s", served.ingest_s, "s")
    yield Figure("ingest", "processor time of that, all cores", "", served.processor_s, "s")
    yield Figure("ingest", "the part of it spent in the child that reads", "< 5 s", served.parse_s, "s")
    yield from _searches("that handbook", served.asked)
    first, again = reingest.measure(SAMPLE)
    share = again.processor / first.processor
    yield Figure("ingest", "the next edition, one text in ten new, processor time", "<= 25 %", share, "%")
    say("making libraries of 1 000 records and of 10 000 passages ...")
    made, encoder = large.stock(dict.fromkeys((SAMPLE, *texts)), scratch / "stock")
    small, big = large.libraries(made, encoder, scratch)
    say("asking their servers in turn ...")
    few, many = serving.ask_each(small.data, big.data)
    yield from _searches(f"{small.records} records", few)
    yield from _searches("10 000 passages", many, memory="< 400 MB")
    yield Figure(
        "search",
        "10 000 passages against 1 000 records, median",
        "< 1.3",
        many.median_ms / few.median_ms,
        "times",
    )
    yield from changing.figures(changing.measure(made, scratch))
    yield from reading.figures(scratch)


def _searches(library: str, asked: serving.Asked, memory: str = "") -> Iterator[Figure]:
    yield Figure("search", f"{library}: median through the HTTP API, warm", "", asked.median_ms, "ms")
    yield Figure("search", f"{library}: 95th percentile of {asked.searches}", "", asked.p95_ms, "ms")
    yield Figure("search", f"{library}: processor time for each", "", asked.processor_ms, "ms")
    yield Figure("server", f"{library}: resident memory after that", memory, asked.resident / 1e6, "MB")


def _print_table(found: list[Figure], yardstick: Yardstick) -> None:
    last = Release.read()
    against = f"against {last.version}" if last else "against the last release"
    print(f"| what | of what | to reach | measured | {against} |\n|---|---|---|---|---|")
    for figure in found:
        compared = last.against(figure, yardstick.seconds, yardstick.noise) if last else "none kept"
        print(f"| {figure.what} | {figure.of_what} | {figure.goal} | {figure.measured} | {compared} |")


if __name__ == "__main__":
    main()
