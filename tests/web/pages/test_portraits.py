"""Pages of universities, countries and themes: what they lead and take part in, and who leads to them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from kb.records import Facet
from tests import web_library
from web.app import create_app
from web.pages.portrayed import Portrayed

BUCHAREST = "/institutions/university-of-bucharest"
SHARED = replace(
    web_library.RECORDS[3],
    id="exchange.shared",
    title="A shared course",
    institution="Stockholm University",
    position=9,
    facets=(Facet("partner", "University of Bucharest", page=5), Facet("partner", "Glass & Sons", page=5)),
    tools=("exchange.agreement",),
)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    settings = web_library.fill(tmp_path_factory.mktemp("library"), more=(SHARED,))
    with TestClient(create_app(settings), raise_server_exceptions=False) as opened:
        yield opened


def data(client: TestClient, path: str) -> Any:
    answer = client.get(f"{path}.json")
    assert answer.status_code == 200, answer.text
    return answer.json()


def ids(refs: list[Any]) -> list[str]:
    return [one["id"] for one in refs]


def test_a_university_has_what_it_leads_takes_part_in_uses_and_stands_in(client: TestClient) -> None:
    page = data(client, BUCHAREST)
    assert ids(page["leads"]) == ["exchange.credit"]
    assert ids(page["takes_part"]) == ["exchange.shared"]
    assert [(tool["record"]["id"], tool["count"]) for tool in page["tools"]] == [("exchange.agreement", 2)]
    assert [(book["handbook"]["id"], book["count"]) for book in page["handbooks"]] == [("exchange", 2)]
    html = client.get(BUCHAREST).text
    assert "Practices it leads" in html
    assert "Practices it takes part in" in html


def test_one_that_only_takes_part_has_a_page_too(client: TestClient) -> None:
    page = data(client, "/institutions/glass-sons")
    assert (page["total"], ids(page["takes_part"])) == (0, ["exchange.shared"])
    assert client.get("/institutions/glass-sons").status_code == 200


def test_a_country_says_how_many_are_in_it_by_a_rule_only(client: TestClient) -> None:
    page = data(client, "/countries/romania")
    assert (ids(page["leads"]), page["inferred"]) == (["exchange.credit"], 1)
    assert "1 inferred" in client.get("/countries/romania").text


@pytest.mark.parametrize(
    ("page", "link"),
    [
        ("/practices/exchange.credit", BUCHAREST),
        ("/practices/exchange.credit", "/countries/romania"),
        ("/browse?by=institution", BUCHAREST),
        ("/browse?by=country", "/countries/sweden"),
        ("/matrix", BUCHAREST),
        ("/sitemap.xml", "/countries/sweden"),
        ("/search?q=online&country=Sweden", "/countries/sweden"),
        ("/institutions/stockholm-university", "/matrix?rows=institution&amp;columns=theme"),
    ],
)
def test_pages_lead_to_each_other(client: TestClient, page: str, link: str) -> None:
    assert link in client.get(page).text


@pytest.mark.parametrize("path", [BUCHAREST, "/countries/romania"])
def test_its_practices_are_a_list_that_can_be_narrowed(client: TestClient, path: str) -> None:
    page = data(client, path)
    found = client.get(page["all_practices"].replace("/search?", "/search.json?")).json()
    assert found["total"] == page["total"] + page["partner_total"]


@pytest.mark.parametrize(
    "path", ["/institutions/nowhere", "/countries/university-of-bucharest", "/themes/cities"]
)
def test_a_value_that_no_record_has_is_not_found(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404


@given(st.lists(st.text(max_size=12), max_size=12))
def test_every_value_has_a_name_of_its_own(values: list[str]) -> None:
    made = Portrayed.of(values)
    assert set(made.names) == set(values)
    assert {name: made.names[value] for name, value in made.values.items()} == {
        name: name for name in made.values
    }
    assert all(name and name.isascii() and "/" not in name for name in made.values)
