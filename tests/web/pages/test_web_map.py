"""The map page: what is shown, lit, marked and filtered, in HTML and in JSON alike."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from kb.search.library import Library
from kb.store.store import Store
from tests import web_library
from tests.factories import FakeEncoder
from web.app import create_app


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    encoder = FakeEncoder()
    settings = web_library.fill(tmp_path_factory.mktemp("library"), encoder)
    with TestClient(create_app(settings, lambda settings: Library.open(settings, encoder))) as client:
        yield client


def spots(client: TestClient, path: str) -> dict[str, dict[str, object]]:
    page = client.get(path).json()
    return {spot["id"]: spot for region in page["regions"] for spot in region["spots"]}


def test_map_shows_each_practice_tool_and_annex_once_and_no_section(client: TestClient) -> None:
    page = client.get("/map.json").json()
    assert set(spots(client, "/map.json")) == {
        "exchange.annex-a",
        "exchange.credit",
        "exchange.tandem",
        "exchange.agreement",
        "guide.cours",
    }
    assert (page["total"], page["lit"], page["is_by_meaning"]) == (5, 0, True)


def test_each_spot_of_the_map_is_a_link_with_its_name_and_stands_in_the_table(client: TestClient) -> None:
    html = client.get("/map").text
    assert '<a class="spot practice" href="/practices/exchange.tandem"><title>Language tandem online' in html
    assert html.count("Credit for &lt;em&gt;virtual&lt;/em&gt; exchange &amp; more") == 2
    assert '<td><a href="/practices/guide.cours" lang="fr">' in html


def test_search_lights_its_answers_the_best_one_most(client: TestClient) -> None:
    page = client.get("/map.json?q=credit+for+virtual+exchange").json()
    best = page["best"][0]
    assert (best["id"], best["rank"], best["light"]) == ("exchange.credit", 1, 3)
    found = spots(client, "/map.json?q=credit+for+virtual+exchange")
    assert {spot["id"] for spot in found.values() if spot["light"]} == {spot["id"] for spot in page["best"]}
    assert page["results"] == "/search?q=credit+for+virtual+exchange"
    listed = client.get(page["results"].replace("/search", "/search.json")).json()
    assert [hit["record"]["id"] for hit in listed["hits"]] == [spot["id"] for spot in page["best"]]
    assert listed["map"] == page["url"]


def test_what_answers_worse_is_lit_less(client: TestClient) -> None:
    page = client.get("/map.json?q=award+credit+for+a+virtual+exchange").json()
    lights = [spot["light"] for spot in page["best"]]
    assert lights == sorted(lights, reverse=True)
    assert lights[0] == 3
    assert lights[-1] < 3


def test_kinds_and_handbooks_filter_the_map_and_the_counts_follow(client: TestClient) -> None:
    assert set(spots(client, "/map.json?kind=tool")) == {"exchange.agreement"}
    assert set(spots(client, "/map.json?handbook=guide")) == {"guide.cours"}
    assert spots(client, "/map.json?kind=tool&handbook=guide") == {}
    facets = client.get("/map.json?kind=practice").json()["facets"]
    counts = {o["value"]: (o["count"], o["is_chosen"]) for group in facets for o in group["options"]}
    assert counts == {
        "practice": (3, True),
        "tool": (1, False),
        "annex": (1, False),
        "exchange": (2, False),
        "guide": (1, False),
    }
    undo = next(o["url"] for o in facets[0]["options"] if o["is_chosen"])
    assert undo == "/map"


def test_a_filter_that_leaves_nothing_says_so_and_can_be_undone(client: TestClient) -> None:
    page = client.get("/map.json?kind=section").json()
    assert (page["total"], page["regions"]) == (0, [])
    chosen = [option for group in page["facets"] for option in group["options"] if option["is_chosen"]]
    assert [(option["value"], option["count"], option["url"]) for option in chosen] == [
        ("section", 0, "/map")
    ]
    assert "Nothing on the map fits these filters" in client.get("/map?kind=section").text


def test_other_filters_of_a_search_hold_for_what_is_lit_and_can_be_undone(client: TestClient) -> None:
    page = client.get("/map.json?q=online+students&country=Sweden").json()
    assert [spot["id"] for spot in page["best"]] == ["exchange.tandem"]
    assert page["total"] == 5
    assert [(o["value"], o["url"]) for o in page["narrowed"]] == [("Sweden", "/map?q=online+students")]


def test_a_record_leads_to_its_place_on_the_map(client: TestClient) -> None:
    assert 'href="/map?record=exchange.tandem"' in client.get("/practices/exchange.tandem").text
    page = client.get("/map.json?record=exchange.tandem").json()
    assert page["marked"]["id"] == "exchange.tandem"
    assert "is marked" in client.get("/map?record=exchange.tandem").text
    assert client.get("/map?record=none").status_code == 404
    assert "/map?record" not in client.get("/sections/exchange.why").text


def test_map_says_when_nothing_answers(client: TestClient) -> None:
    page = client.get("/map.json?q=zeppelin").json()
    assert page["no_match"] is True
    nearest = client.get("/search.json?q=zeppelin").json()["total"]
    assert page["lit"] == nearest
    assert "Nothing here answers this." in client.get("/map?q=zeppelin").text


def test_map_without_vectors_says_so_and_still_places_everything(tmp_path: Path) -> None:
    with TestClient(create_app(web_library.fill(tmp_path))) as client:
        page = client.get("/map.json").json()
        assert (page["total"], page["is_by_meaning"]) == (5, False)
        assert "kb doctor" in client.get("/map").text


def test_map_of_an_empty_library_says_how_to_fill_it(tmp_path: Path) -> None:
    with Store.open(tmp_path):
        pass
    with TestClient(create_app(web_library.settings(tmp_path))) as client:
        assert client.get("/map.json").json()["total"] == 0
        assert "nothing to map yet" in client.get("/map").text
