"""How fast PDFs are read, and how much memory the child takes: `python -m benchmarks.reading FILE.pdf`."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pypdf

from benchmarks.setting import ROOT, SAMPLE, say

LONG = 500


@dataclass(frozen=True, slots=True)
class Speed:
    """Pages read and extracted in one process, one thread."""

    pages: int
    seconds: float
    processor_seconds: float

    @property
    def per_second(self) -> float:
        """Pages a second by the clock."""
        return self.pages / self.seconds

    @property
    def per_processor_second(self) -> float:
        """Pages a second of processor time: what other work on the machine hardly changes."""
        return self.pages / self.processor_seconds


@dataclass(frozen=True, slots=True)
class Long:
    """One long handbook in the child; `peak` is its resident memory in bytes at the most."""

    pages: int
    seconds: float
    peak: int


def speed(handbooks: Sequence[Path]) -> Speed:
    """Read every handbook in this process; the smallest once before, so that imports do not count."""
    from ingest import reader  # noqa: PLC0415  the measured child brings its own

    def read(path: Path) -> int:
        request = {"name": path.name, "password": "", "max_pages": 2000}
        return len(reader.read(request, path.read_bytes(), lambda *_: None)["pages"])

    read(min(handbooks, key=lambda path: path.stat().st_size))
    pages, total, processor = 0, 0.0, time.process_time()
    for path in handbooks:
        started = time.perf_counter()
        count = read(path)
        took = time.perf_counter() - started
        say(f"  {path.name}: {count} pages, {count / took:.0f} pages/s")
        pages, total = pages + count, total + took
    return Speed(pages, total, time.process_time() - processor)


def long_handbook(scratch: Path) -> Long:
    """Repeat the sample handbook up to 500 pages, and read that in a child of a small process.

    A child's peak starts from its parent's size at the fork (getrusage(2)), so the parent must be small.
    """
    path = scratch / f"{LONG}-pages.pdf"
    writer = pypdf.PdfWriter()
    sample = pypdf.PdfReader(SAMPLE)
    for number in range(LONG):
        writer.add_page(sample.pages[number % len(sample.pages)])
    writer.write(path)
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.reading", path],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return Long(**json.loads(done.stdout))


def main() -> None:
    """Read one PDF in the sandbox and print what its child took, as JSON."""
    from ingest.safe import sandbox  # noqa: PLC0415  it alone, so that this process stays small

    if len(sys.argv) != 2:
        sys.exit("which PDF? python -m benchmarks.reading FILE.pdf")
    path = Path(sys.argv[1])
    request = {"name": path.name, "password": "", "max_pages": 2000}
    started = time.perf_counter()
    found = sandbox.run("ingest.reader:read", request, path.read_bytes())
    took = time.perf_counter() - started
    unit = 1 if sys.platform == "darwin" else 1024  # getrusage(2): KiB, on macOS bytes
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * unit
    print(json.dumps({"pages": len(found["pages"]), "seconds": took, "peak": peak}))


if __name__ == "__main__":
    main()
