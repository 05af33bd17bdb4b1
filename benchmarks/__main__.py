"""Measure the speed figures and print them as a table: `python -m benchmarks`.

One thing at a time, each in a fresh process and a temporary library. Other work on the machine slows all of
them; the last line says how busy it was.
"""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path

from benchmarks import changing, large, reading, serving
from benchmarks.setting import HANDBOOKS, SAMPLE, say, text_handbooks

HANDBOOK = HANDBOOKS / "18f-derisking-handbook.pdf"


def main() -> None:
    """Run every measurement, then print what was wanted and what was found."""
    handbook, texts = HANDBOOK, text_handbooks()
    if not handbook.is_file():
        say(f"{handbook}: not there; measuring on the sample handbook instead")
        handbook, texts = SAMPLE, (SAMPLE,)
    started, busy = time.monotonic(), os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="kb-bench-") as folder:
        scratch = Path(folder)
        say(f"ingesting {handbook.name} and asking the server ...")
        served = serving.measure(handbook, scratch / "library")
        say("making libraries of 1 000 records and of 10 000 passages ...")
        made, encoder = large.stock(dict.fromkeys((SAMPLE, *texts)), scratch / "stock")
        small, big = large.libraries(made, encoder, scratch)
        say("asking their servers in turn ...")
        few, many = serving.ask_each(small.data, big.data)
        changed = changing.measure(made, scratch)
        read = list(reading.rows(scratch))
    rows = [
        ("ingest", f"{served.pages} pages, whole command", "< 20 s", f"{served.ingest_s:.1f} s"),
        ("ingest", "processor time of that, all cores", "", f"{served.processor_s:.1f} s"),
        ("parsing", "the part of it spent in the child", "< 5 s", f"{served.parse_s:.1f} s"),
        *_searches("that handbook", served.asked, "< 20 ms", ""),
        *_searches(f"{small.records} records, {small.passages} passages", few, "< 15 ms", "< 30 ms"),
        *_searches(f"{big.records} records, {big.passages} passages", many, "", ""),
        ("search", "median there against that", "< 1.3", f"{many.median_ms / few.median_ms:.2f}"),
        ("search", "processor time there against that", "", f"{many.processor_ms / few.processor_ms:.2f}"),
        *changing.rows(changed),
        *read,
    ]
    print("| what | of what | figure | measured |\n|---|---|---|---|")
    for row in rows:
        print(f"| {' | '.join(row)} |")
    print(
        f"\n{handbook.name} on {os.cpu_count()} cores in {time.monotonic() - started:.0f} s; "
        f"load when it began {busy:.1f}, when it ended {os.getloadavg()[0]:.1f}"
    )


def _searches(library: str, asked: serving.Asked, median: str, p95: str) -> tuple[tuple[str, ...], ...]:
    return (
        ("search", f"{library}: median through the HTTP API, warm", median, f"{asked.median_ms:.1f} ms"),
        ("search", f"{library}: 95th percentile of {asked.searches}", p95, f"{asked.p95_ms:.1f} ms"),
        ("search", f"{library}: processor time for each", "", f"{asked.processor_ms:.1f} ms"),
        ("server", f"{library}: resident memory after that", "< 1 GB", f"{asked.resident / 1e9:.2f} GB"),
    )


if __name__ == "__main__":
    main()
