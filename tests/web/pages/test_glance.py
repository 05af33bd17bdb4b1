"""The result page at a glance: sentences of different universities, shelves with their counts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from kb.search.library import Library
from tests import web_library
from tests.factories import FakeEncoder
from web.app import create_app

NEED = "/search?q=credit+for+online+exchange"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    settings = web_library.fill(tmp_path_factory.mktemp("answers"))
    with Library.open(settings) as library, TestClient(create_app(settings, lambda _: library)) as web:
        yield web


def data(client: TestClient, url: str) -> Any:
    return client.get(url.replace("/search?", "/search.json?", 1)).raise_for_status().json()


def test_answers_are_sentences_of_the_results_each_on_its_page(client: TestClient) -> None:
    page = data(client, NEED)
    shown = page["answers"]
    hits = {hit["record"]["id"]: hit for hit in page["hits"]}
    assert 1 <= len(shown) <= 3
    for one in shown:
        hit = hits[one["record"]["id"]]
        assert one["evidence"] == hit["evidence"]
        assert one["evidence"]["form"] in ("sentence", "row")
        assert client.get(one["thumb"]["src"]).headers["content-type"] == "image/png"
    universities = [one["record"]["institution"] or one["record"]["id"] for one in shown]
    assert len(set(universities)) == len(universities)
    assert "What handbooks say" in client.get(NEED).text


def test_only_the_first_page_has_answers_and_nothing_has_none(client: TestClient) -> None:
    assert data(client, f"{NEED}&limit=1&page=2")["answers"] == []
    nothing = data(client, "/search?q=zzzz+qqqq")
    assert (nothing["answers"], nothing["shelves"]) == ([], [])


def test_shelves_tell_the_numbers_that_their_lists_have(client: TestClient) -> None:
    shelves = data(client, NEED)["shelves"]
    assert [(one["name"], one["is_current"]) for one in shelves] == [("answers", True), ("chapters", False)]
    for one in shelves:
        page = data(client, one["url"])
        assert page["total"] == one["total"]
        assert [again["total"] for again in page["shelves"]] == [again["total"] for again in shelves]


def test_chapters_are_no_value_to_narrow_results_by(client: TestClient) -> None:
    kinds = next(group for group in data(client, NEED)["facets"] if group["name"] == "kind")
    assert "section" not in {option["value"] for option in kinds["options"]}
    assert data(client, f"{NEED}&kind=practice")["shelves"] == []


def test_a_very_good_chapter_comes_first_and_is_told_apart(tmp_path: Path) -> None:
    encoder = FakeEncoder()
    settings = web_library.fill(tmp_path, encoder)
    with (
        Library.open(settings, encoder) as library,
        TestClient(create_app(settings, lambda _: library)) as web,
    ):
        asked = "/search?q=credit+for+an+online+exchange+widens+access+to+mobility+for+all+students"
        page = data(web, asked)
        assert page["chapter"]["record"]["id"] == "exchange.why"
        assert page["chapter"]["record"]["id"] not in {one["record"]["id"] for one in page["background"]}
        html = web.get(asked).text
        assert html.index("A chapter on this matter") < html.index('<ol class="hits"')
        assert data(web, NEED)["chapter"] is None
        assert data(web, f"{asked}&sort=title")["chapter"] is None
