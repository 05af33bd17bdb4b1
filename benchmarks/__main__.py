"""Measure the speed figures and print them as a table: `python -m benchmarks`.

One thing at a time, each in a fresh process and a temporary library. Other work on the machine slows all of
them; the last line says how busy it was.
"""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path

from benchmarks import reading, serving
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
        say(f"reading {len(texts)} handbooks ...")
        speed = reading.speed(texts)
        say("reading 500 pages in the sandbox ...")
        long = reading.long_handbook(scratch)
    rows = [
        ("ingest", f"{served.pages} pages, whole command", "< 20 s", f"{served.ingest_s:.1f} s"),
        ("ingest", "processor time of that, all cores", "", f"{served.processor_s:.1f} s"),
        ("parsing", "the part of it spent in the child", "< 5 s", f"{served.parse_s:.1f} s"),
        ("search", "median through the HTTP API, warm", "< 20 ms", f"{served.median_ms:.1f} ms"),
        ("search", f"95th percentile of {served.searches}", "", f"{served.p95_ms:.1f} ms"),
        ("search", "the server's processor time for each", "", f"{served.processor_ms:.1f} ms"),
        ("server", "resident memory after that", "< 1 GB", f"{served.resident / 1e9:.2f} GB"),
        (
            "reading",
            f"{speed.pages} pages of text, in one process",
            ">= 25 pages/s",
            f"{speed.per_second:.0f} pages/s",
        ),
        ("reading", "the same by processor time", "", _rate(speed.per_processor_second)),
        ("reading", f"child's peak memory, {long.pages} pages", "< 500 MB", f"{long.peak / 1e6:.0f} MB"),
        ("reading", f"time for {long.pages} pages in the child", "", f"{long.seconds:.1f} s"),
    ]
    print("| what | of what | figure | measured |\n|---|---|---|---|")
    for row in rows:
        print(f"| {' | '.join(row)} |")
    print(
        f"\n{handbook.name} on {os.cpu_count()} cores in {time.monotonic() - started:.0f} s; "
        f"load when it began {busy:.1f}, when it ended {os.getloadavg()[0]:.1f}"
    )


def _rate(pages_per_second: float) -> str:
    return f"{pages_per_second:.0f} pages/s"


if __name__ == "__main__":
    main()
