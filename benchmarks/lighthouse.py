"""Lighthouse's marks for every type of page that readers see: `python -m benchmarks.lighthouse`. Needs npm, Chromium.

Home, results and practice are marked on a phone and on a desktop and weighed, the others on a phone. A page that search
engines are asked not to list has no mark for being found by them.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import httpx

from benchmarks.setting import say
from benchmarks.site import CHROMIUM, site

LIGHTHOUSE = "lighthouse@12.8.2"
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
MAIN = ("home", "results", "practice")
OWN = ("admin", "review", "sign-in", "not-found")
"""Pages of those who sign in, and what is no page."""
WANTED = 95
MOST_BYTES = 100_000
ASSETS = ("/static/app.css", "/static/app.js")


def main() -> int:
    """Print a table: the marks of each page on a phone and on a desktop, and what it weighs."""
    if CHROMIUM is None or shutil.which("npm") is None:
        say("Lighthouse needs npm and Chromium: apt-get install npm chromium, then run this again")
        return 1
    rows, is_good = [], True
    with (
        tempfile.TemporaryDirectory(prefix="kb-lighthouse-") as folder,
        site(Path(folder)) as (address, paths),
    ):
        for name, path in paths.items():
            if name in OWN:
                continue
            shown = httpx.get(address + path, timeout=120)  # page pictures are rendered once
            is_listed = 'content="noindex"' not in shown.text
            for form in ("mobile", "desktop") if name in MAIN else ("mobile",):
                say(f"{name}, {form} ...")
                marks, failed = _marks(address + path, form)
                wanted = [mark for category, mark in marks.items() if is_listed or category != "seo"]
                rows.append((name, form, *(str(mark) for mark in marks.values()), "; ".join(failed)))
                is_good &= min(wanted) >= WANTED
            if name in MAIN:
                size = weight(address, path)
                say(f"{name}: HTML, CSS and JS {size} bytes")
                is_good &= size < MOST_BYTES
    print(f"| page | on | {' | '.join(CATEGORIES)} | not passed |\n|---|---|{'---|' * (len(CATEGORIES) + 1)}")
    for row in rows:
        print(f"| {' | '.join(row)} |")
    return 0 if is_good else 1


def weight(address: str, path: str) -> int:
    """Bytes of a page's HTML, style and script, not compressed."""
    html = httpx.get(address + path, headers={"Accept-Encoding": "identity"}, timeout=120).content
    assets = (httpx.get(address + asset, headers={"Accept-Encoding": "identity"}) for asset in ASSETS)
    return len(html) + sum(len(asset.content) for asset in assets)


def _marks(url: str, form: str) -> tuple[dict[str, int], list[str]]:
    """The marks by category, of 100, and the audits that did not pass."""
    preset = ["--preset=desktop"] if form == "desktop" else []
    done = subprocess.run(
        [
            *("npm", "exec", "--yes", "--", LIGHTHOUSE, url, "--quiet", "--output=json", *preset),
            f"--only-categories={','.join(CATEGORIES)}",
            "--chrome-flags=--headless=new --no-sandbox",
        ],
        env={**os.environ, "CHROME_PATH": str(CHROMIUM)},
        capture_output=True,
        text=True,
        check=True,
    )
    report = json.loads(done.stdout)
    marks = {name: round(100 * report["categories"][name]["score"]) for name in CATEGORIES}
    failed = [
        audit["id"]
        for category in CATEGORIES
        for reference in report["categories"][category]["auditRefs"]
        if reference["weight"]
        for audit in (report["audits"][reference["id"]],)
        if audit["score"] is not None and audit["score"] < 0.9
    ]
    return marks, failed


if __name__ == "__main__":
    sys.exit(main())
