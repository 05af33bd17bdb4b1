from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from html import escape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from PIL import Image

from ingest import pipeline
from kb.errors import BusyError, KbError, ParseError, StoreError
from kb.index import generation as index
from kb.model.passages import cut
from kb.search.library import Library
from kb.store.needs import Grade
from kb.store.store import Store
from tests import web_library
from web.app import create_app
from web.frame.headers import SECURITY

PRACTICE = "/practices/exchange.credit"
PAGES = (
    "/",
    "/search",
    "/search?q=credit+for+online+exchange",
    "/search?q=zeppelin",
    "/search?q=credit&country=Norway",
    PRACTICE,
    f"{PRACTICE}?field=1",
    f"{PRACTICE}?field=1&page=4",
    f"{PRACTICE}?field=2",
    "/practices/exchange.tandem?field=1",
    "/practices/guide.cours",
    "/tools/exchange.agreement",
    "/annexes/exchange.annex-a",
    "/sections/exchange.why",
    "/browse",
    "/browse?by=annex",
    "/browse?by=institution",
    "/browse?by=country&only=Romania",
    "/browse?by=tool",
    "/handbooks/exchange",
    "/handbooks/exchange/pages/3",
    "/handbooks/exchange/pages/4?record=exchange.credit",
    "/handbooks/exchange/pages/5",
    "/handbooks/exchange/pages/6",
    "/shortlist",
    "/shortlist?id=exchange.credit&id=guide.cours&q=credit",
    "/shortlist?id=none",
    "/matrix",
    "/embedding",
    "/embedding?handbook=exchange&look=dark&light=ffffff",
    "/matrix?rows=country&columns=format",
    "/institutions/university-of-bucharest",
    "/countries/sweden",
    "/api/docs",
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("library")


@pytest.fixture(scope="module")
def client(folder: Path) -> Iterator[TestClient]:
    settings = web_library.fill(folder)
    with Store.open(folder) as store:
        store.judge(web_library.NEED, "en", {"exchange.credit": Grade.WELL}, "ann")
    with TestClient(create_app(settings), raise_server_exceptions=False) as opened:
        yield opened


def twin(url: str) -> str:
    path, mark, query = url.partition("?")
    return ("/index" if path == "/" else path) + ".json" + mark + query


class Reader(HTMLParser):
    """Collects what a page says and links to, and whether its elements are closed."""

    VOID = frozenset(("meta", "link", "img", "input", "path"))

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: list[str] = []
        self.inline: list[str] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in self.VOID:
            self.open.append(tag)
        for name, value in attrs:
            if name == "id":
                self.ids.append(value or "")
            is_posted = dict(attrs).get("method") == "post"
            if name in ("href", "src", "action") and not is_posted:
                self.links.append(value or "")
            if name == "style" or name.startswith("on"):
                self.inline.append(name)
        is_data = dict(attrs).get("type") == "application/ld+json"
        if tag == "style" or (tag == "script" and "src" not in dict(attrs) and not is_data):
            self.inline.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in self.VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def read(client: TestClient, url: str, status: int = 200) -> Reader:
    answer = client.get(url)
    assert answer.status_code == status, answer.text[:500]
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    return Reader(answer.text)


def data(client: TestClient, url: str, status: int = 200) -> Any:
    answer = client.get(twin(url))
    assert answer.status_code == status, answer.text[:500]
    assert answer.headers["content-type"] == "application/json"
    return answer.json()


def status_of(link: str) -> int:
    """What an address that a page names answers with: this library has no model, and is not ready."""
    return 503 if link == "/readyz" else 200


@pytest.mark.parametrize("url", PAGES)
def test_every_page_is_well_formed_and_holds_no_inline_code(client: TestClient, url: str) -> None:
    page = read(client, url)
    assert page.open == []
    assert page.inline == []
    assert len(page.ids) == len(set(page.ids))


@pytest.mark.parametrize("url", PAGES)
def test_every_page_links_its_json_twin_which_names_it(client: TestClient, url: str) -> None:
    page = read(client, url)
    own = data(client, url)["url"]
    assert twin(own) in page.links
    assert client.get(own).status_code == 200


@pytest.mark.parametrize("url", PAGES)
def test_every_link_of_every_page_answers(client: TestClient, url: str) -> None:
    for link in sorted(set(read(client, url).links)):
        if not link.startswith(("http", "#")) and ".png" not in link and not link.endswith("/pages"):
            answer = client.get(link if link.startswith("/") else url.partition("?")[0] + link)
            assert answer.status_code == status_of(link), link


@pytest.mark.parametrize(
    "url", [*PAGES, "/nowhere", "/static/app.css", "/healthz", "/handbooks/exchange/pages/1.png"]
)
def test_every_answer_carries_the_security_headers(client: TestClient, url: str) -> None:
    headers = client.get(url).headers
    assert {name: headers.get(name) for name in SECURITY} == SECURITY
    assert "cache-control" in headers


@pytest.mark.parametrize("url", PAGES)
def test_head_is_answered_like_get_without_a_body(client: TestClient, url: str) -> None:
    answer = client.head(url)
    assert answer.status_code == 200
    assert answer.content == b""


def test_home_shows_counts_and_needs_that_were_judged(client: TestClient) -> None:
    page = data(client, "/")
    assert page["counts"] == {"practice": 3, "tool": 1, "annex": 1, "section": 1, "pages": 8}
    assert web_library.NEED in [example["text"] for example in page["examples"]]
    assert "3 practices and 1 tool" in read(client, "/").text


def test_results_show_evidence_with_printed_and_pdf_page(client: TestClient) -> None:
    answer = client.get("/search?q=credit+for+online+exchange").text
    hit = data(client, "/search?q=credit+for+online+exchange")["hits"][0]
    assert hit["record"]["id"] == "exchange.credit"
    assert hit["evidence"]["place"]["page"] == 3
    assert hit["evidence"]["place"]["label"] == "1"
    assert "<mark>" in answer
    assert re.search(r"p\. 1\s*<span class=\"pdf\">PDF 3</span>", answer)


def test_words_that_only_the_title_has_are_lit_there(client: TestClient) -> None:
    hit = data(client, "/search?q=tandem&mode=words")["hits"][0]
    assert (hit["evidence"]["form"], hit["evidence"]["text"]) == ("title", hit["record"]["title"])
    assert hit["evidence"]["url"] == hit["record"]["url"]
    shown = client.get("/de/search?q=tandem&mode=words").text
    assert "Language <mark>tandem</mark> online</a></h2>" in shown
    assert "nur der Titel" in shown
    assert "blockquote" not in shown


def test_sections_come_apart_from_the_results(client: TestClient) -> None:
    page = data(client, "/search?q=credit+for+online+exchange")
    assert "section" not in {hit["record"]["kind"] for hit in page["hits"]}
    assert {hit["record"]["kind"] for hit in page["background"]} <= {"section"}


def test_result_page_says_how_to_ask_more_exactly(client: TestClient) -> None:
    text = client.get("/search").text
    assert '<details class="syntax">' in text
    assert "institution:Glasgow" in text


def test_facets_of_many_kinds_filter_by_link_and_long_ones_are_folded(client: TestClient) -> None:
    found = data(client, "/search?q=credit+online+exchange+students")
    groups = {group["name"]: group for group in found["facets"]}
    assert {"kind", "handbook", "country", "tool", "origin"} <= set(groups)
    assert not groups["tool"]["is_open"]
    assert "discipline" not in groups
    chosen = data(client, groups["tool"]["options"][0]["url"])
    assert chosen["total"] == groups["tool"]["options"][0]["count"]
    assert next(g for g in chosen["facets"] if g["name"] == "tool")["is_open"]
    assert [option["label"] for option in chosen["chosen"]] == ["Learning agreement"]
    undone = data(client, chosen["chosen"][0]["url"])
    assert undone["total"] == found["total"]


def test_a_chosen_facet_offers_its_own_undoing(client: TestClient) -> None:
    page = data(client, "/search?q=students+online&country=Sweden")
    assert [hit["record"]["id"] for hit in page["hits"]] == ["exchange.tandem"]
    assert [(option["value"], option["url"]) for option in page["chosen"]] == [
        ("Sweden", "/search?q=students+online")
    ]


def test_what_a_need_prefers_is_shown_with_ways_to_drop_it_and_to_insist_on_it(client: TestClient) -> None:
    asked = "/search?q=credit+for+an+exchange+in+romania&limit=1"
    shown = client.get(asked.replace("/search", "/search.json")).json()["constraints"]
    assert [(one["facet"], one["values"], one["typed"]) for one in shown] == [
        ("country", ["Romania"], ["romania"])
    ]
    page = client.get(asked).text
    assert "Preferred: Romania" in page
    assert escape(shown[0]["drop"]) in page
    assert escape(shown[0]["only"]) in page

    dropped = client.get(shown[0]["drop"]).text
    assert "Preferred:" not in dropped
    found = set(re.findall(r'href="(/search[^"]*)"', dropped))
    assert any("export" in link or "csv" in link for link in found)
    assert all("drop=country" in link for link in found if "q=credit" in link)
    only = client.get(shown[0]["only"]).text
    assert "Preferred:" not in only
    assert "Remove the filter </span>Romania" in only


def test_filter_that_matches_nothing_says_so_and_offers_the_search_without(client: TestClient) -> None:
    page = read(client, "/search?q=credit&country=Norway")
    assert "Nothing fits with these filters" in page.text
    assert "/search?q=credit" in page.links


def test_need_that_nothing_answers_shows_no_result_but_other_needs(client: TestClient) -> None:
    page = data(client, "/search?q=zeppelin")
    assert page["hits"] == []
    assert page["no_match"]
    assert "Nothing in the library fits" in read(client, "/search?q=zeppelin").text
    assert page["examples"]


def test_empty_query_invites_a_need(client: TestClient) -> None:
    assert data(client, "/search?q=+")["is_empty"]
    assert "Ask for what you need" in read(client, "/search").text


def test_word_search_only_is_said_on_every_result_page(client: TestClient) -> None:
    notice = data(client, "/search?q=credit")["notice"]
    assert notice
    assert " ".join(notice.split()) in " ".join(read(client, "/search?q=credit").text.split())


@pytest.mark.parametrize("text", ["%3F%21%3F", "word+" * 2000])
def test_query_that_cannot_be_searched_is_refused_with_a_reason(client: TestClient, text: str) -> None:
    assert data(client, f"/search?q={text}", 400)["error"]["detail"]
    assert "cannot be answered" in read(client, f"/search?q={text}", 400).text


def test_result_pages_past_the_last_lead_back(client: TestClient) -> None:
    page = data(client, "/search?q=exchange&page=50")
    assert page["hits"] == []
    assert page["previous"] == "/search?q=exchange"
    assert "no such result page" in read(client, "/search?q=exchange&page=50").text


def test_result_pages_follow_each_other(client: TestClient) -> None:
    first = data(client, "/search?q=exchange+online&limit=1")
    second = data(client, first["next"])
    assert second["hits"][0]["rank"] == 2
    assert second["previous"] == "/search?q=exchange+online&limit=1"
    assert first["hits"][0]["record"]["id"] != second["hits"][0]["record"]["id"]


def test_titles_are_escaped(client: TestClient) -> None:
    answer = client.get(PRACTICE).text
    assert "<em>" not in answer
    assert "Credit for &lt;em&gt;virtual&lt;/em&gt; exchange &amp; more" in answer


def test_practice_shows_all_fields_with_their_pages(client: TestClient) -> None:
    page = data(client, PRACTICE)
    assert [(f["label"], f["place"]["page"], f["place"]["label"]) for f in page["fields"]] == [
        ("Need", 3, "1"),
        ("What we did", 4, "2"),
    ]
    answer = client.get(PRACTICE).text
    assert "<li>Three joint seminars</li>" in answer


def test_inferred_and_absent_values_are_said_to_be_so(client: TestClient) -> None:
    page = data(client, PRACTICE)
    assert {fact["name"]: fact["origin"] for fact in page["facts"]} == {
        "institution": "stated",
        "country": "inferred",
    }
    assert page["absent"] == ["theme", "format", "level"]
    said = " ".join(read(client, PRACTICE).text.split())
    assert "Romania inferred" in said
    assert "Not stated in the handbook: theme, format, level." in said


def test_practice_links_its_tools_annex_and_neighbours(client: TestClient) -> None:
    page = data(client, PRACTICE)
    assert [tool["url"] for tool in page["tools"]] == ["/tools/exchange.agreement"]
    assert page["annex"]["url"] == "/annexes/exchange.annex-a"
    assert page["previous"] is None
    assert page["next"]["id"] == "exchange.tandem"


def test_tool_links_the_practices_that_use_it_and_the_pages_that_name_it(client: TestClient) -> None:
    page = data(client, "/tools/exchange.agreement")
    assert [practice["id"] for practice in page["practices"]] == ["exchange.credit"]
    assert [place["page"] for place in page["mentions"]] == [4, 6]


def test_annex_lists_what_stands_in_it(client: TestClient) -> None:
    page = data(client, "/annexes/exchange.annex-a")
    assert [practice["id"] for practice in page["practices"]] == ["exchange.credit", "exchange.tandem"]


def test_picture_turns_over_the_pages_of_the_record_only(client: TestClient) -> None:
    first = data(client, PRACTICE)["picture"]
    assert (first["place"]["page"], first["previous"], first["next"]) == (3, "", f"{PRACTICE}?page=4#page")
    second = data(client, f"{PRACTICE}?page=4")["picture"]
    assert (second["place"]["page"], second["next"]) == (4, "")
    assert data(client, f"{PRACTICE}?page=77")["picture"]["place"]["page"] == 3


def test_doubtful_extraction_is_said(client: TestClient) -> None:
    assert "not sure" in read(client, "/practices/exchange.tandem").text
    assert "not sure" not in read(client, PRACTICE).text


@pytest.mark.parametrize("suffix", ["", ".json"])
def test_address_with_the_wrong_kind_leads_to_the_right_one(client: TestClient, suffix: str) -> None:
    answer = client.get(f"/tools/exchange.credit{suffix}?page=4", follow_redirects=False)
    assert answer.status_code == 308
    assert answer.headers["location"].endswith(f"/practices/exchange.credit{suffix}?page=4")


def test_citation_names_handbook_edition_pages_and_permanent_address(client: TestClient) -> None:
    said = " ".join(read(client, PRACTICE).text.split())
    assert "Mina Roy, Jon Berg: Handbook of exchange, edition 1, 2019, p. 1 (PDF 3) – p. 2 (PDF 4)." in said
    assert "Bayline Press" not in said, "an inferred publisher is not cited"
    assert f"http://testserver{PRACTICE}" in said


def test_handbook_accounts_for_what_was_left_over_and_what_needs_ocr(client: TestClient) -> None:
    page = data(client, "/handbooks/exchange")
    assert [(group["reason"], group["items"][0]["text"]) for group in page["left"]] == [
        ("cover", "Handbook of exchange")
    ]
    assert [place["page"] for place in page["needs_ocr"]] == [6]
    assert "1 page is a picture without text" in read(client, "/handbooks/exchange").text


def test_handbook_says_whose_it_is_with_the_page_and_what_is_inferred(client: TestClient) -> None:
    page = data(client, "/handbooks/exchange")
    facts = [(f["name"], f["value"], f["origin"], f["place"]["page"]) for f in page["facts"]]
    assert facts[:3] == [
        ("author", "Mina Roy", "stated", 2),
        ("author", "Jon Berg", "stated", 2),
        ("publisher", "Bayline Press", "inferred", 2),
    ]
    said = " ".join(read(client, "/handbooks/exchange").text.split())
    assert "ISBN 978-3-16-148410-0" in said
    assert "Bayline Press inferred" in said


def test_handbook_lists_every_record_once(client: TestClient) -> None:
    page = data(client, "/handbooks/exchange")
    listed = [record["id"] for c in page["chapters"] for record in (*c["practices"], *c["tools"])]
    listed += [c["annex"]["id"] for c in page["chapters"] if c["annex"]]
    listed += [section["record"]["id"] for section in page["sections"]]
    assert sorted(listed) == sorted(record.id for record in web_library.RECORDS)


def test_page_of_a_handbook_shows_its_text_and_records(client: TestClient) -> None:
    page = data(client, "/handbooks/exchange/pages/4")
    assert page["text"].startswith("Handbook of exchange: PDF page 4")
    assert [record["id"] for record in page["records"]] == [
        "exchange.annex-a",
        "exchange.credit",
        "exchange.agreement",
    ]


def test_jump_leads_to_the_page(client: TestClient) -> None:
    answer = client.get("/handbooks/exchange/pages?page=4", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/handbooks/exchange/pages/4")
    assert client.get("/handbooks/exchange/pages?page=iv").status_code == 400


def test_picture_is_a_png_of_the_width_asked_for(client: TestClient) -> None:
    answer = client.get("/handbooks/exchange/pages/3.png?width=480")
    assert answer.headers["content-type"] == "image/png"
    assert Image.open(io.BytesIO(answer.content)).width == 480


def test_picture_is_rendered_once(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    first = client.get("/handbooks/exchange/pages/2.png?width=240")

    def fail(*args: object, **more: object) -> bytes:
        raise AssertionError("rendered again")

    monkeypatch.setattr(pipeline, "page_picture", fail)
    assert client.get("/handbooks/exchange/pages/2.png?width=240").content == first.content


def test_picture_with_the_pdfs_version_lasts_and_without_is_asked_for_again(client: TestClient) -> None:
    src = data(client, PRACTICE)["picture"]["src"]
    lasting = client.get(src)
    assert "immutable" in lasting.headers["cache-control"]
    passing = client.get(src.partition("&v=")[0] + "&v=0123")
    assert passing.headers["cache-control"] == "no-cache"
    again = client.get(src, headers={"If-None-Match": passing.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_picture_is_served_though_the_cache_cannot_be_written(
    client: TestClient, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    kept = folder / "cache" / "pages"
    kept.rename(kept.with_name("aside")) if kept.exists() else kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_text("in the way")
    try:
        assert client.get("/handbooks/exchange/pages/5.png?width=240").status_code == 200
        assert "not kept" in caplog.text
    finally:
        kept.unlink()


@pytest.mark.parametrize(
    ("url", "status"),
    [
        ("/nowhere", 404),
        ("/practices/none", 404),
        ("/handbooks/none", 404),
        ("/handbooks/none/pages/1", 404),
        ("/handbooks/exchange/pages/7", 404),
        ("/handbooks/exchange/pages/0", 404),
        ("/handbooks/exchange/pages/x", 404),
        ("/browse?by=colour", 404),
        ("/browse?by=institution&only=None", 404),
        ("/search?q=a&kind=recipe", 400),
        (f"{PRACTICE}?page=x", 422),
    ],
)
def test_every_error_has_one_page_and_one_shape(client: TestClient, url: str, status: int) -> None:
    shown = data(client, url, status)
    assert list(shown) == ["error"]
    assert list(shown["error"]) == ["status", "title", "detail"]
    assert shown["error"]["status"] == status
    page = read(client, url, status)
    assert page.inline == []
    assert "/browse" in page.links


@pytest.mark.parametrize(
    "url", ["/handbooks/exchange/pages/1.png?width=999", "/handbooks/exchange/pages/9.png"]
)
def test_picture_that_is_not_made_is_not_found(client: TestClient, url: str) -> None:
    assert client.get(url).status_code == 404


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (StoreError("library.sqlite3: disk I/O error; run kb doctor"), 503),
        (BusyError("another ingest is running; try again"), 503),
        (ParseError("x.pdf: page 1: damaged; open it elsewhere"), 422),
        (KbError("something else"), 500),
        (RuntimeError("a secret of the machine"), 500),
    ],
)
def test_failure_of_the_library_becomes_its_status(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int
) -> None:
    def fail(*args: object) -> None:
        raise error

    monkeypatch.setattr(Library, "snapshot", fail)
    answer = client.get("/index.json")
    assert answer.status_code == status
    assert answer.headers["content-security-policy"]
    assert answer.json()["error"]["detail"] == (str(error) if isinstance(error, KbError) else "")
    assert ("retry-after" in answer.headers) == (status == 503)
    assert "secret" not in client.get("/").text


def test_openapi_describes_every_json_address(client: TestClient) -> None:
    described = client.get("/api/openapi.json").json()
    for path, operations in described["paths"].items():
        assert path.endswith((".json", ".pdf", ".docx", ".png", ".csv", ".xlsx", ".{form}")) or path in (
            "/healthz",
            "/readyz",
            "/suggest",
        )
        operation = operations["get"]
        assert operation["summary"]
        assert operation["description"]
        for parameter in operation.get("parameters", ()):
            assert parameter.get("description"), (path, parameter["name"])
    shown = described["components"]["schemas"]
    assert all(shown[name].get("description") for name in shown if name.endswith(("Page", "Shown")))
    assert shown["SearchPage"]["properties"]["no_match"]["description"]


def test_examples_of_the_api_page_answer(client: TestClient) -> None:
    for endpoint in data(client, "/api/docs")["endpoints"]:
        assert endpoint["example"]
        assert client.get(endpoint["example"]).status_code == status_of(endpoint["example"])


def test_result_page_with_its_style_and_script_is_light(client: TestClient) -> None:
    page = client.get("/search?q=credit+for+online+exchange")
    own = [client.get(f"/static/{name}").content for name in ("app.css", "app.js", "shortlist.js")]
    assert len(own[0]) < 40_000
    assert len(page.content) + sum(map(len, own)) < 100_000


def test_static_files_with_their_checksum_last(client: TestClient) -> None:
    links = [link for link in read(client, "/").links if link.startswith("/static/")]
    assert len(links) == 6
    for link in links:
        assert "immutable" in client.get(link).headers["cache-control"]
    assert client.get("/static/app.css").headers["cache-control"] == "no-cache"


def test_long_pages_travel_compressed(client: TestClient) -> None:
    assert client.get("/", headers={"Accept-Encoding": "gzip"}).headers["content-encoding"] == "gzip"


def test_health_robots_and_icon_answer(client: TestClient) -> None:
    assert client.get("/healthz").json()["handbooks"] == 2
    robots = client.get("/robots.txt").text
    assert "Disallow: /search?*&" in robots  # filters multiply; a need alone may be found
    assert "Disallow: /search\n" not in robots
    assert client.get("/favicon.ico").headers["content-type"] == "image/svg+xml"


def test_json_holds_what_the_page_was_made_of(client: TestClient) -> None:
    shown = json.dumps(data(client, PRACTICE), ensure_ascii=False)
    for field in web_library.RECORDS[2].fields:
        assert json.dumps(field.text, ensure_ascii=False)[1:-1] in shown


def test_record_that_an_edition_dropped_still_answers_from_the_edition_it_stood_in(tmp_path: Path) -> None:
    settings = web_library.fill(tmp_path)
    content = web_library.pdf("Handbook of exchange, again", 2)
    second = replace(
        web_library.edition(web_library.EXCHANGE, "Handbook of exchange", content, ("1", "2"), "en"), number=2
    )
    section = replace(web_library.RECORDS[0], edition=2)
    with Store.open(tmp_path) as store:
        store.stage(second, (section,), cut(section), content)
        editions = {**store.current_editions(), web_library.EXCHANGE: 2}
        store.publish(editions, index.build(store, editions))
    with TestClient(create_app(settings)) as client:
        page = data(client, PRACTICE)
        assert (page["is_current"], page["edition"], page["similar"]) == (False, 1, [])
        assert "The current edition no longer has it" in read(client, PRACTICE).text
        first = client.get(page["picture"]["src"])
        assert "immutable" in first.headers["cache-control"]
        assert client.get(page["fields"][0]["place"]["url"]).headers["content-type"] == "image/png"
        assert data(client, "/sections/exchange.why")["is_current"]


def test_empty_library_says_how_to_fill_it(tmp_path: Path) -> None:
    with Store.open(tmp_path):
        pass
    with TestClient(create_app(web_library.settings(tmp_path))) as client:
        assert "kb ingest" in client.get("/").text
        assert client.get("/search?q=credit").status_code == 200
        assert client.get("/browse").status_code == 200


@pytest.mark.parametrize("url", ["/", PRACTICE, "/browse?by=country", "/practices/exchange.credit.json"])
def test_a_page_that_did_not_change_is_not_sent_again(client: TestClient, url: str) -> None:
    first = client.get(url)
    tag = first.headers["etag"]
    again = client.get(url, headers={"If-None-Match": f'"other", {tag}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert again.headers["cache-control"] == first.headers["cache-control"]
    assert client.get(url, headers={"If-None-Match": '"other"'}).status_code == 200
    if not url.endswith(".json"):
        german = client.get(url, headers={"If-None-Match": tag, "Accept-Language": "de"})
        assert german.status_code == 200
        assert "Accept-Language" in again.headers["vary"]


def test_what_is_not_there_has_no_tag(client: TestClient) -> None:
    assert "etag" not in client.get("/practices/none").headers
