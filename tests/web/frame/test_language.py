from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from kb.care.doubts import LeftOut
from kb.said import Said
from kb.search.similar import Reason
from kb.words.languages import LANGUAGES
from tests import web_library
from tests.web.pages.test_web_pages import PAGES, PRACTICE, read
from web.app import create_app
from web.frame import language, prefix, sayings
from web.frame.language import Tongue


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    settings = web_library.fill(tmp_path_factory.mktemp("library"))
    with TestClient(create_app(settings), raise_server_exceptions=False) as opened:
        yield opened


@pytest.fixture
def _speaking(request: pytest.FixtureRequest) -> Iterator[None]:
    language.speak(Tongue(request.param))
    yield
    language.speak(Tongue())


def html_lang(html: str) -> str:
    found = re.search(r'<html lang="(\w+)">', html)
    assert found
    return found[1]


@pytest.mark.parametrize(
    ("header", "wanted"),
    [
        ("", "en"),
        ("de", "de"),
        ("de-AT,en;q=0.5", "de"),
        ("EL", "el"),
        ("nl,fr;q=0.4,sv;q=0.7", "sv"),
        ("fr;q=0,it;q=0.1", "it"),
        ("ja,*;q=0.5", "en"),
        ("es, de", "es"),
        ("de;q=high,;;,=", "en"),
    ],
)
def test_browser_gets_the_language_it_wants_most_of_those_there_are(header: str, wanted: str) -> None:
    assert prefix.preferred(header) == wanted


@given(st.text())
def test_no_header_breaks_the_choice(header: str) -> None:
    assert prefix.preferred(header) in LANGUAGES


def test_address_without_a_language_asks_the_browser_and_says_that_it_varies(client: TestClient) -> None:
    answer = client.get(PRACTICE, headers={"Accept-Language": "sv-SE"}, follow_redirects=False)
    assert answer.status_code == 200
    assert html_lang(answer.text) == answer.headers["content-language"] == "sv"
    assert "Accept-Language" in answer.headers["vary"]
    assert 'href="/sv/' not in answer.text.replace('href="/sv/practices/exchange.credit" lang="sv"', "")


@pytest.mark.parametrize("code", LANGUAGES)
def test_language_in_the_address_wins_over_the_browser(client: TestClient, code: str) -> None:
    answer = client.get(f"/{code}{PRACTICE}", headers={"Accept-Language": "fr"})
    assert html_lang(answer.text) == answer.headers["content-language"] == code
    assert "Accept-Language" not in answer.headers.get("vary", "")


@pytest.mark.parametrize("path", ["/de", "/de/"])
def test_language_alone_is_the_home_page(client: TestClient, path: str) -> None:
    assert html_lang(client.get(path).text) == "de"


@pytest.mark.parametrize("path", ["/xx/search", "/xx/", "/den/", "/de/xx/", "/de/de/search"])
def test_language_that_is_none_is_not_found(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_error_is_answered_in_the_language_of_the_address(client: TestClient) -> None:
    assert html_lang(client.get("/el/nowhere").text) == "el"


@pytest.mark.parametrize("url", PAGES)
def test_every_link_of_a_page_keeps_its_language(client: TestClient, url: str) -> None:
    """But those to files, to JSON, and to the same page in other languages."""
    own = {f"/{code}{url}" for code in LANGUAGES}
    links = {link for link in read(client, f"/el{url}").links if link.startswith("/")} - own
    files = {
        link
        for link in links
        if re.search(r"^/static/|\.(json|png|atom|csv|short-csv|xlsx|bib|ris|pdf)(\?|$)", link)
    }
    assert {link for link in links - files if not link.startswith("/el/")} == set()
    assert {link for link in files if link.startswith("/el/")} == set()


@pytest.mark.parametrize("url", PAGES)
def test_every_page_leads_to_itself_in_every_language(client: TestClient, url: str) -> None:
    links = read(client, f"/ro{url}").links
    for code in LANGUAGES:
        assert f"/{code}{url}" in links


def test_page_names_its_versions_in_other_languages_for_search_engines(client: TestClient) -> None:
    html = client.get(f"/it{PRACTICE}?field=1").text
    assert f'rel="canonical" href="http://testserver/it{PRACTICE}"' in html
    assert f'hreflang="x-default" href="http://testserver{PRACTICE}"' in html
    for code in LANGUAGES:
        assert f'hreflang="{code}" href="http://testserver/{code}{PRACTICE}"' in html


def test_permanent_address_and_json_know_no_language(client: TestClient) -> None:
    assert f">http://testserver{PRACTICE}</a>" in client.get(f"/de{PRACTICE}").text
    german = client.get(f"/de{PRACTICE}.json", headers={"Accept-Language": "de"})
    assert german.content == client.get(f"{PRACTICE}.json").content
    assert "vary" not in german.headers or "Accept-Language" not in german.headers["vary"]


@pytest.mark.parametrize(
    ("asked", "led"),
    [
        ("/fr/tools/exchange.credit?page=4", f"/fr{PRACTICE}?page=4"),
        ("/fr/handbooks/exchange/pages?page=3", "/fr/handbooks/exchange/pages/3"),
        ("/fr/search/?q=credit", "/fr/search?q=credit"),
    ],
)
def test_redirect_stays_in_the_language(client: TestClient, asked: str, led: str) -> None:
    answer = client.get(asked, follow_redirects=False)
    assert answer.is_redirect
    assert answer.headers["location"] == led


@pytest.mark.parametrize("quote", ['" href="/evil', '<a href="/evil">', "&quot; action=&quot;/evil"])
def test_words_of_a_visitor_are_never_taken_for_a_link(client: TestClient, quote: str) -> None:
    assert "/de/evil" not in client.get("/de/search", params={"q": quote}).text


@pytest.mark.parametrize(
    ("_speaking", "wanted"),
    [
        ("en", "1,234,567.5"),
        ("de", "1.234.567,5"),
        ("fr", "1\u202f234\u202f567,5"),
        ("sv", "1\xa0234\xa0567,5"),
    ],
    indirect=["_speaking"],
)
@pytest.mark.usefixtures("_speaking")
def test_number_is_written_as_the_language_writes_it(wanted: str) -> None:
    assert language.number(1234567.5) == wanted


@pytest.mark.parametrize(
    ("_speaking", "day", "percent"),
    [
        ("en", "3 November 2026", "12.5%"),
        ("de", "3. November 2026", "12,5\xa0%"),
        ("el", "3 Νοεμβρίου 2026", "12,5%"),
        ("ro", "3 noiembrie 2026", "12,5\xa0%"),
    ],
    indirect=["_speaking"],
)
@pytest.mark.usefixtures("_speaking")
def test_dates_and_shares_are_written_as_the_language_writes_them(day: str, percent: str) -> None:
    assert language.date("2026-11-03T10:20:30+00:00") == day
    assert language.share(12.5) == percent


def test_what_is_no_date_stays_as_it_is() -> None:
    assert language.date("some day") == language.moment("some day") == "some day"


@pytest.mark.parametrize(
    ("_speaking", "value", "facet", "wanted"),
    [
        ("de", "Health", "theme", "Gesundheit"),
        ("el", "Greece", "country", "Ελλάδα"),
        ("fr", "no term at all", "theme", "no term at all"),
        ("sv", "Health", "institution", "Health"),
    ],
    indirect=["_speaking"],
)
@pytest.mark.usefixtures("_speaking")
def test_facet_values_are_called_as_the_vocabulary_calls_them(value: str, facet: str, wanted: str) -> None:
    assert language.term(value, facet) == wanted


def test_catalogues_are_part_of_the_package() -> None:
    assert all(
        language.po_file(code).is_relative_to(Path(language.__file__).parents[1]) for code in LANGUAGES
    )


@pytest.mark.parametrize(
    ("_speaking", "fact", "wanted"),
    [
        (
            "en",
            Said(Reason.THEME, theme=("Health", "Climate, Environment, Energy")),
            "same theme: Health; Climate, Environment, Energy",
        ),
        ("en", Said(Reason.USERS, names=("Court", "Law")), "used by the same practices: Court, Law"),
        ("en", Said(LeftOut.NO_HEADING), "no heading leads to it"),
        ("en", Said(LeftOut.OTHER, why="some <reason>"), "some &lt;reason&gt;"),
        ("de", Said(LeftOut.OTHER, why="some reason"), '<span lang="en">some reason</span>'),
    ],
    indirect=["_speaking"],
)
@pytest.mark.usefixtures("_speaking")
def test_what_kb_says_is_said_in_words_or_marked_as_english(fact: Said, wanted: str) -> None:
    assert sayings.said(fact) == wanted
