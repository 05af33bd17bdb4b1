"""Where nothing fits: what is offered instead leads somewhere, always."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from kb.model.encoder import Encoder
from kb.search import snapshot
from kb.search.library import Library
from kb.search.offers import Offers, Wording
from kb.search.opened import OpenGeneration
from kb.search.query import Query
from kb.store.store import Store
from tests import web_library
from tests.factories import FakeEncoder, answer
from web.app import create_app

NOTHING = ("/search.json?q=zeppelin", "/search.json?q=credit&country=Norway", "/search.json?q=xyzzy+qwrtz")


@pytest.fixture(scope="module", params=[True, False], ids=["vectors", "words only"])
def client(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    encoder = FakeEncoder() if request.param else None
    settings = web_library.fill(tmp_path_factory.mktemp("library"), encoder)
    with TestClient(create_app(settings, lambda settings: Library.open(settings, encoder))) as client:
        yield client


@pytest.mark.parametrize("path", NOTHING)
def test_what_is_offered_where_nothing_fits_finds_something(client: TestClient, path: str) -> None:
    page = client.get(path).json()
    assert page["no_match"]
    assert page["rewordings"]
    assert page["nearby"]
    for wording in page["rewordings"]:
        found = client.get(wording["url"].replace("/search", "/search.json")).json()
        assert (found["total"], found["no_match"]) == (wording["total"], False)
        assert found["hits"]
    for place in page["nearby"]:
        groups = client.get(place["url"].replace("/browse", "/browse.json")).json()["groups"]
        assert sum(group["count"] for group in groups) == place["count"] > 0


def test_offers_are_links_on_the_page(client: TestClient) -> None:
    page, html = client.get(NOTHING[0]).json(), client.get("/search?q=zeppelin").text
    for offered in (*page["rewordings"], *page["nearby"]):
        assert f'href="{offered["url"].replace("&", "&amp;")}"' in html


def test_nothing_is_offered_where_something_answers(client: TestClient) -> None:
    page = client.get("/search.json?q=credit+for+virtual+exchange").json()
    assert (page["no_match"], page["rewordings"], page["nearby"]) == (False, [], [])
    assert "Ask it another way" not in client.get("/search?q=credit+for+virtual+exchange").text


def test_the_words_of_a_need_that_the_library_knows_are_offered_first(tmp_path: Path) -> None:
    with Library.open(web_library.fill(tmp_path)) as library:
        found = library.snapshot().offers("How do I repair a zeppelin by tandem?")
        assert found.wordings[0] == Wording("tandem", answer(library, Query("tandem")).total)


def test_a_wording_that_finds_nothing_is_not_offered_and_none_is_the_need_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    find = snapshot._find

    def nothing(opened: OpenGeneration, encoder: Encoder | None, query: Query) -> object:
        asked.append(query.text)
        return replace(find(opened, encoder, query), is_nothing=True)

    monkeypatch.setattr(snapshot, "_find", nothing)
    with Library.open(web_library.fill(tmp_path)) as library:
        assert library.snapshot().offers("tandem").wordings == ()
    assert asked
    assert "tandem" not in asked


def test_empty_library_has_nothing_to_offer(tmp_path: Path) -> None:
    with Store.open(tmp_path):
        pass
    with Library.open(web_library.settings(tmp_path)) as library:
        assert library.snapshot().offers("credit") == Offers((), ())
