"""How long the next edition of a handbook takes, against the first: `python -m benchmarks.reingest [FILE.pdf ...]`.

The next edition is the same PDF in which the words of one record in ten stand in another order, written into the
page's own text objects. Both are ingested by the real command, each in a process of its own. Without files it is
the sample handbook and, where they are there, real ones.
"""

from __future__ import annotations

import ctypes
import json
import random
import resource
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from benchmarks.setting import HANDBOOKS, SAMPLE, kb, say
from ingest import pipeline
from kb import Kind, Record, Settings, Span
from kb.store import Store

SHARE = 0.1
REAL = ("18f-derisking-handbook", "fr-etalab-algorithmes", "zero-trust-appendices")


@dataclass(frozen=True, slots=True)
class Took:
    """Seconds of wall and of processor time; what was embedded and what changed."""

    wall: float
    processor: float
    records: int
    changed: int
    embedded: int


def main() -> None:
    """Print a row a handbook."""
    real = [HANDBOOKS / f"{name}.pdf" for name in REAL]
    files = [Path(name) for name in sys.argv[1:]] or [SAMPLE, *(path for path in real if path.is_file())]
    print("| handbook | records changed | texts embedded: first, again | first | again | wall | processor |")
    print("|---|---|---|---|---|---|---|")
    for file in files:
        first, again = measure(file)
        print(
            f"| {file.name} | {again.changed} of {again.records} | {first.embedded}, {again.embedded} "
            f"| {first.wall:.1f} s | {again.wall:.1f} s | {again.wall / first.wall:.0%} "
            f"| {again.processor / first.processor:.0%} |"
        )


def measure(file: Path) -> tuple[Took, Took]:
    """Ingest a handbook, then its next edition."""
    with tempfile.TemporaryDirectory(prefix="kb-bench-") as folder:
        data, later = Path(folder) / "library", Path(folder) / file.name
        later.write_bytes(next_edition(file))
        say(f"ingesting {file.name} and its next edition ...")
        return ingest(file, data), ingest(later, data)


def ingest(file: Path, data: Path) -> Took:
    """Run the command."""
    before = _vectors(data)
    started, used = time.monotonic(), _processor_s()
    report = json.loads(kb("ingest", "--json", "--yes", file, data=data))["ingested"][0]
    wall, processor = time.monotonic() - started, _processor_s() - used
    found = report["changes"] or {}
    changed = {
        c["id"] for c in (*found.get("renamed", ()), *found.get("moved", ()), *found.get("rewritten", ()))
    }
    changed |= {record for record, _ in (*found.get("added", ()), *found.get("removed", ()))}
    total = sum(report[kind] for kind in ("annexes", "practices", "tools", "sections"))
    return Took(wall, processor, total, len(changed), len(_vectors(data) - before))


def next_edition(file: Path, share: float = SHARE) -> bytes:
    """The PDF with the words of some of its records in another order."""
    with tempfile.TemporaryDirectory() as folder:
        found = pipeline.extract(Settings(Path(folder)), file)
    records = [r for r in found.records if r.kind is not Kind.TOOL and r.fields]
    chosen = random.Random(0).sample(records, max(1, round(share * len(found.records))))
    document = pdfium.PdfDocument(file)
    for number in sorted({span.page for r in chosen for f in r.fields for span in f.spans}):
        _rewrite(document, number, _spans(chosen, number))
    target = Path(tempfile.mkstemp(suffix=".pdf")[1])
    try:
        document.save(target)
        return target.read_bytes()
    finally:
        target.unlink()


def _spans(records: Sequence[Record], page: int) -> list[Span]:
    return [span for r in records for f in r.fields for span in f.spans if span.page == page and span.box]


def _rewrite(document: pdfium.PdfDocument, number: int, spans: Sequence[Span]) -> None:
    """Turn round the words of each text object that lies in one of the boxes."""
    page = document[number - 1]
    height, text = page.get_height(), page.get_textpage()
    for part in page.get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT], max_depth=1):
        left, bottom, right, top = part.get_bounds()
        x, y = (left + right) / 2, height - (bottom + top) / 2
        if not any(s.box[0] <= x <= s.box[2] and s.box[1] <= y <= s.box[3] for s in spans if s.box):
            continue
        size = raw.FPDFTextObj_GetText(part, text, None, 0)
        buffer = ctypes.create_string_buffer(size)
        raw.FPDFTextObj_GetText(part, text, ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort)), size)
        words = buffer.raw.decode("utf-16-le").rstrip("\0").split(" ")
        if len([w for w in words if w]) > 1:
            turned = (" ".join(reversed(words)) + "\0").encode("utf-16-le")
            raw.FPDFText_SetText(part, (ctypes.c_ushort * (len(turned) // 2)).from_buffer_copy(turned))
    page.gen_content()


def _vectors(data: Path) -> set[str]:
    """The checksums of the texts whose vectors the library knows."""
    if not data.is_dir():
        return set()
    with Store.open(data, readonly=True) as store, store._database.read() as db:  # noqa: SLF001 - to count
        return {row[0] for row in db.execute("SELECT sha256 FROM vector")}


def _processor_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
