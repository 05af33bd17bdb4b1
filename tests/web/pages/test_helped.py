"""Readers say whether it helped; and the needs that the home page shows are judged ones, or none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from kb.office import votes
from kb.store import Grade, Store
from tests import web_library
from web.app import create_app

SEARCH = "/search?q=credit+for+online+exchange"
RECORD = "exchange.credit"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture
def client(folder: Path) -> Iterator[TestClient]:
    with TestClient(
        create_app(web_library.fill(folder)), raise_server_exceptions=False, follow_redirects=False
    ) as opened:
        yield opened


def fields(**changed: str) -> dict[str, str]:
    return {"q": "Credit for online exchange", "record": RECORD, "back": SEARCH, "helped": "yes"} | changed


def test_a_vote_is_counted_and_leads_back_with_thanks(client: TestClient, folder: Path) -> None:
    page = client.get(SEARCH).text
    assert 'action="/helped"' in page
    answered = client.post("/helped", data=fields())
    assert (answered.status_code, answered.headers["location"]) == (303, f"{SEARCH}#helped")
    assert "set-cookie" not in answered.headers
    assert 'id="helped"' in page
    assert [asdict(one) | {"last": ""} for one in votes.counted(folder)] == [
        {"text": "credit for online exchange", "record": RECORD, "helped": 1, "unhelped": 0, "last": ""}
    ]


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"helped": "maybe"}, 400),
        ({"back": "https://example.org/"}, 400),
        ({"back": "//example.org/"}, 400),
        ({"back": "/\\example.org"}, 400),
        ({"back": "/a\nLocation: x"}, 400),
        ({"record": "none.such"}, 404),
        ({"q": "  "}, 400),
        ({"q": "x" * 3000}, 400),
    ],
)
def test_what_is_no_vote_is_refused_and_not_counted(
    client: TestClient, folder: Path, changed: dict[str, str], status: int
) -> None:
    assert client.post("/helped", data=fields(**changed)).status_code == status
    assert votes.counted(folder) == ()


def test_a_form_of_another_site_is_refused(client: TestClient, folder: Path) -> None:
    assert client.post("/helped", data=fields(), headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert client.post("/helped", data=fields(), headers={"Sec-Fetch-Site": "same-origin"}).status_code == 303
    assert len(votes.counted(folder)) == 1


def test_examples_are_judged_needs_in_the_readers_language_first_or_none(
    client: TestClient, folder: Path
) -> None:
    assert client.get("/index.json").json()["examples"] == []
    long = "How do others give credit for an exchange?"
    german = "Wie werden Leistungen aus der Ferne angerechnet?"
    with Store.open(folder) as store:
        store.judge(long, "en", {RECORD: Grade.WELL}, "Mina")
        store.judge(german, "de", {RECORD: Grade.WELL, "guide.cours": Grade.PARTLY}, "Mina")
        store.judge("credit", "en", {RECORD: Grade.WELL}, "Mina")  # a word shows nobody how to ask
        store.judge("Where may the staff park all day?", "en", {}, "Mina")
        store.judge("Who else gives a part of an answer?", "en", {RECORD: Grade.PARTLY}, "Mina")
    shown = client.get("/index.json").json()["examples"]
    assert [(one["text"], one["language"]) for one in shown] == [(long, "en"), (german, "de")]
    page = client.get("/de/").text
    assert page.index(german) < page.index(long)
    assert f'lang="en">{long}' in page
