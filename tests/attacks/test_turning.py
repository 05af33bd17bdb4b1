"""Characters that turn text around, in a handbook, in a need, in a library of before: nothing shows them."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from fastapi.testclient import TestClient

from ingest import pipeline
from kb.search.library import Library
from kb.settings import Settings
from kb.turning import straight
from tests import web_library
from tests.pdfs import handbook_pdf
from web.app import create_app

SIGNS = "".join(map(chr, (0x61C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))))
TITLE = f"Handbook {SIGNS}fdp.exe"


def test_only_they_go() -> None:
    assert straight(f"a{SIGNS}b\u200bc\u0301é שלום") == "ab\u200bc\u0301é שלום"


def test_pages_and_exports_of_a_library_that_has_them_show_none(tmp_path: Path) -> None:
    turned = replace(
        web_library.RECORDS[0],
        id="exchange.turned",
        title=TITLE,
        position=99,
        fields=(web_library.field(f"Aims{SIGNS}", f"Credit {SIGNS}for all.", 2),),
    )
    settings = web_library.fill(tmp_path, more=(turned,))
    with Library.open(settings) as library, TestClient(create_app(settings, lambda _: library)) as web:
        for path in ("/search", "/map", "/browse", "/sections/exchange.turned", "/handbooks/exchange"):
            page = web.get(path, params={"q": f"credit {TITLE}"})
            assert (page.status_code, straight(page.text)) == (200, page.text)
        for ending in ("csv", "bib", "ris", "export.json"):
            text = web.get(f"/sections/exchange.turned.{ending}").text
            assert "fdp.exe" in text
            assert straight(text) == text


def test_a_handbook_with_them_is_read_without(tmp_path: Path) -> None:
    settings = Settings(tmp_path)
    pipeline.ingest(
        settings, handbook_pdf(subject=SIGNS + "subject", title=TITLE), name=f"{SIGNS}fdp.exe.pdf"
    )
    with Library.open(settings) as library, TestClient(create_app(settings, lambda _: library)) as web:
        book = web.get("/index.json").json()["handbooks"][0]["handbook"]["url"]
        assert "fdp.exe" in web.get(book).text
        for path in ("/", book, "/search?q=students", "/browse", "/map", f"{book}/changes", "/feed.atom"):
            assert straight(page := web.get(path).text) == page
        for ending in ("csv", "bib", "ris", "export.json"):
            text = web.get(f"{book}.{ending}").text
            assert straight(text) == text
        sheet = openpyxl.load_workbook(io.BytesIO(web.get(f"{book}.xlsx").content))
        cells = [str(cell.value) for one in sheet for row in one for cell in row]
        assert list(map(straight, cells)) == cells


@pytest.mark.parametrize("sign", SIGNS)
def test_each_is_taken_out(sign: str) -> None:
    assert straight(f"a{sign}b") == "ab"
