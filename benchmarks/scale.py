"""The embedded engine at size: build time, memory, time of a search, recall: `python -m benchmarks.scale [PASSAGES]`.

Passages (100 000; 1 000 000 take an hour) are those of `benchmarks.large`, one a field; they go into parts of a
generation's files as an ingest writes them, without a store, so that the index is what is measured. Another process
then opens them and answers needs as the product does, each for the first time. Recall is of the passages nearest to
questions, against comparing all. `--folder` keeps what was built, for another run.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import TypeVar

import numpy as np
import psutil

from benchmarks import large
from benchmarks.setting import ROOT, SCORE, environment, say, text_handbooks
from kb import Edition, Handbook, Numbers, Passage, Record, Settings, Vectors
from kb.index import Near, loaded
from kb.index.embedded_engine import Embedded
from kb.index.generation import FORMAT, opened, write_part
from kb.index.loaded import LoadedEdition
from kb.index.manifest import IndexPart, Manifest, software
from kb.model import Encoder, load_encoder, model_parts
from kb.search.catalogue import Catalog
from kb.search.loading import Models
from kb.search.opened import OpenGeneration
from kb.search.query import Query
from kb.search.snapshot import Snapshot
from kb.store import Store
from kb.words import LANGUAGES

BOOKS_A_PART = 400
NEEDS = 160
RECALLED = 10
CANDIDATES = 100
SEED = 5
GENERATION = "scale"
Asked = TypeVar("Asked")


def main() -> None:
    """Build, then measure in a process of its own."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("passages", nargs="?", type=int, default=100_000)
    parser.add_argument("--folder", type=Path, help="where to build, and find what was built")
    parser.add_argument("--search", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.search:
        _measure(asked.folder)
        return
    with tempfile.TemporaryDirectory(prefix="kb-scale-") as scratch:
        folder = asked.folder or Path(scratch) / "index"
        if not (folder / GENERATION / "manifest.json").is_file():
            _build(folder, Path(scratch), asked.passages)
        command = [sys.executable, "-m", "benchmarks.scale", "--search", "--folder", str(folder)]
        subprocess.run(command, check=True, cwd=ROOT, env=environment(folder / "library"))


def _build(folder: Path, scratch: Path, count: int) -> None:
    made, encoder = large.stock(text_handbooks(), scratch / "stock")
    path = folder / GENERATION
    path.mkdir(parents=True)
    started, used = time.perf_counter(), time.process_time()
    with Store.open(folder / "library") as store:
        models = model_parts(encoder.id, encoder.dim)
        making = Embedded().begin(store, path, models, None)
        parts: list[IndexPart] = []
        books, done = large.made_handbooks(made), 0
        while done < count:
            first = len(parts) * BOOKS_A_PART
            group = {
                f"handbook-{first + place:06}": _edition(book, first + place)
                for place, book in enumerate(islice(books, BOOKS_A_PART))
            }
            texts = [passage.text for one in group.values() for passage in one.passages]
            vectors = np.stack([large.vector_of(text, made) for text in texts])
            mark = sum(part.span for part in parts)
            parts.append(write_part(path, f"part{len(parts):04}", mark, group, vectors, making))
            done += len(texts)
            say(f"{done} passages, {time.perf_counter() - started:.0f} s")
        making.join(parts)
        manifest = _manifest(encoder, parts, done)
        making.complete(manifest)
        manifest.write(path)
    size = sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
    took, used = time.perf_counter() - started, time.process_time() - used
    print(f"{done} passages of {sum(part.records for part in parts)} records in {len(parts)} parts:")
    print(f"built in {took:.0f} s ({used:.0f} s of processor time), {size / 1e9:.1f} GB of files", flush=True)


def _edition(book: Sequence[Record], number: int) -> LoadedEdition:
    name = f"handbook-{number:06}"
    records = [replace(record, id=f"{name}.{record.position}", handbook=name) for record in book]
    return loaded.of(1, records, [passage for record in records for passage in _passages(record)])


def _passages(record: Record) -> Iterator[Passage]:
    for place, field in enumerate(record.fields):
        page = field.spans[0].page if field.spans else record.page_start
        yield Passage(record.id, place, field.text, record.title, field.label, page, place)


def _manifest(encoder: Encoder, parts: Sequence[IndexPart], count: int) -> Manifest:
    return Manifest(
        name=GENERATION,
        editions={book: 1 for part in parts for book in part.editions},
        model=encoder.id,
        dim=encoder.dim,
        count=count,
        parts=tuple(parts),
        next_mark=sum(part.span for part in parts),
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        software=software(),
        format=FORMAT,
        files={},
    )


def _measure(folder: Path) -> None:
    settings = Settings(data=folder / "library")
    encoder = load_encoder(settings)
    with Store.open(settings.data) as store:
        started = time.perf_counter()
        generation = opened(folder / GENERATION, Manifest.read(folder / GENERATION))
        books = [_named(book) for book in generation.manifest.editions]
        catalogue = Catalog.of(
            generation,
            tuple(handbook for handbook, _ in books),
            {edition.handbook: edition for _, edition in books},
            generation.manifest.editions,
        )
        open_generation = OpenGeneration(store, catalogue, encoder, (), folder / "cache")
        snapshot = Snapshot(store, Models(settings, encoder), open_generation)
        snapshot.warm()
        print(f"opened in {time.perf_counter() - started:.0f} s; {_memory()}")
        near, needs = generation.dense, _needs(catalogue)
        assert near is not None
        print("| | median | 95th percentile | processor time, median |\n|---|---|---|---|")
        _row(
            "once a language, besides: what unrelated questions reach",
            ("", *LANGUAGES),
            lambda one: open_generation.usual(encoder, Query("what we need"), one),
        )
        _row("a search, whole", needs, lambda need: snapshot.search(Query(need)))
        after = _memory()
        _row("of it the need embedded, by both models", needs, lambda need: encoder.queries([f"{need}."]))
        rows, spoken = encoder.queries(needs), generation.rows.spoken[generation.rows.owners]
        usual = open_generation.usual(encoder, Query(needs[0]), "en")
        nearness = catalogue.nearness
        assert usual is not None
        assert nearness is not None
        for number in range(len(nearness.parts)):
            asked = np.stack([nearness.question(row, number, usual.middles[number]) for row in rows])
            _row(
                f"passages by meaning, model {number + 1}", list(asked), lambda r: near.search(r, CANDIDATES)
            )
            print(
                f"recall@{RECALLED} of model {number + 1} against comparing all: {_recall(near, asked, spoken):.4f}"
            )
        whole = generation.whole
        _row("records by words", needs, lambda need: whole.search(f"{need} ?", CANDIDATES, is_rough=True))
        print(f"after the searches: {after}; after comparing all: {_memory()}")


def _named(book: str) -> tuple[Handbook, Edition]:
    edition = Edition(book, 1, book, "en", (), "", f"{book}.pdf", ingested_at="2026-01-01T00:00:00+00:00")
    return Handbook(book, book, "en", edition.file_name, 1, 1, 0), edition


def _needs(catalogue: Catalog) -> list[str]:
    """Judged needs, and titles put together of two, in turn."""
    told = [need["text"] for need in json.loads((SCORE / "needs.json").read_text("utf-8"))["queries"]]
    chance = random.Random(SEED)
    records = catalogue.records
    while len(told) < NEEDS:
        one, two = (records[chance.randrange(len(records))].title.split() for _ in range(2))
        told.append(" ".join((*one[:4], *two[-3:])))
    return told


def _row(name: str, needs: Sequence[Asked], ask: Callable[[Asked], object]) -> None:
    took, used = [], []
    for need in needs:
        clock, processor = time.perf_counter(), time.process_time()
        ask(need)
        took.append((time.perf_counter() - clock) * 1000)
        used.append((time.process_time() - processor) * 1000)
    median, high, cost = np.percentile(took, 50), np.percentile(took, 95), np.percentile(used, 50)
    print(f"| {name} | {median:.1f} ms | {high:.1f} ms | {cost:.1f} ms |", flush=True)


def _recall(near: Near, questions: Vectors, spoken: Numbers) -> float:
    """The share of the nearest rows that are found, or others as near: texts that are alike tie."""
    best = np.full((len(questions), RECALLED), -np.inf, dtype=np.float32)
    shared = near.shared
    assert shared is not None
    for start, rows in near.chunks():
        below = (questions @ shared.T)[:, spoken[start : start + len(rows)]]
        best = -np.sort(-np.hstack([best, questions @ rows.T - below]), axis=1)[:, :RECALLED]
    found = []
    for question, wanted in zip(questions, best, strict=True):
        ids, products = near.search(question, CANDIDATES)
        ids, products = ids[:RECALLED], products[:RECALLED]
        above = products - (shared @ question)[spoken[ids]]
        found.append(float((above >= wanted[-1] - 1e-5).sum()) / RECALLED)
    return float(np.mean(found))


def _memory() -> str:
    held = psutil.Process().memory_info()
    return f"{held.rss / 1e6:.0f} MB resident, {(held.rss - held.shared) / 1e6:.0f} MB without what is mapped"


if __name__ == "__main__":
    main()
