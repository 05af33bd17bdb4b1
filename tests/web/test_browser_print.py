"""On paper: a practice takes the sheets of its content, a search is its answers, and nothing leads on."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pypdf
import pytest
from playwright.sync_api import Browser, Page

from tests import browsing, web_library
from tests.browsing import a_page
from web.app import create_app

pytestmark = browsing.MARKS
CHROME = (
    "Practice knowledge base",
    "Browse",
    "JSON",
    "Export",
    "Put on the shortlist",
    "show on page",
    "Compare",
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with browsing.running(create_app(web_library.fill(tmp_path_factory.mktemp("library")))) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with browsing.launched() as opened:
        yield opened


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with a_page(browser) as opened:
        yield opened


def sheets(page: Page, address: str) -> list[str]:
    """The text of each sheet that a page takes on A4."""
    page.goto(address, wait_until="networkidle")
    printed = pypdf.PdfReader(io.BytesIO(page.pdf(format="A4", prefer_css_page_size=True)))
    return [sheet.extract_text() for sheet in printed.pages]


@pytest.mark.parametrize("query", ["", "?field=1#page"])
def test_a_practice_is_its_values_text_and_citation_on_one_sheet(site: str, page: Page, query: str) -> None:
    (sheet,) = sheets(page, f"{site}/practices/exchange.credit{query}")
    for words in (
        "University of Bucharest",
        "Three joint seminars",
        "Learning agreement",
        "Cite",
        f"{site}/practices/",
    ):
        assert words in sheet, words
    for words in (*CHROME, "Similar initiatives", "Outlined", "Page after"):
        assert words not in sheet, words


def test_the_picture_of_the_page_is_small(site: str, page: Page) -> None:
    page.goto(f"{site}/practices/exchange.credit", wait_until="networkidle")
    page.emulate_media(media="print")
    assert page.locator(".record-side img").evaluate("it => it.getBoundingClientRect().width") < 150


def test_a_long_practice_takes_more_sheets_and_none_is_empty(site: str, page: Page) -> None:
    found = sheets(page, f"{site}/annexes/exchange.annex-a")
    assert len(found) == 1
    page.goto(f"{site}/practices/exchange.credit")
    page.locator(".prose").first.evaluate(
        "it => it.append(...Array.from({length: 120}, () => it.lastElementChild.cloneNode(true)))"
    )
    printed = pypdf.PdfReader(io.BytesIO(page.pdf(format="A4", prefer_css_page_size=True)))
    assert len(printed.pages) > 1
    assert all(len(sheet.extract_text()) > 100 for sheet in printed.pages)


def test_a_search_prints_its_question_and_its_answers_alone(site: str, page: Page) -> None:
    (sheet,) = sheets(page, f"{site}/search?q=credit+for+online+exchange")
    for words in ("Credit for", "University of Bucharest"):
        assert words in sheet, words
    for words in (*CHROME, "Narrow down", "How to ask more exactly", "Why this answer", "Map", "Background"):
        assert words not in sheet, words
    assert page.locator("#ask").is_visible()
