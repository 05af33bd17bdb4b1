"""Administration in Chromium: a handbook's way from upload to readers, and axe-core on each page of it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests import browsing
from tests.browsing import a_page, assert_axe_is_content, assert_fits_a_narrow_screen
from tests.pdfs import handbook_pdf
from tests.web.conftest import SECRET, Work

pytestmark = browsing.MARKS
PUBLISHED = {
    "start": "/admin/handbooks",
    "job": "/admin/jobs/1",
    "editions and settings": "/admin/handbooks/{book}?done=settings",
    "log": "/admin/log",
    "settings": "/admin/settings?done=yes",
    "review": "/admin/review",
    "record under review": "/admin/review/{record}",
    "needs": "/admin/needs",
    "record as it is read": "/practices/{record}",
    "field as it is read": "/practices/{record}?field=2",
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with browsing.launched() as opened:
        yield opened


def sign_in(page: Page, url: str) -> None:
    page.goto(f"{url}/admin")
    page.get_by_label("Password or token").fill(SECRET)
    page.get_by_label("Your name").fill("Ada")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("Signed in as Ada")).to_be_visible()


def upload(page: Page, content: bytes, name: str = "small.pdf") -> None:
    page.get_by_label("A PDF file").set_input_files(
        {"name": name, "mimeType": "application/pdf", "buffer": content}
    )
    page.get_by_role("button", name="Read it in").click()
    expect(page.get_by_role("heading", name="It is being read")).to_be_visible()


def see(page: Page, heading: str) -> None:
    """Wait until the job's page, which loads itself anew, says that its work is done."""
    expect(page.get_by_role("heading", name=heading)).to_be_visible(timeout=30_000)


@pytest.mark.parametrize("has_script", [True, False], ids=["script", "no script"])
def test_a_handbook_goes_from_sign_in_over_its_plan_to_the_readers(
    office: tuple[str, Work], browser: Browser, has_script: bool
) -> None:
    url, work = office
    with a_page(browser, has_script=has_script) as page:
        sign_in(page, url)
        upload(page, handbook_pdf())
        work()
        see(page, "A new handbook")
        page.get_by_role("button", name="Publish it").click()
        expect(page.get_by_role("heading", name="It is being published")).to_be_visible()
        work()
        see(page, "The handbook is in the library")
        page.get_by_role("link", name="See the handbook").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Small Handbook")
        page.goto(f"{url}/admin")
        page.get_by_role("button", name="Sign out").click()
        page.goto(f"{url}/admin")
        expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_axe_finds_nothing_on_the_pages_of_those_who_sign_in(
    office: tuple[str, Work], browser: Browser
) -> None:
    url, work = office
    with a_page(browser) as page:
        sign_in(page, url)
        assert_good(page)  # nothing there yet
        upload(page, handbook_pdf(practices=8))
        assert_good(page)  # waiting
        work()
        see(page, "A new handbook")
        assert_good(page)
        page.get_by_role("button", name="Publish it").click()
        work()
        see(page, "The handbook is in the library")
        book = re.sub(".*/", "", str(page.get_by_role("link", name="Small Handbook").get_attribute("href")))
        page.goto(f"{url}/admin")
        upload(page, handbook_pdf(practices=4), "shorter.pdf")
        work()
        see(page, "What edition 2 would change")
        page.locator("details").evaluate_all("all => all.forEach(one => { one.open = true })")
        assert_good(page)
        page.get_by_label("Yes, remove them").check()
        page.get_by_role("button", name="Publish edition 2").click()
        work()
        see(page, "Edition 2 is the current one")
        record = page.request.get(f"{url}/browse.json").json()["groups"][0]["items"][0]["id"]
        for path in PUBLISHED.values():
            page.goto(url + path.format(book=book, record=record))
            page.locator("details").evaluate_all("all => all.forEach(one => { one.open = true })")
            assert_good(page)


def test_review_is_worked_through_by_keyboard(office: tuple[str, Work], browser: Browser) -> None:
    url, work = office
    with a_page(browser) as page:
        sign_in(page, url)
        upload(page, handbook_pdf(practices=9))  # two of one title
        work()
        see(page, "A new handbook")
        page.get_by_role("button", name="Publish it").click()
        work()
        see(page, "The handbook is in the library")
        page.goto(f"{url}/admin/review")
        things = page.locator("[data-thing]")
        before = things.count()
        assert before >= 2
        page.keyboard.press("j")
        expect(things.nth(0)).to_be_focused()
        page.keyboard.press("j")
        expect(things.nth(1)).to_be_focused()
        page.keyboard.press("k")
        page.keyboard.press("t")
        assert page.evaluate("document.activeElement.name") == "value"
        page.keyboard.press("j")  # is typed, and moves nothing
        page.keyboard.press("Escape")
        expect(things.nth(0)).to_be_focused()
        page.keyboard.press("n")
        expect(page.get_by_text("readers see it now")).to_be_visible()
        expect(things.nth(0)).to_be_focused()  # the one that came next
        page.keyboard.press("u")
        expect(page.get_by_text("is undone")).to_be_visible()
        assert things.count() == before
        assert_good(page)


def assert_good(page: Page) -> None:
    page.set_viewport_size({"width": browsing.DESKTOP[0], "height": browsing.DESKTOP[1]})
    assert_axe_is_content(page)
    assert_fits_a_narrow_screen(page)
