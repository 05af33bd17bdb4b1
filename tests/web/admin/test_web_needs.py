"""Judging answers on the result page: only when signed in, only from our own form, without a script."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from kb.store.needs import Grade
from kb.store.store import Store
from tests import web_library
from web.app import create_app

TOKEN = "a long random token, or so"
SEARCH = "/search?q=credit+for+virtual+exchange"


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    settings = replace(web_library.fill(tmp_path), admin_token=TOKEN, keep_queries=True)
    with TestClient(create_app(settings)) as client:
        yield client


def csrf(html: str) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', html)
    assert found
    return found[1]


def sign_in(client: TestClient, after: str = "/admin/needs") -> str:
    """Sign in, and return the page that this leads to."""
    form = client.get("/admin/sign-in", params={"next": after}).text
    fields = {"csrf": csrf(form), "name": "Ann", "token": TOKEN, "next": after}
    answer = client.post("/admin/sign-in", data=fields)
    assert answer.url.path == after
    return answer.text


def needs(folder: Path) -> list[tuple[str, list[tuple[str, Grade]]]]:
    with Store.open(folder, readonly=True) as store:
        return [(need.text, [(j.record, j.grade) for j in need.judgements]) for need in store.needs()]


def test_only_a_signed_in_person_is_shown_the_control_and_json_never_has_it(client: TestClient) -> None:
    assert "Does it answer?" not in client.get(SEARCH).text
    sign_in(client)
    answer = client.get(SEARCH)
    assert "Does it answer?" in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert client.get(SEARCH.replace("search", "search.json")).json()["judging"] is None


def test_a_judgement_made_on_the_result_page_is_kept_shown_and_taken_back(
    client: TestClient, tmp_path: Path
) -> None:
    sign_in(client)
    html = client.get(SEARCH).text
    fields = {
        "csrf": csrf(html),
        "action": "judge",
        "text": "credit for virtual exchange",
        "record": "exchange.credit",
        "grade": "2",
        "back": f"{SEARCH}#judge-1",
    }
    answer = client.post("/admin/needs", data=fields, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{SEARCH}#judge-1")
    assert needs(tmp_path) == [("credit for virtual exchange", [("exchange.credit", Grade.WELL)])]
    assert client.get(SEARCH).text.count('aria-pressed="true"') == 1
    assert "Credit for" in client.get("/admin/needs").text
    client.post("/admin/needs", data=fields | {"grade": ""})
    assert needs(tmp_path) == [("credit for virtual exchange", [])]


def test_that_nothing_answers_can_be_judged_and_a_need_forgotten(client: TestClient, tmp_path: Path) -> None:
    token = csrf(sign_in(client))
    client.post("/admin/needs", data={"csrf": token, "action": "nothing", "text": "zeppelin", "back": ""})
    assert needs(tmp_path) == [("zeppelin", [])]
    assert "Judged: nothing answers this need." in client.get("/search?q=zeppelin").text
    client.post("/admin/needs", data={"csrf": token, "action": "forget", "need": "1"})
    assert needs(tmp_path) == []


def test_a_judgement_without_a_session_or_from_elsewhere_changes_nothing(
    client: TestClient, tmp_path: Path
) -> None:
    fields = {"action": "nothing", "text": "zeppelin"}
    assert client.post("/admin/needs", data=fields, follow_redirects=False).status_code == 303
    sign_in(client)
    assert client.post("/admin/needs", data=fields | {"csrf": "wrong"}).status_code == 403
    assert needs(tmp_path) == []


@pytest.mark.parametrize(
    ("changes", "status"),
    [({"grade": "3"}, 400), ({"record": "none"}, 404), ({"text": "?"}, 400), ({"action": "eat"}, 400)],
)
def test_a_judgement_of_nothing_that_is_there_is_refused(
    client: TestClient, tmp_path: Path, changes: dict[str, str], status: int
) -> None:
    token = csrf(sign_in(client))
    fields = {"csrf": token, "action": "judge", "text": "a", "record": "exchange.credit", "grade": "1"}
    assert client.post("/admin/needs", data=fields | changes).status_code == status
    assert needs(tmp_path) == []


def test_a_judgement_leads_back_to_a_result_page_and_nowhere_else(client: TestClient) -> None:
    token = csrf(sign_in(client))
    fields = {
        "csrf": token,
        "action": "nothing",
        "text": "zeppelin",
        "back": "https://example.org/search?q=a",
    }
    answer = client.post("/admin/needs", data=fields, follow_redirects=False)
    assert answer.headers["location"] == "/search?q=zeppelin"


def test_needs_are_downloaded_as_a_file_for_evaluation(client: TestClient) -> None:
    assert client.get("/admin/needs/export", follow_redirects=False).status_code == 303
    token = csrf(sign_in(client))
    client.post("/admin/needs", data={"csrf": token, "action": "nothing", "text": "zeppelin"})
    answer = client.get("/admin/needs/export")
    assert answer.headers["content-disposition"] == 'attachment; filename="needs.json"'
    assert [query["text"] for query in answer.json()["queries"]] == ["zeppelin"]


def test_the_page_shows_what_search_missed(client: TestClient) -> None:
    sign_in(client)
    assert "Nothing was counted yet" in client.get("/admin/needs").text
    client.get("/search?q=zeppelin")
    client.app.state.counter.flush()  # type: ignore[attr-defined]
    page = client.get("/admin/needs.json").json()
    assert [(day["asked"], day["nothing"]) for day in page["days"]] == [(1, 1)]
    assert [(missed["text"], missed["outcome"]) for missed in page["texts"]] == [("zeppelin", "nothing")]
    assert 'href="/search?q=zeppelin"' in client.get("/admin/needs").text
