"""Characters whole: halves joined, accents set apart composed, in the order in which each setter draws them."""

from __future__ import annotations

import io
import unicodedata

import pytest
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from ingest.page.characters import Halves, composed, plain
from ingest.page.columns import read_page
from ingest.page.pdf import Glyphs
from ingest.page.raw import Glyph, Style, Type
from tests import pdfs

SIGNS = {
    "\u0300": "`",
    "\u0301": "´",
    "\u0302": "ˆ",
    "\u0303": "˜",
    "\u0304": "¯",
    "\u0306": "˘",
    "\u0307": "˙",
}
SIGNS |= {
    "\u0308": "¨",
    "\u030a": "˚",
    "\u030b": "˝",
    "\u030c": "ˇ",
    "\u0326": ",",
    "\u0327": "¸",
    "\u0328": "˛",
}
TEXTS = {
    "en": "naïve café",
    "de": "Österreich für Übung",
    "el": "Ελληνικά τόπος ϊ",
    "es": "señor España pingüino",
    "fr": "Élève à Noël, garçon, où, forêt",
    "it": "perché città È",
    "ro": "școală țară în Ștefan",
    "sv": "år möte nämnd Ångström",
    "cs": "Život příliš Dvořák",
    "pl": "żaba ręka",
    "hu": "őrült fű",
}


def glyphs(
    text: str, accent_first: bool, gaps: bool, raised: bool = True, angle: int = 0
) -> list[Glyph | None]:
    """A text set with its accents as signs of their own, over or under the middle of their letters."""
    kind = Type(Style(10, False, False, "Some", 0), angle, False)
    out: list[Glyph | None] = []
    at = 0.0

    def put(char: str, left: float, width: float, up: float = 0.0) -> Glyph:
        if angle == 90:
            return Glyph(char, (100 - up, left, 110 - up, left + width), 100 - up, left, kind)
        return Glyph(char, (left, 100 + up, left + width, 110 + up), left, 100 + up, kind)

    for char in text:
        if char == " ":
            out.append(None)
            at += 3
            continue
        base, *marks = list(unicodedata.normalize("NFD", char))
        shown = "ı" if base == "i" and marks and marks[0] in "\u0300\u0301\u0302\u0308" else base
        letter = put(shown, at, 5)
        rise = 2.0 if raised and base.isupper() else 0.0
        accents = [put(SIGNS[m], at + 1, 3, rise) for m in marks]
        parts = [*accents, letter] if accent_first else [letter, *accents]
        for part in parts:
            out += [part, None] if gaps and accents else [part]
        at += 5
    return out


def read_back(found: list[Glyph | None]) -> str:
    return "".join(" " if g is None else g.char for g in found).strip()


@pytest.mark.parametrize("angle", [0, 90])
@pytest.mark.parametrize("accent_first", [True, False], ids=["accent first", "letter first"])
@pytest.mark.parametrize("gaps", [True, False], ids=["gaps supposed", "no gaps"])
@pytest.mark.parametrize("language", TEXTS)
def test_accents_set_apart_are_put_onto_their_letters(
    language: str, gaps: bool, accent_first: bool, angle: int
) -> None:
    set_apart = glyphs(TEXTS[language], accent_first, gaps, angle=angle)
    assert " ".join(read_back(composed(set_apart)).split()) == TEXTS[language]


def test_an_accent_that_comes_after_the_whole_line_finds_its_capital() -> None:
    found = glyphs("École Été", accent_first=True, gaps=False)
    accents = [g for g in found if g and g.char == "´"]
    rest = [g for g in found if g is None or g.char != "´"]
    assert read_back(composed([*rest, None, *accents])) == "École Été"


@pytest.mark.parametrize("text", ["a ^ b", "l´eau", "20 °C", "s, t, so", "x ~ y", "n`importe"])
def test_signs_that_stand_by_themselves_stay(text: str) -> None:
    kind = Type(Style(10, False, False, "Some", 0), 0, False)
    found = [
        None if char == " " else Glyph(char, (5.0 * n, 100, 5.0 * n + 5, 110), 5.0 * n, 100, kind)
        for n, char in enumerate(text)
    ]
    assert read_back(composed(found)) == text


def test_a_letter_drawn_twice_gets_its_accent_once() -> None:
    once = glyphs("é", accent_first=True, gaps=False)
    assert {g.char for g in composed([*once, *once]) if g} <= {"é", "´"}


def test_accents_of_a_page_are_composed() -> None:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=pdfs.A4, invariant=True)
    canvas.setFont("Helvetica", 12)
    at = 72.0
    for char in "Les élèves de la forêt ont reçu Noël à la fin; Élodie":
        base, *marks = list(unicodedata.normalize("NFD", char))
        width = stringWidth(base, "Helvetica", 12)
        for mark in marks:
            sign = SIGNS[mark].replace("ˆ", "^")
            middle = at + (width - stringWidth(sign, "Helvetica", 12)) / 2
            canvas.drawString(middle, 702.5 if base.isupper() else 700, sign)
        canvas.drawString(at, 700, base)
        at += width
    canvas.save()
    with Glyphs(out.getvalue(), "h.pdf") as pages:
        lines = [line.text for page in pages.pages() for line in read_page(page)]
    assert lines == ["Les élèves de la forêt ont reçu Noël à la fin; Élodie"]


def test_both_halves_make_one_character() -> None:
    halves = Halves()
    assert [halves.join(unit) for unit in (0x41, 0xD83D, 0xDE00, 0xDE00)] == [0x41, None, 0x1F600, 0xDE00]


def test_characters_above_the_first_plane_are_kept_whole() -> None:
    data = pdfs.encoded_pdf(
        ["Talks # on & health"], {ord("#"): "😀", ord("&"): "𝒳"}, b"/Encoding /WinAnsiEncoding"
    )
    with Glyphs(data, "h.pdf") as pages:
        assert [line.text for line in read_page(pages.page(1))] == ["Talks 😀 on X health"]


@pytest.mark.parametrize(("sign", "letters"), [("ﬁ", "fi"), ("ﬄ", "ffl"), ("𝐀", "A"), ("é", "é"), ("²", "²")])
def test_signs_for_letters_are_read_as_letters(sign: str, letters: str) -> None:
    assert plain(sign) == letters
