"""This product beside txtai and chroma: the same passages and needs, asked in turn, in one run.

`python -m benchmarks.peers` makes a library of 1 000 records, installs txtai and chroma into an environment of their
own (`build/peers`, some gigabytes, as they need PyTorch) and prints what a search takes in each: in its process, and
through HTTP where the other has a server too, one client and fifty. The others search passages by the English model
alone; this product asks both of its models, and gives records with evidence and facets.
"""

from __future__ import annotations

import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import httpx
import psutil

from benchmarks import large, serving
from benchmarks.setting import ROOT, SAMPLE, environment, say, text_handbooks
from kb import Settings
from kb.model import ENGLISH_MODEL, model_sources
from kb.store import Store

OURS, TXTAI, CHROMA = "this product", "txtai", "chroma"
NEEDS = 160
CLIENTS = 50
WORKERS = 2
ASKED_BY_CLIENTS = 600
PEER = Path(__file__).with_name("peer.py")
SECONDS_TO_BUILD = 3600
TXTAI_SERVER = """
path: {index}
writable: false
embeddings:
  path: {model}
  hybrid: true
  content: true
"""


@dataclass(frozen=True, slots=True)
class Took:
    """What searches took in one product; `resident` in bytes, after them."""

    median_ms: float
    p95_ms: float
    processor_ms: float
    resident: float


def main() -> None:
    """Make the library, install the others, measure, print."""
    parser = ArgumentParser(prog="python -m benchmarks.peers", description=__doc__)
    parser.add_argument(
        "--library", type=Path, help="a library that is there, instead of one of 1 000 records"
    )
    parser.add_argument(
        "--venv", type=Path, default=ROOT / "build" / "peers", help="where the others are installed"
    )
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kb-peers-") as folder:
        scratch = Path(folder)
        python = _installed(given.venv)
        data = given.library or _made(scratch)
        passages = _passages(data)
        listed = scratch / "passages.json"
        listed.write_text(json.dumps(passages), encoding="utf-8")
        (english,) = model_sources(Settings(data, ENGLISH_MODEL))
        say(f"indexing {len(passages)} passages in each ...")
        with serving.server(data) as (_, url), httpx.Client(base_url=url, timeout=120) as client:
            needs = serving.needs(client)[:NEEDS]
        inside = _in_turn(python, data, listed, english.place, needs)
        _print_table(f"in its process, {len(needs)} needs in turn over {len(passages)} passages", inside)
        with _txtai_server(python, scratch, listed, english.place) as there:
            _print_table("through HTTP, one client", _through_http(data, there, needs))
            _print_clients(data, there, needs)


def _made(scratch: Path) -> Path:
    say("making a library of 1 000 records ...")
    made, encoder = large.stock(dict.fromkeys((SAMPLE, *text_handbooks())), scratch / "stock")
    return large.fill(scratch / "records", made, encoder, records=1_000).data


def _installed(venv: Path) -> Path:
    python = venv / "bin" / "python"
    if not python.is_file():
        say(f"installing txtai and chroma into {venv} ...")
        subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)
        extra = ["--extra-index-url", "https://download.pytorch.org/whl/cpu"]
        wanted = ["torch==2.13.0", "txtai[api]", "chromadb", "sentence-transformers"]
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", *extra, *wanted], check=True)
    return python


def _passages(data: Path) -> list[str]:
    with Store.open(data, readonly=True) as store:
        served = store.current_editions()
        return [p.indexed for book, number in served.items() for p in store.passages(book, number)]


def _in_turn(python: Path, data: Path, passages: Path, model: str, needs: Sequence[str]) -> dict[str, Took]:
    """Each need is put to each product before the next: what else the machine does meets all of them alike."""
    pythons = {OURS: Path(sys.executable), TXTAI: python, CHROMA: python}
    found: dict[str, list[dict[str, float]]] = {name: [] for name in pythons}
    with ExitStack() as stack:
        peers = {
            name: stack.enter_context(_peer(own, name, data, passages, model))
            for name, own in pythons.items()
        }
        for need in needs:
            for name, process in peers.items():
                found[name].append(_asked(process, need))
    return {
        name: Took(
            statistics.median(one["ms"] for one in took),
            statistics.quantiles([one["ms"] for one in took], n=20)[-1],
            statistics.mean(one["processor_ms"] for one in took),
            took[-1]["resident"],
        )
        for name, took in found.items()
    }


@contextmanager
def _peer(python: Path, name: str, data: Path, passages: Path, model: str) -> Iterator[subprocess.Popen[str]]:
    command = [str(python), str(PEER), name, str(data), str(passages), model]
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**environment(data), "HF_HUB_OFFLINE": "1"},
    )
    try:
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline())
        say(f"{name}: ready after {ready['build_s']:.0f} s of processor time")
        yield process
    finally:
        process.kill()
        process.wait()


def _asked(process: subprocess.Popen[str], need: str) -> dict[str, float]:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(f"{' '.join(need.split())}\n")
    process.stdin.flush()
    found: dict[str, float] = json.loads(process.stdout.readline())
    return found


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: its process, and the address that a need is put to, before the need itself."""

    process: psutil.Process
    address: str
    name: str


@contextmanager
def _txtai_server(python: Path, scratch: Path, listed: Path, model: str) -> Iterator[Server]:
    index, config = scratch / "txtai-index", scratch / "txtai.yml"
    code = (
        "import json, sys; from txtai import Embeddings\n"
        "index = Embeddings({'path': sys.argv[2], 'hybrid': True, 'content': True})\n"
        "index.index(enumerate(json.load(open(sys.argv[1])))); index.save(sys.argv[3])"
    )
    settings = {**environment(scratch), "HF_HUB_OFFLINE": "1", "CONFIG": str(config)}
    subprocess.run([str(python), "-c", code, str(listed), model, str(index)], check=True, env=settings)
    config.write_text(TXTAI_SERVER.format(index=index, model=model))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [str(python), "-m", "uvicorn", "txtai.api:app", "--port", str(port), "--log-level", "error"]
    process = subprocess.Popen(command, env=settings)
    try:
        server = Server(psutil.Process(process.pid), f"http://127.0.0.1:{port}/search?limit=10&query=", TXTAI)
        _wait_for(server)
        yield server
    finally:
        process.kill()
        process.wait()


def _wait_for(server: Server) -> None:
    until = time.monotonic() + SECONDS_TO_BUILD
    while time.monotonic() < until:
        try:
            httpx.get(server.address + "warm", timeout=60).raise_for_status()
            return
        except httpx.HTTPError:
            time.sleep(0.5)
    raise TimeoutError(f"{server.name}: does not answer")


@contextmanager
def _our_server(data: Path, workers: int = 1) -> Iterator[Server]:
    with serving.server(data, workers=workers) as (process, url):
        server = Server(psutil.Process(process.pid), f"{url}/search.json?q=", OURS)
        _wait_for(server)
        yield server


def _through_http(data: Path, there: Server, needs: Sequence[str]) -> dict[str, Took]:
    with _our_server(data) as here, httpx.Client(timeout=120) as client:
        servers = (here, there)
        before = [_used(one) for one in servers]
        times: dict[str, list[float]] = {one.name: [] for one in servers}
        for need in needs:
            for one in servers:
                began = time.perf_counter()
                client.get(one.address + _quoted(need)).raise_for_status()
                times[one.name].append((time.perf_counter() - began) * 1000)
        return {
            one.name: Took(
                statistics.median(times[one.name]),
                statistics.quantiles(times[one.name], n=20)[-1],
                (_used(one) - used) * 1000 / len(needs),
                _family_memory(one),
            )
            for one, used in zip(servers, before, strict=True)
        }


def _print_clients(data: Path, there: Server, needs: Sequence[str]) -> None:
    """Fifty clients at a time, each need another one: the encoders keep what they were asked."""
    asked = [f"{need} {number}" for number in range(ASKED_BY_CLIENTS // len(needs) + 1) for need in needs]
    asked = asked[:ASKED_BY_CLIENTS]
    rates = {TXTAI: _rate(there, asked)}
    for workers in (1, WORKERS):
        with _our_server(data, workers) as here:
            rates[f"{OURS}, {workers} process{'es' if workers > 1 else ''}"] = _rate(here, asked)
    print(f"\n| through HTTP, {CLIENTS} clients | searches a second | times txtai's |\n|---|---|---|")
    for name, rate in rates.items():
        print(f"| {name} | {rate:.0f} | {rate / rates[TXTAI]:.1f} |")


def _rate(server: Server, needs: Sequence[str]) -> float:
    with httpx.Client(timeout=300, limits=httpx.Limits(max_connections=CLIENTS)) as client:

        def ask(need: str) -> None:
            client.get(server.address + _quoted(need)).raise_for_status()

        with ThreadPoolExecutor(CLIENTS) as pool:
            list(pool.map(ask, needs[:CLIENTS]))
            began = time.perf_counter()
            list(pool.map(ask, needs[CLIENTS:]))
    return (len(needs) - CLIENTS) / (time.perf_counter() - began)


def _quoted(need: str) -> str:
    return quote(need)


def _family(server: Server) -> list[psutil.Process]:
    return [server.process, *server.process.children(recursive=True)]


def _family_memory(server: Server) -> float:
    return float(sum(one.memory_info().rss for one in _family(server)))


def _used(server: Server) -> float:
    return float(sum(one.cpu_times().user + one.cpu_times().system for one in _family(server)))


def _print_table(title: str, found: dict[str, Took]) -> None:
    base = found[TXTAI]
    print(
        f"\n| {title} | median | 95th percentile | processor time | against txtai | memory |\n|---|---|---|---|---|---|"
    )
    for name, one in found.items():
        ratios = f"{one.median_ms / base.median_ms:.2f}, {one.p95_ms / base.p95_ms:.2f}"
        print(
            f"| {name} | {one.median_ms:.1f} ms | {one.p95_ms:.1f} ms | {one.processor_ms:.1f} ms | {ratios}"
            f" | {one.resident / 1e6:.0f} MB |"
        )


if __name__ == "__main__":
    main()
    print(f"\nload when it ended {os.getloadavg()[0]:.1f}")
