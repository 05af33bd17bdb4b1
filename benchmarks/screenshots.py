"""Picture every type of page, light, dark and on a phone: `python -m benchmarks.screenshots [FOLDER]`.

The pictures are for looking at. Those that the README shows are put into docs/img anew with `--readme`.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.setting import ROOT, say
from benchmarks.site import CHROMIUM, TOKEN, site

FOLDER = ROOT / "build" / "screenshots"
IMAGES = ROOT / "docs" / "img"
README: tuple[tuple[str, str, Literal["light", "dark"]], ...] = (
    ("results", "search", "light"),
    ("practice-field", "practice", "light"),
    ("map", "map", "dark"),
)
"""Which pages the README shows, as visitors see them: the page, the picture's name, the theme."""
LOOKS: tuple[tuple[str, int, int, Literal["light", "dark"]], ...] = (
    ("light", 1280, 900, "light"),
    ("dark", 1280, 900, "dark"),
    ("phone", 390, 844, "light"),
    ("phone-dark", 390, 844, "dark"),
)


def main() -> int:
    """Serve the sample, picture it, and say where the pictures are."""
    if CHROMIUM is None:
        say("no Chromium here; apt-get install chromium, then run this again")
        return 1
    given = [Path(word) for word in sys.argv[1:] if not word.startswith("--")]
    folder = given[0] if given else FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="kb-screenshots-") as data,
        site(Path(data)) as (address, paths),
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for look, width, height, theme in LOOKS:
            say(f"picturing {len(paths)} pages: {look} ...")
            page = _signed_in(browser, address, width, height, theme)
            for name, path in paths.items():
                page.goto(address + path, wait_until="networkidle")
                page.screenshot(path=folder / f"{name}-{look}.png", full_page=True)
                _complain(page, f"{name}, {look}")
            page.context.close()
        if "--readme" in sys.argv:
            _picture_for_readme(browser, address, paths)
        browser.close()
    print(folder)
    return 0


def _picture_for_readme(browser: Browser, address: str, paths: Mapping[str, str]) -> None:
    for name, shown, theme in README:
        context = browser.new_context(viewport={"width": 1280, "height": 860}, color_scheme=theme)
        page = context.new_page()
        page.goto(address + paths[name], wait_until="networkidle")
        page.screenshot(path=IMAGES / f"{shown}.png")
        context.close()


def _signed_in(
    browser: Browser, address: str, width: int, height: int, theme: Literal["light", "dark"]
) -> Page:
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=theme, reduced_motion="reduce"
    )
    page = context.new_page()
    page.goto(f"{address}/admin/sign-in")
    page.get_by_label("Token").or_(page.locator("input[type=password]")).first.fill(TOKEN)
    name = page.locator("input[name=name]")
    if name.count():
        name.fill("Screenshots")
    page.locator("main form button").first.click()
    return page


def _complain(page: Page, what: str) -> None:
    """Say what runs out of the screen: nobody scrolls sideways."""
    width, seen = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    if width > seen:
        say(f"{what}: {width - seen} pixels wider than the screen")


if __name__ == "__main__":
    sys.exit(main())
