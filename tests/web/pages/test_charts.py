"""Charts of practices: their numbers are those of the lists that their bars lead to."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from tests import web_library
from web.app import create_app
from web.pages.browse import Bar, Bundle, chart


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with TestClient(create_app(web_library.fill(tmp_path_factory.mktemp("library")))) as client:
        yield client


def test_bars_are_as_long_as_their_groups_longest_first_and_the_rest_is_counted() -> None:
    record = web_library.RECORDS[2]
    bundles = [
        Bundle("a", "A", (record,)),
        Bundle("b", "B", (record,) * 4),
        Bundle("c", "C", (record,) * 2),
        Bundle("d", "D", ()),
        Bundle("", "", (record,) * 3),
    ]
    found = chart("institution", bundles, 2)
    assert found is not None
    assert found.bars == (
        Bar("B", 4, "/browse?by=institution&only=b", 100.0),
        Bar("C", 2, "/browse?by=institution&only=c", 50.0),
    )
    assert (found.more, found.silent, found.url) == (1, 3, "/browse?by=institution")


def test_one_value_makes_no_chart() -> None:
    assert chart("theme", [Bundle("a", "A", web_library.RECORDS[2:3]), Bundle("", "", ())], 8) is None


def test_each_bar_of_the_home_page_leads_to_as_many_practices_as_it_says(client: TestClient) -> None:
    charts = client.get("/index.json").json()["charts"]
    assert [one["name"] for one in charts] == ["country"]
    for bar in charts[0]["bars"]:
        (group,) = client.get(bar["url"].replace("/browse", "/browse.json")).json()["groups"]
        assert (group["label"], group["count"]) == (bar["label"], bar["count"])


def test_chart_is_text_and_links_with_the_drawing_hidden(client: TestClient) -> None:
    html = client.get("/browse?by=country").text
    assert '<a href="/browse?by=country&amp;only=Romania">Romania</a> <span class="count">1</span>' in html
    assert "Of 1 practice the handbook does not state it." in html
    assert html.count('class="chart-bar"') == html.count('height="8" aria-hidden="true"') == 2


def test_chart_is_left_out_where_one_group_is_shown(client: TestClient) -> None:
    assert client.get("/browse.json?by=country&only=Romania").json()["chart"] is None
    assert client.get("/browse.json?by=handbook").json()["chart"] is None
    assert client.get("/browse.json?by=country").json()["chart"] is not None


def test_chart_speaks_the_language_of_the_page(client: TestClient) -> None:
    assert ">Rumänien</a>" in client.get("/de/browse?by=country").text
