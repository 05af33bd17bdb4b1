"""What the tests in Chromium and Firefox share: a running site, browsers, pages that report what goes wrong."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from fastapi import FastAPI
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, sync_playwright

from tests import firefox
from tests.listening import listening

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
MARKS = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here; apt-get install chromium runs these"),
]
HAS_FIREFOX = pytest.mark.skipif(
    firefox.FIREFOX is None, reason="no Firefox here; apt-get install firefox-esr runs these"
)
DESKTOP, PHONE, NARROW = (1280, 900), (390, 844), (320, 640)
LOOKS: tuple[tuple[tuple[int, int], Literal["light", "dark"]], ...] = (
    (DESKTOP, "light"),
    (DESKTOP, "dark"),
    (NARROW, "dark"),
    (NARROW, "light"),
)
OF_COLOURS = ("color-contrast", "link-in-text-block")
"""The rules of axe's that another theme alone can break."""


@contextmanager
def running(app: FastAPI) -> Iterator[str]:
    """The address of the application, served on a free port."""
    with listening(app, log_level="warning", timeout_graceful_shutdown=3) as port:
        yield f"http://127.0.0.1:{port}"


@contextmanager
def launched(name: str = "chromium") -> Iterator[Browser]:
    """Chromium, or Firefox, without a window."""
    with sync_playwright() as playwright, tempfile.TemporaryDirectory(prefix="kb-browser-") as folder:
        if name == "firefox":
            program = firefox.program(Path(folder))
            opened = playwright.firefox.launch(channel="moz-firefox", executable_path=program)
        else:
            opened = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


@contextmanager
def a_page(browser: Browser, has_script: bool = True) -> Iterator[Page]:
    """A page that fails the test when something goes wrong in it."""
    context = browser.new_context(java_script_enabled=has_script, reduced_motion="reduce")
    context.set_default_timeout(10_000)
    context.set_default_navigation_timeout(30_000)  # the first page of a busy machine
    page = context.new_page()
    page.set_viewport_size({"width": DESKTOP[0], "height": DESKTOP[1]})
    wrong: list[str] = []

    def listen(said: ConsoleMessage) -> None:
        if (
            "Content Security" in said.text and ".png" not in page.url
        ):  # Chromium styles a bare picture itself
            wrong.append(said.text)

    page.on("console", listen)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("response", lambda got: wrong.append(f"{got.status} {got.url}") if got.status >= 500 else None)
    yield page
    context.close()
    assert wrong == [], wrong


def assert_axe_is_content(page: Page) -> None:
    """Fail on what axe finds in the page as it is open, at a wide and a narrow width, each in either theme."""
    page.evaluate(AXE_SCRIPT)
    before = None
    for size, theme in LOOKS:
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.emulate_media(color_scheme=theme)
        options: dict[str, object] = {"resultTypes": ["violations"]}
        if size == before:
            options["runOnly"] = list(OF_COLOURS)
        else:
            options["rules"] = {"target-size": {"enabled": True}}
        found = AxeResults(page.evaluate("options => axe.run(options)", options))
        assert found.violations_count == 0, f"{page.url} {size[0]} {theme}: {found.generate_report()}"
        before = size


def assert_fits_a_narrow_screen(page: Page) -> None:
    """Fail when the open page has to be scrolled sideways on a small phone."""
    page.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW[0], page.url


def walk_to(page: Page, wanted: Locator, most: int = 150) -> None:
    """Press Tab until something has the focus, as those do who use no mouse; each stop must be seen."""
    for _ in range(most):
        page.keyboard.press("Tab")
        outline, is_reached = wanted.evaluate(
            "it => [getComputedStyle(document.activeElement).outlineStyle, it === document.activeElement]"
        )
        assert outline != "none", page.evaluate("document.activeElement.outerHTML")
        if is_reached:
            return
    raise AssertionError(f"{wanted} is not reached by {most} steps")
