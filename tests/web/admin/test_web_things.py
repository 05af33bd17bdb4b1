"""The review list: by handbook and page, each thing once, answered in one click, all of a kind at once, and undone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from kb.records import Caveat, Kind, Unassigned
from kb.said import Flaw
from tests import web_library
from tests.web.admin import test_web_review as signing
from tests.web.pages.test_web_pages import Reader
from web.app import create_app

REVIEW, TANDEM, CREDIT = signing.REVIEW, signing.TANDEM, signing.CREDIT
CAVEATS = (
    Caveat(Flaw.NO_FIELDS, (5,), TANDEM, "Language tandem online", Kind.PRACTICE),
    Caveat(Flaw.ODD_LENGTH, (3,), CREDIT, "Credit", Kind.PRACTICE),
    Caveat(Flaw.ODD_LENGTH, (6,), "exchange.agreement", "Learning agreement", Kind.TOOL),
)
LEFT = (
    Unassigned(2, "A line that\nturns up again", "no heading leads to it"),
    Unassigned(4, "A line that turns up again", "no heading leads to it"),
    Unassigned(4, "Another line", "no heading leads to it"),
)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("filled")
    web_library.fill(folder, caveats=CAVEATS, unassigned=LEFT)
    return folder


@pytest.fixture(scope="module")
def web(filled: Path) -> FastAPI:
    return create_app(web_library.settings(filled))


@pytest.fixture
def make(web: FastAPI, filled: Path, tmp_path: Path) -> Iterator[Callable[..., TestClient]]:
    yield from signing.browsers(web, filled, tmp_path)


@pytest.fixture
def client(make: Callable[..., TestClient]) -> TestClient:
    made = make()
    assert signing.sign_in(made).status_code == 303
    return made


def book(client: TestClient, url: str = f"{REVIEW}?handbook=exchange") -> Any:
    [found] = signing.data(client, url)["books"]
    return found


def things(client: TestClient, url: str = f"{REVIEW}?handbook=exchange") -> list[Any]:
    return [one for spot in book(client, url)["pages"] for one in spot["things"]]


def post(client: TestClient, url: str, **fields: str) -> httpx.Response:
    return client.post(url, data={"csrf": signing.csrf(client), **fields})


def test_things_stand_by_page_and_each_once_with_all_its_reasons(client: TestClient) -> None:
    found = book(client)
    pages = [spot["place"]["page"] for spot in found["pages"] if spot["place"]]
    assert pages == sorted(pages)
    tandem = next(one for one in things(client) if one["record"] and one["record"]["id"] == TANDEM)
    assert [reason["doubt"] for reason in tandem["reasons"]] == ["practice", "flawed"]
    assert tandem["picture"]["outlines"][0]["is_lit"]
    [again] = [one for one in things(client) if one["title"].startswith("A line")]
    assert [place["page"] for place in again["places"]] == [2, 4]


def test_count_is_the_same_in_the_bar_and_on_the_start_page(client: TestClient) -> None:
    total = signing.data(client, REVIEW)["total"]
    assert f"{total} things to review" in client.get("/").text
    assert signing.data(client, "/admin/handbooks")["to_review"] == total


def test_page_is_well_formed_and_says_what_each_answer_changes(client: TestClient) -> None:
    html = client.get(REVIEW).text
    page = Reader(html)
    assert (page.open, page.inline, len(page.ids)) == ([], [], len(set(page.ids)))
    for said in ("leaves search and lists", "counts as sure", "among the sections", "Keys, once"):
        assert said in html
    assert set(re.findall(r'data-key="(\w)"', html)) == {"r", "n", "s", "t", "m"}


@pytest.mark.parametrize(
    ("action", "value"), [("discard", ""), ("retype", "section"), ("retitle", "Tandem"), ("merge", CREDIT)]
)
def test_answer_leads_back_to_the_list_at_the_next_thing(client: TestClient, action: str, value: str) -> None:
    tandem = next(one for one in things(client) if one["record"] and one["record"]["id"] == TANDEM)
    assert tandem["following"]
    answer = post(
        client,
        f"{REVIEW}/{TANDEM}",
        action=action,
        value=value,
        back="list",
        handbook="exchange",
        next=tandem["following"],
    )
    expected = f"{REVIEW}?handbook=exchange&done=1#{tandem['following']}"
    assert answer.headers["location"] == expected
    assert "readers see it now" in client.get(expected).text


def test_where_an_answer_leads_is_a_thing_of_the_list_alone(client: TestClient) -> None:
    answer = post(client, REVIEW, action="confirm", item=TANDEM, next="//example.org")
    assert answer.headers["location"] == f"{REVIEW}?done=1"


def test_confirmed_thing_goes_with_all_its_reasons(client: TestClient) -> None:
    [again] = [one for one in things(client) if one["title"].startswith("A line")]
    before = len(things(client))
    assert post(client, REVIEW, action="confirm", item=again["ids"]).status_code == 303
    assert len(things(client)) == before - 1


def test_all_of_one_kind_are_confirmed_at_once_and_undone_at_once(client: TestClient) -> None:
    kind = next(kind for kind in book(client)["kinds"] if "longer or shorter" in kind["says"])
    assert kind["count"] == 2
    page = client.get(kind["url"]).text
    assert "removes 2 things from this list" in page
    assert "Confirm all 2 things" in page
    why = kind["url"].rpartition("why=")[2]
    before = len(things(client))
    answer = post(client, REVIEW, action="confirm-all", handbook="exchange", why=why)
    assert answer.status_code == 303
    assert len(things(client)) == before - 2
    assert post(client, REVIEW, action="confirm-all", handbook="exchange", why=why).status_code == 400
    assert post(client, REVIEW, action="undo", item="1,2").status_code == 303
    assert len(things(client)) == before


def test_many_decisions_have_one_undo(client: TestClient) -> None:
    for one in things(client)[:4]:
        post(client, REVIEW, action="confirm", item=one["ids"])
    page = client.get(f"{REVIEW}?done=1,2,3,4").text
    assert "4 decisions are in force" in page
    assert "Undo them all" in page


def test_edits_of_two_handbooks_are_not_undone_together(client: TestClient) -> None:
    post(client, f"{REVIEW}/{TANDEM}", action="retitle", value="Tandem")
    post(client, f"{REVIEW}/guide.cours", action="retitle", value="Cours")
    answer = post(client, REVIEW, action="undo", item="1,2")
    assert (answer.status_code, "2 handbooks" in answer.text) == (400, True)
