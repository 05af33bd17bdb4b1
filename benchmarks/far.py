"""An index in Milvus at size: build time, memory, time of a search, recall; on Milvus Lite, in a process of its own.

    python -m benchmarks.far [PASSAGES]

Passages are made of words as frequent as words are (Zipf), their vectors lie in clusters as texts' do; the same seed
makes the same. `index_in` builds from any stream of entries and vectors.
"""

from __future__ import annotations

import argparse
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import psutil

from benchmarks.setting import say
from kb import Numbers, Vectors
from kb.index import milvus_server
from kb.index.lists import HeldRows, middles
from kb.index.manifest import IndexPart
from kb.index.milvus_engine import LENGTHS, MilvusMaking
from kb.index.milvus_near import MilvusNear
from kb.index.milvus_postings import Entries
from kb.index.milvus_server import WORDS, Server
from kb.index.milvus_terms import Terms
from kb.index.milvus_words import MilvusWords
from kb.index.written import Entry
from kb.model import ModelPart

SEED = 7
A_PART = 10_000  # passages
WORDS_OF = 100  # a passage
VOCABULARY = 60_000
WIDTH, CLUSTERS = 384, 2_000
MODELS = (ModelPart("all-MiniLM-L6-v2", 0, WIDTH), ModelPart("multilingual-e5-small", WIDTH, 2 * WIDTH))
SEARCHES, BEST, RECALLED = 30, 200, 10
Stream = Iterable[tuple[Sequence[Entry], Vectors]]


@contextmanager
def milvus_lite(folder: Path) -> Iterator[tuple[str, psutil.Process]]:
    """A server of Milvus Lite with its data in a folder: its address, as KB_INDEX has it, and its process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "milvus_lite",
        "server",
        "--data-dir",
        str(folder),
        "--host",
        "127.0.0.1",
        "--port",
    ]
    started = subprocess.Popen([*command, str(port)])
    try:
        for _ in range(100):
            with socket.socket() as asked:
                if asked.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.2)
        yield f"milvus://127.0.0.1:{port}", psutil.Process(started.pid)
    finally:
        started.terminate()
        started.wait()


def index_in(
    address: str, folder: Path, stream: Stream, models: Sequence[ModelPart]
) -> tuple[MilvusWords, MilvusNear]:
    """Build an index of all that a stream yields, a part at a time, and open it."""
    server, place = Server.at(address, ""), f"kb_{os.getpid():x}"
    server.create(place, [model.stop - model.start for model in models])
    making = MilvusMaking(server, place, folder, tuple(models), None)
    parts, held, entries, first = [], list[int](), list[Entry](), 0
    for number, (own, vectors) in enumerate(stream):
        name = f"p{number}"
        making.write(name, first, own, (), vectors)
        parts.append(IndexPart(name, first, {}, [], []))
        held.append(len(vectors))
        np.save(folder / f"{name}.npy", vectors)
        entries += own
        first += len(own)
        say(f"{first} passages")
    making.join(parts)
    names, marks = tuple(part.name for part in parts), np.arange(first, dtype=np.int64)
    lengths = np.concatenate([np.load(folder / f"{name}{LENGTHS[WORDS]}") for name in names])
    of_words = Entries(server, place, WORDS, names, marks, lengths)
    places = np.concatenate(
        [np.stack(np.broadcast_arrays(n, np.arange(count)), 1) for n, count in enumerate(held)]
    )
    rows = HeldRows([folder / f"{name}.npy" for name in names], places, models[-1].stop)
    spoken = np.zeros(first, dtype=np.int64)
    shared = middles(rows.chunks(), spoken, 1, models)
    near = MilvusNear(server, place, names, marks, rows, tuple(models), ("en",), spoken, shared)
    return MilvusWords(of_words, Terms(folder, whole=False), entries.__getitem__), near


def made(count: int) -> Iterator[tuple[list[Entry], Vectors]]:
    """Passages and their vectors, a part at a time."""
    chance = np.random.default_rng(SEED)
    middle = chance.standard_normal((CLUSTERS, 2 * WIDTH)).astype(np.float32)
    for start in range(0, count, A_PART):
        size = min(A_PART, count - start)
        words = np.minimum(chance.zipf(1.15, (size, WORDS_OF)), VOCABULARY)
        entries = [Entry("", "", " ".join(f"w{word}" for word in row), "en") for row in words.tolist()]
        rows = middle[chance.integers(0, CLUSTERS, size)]
        rows = rows + chance.standard_normal(rows.shape).astype(np.float32)
        for model in MODELS:
            own = rows[:, model.start : model.stop]
            own /= np.linalg.norm(own, axis=1, keepdims=True) * np.float32(np.sqrt(len(MODELS)))
        yield entries, rows


def timed(ask: Callable[[int], object]) -> str:
    """The median and the 95th percentile of some searches, in milliseconds."""
    took = []
    for number in range(SEARCHES):
        started = time.perf_counter()
        ask(number)
        took.append((time.perf_counter() - started) * 1000)
    return f"p50 {np.percentile(took, 50):.0f} ms, p95 {np.percentile(took, 95):.0f} ms"


def recall(near: MilvusNear, questions: Vectors) -> float:
    """The share of the nearest rows, by comparing each, that are among those found."""
    rows = np.concatenate([rows for _, rows in near.chunks()])
    shares = []
    for question in questions:
        wanted: Numbers = np.argsort(-(rows @ question - near.shared[0] @ question))[:RECALLED]
        shares.append(len(np.intersect1d(wanted, near.search(question, BEST)[0][:RECALLED])) / RECALLED)
    return float(np.mean(shares))


def main() -> None:
    """Build, search, print."""
    milvus_server.QUICKLY = milvus_server.SLOWLY  # Milvus Lite is Python, and here to be measured
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("passages", nargs="?", type=int, default=20_000)
    count = parser.parse_args().passages
    with tempfile.TemporaryDirectory() as scratch, milvus_lite(Path(scratch) / "milvus") as (address, server):
        started = time.perf_counter()
        words, near = index_in(address, Path(scratch), made(count), MODELS)
        say(f"{count} passages built in {time.perf_counter() - started:.0f} s")
        chance = np.random.default_rng(SEED + 1)
        needs = [
            " ".join(f"w{word}" for word in chance.integers(20, 5000, 8).tolist()) for _ in range(SEARCHES)
        ]
        questions = near.rows(chance.integers(0, count, SEARCHES)) + 0.02 * chance.standard_normal(
            (SEARCHES, 2 * WIDTH)
        ).astype(np.float32)
        questions[::2, WIDTH:] = 0
        questions[1::2, :WIDTH] = 0
        say("words:   " + timed(lambda n: words.search(needs[n], BEST, is_rough=True)))
        say("vectors: " + timed(lambda n: near.search(questions[n], BEST)))
        say(f"recall@{RECALLED} against exact: {recall(near, questions):.3f}")
        say(
            f"memory: server {server.memory_info().rss / 2**20:.0f} MB,"
            f" this process {psutil.Process().memory_info().rss / 2**20:.0f} MB"
        )


if __name__ == "__main__":
    main()
