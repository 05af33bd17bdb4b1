"""Text of other directions: marks and tabs are furniture, sideways pages are read upright, turned tables stay text."""

from __future__ import annotations

from functools import partial

import pytest
from reportlab.pdfgen.canvas import Canvas

from ingest.page.directions import along, back, glyph_box, main_of, of_matrix
from ingest.page.lines import Line, Role
from ingest.page.pdf import Glyphs
from ingest.tree.layout import lay_out
from tests.typesetting import HEIGHT, WIDTH, Text, drawn, paragraph, put, turn, typeset

PROSE = (
    "Students of two faculties read the same cases and discuss them online every week with their teachers. "
    "The seminar wants to give them a first official contact with colleagues who live abroad. "
)


def record(title: str, lines: int = 8) -> list[Text]:
    body = paragraph(PROSE * 3, 72, 172, 420)[:lines]
    return [Text(title, 72, 130, 18, bold=True), Text("Objectives", 72, 155, 11, bold=True), *body]


def read(data: bytes) -> list[Line]:
    with Glyphs(data, "x.pdf") as glyphs:
        return list(lay_out(glyphs.pages()).lines)


def texts(lines: list[Line], role: Role) -> list[str]:
    return [line.text for line in lines if line.role == role]


def marked(title: str, angle: float, word: str, size: float, gray: float = 0.8) -> bytes:
    """Two pages, each with a slanted mark across its text; drawn first, thus behind."""

    def draw(canvas: Canvas) -> None:
        canvas.saveState()
        canvas.translate(WIDTH / 2, HEIGHT - 180)
        canvas.rotate(angle)
        canvas.setFont("Helvetica-Bold", size)
        canvas.setFillGray(gray)
        canvas.drawCentredString(0, 0, word)
        canvas.restoreState()
        put(canvas, record(title))

    return drawn(draw, draw)


@pytest.mark.parametrize("angle", [-60, -45, 20, 30, 45, 55, 135, 240])
@pytest.mark.parametrize(("word", "size"), [("DRAFT", 90), ("ENTWURF", 60), ("Nur zur Ansicht", 24)])
def test_a_slanted_mark_behind_the_text_is_furniture(angle: float, word: str, size: float) -> None:
    lines = read(marked("River Law", angle, word, size))
    assert texts(lines, Role.BODY) == [t.text for t in record("River Law")] * 2
    assert texts(lines, Role.RUNNING_HEAD) == [word] * 2


@pytest.mark.parametrize("angle", [90, 270])
@pytest.mark.parametrize("x", [15, 50, 530, 580])
@pytest.mark.parametrize("names", [("ANNEX 1",) * 3, ("Chapitre A", "Chapitre B", "Chapitre C")])
def test_a_tab_at_the_side_is_furniture(angle: int, x: float, names: tuple[str, ...]) -> None:
    def draw(canvas: Canvas, name: str, y: float) -> None:
        put(canvas, [Text(name, 0, HEIGHT, 9)], angle, x, y)
        put(canvas, record(name + " and its title"))

    lines = read(drawn(*(partial(draw, name=name, y=300 + 40 * n) for n, name in enumerate(names))))
    assert texts(lines, Role.RUNNING_HEAD) == list(names)
    assert len(texts(lines, Role.BODY)) == len(names) * len(record(""))


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
@pytest.mark.parametrize("angle", [0, 90, 180, 270])
def test_a_page_drawn_turned_is_read_upright(angle: int, rotate: int) -> None:
    corner = {0: (0.0, 0.0), 90: (HEIGHT, 0.0), 180: (WIDTH, HEIGHT), 270: (0.0, WIDTH)}[angle]
    size = (HEIGHT, WIDTH) if angle in (90, 270) else (WIDTH, HEIGHT)
    data = turn(drawn(lambda canvas: put(canvas, record("River Law"), angle, *corner), size=size), rotate)
    upright = read(typeset([record("River Law")]))
    found = read(data)
    assert [line.text for line in found] == [line.text for line in upright]
    for line, same in zip(found, upright, strict=True):
        assert line.box == pytest.approx(same.box, abs=0.1)


def test_a_turned_table_on_an_upright_page_is_text() -> None:
    rows = [
        [Text("Partner", 0, 0, bold=True), Text("Credits", 120, 0, bold=True)],
        [Text("Glasgow", 0, 15), Text("three", 120, 15)],
        [Text("Rome", 0, 30), Text("five", 120, 30)],
        [Text("Lausanne", 0, 45), Text("six", 120, 45)],
    ]

    def draw(canvas: Canvas) -> None:
        put(canvas, [*record("River Law"), Text("After the table the text goes on here.", 72, 700)])
        put(canvas, [t for row in rows for t in row], 90, HEIGHT + 150, 300)

    lines = read(drawn(draw))
    found = texts(lines, Role.BODY)
    assert "Glasgow\tthree" in found
    assert found.index("Partner\tCredits") < found.index("Lausanne\tsix")
    assert found[-1] == "After the table the text goes on here."
    assert all(0 < line.box[0] < WIDTH and 0 < line.box[1] < HEIGHT for line in lines)


def test_the_head_of_a_page_with_a_turned_table_is_furniture() -> None:
    table = [
        Text(f"{name} teaches {n} courses together with its partners", 0, 12 * n)
        for n, name in enumerate("ABCDEF")
    ]

    def draw(canvas: Canvas) -> None:
        put(canvas, [Text("Handbook of Shared Teaching", 200, 30, 8), Text("12", 300, 820, 8)])
        put(canvas, table, 90, HEIGHT + 100, 200)

    lines = read(drawn(draw))
    assert texts(lines, Role.BODY) == [t.text for t in table]


def test_a_page_with_little_turned_text_stays_as_it_is_shown() -> None:
    with Glyphs(
        drawn(lambda canvas: put(canvas, [Text("Spine of the handbook, 2024", 0, 0, 20)], 90, 900, 200)),
        "x.pdf",
    ) as glyphs:
        page = glyphs.page(1)
    assert (page.width, page.height) == (WIDTH, HEIGHT)
    assert [line.text for line in lay_out([page]).lines] == ["Spine of the handbook, 2024"]


@pytest.mark.parametrize("angle", range(0, 360, 15))
def test_a_box_is_found_again_in_the_frame_of_its_text(angle: int) -> None:
    x, y = along(100, 200, angle)
    left, top, right, bottom = back((x, y, x, y), angle)
    assert (left, top, right, bottom) == pytest.approx((100, 200, 100, 200))
    box = glyph_box(back((x, y - 8, x + 5, y + 2), angle), (100, 200), angle, 10)
    assert box == pytest.approx((x, y - 8, x + 5, y + 2), abs=0.01) or angle % 90 == 45


def test_the_main_direction_needs_most_of_the_letters() -> None:
    assert main_of({0: 100, 90: 90}, 0) == 0
    assert main_of({0: 20, 90: 200}, 0) == 90
    assert main_of({0: 20, 90: 60}, 0) == 0, "a cover with a turned title stays upright"
    assert main_of({0: 500}, 90) == 0, "a page shown sideways is read upright"
    assert main_of({45: 500}, 0) == 0
    assert main_of({}, 270) == 270


def test_a_line_that_only_leans_counts_as_level() -> None:
    assert of_matrix(1, 0.05) == 0
    assert of_matrix(1, -0.05) == 0
    assert of_matrix(0.02, 1) == 90
    assert of_matrix(1, 1) == 45


def test_a_large_turned_title_beside_the_text_is_text() -> None:
    def draw(canvas: Canvas) -> None:
        put(canvas, [Text("CONTENTS", 0, HEIGHT, 48, bold=True)], 90, 60, 400)
        put(canvas, record("River Law"))

    assert "CONTENTS" in texts(read(drawn(draw)), Role.BODY)
