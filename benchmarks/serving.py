"""One handbook ingested by the real command, then searched through the real server."""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import httpx
import psutil

from benchmarks.setting import SAMPLE_NEEDS, SCORE, environment, kb

SEARCHES = 200
STOPPING_S = 20


@dataclass(frozen=True, slots=True)
class Asked:
    """What some different searches through the HTTP API took, warm; `resident` in bytes, after them.

    `processor_ms` is the server's processor time for each: what other work on the machine hardly changes.
    """

    searches: int
    median_ms: float
    p95_ms: float
    processor_ms: float
    resident: int


@dataclass(frozen=True, slots=True)
class Served:
    """What ingesting and serving one handbook took; `processor_s` is the ingest's processor time, all cores."""

    pages: int
    ingest_s: float
    processor_s: float
    parse_s: float
    asked: Asked


def measure(handbook: Path, data: Path) -> Served:
    """Ingest into a new library, serve it on a free port, warm it, and ask 200 different needs."""
    started, used = time.monotonic(), _processor_s()
    report = json.loads(kb("ingest", "--json", "--yes", handbook, data=data))["ingested"][0]
    ingest_s = time.monotonic() - started  # the whole command, Python's own start included
    processor_s = _processor_s() - used
    (asked,) = ask_each(data)
    return Served(report["pages"], ingest_s, processor_s, report["parse_seconds"], asked)


def ask_each(*libraries: Path) -> tuple[Asked, ...]:
    """Serve each library on a free port, warm it, and ask all of them the same 200 needs, in turn.

    So what else the machine does meets all of them alike, and their ratio can be believed.
    """
    with ExitStack() as stack:
        served = [stack.enter_context(server(data)) for data in libraries]
        clients = [stack.enter_context(httpx.Client(base_url=url, timeout=120)) for _, url in served]
        running = [psutil.Process(process.pid) for process, _ in served]
        asked = needs(clients[0])
        for client in clients:
            client.get("/search.json", params={"q": "warm"}).raise_for_status()  # waits for the model
        before = [_used(one) for one in running]
        took = [[_ask(client, need) for client in clients] for need in asked]
        return tuple(
            Asked(
                searches=len(asked),
                median_ms=statistics.median(times),
                p95_ms=statistics.quantiles(times, n=20)[-1],
                processor_ms=(_used(one) - used) * 1000 / len(asked),
                resident=one.memory_info().rss,
            )
            for times, one, used in zip(zip(*took, strict=True), running, before, strict=True)
        )


def _used(one: psutil.Process) -> float:
    times = one.cpu_times()
    return float(times.user + times.system)


def needs(client: httpx.Client) -> list[str]:
    """200 searches, no two alike, as the encoder keeps what it was asked: questions, a few words, titles."""
    questions = [
        query["text"]
        for file in (SCORE / "needs.json", SAMPLE_NEEDS)
        if file.is_file()
        for query in json.loads(file.read_text(encoding="utf-8"))["queries"]
    ]
    few_words = [" ".join(question.split()[:4]) for question in questions]
    groups = client.get("/browse.json").raise_for_status().json()["groups"]
    titles = [record["title"] for group in groups for record in group["items"]]
    pairs = [f"{title} {word}" for title in titles for word in ("example", "problems", "students", "costs")]
    mixed = dict.fromkeys(chain(*zip(questions, few_words, strict=True), titles, pairs))
    return list(mixed)[:SEARCHES]


def _ask(client: httpx.Client, need: str) -> float:
    started = time.perf_counter()
    client.get("/search.json", params={"q": need}).raise_for_status()
    return (time.perf_counter() - started) * 1000


def _processor_s() -> float:
    """Of the commands that have ended, and of their children."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@contextmanager
def server(data: Path, workers: int = 1, **settings: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """`kb serve` on a free port, with these settings: its process and its address."""
    process = subprocess.Popen(
        [sys.executable, "-m", "cli.main", "serve", "--port", "0", "--workers", str(workers)],
        env={**environment(data), **settings},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        yield process, process.stdout.readline().strip()
    finally:
        process.terminate()
        process.wait(STOPPING_S)
        if process.stdout is not None:
            process.stdout.close()
