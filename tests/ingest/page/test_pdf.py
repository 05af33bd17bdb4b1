"""The glyph reader: boxes where the text stands, whatever the page's frame; hidden text apart."""

from __future__ import annotations

import pytest

from ingest.page.pdf import Glyphs
from ingest.page.structure import open_structure
from ingest.tree.layout import lay_out
from kb.errors import ParseError
from kb.records import Box
from tests.pdfs import encrypted_pdf, text_pdf
from tests.typesetting import HEIGHT, WIDTH, Text, paragraph, typeset


def overlap(a: Box, b: Box) -> float:
    """Intersection over union of two boxes."""
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0.0

    def area(box: Box) -> float:
        return (box[2] - box[0]) * (box[3] - box[1])

    return width * height / (area(a) + area(b) - width * height)


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
def test_a_page_shown_turned_is_read_upright(rotate: int) -> None:
    text = Text("The quick brown fox jumps over the lazy dog", 90, 200, size=14)
    with Glyphs(typeset([[text]], rotate=rotate), "x.pdf") as glyphs:
        page = glyphs.page(1)
        picture = glyphs.gray(1, 595)
    box = (
        min(w.box[0] for w in page.words),
        min(w.box[1] for w in page.words),
        max(w.box[2] for w in page.words),
        max(w.box[3] for w in page.words),
    )
    assert (page.width, page.height, picture.shape) == (WIDTH, HEIGHT, (842, 595))
    assert overlap(box, text.box) >= 0.9
    left, top, right, bottom = map(round, text.box)
    assert picture[top:bottom, left:right].min() < 128, "the picture shows another page than the boxes are of"


def test_a_cropped_page_counts_from_its_own_corner() -> None:
    text = Text("Cropped text that keeps its place", 120, 300, size=12)
    with Glyphs(typeset([[text]], crop=(50, 100, 500, 700)), "x.pdf") as glyphs:
        page = glyphs.page(1)
    left, top, right, bottom = text.box
    line = lay_out([page]).lines[0]
    assert (round(page.width), round(page.height)) == (450, 600)
    assert overlap(line.box, (left - 50, top - 100, right - 50, bottom - 100)) >= 0.9


def test_each_line_of_two_columns_keeps_its_own_box() -> None:
    words = "reading order matters because columns are read one after the other and never across " * 4
    left, right = paragraph(words, 60, 120, 220), paragraph(words, 320, 120, 220)
    with Glyphs(typeset([[*left, *right]]), "x.pdf") as glyphs:
        lines = lay_out(glyphs.pages()).lines
    assert [line.text for line in lines] == [t.text for t in (*left, *right)]
    assert min(overlap(line.box, t.box) for line, t in zip(lines, (*left, *right), strict=True)) >= 0.9


@pytest.mark.parametrize(
    "hidden",
    [
        Text("secret words", 100, 300, invisible=True),
        Text("secret words", 100, 300, white=True),
        Text("secret words", 100, 300, size=0.5),
        Text("secret words", 900, 300),
    ],
    ids=["invisible mode", "white on white", "below a point", "off the page"],
)
def test_hidden_text_is_told_apart(hidden: Text) -> None:
    with Glyphs(typeset([[Text("shown words", 100, 200), hidden]]), "x.pdf") as glyphs:
        page = glyphs.page(1)
    assert "secret" not in " ".join(w.text for w in page.words)
    assert "".join(page.hidden).replace(" ", "") == "secretwords"


def test_bold_and_size_are_read() -> None:
    with Glyphs(
        typeset([[Text("Loud", 100, 200, size=18, bold=True), Text("soft", 100, 300)]]), "x.pdf"
    ) as g:
        loud, soft = g.page(1).words
    assert (loud.style.size, loud.style.bold) == (18, True)
    assert (soft.style.size, soft.style.bold) == (10, False)


def test_outline_labels_and_title_are_read() -> None:
    data = typeset(
        [[Text("One", 100, 100)], [Text("Two", 100, 100)]],
        bookmarks=[("One", 1, 0), ("Two", 2, 1)],
        title="A title",
    )
    found = open_structure(data, "x.pdf", "", 10)
    assert found.title == "A title"
    assert [(b.title, b.level, b.page) for b in found.outline] == [("One", 0, 1), ("Two", 1, 2)]
    assert found.labels == ("1", "2")


def test_too_many_pages_say_which_setting_to_raise() -> None:
    with pytest.raises(ParseError, match=r"x\.pdf: 3 pages, more than 2.*KB_MAX_PAGES"):
        open_structure(text_pdf(3), "x.pdf", "", 2)


def test_an_encrypted_file_opens_with_its_password_only() -> None:
    data = encrypted_pdf("sesame")
    with pytest.raises(ParseError, match="encrypted; pass --password"):
        open_structure(data, "x.pdf", "", 10)
    with pytest.raises(ParseError, match="password given does not open it"):
        open_structure(data, "x.pdf", "wrong", 10)
    assert open_structure(data, "x.pdf", "sesame", 10).labels
