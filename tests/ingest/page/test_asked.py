"""Glyphs asked for in a row are what PDFium says of each of them, when it is asked one by one with ctypes' checks."""

from __future__ import annotations

import ctypes
import io
from collections.abc import Iterator
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium
import pytest
from reportlab.pdfgen.canvas import Canvas

from ingest.page import asked
from ingest.page.asked import Asked
from kb import Box


def _pdf(lines: int) -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(595, 842))
    for number in range(lines):
        canvas.drawString(
            40 + number % 7, 800 - number * 780 / lines, f"Line {number}: naïve café – 3½ of “all”"
        )
    canvas.save()
    return out.getvalue()


@pytest.fixture
def page() -> Iterator[Any]:
    document = pypdfium2.PdfDocument(_pdf(40))
    textpage = document[0].get_textpage()
    yield textpage.raw
    document.close()


@pytest.fixture(params=[4096, 64, 7])
def at_once(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """How many glyphs are asked for in a row."""
    monkeypatch.setattr(asked, "_AT_ONCE", request.param)
    for room in (asked._rects, asked._points):
        room.cache_clear()
    yield request.param
    for room in (asked._rects, asked._points):
        room.cache_clear()


@pytest.mark.usefixtures("at_once")
def test_glyphs_in_a_row_are_those_asked_for_one_by_one(page: Any) -> None:
    glyphs = Asked(page)
    indexes = [index for index in range(glyphs.count) if index % 5]
    assert len(indexes) > 64
    assert glyphs.units() == [pdfium.FPDFText_GetUnicode(page, n) for n in range(glyphs.count)]
    assert glyphs.areas(indexes) == [_area(page, n) for n in indexes]
    assert glyphs.origins(indexes) == [_origin(page, n) for n in indexes]
    assert glyphs.items(indexes) == [_item(page, n) for n in indexes]
    assert glyphs.unmapped(indexes) == [pdfium.FPDFText_HasUnicodeMapError(page, n) == 1 for n in indexes]


def test_what_pdfium_cannot_place_has_no_area(page: Any) -> None:
    glyphs = Asked(page)
    assert [area is None for area in glyphs.areas([0, glyphs.count, 1])] == [False, True, False]


def _area(page: Any, index: int) -> Box:
    rect = pdfium.FS_RECTF()
    assert pdfium.FPDFText_GetLooseCharBox(page, index, rect)
    return rect.left, rect.bottom, rect.right, rect.top


def _origin(page: Any, index: int) -> tuple[float, float]:
    x, y = ctypes.c_double(), ctypes.c_double()
    pdfium.FPDFText_GetCharOrigin(page, index, x, y)
    return x.value, y.value


def _item(page: Any, index: int) -> int | None:
    item = pdfium.FPDFText_GetTextObject(page, index)
    return ctypes.addressof(item.contents) if item else None
