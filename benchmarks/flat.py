"""Whether a library and its process stay as large as they are: `python -m benchmarks.flat [COUNT] [KEEP]`.

So many editions of a small handbook are ingested in a row by one process, each a file of its own that turns back
what the one before changed. After every tenth of them the process makes a correction, rolls back and forth, backs the
library up and restores it, and memory and disk are printed; where KEEP is given, older editions are forgotten first, as
`kb forget` does.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import psutil

from benchmarks.kills import MARKS
from benchmarks.setting import say
from ingest import pipeline
from kb import Kind, Settings
from kb.care import Wish, backup, review, shelf, verify
from kb.editions import Action
from kb.model import Encoder, load_encoder
from kb.store import DATABASE, FILES, INDEX, Store
from tests.pdfs import handbook_pdf

COUNT = 500


def main() -> None:
    """Ingest, and print a row now and then."""
    numbers = [int(word) for word in sys.argv[1:]]
    count, keep = (*numbers, *(COUNT, 0)[len(numbers) :])
    print("| editions | resident | disk | of that PDFs | database | its log | index | an edition adds |")
    print("|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory(prefix="kb-bench-") as folder:
        settings, last = Settings(Path(folder) / "library"), (0, 0)
        for number in range(1, count + 1):
            pdf = handbook_pdf(practices=5 + number % 2, mark=MARKS[number % 2], subject=f"{number:06}")
            report = pipeline.ingest(settings, pdf, name="handbook.pdf")
            assert report.edition == number, report
            if number % max(count // 10, 1) == 0 or number == 2:
                with Store.open(settings.data) as store:
                    if keep:
                        say(f"{shelf.forget(store, report.handbook, keep)} editions forgotten")
                    _use(store, report.handbook, number, load_encoder(settings), Path(folder) / "saved.zip")
                last = _row(number, settings.data, last)


def _use(store: Store, handbook: str, number: int, encoder: Encoder, saved: Path) -> None:
    """Correct, roll back and forth, back up and restore: all is as it was then, but for the correction."""
    record = next(r.id for r in store.records(handbook, number) if r.kind is Kind.PRACTICE)
    wish = Wish(Action.RETITLE, record, f"Renamed in edition {number}", who="bench")
    review.correct(store, handbook, [wish], encoder)
    if len(store.published(handbook)) > 1:
        shelf.rollback(store, handbook, None, encoder)
        shelf.rollback(store, handbook, number, encoder)
    backup.backup(store, saved)
    backup.restore(store, saved, encoder)
    if wrong := verify(store):
        raise SystemExit(f"edition {number}: {wrong}")


def _row(number: int, data: Path, last: tuple[int, int]) -> tuple[int, int]:
    """Print what there is; the number and the bytes on disk, for the next row."""
    parts = {
        FILES: _size(data / FILES),
        DATABASE: _size(data / DATABASE),
        "log": _size(data / f"{DATABASE}-wal"),
        INDEX: _size(data / INDEX),
    }
    total = _size(data)
    each = (total - last[1]) / (number - last[0])
    resident = psutil.Process().memory_info().rss
    held = " | ".join(f"{size / 1e6:.2f} MB" for size in parts.values())
    print(
        f"| {number} | {resident / 1e6:.0f} MB | {total / 1e6:.2f} MB | {held} | {each / 1e3:.1f} kB |",
        flush=True,
    )
    return number, total


def _size(place: Path) -> int:
    if place.is_dir():
        return sum(path.stat().st_size for path in place.rglob("*") if path.is_file())
    return place.stat().st_size if place.is_file() else 0


if __name__ == "__main__":
    main()
