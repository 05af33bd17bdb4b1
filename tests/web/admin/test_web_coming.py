"""What a plan shows before it is published: each change word by word, each record on its page, each line's place."""

# ruff: noqa: F811  pytest finds fixtures by their names

from __future__ import annotations

import re

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from kb.office.jobs import Jobs
from kb.settings import Settings
from kb.store.store import Store
from tests.pdfs import handbook_pdf
from tests.web.admin import test_web_office as office
from tests.web.admin.test_web_office import client, settings, visitor, web  # noqa: F401 - fixtures
from tests.web.pages.test_web_pages import Reader
from web.admin import worker

PNG = b"\x89PNG\r\n\x1a\n"


def planned(client: TestClient, settings: Settings, content: bytes) -> str:
    url = str(office.upload(client, content).headers["location"])
    worker.work(settings)
    return url


def test_new_handbook_shows_each_record_on_its_page_and_the_doubtful_first(
    client: TestClient,
    settings: Settings,
) -> None:
    url = planned(client, settings, handbook_pdf(practices=9))
    coming = office.data(client, url)["coming"]
    assert coming["compared"] is None
    doubtful = [bool(one["reasons"]) for one in coming["records"]]
    assert doubtful == sorted(doubtful, reverse=True)
    assert doubtful[0]
    assert "title of another" in coming["records"][0]["reasons"][0]
    first = coming["records"][0]
    assert first["fields"][0]["text"].startswith("Students of course")
    assert first["picture"]["outlines"]
    html = client.get(url).text
    page = Reader(html)
    assert (page.open, page.inline, len(page.ids)) == ([], [], len(set(page.ids)))
    assert html.index("Doubtful records") < html.index("Its other records")
    assert first["picture"]["src"].startswith(f"{url}/pages/")


def test_account_of_its_text_is_shown_before_it_is_published(
    client: TestClient,
    settings: Settings,
) -> None:
    url = planned(client, settings, handbook_pdf())
    account = office.data(client, url)["coming"]["account"]
    assert account["characters"] > 100
    assert sum(share["percent"] for share in account["shares"]) == pytest.approx(100, abs=0.1)
    assert "Where its text went" in client.get(url).text


def test_next_edition_shows_its_changes_word_by_word_beside_both_pages(
    client: TestClient,
    settings: Settings,
) -> None:
    office.published(client, settings, 4)
    url = planned(client, settings, handbook_pdf(practices=5, mark="each of them anew"))
    compared = office.data(client, url)["coming"]["compared"]
    assert (compared["before"], compared["after"]) == (1, 2)
    field = compared["rewritten"][0]["fields"][0]
    assert {piece["fate"] for piece in field["pieces"]} == {"same", "gone", "new"}
    assert field["was_picture"]["src"].startswith("/handbooks/")
    assert field["now_picture"]["src"].startswith(f"{url}/pages/")
    html = client.get(url).text
    assert "<ins>" in html
    for link in set(re.findall(rf'(?:src|href)="({url}/pages/[^"]+)"', html)):
        assert client.get(link.replace("&amp;", "&")).content.startswith(PNG)
        break


def test_picture_of_an_upload_is_for_those_who_sign_in_and_lasts_as_long_as_its_file(
    web: FastAPI,
    client: TestClient,
    settings: Settings,
) -> None:
    url = planned(client, settings, handbook_pdf())
    picture = office.data(client, url)["coming"]["records"][0]["picture"]["src"]
    answer = client.get(picture)
    assert (answer.status_code, answer.content.startswith(PNG)) == (200, True)
    assert answer.headers["cache-control"].startswith("private")
    stranger = TestClient(web, follow_redirects=False)
    assert stranger.get(picture).status_code == 303
    assert client.get(picture.partition("&v=")[0]).status_code == 404
    assert client.get(picture.replace("width=720", "width=721")).status_code == 404
    office.decide(client, url, "discard")
    assert client.get(picture).status_code == 404


def test_plan_whose_reading_is_gone_says_so_and_can_be_made_anew(
    client: TestClient,
    settings: Settings,
) -> None:
    url = planned(client, settings, handbook_pdf())
    Jobs(settings.data).reading(int(url.rpartition("/")[2])).write_text("{", "utf-8")
    assert office.data(client, url)["coming"] is None
    assert "plan it anew" in client.get(url).text


def wish(client: TestClient, url: str, record: str, verb: str, value: str = "") -> None:
    answer = office.decide(client, url, "wish", record=record, verb=verb, value=value)
    assert answer.headers["location"].startswith(f"{url}#record-")


def test_what_is_decided_of_a_record_in_its_plan_is_done_when_it_is_published(
    client: TestClient, settings: Settings
) -> None:
    url = planned(client, settings, handbook_pdf(practices=4))
    first, second, third, fourth = [
        one["record"]["id"]
        for one in office.data(client, url)["coming"]["records"]
        if one["record"]["kind"] == "practice"
    ]
    wish(client, url, first, "discard")
    wish(client, url, second, "retitle", "A better title")
    wish(client, url, third, "retype", "section")
    wish(client, url, fourth, "discard")
    office.decide(client, url, "unwish", record=fourth)
    shown = {one["record"]["id"]: one["wished"] for one in office.data(client, url)["coming"]["records"]}
    assert [shown[one] for one in (first, second, third, fourth)] == ["discard", "retitle", "retype", ""]
    page = Reader(client.get(url).text)
    assert (page.open, page.inline, len(page.ids)) == ([], [], len(set(page.ids)))
    assert "Done when it is published" in client.get(url).text
    office.decide(client, url, "publish")
    worker.work(settings)
    book = office.data(client, url)["published"]["handbook"]
    with Store.open(settings.data) as store:
        kinds = {record.id: (record.kind, record.title) for record in store.records(book, 1)}
        assert first not in kinds
        assert kinds[second] == ("practice", "A better title")
        assert kinds[third][0] == "section"
        assert kinds[fourth][0] == "practice"
        assert [(edit.action, edit.who) for edit in store.edits(book)] == [
            ("discard", "owner"),
            ("retitle", "owner"),
            ("retype", "owner"),
        ]


def test_decisions_of_a_plan_are_done_once_though_the_worker_dies_over_them(
    client: TestClient, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = planned(client, settings, handbook_pdf(practices=4))
    first, second = [one["record"]["id"] for one in office.data(client, url)["coming"]["records"]][:2]
    wish(client, url, first, "confirm")
    wish(client, url, second, "discard")
    office.decide(client, url, "publish")
    real = Jobs.finished

    def die(*_: object) -> None:
        raise SystemExit

    monkeypatch.setattr(Jobs, "finished", die)
    with pytest.raises(SystemExit):
        worker.work(settings)
    monkeypatch.setattr(Jobs, "finished", real)
    worker.work(settings)
    book = office.data(client, url)["published"]["handbook"]
    with Store.open(settings.data) as store:
        assert [edit.action for edit in store.edits(book)] == ["confirm", "discard"]


@pytest.mark.parametrize("verb", ["merge", "set-text", "paint"])
def test_only_what_a_plan_can_do_is_taken(client: TestClient, settings: Settings, verb: str) -> None:
    url = planned(client, settings, handbook_pdf())
    assert office.decide(client, url, "wish", record="x", verb=verb).status_code == 400
