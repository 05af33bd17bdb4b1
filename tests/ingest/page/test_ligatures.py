"""Ligatures without Unicode are read by what they look like; what is not known is counted and told."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
import typst
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

from ingest import caveats
from ingest.page import Glyphs, RawPage
from kb.records import Caveat
from kb.said import Flaw
from tests import pdfs

TEXTS = {
    "en": "The lights of the hall filled slowly while people listened; half of it is useful for life. Official office, "
    "efficient flow, affluent waffle, find, reflect, difficult effort, confirm, profile, figure, coffee, stiff.",
    "de": "Auf dem Hof lief alles gut, denn ein Brief hilft allen. Schaffen, Stoff, Kaffee, finden, Pflicht, Konflikt, "
    "Grafik, treffen, Auflage, Effizienz, Koffer, Schiff, Profil für alle im Hof auf.",
    "fr": "Le fil du projet fut difficile à suivre; afficher, officiel, flux, fleur, fin, final, profil, conflit, "
    "souffle, siffler, chiffre, bref il est neuf, vif et actif.",
}
UNKNOWN_SIGN = {code: chr(code) for code in range(0x20, 0x7F)} | {0x23: "\ufffd", 0x2A: "\ufffd"}
WRONG = {"none": b"<FFFD>", "private": b"<E0A4>", "rare": b"<019F>"}


def without_ligatures(text: str, font: str, size: int, said: bytes = b"<FFFD>") -> bytes:
    """A page whose ToUnicode says one wrong thing of every ligature that begins with an f."""
    source = f'#set page(width: 595pt, height: 842pt)\n#set text(font: "{font}", size: {size}pt)\n{text}'
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(typst.compile(source.encode()))))
    changed = 0
    fonts: list[Any] = [o for o in writer._objects if isinstance(o, DictionaryObject) and "/ToUnicode" in o]
    for font_object in fonts:
        table = font_object["/ToUnicode"].get_object().get_data()
        stream = DecodedStreamObject()
        lied, times = re.subn(rb"<0066[0-9A-F]{4,8}>", said, table)
        stream.set_data(lied)
        changed += times
        font_object[NameObject("/ToUnicode")] = writer._add_object(stream)
    assert changed >= 4
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def pages(data: bytes) -> list[RawPage]:
    with Glyphs(data, "h.pdf") as glyphs:
        return list(glyphs.pages())


@pytest.mark.parametrize("said", WRONG)
@pytest.mark.parametrize("size", [9, 11, 16])
@pytest.mark.parametrize("font", ["Libertinus Serif", "New Computer Modern"])
@pytest.mark.parametrize("language", TEXTS)
def test_ligatures_are_read_by_what_they_look_like(language: str, font: str, size: int, said: str) -> None:
    (page,) = pages(without_ligatures(TEXTS[language], font, size, WRONG[said]))
    assert " ".join(w.text for w in page.words) == TEXTS[language]
    assert page.holes == 0
    assert not list(caveats.of_holes([page], ()))


def test_a_glyph_in_a_word_that_looks_like_no_letters_is_told() -> None:
    data = pdfs.encoded_pdf(["Half of the pro*le is full"], UNKNOWN_SIGN)
    found = pages(data)
    assert found[0].holes == 1
    assert list(caveats.of_holes(found, ())) == [Caveat(Flaw.HOLES, (1,), values=(("count", 1),))]
    assert not list(caveats.of_holes(found, {1}))


def test_leader_dots_without_unicode_are_no_holes() -> None:
    data = pdfs.encoded_pdf(["Chapter ######### 12"], UNKNOWN_SIGN)
    (page,) = pages(data)
    assert page.holes == 0
    assert [w.text for w in page.words] == ["Chapter", "12"]
