"""What strangers may send to the assistants' address."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from benchmarks import hostile
from kb.errors import BusyError
from kb.search.library import Library
from tests import browsing, web_library
from tests.factories import FakeEncoder
from tests.web.assistants.asking import MODES, calling, over_http, refused, told
from web.app import create_app
from web.assistants.allowance import MOST_CLIENTS, Allowance
from web.frame.headers import SECURITY

ACCEPT = {"Accept": "application/json, text/event-stream"}
LIST: dict[str, Any] = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    encoder = FakeEncoder()
    settings = replace(
        web_library.fill(tmp_path_factory.mktemp("attacks"), encoder), hosts=("kb.example.org",)
    )
    app = create_app(settings, lambda it: Library.open(it, encoder))
    with TestClient(app, base_url="http://kb.example.org", raise_server_exceptions=False) as web:
        yield web


def test_a_request_of_its_own_is_answered_with_the_headers_of_every_answer(client: TestClient) -> None:
    for headers in (ACCEPT, {**ACCEPT, "Origin": "http://kb.example.org"}):
        answer = client.post("/mcp", json=LIST, headers=headers)
        assert answer.status_code == 200
        assert len(answer.json()["result"]["tools"]) == 6
        assert {name: answer.headers.get(name) for name in SECURITY} == SECURITY
        assert "mcp-session-id" not in answer.headers


@pytest.mark.parametrize("host", ["evil.example", "kb.example.org.evil.example", "192.0.2.8"])
def test_a_name_that_is_not_ours_is_refused(client: TestClient, host: str) -> None:
    assert client.post("/mcp", json=LIST, headers={**ACCEPT, "Host": host}).status_code == 400


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://kb.example.org.evil.example", "https://kb.example.org"]
)
def test_pages_of_other_sites_may_not_ask(client: TestClient, origin: str) -> None:
    answer = client.post("/mcp", json=LIST, headers={**ACCEPT, "Origin": origin})
    assert answer.status_code == 403
    assert "may not ask here" in answer.json()["error"]["message"]
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("method", ["GET", "DELETE", "PUT", "PATCH", "OPTIONS"])
def test_nothing_but_post_is_answered_and_nothing_is_held_open(client: TestClient, method: str) -> None:
    answer = client.request(method, "/mcp", headers=ACCEPT)
    assert answer.status_code == 405
    assert answer.headers["allow"] == "POST"
    assert "POST to /mcp" in answer.json()["error"]["message"]


def test_a_person_who_opens_the_address_is_led_to_what_it_is(client: TestClient) -> None:
    answer = client.get("/de/mcp", headers={"Accept": "text/html,*/*"}, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/de/api/docs#assistants")
    page = client.get("/de/api/docs").text
    assert 'id="assistants"' in page
    assert "http://kb.example.org/de/mcp" in page


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"[" * 30_000,
        b"\xff\xfe",
        json.dumps([LIST, LIST]).encode(),
        json.dumps({**LIST, "method": "tools/call"}).encode(),
        json.dumps({**LIST, "method": "tools/call", "params": {"name": "search", "arguments": 3}}).encode(),
        json.dumps({**LIST, "method": "no/such"}).encode(),
        json.dumps({**LIST, "id": {"a": 1}}).encode(),
        b'{"jsonrpc": "2.0", "id": ' + b"9" * 5000 + b', "method": "tools/list"}',
        json.dumps({**LIST, "method": "resources/read", "params": {"uri": "file:///etc/passwd"}}).encode(),
    ],
)
@pytest.mark.parametrize("version", ["", "2026-07-28", "1999-01-01"])
def test_what_is_no_message_is_refused_and_nothing_breaks(
    client: TestClient, body: bytes, version: str
) -> None:
    headers = {**ACCEPT, "Content-Type": "application/json"}
    answer = client.post(
        "/mcp", content=body, headers=headers | ({"MCP-Protocol-Version": version} if version else {})
    )
    assert answer.status_code < 500
    assert "result" not in answer.text
    assert client.post("/mcp", json=LIST, headers=ACCEPT).status_code == 200


def test_no_text_breaks_a_tool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web.assistants.Allowance", lambda: Allowance(calls=10_000))
    encoder = FakeEncoder()
    app = create_app(web_library.fill(tmp_path, encoder), lambda it: Library.open(it, encoder))
    with TestClient(app, base_url="http://localhost") as web:
        for body in hostile.messages():
            answer = web.post("/mcp", content=body, headers=hostile.ASSISTANT)
            assert answer.status_code < 500, body[:200]
            assert "through no fault of the question" not in answer.text, body[:200]


def test_a_message_that_is_too_large_is_not_read(client: TestClient) -> None:
    body = json.dumps({**LIST, "params": {"x": "a" * 70_000}}).encode()
    answer = client.post("/mcp", content=body, headers={**ACCEPT, "Content-Type": "application/json"})
    assert answer.status_code == 413


def test_a_form_that_a_page_could_send_without_asking_is_refused(client: TestClient) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        answer = client.post("/mcp", content=json.dumps(LIST), headers={**ACCEPT, "Content-Type": kind})
        assert answer.status_code == 400


@pytest.mark.parametrize("mode", MODES)
def test_a_client_that_calls_too_often_is_told_when_to_come_again(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    monkeypatch.setattr("web.assistants.Allowance", lambda: Allowance(calls=2))
    encoder = FakeEncoder()
    settings = web_library.fill(tmp_path_factory.mktemp("often"), encoder)
    with browsing.running(create_app(settings, lambda it: Library.open(it, encoder))) as url:
        for _ in range(2):
            told(over_http(url, calling("handbooks"), mode))
        assert "ask again in" in refused(over_http(url, calling("handbooks"), mode))


def test_one_client_does_not_use_up_what_another_may_ask() -> None:
    now = 0.0
    allowance = Allowance(calls=2, seconds=60, clock=lambda: now)
    allowance.take("a")
    now = 50.0
    allowance.take("a")
    allowance.take("b")
    with pytest.raises(BusyError, match="ask again in 11 seconds"):
        allowance.take("a")
    now = 61.0
    allowance.take("a")
    with pytest.raises(BusyError, match="ask again in 50 seconds"):
        allowance.take("a")


def test_clients_are_forgotten_in_the_order_in_which_they_were_heard_of() -> None:
    allowance = Allowance(calls=1)
    for number in range(MOST_CLIENTS + 1):
        allowance.take(str(number))
    assert len(allowance._of) == MOST_CLIENTS
    allowance.take("0")
    with pytest.raises(BusyError):
        allowance.take(str(MOST_CLIENTS))
