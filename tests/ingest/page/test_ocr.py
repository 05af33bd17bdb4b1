"""Pages without usable text are read by OCR where Tesseract is, and named with a remedy where it is not."""

from __future__ import annotations

import io
import shutil
from collections.abc import Sequence

import numpy as np
import pypdfium2
import pytest
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from ingest import reader
from ingest.page import ocr
from ingest.page.ocr import Gray
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


def blank(number: int) -> RawPage:
    return RawPage(number, WIDTH, HEIGHT, (), (), (), 0.0)


def words_of(text: str) -> list[Word]:
    style = Style(10.0, False, False, "OCR", 0)
    return [Word(w, (0.0, 0.0, 1.0, 1.0), 1.0, style) for w in text.split()]


def pictures(data: bytes) -> list[Gray]:
    document = pypdfium2.PdfDocument(data)
    found = [np.array(page.render(scale=ocr.DPI / 72, grayscale=True).to_pil()) for page in document]
    document.close()
    return found


def table(*rows: tuple[int, int, str, int]) -> dict[str, list[object]]:
    """Tesseract's table of words: page, line, text, how sure of 100."""
    columns: dict[str, list[object]] = {
        "page_num": [r[0] for r in rows],
        "line_num": [r[1] for r in rows],
        "text": [r[2] for r in rows],
        "conf": [r[3] for r in rows],
        "left": [20 * n for n in range(len(rows))],
        "top": [40 * r[1] for r in rows],
    }
    same = {"block_num": 1, "par_num": 1, "width": 15, "height": 12}
    return columns | {name: [value] * len(rows) for name, value in same.items()}


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

    def read_images(grays: Sequence[Gray], _: str) -> list[tuple[list[Word], float]]:
        (gray,) = grays
        shown.append(len(gray))
        return [(words_of(whole if len(gray) == 900 else middle), 0.9)]

    monkeypatch.setattr(ocr, "installed", lambda: ("deu", "ell", "eng"))
    monkeypatch.setattr(ocr, "_read_images", read_images)
    found = ocr._found_out(blank(1), lambda *_: np.full((900, 600), 255, dtype=np.uint8))
    assert (found, shown) == (language, [300, 900][:pictures])


@pytest.mark.parametrize(("count", "asked"), [(1, 1), (2, 2), (5, 3)])
def test_the_language_is_found_out_on_a_page_from_the_middle(
    monkeypatch: pytest.MonkeyPatch, count: int, asked: int
) -> None:
    seen: list[int] = []
    used: list[str] = []

    def found_out(page: RawPage, _: ocr.Render) -> str:
        seen.append(page.number)
        return "de"

    def read_images(grays: Sequence[Gray], names: str) -> list[tuple[list[Word], float]]:
        used.append(names)
        return [(words_of(GERMAN), 0.9) for _ in grays]

    monkeypatch.setattr(ocr, "installed", lambda: ("deu", "eng"))
    monkeypatch.setattr(ocr, "_found_out", found_out)
    monkeypatch.setattr(ocr, "_read_images", read_images)
    pages = [blank(number) for number in range(1, count + 1)]
    found = ocr.read(pages, lambda *_: np.zeros((9, 9), dtype=np.uint8), "", lambda *_: None)
    assert (sorted(found), seen, set(used)) == ([p.number for p in pages], [asked], {"deu"})


@pytest.mark.parametrize(
    ("lang", "installed", "names"),
    [
        ("fr", ("ell", "eng", "fra"), "fra"),
        ("en", ("ell", "eng", "fra"), "eng"),
        ("el", ("ell", "eng", "fra"), "ell+eng"),
        ("el", ("ell", "fra"), "ell"),
        ("cs", ("ell", "eng", "fra"), "eng"),
        ("cs", ("fra",), "fra"),
    ],
)
def test_a_latin_language_is_read_alone_and_another_script_with_english_beside_it(
    monkeypatch: pytest.MonkeyPatch, lang: str, installed: tuple[str, ...], names: str
) -> None:
    monkeypatch.setattr(ocr, "installed", lambda: installed)
    assert ocr._names(lang) == names


def test_each_page_gets_its_own_words_however_many_are_read_together(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []

    def read_images(grays: Sequence[Gray], _: str) -> list[tuple[list[Word], float]]:
        sizes.append(len(grays))
        return [(words_of(str(gray[0, 0])), 0.9) for gray in grays]

    told: list[tuple[int, int]] = []
    monkeypatch.setattr(ocr, "installed", lambda: ("eng",))
    monkeypatch.setattr(ocr, "_read_images", read_images)
    pages = [blank(number) for number in range(1, 12)]
    found = ocr.read(
        pages, lambda n, _: np.full((9, 9), n, np.uint8), "en", lambda done, of: told.append((done, of))
    )
    assert {number: r.page.words[0].text for number, r in found.items()} == {n: str(n) for n in range(1, 12)}
    assert (sorted(sizes), told) == ([1, 2, 4, 4], [(8, 11), (11, 11)])


@with_tesseract
def test_pages_read_together_are_read_as_each_alone() -> None:
    other = [Text("A second page", 60, 90, 20), *paragraph(ENGLISH * 3, 60, 160, 440, 11, 14)]
    grays = pictures(typeset([PAGE, [Text("", 0, 0, 9)], other]))
    together = ocr._read_images(grays, "eng")
    assert together == [ocr._read_images([gray], "eng")[0] for gray in grays]
    assert [bool(words) for words, _ in together] == [True, False, True]


def test_a_picture_that_fails_takes_no_other_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def data(grays: Sequence[Gray], _: str) -> dict[str, list[object]] | None:
        bad = any(gray[0, 0] == 0 for gray in grays)
        return None if bad else table(*((n, 1, "word", 90) for n in range(1, len(grays) + 1)))

    monkeypatch.setattr(ocr, "_data", data)
    grays = [np.full((90, 90), level, np.uint8) for level in (255, 0, 255)]
    assert [[w.text for w in words] for words, _ in ocr._read_images(grays, "eng")] == [
        ["word"],
        [],
        ["word"],
    ]


def test_a_line_is_kept_whole_or_not_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tesseract doubts words beside a cramped apostrophe or a sign that it does not know, and reads them right."""
    rows = table(
        *(
            (1, 1, text, sure)
            for text, sure in (("part", 95), ("de", 93), ("l'administration", 3), ("est", 90))
        ),
        *((1, 2, text, sure) for text, sure in (("|", 4), ("oY", 12), ("ii", 40))),
    )
    monkeypatch.setattr(ocr, "_data", lambda *_: rows)
    ((words, _),) = ocr._read_images([np.full((300, 300), 255, np.uint8)], "fra")
    assert [w.text for w in words] == ["part", "de", "l'administration", "est"]
