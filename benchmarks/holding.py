"""What a server holds of memory over a thousand searches: `python -m benchmarks.holding [PASSAGES | LIBRARY]`.

It makes a library of so many passages (10 000; 100 000 take ten minutes), or takes the one in a folder, serves it by
the real command, asks for different things and opens the pages that go through all records. Printed is what is
resident, all of it and without what is mapped from files, and the processor time of a search until then.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil

from benchmarks import large, serving
from benchmarks.setting import text_handbooks

SEARCHES = 1000
ROWS = (1, 100, 200, 400, 700, SEARCHES)
WORDS = ["example", "problems", "students", "costs", "teachers", "support", "online", "budget"]
PAGES = ("/", "/browse", "/browse?by=institution", "/map.json")
A_MINUTE = 65  # seconds: the server gives back what it can once a minute
SEED = 1


def main() -> None:
    """Print a row now and then."""
    with (
        _library(sys.argv[1] if len(sys.argv) > 1 else "10000") as data,
        serving.server(data) as (process, url),
        httpx.Client(base_url=url, timeout=300) as client,
    ):
        server = psutil.Process(process.pid)
        client.get("/search.json?q=warm").raise_for_status()  # waits for the models
        needs, used = _needs(client), _used(server)
        print("| after | resident | without files | processor time of a search |\n|---|---|---|---|")
        for number, need in enumerate(needs, 1):
            client.get("/search.json", params={"q": need}).raise_for_status()
            if number in ROWS:
                _row(f"{number} searches", server, (_used(server) - used) * 1000 / number)
        for page in PAGES:
            client.get(page)
        _row("lists and map, too", server)
        time.sleep(A_MINUTE)
        _row("a minute without a request", server)


@contextmanager
def _library(wanted: str) -> Iterator[Path]:
    if not wanted.isdigit():
        yield Path(wanted)
        return
    with tempfile.TemporaryDirectory(prefix="kb-bench-") as folder:
        made, encoder = large.stock(text_handbooks(), Path(folder) / "stock")
        yield large.fill(Path(folder) / "library", made, encoder, passages=int(wanted)).data


def _needs(client: httpx.Client) -> list[str]:
    """Titles with a word, and pieces of two titles, no two alike but by chance."""
    groups = client.get("/browse.json").raise_for_status().json()["groups"]
    titles = sorted({record["title"] for group in groups for record in group["items"]})
    chance = random.Random(SEED)
    found = []
    for number in range(SEARCHES):
        one, two = chance.choice(titles), chance.choice(titles)
        mixed = " ".join((*one.split()[:3], *two.split()[-2:]))
        found.append(f"{one} {chance.choice(WORDS)}" if number % 3 else mixed)
    return found


def _used(server: psutil.Process) -> float:
    times = server.cpu_times()
    return float(times.user + times.system)


def _row(after: str, server: psutil.Process, took_ms: float | None = None) -> None:
    held = server.memory_info()
    took = "" if took_ms is None else f"{took_ms:.0f} ms"
    print(
        f"| {after} | {held.rss / 1e6:.0f} MB | {(held.rss - held.shared) / 1e6:.0f} MB | {took} |",
        flush=True,
    )


if __name__ == "__main__":
    main()
