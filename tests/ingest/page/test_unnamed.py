"""Glyphs of bitmap fonts without a Unicode map are read by their codes where these spell text, and only there."""

from __future__ import annotations

import pytest

from ingest.page import Glyphs, RawPage
from ingest.page.unnamed import is_text
from tests import pdfs

SHIFTED = {code: chr(code - 29) for code in range(0x40, 0x7B)}


def bitmap_pdf(
    heading: str, text: str = "Plain text below the heading, in a font that all readers have."
) -> bytes:
    """A page whose heading is set in a Type 3 font with names such as a72, as TeX writes them, and no map."""
    names = b" ".join(b"/a%d" % code for code in range(32, 256))
    procedures = b" ".join(b"/a%d 6 0 R" % code for code in range(32, 256))
    shown = heading.encode("latin-1").hex().encode()
    content = b"BT /F1 16 Tf 72 700 Td <%s> Tj ET BT /F2 11 Tf 72 660 Td (%s) Tj ET" % (shown, text.encode())
    glyph = b"50 0 0 0 45 60 d1 5 5 35 50 re f"
    return pdfs.objects(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R "
        b"/F2 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>",
        b"<< /Length %d >> stream\n%s\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type3 /FontBBox [0 0 60 60] /FontMatrix [0.01 0 0 0.01 0 0] /FirstChar 32 "
        b"/LastChar 255 /Widths [%s] /Encoding << /Type /Encoding /Differences [32 %s] >> /CharProcs << %s >> >>"
        % (b" ".join([b"50"] * 224), names, procedures),
        b"<< /Length %d >> stream\n%s\nendstream" % (len(glyph), glyph),
    )


def words(data: bytes) -> tuple[str, RawPage]:
    with Glyphs(data, "h.pdf") as glyphs:
        page = next(iter(glyphs.pages()))
    return " ".join(word.text for word in page.words), page


@pytest.mark.parametrize("heading", ["Förord", "5.1 Une semaine d'écriture", "ERFAHRUNGEN 2024"])
def test_a_bitmap_font_of_tex_is_read_by_its_codes(heading: str) -> None:
    text, page = words(bitmap_pdf(heading))
    assert text.startswith(heading.split(maxsplit=1)[0])
    assert "Plain text" in text
    assert page.unmapped == 0.0


@pytest.mark.parametrize(
    "heading", ["Förord till handboken".translate(SHIFTED), "\xb1\xb2k\xb3 \xb1ab\xb5", "xyz"]
)
def test_codes_that_spell_nothing_stay_unknown(heading: str) -> None:
    text, page = words(bitmap_pdf(heading))
    assert text.startswith("Plain text")
    assert page.unmapped > 0


def test_words_are_told_from_codes_by_letters_vowels_and_capitals() -> None:
    assert is_text(["Einleitung"])
    assert is_text(["LEGAL", "MATTERS", "II"])
    assert not is_text(["kqrwx", "zzbd"])
    assert not is_text(["aBeDiFo", "eHaKiLo"])
