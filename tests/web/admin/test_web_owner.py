"""Those who sign in have a bar on every page, and correct a record where they read it; readers see nothing of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from kb.editions.edits import Action
from tests import web_library
from tests.web.admin import test_web_review as signing
from tests.web.pages.test_web_pages import Reader
from web.app import create_app

TANDEM, CREDIT = signing.TANDEM, signing.CREDIT
BAR = 'class="owner"'
PAGES = (
    "/",
    "/search?q=credit",
    "/browse",
    "/map",
    f"/practices/{CREDIT}",
    "/handbooks/exchange",
    "/api/docs",
)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("filled")
    web_library.fill(folder)
    return folder


@pytest.fixture(scope="module")
def web(filled: Path) -> Iterator[FastAPI]:
    app = create_app(web_library.settings(filled))
    with TestClient(app):
        yield app


@pytest.fixture
def make(web: FastAPI, filled: Path, tmp_path: Path) -> Iterator[Callable[..., TestClient]]:
    yield from signing.browsers(web, filled, tmp_path)


@pytest.fixture
def visitor(make: Callable[..., TestClient]) -> TestClient:
    return make()


@pytest.fixture
def client(visitor: TestClient) -> TestClient:
    assert signing.sign_in(visitor).status_code == 303
    return visitor


def correct(client: TestClient, action: str, record: str = TANDEM, **fields: str) -> httpx.Response:
    token = signing.csrf(client, f"/practices/{record}")
    form = {"csrf": token, "action": action, "back": "record", **fields}
    return client.post(f"/admin/review/{record}", data=form)


def data(client: TestClient, url: str) -> Any:
    return signing.data(client, url)


# the bar


@pytest.mark.parametrize("url", PAGES)
def test_bar_stands_on_every_page_and_only_for_those_who_signed_in(visitor: TestClient, url: str) -> None:
    before = visitor.get(url)
    assert (BAR in before.text, "Sign in" in before.text) == (False, True)
    assert "cookie" in before.headers["vary"].lower()
    assert "no-store" not in before.headers["cache-control"]
    signing.sign_in(visitor)
    after = visitor.get(url)
    assert (after.text.count(BAR), "Signed in as Eve" in after.text) == (1, True)
    assert ">Sign in<" not in after.text
    assert after.headers["cache-control"] == "no-store"
    page = Reader(after.text)
    assert (page.open, page.inline, len(page.ids)) == ([], [], len(set(page.ids)))


def test_error_page_has_the_bar_too(client: TestClient) -> None:
    assert BAR in client.get("/practices/none").text


def test_bar_says_how_much_there_is_to_review(client: TestClient) -> None:
    total = data(client, signing.REVIEW)["total"]
    assert f"{total} things to review" in client.get("/").text
    signing.decide(client, "confirm", TANDEM)
    assert f"{total - 1} things to review" in client.get("/").text


def test_signing_out_from_the_bar_ends_it(client: TestClient) -> None:
    assert client.post("/admin/sign-out", data={"csrf": signing.csrf(client, "/")}).status_code == 303
    assert BAR not in client.get("/").text


def test_json_is_the_same_for_everybody(visitor: TestClient) -> None:
    before = data(visitor, f"/practices/{CREDIT}")
    signing.sign_in(visitor)
    assert data(visitor, f"/practices/{CREDIT}") == before


def test_who_signs_in_from_a_record_comes_back_to_it(visitor: TestClient) -> None:
    way = re.search(r'href="(/admin[^"]*)" rel="nofollow"', visitor.get(f"/practices/{CREDIT}").text)
    assert way
    form = visitor.get(way[1]).headers["location"]
    after = re.search(r'name="next" value="([^"]+)"', visitor.get(form).text)
    assert after
    assert after[1] == f"/practices/{CREDIT}"
    assert signing.sign_in(visitor, next=after[1]).headers["location"] == f"/practices/{CREDIT}"
    assert visitor.get(way[1]).headers["location"] == f"/practices/{CREDIT}"
    assert visitor.get("/admin?next=//example.org").headers["location"] == "/admin/handbooks"


# corrections


def test_each_box_on_the_page_and_each_text_leads_to_its_forms(client: TestClient) -> None:
    page = client.get(f"/practices/{CREDIT}").text
    assert f'href="/practices/{CREDIT}?field=1#field-1"' in page
    assert page.count('class="mend-link"') == 2
    chosen = client.get(f"/practices/{CREDIT}?field=1").text
    assert "This is the title" in chosen
    assert chosen.count('class="mend-link"') == 1
    box = re.search(r'<a href="([^"]+)" tabindex="-1"><rect', chosen)
    assert box
    assert box[1].startswith(f"/practices/{CREDIT}?field=1")


def test_readers_get_no_form_and_no_box_that_leads_anywhere(visitor: TestClient) -> None:
    page = visitor.get(f"/practices/{CREDIT}?field=1").text
    assert "/admin/review" not in page
    assert 'tabindex="-1"><rect' not in page


def test_correction_leads_back_to_the_record_with_its_undo(client: TestClient) -> None:
    done = correct(client, "retitle", value="Tandem")
    assert done.headers["location"] == f"/practices/{TANDEM}?done=1#correct"
    page = client.get(done.headers["location"]).text
    assert "readers see it now" in page
    assert "Undo it" in page
    form = {"csrf": signing.csrf(client, "/"), "action": "undo", "item": "1", "back": TANDEM}
    undone = client.post(signing.REVIEW, data=form)
    assert undone.headers["location"] == f"/practices/{TANDEM}?done=1#correct"
    assert "Edit 1 is undone" in client.get(undone.headers["location"]).text
    assert data(client, f"/practices/{TANDEM}")["record"]["title"] == "Language tandem online"


def test_text_that_is_the_title_becomes_it_and_is_no_field_any_more(client: TestClient) -> None:
    correct(client, "set-field", field="1", text="Learning by telling\nPairs of students meet.")
    correct(client, "set-field", field="1", label="")
    correct(client, "retitle", field="1")
    shown = data(client, f"/practices/{TANDEM}")
    assert shown["record"]["title"] == "Learning by telling"
    assert [field["text"] for field in shown["fields"]] == ["Pairs of students meet."]


def test_label_that_is_the_title_becomes_it_and_leaves_its_text(client: TestClient) -> None:
    assert correct(client, "retitle", CREDIT, field="2").status_code == 303
    shown = data(client, f"/practices/{CREDIT}")
    assert shown["record"]["title"] == "What we did"
    assert [field["label"] for field in shown["fields"]] == ["Need", ""]
    assert shown["fields"][1]["text"].startswith("• Three joint seminars")
    assert shown["corrected"] == [Action.RETITLE.value]


def test_discarded_record_shows_the_way_back(client: TestClient) -> None:
    done = correct(client, "discard")
    page = client.get(done.headers["location"]).text
    assert "Discarded by review" in page
    assert "Undo edit 1" in page
    assert "This is the title" not in page


def test_record_of_another_kind_is_found_under_it(client: TestClient) -> None:
    done = correct(client, "retype", value="section")
    assert done.headers["location"] == f"/sections/{TANDEM}?done=1#correct"


def test_merged_record_leads_to_the_one_that_it_is_the_same_as(client: TestClient) -> None:
    done = correct(client, "merge", value=CREDIT)
    assert done.headers["location"] == f"/practices/{CREDIT}?done=1#correct"
    assert "Undo edit 1" in client.get(done.headers["location"]).text


def test_confirmed_on_its_page_it_leaves_the_list(client: TestClient) -> None:
    form = {"csrf": signing.csrf(client, "/"), "action": "confirm", "item": TANDEM, "back": TANDEM}
    done = client.post(signing.REVIEW, data=form)
    assert done.headers["location"] == f"/practices/{TANDEM}?done=1#correct"
    assert data(client, f"/practices/{TANDEM}")["confidence"] == 1.0
