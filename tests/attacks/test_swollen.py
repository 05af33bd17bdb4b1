"""Text layers that swell when they are read: a font that says a whole book for each of its letters."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from ingest import pipeline
from kb.errors import ParseError
from kb.settings import Settings
from tests.pdfs import encoded_pdf


def test_a_page_of_a_book_for_each_letter_has_no_text_layer(tmp_path: Path) -> None:
    swollen = encoded_pdf(["aeae" * 20] * 40, {ord("a"): "word " * 1000, ord("e"): "x" * 5000})
    with suppress(ParseError):  # without Tesseract there is nothing to read
        found = pipeline.extract(Settings(tmp_path), swollen, name="swollen.pdf")
        assert sum(len(page.text) for page in found.pages) < 100_000


def test_a_dense_page_keeps_its_text(tmp_path: Path) -> None:
    dense = encoded_pdf(["some words of a page " * 3] * 50, {})
    found = pipeline.extract(Settings(tmp_path), dense, name="dense.pdf")
    assert "some words of a page" in found.pages[0].text
