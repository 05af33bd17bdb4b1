"""The shortlist: its address is the list."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests import web_library
from web.app import create_app
from web.pages.shortlist import MOST


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    folder = tmp_path_factory.mktemp("library")
    with TestClient(create_app(web_library.fill(folder)), raise_server_exceptions=False) as opened:
        yield opened


def listed(client: TestClient, *ids: str, **more: str) -> dict[str, Any]:
    answer = client.get("/shortlist.json", params={"id": list(ids), **more})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_records_are_listed_once_in_the_order_of_the_address(client: TestClient) -> None:
    page = listed(client, "guide.cours", "exchange.credit", " guide.cours ", "")
    assert (
        page["ids"] == [one["record"]["id"] for one in page["records"]] == ["guide.cours", "exchange.credit"]
    )
    assert page["url"] == "/shortlist?id=guide.cours&id=exchange.credit"


def test_what_the_library_does_not_have_is_said_and_the_rest_is_shown(client: TestClient) -> None:
    page = listed(client, "none", "guide.cours")
    assert (page["missing"], page["ids"]) == (["none"], ["guide.cours"])


def test_the_moves_of_an_entry_lead_to_the_list_so_changed(client: TestClient) -> None:
    first, middle, last = listed(client, "guide.cours", "exchange.credit", "exchange.tandem")["records"]
    assert (first["higher"], last["lower"]) == ("", "")
    assert middle["higher"] == "/shortlist?id=exchange.credit&id=guide.cours&id=exchange.tandem"
    assert middle["lower"] == "/shortlist?id=guide.cours&id=exchange.tandem&id=exchange.credit"
    assert first["without"] == "/shortlist?id=exchange.credit&id=exchange.tandem"


def test_offers_are_answers_to_a_text_and_keep_what_is_listed(client: TestClient) -> None:
    page = listed(client, "exchange.credit", q="online")
    offers = {offer["record"]["id"]: offer["url"] for offer in page["offers"]}
    assert offers["exchange.tandem"] == "/shortlist?id=exchange.credit&id=exchange.tandem&q=online"
    assert offers["exchange.credit"] == ""


@pytest.mark.parametrize(("count", "is_offered"), [(1, False), (2, True), (4, True), (5, False)])
def test_two_to_four_can_be_compared_at_once(client: TestClient, count: int, is_offered: bool) -> None:
    ids = [record.id for record in web_library.RECORDS][:count]
    assert bool(listed(client, *ids)["compare"]) == is_offered


def test_a_list_longer_than_an_address_should_be_is_refused(client: TestClient) -> None:
    answer = client.get("/shortlist.json", params={"id": [f"book.{n}" for n in range(MOST + 1)]})
    assert answer.status_code == 400
    assert f"at most {MOST}" in answer.json()["error"]["detail"]


def test_a_shortlist_is_not_for_search_engines(client: TestClient) -> None:
    assert '<meta name="robots" content="noindex">' in client.get("/shortlist?id=guide.cours").text
