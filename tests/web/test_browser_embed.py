"""The search on a page of another site, in Chromium: it works where it is allowed, and is blocked where it is not."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from kb.search.library import Library
from kb.settings import Settings
from tests import browsing, web_library
from tests.factories import FakeEncoder
from web.app import create_app

pytestmark = [*browsing.MARKS, pytest.mark.slow]
NEED = "credit for online exchange"


class University(http.server.ThreadingHTTPServer):
    """A site of another origin, with one page and a strict policy of its own."""

    text = ""

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Page(http.server.BaseHTTPRequestHandler):
    server: University

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Security-Policy", "style-src 'none'; object-src 'none'")
        self.end_headers()
        self.wfile.write(self.server.text.encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def university() -> Iterator[University]:
    with University(("127.0.0.1", 0), _Page) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return web_library.fill(tmp_path_factory.mktemp("embedded"), FakeEncoder())


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with browsing.launched() as opened:
        yield opened


@contextmanager
def sites(filled: Settings, is_allowed: bool) -> Iterator[tuple[University, str]]:
    with university() as other:
        settings = replace(filled, embedders=(other.origin,) if is_allowed else ())
        app = create_app(settings, lambda it: Library.open(it, FakeEncoder()))
        with browsing.running(app) as url:
            yield other, url


def page_with(inside: str) -> str:
    return (
        '<!doctype html><html lang="en"><head><title>A university</title></head><body><main>'
        f"<h1>Our university</h1>{inside}</main></body></html>"
    )


def frame(url: str, more: str = "") -> str:
    return page_with(f'<iframe src="{url}/en/embed{more}" title="Search" width="340" height="600"></iframe>')


def element(url: str, more: str = "") -> str:
    return page_with(
        f'<script src="{url}/static/practice-search.js" defer></script><practice-search {more}></practice-search>'
    )


@pytest.mark.parametrize("has_script", [True, False])
def test_the_frame_answers_on_another_site_and_leads_out_of_it(
    filled: Settings, browser: Browser, has_script: bool
) -> None:
    with sites(filled, is_allowed=True) as (other, url), browsing.a_page(browser, has_script) as page:
        other.text = frame(url)
        page.goto(other.origin)
        inside = page.frame_locator("iframe")
        inside.get_by_role("searchbox").fill(NEED)
        inside.get_by_role("button").click()
        first = inside.locator("ol li").first
        expect(first.locator("blockquote")).to_contain_text("credit")
        expect(first.get_by_role("link", name="Handbook of exchange")).to_be_visible()
        expect(first.get_by_role("link", name="PDF 3")).to_be_visible()
        inside.get_by_role("link", name="Credit for").click()
        page.wait_for_url(f"{url}/en/practices/exchange.credit")


def test_the_element_answers_on_another_site(filled: Settings, browser: Browser) -> None:
    with sites(filled, is_allowed=True) as (other, url), browsing.a_page(browser) as page:
        other.text = element(url, 'language="de" handbook="exchange" open="new"')
        page.goto(other.origin)
        page.get_by_label("Was brauchen Sie?").fill(NEED)
        page.keyboard.press("Enter")
        first = page.locator("practice-search li").first
        expect(first.locator("blockquote")).to_contain_text("credit")
        expect(page.get_by_role("status")).to_contain_text("Ergebnisse: 3")
        link = first.get_by_role("link", name="Credit for")
        assert link.get_attribute("href") == f"{url}/de/practices/exchange.credit"
        assert (link.get_attribute("target"), link.get_attribute("rel")) == ("_blank", "noopener")
        expect(first.get_by_role("link", name="S. 1")).to_be_visible()
        assert page.locator("practice-search em").count() == 0  # a title's own letters are text
        assert (
            page.evaluate("getComputedStyle(document.querySelector('practice-search')).paddingTop") == "16px"
        )
        page.get_by_label("Was brauchen Sie?").fill("?!")
        page.keyboard.press("Enter")
        expect(page.get_by_role("status")).to_contain_text("no word to search for")
        expect(page.locator("practice-search li")).to_have_count(0)


def test_a_site_that_is_not_allowed_gets_neither(filled: Settings, browser: Browser) -> None:
    with sites(filled, is_allowed=False) as (other, url):
        context = browser.new_context()
        page = context.new_page()
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        other.text = frame(url, f"?q={NEED}")
        page.goto(other.origin)
        page.wait_for_load_state("networkidle")
        assert page.frame_locator("iframe").locator("ol li").count() == 0
        assert any("frame-ancestors" in one for one in said), said
        other.text = element(url)
        page.goto(other.origin)
        page.get_by_label("What do you need?").fill(NEED)
        page.keyboard.press("Enter")
        expect(page.get_by_role("status")).to_contain_text("This cannot be asked just now.")
        assert any("CORS" in one for one in said), said
        context.close()


def _asked(page: Page) -> None:
    page.get_by_label("What do you need?").fill(NEED)
    page.keyboard.press("Enter")
    expect(page.locator("practice-search li").first).to_be_visible()


def test_axe_is_content_with_both_and_they_fit_a_phone(filled: Settings, browser: Browser) -> None:
    with sites(filled, is_allowed=True) as (other, url), browsing.a_page(browser) as page:
        for path in (
            "/en/embed",
            f"/en/embed?q={NEED}&limit=1",
            "/en/embed?q=qwxz",
            f"/el/embed?q={NEED}&look=dark",
        ):
            page.goto(url + path)
            browsing.assert_axe_is_content(page)
            browsing.assert_fits_a_narrow_screen(page)
        page.goto(f"{url}/en/embedding?light=ffffff")
        browsing.assert_axe_is_content(page)
        browsing.assert_fits_a_narrow_screen(page)
        for theme in ("", 'theme="dark"', 'theme="light"'):
            other.text = element(url, theme)
            page.goto(other.origin)
            _asked(page)
            browsing.assert_axe_is_content(page)


def test_the_whole_element_is_reached_by_keyboard(filled: Settings, browser: Browser) -> None:
    with sites(filled, is_allowed=True) as (other, url), browsing.a_page(browser) as page:
        other.text = element(url)
        page.goto(other.origin)
        page.keyboard.press("Tab")
        page.keyboard.type(NEED)
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.locator("practice-search li").first).to_be_visible()
        page.keyboard.press("Tab")
        focused = "document.activeElement.shadowRoot.activeElement"
        assert "exchange" in page.evaluate(f"{focused}.href")
        assert page.evaluate(f"getComputedStyle({focused}).outlineStyle") == "solid"


def test_the_preview_of_our_own_page_works(filled: Settings, browser: Browser, tmp_path: Path) -> None:
    with sites(filled, is_allowed=False) as (_, url), browsing.a_page(browser) as page:
        page.goto(f"{url}/de/embedding")
        expect(page.frame_locator("iframe").locator("ol li").first).to_be_visible()
        page.get_by_label("Was brauchen Sie?", exact=True).fill(NEED)
        page.keyboard.press("Enter")
        expect(page.locator("practice-search li").first).to_be_visible()
