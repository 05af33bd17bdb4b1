"""The site in Debian's Chromium: the main path with and without JavaScript, and axe-core on every page."""

from __future__ import annotations

import csv
import itertools
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from kb.search.library import Library
from tests import browsing, web_library
from tests.browsing import (
    DESKTOP,
    NARROW,
    PHONE,
    a_page,
    assert_axe_is_content,
    assert_fits_a_narrow_screen,
    walk_to,
)
from tests.kb.search.test_nothing import Shifted
from web.app import create_app

pytestmark = browsing.MARKS

PAGES = {
    "home": "/",
    "results": "/search?q=credit+for+online+exchange",
    "filtered": "/search?q=online+students&country=Sweden&kind=practice",
    "no question": "/search",
    "nothing fits": "/search?q=zeppelin",
    "nothing with these filters": "/search?q=credit&country=Norway",
    "practice": "/practices/exchange.credit",
    "field on its page": "/practices/exchange.credit?field=1#page",
    "field without a box": "/practices/exchange.credit?field=2",
    "practice read by OCR, in doubt": "/practices/exchange.tandem?field=1",
    "results read by OCR, in doubt": "/search?q=students+learn+languages",
    "practice in French": "/practices/guide.cours",
    "tool": "/tools/exchange.agreement",
    "annex": "/annexes/exchange.annex-a",
    "section": "/sections/exchange.why",
    "browse": "/browse?by=institution",
    "browse with a chart": "/browse?by=country",
    "map": "/map",
    "map with a need lit": "/map?q=credit+for+online+exchange",
    "map with a record marked": "/map?record=exchange.tandem&kind=practice",
    "university": "/institutions/university-of-bucharest",
    "country": "/countries/sweden",
    "theme": "/themes/health",
    "matrix": "/matrix",
    "handbook": "/handbooks/exchange",
    "page of a handbook": "/handbooks/exchange/pages/3",
    "pages of a handbook": "/handbooks/exchange/pages",
    "found in a handbook": "/handbooks/exchange/pages?find=second+line",
    "not found in a handbook": "/handbooks/exchange/pages?find=zeppelin",
    "found on a page": "/handbooks/exchange/pages/3?find=second+line",
    "record on a page": "/handbooks/exchange/pages/4?record=exchange.credit",
    "page read by OCR": "/handbooks/exchange/pages/5",
    "comparison": "/compare?id=exchange.credit&id=exchange.tandem",
    "comparison of what differs": "/compare?id=exchange.credit&id=exchange.tandem&only=differences",
    "one record to compare": "/compare?id=exchange.credit",
    "empty shortlist": "/shortlist",
    "shortlist": "/shortlist?id=exchange.credit&id=guide.cours&id=none&q=credit",
    "changes": "/handbooks/exchange/changes",
    "sign in": "/admin/sign-in",
    "api": "/api/docs",
    "not found": "/practices/none",
    "refused": "/search?q=%3F",
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the running site, on a free port."""
    encoder = Shifted()  # whose records are like one another
    settings = web_library.fill(tmp_path_factory.mktemp("library"), encoder, **web_library.ACCOUNT)
    with browsing.running(create_app(settings, lambda settings: Library.open(settings, encoder))) as url:
        yield url


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with browsing.launched() as opened:
        yield opened


def search_box(page: Page) -> Locator:
    """The box for a need: a combobox once the script offers suggestions, a search box without."""
    return page.locator("#ask")


@pytest.mark.parametrize("has_script", [True, False], ids=["script", "no script"])
def test_a_need_leads_to_a_practice_and_on_to_a_similar_one(
    site: str, browser: Browser, has_script: bool
) -> None:
    with a_page(browser, has_script=has_script) as page:
        page.goto(site)
        search_box(page).fill("award credit for an online exchange")
        page.get_by_role("button", name="Search").click()
        expect(page.locator("mark").first).to_be_visible()
        page.get_by_role("link", name="University of Bucharest").first.click()
        expect(page.locator(".hit")).to_have_count(1)
        page.get_by_role("heading", name="Credit for").get_by_role("link").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Credit for")
        picture = page.get_by_role("img", name="Page 1 of Handbook of exchange")
        expect(picture).to_be_visible()
        page.get_by_role("link", name="Page after").click()
        expect(page.get_by_role("img", name="Page 2 of Handbook of exchange")).to_be_visible()
        similar = page.get_by_role("region", name="Similar initiatives")
        similar.locator(".entry-title").first.click()
        expect(page.get_by_role("heading", level=1)).not_to_contain_text("Credit for")


def test_the_path_to_a_result_can_be_walked_by_keyboard(site: str, browser: Browser) -> None:
    with a_page(browser) as page:
        page.goto(site)
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        expect(search_box(page)).to_be_focused()
        page.keyboard.type("online exchange credit")
        page.keyboard.press("Enter")
        first = page.locator(".hit h2 a").first
        first.focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_be_visible()


@pytest.mark.parametrize("has_script", [True, False], ids=["script", "no script"])
def test_the_whole_path_is_walked_by_keyboard_alone(site: str, browser: Browser, has_script: bool) -> None:
    """Search, filter, open, similar, compare, export."""
    with a_page(browser, has_script=has_script) as page:
        page.goto(site)
        walk_to(page, search_box(page))
        page.keyboard.type("credit for an online exchange")
        page.keyboard.press("Enter")
        expect(page.locator(".hit")).not_to_have_count(1)
        walk_to(page, page.locator("#filters").get_by_role("link", name="University of Bucharest"))
        page.keyboard.press("Enter")
        expect(page.locator(".hit")).to_have_count(1)
        walk_to(
            page, page.get_by_role("link", name="Show 1 result")
        )  # from the filters, where choosing leaves one
        page.keyboard.press("Enter")
        walk_to(page, page.locator(".hit h2 a"))
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_contain_text("Credit for")
        similar = page.get_by_role("region", name="Similar initiatives")
        walk_to(page, similar.get_by_role("link", name="Compare").first)
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile("/compare"))
        compared = page.locator(".versus-head h2 a")
        expect(compared).to_have_count(2)
        titles = compared.all_inner_texts()
        walk_to(page, page.locator(".export summary"))
        page.keyboard.press("Enter")
        walk_to(page, page.locator(".export").get_by_role("link", name="CSV, whole"))
        with page.expect_download() as coming:
            page.keyboard.press("Enter")
        with coming.value.path().open(encoding="utf-8-sig", newline="") as file:
            assert [row["title"] for row in csv.DictReader(file)] == titles


def test_slash_goes_to_the_search_box_but_not_while_typing(site: str, browser: Browser) -> None:
    with a_page(browser) as page:
        page.goto(f"{site}/browse")
        page.keyboard.press("/")
        box = search_box(page)
        expect(box).to_be_focused()
        page.keyboard.type("and/or")
        expect(box).to_have_value("and/or")


def test_page_picture_opens_over_the_page_and_gives_the_focus_back(site: str, browser: Browser) -> None:
    with a_page(browser) as page:
        page.goto(site + PAGES["practice"])
        page.locator("a[data-zoom]").click()
        dialog = page.get_by_role("dialog")
        expect(dialog.get_by_role("img")).to_be_visible()
        page.keyboard.press("Escape")
        expect(dialog).to_have_count(0)
        expect(page.locator("a[data-zoom]")).to_be_focused()


def test_page_picture_without_script_leads_to_the_picture(site: str, browser: Browser) -> None:
    with a_page(browser, has_script=False) as page:
        page.goto(site + PAGES["practice"])
        page.locator("a[data-zoom]").click()
        expect(page).to_have_url(re.compile(r"\.png\?width=1600"))


@pytest.mark.parametrize("has_script", [True, False], ids=["script", "no script"])
@pytest.mark.parametrize("size", [DESKTOP, NARROW], ids=["wide", "narrow"])
def test_a_field_is_lit_on_the_picture_just_where_it_stands(
    site: str, browser: Browser, has_script: bool, size: tuple[int, int]
) -> None:
    with a_page(browser, has_script=has_script) as page:
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.goto(site + PAGES["practice"])
        page.locator("#field-1").get_by_role("link", name="p. 1").click()
        stays = has_script and size == DESKTOP  # the picture stands beside the text there
        expect(page).to_have_url(re.compile("field=1#field-1$" if stays else "field=1#page$"))
        expect(page.locator(".picture img")).to_be_in_viewport()
        expect(page.get_by_text("is marked on this page")).to_be_visible()
        sheet, lit = (page.locator(at).bounding_box() for at in (".picture img", ".box.is-lit"))
        assert sheet
        assert lit
        scale = sheet["width"] / 420
        x0, y0, x1, y1 = web_library.PRINTED
        assert lit["x"] - sheet["x"] == pytest.approx(x0 * scale, abs=5 * scale)
        assert lit["y"] - sheet["y"] == pytest.approx(y0 * scale, abs=5 * scale)
        assert lit["width"] == pytest.approx((x1 - x0) * scale, abs=8 * scale)
        assert lit["height"] == pytest.approx((y1 - y0) * scale, abs=6 * scale)


def test_box_on_a_page_leads_to_the_text_of_its_field(site: str, browser: Browser) -> None:
    with a_page(browser) as page:
        page.goto(site + PAGES["record on a page"])
        page.locator(".boxes .is-lit circle").click()  # over the words, a click selects them
        expect(page).to_have_url(re.compile(r"/practices/exchange\.credit\?field=1&page=4#field-1$"))


def test_words_of_a_page_can_be_selected_on_its_picture(site: str, browser: Browser) -> None:
    with a_page(browser) as page:
        page.goto(site + PAGES["page of a handbook"])
        line = page.locator(".words text")
        expect(line).to_have_count(1)
        line.click(click_count=3)
        assert "PDF page 3" in page.evaluate("getSelection().toString()")
        expect(page.get_by_role("dialog")).to_have_count(0)


def test_words_are_found_in_a_handbook_and_marked_on_the_picture(site: str, browser: Browser) -> None:
    with a_page(browser, has_script=False) as page:
        page.goto(site + PAGES["handbook"])
        page.get_by_label("Find in this handbook").fill("PDF")
        page.get_by_role("button", name="Find").click()
        expect(page.locator(".finds > li")).to_have_count(5)
        page.locator(".thumb").nth(1).click()
        expect(page.locator(".found")).to_have_count(1)
        page.get_by_role("link", name="Found next").click()
        expect(page).to_have_url(re.compile(r"/pages/3\?find=PDF$"))


def test_picture_at_full_size_shows_the_lit_field_too(site: str, browser: Browser) -> None:
    with a_page(browser) as page:
        page.goto(site + PAGES["field on its page"])
        page.locator("a[data-zoom]").click()
        expect(page.get_by_role("dialog").locator(".box.is-lit")).to_be_in_viewport()


def test_evidence_leads_from_a_hit_to_its_field(site: str, browser: Browser) -> None:
    with a_page(browser) as page:
        page.goto(f"{site}/search?q=credit+awarded+for+an+online+exchange&kind=practice")
        page.locator(".evidence").first.get_by_role("link", name="Need").click()
        expect(page.locator("#field-1")).to_be_in_viewport()
        expect(page.locator(".box.is-lit")).to_have_count(1)


def test_a_shortlist_is_kept_in_the_browser_and_said_aloud(site: str, browser: Browser) -> None:
    with a_page(browser) as page:
        page.goto(site + PAGES["practice"])
        on = page.get_by_role("button", name="shortlist")
        expect(on).to_have_attribute("aria-pressed", "false")
        on.focus()
        page.keyboard.press("Enter")
        expect(on).to_have_attribute("aria-pressed", "true")
        expect(page.locator("#shortlist-said")).to_have_text("Put on the shortlist. Entries: 1.")
        page.goto(site + PAGES["practice in French"])
        page.get_by_role("button", name="shortlist").click()
        page.get_by_role("navigation", name="Main").get_by_role("link", name="Shortlist 2").click()
        expect(page).to_have_url(f"{site}/shortlist?id=exchange.credit&id=guide.cours")
        expect(page.locator("[data-foreign]")).to_be_hidden()
        page.get_by_role("link", name=re.compile("Higher.*Un cours")).click()
        expect(page.locator(".shortlisted h2").first).to_contain_text("Un cours")
        page.get_by_role("link", name=re.compile("Remove.*Credit for")).click()
        expect(page.locator(".shortlisted h2")).to_have_count(1)
        page.goto(site)
        expect(page.get_by_role("link", name="Shortlist 1")).to_have_attribute(
            "href", "/shortlist?id=guide.cours"
        )


def test_results_that_are_chosen_join_what_is_on_the_shortlist(site: str, browser: Browser) -> None:
    with a_page(browser) as page:
        page.goto(site + PAGES["practice in French"])
        page.get_by_role("button", name="shortlist").click()
        page.goto(site + PAGES["results"])
        page.get_by_role("checkbox", name="Credit for").check()
        page.get_by_role("button", name="Shortlist the chosen").click()
        expect(page).to_have_url(f"{site}/shortlist?id=guide.cours&id=exchange.credit")


def test_a_list_that_came_by_its_address_is_taken_over_only_when_asked(site: str, browser: Browser) -> None:
    with a_page(browser) as page:
        page.goto(f"{site}/shortlist?id=guide.cours")
        expect(page.get_by_text("This list came by its address")).to_be_visible()
        page.get_by_role("link", name="Remove").click()
        page.goto(f"{site}/shortlist")
        expect(page.locator(".shortlisted")).to_have_count(0)
        page.goto(f"{site}/shortlist?id=guide.cours")
        page.get_by_role("button", name="Add it to mine").click()
        expect(page.get_by_role("link", name="Shortlist 1")).to_be_visible()
        expect(page.get_by_text("This list came by its address")).to_be_hidden()


def test_the_shortlist_grows_is_compared_and_exported_without_script(site: str, browser: Browser) -> None:
    with a_page(browser, has_script=False) as page:
        page.goto(site + PAGES["practice"])
        page.get_by_role("link", name="Put on the shortlist").click()
        page.get_by_role("searchbox", name="What are you looking for?").fill("students learn languages")
        page.get_by_role("button", name="Look").click()
        page.get_by_role("link", name=re.compile("Put on the shortlist.*Language")).click()
        expect(page.locator(".shortlisted h2")).to_have_count(2)
        page.get_by_text("Export", exact=True).click()
        with page.expect_download() as download:
            page.get_by_role("link", name="CSV, whole").click()
        assert download.value.suggested_filename == "shortlist.csv"
        page.get_by_role("button", name="Compare the chosen").click()
        expect(page).to_have_url(f"{site}/compare?id=exchange.credit&id=exchange.tandem")


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_nothing_runs_out_of_a_narrow_screen_and_no_heading_level_is_skipped_on(
    site: str, browser: Browser, name: str
) -> None:
    with a_page(browser) as page:
        page.goto(site + PAGES[name])
        assert_axe_is_content(page)
        assert_fits_a_narrow_screen(page)
        levels = page.locator("h1, h2, h3, h4").evaluate_all("all => all.map(h => Number(h.tagName[1]))")
        assert levels.count(1) == 1
        assert all(after - before <= 1 for before, after in itertools.pairwise([0, *levels]))


def test_print_shows_the_record_without_the_furniture(site: str, browser: Browser) -> None:
    with a_page(browser) as page:
        page.goto(site + PAGES["practice"])
        page.emulate_media(media="print")
        expect(search_box(page)).to_be_hidden()
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        expect(page.get_by_text(f"{site}/practices/exchange.credit")).to_be_visible()


@pytest.mark.parametrize("has_script", [True, False], ids=["script", "no script"])
def test_filters_are_a_sheet_on_a_phone_that_stays_while_one_chooses(
    site: str, browser: Browser, has_script: bool
) -> None:
    with a_page(browser, has_script=has_script) as page:
        page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
        page.goto(f"{site}/search?q=credit+for+online+exchange")
        sheet = page.get_by_role("complementary", name="Narrow down")
        expect(sheet).to_be_hidden()
        page.get_by_role("link", name="Narrow down").click()
        expect(sheet).to_be_in_viewport()
        sheet.get_by_role("link", name="Practice").click()
        expect(page).to_have_url(re.compile(r"kind=practice#filters$"))
        expect(sheet).to_be_in_viewport()
        if has_script:
            page.keyboard.press("Escape")
        else:
            sheet.get_by_role("link", name=re.compile(r"^Show \d+ results?$")).click()
        expect(sheet).to_be_hidden()
        expect(page.locator(".hit").first).to_be_visible()


def test_a_record_leads_back_to_its_results_and_on_to_the_next(site: str, browser: Browser) -> None:
    with a_page(browser) as page:
        page.goto(f"{site}/practices/exchange.credit")
        trail = page.get_by_role("navigation", name="Results of your search")
        expect(trail).to_be_hidden()
        page.goto(f"{site}/search?q=credit+for+online+exchange&limit=2")
        titles = page.locator("a[data-hit]").all_inner_texts()
        page.locator("a[data-hit]").nth(1).click()
        expect(trail).to_contain_text("2 of ")
        trail.get_by_role("link", name="Result before").click()
        expect(page.get_by_role("heading", level=1)).to_have_text(titles[0])
        trail.get_by_role("link", name="Next result").click()
        trail.get_by_role("link", name="Next result").click()
        expect(page).to_have_url(re.compile("page=2"))
        page.locator("a[data-hit]").first.click()
        expect(trail).to_contain_text("3 of ")
        trail.get_by_role("link", name="Back to the results").click()
        expect(page).to_have_url(re.compile("page=2"))


def test_a_search_is_kept_in_the_browser_until_it_is_removed(site: str, browser: Browser) -> None:
    with a_page(browser) as page:
        page.goto(f"{site}/de/search?q=online+students&kind=practice")
        page.get_by_text("Merken", exact=True).click()
        page.get_by_role("button", name="In diesem Browser merken").click()
        page.goto(site)
        kept = page.get_by_role("region", name="Searches that you keep")
        kept.get_by_role("link", name="online students", exact=True).click()
        expect(page).to_have_url(re.compile(r"/de/search\?q=online\+students&kind=practice$"))
        page.goto(site)
        expect(kept.get_by_role("link", name="Feed")).to_have_attribute("href", re.compile("search.atom"))
        kept.get_by_role("button", name="Remove").click()
        expect(kept).to_be_hidden()


def test_a_mark_on_the_map_is_said_on_a_card_while_pointed_at_or_focused(site: str, browser: Browser) -> None:
    with a_page(browser) as page:
        page.goto(f"{site}/map")
        card = page.locator("[data-map-card]")
        expect(card).to_be_hidden()
        spot = page.get_by_role("link", name=re.compile("^Language tandem online")).first
        spot.focus()
        expect(card).to_contain_text("Stockholm University")
        expect(card).to_be_in_viewport()
        page.keyboard.press("Escape")
        expect(card).to_be_hidden()
        page.locator("a.spot").first.hover()
        expect(card).to_be_visible()
