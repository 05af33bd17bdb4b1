"""What programs find of the library: schema.org, DCAT, signposts and sitemaps, read by other parsers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import pytest
from fastapi.testclient import TestClient
from rdflib import Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCAT, DCTERMS, FOAF, RDF, XSD

from kb.care import Wish, review
from kb.editions import Action
from kb.index import generation as index
from kb.model.passages import cut
from kb.records import Facet, Origin
from kb.store import Store
from tests import web_library
from tests.web.pages.test_linked import graph
from tests.web_library import EXCHANGE, LABELS, RECORDS
from web.app import create_app
from web.export import catalogued
from web.pages import crawlers

pytestmark = pytest.mark.filterwarnings(
    "ignore:ConjunctiveGraph is deprecated:DeprecationWarning"
)  # rdflib's own
SCHEMA = Namespace("https://schema.org/")
HERE = "http://testserver"
PRACTICE, TOOL = "/practices/exchange.credit", "/tools/exchange.agreement"
SITEMAP = {"s": crawlers.SITEMAP}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A library whose practice states what it can, and whose tool is a guide."""
    folder = tmp_path_factory.mktemp("library")
    settings = web_library.fill(folder)
    stated = (
        Facet("theme", "health"),
        Facet("level", "master"),
        Facet("level", "doctorate", Origin.INFERRED),
        Facet("target_group", "students"),
        Facet("partner", "Aix-Marseille University"),
    )
    told = {"exchange.credit": stated, "exchange.agreement": (Facet("tool_type", "guide"),)}
    records = [replace(r, edition=2, facets=(*r.facets, *told.get(r.id, ()))) for r in RECORDS]
    with Store.open(folder) as store:
        content = web_library.pdf("Handbook of exchange, 2", 6)
        edition = web_library.edition(EXCHANGE, "Handbook of exchange", content, LABELS, "en")
        passages = [p for record in records for p in cut(record)]
        store.stage(replace(edition, number=2), records, passages, content)
        store.publish({EXCHANGE: 2, "guide": 1}, index.build(store, {EXCHANGE: 2, "guide": 1}))
        store.set_details(
            "guide", licence="All rights reserved", publisher="A university", subjects=("teaching",)
        )
    with TestClient(create_app(settings), raise_server_exceptions=False) as opened:
        yield opened


def named(said: Graph, one: URIRef, relation: URIRef) -> set[str]:
    """The names of what something is related to."""
    return {str(name) for other in said.objects(one, relation) for name in said.objects(other, SCHEMA.name)}


def test_a_practice_says_what_it_states_and_nothing_inferred(client: TestClient) -> None:
    said, own = graph(client, PRACTICE), URIRef(HERE + PRACTICE)
    assert set(said.objects(own, RDF.type)) == {SCHEMA.Chapter, SCHEMA.LearningResource}
    assert named(said, own, SCHEMA.about) == {"health"}
    assert named(said, own, SCHEMA.educationalLevel) == {"Master"}
    assert [
        str(o) for a in said.objects(own, SCHEMA.audience) for o in said.objects(a, SCHEMA.audienceType)
    ] == ["Students"]
    for relation in (SCHEMA.creator, SCHEMA.sourceOrganization):
        assert named(said, own, relation) == {"University of Bucharest"}
    assert named(said, own, SCHEMA.contributor) == {"Aix-Marseille University"}
    assert (own, SCHEMA.license, Literal("https://creativecommons.org/licenses/by/4.0/")) in said
    assert (own, SCHEMA.inLanguage, Literal("en")) in said
    (modified,) = said.objects(own, SCHEMA.dateModified)
    assert str(modified) == client.get(f"{PRACTICE}.json").json()["modified"]
    (book,) = said.objects(own, SCHEMA.isPartOf)
    assert (book, SCHEMA.bookEdition, Literal("2")) in said
    assert (book, SCHEMA.isbn, Literal("978-3-16-148410-0")) in said
    pages = [str(page) for page in said.objects(own, SCHEMA.isBasedOn)]
    assert pages
    assert all(client.get(page.removeprefix(HERE)).status_code == 200 for page in pages)


def test_a_tool_that_is_stated_to_be_a_guide_says_how_to(client: TestClient) -> None:
    said = graph(client, TOOL)
    assert set(said.objects(URIRef(HERE + TOOL), RDF.type)) == {
        SCHEMA.Chapter,
        SCHEMA.LearningResource,
        SCHEMA.HowTo,
    }
    why = "/sections/exchange.why"
    assert set(graph(client, why).objects(URIRef(HERE + why), RDF.type)) == {SCHEMA.Chapter}


def test_a_handbook_says_whose_it_is_and_where_its_file_is(client: TestClient) -> None:
    said, book = graph(client, "/handbooks/exchange"), URIRef(f"{HERE}/handbooks/exchange")
    (file,) = said.objects(book, SCHEMA.encoding)
    assert (file, SCHEMA.contentUrl, Literal(f"{HERE}/handbooks/exchange.pdf")) in said
    guide = URIRef(f"{HERE}/handbooks/guide")
    other = graph(client, "/handbooks/guide")
    assert named(other, guide, SCHEMA.license) == {"All rights reserved"}
    assert named(other, guide, SCHEMA.publisher) == {"A university"}
    assert named(other, guide, SCHEMA.about) == {"teaching"}
    assert not list(other.objects(guide, SCHEMA.encoding))


def catalogue(client: TestClient) -> Graph:
    """The catalogue, read without the network: its context stands in it."""
    answer = client.get("/catalog.jsonld")
    assert answer.headers["content-type"] == "application/ld+json"
    return Graph().parse(data=answer.text, format="json-ld")


def test_the_catalogue_has_a_data_set_a_handbook_with_what_dcat_asks_for(client: TestClient) -> None:
    said, whole = catalogue(client), URIRef(f"{HERE}/catalog.jsonld")
    assert (whole, RDF.type, DCAT.Catalog) in said
    sets = set(said.objects(whole, DCAT.dataset))
    assert sets == {URIRef(f"{HERE}/handbooks/{book}#data") for book in (EXCHANGE, "guide")}
    for one in (whole, *sets):
        assert list(said.objects(one, DCTERMS.title))
        assert list(said.objects(one, DCTERMS.description))
        (modified,) = said.objects(one, DCTERMS.modified)
        assert isinstance(modified, Literal)
        assert modified.datatype == XSD.dateTime
    exchange, guide = (URIRef(f"{HERE}/handbooks/{book}#data") for book in (EXCHANGE, "guide"))
    assert (exchange, DCTERMS.license, URIRef("https://creativecommons.org/licenses/by/4.0/")) in said
    assert (exchange, DCTERMS.issued, Literal("2019", datatype=XSD.gYear)) in said
    assert not list(said.objects(exchange, DCTERMS.publisher)), "an inferred publisher is not handed on"
    assert (guide, DCTERMS.rights, Literal("All rights reserved", lang="fr")) in said
    (publisher,) = said.objects(guide, DCTERMS.publisher)
    assert (publisher, FOAF.name, Literal("A university")) in said
    assert {str(code).rpartition("/")[2] for code in said.objects(guide, DCTERMS.language)} == {"FRA"}


def test_each_distribution_and_service_of_the_catalogue_is_there(client: TestClient) -> None:
    said = catalogue(client)
    found = {*said.objects(None, DCAT.downloadURL), *said.objects(None, DCAT.accessURL)}
    found |= {*said.objects(None, DCAT.endpointDescription), *said.objects(None, DCAT.landingPage)}
    assert len(found) > 16
    for address in sorted(map(str, found)):
        answer = client.get(address.removeprefix(HERE))
        assert answer.status_code == 200, address
        assert 'code="' not in answer.text[:600], address
    types = {str(one).rpartition("media-types/")[2] for one in said.objects(None, DCAT.mediaType)}
    assert {"text/csv", "application/json", "application/atom+xml", "text/xml"} <= types


def links(header: str) -> dict[str, list[str]]:
    """A `Link` header, as targets by relation."""
    found: dict[str, list[str]] = {}
    for part in header.split(", <"):
        target, _, rest = part.removeprefix("<").partition(">")
        found.setdefault(rest.partition('rel="')[2].partition('"')[0], []).append(target)
    return found


@pytest.mark.parametrize(
    "path", [PRACTICE, TOOL, "/sections/exchange.why", "/practices/guide.cours", "/handbooks/exchange"]
)
def test_signposts_lead_from_a_page_to_all_that_belongs_to_it(client: TestClient, path: str) -> None:
    found = links(client.get(path).headers["link"])
    assert found["cite-as"] == [HERE + path]
    assert "https://schema.org/AboutPage" in found["type"]
    for relation, targets in found.items():
        for target in targets:
            if urlsplit(target).hostname == "testserver":
                assert client.get(target.removeprefix(HERE)).status_code == 200, (relation, target)
    answer = client.get(found["linkset"][0].removeprefix(HERE))
    assert answer.headers["content-type"] == "application/linkset+json"
    (context,) = answer.json()["linkset"]
    assert context.pop("anchor") == HERE + path
    held = {name: [one["href"] for one in targets] for name, targets in context.items()}
    assert held == {name: targets for name, targets in found.items() if name != "linkset"}


def test_signposts_name_licence_handbook_and_author_where_they_are_stated(client: TestClient) -> None:
    found = links(client.get(PRACTICE).headers["link"])
    assert found["license"] == ["https://creativecommons.org/licenses/by/4.0/"]
    assert found["collection"] == [f"{HERE}/handbooks/exchange"]
    assert found["author"] == [f"{HERE}/institutions/university-of-bucharest"]
    assert f"{HERE}/handbooks/exchange.pdf" in found["item"]
    other = links(client.get("/practices/guide.cours").headers["link"])
    assert "license" not in other
    assert "author" not in other
    assert "link" not in client.get(f"{PRACTICE}?edition=1").headers, "only what is served is signposted"
    assert links(client.get("/").headers["link"])["describedby"] == [f"{HERE}/catalog.jsonld"]


def test_a_link_set_of_another_kind_or_of_nothing_leads_on_or_is_not_there(client: TestClient) -> None:
    moved = client.get("/linksets/tools/exchange.credit", follow_redirects=False)
    assert moved.headers["location"] == "/linksets/practices/exchange.credit"
    assert client.get("/linksets/tools/nothing").status_code == 404
    assert client.get("/linksets/handbooks/nothing").status_code == 404


@pytest.mark.parametrize("path", ["/catalog.jsonld", "/sitemap.xml", "/linksets/practices/exchange.credit"])
def test_what_was_not_changed_is_not_sent_again(client: TestClient, path: str) -> None:
    tag = client.get(path).headers["etag"]
    assert client.get(path, headers={"If-None-Match": tag}).status_code == 304


def test_the_sitemap_says_when_each_record_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = web_library.fill(tmp_path)
    monkeypatch.setattr("kb.store.chronicle._now", lambda: "2999-01-01T00:00:00Z")
    with Store.open(tmp_path) as store:
        review.correct(store, EXCHANGE, [Wish(Action.RETITLE, "exchange.credit", "Better")], None)
    monkeypatch.setattr(crawlers, "MOST", 10)
    with TestClient(create_app(settings)) as client:
        whole = ET.fromstring(client.get("/sitemap.xml").content)
        parts = {
            one.findtext("s:loc", namespaces=SITEMAP): one.findtext("s:lastmod", "", SITEMAP)
            for one in whole.iterfind("s:sitemap", SITEMAP)
        }
        found: dict[str, str] = {}
        for part, newest in parts.items():
            urls = ET.fromstring(client.get(str(part).removeprefix("http://testserver")).content)
            own = {
                str(one.findtext("s:loc", "", SITEMAP)): str(one.findtext("s:lastmod", "", SITEMAP))
                for one in urls.iterfind("s:url", SITEMAP)
            }
            assert max(own.values()) == newest
            found |= own
    changed = {loc.removeprefix(HERE) for loc, time in found.items() if time.startswith("2999")}
    assert changed == {PRACTICE, "/handbooks/exchange"}


@pytest.mark.parametrize(
    ("licence", "address"),
    [
        ("CC BY 4.0", "by/4.0"),
        ("CC-BY-SA 3.0", "by-sa/3.0"),
        ("cc by-nc-nd 4.0", "by-nc-nd/4.0"),
        ("CC BY NC SA 2.5", "by-nc-sa/2.5"),
        ("CC BY", ""),
        ("CC BY-SA-ND 4.0", ""),
        ("CC BY 4.0 for the text alone", ""),
        ("All rights reserved", ""),
        ("", ""),
    ],
)
def test_only_a_licence_that_is_named_whole_has_an_address(licence: str, address: str) -> None:
    expected = f"https://creativecommons.org/licenses/{address}/" if address else ""
    assert catalogued.licence_address(licence) == expected
    assert catalogued.licence_address("CC0 1.0").endswith("/publicdomain/zero/1.0/")
