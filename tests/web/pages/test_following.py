"""Ways to see and to follow the answers to a need: orders, page sizes, filters that narrow, feeds, OpenSearch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
from fastapi.testclient import TestClient

from kb.search.query import Sort
from tests import web_library
from web.app import create_app
from web.pages.results import LEAST_COVERAGE

ATOM = "{http://www.w3.org/2005/Atom}"
OPENSEARCH = "{http://a9.com/-/spec/opensearch/1.1/}"
NEED = "/search?q=online"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    tandem = web_library.RECORDS[3]
    more = tuple(
        replace(tandem, id=f"exchange.tandem-{n}", title=f"Tandem online {n}", position=10 + n)
        for n in range(12)
    )
    settings = web_library.fill(tmp_path_factory.mktemp("library"), more=more)
    with TestClient(create_app(settings), raise_server_exceptions=False) as opened:
        yield opened


def test_each_order_has_its_address_and_is_kept_by_filters_and_pages(client: TestClient) -> None:
    shown = client.get("/search.json?q=online").json()
    assert [one["value"] for one in shown["sorts"]] == list(Sort)
    assert [one["value"] for one in shown["sorts"] if one["is_current"]] == ["best"]
    for one in shown["sorts"]:
        sorted_by = client.get(one["url"].replace("/search?", "/search.json?")).json()
        assert {hit["record"]["id"] for hit in sorted_by["hits"]} or sorted_by["total"] == shown["total"]
        if one["value"] != "best":
            assert f"sort={one['value']}" in sorted_by["next"]
            options = [option for group in sorted_by["facets"] for option in group["options"]]
            assert all(f"sort={one['value']}" in option["url"] for option in options)
            assert not sorted_by["answers"]  # what is first is not what answers best
    titles = [
        hit["record"]["title"]
        for hit in client.get("/search.json?q=online&sort=title&limit=50").json()["hits"]
    ]
    assert titles == sorted(titles, key=str.casefold)
    assert client.get("/search?q=online&sort=size").status_code == 400


def test_the_number_a_page_is_chosen_and_offered_again(client: TestClient) -> None:
    shown = client.get("/search.json?q=online&limit=20").json()
    assert len(shown["hits"]) == shown["total"] > 10
    assert [(one["value"], one["is_current"]) for one in shown["sizes"]] == [
        ("10", False), ("20", True), ("50", False),
    ]  # fmt: skip


def test_an_axis_that_few_results_have_stands_last_and_folded(client: TestClient) -> None:
    groups = client.get("/search.json?q=online").json()["facets"]
    rare = [group["is_rare"] for group in groups]
    assert rare == sorted(rare)
    assert {group["name"] for group in groups if group["is_rare"]} >= {"tool"}
    assert not any(group["is_open"] for group in groups if group["is_rare"])
    page = client.get(NEED).text
    assert page.index("More filters") > page.index(">Institution<")
    chosen = client.get("/search.json?q=online&tool=Learning+agreement").json()["facets"]
    assert next(group for group in chosen if group["name"] == "tool")["is_rare"] is False
    assert LEAST_COVERAGE == 0.3  # the three in ten


def test_a_feed_has_the_answers_with_the_date_of_the_edition_that_first_said_so(client: TestClient) -> None:
    answered = client.get("/search.atom?q=credit+for+online+exchange&sort=title")
    assert answered.headers["content-type"].startswith("application/atom+xml")
    root = ET.fromstring(answered.content)
    assert root.findtext(f"{ATOM}title") == "credit for online exchange"
    entries = root.findall(f"{ATOM}entry")
    assert entries
    for entry in entries:
        assert entry.findtext(f"{ATOM}updated", "").startswith("2026-01-02T10:00:00")
        link = entry.find(f"{ATOM}link")
        assert link is not None
        assert client.get(link.attrib["href"]).status_code == 200
        assert "Handbook of exchange, p. " in entry.findtext(f"{ATOM}content", "")
    assert not ET.fromstring(client.get("/search.atom?q=zeppelin").content).findall(f"{ATOM}entry")


def test_a_feed_of_nothing_says_what_to_give(client: TestClient) -> None:
    refused = client.get("/search.atom")
    assert refused.status_code == 400
    assert "q=" in refused.text


def test_every_page_leads_to_the_search_description_and_to_feeds(client: TestClient) -> None:
    for path in ("/", NEED, "/practices/exchange.credit", "/browse"):
        head = client.get(path).text.split("</head>")[0]
        assert 'type="application/opensearchdescription+xml"' in head
        assert 'href="/changes.atom"' in head
    assert "/search.atom?q=online" in client.get(NEED).text.split("</head>")[0]


@pytest.mark.parametrize("prefix", ["", "/sv"])
def test_the_search_description_names_addresses_that_answer(client: TestClient, prefix: str) -> None:
    answered = client.get(f"{prefix}/opensearch.xml")
    root = ET.fromstring(answered.content)
    assert root.findtext(f"{OPENSEARCH}Language") == (prefix[1:] or "en")
    assert len(root.findtext(f"{OPENSEARCH}ShortName", "")) <= 16
    for url in root.findall(f"{OPENSEARCH}Url"):
        address = url.attrib["template"]
        for name, value in (("searchTerms", "online"), ("startPage?", "1"), ("count?", "5")):
            address = address.replace(f"{{{name}}}", value)
        assert client.get(address).headers["content-type"].split(";")[0] == url.attrib["type"]
