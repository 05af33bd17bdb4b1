"""Reviewing on the web: who may, each form, what readers see afterwards, and what is refused."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from kb.care.review import Wish, correct
from kb.editions.corrections import apply
from kb.editions.edits import Action
from kb.errors import BusyError
from kb.index import generation as index
from kb.model.passages import cut
from kb.office import guesses
from kb.search.library import Library
from kb.store.store import Store
from tests import web_library
from tests.web.pages.test_web_pages import Reader
from web.admin import signin
from web.app import create_app
from web.frame import posting

TOKEN = "a long token of the test"
REVIEW = "/admin/review"
TANDEM, CREDIT, ANNEX = "exchange.tandem", "exchange.credit", "exchange.annex-a"


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("filled")
    web_library.fill(folder)
    return folder


@pytest.fixture(scope="module")
def web(filled: Path) -> FastAPI:
    """One application, as making its routes takes a second; each test gives it a library of its own."""
    return create_app(web_library.settings(filled))


@pytest.fixture
def make(web: FastAPI, filled: Path, tmp_path: Path) -> Iterator[Callable[..., TestClient]]:
    """A new browser on a small library, under this token from now on."""
    yield from browsers(web, filled, tmp_path)


def browsers(web: FastAPI, filled: Path, tmp_path: Path) -> Iterator[Callable[..., TestClient]]:
    """What makes browsers on a copy of a library."""
    shutil.copytree(filled, tmp_path, dirs_exist_ok=True)
    settings = web_library.settings(tmp_path)
    with Library.open(settings) as library:
        web.state.library = library

        def browser(token: str = TOKEN) -> TestClient:
            web.state.settings = replace(settings, admin_token=token)
            return TestClient(web, raise_server_exceptions=False, follow_redirects=False)

        yield browser


@pytest.fixture
def visitor(make: Callable[..., TestClient]) -> TestClient:
    return make()


@pytest.fixture
def client(visitor: TestClient) -> TestClient:
    assert sign_in(visitor).status_code == 303
    return visitor


def csrf(client: TestClient, url: str = REVIEW) -> str:
    found = re.search(r'name="csrf" value="([\w-]+)"', client.get(url).text)
    assert found
    return found[1]


def sign_in(client: TestClient, token: str = TOKEN, name: str = "Eve", **fields: str) -> httpx.Response:
    data = {"csrf": csrf(client, signin.SIGN_IN), "token": token, "name": name, **fields}
    return client.post(signin.SIGN_IN, data=data)


def post(client: TestClient, record: str, action: str, **fields: str) -> httpx.Response:
    url = f"{REVIEW}/{record}"
    return client.post(url, data={"csrf": csrf(client, url), "action": action, **fields})


def decide(client: TestClient, action: str, item: str) -> httpx.Response:
    return client.post(REVIEW, data={"csrf": csrf(client), "action": action, "item": item})


def things(page: Any) -> dict[str, Any]:
    """Each thing of the list by what confirming it confirms."""
    return {one["ids"]: one for book in page["books"] for spot in book["pages"] for one in spot["things"]}


def data(client: TestClient, url: str) -> Any:
    path, mark, query = url.partition("?")
    answer = client.get(f"{path}.json{mark}{query}")
    assert answer.status_code == 200, answer.text
    return answer.json()


# who may


def test_without_a_token_the_admin_pages_are_not_there_and_say_how_to_have_them(
    make: Callable[..., TestClient],
) -> None:
    client = make("")
    for url in ("/admin", REVIEW, f"{REVIEW}/{TANDEM}", signin.SIGN_IN):
        answer = client.get(url)
        assert answer.status_code == 404
        assert "KB_ADMIN_TOKEN" in answer.text
    assert client.get(f"{REVIEW}.json").json()["error"]["status"] == 404
    form = {"token": "", "name": "Eve"}
    assert client.post(signin.SIGN_IN, data=form).status_code == 404
    assert client.post(REVIEW, data=form).status_code == 404


@pytest.mark.parametrize("url", ["/admin", REVIEW, f"{REVIEW}/{TANDEM}"])
def test_visitor_is_led_to_the_sign_in_form_and_back(visitor: TestClient, url: str) -> None:
    answer = visitor.get(url)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith(signin.SIGN_IN)
    page = visitor.get(answer.headers["location"])
    target = re.search(r'name="next" value="([^"]+)"', page.text)
    assert target
    assert target[1] == url
    assert sign_in(visitor, next=target[1]).headers["location"] == target[1]


@pytest.mark.parametrize(
    "after",
    [
        "https://example.org",
        "//example.org",
        "/admin/review/../..//example.org",
        "/admin/../search",
        "/admin/sign-out",
        "/administration",
        "/",
        "/admin/review/a\\b",
    ],
)
def test_sign_in_leads_nowhere_else(visitor: TestClient, after: str) -> None:
    assert sign_in(visitor, next=after).headers["location"] == "/admin/handbooks"


def test_json_of_a_visitor_is_401(visitor: TestClient) -> None:
    answer = visitor.get(f"{REVIEW}.json")
    assert (answer.status_code, answer.json()["error"]["title"]) == (401, "Unauthorized")


def test_session_cookie_is_out_of_reach_of_scripts_and_other_sites(visitor: TestClient) -> None:
    cookie = sign_in(visitor).headers["set-cookie"]
    assert "kb_admin=" in cookie
    assert TOKEN not in cookie
    for part in ("HttpOnly", "SameSite=strict", "Path=/;", "Max-Age=28800"):
        assert part in cookie
    secure = TestClient(visitor.app, base_url="https://testserver", follow_redirects=False)
    assert "; Secure" in sign_in(secure).headers["set-cookie"]


def test_changed_cookie_old_session_and_other_token_are_refused(
    client: TestClient, make: Callable[..., TestClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    value = client.cookies["kb_admin"]
    assert client.get(REVIEW).status_code == 200
    with monkeypatch.context() as patch:
        later = time.time() + signin.SESSION_SECONDS + 1
        patch.setattr(time, "time", lambda: later)
        assert client.get(REVIEW).status_code == 303
    text, _, signature = value.rpartition(".")
    changed = f"{text}.{'0' if signature[0] != '0' else '1'}{signature[1:]}"
    for token, given in (
        (TOKEN, changed),
        (TOKEN, "x" + value),
        (TOKEN, "."),
        (TOKEN, "é"),
        ("other", value),
    ):
        headers = {b"Cookie": f"kb_admin={given}".encode("latin-1")}
        assert make(token).get(REVIEW, headers=headers).status_code == 303


def test_wrong_token_is_refused_and_too_many_wait(visitor: TestClient) -> None:
    for _ in range(guesses.OF_ONE):
        answer = sign_in(visitor, "wrong")
        assert (answer.status_code, "neither the password nor the token" in answer.text) == (403, True)
        assert "kb_admin" not in visitor.cookies
    refused = sign_in(visitor)  # even with the right one
    assert refused.status_code == 429
    assert refused.headers["retry-after"] == "60"


def test_who_gives_no_name_is_called_by_what_was_come_with(visitor: TestClient) -> None:
    assert sign_in(visitor, name="  ").status_code == 303
    assert data(visitor, REVIEW)["who"] == "token"


def test_signing_out_ends_it(client: TestClient) -> None:
    assert client.post("/admin/sign-out", data={"csrf": csrf(client)}).status_code == 303
    assert client.get(REVIEW).status_code == 303


@pytest.mark.parametrize("url", [REVIEW, f"{REVIEW}/{TANDEM}", "/admin/sign-out", signin.SIGN_IN])
def test_form_that_our_page_did_not_give_is_refused(client: TestClient, url: str) -> None:
    fields = {"action": "discard", "item": TANDEM, "token": TOKEN, "name": "Eve"}
    for token in ({}, {"csrf": ""}, {"csrf": "0" * 64}, {"csrf": "é"}):
        assert client.post(url, data={**fields, **token}).status_code == 403
    assert data(client, f"{REVIEW}/{TANDEM}")["is_served"]


def test_form_of_another_session_is_refused(client: TestClient) -> None:
    other = TestClient(client.app, follow_redirects=False)
    sign_in(other)
    assert client.post(REVIEW, data={"csrf": csrf(other), "action": "confirm"}).status_code == 403


def test_body_that_is_no_form_or_too_large_is_refused(client: TestClient) -> None:
    assert client.post(REVIEW, json={"action": "undo"}).status_code == 415
    kind = {"content-type": "application/x-www-form-urlencoded"}
    assert client.post(REVIEW, content=b"a=" + b"x" * posting.MOST_BODY, headers=kind).status_code == 413
    assert client.post(REVIEW, content=b"a=1&" * 60, headers=kind).status_code == 400
    assert client.post(REVIEW, content=b"a=\xff", headers=kind).status_code == 400


# the pages


@pytest.mark.parametrize(
    "url",
    [
        REVIEW,
        f"{REVIEW}?handbook=guide",
        f"{REVIEW}/{TANDEM}",
        f"{REVIEW}/{CREDIT}?page=4",
        f"{REVIEW}/{ANNEX}",
    ],
)
def test_review_pages_are_well_formed_private_and_hold_no_inline_code(client: TestClient, url: str) -> None:
    answer = client.get(url)
    assert answer.status_code == 200
    page = Reader(answer.text)
    assert (page.open, page.inline) == ([], [])
    assert len(page.ids) == len(set(page.ids))
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-robots-tag"] == "noindex"
    assert data(client, url)["url"].partition("?")[0] == url.partition("?")[0]
    for link in page.links:
        if link.startswith(("/admin/review", "/handbooks", "/practices")) and ".png" not in link:
            assert client.get(link).status_code in (200, 303), link


def test_sign_in_page_is_well_formed(visitor: TestClient) -> None:
    page = Reader(visitor.get(signin.SIGN_IN).text)
    assert (page.open, page.inline) == ([], [])


def test_list_names_page_and_what_to_do(client: TestClient) -> None:
    page = data(client, REVIEW)
    assert page["who"] == "Eve"
    first = things(page)[TANDEM]
    assert [reason["doubt"] for reason in first["reasons"]] == ["practice"]
    text = client.get(REVIEW).text
    assert "Practices that may be none" in text
    assert f'href="/practices/{TANDEM}#correct"' in text
    assert "/handbooks/exchange/pages/5" in text
    assert client.get(f"{REVIEW}?handbook=none").status_code == 404


def test_record_stands_beside_its_page_with_a_form_for_each_correction(client: TestClient) -> None:
    answer = client.get(f"{REVIEW}/{CREDIT}?page=4").text
    assert "/handbooks/exchange/pages/4.png" in answer
    actions = set(re.findall(r'name="action" value="([\w-]+)"', answer))
    assert actions == {"retitle", "retype", "set-institution", "set-field", "split", "merge", "discard"}
    assert 'action="confirm"' not in client.get(f"{REVIEW}/{TANDEM}").text


# corrections


def test_corrected_title_is_served_marked_and_undone(client: TestClient) -> None:
    answer = post(client, TANDEM, "retitle", value="Zeppelin <b>tandem</b>", note="as printed")
    assert (answer.status_code, answer.headers["location"]) == (303, f"{REVIEW}/{TANDEM}?done=1")
    shown = client.get(answer.headers["location"]).text
    assert "Edit 1 is in force" in shown
    assert "Zeppelin &lt;b&gt;tandem&lt;/b&gt;" in shown
    assert [h["record"]["id"] for h in data(client, "/search?q=zeppelin")["hits"]] == [TANDEM]
    assert "corrected" in client.get(f"/practices/{TANDEM}").text
    edit = data(client, f"{REVIEW}/{TANDEM}")["edits"][0]
    assert (edit["who"], edit["note"], edit["base"]) == ("Eve", "as printed", "Language tandem online")
    answer = decide(client, "undo", "1")
    assert (answer.status_code, answer.headers["location"]) == (303, f"{REVIEW}?done=1")
    assert "Edit 1 is undone" in client.get(answer.headers["location"]).text
    assert data(client, f"/practices/{TANDEM}")["record"]["title"] == "Language tandem online"


def test_field_is_corrected_in_one_step_where_it_differs(client: TestClient) -> None:
    text = "Pairs of students learn languages from each other online."
    unchanged = post(client, TANDEM, "set-field", field="1", label="Objectives", text=text)
    assert unchanged.status_code == 400
    done = post(client, TANDEM, "set-field", field="1", label="Goal", text="One.\r\n\r\n• Two\r\n")
    assert done.headers["location"] == f"{REVIEW}/{TANDEM}?done=1%2C2"
    field = data(client, f"/practices/{TANDEM}")["fields"][0]
    assert (field["label"], field["text"], field["origin"]) == ("Goal", "One.\n\n• Two", "corrected")
    shown = data(client, f"{REVIEW}/{TANDEM}")["fields"][0]
    assert (shown["was_label"], shown["was_text"]) == ("Objectives", text)


def test_kind_and_institution_are_corrected(client: TestClient) -> None:
    assert post(client, TANDEM, "retype", value="section").status_code == 303
    assert post(client, TANDEM, "set-institution", value="Sapienza").status_code == 303
    page = data(client, f"/sections/{TANDEM}")
    assert [(f["value"], f["origin"]) for f in page["facts"] if f["name"] == "institution"] == [
        ("Sapienza", "corrected")
    ]
    assert client.get(f"/practices/{TANDEM}").headers["location"].endswith(f"/sections/{TANDEM}")


def test_split_record_is_shown_and_merged_record_leads_to_its_target(client: TestClient) -> None:
    done = post(client, CREDIT, "split", field="2", value="Joint seminars")
    made = "exchange.joint-seminars"
    assert done.headers["location"] == f"{REVIEW}/{made}?done=1"
    assert data(client, f"/practices/{made}")["fields"][0]["text"].startswith("• Three joint seminars")
    done = post(client, made, "merge", value=TANDEM)
    assert done.headers["location"] == f"{REVIEW}/{TANDEM}?done=2"
    for suffix in ("", ".json"):
        answer = client.get(f"/practices/{made}{suffix}")
        assert (answer.status_code, answer.headers["location"]) == (303, f"/practices/{TANDEM}{suffix}")
        answer = client.get(f"{REVIEW}/{made}{suffix}")
        assert (answer.status_code, answer.headers["location"]) == (303, f"{REVIEW}/{TANDEM}{suffix}")


def test_discarded_record_still_answers_and_says_so(client: TestClient) -> None:
    done = post(client, TANDEM, "discard", note="no practice")
    assert done.headers["location"] == f"{REVIEW}?done=1"
    answer = client.get(f"/practices/{TANDEM}")
    assert answer.status_code == 200
    assert "Discarded by review." in answer.text
    assert data(client, "/search?q=tandem")["hits"] == []
    page = data(client, f"{REVIEW}/{TANDEM}")
    assert (page["is_served"], page["fields"]) == (False, [])
    assert "Undo the edit below" in client.get(f"{REVIEW}/{TANDEM}").text
    assert decide(client, "undo", "1").status_code == 303
    assert data(client, "/search?q=tandem")["total"] == 1


def test_confirmed_item_leaves_the_list(client: TestClient) -> None:
    for ids in things(data(client, REVIEW)):
        assert decide(client, "confirm", ids).status_code == 303
    page = data(client, REVIEW)
    assert (page["total"], page["books"]) == (0, [])
    assert "Nothing is doubtful" in client.get(REVIEW).text
    assert data(client, f"/practices/{TANDEM}")["confidence"] == 1.0


def test_conflict_shows_both_versions_and_is_decided(client: TestClient, tmp_path: Path) -> None:
    with Store.open(tmp_path) as store:
        correct(store, "exchange", [Wish(Action.RETITLE, TANDEM, "Tandem")], None)
        _ingest_again(store)
    page = data(client, REVIEW)
    conflict = next(one for one in things(page).values() if one["record"])["reasons"][0]
    assert (conflict["doubt"], conflict["mine"], conflict["base"], conflict["theirs"]) == (
        "conflict",
        "Tandem",
        "Language tandem online",
        "Tandem, renewed",
    )
    assert "Printed now" in client.get(REVIEW).text
    assert data(client, f"/practices/{TANDEM}")["record"]["title"] == "Tandem"
    assert decide(client, "confirm", conflict["id"]).status_code == 303
    left = [reason["doubt"] for one in things(data(client, REVIEW)).values() for reason in one["reasons"]]
    assert "conflict" not in left


def _ingest_again(store: Store) -> None:
    """What the pipeline does with an edition that renames a record."""
    content = web_library.pdf("Handbook of exchange, again", 6)
    title = "Handbook of exchange"
    edition = replace(web_library.edition("exchange", title, content, web_library.LABELS, "en"), number=2)
    records = tuple(
        replace(r, edition=2, title="Tandem, renewed" if r.id == TANDEM else r.title)
        for r in web_library.RECORDS
    )
    reviewed = apply(records, store.edits("exchange"))
    store.stage(edition, records, [p for r in reviewed.records for p in cut(r)], content, reviewed)
    served = {**store.current_editions(), "exchange": 2}
    store.publish(served, index.build(store, served))


# what is refused


@pytest.mark.parametrize(
    ("fields", "status", "said"),
    [
        ({"action": "retitle", "value": ""}, 400, "needs a title"),
        ({"action": "paint"}, 400, "not something review can do"),
        ({"action": "merge", "value": "guide.cours"}, 404, "not among the records"),
        ({"action": "set-field", "field": "9"}, 400, "no such field"),
        ({"action": "split", "field": "1", "value": "x"}, 400, "before its first field"),
    ],
)
def test_what_cannot_be_done_is_said_on_the_error_page(
    client: TestClient, fields: dict[str, str], status: int, said: str
) -> None:
    answer = post(client, CREDIT, **fields)
    assert answer.status_code == status
    assert said in answer.text
    assert "/browse" in Reader(answer.text).links
    assert data(client, REVIEW)["edits"] == []


@pytest.mark.parametrize(
    ("action", "item"), [("undo", "x"), ("undo", "7"), ("confirm", "none"), ("paint", "1")]
)
def test_list_refuses_what_is_not_there(client: TestClient, action: str, item: str) -> None:
    assert decide(client, action, item).status_code in (400, 404)


def test_record_that_is_not_there_is_404(client: TestClient) -> None:
    assert client.get(f"{REVIEW}/none").status_code == 404
    assert client.post(f"{REVIEW}/none", data={"csrf": csrf(client), "action": "discard"}).status_code == 404


def test_busy_library_is_503(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    token = csrf(client)

    def busy(*args: object, **more: object) -> None:
        raise BusyError("another ingest is running; try again when it has finished")

    monkeypatch.setattr(Store, "write_lock", busy)
    answer = client.post(f"{REVIEW}/{TANDEM}", data={"csrf": token, "action": "discard"})
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "10")


def test_readers_are_told_nothing_of_reviewing(visitor: TestClient) -> None:
    assert "/admin/" not in visitor.get("/").text  # but for the way to the sign-in form
    assert "/admin" not in visitor.get("/api/openapi.json").text
