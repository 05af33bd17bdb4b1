"""Outline and contents page: a title that repeats is told by its place, a printed number by the page that bears it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from ingest.page.lines import Line, PrintedCell, PrintedRow, Role
from ingest.page.pdf import Glyphs
from ingest.page.raw import Bookmark
from ingest.tree import sections
from ingest.tree.contents import unrolled
from ingest.tree.layout import lay_out
from ingest.tree.printed_pages import numbers_on, printed_labels
from kb.words.vocabulary import Vocabulary
from tests.ingest.tree.test_sections import PROSE, shape
from tests.typesetting import Text, paragraph, typeset

NAMES = ("Bees in town", "Night shifts", "Old maps")
FIRST, STEP = 80, 200  # where records begin, and how far apart, in points


def records(*, bold_labels: bool = True) -> list[Text]:
    """Three records on a page, each with the same two labels."""
    drawn: list[Text] = []
    for number, name in enumerate(NAMES):
        top = FIRST + STEP * number
        drawn += [Text(name, 60, top, 15, bold=True), Text("Objectives", 60, top + 30, 11, bold=bold_labels)]
        drawn += paragraph(PROSE, 60, top + 45, 420)
        drawn += [Text("Results", 60, top + 100, 11, bold=True), *paragraph(PROSE, 60, top + 115, 420)]
    return drawn


def marks(tops: Sequence[bool] = (True,) * len(NAMES)) -> list[Bookmark]:
    """A true outline of the records; where `tops` is false it says the page only."""
    found: list[Bookmark] = []
    for number, (name, has_top) in enumerate(zip(NAMES, tops, strict=True)):
        top = FIRST + STEP * number
        for title, level, at in ((name, 0, top), ("Objectives", 1, top + 30), ("Results", 1, top + 100)):
            found.append(Bookmark(title, level, 1, at - 14.0 if has_top else None))
    return found


def tree(pages: Sequence[Sequence[Text]], outline: Sequence[Bookmark]) -> sections.Tree:
    with Glyphs(typeset(pages), "x.pdf") as glyphs:
        laid = lay_out(glyphs.pages())
    labels = [str(n + 1) for n in range(len(pages))]
    return sections.build(laid, outline, labels, Vocabulary.load(), "")


WHOLE = [(t, n) for name in NAMES for t, n in ((name, 0), ("Objectives", 1), ("Results", 1))]


@pytest.mark.parametrize("tops", [(True,) * 3, (False,) * 3, (True, False, True)])
def test_a_title_that_repeats_on_a_page_is_the_one_its_bookmark_points_to(tops: Sequence[bool]) -> None:
    found = tree([records()], marks(tops))
    assert shape(found.root) == WHOLE
    assert found.missing == ()


def test_bookmarks_in_another_order_find_their_places() -> None:
    own = marks()
    assert shape(tree([records()], [*own[3:6], *own[6:], *own[:3]]).root) == WHOLE


def test_bookmarks_that_all_point_to_the_top_of_the_page_go_in_order() -> None:
    assert shape(tree([records()], [replace(mark, top=0.0) for mark in marks()]).root) == WHOLE


def test_of_plain_lines_that_repeat_each_bookmark_promotes_its_own() -> None:
    assert shape(tree([records(bold_labels=False)], marks()).root) == WHOLE


def test_siblings_that_look_the_same_have_one_level_whatever_one_bookmark_says() -> None:
    pages = [
        [Text(f"Practice of {name}", 60, 90, 15, bold=True), *paragraph(PROSE, 60, 130, 420)]
        for name in "ABCDE"
    ]
    own = [Bookmark(f"Practice of {name}", int(name == "C"), n + 1, 76.0) for n, name in enumerate("ABCDE")]
    assert [level for _, level in shape(tree(pages, own).root)] == [0] * 5


def test_a_label_that_repeats_has_one_level_though_bookmarks_name_some_of_them_only() -> None:
    own = [mark for mark in marks() if mark.title != "Objectives" or mark.top != marks()[-2].top]
    assert shape(tree([records()], own).root) == WHOLE


def test_a_heading_of_the_same_look_above_the_others_stays_above_them() -> None:
    names = ["Practices", *(f"Practice of {name}" for name in "ABCD")]
    pages = [[Text(name, 60, 90, 15, bold=True), *paragraph(PROSE, 60, 130, 420)] for name in names]
    own = [Bookmark(name, int(n > 0), n + 1, 76.0) for n, name in enumerate(names)]
    assert [level for _, level in shape(tree(pages, own).root)] == [0, 1, 1, 1, 1]


def numeral(page: int, text: str, role: Role = Role.PAGE_NUMBER) -> Line:
    return Line(page, text, (0, 0, 1, 1), (), 0, 1, role=role)


def test_printed_numbers_are_read_from_each_page_over_a_divider_that_does_not_count() -> None:
    lines = [numeral(p, str(n)) for p, n in ((3, 1), (4, 2), (5, 3), (7, 4), (8, 5), (10, 7))]
    found = numbers_on(lines, 11)
    assert found == {"1": 3, "2": 4, "3": 5, "4": 7, "5": 8, "6": 9, "7": 10, "8": 11}


def test_a_spread_bears_two_printed_numbers_and_a_running_head_with_a_chapters_number_none() -> None:
    lines = [numeral(p, f"{2 * p}\tChapter 3 of 2021\t{2 * p + 1}", Role.RUNNING_HEAD) for p in range(2, 6)]
    assert {n: p for n, p in numbers_on(lines, 5).items() if int(n) >= 4} == {
        str(n): n // 2 for n in range(4, 12)
    }


def test_roman_numbers_of_the_front_matter_are_told_apart_from_the_texts() -> None:
    lines = [numeral(p, n) for p, n in ((2, "ii"), (3, "iii"), (4, "IV"), (5, "1"), (6, "2"), (7, "3"))]
    assert numbers_on(lines, 8) == {
        "i": 1, "ii": 2, "iii": 3, "iv": 4, "1": 5, "2": 6, "3": 7, "4": 8,
    }  # fmt: skip


@pytest.mark.parametrize("labels", [[str(n) for n in range(1, 9)], ["A", "B", "C", "D", "E", "F", "G", "H"]])
def test_the_label_of_a_page_is_the_number_that_it_prints(labels: Sequence[str]) -> None:
    lines = [numeral(p, str(n)) for p, n in ((3, 1), (4, 2), (6, 4), (7, 5))]
    said = ["", "", ""] if labels[0] == "1" else ["A", "B", "H"]
    assert printed_labels(lines, labels) == (said[0], said[1], "1", "2", "3", "4", "5", said[2])
    assert printed_labels(lines[:2], labels) == tuple(labels)


def test_numerals_that_do_not_grow_with_the_pages_are_no_page_numbers() -> None:
    assert numbers_on([numeral(p, "Version 2 of 2024", Role.RUNNING_HEAD) for p in range(1, 9)], 8) == {}
    assert numbers_on([numeral(p, "7", Role.BODY) for p in range(1, 9)], 8) == {}


def chapter(title: str, number: str) -> list[Text]:
    return [
        Text(title, 60, 90, 16, bold=True),
        *paragraph(PROSE * 4, 60, 120, 420),
        *paragraph(PROSE * 4, 60, 400, 420),
        Text(number, 290, 815, 9),
    ]


def test_a_contents_page_leads_to_the_page_that_bears_the_number_behind_a_divider() -> None:
    """Titles repeat, so that only the printed number tells which chapter is meant."""
    titles = ["Aims", "Rules", "Cases", "Rules", "Cases", "Aims"]
    entries = [("Aims", 1), ("Rules", 2), ("Cases", 3), ("Rules", 4), ("Cases", 5), ("Aims", 6)]
    contents = [Text("Contents", 60, 90, 16, bold=True)] + [
        Text(f"{title} {'.' * 60} {number}", 60 + 20 * (number in (2, 5)), 110 + 20 * number)
        for title, number in entries
    ]
    divider = [Text("Second part", 60, 400, 30, bold=True)]
    pages = [contents, *(chapter(t, str(n)) for n, t in enumerate(titles[:3], 1)), divider]
    pages += [chapter(t, str(n)) for n, t in enumerate(titles[3:], 4)]
    found = tree(pages, ())
    assert [(s.title, s.page, s.level) for s in found.root.walk() if s.title in titles] == [
        ("Aims", 2, 0),
        ("Rules", 3, 1),
        ("Cases", 4, 0),
        ("Rules", 6, 0),
        ("Cases", 7, 1),
        ("Aims", 8, 0),
    ]


def test_a_title_that_ends_in_a_full_stop_is_found_if_its_bookmark_does_too() -> None:
    title = "Begin with what partners have in common."
    page = [Text(title, 60, 90, 16, bold=True), *paragraph(PROSE, 60, 130, 420)]
    found = tree([page], [Bookmark(title, 0, 1, 75.0)])
    assert (shape(found.root), found.missing) == ([(title, 0)], ())


def test_a_list_of_contents_that_was_taken_for_a_rows_cells_is_lines_again() -> None:
    def at(x: float, y: float, text: str) -> Line:
        return Line(1, text, (x, y, x + 90, y + 10), (), x, x + 90)

    titles = at(60, 100, "Aims . . . . . . ."), at(60, 115, "Rules . . . . . . .")
    numbers = at(400, 100, "4"), at(400, 115, "7")
    cells = PrintedCell(titles), PrintedCell(numbers, 1)
    texts = tuple(cell.text for cell in cells)
    row = Line(
        1,
        "\t".join(texts),
        (60, 100, 490, 125),
        (),
        60,
        490,
        cells=texts,
        row=PrintedRow(1, cells, (60, 400, 490)),
    )
    assert [line.text for line in unrolled([row])] == ["Aims . . . . . . . 4", "Rules . . . . . . . 7"]
    plain = replace(
        row, row=PrintedRow(1, (PrintedCell((at(60, 100, "Cost"),)), PrintedCell(numbers, 1)), (60, 400, 490))
    )
    assert unrolled([plain]) == [plain]
