"""Tables keep their rows, columns and heads, however they are drawn and wherever a page ends."""

from __future__ import annotations

import io
from itertools import accumulate, pairwise, product

import pytest
from reportlab.pdfgen.canvas import Canvas

from ingest.page.grids import grids_of
from ingest.page.lines import Line, Role
from ingest.page.pdf import Glyphs
from ingest.page.whole import printed_tables
from ingest.tree.layout import lay_out
from kb.records import Box
from tests.typesetting import Text, paragraph, typeset

HEADS = ["Course", "Place", "Weeks"]
BODY = [
    ["River law for beginners and others", "The old town hall of the city", "4"],
    ["Quiet streets", "A school", "12"],
    ["Small museums and their visitors in winter", "Two houses at the harbour", "7"],
]
WIDTHS = [110, 90, 60, 80]


def table(
    rows: list[list[str]], top: float = 100, left: float = 60, bold: bool = True, air: float = 6
) -> tuple[list[Text], list[Box]]:
    """Rows of cells set one below the other, and the frame of each cell."""
    texts: list[Text] = []
    frames: list[Box] = []
    xs = [left + x for x in accumulate(WIDTHS[: len(rows[0])], initial=0)]
    for number, row in enumerate(rows):
        cells = [
            paragraph(cell, x + 3, top + 10, width - 6)
            for cell, x, width in zip(row, xs, WIDTHS, strict=False)
        ]
        bottom = top + max(len(cell) for cell in cells) * 12 + air
        if number == 0 and bold:
            cells = [[Text(t.text, t.x, t.y, t.size, bold=True) for t in cell] for cell in cells]
        texts += [t for cell in cells for t in cell if t.text]
        frames += [(a, top, b, bottom) for a, b in pairwise(xs)]
        top = bottom
    return texts, frames


def lines_of(pages: list[list[Text]], boxes: list[tuple[int, Box]] | None = None) -> tuple[Line, ...]:
    with Glyphs(typeset(pages, boxes=boxes or []), "x.pdf") as glyphs:
        return lay_out(glyphs.pages()).lines


def cells_of(lines: tuple[Line, ...]) -> list[list[str]]:
    (found,) = printed_tables([line for line in lines if line.role == Role.BODY])
    return [[cell.text if cell else "" for cell in row] for row in found.cells()]


@pytest.mark.parametrize("is_ruled", [True, False])
def test_cells_of_several_lines_keep_their_row_with_rules_and_without(is_ruled: bool) -> None:
    texts, frames = table([HEADS, *BODY], air=4 if is_ruled else 9)
    assert cells_of(lines_of([texts], [(1, f) for f in frames] if is_ruled else [])) == [HEADS, *BODY]


def test_text_above_and_below_a_table_is_read_around_it() -> None:
    texts, frames = table([HEADS, *BODY])
    above, below = Text("What is said above it.", 60, 80), Text("What is said below it.", 60, 300)
    found = lines_of([[below, *texts, above]], [(1, f) for f in frames])
    assert [found[0].text, found[-1].text] == [above.text, below.text]


def test_rows_of_a_table_without_rules_are_told_by_white_space() -> None:
    texts, _ = table([HEADS, *BODY], air=12)
    assert cells_of(lines_of([texts])) == [HEADS, *BODY]


def test_a_first_row_in_bold_heads_the_columns() -> None:
    texts, frames = table([HEADS, *BODY])
    found = [line.row for line in lines_of([texts], [(1, f) for f in frames]) if line.row]
    assert [row.is_head for row in found] == [True, False, False, False]


def test_a_cell_without_a_wall_takes_both_columns() -> None:
    texts, frames = table([HEADS, ["One text", "", "3"], *BODY])
    wide = (frames[3][0], frames[3][1], frames[4][2], frames[3][3])
    found = lines_of([texts], [(1, f) for f in [*frames[:3], wide, *frames[5:]]])
    rows = [line.row for line in found if line.row]
    assert [(c.text, c.column, c.columns) for c in rows[1].cells] == [("One text", 0, 2), ("3", 2, 1)]


def test_a_cell_without_a_floor_takes_both_rows() -> None:
    texts, frames = table([["Leeds", "Choir"], ["", "Garden"], ["Lund", "Robots"]], bold=False)
    tall = (*frames[0][:3], frames[2][3])
    found = lines_of([texts], [(1, f) for f in [tall, frames[1], *frames[3:]]])
    assert cells_of(found) == [["Leeds", "Choir"], ["Leeds", "Garden"], ["Lund", "Robots"]]


def test_a_table_goes_on_over_the_page_and_its_repeated_heads_count_once() -> None:
    first, frames = table([HEADS, *BODY], top=650)
    second, more = table([HEADS, ["Forest fires", "A camp", "2"]], top=60)
    boxes = [*((1, f) for f in frames), *((2, f) for f in more)]
    found = lines_of([first, second], boxes)
    assert cells_of(found) == [HEADS, *BODY, ["Forest fires", "A camp", "2"]]
    assert [line.text for line in found if line.role == Role.TABLE_HEAD] == ["\t".join(HEADS)]


def test_a_row_that_the_page_break_cuts_is_one() -> None:
    first, frames = table([HEADS, BODY[1], ["Night shifts", "A hospital that stands at the", "5"]], top=700)
    second, more = table(
        [["", "very end of the line", ""], ["Care homes", "Tübingen", "6"]], top=60, bold=False
    )
    boxes = [*((1, f) for f in frames), *((2, f) for f in more)]
    assert cells_of(lines_of([first, second], boxes))[2:] == [
        ["Night shifts", "A hospital that stands at the very end of the line", "5"],
        ["Care homes", "Tübingen", "6"],
    ]


def test_a_key_set_in_the_middle_of_its_row_stays_with_both_halves() -> None:
    first, frames = table([["Aim", "To learn"], ["", "They meet and"]], top=740, bold=False)
    second, more = table([["What", "talk every week"], ["Result", "A poster"]], top=60, bold=False)
    boxes = [*((1, f) for f in frames), *((2, f) for f in more)]
    assert cells_of(lines_of([first, second], boxes)) == [
        ["Aim", "To learn"],
        ["What", "They meet and talk every week"],
        ["Result", "A poster"],
    ]


def test_two_tables_with_text_between_them_are_two() -> None:
    first, frames = table([HEADS, *BODY])
    second, more = table([HEADS, *BODY], top=400)
    found = lines_of([[*first, Text("Another table", 60, 380), *second]], [(1, f) for f in [*frames, *more]])
    assert len(printed_tables(found)) == 2


@pytest.mark.parametrize("way", ["lines", "frames", "bars"])
def test_a_table_drawn_as_one_path_has_its_cells(way: str) -> None:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(595, 842), invariant=True)
    xs, ys = (60, 150, 240), (700, 670, 640)
    path = canvas.beginPath()
    if way == "frames":
        for (a, b), (top, bottom) in product(pairwise(xs), pairwise(ys)):
            path.rect(a, bottom, b - a, top - bottom)
    if way == "bars":
        for x in xs:
            path.rect(x, ys[-1], 0.5, ys[0] - ys[-1])
        for y in ys:
            path.rect(xs[0], y, xs[-1] - xs[0], 0.5)
    if way == "lines":
        for x in xs:
            path.moveTo(x, ys[0])
            path.lineTo(x, ys[-1])
        for y in ys:
            path.moveTo(xs[0], y)
            path.lineTo(xs[-1], y)
    canvas.drawPath(path, stroke=int(way != "bars"), fill=int(way == "bars"))
    for (x, _), (top, _) in product(pairwise(xs), pairwise(ys)):
        canvas.drawString(x + 4, top - 14, f"{x} {top}")
    canvas.save()
    with Glyphs(out.getvalue(), "x.pdf") as glyphs:
        found = lay_out(glyphs.pages()).lines
    assert cells_of(found) == [["60 700", "150 700"], ["60 670", "150 670"]]


def test_a_note_in_a_frame_is_no_table() -> None:
    note = paragraph(
        "A note that stands in a frame of its own and runs over some lines of text.", 70, 120, 200
    )
    with Glyphs(typeset([note], boxes=[(1, (60, 100, 300, 200))]), "x.pdf") as glyphs:
        page = glyphs.page(1)
        assert grids_of(page, page.words) == []


def test_two_columns_of_prose_in_a_ruled_frame_are_no_table() -> None:
    prose = "Students of three universities work on one case and present it to a city council. " * 12
    left, right = paragraph(prose, 64, 120, 220), paragraph(prose, 304, 120, 220)
    boxes: list[tuple[int, Box]] = [(1, (60, 100, 298, 700)), (1, (298, 100, 540, 700))]
    found = lines_of([[*left, *right]], boxes)
    assert [line.text for line in found] == [t.text for t in (*left, *right)]
