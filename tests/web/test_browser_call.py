"""A proposal in Debian's Chromium: kept in the browser, by its address, without JavaScript, and on paper."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pypdf
import pytest
from playwright.sync_api import Browser, Page, expect

from tests import browsing, web_library
from tests.browsing import a_page, assert_axe_is_content, assert_fits_a_narrow_screen
from tests.web.pages.test_call_page import FORMS
from web.app import create_app

pytestmark = browsing.MARKS


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("library")
    with browsing.running(create_app(web_library.fill(folder, more=FORMS))) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with browsing.launched() as opened:
        yield opened


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with a_page(browser) as opened:
        yield opened


def settled(page: Page) -> None:
    """Tick a line, mark another, write a title and a note, and wait until the address holds it."""
    page.get_by_label("Credit for the online exchange is settled", exact=True).check()
    page.get_by_role("group", name="Mark: Need").get_by_label("5: strong").check()
    page.get_by_label("Title of the proposal").fill("Our call")
    expect(page.locator("[data-address] .permalink")).to_contain_text("title=Our+call")


def test_what_is_filled_in_is_added_up_kept_and_there_again(site: str, page: Page) -> None:
    page.goto(f"{site}/proposal")
    settled(page)
    expect(page.locator("[data-reached]")).to_have_text("300")
    expect(page.locator("[data-done]")).to_have_text("1")
    page.goto(f"{site}/search")
    page.goto(f"{site}/proposal")
    page.wait_for_url("**/proposal?*title=Our+call*")
    expect(page.get_by_label("Credit for the online exchange is settled", exact=True)).to_be_checked()
    expect(page.get_by_label("Title of the proposal")).to_have_value("Our call")


def test_a_shortlist_goes_into_the_kept_proposal(site: str, page: Page) -> None:
    page.goto(f"{site}/proposal")
    settled(page)
    page.goto(f"{site}/shortlist?id=exchange.credit")
    page.get_by_role("link", name="Write a proposal with it").click()
    page.wait_for_url("**title=Our+call**")
    expect(page.get_by_role("region", name="Practices on the shortlist")).to_contain_text("Credit for")
    expect(page.locator("[data-foreign]")).to_be_hidden()


def test_somebody_else_s_proposal_does_not_replace_the_kept_one_unasked(site: str, page: Page) -> None:
    page.goto(f"{site}/proposal")
    settled(page)
    page.goto(f"{site}/proposal?handbook=exchange&title=Theirs")
    expect(page.locator("[data-foreign]")).to_be_visible()
    page.get_by_label("Title of the proposal").fill("Theirs, changed")
    page.goto(f"{site}/proposal")
    expect(page.get_by_label("Title of the proposal")).to_have_value("Our call")
    page.goto(f"{site}/proposal?handbook=exchange&title=Theirs")
    page.get_by_role("button", name="Keep it here instead").click()
    page.goto(f"{site}/proposal")
    expect(page.get_by_label("Title of the proposal")).to_have_value("Theirs")


def test_the_practices_of_a_line_come_below_it(site: str, page: Page) -> None:
    page.goto(f"{site}/de/proposal")
    line = page.locator(".form-line", has_text="Credit for the online exchange is settled")
    line.get_by_role("link", name="Praxisbeispiele, die zeigen, wie").click()
    first = line.locator(".shows-how li a").first
    expect(first).to_be_visible()
    assert (first.get_attribute("href") or "").startswith("/de/practices/")
    zeppelin = page.locator(".form-line", has_text="Zeppelins fly.")
    zeppelin.get_by_role("link", name="Praxisbeispiele, die zeigen, wie").click()
    expect(zeppelin.locator(".shows-how .hint")).to_have_text("Kein Praxisbeispiel der Bibliothek zeigt das.")


def test_a_line_can_be_ticked_and_marked_by_keys_alone(site: str, page: Page) -> None:
    page.goto(f"{site}/proposal")
    box = page.get_by_label("The zeppelin is ready", exact=True)
    box.focus()
    page.keyboard.press("Space")
    expect(box).to_be_checked()
    group = page.get_by_role("group", name="Mark: Zeppelins")
    group.get_by_label("not marked").focus()
    page.keyboard.press("ArrowUp")
    expect(group.get_by_label("5: strong")).to_be_checked()


def test_it_is_a_plain_form_without_javascript(site: str, browser: Browser) -> None:
    with a_page(browser, has_script=False) as page:
        page.goto(f"{site}/proposal")
        page.get_by_label("The zeppelin is ready", exact=True).check()
        page.get_by_label("Title of the proposal").fill("Plain")
        page.get_by_role("button", name="Update this page").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Plain")
        page.locator("[data-address] .permalink").click()
        expect(page.get_by_label("The zeppelin is ready", exact=True)).to_be_checked()
        with page.expect_download() as loaded:
            page.get_by_role("button", name="DOCX").click()
        assert loaded.value.suggested_filename == "proposal.docx"


@pytest.mark.parametrize(
    "path",
    [
        "/proposal?handbook=exchange&title=A+call&notes=Some&id=exchange.credit&practices=1",
        "/proposal?handbook=guide",
        "/el/proposal?handbook=exchange",
    ],
)
def test_axe_finds_nothing_and_a_narrow_screen_is_enough(site: str, page: Page, path: str) -> None:
    page.goto(f"{site}{path}")
    for choice in page.locator("details").all():
        choice.locator("summary").first.click()
    assert_axe_is_content(page)
    assert_fits_a_narrow_screen(page)


def test_on_paper_it_is_the_forms_alone(site: str, page: Page) -> None:
    page.goto(f"{site}/proposal?handbook=exchange&title=Our+call&notes=Ask+the+partners")
    printed = pypdf.PdfReader(io.BytesIO(page.pdf(format="A4")))
    text = " ".join(" ".join(sheet.extract_text().split()) for sheet in printed.pages)
    assert len(printed.pages) == 1
    for words in ("Our call", "The zeppelin is ready", "Students asked for a seminar online."):
        assert words in text
    for words in ("Which handbooks", "DOCX", "Update this page", "JSON", "not marked", "None yet"):
        assert words not in text
