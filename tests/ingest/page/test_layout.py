"""Reading order, running heads, page numbers, contents pages and hyphens."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader, PdfWriter, Transformation

from ingest.page.lines import LaidOut, Role
from ingest.page.pdf import Glyphs
from ingest.page.text import clean, join_lines
from ingest.tree.layout import lay_out
from kb.words import word_key
from tests.typesetting import HEIGHT, WIDTH, Text, paragraph, typeset

PROSE = "Students of three universities work on one case and present what they found to a city council. " * 3


def laid_out(data: bytes) -> LaidOut:
    with Glyphs(data, "x.pdf") as glyphs:
        return lay_out(glyphs.pages())


def texts(found: LaidOut, role: Role) -> list[str]:
    return [line.text for line in found.lines if line.role == role]


def test_a_full_width_heading_comes_before_both_columns() -> None:
    heading = Text(
        "A heading over the whole width of the page that crosses the gutter", 60, 80, 16, bold=True
    )
    left, right = paragraph("Left " + PROSE, 60, 120, 220), paragraph("Right " + PROSE, 320, 120, 220)
    found = laid_out(typeset([[*right, *left, heading]]))
    assert [line.text for line in found.lines] == [t.text for t in (heading, *left, *right)]


def test_a_title_drawn_after_its_text_is_read_first() -> None:
    found = laid_out(typeset([[*paragraph(PROSE, 60, 200, 400), Text("The title", 60, 120, 18, bold=True)]]))
    assert found.lines[0].text == "The title"


def test_table_cells_stay_in_their_row() -> None:
    rows = [("Level", "Master"), ("Duration", "Two weeks"), ("Language", "English"), ("ECTS", "3")]
    drawn = [
        Text(t, x, 100 + 20 * n) for n, row in enumerate(rows) for t, x in zip(row, (60, 200), strict=True)
    ]
    assert [line.cells for line in laid_out(typeset([drawn])).lines] == rows


def test_running_heads_and_page_numbers_are_told_apart() -> None:
    pages = [
        [
            Text("University of Somewhere", 60, 40),
            *paragraph(f"Page {n}: {PROSE}", 60, 120, 400),
            Text(str(n), 300, 810),
        ]
        for n in range(1, 6)
    ]
    found = laid_out(typeset(pages))
    assert texts(found, Role.RUNNING_HEAD) == ["University of Somewhere"] * 5
    assert texts(found, Role.PAGE_NUMBER) == ["1", "2", "3", "4", "5"]
    assert not any("Somewhere" in text for text in texts(found, Role.BODY))


def test_a_heading_that_recurs_at_the_top_of_some_pages_stays_text() -> None:
    pages = [
        [
            Text("Checklist" if n % 4 == 0 else f"Part {chr(65 + n)}", 60, 60, 14),
            *paragraph(PROSE, 60, 120, 400),
        ]
        for n in range(12)
    ]
    assert texts(laid_out(typeset(pages)), Role.BODY).count("Checklist") == 3


def test_a_contents_page_is_no_text_and_gives_its_entries() -> None:
    entries = [
        ("Introduction", 3),
        ("Guide to the design of courses", 5),
        ("Annex 1: Practices", 9),
        ("Annex 2: Tools", 20),
    ]
    drawn = [Text("Contents", 60, 80, 16, bold=True)]
    drawn += [Text(f"{t} {'.' * 40} {p}", 60, 120 + 16 * n) for n, (t, p) in enumerate(entries)]
    found = laid_out(typeset([drawn, paragraph(PROSE, 60, 120, 400)]))
    assert [(e.title, e.printed) for e in found.contents] == [(t, str(p)) for t, p in entries]
    assert all(line.page == 2 for line in found.body())


def test_a_bullet_and_its_text_are_one_line() -> None:
    found = laid_out(
        typeset(
            [
                [
                    Text("\u2022", 60, 100),
                    Text("an item", 80, 100),
                    Text("–", 60, 120),
                    Text("another", 80, 120),
                ]
            ]
        )
    )
    assert [line.text for line in found.lines] == ["• an item", "• another"]


def test_a_hyphen_at_a_line_end_goes_unless_the_compound_is_printed_elsewhere() -> None:
    assert (
        join_lines(["a work-", "shop on self-", "study"], frozenset({"self-study"}))
        == "a workshop on self-study"
    )
    assert join_lines(["the Rhine-", "Main area"]) == "the Rhine-Main area"
    assert (
        join_lines(["the Romance-", "speaking world"], frozenset({"romance", "speaking"}))
        == "the Romance-speaking world"
    )
    assert join_lines(["co\u00ad", "operate"]) == "cooperate"


@given(st.text())
def test_cleaning_is_done_once_and_for_all(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@given(st.text())
def test_folding_keeps_only_letters_digits_and_single_spaces(text: str) -> None:
    folded = word_key(text)
    assert folded == " ".join(folded.split())
    assert all(c.isalnum() or c == " " for c in folded)


def test_two_printed_pages_on_one_sheet_are_read_one_after_the_other() -> None:
    writer = PdfWriter()
    pages = PdfReader(io.BytesIO(typeset([page_of("First"), page_of("Second")]))).pages
    sheet = writer.add_blank_page(2 * WIDTH, HEIGHT)
    sheet.merge_page(pages[0])
    sheet.merge_transformed_page(pages[1], Transformation().translate(WIDTH, 0))
    out = io.BytesIO()
    writer.write(out)
    read = [line.text for line in laid_out(out.getvalue()).lines]
    assert read == [t.text for name in ("First", "Second") for t in page_of(name)]


def page_of(name: str) -> list[Text]:
    return [Text(f"{name} heading", 60, 90, 16, bold=True), *paragraph(f"{name}: {PROSE}", 60, 130, 440)]


def test_text_boxes_side_by_side_are_read_one_after_the_other() -> None:
    boxes = [
        (36, 120, "Institution", "University of Bucharest"),
        (36, 200, "Objectives", PROSE),
        (36, 330, "Activities", PROSE),
        (320, 120, "Results", "Forty students finished the seminar and received three credits each."),
        (320, 300, "Tools", "Moodle, Zoom"),
    ]
    slide = [
        [Text(label, x, y, 14, bold=True), *paragraph(text, x, y + 17, 230)] for x, y, label, text in boxes
    ]
    title = [Text("A long title whose second line", 60, 70, 30), Text("runs into a box", 240, 112, 30)]
    found = laid_out(typeset([[*title, *(text for box in slide for text in box)]]))
    assert [line.text for line in found.lines] == [
        t.text for t in (*title, *(t for box in slide for t in box))
    ]


def test_a_table_with_two_bold_heads_stays_a_table() -> None:
    rows = [
        ("Institution", "Results"),
        ("University of Bucharest", "Forty students"),
        ("Rome", "Sixty students"),
    ]
    drawn = [
        Text(t, x, 100 + 20 * n, bold=n == 0)
        for n, row in enumerate(rows)
        for t, x in zip(row, (60, 260), strict=True)
    ]
    assert [line.cells for line in laid_out(typeset([drawn])).lines] == rows


def test_a_large_mark_behind_the_text_joins_no_line() -> None:
    text = paragraph(PROSE, 60, 200, 400, lead=14)
    mark = [Text("NO", 90, 214, 70, bold=True), Text("COPY", 220, 214, 70, bold=True)]
    found = laid_out(typeset([[*mark, *text], [*mark, Text("A page with little text", 60, 120)]]))
    assert texts(found, Role.BODY) == [*(t.text for t in text), "A page with little text"]
    assert texts(found, Role.RUNNING_HEAD) == ["NO COPY", "NO COPY"]


@pytest.mark.parametrize("gutter", [8, 10, 14])
@pytest.mark.parametrize("shift", [0, 5])
def test_columns_with_a_narrow_gutter_are_read_one_after_the_other(gutter: float, shift: float) -> None:
    left, right = (
        paragraph("Left " + PROSE, 60, 120, 220),
        paragraph("Right " + PROSE, 280 + gutter, 120, 220),
    )
    stretched = [
        replace(t, x=60 + 220 - t.box[2] + t.box[0]) if n % 3 == 0 else t for n, t in enumerate(left)
    ]
    moved = [replace(t, y=t.y + shift) for t in right]
    found = laid_out(typeset([[*stretched, *moved]]))
    assert [line.text for line in found.lines] == [t.text for t in (*stretched, *moved)]


def test_words_of_stretched_lines_are_no_columns() -> None:
    lines = [
        [
            Text("Students of three universities work", 60, 120 + 14 * n),
            Text("on one case", 220 + 3 * (n % 3), 120 + 14 * n),
        ]
        for n in range(8)
    ]
    found = laid_out(typeset([[t for line in lines for t in line]]))
    assert len(found.lines) == len(lines)
