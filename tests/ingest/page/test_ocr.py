"""Pages without usable text are read by OCR where Tesseract is, and named with a remedy where it is not."""

from __future__ import annotations

import io
import shutil

import numpy as np
import pypdfium2
import pytest
from numpy.typing import NDArray
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from ingest import reader
from ingest.page import ocr
from ingest.page.raw import RawPage, Style, Word
from ingest.reading.extraction import Extraction
from kb.care.doubts import LeftOut, left_out
from tests.typesetting import HEIGHT, WIDTH, Text, paragraph, typeset

with_tesseract = pytest.mark.skipif(not shutil.which("tesseract"), reason="tesseract-ocr is not installed")
ENGLISH = "The students of each university present what they found to the council. "
GERMAN = "Die Studierenden jeder Hochschule stellen dem Rat vor, was sie gefunden haben. "
PROSE = "Students of three universities work on one case and present what they found to a city council. " * 3


def scanned(data: bytes, turn: float = 0.0) -> bytes:
    """A PDF of pictures of the pages, as a scanner makes it, a little askew."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(WIDTH, HEIGHT), invariant=True)
    document = pypdfium2.PdfDocument(data)
    for page in document:
        picture = page.render(scale=200 / 72, grayscale=True).to_pil().rotate(turn, fillcolor=255)
        canvas.drawImage(ImageReader(picture), 0, 0, WIDTH, HEIGHT)
        canvas.showPage()
    document.close()
    canvas.save()
    return out.getvalue()


def read(data: bytes) -> Extraction:
    return Extraction.of_data(reader.read({"name": "scan.pdf", "max_pages": 9}, data, lambda *_: None))


PAGE = [
    Text("River laboratory", 60, 90, 20, bold=True),
    Text("Need", 60, 140, 13, bold=True),
    *paragraph(PROSE, 60, 160, 440, 11, 14),
    Text("Results", 60, 300, 13, bold=True),
    *paragraph(PROSE, 60, 320, 440, 11, 14),
]


@with_tesseract
@pytest.mark.parametrize("turn", [0.0, 1.5])
def test_a_scan_has_its_headings_and_labels(turn: float) -> None:
    found = read(scanned(typeset([PAGE]), turn))
    titles = [s.title for s in found.records]
    assert "River laboratory" in titles
    labels = [f.label for r in found.records for f in r.fields]
    assert [label for label in labels if label] == ["Need", "Results"]
    page = found.pages[0]
    assert page.is_ocr
    assert not page.needs_ocr
    assert page.confidence is not None
    assert 0.8 <= page.confidence <= 1


def test_without_tesseract_the_page_is_named_and_the_remedy_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "installed", lambda: ())
    found = read(scanned(typeset([PAGE, PAGE])))
    assert [p.needs_ocr for p in found.pages] == [True, True]
    assert [u.page for u in found.unassigned] == [1, 2]
    why = left_out(found.unassigned[0])
    assert why.code is LeftOut.PICTURE
    assert str(why.values["package"]).startswith("tesseract-ocr-")


def test_the_skew_of_a_page_is_found() -> None:
    document = pypdfium2.PdfDocument(typeset([PAGE]))
    straight = document[0].render(scale=2, grayscale=True).to_pil()
    document.close()
    for turn in (-2.0, 0.0, 1.0):
        gray = np.asarray(straight.rotate(turn, fillcolor=255, resample=Image.Resampling.BICUBIC))
        assert abs(ocr._skew(gray) + turn) <= 0.5


def test_a_page_of_drawings_and_text_needs_no_ocr() -> None:
    assert not read(typeset([PAGE])).pages[0].is_ocr


@pytest.mark.parametrize(
    ("middle", "whole", "language", "pictures"),
    [(GERMAN * 6, ENGLISH * 6, "de", 1), ("Seite 1", ENGLISH * 6, "en", 2), ("", "", "en", 2)],
)
def test_language_is_found_out_on_a_third_of_a_page_if_that_says_enough(
    monkeypatch: pytest.MonkeyPatch, middle: str, whole: str, language: str, pictures: int
) -> None:
    shown: list[int] = []

    def read_image(gray: NDArray[np.uint8], _: str) -> tuple[list[Word], float]:
        shown.append(len(gray))
        style = Style(10.0, False, False, "OCR", 0)
        text = whole if len(gray) == 900 else middle
        return [Word(w, (0.0, 0.0, 1.0, 1.0), 1.0, style) for w in text.split()], 0.9

    monkeypatch.setattr(ocr, "installed", lambda: ("deu", "ell", "eng"))
    monkeypatch.setattr(ocr, "_read_image", read_image)
    page = RawPage(1, 595.0, 842.0, (), (), (), 0.0)
    found = ocr._found_out(page, lambda *_: np.full((900, 600), 255, dtype=np.uint8))
    assert (found, shown) == (language, [300, 900][:pictures])
