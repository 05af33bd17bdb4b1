"""Counts for Prometheus, behind a token; those of several processes are added up (KB_METRICS_TOKEN)."""

from __future__ import annotations

import hashlib
import hmac
import re
import time
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import Collector
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from kb import KbError, Kind, Settings, shared_counts
from kb.measure import Outcome
from kb.office import Jobs
from kb.search import Library

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Seconds: a page from the cache takes 3 ms, a search 20, a picture that is made 500."""
SECONDS_BETWEEN_LOOKS = 5.0
"""At the memory of a process."""
NAME = "practice-kb"
_LIVE = re.compile(r"gauge_live\w+_(\d+)\.db")


class Meters:
    """The counts of this process, and how all processes' are shown."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "kb_requests", "Requests answered.", ("method", "route", "status"), registry=self._registry
        )
        self._seconds = Histogram(
            "kb_request_seconds",
            "Seconds to the first byte of an answer.",
            ("route",),
            buckets=BUCKETS,
            registry=self._registry,
        )
        self._searches = Counter(
            "kb_searches",
            "Needs asked, first pages without filters, by what was found: answered, weak or nothing.",
            ("outcome",),
            registry=self._registry,
        )
        self._calls = Counter(
            "kb_assistant_calls", "Tools called by assistants.", ("tool", "outcome"), registry=self._registry
        )
        self._resident = Gauge(
            "kb_process_resident_bytes",
            "Memory of a server process.",
            multiprocess_mode="liveall",
            registry=self._registry,
        )
        for outcome in Outcome:
            self._searches.labels(outcome.value)
        self._looked = 0.0

    def requested(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count it."""
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)
        if time.monotonic() - self._looked > SECONDS_BETWEEN_LOOKS:
            self._look()

    def searched(self, outcome: Outcome) -> None:
        """Count it."""
        self._searches.labels(outcome.value).inc()

    def called(self, tool: str, is_error: bool) -> None:
        """Count it."""
        self._calls.labels(tool, "error" if is_error else "answered").inc()

    def show(self, request: Request) -> Response:
        """Everything that is counted, in the text format of Prometheus or OpenMetrics; 401 without the token."""
        self._check(request.headers.get("authorization", ""))
        self._look()
        registry = CollectorRegistry()
        if folder := shared_counts():
            _forget_the_dead(folder)
            MultiProcessCollector(registry, str(folder))  # type: ignore[no-untyped-call]
        else:
            registry = self._registry
        held = _Held(request.app.state.library, Jobs(self._settings.data))
        registry.register(held)
        try:
            encode, kind = choose_encoder(request.headers.get("accept", ""))
            return Response(encode(registry), headers={"Content-Type": kind, "Cache-Control": "no-store"})
        finally:
            registry.unregister(held)

    def _check(self, given: str) -> None:
        wanted = f"Bearer {self._settings.metrics_token}"
        pair = [hashlib.sha256(one.encode("utf-8", "surrogateescape")).digest() for one in (given, wanted)]
        if not hmac.compare_digest(*pair):
            challenge = {"WWW-Authenticate": "Bearer"}
            raise HTTPException(401, "Send Authorization: Bearer and what KB_METRICS_TOKEN holds", challenge)

    def _look(self) -> None:
        self._looked = time.monotonic()
        status = Path("/proc/self/status").read_text("ascii", "replace")
        if found := re.search(r"^VmRSS:\s+(\d+) kB$", status, re.MULTILINE):
            self._resident.set(1024 * int(found[1]))


class _Held(Collector):
    """What the library holds, looked up when it is asked for; nothing of a library that cannot be read."""

    def __init__(self, library: Library, jobs: Jobs) -> None:
        self._library, self._jobs = library, jobs

    def collect(self) -> Iterator[Metric]:
        """The families, one after the other."""
        yield InfoMetricFamily("kb_build", "The software.", {"version": version(NAME)})
        try:
            lacking, snapshot = self._library.lacks(), self._library.snapshot()
            counts = self._jobs.counts()
        except KbError:
            yield GaugeMetricFamily("kb_ready", "Whether searches go by meaning.", 0)
            return
        yield GaugeMetricFamily("kb_ready", "Whether searches go by meaning.", 0 if lacking else 1)
        name = snapshot.catalogue.generation.name if snapshot.catalogue else ""
        yield InfoMetricFamily("kb_library", "What is served.", {"generation": name})
        yield GaugeMetricFamily("kb_handbooks", "Handbooks served.", len(snapshot.handbooks))
        records = GaugeMetricFamily("kb_records", "Records served.", labels=("kind",))
        for kind in Kind:
            records.add_metric((kind.value,), sum(book.counts.get(kind, 0) for book in snapshot.handbooks))
        yield records
        jobs = GaugeMetricFamily("kb_jobs", "Uploads on their way into the library.", labels=("state",))
        for state, count in counts.items():
            jobs.add_metric((state.value,), count)
        yield jobs


def _forget_the_dead(folder: Path) -> None:
    """Drop what processes said of themselves that are no more."""
    for path in sorted(folder.glob("gauge_live*.db")):
        found = _LIVE.fullmatch(path.name)
        if found and not Path(f"/proc/{found[1]}").exists():
            mark_process_dead(int(found[1]), str(folder))  # type: ignore[no-untyped-call]
