"""The search on other sites: who may have it, how it looks, and what their pages may ask."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from kb.errors import InputError
from kb.settings import Settings
from kb.words.languages import LANGUAGES
from tests import web_library
from tests.web.pages.test_web_pages import Reader
from web.app import create_app
from web.frame import STATIC, looks
from web.frame.headers import SECURITY
from web.frame.render import environment

NEED = "credit+for+online+exchange"
SITE, OTHER = "https://www.example.org", "https://evil.example"
READABLE = (
    "/search.json?q=credit",
    "/practices/exchange.credit.json",
    "/handbooks/exchange.json",
    "/suggest?q=c",
)


def opened(folder: Path, *embedders: str) -> TestClient:
    settings = replace(web_library.fill(folder), embedders=embedders)
    return TestClient(create_app(settings), base_url="http://localhost:8000")


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with opened(tmp_path_factory.mktemp("embed"), SITE, "http://localhost:3000") as web:
        yield web


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with opened(tmp_path_factory.mktemp("closed")) as web:
        yield web


def ancestors(client: TestClient, path: str) -> str:
    found = re.search(r"frame-ancestors ([^;]*)", client.get(path).headers["content-security-policy"])
    assert found is not None
    return found[1].strip()


# who may have it in a frame


def test_sites_that_are_allowed_may_have_the_search_in_a_frame_and_nothing_else(client: TestClient) -> None:
    for path in ("/embed", "/de/embed?q=credit", "/embed?q=a&kind=tool"):
        assert ancestors(client, path) == f"'self' {SITE} http://localhost:3000"
    for path in ("/", "/search?q=credit", "/embedding", "/embed/none", "/embedx", "/api/docs"):
        assert ancestors(client, path) == "'none'"


def test_where_nobody_is_allowed_only_this_site_may(closed: TestClient) -> None:
    assert ancestors(closed, "/embed") == "'self'"


def test_every_site_may_where_the_setting_says_so(tmp_path: Path) -> None:
    with opened(tmp_path, "*", SITE) as web:
        assert ancestors(web, "/embed") == "'self' *"
        answer = web.get("/search.json", headers={"Origin": OTHER})
        assert answer.headers["access-control-allow-origin"] == "*"
        assert "access-control-allow-credentials" not in answer.headers


def test_the_frame_runs_no_script_and_keeps_the_other_headers(client: TestClient) -> None:
    answer = client.get("/embed?q=credit")
    assert "script-src 'none'" in answer.headers["content-security-policy"]
    assert "<script" not in answer.text
    apart = ("Content-Security-Policy", "Cross-Origin-Resource-Policy")
    assert {name: answer.headers[name] for name in SECURITY if name not in apart} == {
        name: value for name, value in SECURITY.items() if name not in apart
    }
    assert answer.headers["x-robots-tag"] == "noindex"


def test_other_sites_may_load_what_they_embed_and_no_other_file(client: TestClient) -> None:
    for path, policy in (
        ("/embed", "cross-origin"),
        ("/embed/look.css?light=0b5468", "cross-origin"),
        ("/static/embed.css", "cross-origin"),
        ("/static/practice-search.js", "cross-origin"),
        ("/static/app.js", "same-origin"),
        ("/handbooks/exchange/pages/1.png", "same-origin"),
        ("/search.json", "same-origin"),
    ):
        assert client.get(path).headers["cross-origin-resource-policy"] == policy, path


# what their pages may ask


@pytest.mark.parametrize("path", READABLE)
def test_pages_of_allowed_sites_may_read_json_without_cookies(client: TestClient, path: str) -> None:
    answer = client.get(path, headers={"Origin": SITE})
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == SITE
    assert "access-control-allow-credentials" not in answer.headers
    assert "origin" in answer.headers["vary"].lower()


@pytest.mark.parametrize("path", READABLE)
@pytest.mark.parametrize(
    "origin", [OTHER, "null", f"{SITE}.evil.example", "http://www.example.org", f"{SITE}:8443"]
)
def test_pages_of_other_sites_may_not(client: TestClient, path: str, origin: str) -> None:
    assert "access-control-allow-origin" not in client.get(path, headers={"Origin": origin}).headers


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/search?q=credit",
        "/embed?q=credit",
        "/admin/review.json",
        "/admin/settings.json",
        "/mcp",
        "/metrics",
        "/static/app.js",
    ],
)
def test_no_page_of_another_site_reads_what_is_no_json_for_readers(client: TestClient, path: str) -> None:
    answer = client.get(path, headers={"Origin": SITE}, follow_redirects=False)
    assert "access-control-allow-origin" not in answer.headers


def test_they_may_only_get(client: TestClient) -> None:
    asked = {"Origin": SITE, "Access-Control-Request-Method": "GET"}
    may = client.options("/search.json", headers=asked)
    assert (may.status_code, may.headers["access-control-allow-methods"]) == (200, "GET")
    for method in ("POST", "PUT", "DELETE"):
        answer = client.options("/search.json", headers={**asked, "Access-Control-Request-Method": method})
        assert answer.status_code == 400
    refused = client.options("/search.json", headers={**asked, "Origin": OTHER})
    assert "access-control-allow-origin" not in refused.headers


def test_without_the_setting_nobody_may(closed: TestClient) -> None:
    for path in READABLE:
        assert "access-control-allow-origin" not in closed.get(path, headers={"Origin": SITE}).headers


def test_an_error_can_be_read_too(client: TestClient) -> None:
    answer = client.get("/search.json?limit=900", headers={"Origin": SITE})
    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (400, SITE)


# what is shown


def test_answers_open_outside_of_the_frame_with_page_and_handbook(client: TestClient) -> None:
    text = client.get("/de/embed?q=credit+for+online+exchange").text
    links = re.findall(r'<a href="([^"]+)" target="(\w+)"', text)
    assert {target for _, target in links} == {"_top"}
    assert "/de/practices/exchange.credit" in {url for url, _ in links}
    assert "/de/handbooks/exchange" in {url for url, _ in links}
    assert any(url.startswith("/de/handbooks/exchange/pages/3") for url, _ in links)
    new = client.get("/embed?q=credit&open=new").text
    assert re.findall(r'target="_blank" rel="noopener"', new)
    assert 'target="_top"' not in new


def test_the_form_keeps_filters_and_look(client: TestClient) -> None:
    text = client.get(
        "/embed?q=credit&handbook=exchange&kind=tool&look=dark&light=0b5468&open=new&limit=3"
    ).text
    kept = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', text))
    assert kept == {
        "handbook": "exchange",
        "kind": "tool",
        "look": "dark",
        "light": "0b5468",
        "open": "new",
        "limit": "3",
    }
    assert 'data-theme="dark"' in text


def test_pages_of_answers_follow_each_other_in_the_same_look(client: TestClient) -> None:
    text = client.get(f"/embed?q={NEED}&limit=1&look=light").text
    following = re.search(r'rel="next" href="([^"]+)"', text)
    assert following is not None
    url = following[1].replace("&amp;", "&")
    assert url == f"/embed?q={NEED}&page=2&limit=1&look=light"
    assert f'rel="prev" href="/embed?q={NEED}&amp;limit=1&amp;look=light"' in client.get(url).text


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("q=" + "a" * 2001, "2000"),
        ("q=%3F%21", "no word to search for"),
    ],
)
def test_what_cannot_be_answered_is_said_in_the_frame(client: TestClient, query: str, said: str) -> None:
    answer = client.get(f"/embed?{query}")
    assert answer.status_code == 200
    assert said in answer.text
    assert ancestors(client, f"/embed?{query}").startswith("'self' https")


@pytest.mark.parametrize(
    "query",
    [
        "q=<script>alert(1)</script>",
        "q=x&look=%22%3E%3Cscript%3E",
        "q=x&light=0b5468;}body{display:none",
        "q=x&dark=url(https://evil.example)",
        "q=x&handbook=%22%3E%3Cimg%20src=x%3E",
        "q=credit&open=javascript:alert(1)",
        "look=dark&look=light&light=&dark=ffffff",
    ],
)
def test_strange_parameters_are_escaped_or_as_if_not_given(client: TestClient, query: str) -> None:
    answer = client.get(f"/embed?{query}")
    assert answer.status_code == 200
    page = Reader(answer.text)
    assert page.open == []
    assert page.inline == []
    assert "evil.example" not in re.sub(r'value="[^"]*"', "", answer.text)
    assert "<script" not in answer.text
    assert "<img" not in answer.text


def test_a_colour_that_cannot_be_read_is_not_taken(client: TestClient) -> None:
    assert "look.css?light=0b5468" in client.get("/embed?light=0b5468").text
    for colour in ("ffffff", "eeee99", "red", "0b546", "0b5468aa"):
        assert "look.css" not in client.get(f"/embed?light={colour}").text
        assert client.get(f"/embed/look.css?light={colour}").text == ":root {  }\n"
    sheet = client.get("/embed/look.css?light=%230B5468&dark=8ccfe0")
    assert sheet.headers["content-type"].startswith("text/css")
    assert "--accent: #0b5468;" in sheet.text
    assert "--accent-dark: #8ccfe0;" in sheet.text


def test_the_grounds_of_the_frame_are_those_that_colours_are_checked_on() -> None:
    css = (STATIC / "embed.css").read_text("utf-8")
    light, dark = css.split("@media (prefers-color-scheme: dark)")
    for theme, text in (("light", light), ("dark", dark)):
        held = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6});", text))
        shown = {"#ffffff" if held[name] == "#fff" else held[name] for name in ("ground", "paper")}
        assert shown <= set(looks.GROUNDS[theme])


def test_an_empty_frame_has_a_box_and_needs_to_try(client: TestClient) -> None:
    text = client.get("/embed").text
    assert 'name="q"' in text
    assert "Practice knowledge base" in text


def test_searches_in_the_frame_are_counted(client: TestClient) -> None:
    seen = []
    app = client.app
    before = app.state.searched  # type: ignore[attr-defined]
    app.state.searched = lambda asked, outcome: seen.append((asked.text, outcome.value))  # type: ignore[attr-defined]
    try:
        client.get("/embed?q=credit")
        client.get("/embed")
    finally:
        app.state.searched = before  # type: ignore[attr-defined]
    assert [text for text, _ in seen] == ["credit"]


# the element


def test_the_element_is_small_and_depends_on_nothing() -> None:
    script = (STATIC / "practice-search.js").read_text("utf-8")
    assert len(script.encode()) < 10_000
    assert not re.search(
        r"\b(import|require|eval|innerHTML|outerHTML|insertAdjacentHTML|document\.write)\b", script
    )
    assert "localStorage" not in script
    assert "cookie" not in script.replace("sends no cookies", "")


def test_the_element_speaks_every_language_with_every_word() -> None:
    script = (STATIC / "practice-search.js").read_text("utf-8")
    said = {
        code: words.count('", "') + 1
        for code, words in re.findall(r"^    (\w\w): \[(.*)\],$", script, re.MULTILINE)
    }
    assert set(said) == set(LANGUAGES)
    assert set(said.values()) == {10}


# the page for the web team


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_shows_what_to_copy_in_the_language_of_the_page(client: TestClient, language: str) -> None:
    data = client.get(f"/{language}/embedding?handbook=exchange&look=dark&light=%230b5468&open=new")
    assert data.status_code == 200
    text = data.text.replace("&lt;", "<").replace("&gt;", ">").replace("&#34;", '"').replace("&amp;", "&")
    frame = f"http://localhost:8000/{language}/embed?handbook=exchange&look=dark&light=0b5468&open=new"
    assert f'<iframe src="{frame}"' in text.replace("&amp;", "&")
    assert f'<practice-search language="{language}" handbook="exchange" theme="dark" open="new"' in text
    assert "--practice-accent: #0b5468" in text
    assert client.get(frame).status_code == 200
    assert SITE in text


def test_the_page_says_that_nobody_may_yet(closed: TestClient, client: TestClient) -> None:
    assert "No other site may embed it yet." in closed.get("/embedding").text
    assert "No other site may embed it yet." not in client.get("/embedding").text


def test_the_page_says_which_colour_is_not_taken(client: TestClient) -> None:
    text = client.get("/embedding?light=ffffff&dark=nonsense&look=x&handbook=none").text
    assert text.count('class="wrong"') == 2


def test_every_page_leads_there(client: TestClient) -> None:
    assert 'href="/embedding"' in client.get("/").text
    assert "embed.html" in environment().list_templates()


# the setting


def test_what_is_no_origin_is_refused_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KB_EMBEDDERS", "https://a.example, https://b.example/path")
    with pytest.raises(InputError, match=r"KB_EMBEDDERS=https://b\.example/path: not an origin; give scheme"):
        Settings.from_environment()
    monkeypatch.setenv("KB_EMBEDDERS", "https://A.example/ http://b.example:8080")
    assert Settings.from_environment().embedders == ("https://a.example", "http://b.example:8080")
