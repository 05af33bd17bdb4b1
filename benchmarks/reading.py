"""How fast PDFs are read, pictures of pages too, and how much memory that takes: `python -m benchmarks.reading`."""

from __future__ import annotations

import contextlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil
import pypdf

from benchmarks.releases import Figure
from benchmarks.setting import HANDBOOKS, ROOT, SAMPLE, say, text_handbooks

LONG = 500
SCANS = ("scan-", "ocr-")
"""What the names of the handbooks that are pictures of pages begin with."""
_ONCE = "--child"
_LOOK_SECONDS = 0.1  # between looks at what the child's processes have in memory


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
    """One long handbook in the child, its pages read by so many processes at once.

    `peak` is what all processes have resident in bytes at the most, but for files', as the reader's bounds count it.
    """

    pages: int
    readers: int
    seconds: float
    processor_seconds: float
    peak: int


def speed(handbooks: Sequence[Path]) -> Speed:
    """Read every handbook in this process, set up as the child is; the smallest once before: imports do not count."""
    from ingest import reader  # noqa: PLC0415  the measured child brings its own
    from ingest.safe import child  # noqa: PLC0415

    def read(path: Path) -> int:
        request = {"name": path.name, "password": "", "max_pages": 2000}
        return len(reader.read(request, path.read_bytes(), lambda *_: None)["pages"])

    read(min(handbooks, key=lambda path: path.stat().st_size))
    child.collect_seldom()
    pages, total, processor = 0, 0.0, time.process_time()
    for path in handbooks:
        started = time.perf_counter()
        count = read(path)
        took = time.perf_counter() - started
        say(f"  {path.name}: {count} pages, {count / took:.0f} pages/s")
        pages, total = pages + count, total + took
    return Speed(pages, total, time.process_time() - processor)


def scanned() -> tuple[Path, ...]:
    """The handbooks of more than a page that are pictures."""
    found = [path for path in sorted(HANDBOOKS.glob("*.pdf")) if path.name.startswith(SCANS)]
    return tuple(path for path in found if len(pypdf.PdfReader(path).pages) > 1)


def ocr_speed(scans: Sequence[Path]) -> Speed:
    """Read pictures of pages by OCR; the processor time is this process's and Tesseract's."""
    from ingest import reader  # noqa: PLC0415  the measured child brings its own

    pages, total, processor = 0, 0.0, _processor_seconds()
    for path in scans:
        started = time.perf_counter()
        request = {"name": path.name, "password": "", "max_pages": 2000}
        found = reader.read(request, path.read_bytes(), lambda *_: None)["pages"]
        count = sum(page["is_ocr"] for page in found)
        took = time.perf_counter() - started
        say(f"  {path.name}: {count} pages by OCR, {took / max(count, 1):.1f} s a page")
        pages, total = pages + count, total + took
    return Speed(pages, total, _processor_seconds() - processor)


def _processor_seconds() -> float:
    """What this process and its finished children took."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


def long_handbook(scratch: Path) -> tuple[Long, Long]:
    """Repeat the sample handbook up to 500 pages, and read that in a child: by one process, and by one a core.

    They take turns; the quicker of two counts.
    """
    path = repeated(scratch)
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.reading", _ONCE, path],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    runs = [Long(**one) for one in json.loads(done.stdout)]
    one, all_cores = (min(runs[at::2], key=lambda run: run.seconds) for at in range(2))
    return one, all_cores


def repeated(scratch: Path) -> Path:
    """The sample handbook over and over, up to 500 pages."""
    path = scratch / f"{LONG}-pages.pdf"
    writer = pypdf.PdfWriter()
    sample = pypdf.PdfReader(SAMPLE)
    for number in range(LONG):
        writer.add_page(sample.pages[number % len(sample.pages)])
    writer.write(path)
    return path


def whole_seconds(path: Path) -> float:
    """A handbook's way into an empty library, in the sandbox and here, by the clock."""
    from ingest import pipeline  # noqa: PLC0415  the measured child brings its own
    from kb import Settings  # noqa: PLC0415

    with tempfile.TemporaryDirectory(prefix="kb-bench-") as folder:
        started = time.perf_counter()
        pipeline.ingest(Settings(data=Path(folder)), path)
        return time.perf_counter() - started


def figures(scratch: Path) -> Iterator[Figure]:
    """Of reading text, a long handbook and, where they are there, scans."""
    from ingest.page import ocr  # noqa: PLC0415  the measured child brings its own

    texts = text_handbooks() or (SAMPLE,)
    say(f"reading {len(texts)} handbooks ...")
    text = speed(texts)
    yield Figure("reading", f"{text.pages} pages of text, in one process", "", text.per_second, "pages/s")
    rate = text.per_processor_second
    yield Figure("reading", "the same by processor time: one core", ">= 30 pages/s", rate, "pages/s")
    say(f"reading {LONG} pages in the sandbox ...")
    one, long = long_handbook(scratch)
    yield Figure("reading", f"child's peak memory, {long.pages} pages", "< 500 MB", long.peak / 1e6, "MB")
    yield Figure("reading", f"{long.pages} pages in the child", "", long.seconds, "s")
    yield Figure("reading", "the same, pages by one process", "", one.seconds, "s")
    yield Figure("reading", "one process's time against all cores'", "", one.seconds / long.seconds, "times")
    more = long.processor_seconds / one.processor_seconds
    yield Figure("reading", "all cores' processor time against one process's", "", more, "times")
    say(f"ingesting {LONG} pages ...")
    yield Figure("ingest", f"{LONG} pages", "< 40 s", whole_seconds(scratch / f"{LONG}-pages.pdf"), "s")
    if not ocr.installed() or not (scans := scanned()):
        say("no Tesseract, or no pictures of pages in ../shared: OCR is not measured")
        return
    say(f"reading {len(scans)} scans by OCR ...")
    scan = ocr_speed(scans)
    took = 1 / scan.per_processor_second
    yield Figure("OCR", f"each of {scan.pages} pages, processor time", "<= 1.2 s", took, "s")


def main() -> None:
    """Print the figures of reading as a table; with --child FILE.pdf what one PDF took in the sandbox, as JSON."""
    if sys.argv[1:2] == [_ONCE]:
        cores = len(os.sched_getaffinity(0))
        runs = [_in_child(Path(sys.argv[2]), readers) for readers in (1, cores, 1, cores)]
        print(json.dumps([asdict(run) for run in runs]))
        return
    with tempfile.TemporaryDirectory(prefix="kb-bench-") as folder:
        for figure in figures(Path(folder)):
            print(f"{figure.of_what}: {figure.measured} ({figure.goal or 'no goal'})", flush=True)
    print(f"\nload: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


def _in_child(path: Path, readers: int) -> Long:
    from ingest.safe import sandbox  # noqa: PLC0415  it alone, so that this process stays small

    request = {"name": path.name, "password": "", "max_pages": 2000, "readers": readers}
    started, processor, ended = time.perf_counter(), _processor_seconds(), threading.Event()
    with ThreadPoolExecutor(1) as pool:
        peak = pool.submit(_peak, ended)
        try:
            found = sandbox.run("ingest.reader:read", request, path.read_bytes())
        finally:
            ended.set()
    took = time.perf_counter() - started
    return Long(len(found["pages"]), readers, took, _processor_seconds() - processor, peak.result())


def _peak(ended: threading.Event) -> int:
    """What all processes below this one have resident at the most until the event, in bytes, but for files'."""
    most = 0
    while not ended.wait(_LOOK_SECONDS):
        held = 0
        for process in psutil.Process().children(recursive=True):
            with contextlib.suppress(psutil.NoSuchProcess):  # ended meanwhile
                memory = process.memory_info()
                held += memory.rss - memory.shared
        most = max(most, held)
    return most


if __name__ == "__main__":
    main()
