"""The two main paths, by keyboard alone, in Chromium with JavaScript and without, and in Firefox.

Only a file is put into its field as a drag would: the window that chooses one is the system's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from kb.search.library import Library
from tests import browsing, web_library
from tests.browsing import a_page, walk_to
from tests.kb.search.test_nothing import Shifted
from tests.pdfs import handbook_pdf
from tests.web.conftest import SECRET, Work
from tests.web.pages.test_call_page import FORMS
from web.app import create_app

pytestmark = browsing.MARKS
WAYS = (
    pytest.param(("chromium", True), id="Chromium"),
    pytest.param(("chromium", False), id="Chromium without JavaScript"),
    pytest.param(("firefox", True), id="Firefox", marks=browsing.HAS_FIREFOX),
)
"""A browser, and whether it runs scripts. Playwright cannot drive an unchanged Firefox that does not."""


@pytest.fixture(scope="module", params=WAYS)
def way(request: pytest.FixtureRequest) -> Iterator[tuple[Browser, bool]]:
    name, has_script = request.param
    with browsing.launched(name) as opened:
        yield opened, has_script


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    encoder = Shifted()  # whose records are like one another
    settings = web_library.fill(tmp_path_factory.mktemp("library"), encoder, more=FORMS)
    with browsing.running(create_app(settings, lambda settings: Library.open(settings, encoder))) as url:
        yield url


def press(page: Page, wanted: Locator, key: str = "Enter") -> None:
    """Tab to something and press a key on it."""
    walk_to(page, wanted)
    page.keyboard.press(key)


def follow(page: Page, wanted: Locator) -> None:
    """Tab to a link or a button, press Enter, and wait for the page that comes."""
    walk_to(page, wanted)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def type_into(page: Page, wanted: Locator, text: str) -> None:
    """Tab to a field and write into it instead of what is there."""
    walk_to(page, wanted)
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type(text)


def test_find_read_similar_shortlist_proposal(library: str, way: tuple[Browser, bool]) -> None:
    browser, has_script = way
    with a_page(browser, has_script=has_script) as page:
        page.goto(library)
        type_into(page, page.locator("#ask"), "credit for an online exchange")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        follow(page, page.get_by_role("heading", name="Credit for").get_by_role("link"))
        expect(page.get_by_role("heading", level=1)).to_contain_text("Credit for")
        follow(page, page.get_by_role("region", name="Similar initiatives").locator(".entry-title").first)
        expect(page.get_by_role("heading", level=1)).not_to_contain_text("Credit for")
        title = page.get_by_role("heading", level=1).inner_text()
        if has_script:
            press(page, page.get_by_role("button", name="Put on the shortlist"))
            expect(page.get_by_role("status").filter(has_text="Put on the shortlist.")).to_be_attached()
            page.keyboard.press("ControlOrMeta+Home")
            page.locator(".skip").focus()  # as a new page begins
            follow(page, page.get_by_role("link", name="Shortlist"))
        else:
            follow(page, page.get_by_role("link", name="Put on the shortlist"))
        expect(page.get_by_role("link", name=title, exact=True)).to_be_visible()
        follow(page, page.get_by_role("link", name="Write a proposal with it"))
        expect(page).to_have_url(re.compile("/proposal"))
        type_into(page, page.get_by_label("Title of the proposal"), "Our call")
        press(page, page.get_by_label("The zeppelin is ready", exact=True), "Space")
        expect(page.get_by_label("The zeppelin is ready", exact=True)).to_be_checked()
        if not has_script:
            follow(page, page.get_by_role("button", name="Update this page"))
            expect(page.get_by_role("heading", level=1)).to_have_text("Our call")
            expect(page.get_by_label("The zeppelin is ready", exact=True)).to_be_checked()
        expect(page.get_by_role("region", name="Practices on the shortlist")).to_contain_text(title)
        walk_to(page, page.get_by_role("button", name="DOCX"))
        with page.expect_download() as coming:
            page.keyboard.press("Enter")
        assert coming.value.suggested_filename.endswith(".docx")


def test_upload_plan_publish_correct_undo(office: tuple[str, Work], way: tuple[Browser, bool]) -> None:
    (url, work), (browser, has_script) = office, way
    with a_page(browser, has_script=has_script) as page:
        page.goto(f"{url}/admin")
        type_into(page, page.get_by_label("Password or token"), SECRET)
        type_into(page, page.get_by_label("Your name"), "Ada")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        expect(page.get_by_text("Signed in as Ada")).to_be_visible()
        page.get_by_label("A PDF file").set_input_files(
            {"name": "small.pdf", "mimeType": "application/pdf", "buffer": handbook_pdf()}
        )
        follow(page, page.get_by_role("button", name="Read it in"))
        work()
        expect(page.get_by_role("heading", name="A new handbook")).to_be_visible(timeout=30_000)
        expect(page.get_by_text("Practice Birch exchange").first).to_be_attached()  # nothing is decided blind
        follow(page, page.get_by_role("button", name="Publish it"))
        work()
        expect(page.get_by_role("heading", name="The handbook is in the library")).to_be_visible(
            timeout=30_000
        )
        follow(page, page.get_by_role("link", name="See the handbook"))
        follow(page, page.get_by_role("link", name="Practice Birch exchange").first)
        press(page, page.get_by_text("Another title …"))
        type_into(page, page.get_by_role("textbox", name="Title"), "Birch, as it should be")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("Birch, as it should be")
        follow(page, page.get_by_role("button", name=re.compile("^Undo")).first)
        expect(page.get_by_role("heading", level=1)).to_have_text("Practice Birch exchange")
