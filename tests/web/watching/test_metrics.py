"""Counts for Prometheus: what is counted, who may see it, and that nobody's words are in it."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import httpx2
import pytest
from fastapi.testclient import TestClient
from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families as families

from kb.errors import InputError
from kb.office.jobs import Jobs
from kb.office.password import check_token
from kb.search.library import Library
from tests import browsing, web_library
from tests.factories import FakeEncoder
from tests.web.assistants.asking import calling, over_http
from web.app import create_app
from web.watching import METRICS, meters

TOKEN = "a token that nobody guesses"
AUTHORIZED = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    encoder = FakeEncoder()
    settings = replace(web_library.fill(tmp_path, encoder), metrics_token=TOKEN)
    app = create_app(settings, lambda it: Library.open(it, encoder))
    with TestClient(app, raise_server_exceptions=False) as web:
        yield web


def seen(client: TestClient, **headers: str) -> dict[str, Metric]:
    answer = client.get(METRICS, headers={**AUTHORIZED, **headers})
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    return {family.name: family for family in families(answer.text)}


def value(found: dict[str, Metric], name: str, **labels: str) -> float:
    own = [one for one in found[name].samples if one.labels == labels and not one.name.endswith("_created")]
    return sum(one.value for one in own)


def test_requests_are_counted_by_their_routes_template_and_status(client: TestClient) -> None:
    for _ in range(2):
        client.get("/de/practices/exchange.credit")
    client.get("/practices/none.json")
    client.head("/practices/exchange.credit")
    client.post("/search", content=b"")
    client.get("/wp-login.php")
    client.get("/static/app.css")
    client.request("BREW", "/")
    client.get("/", headers={"Host": "evil.example"})
    client.get("/de/mcp")
    client.get(METRICS)
    found = seen(client)
    for method, route, status, times in (
        ("GET", "/practices/{record_id}", "200", 2),
        ("GET", "/practices/{record_id}.json", "404", 1),
        ("HEAD", "/practices/{record_id}", "200", 1),
        ("POST", "/search", "405", 1),
        ("GET", "other", "404", 1),
        ("GET", "/static", "200", 1),
        ("other", "/", "405", 1),
        ("GET", "other", "400", 1),
        ("GET", "/mcp", "405", 1),
        ("GET", "/metrics", "401", 1),
    ):
        assert value(found, "kb_requests", method=method, route=route, status=status) == times, route
    count = [one for one in found["kb_request_seconds"].samples if one.name.endswith("_count")]
    assert sum(one.value for one in count) == 11


def test_an_unforeseen_error_is_counted(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr("web.pages.home.home_page", fail)
    assert client.get("/").status_code == 500
    assert value(seen(client), "kb_requests", method="GET", route="/", status="500") == 1


def test_searches_are_counted_by_what_was_found(client: TestClient) -> None:
    client.get("/search", params={"q": "credit for online exchange"})
    client.get("/search.json", params={"q": "qwxz zeppelin"})
    client.get("/search", params={"q": "credit", "page": 2})  # the same need again
    found = seen(client)
    counts = {one: value(found, "kb_searches", outcome=one) for one in ("answered", "weak", "nothing")}
    assert sum(counts.values()) == 2


def test_what_the_library_holds_is_shown_as_it_is_now(client: TestClient, tmp_path: Path) -> None:
    found = seen(client)
    assert value(found, "kb_handbooks") == 2
    assert value(found, "kb_records", kind="practice") == 3
    assert value(found, "kb_records", kind="tool") == 1
    assert value(found, "kb_jobs", state="waiting") == 0
    assert value(found, "kb_process_resident_bytes") > 10_000_000
    generation = client.app.state.library.store.generation()  # type: ignore[attr-defined]
    assert value(found, "kb_library_info", generation=generation) == 1
    assert not (tmp_path / "admin.sqlite3").exists()
    jobs = Jobs(tmp_path)
    number = jobs.add("a.pdf", who="me", via="owner", content=BytesIO(b"%PDF"))
    jobs.add("b.pdf", who="me", via="owner", content=BytesIO(b"%PDF"))
    jobs.failed(number, "damaged")
    found = seen(client)
    assert value(found, "kb_jobs", state="waiting") == 1
    assert value(found, "kb_jobs", state="failed") == 1


def test_it_says_whether_searches_go_by_meaning(
    client: TestClient, tmp_path_factory: pytest.TempPathFactory
) -> None:
    client.get("/search", params={"q": "credit"})
    assert value(seen(client), "kb_ready") == 1
    words = replace(web_library.fill(tmp_path_factory.mktemp("words")), metrics_token=TOKEN)
    with TestClient(create_app(words)) as other:
        other.get("/search", params={"q": "credit"})
        assert value(seen(other), "kb_ready") == 0


def test_a_library_that_cannot_be_read_still_has_its_counts(client: TestClient) -> None:
    client.get("/healthz")
    client.app.state.library.close()  # type: ignore[attr-defined]
    client.get("/")
    found = seen(client)
    assert value(found, "kb_ready") == 0
    assert "kb_records" not in found


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer "},
        {"Authorization": TOKEN},
        {"Authorization": f"Basic {TOKEN}"},
        {"Authorization": f"Bearer {TOKEN}x"},
        {"Authorization": f"bearer {TOKEN[:-1]}"},
        {"Authorization": "Bearer \xe9"},
    ],
)
def test_nobody_sees_it_without_the_token(client: TestClient, headers: dict[str, str]) -> None:
    given = {name: value.encode("latin-1") for name, value in headers.items()}
    answer = client.get(METRICS, headers=given)  # type: ignore[arg-type]
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert "kb_requests" not in answer.text


def test_there_is_no_such_page_where_no_token_is_set(tmp_path: Path) -> None:
    with TestClient(create_app(web_library.fill(tmp_path))) as web:
        for headers in ({}, {"Authorization": "Bearer "}):
            assert web.get(METRICS, headers=headers).status_code == 404


def test_a_token_that_is_too_short_is_refused_by_its_name() -> None:
    with pytest.raises(InputError, match="KB_METRICS_TOKEN: 5 characters are too few"):
        check_token("short", "KB_METRICS_TOKEN")


def test_nobodys_words_address_or_browser_are_in_it(client: TestClient) -> None:
    personal = {"User-Agent": "Reader/7.1 (Anna)", "Referer": "https://anna.example/", "Cookie": "who=anna"}
    for path in ("/search?q=annasneed", "/practices/annasrecord", "/annaspath", "/browse?by=annaskey"):
        client.get(path, headers=personal)
    for form in ("text/plain", "application/openmetrics-text; version=1.0.0"):
        text = client.get(METRICS, headers={**AUTHORIZED, "Accept": form}).text
        assert "kb_requests_total" in text
        assert "anna" not in text.lower()
        assert "testclient" not in text
        assert not re.search(r"\d+\.\d+\.\d+\.\d+", text.replace('version="', ""))


def test_calls_of_assistants_are_counted_by_tool(tmp_path: Path) -> None:
    encoder = FakeEncoder()
    settings = replace(web_library.fill(tmp_path, encoder), metrics_token=TOKEN)
    with browsing.running(create_app(settings, lambda it: Library.open(it, encoder))) as url:
        over_http(url, calling("handbooks"))
        over_http(url, calling("show", record="none"))
        over_http(url, calling("annastool"))
        over_http(url, calling("search", need="qwxz"))
        text = httpx2.get(f"{url}{METRICS}", headers=AUTHORIZED, trust_env=False).text
    assert 'kb_assistant_calls_total{outcome="answered",tool="handbooks"} 1.0' in text
    assert 'kb_assistant_calls_total{outcome="error",tool="show"} 1.0' in text
    assert 'kb_assistant_calls_total{outcome="error",tool="other"} 1.0' in text
    assert "annastool" not in text
    assert sum(float(one) for one in re.findall(r"kb_searches_total\{.*\} (\S+)", text)) == 1


def test_what_dead_processes_said_of_themselves_is_forgotten(tmp_path: Path) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    dead, alive = tmp_path / f"gauge_liveall_{ended.pid}.db", tmp_path / f"gauge_liveall_{os.getpid()}.db"
    for path in (dead, alive):
        path.touch()
    meters._forget_the_dead(tmp_path)
    assert (dead.exists(), alive.exists()) == (False, True)


@pytest.mark.slow
def test_counts_of_all_workers_are_added_up(tmp_path: Path) -> None:
    settings = web_library.fill(tmp_path)
    with serving(tmp_path, "--workers", "2", KB_MODEL=settings.model, KB_METRICS_TOKEN=TOKEN) as url:
        for _ in range(30):  # each on a connection of its own, so that both answer
            assert httpx2.get(f"{url}/healthz", timeout=60, trust_env=False).status_code == 200
        text = httpx2.get(f"{url}{METRICS}", headers=AUTHORIZED, timeout=60, trust_env=False).text
    found = {family.name: family for family in families(text)}
    assert value(found, "kb_requests", method="GET", route="/healthz", status="200") == 30
    assert len(found["kb_process_resident_bytes"].samples) >= 1
    assert value(found, "kb_handbooks") == 2


@contextlib.contextmanager
def serving(data: Path, *words: str, **environment: str) -> Iterator[str]:
    """The address of `kb serve`, as its process."""
    server = subprocess.Popen(
        [sys.executable, "-m", "cli.main", "serve", "--port", "0", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "KB_DATA": str(data), **environment},
    )
    try:
        assert server.stdout is not None
        yield server.stdout.readline().strip()
    finally:
        server.send_signal(signal.SIGINT)
        server.communicate(timeout=30)
