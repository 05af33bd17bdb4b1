"""Linked data, Open Graph and the sitemap, read by parsers that did not write them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from fastapi.testclient import TestClient
from rdflib import Graph, Literal, Namespace, URIRef
from rdflib.namespace import RDF

from kb.words.languages import LANGUAGES
from tests import web_library
from tests.web.pages.test_web_pages import PAGES, PRACTICE
from web.app import create_app
from web.pages import crawlers
from web.pages.crawlers import SitemapEntry

pytestmark = pytest.mark.filterwarnings(
    "ignore:ConjunctiveGraph is deprecated:DeprecationWarning"
)  # rdflib's own
SCHEMA = Namespace("https://schema.org/")
HERE = "http://testserver"
SITEMAP = {"s": crawlers.SITEMAP, "x": crawlers.XHTML}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    folder = tmp_path_factory.mktemp("library")
    with TestClient(create_app(web_library.fill(folder)), raise_server_exceptions=False) as opened:
        yield opened


class Head(HTMLParser):
    """Collects the named facts of a page's head and its data blocks."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.named: dict[str, str] = {}
        self.data: list[str] = []
        self._is_data = False
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "meta" and (name := given.get("property") or given.get("name")):
            self.named[name] = given.get("content") or ""
        self._is_data = tag == "script" and given.get("type") == "application/ld+json"

    def handle_endtag(self, tag: str) -> None:
        self._is_data = False

    def handle_data(self, data: str) -> None:
        if self._is_data:
            self.data.append(data)


def graph(client: TestClient, url: str) -> Graph:
    """The page's statements; schema.org's context is put in its place, as it is fetched from the network."""
    (text,) = Head(client.get(url).text).data
    node: dict[str, Any] = json.loads(text)
    assert node["@context"] == "https://schema.org"
    node["@context"] = {"@vocab": str(SCHEMA), "url": {"@type": "@id"}}
    return Graph().parse(data=json.dumps(node), format="json-ld")


def test_a_practice_is_a_chapter_of_its_handbook(client: TestClient) -> None:
    said, own = graph(client, PRACTICE), URIRef(HERE + PRACTICE)
    assert (own, RDF.type, SCHEMA.Chapter) in said
    assert (own, SCHEMA.name, Literal("Credit for <em>virtual</em> exchange & more")) in said
    assert (own, SCHEMA.pageStart, Literal("1")) in said
    book = URIRef(f"{HERE}/handbooks/exchange")
    assert (own, SCHEMA.isPartOf, book) in said
    assert (book, RDF.type, SCHEMA.Book) in said
    assert (book, SCHEMA.bookEdition, Literal("1")) in said
    (university,) = said.objects(own, SCHEMA.sourceOrganization)
    assert (university, SCHEMA.name, Literal("University of Bucharest")) in said
    assert (own, SCHEMA.mentions, URIRef(f"{HERE}/tools/exchange.agreement")) in said


def test_what_is_inferred_is_not_claimed(client: TestClient) -> None:
    assert list(graph(client, PRACTICE).objects(None, SCHEMA.spatialCoverage)) == []
    tandem = graph(client, "/practices/exchange.tandem")
    (country,) = tandem.objects(None, SCHEMA.spatialCoverage)
    assert (country, SCHEMA.name, Literal("Sweden")) in tandem


def test_a_handbook_names_its_parts_and_the_site_how_it_is_searched(client: TestClient) -> None:
    said, book = graph(client, "/handbooks/exchange"), URIRef(f"{HERE}/handbooks/exchange")
    assert (book, SCHEMA.hasPart, URIRef(HERE + PRACTICE)) in said
    assert (book, SCHEMA.isbn, Literal("978-3-16-148410-0")) in said
    assert not list(said.objects(book, SCHEMA.publisher)), "an inferred publisher is not handed on"
    home = graph(client, "/")
    (target,) = home.objects(None, SCHEMA.urlTemplate)
    assert str(target) == f"{HERE}/search?q={{need}}"


def test_words_of_a_handbook_never_end_the_data_block(client: TestClient) -> None:
    block = re.search(r'ld\+json">(.*?)</script>', client.get(PRACTICE).text, re.DOTALL)
    assert block
    assert "<" not in block[1]


@pytest.mark.parametrize("url", PAGES)
def test_every_page_says_what_it_is_when_it_is_shared(client: TestClient, url: str) -> None:
    named = Head(client.get(f"/de{url}").text).named
    assert named["og:title"]
    assert named["og:description"] == named["description"]
    assert named["og:url"].startswith(f"{HERE}/de/")


def test_a_shared_practice_shows_its_page(client: TestClient) -> None:
    named = Head(client.get(PRACTICE).text).named
    assert named["og:type"] == "article"
    image = client.get(named["og:image"].removeprefix(HERE))
    assert image.headers["content-type"] == "image/png"


def test_the_sitemap_has_every_record_and_handbook_in_every_language(client: TestClient) -> None:
    robots = client.get("/robots.txt").text
    address = re.search(r"^Sitemap: (\S+)$", robots, re.MULTILINE)
    assert address
    root = ET.fromstring(client.get(address[1].removeprefix(HERE)).content)
    found = [loc.text or "" for loc in root.iterfind("s:url/s:loc", SITEMAP)]
    assert {f"{HERE}{PRACTICE}", f"{HERE}/handbooks/guide", f"{HERE}/", f"{HERE}/countries/sweden"} <= set(
        found
    )
    assert len(found) == len(set(found)) == 4 + 5 + 2 + len(web_library.RECORDS) + 1
    assert {client.get(url.removeprefix(HERE)).status_code for url in found} == {200}
    for url in root.iterfind("s:url", SITEMAP):
        assert {one.get("hreflang") for one in url.iterfind("x:link", SITEMAP)} == {"x-default", *LANGUAGES}
    assert root.find("s:url/s:lastmod", SITEMAP) is not None


def test_a_sitemap_too_long_for_one_file_is_split_and_loses_nothing(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = ET.fromstring(client.get("/sitemap.xml").content)
    monkeypatch.setattr(crawlers, "MOST", 4)
    index = ET.fromstring(client.get("/sitemap.xml").content)
    parts = [loc.text or "" for loc in index.iterfind("s:sitemap/s:loc", SITEMAP)]
    assert len(parts) == 5
    found = [
        loc.text
        for part in parts
        for loc in ET.fromstring(client.get(part.removeprefix(HERE)).content).iterfind("s:url/s:loc", SITEMAP)
    ]
    assert found == [loc.text for loc in whole.iterfind("s:url/s:loc", SITEMAP)]
    assert client.get("/sitemap-6.xml").status_code == 404
    assert client.get("/sitemap-0.xml").status_code == 404


def test_a_full_file_stays_below_what_a_sitemap_may_weigh() -> None:
    long = SitemapEntry("/practices/" + "x" * 120, "2026-01-01")
    written = ET.tostring(crawlers.sitemap([long] * 100, "https://knowledge-base.example.org"))
    assert len(written) / 100 * crawlers.MOST < 50_000_000
