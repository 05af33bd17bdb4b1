"""What repeats in the margins is furniture, unless it is set where and as text is set."""

from __future__ import annotations

import pytest

from ingest.page.lines import Line, Role
from ingest.page.pdf import Glyphs
from ingest.tree.layout import lay_out
from tests.typesetting import Text, paragraph, typeset

PLACES = ("Bucharest", "Glasgow", "Rome", "Stockholm", "Salzburg", "Lausanne")
PROSE = (
    "Students of two faculties read the same cases and discuss them online every week with their teachers."
)


def read(pages: list[list[Text]]) -> list[Line]:
    with Glyphs(typeset(pages), "x.pdf") as glyphs:
        return list(lay_out(glyphs.pages()).lines)


def texts(lines: list[Line], role: Role) -> list[str]:
    return [line.text for line in lines if line.role == role]


@pytest.mark.parametrize("label", ["Results", "Ergebnisse", "Resultados"])
@pytest.mark.parametrize("size", [9, 10, 12])
def test_a_label_that_opens_each_second_page_is_text(label: str, size: float) -> None:
    pages = []
    for place in PLACES:
        text = paragraph(f"In {place}: {PROSE}", 72, 90 + 1.4 * size, 400, size, 1.2 * size)
        pages.append([Text(f"Seminar of {place}", 72, 90, 1.5 * size, bold=True), *text[1:]])
        pages.append([Text(label, 72, 88, size, bold=True), *text])
    found = read(pages)
    assert texts(found, Role.BODY).count(label) == len(PLACES)
    assert texts(found, Role.RUNNING_HEAD) == []


@pytest.mark.parametrize("y", [750, 790])
def test_the_same_contact_at_each_foot_is_text_where_it_has_the_type_of_label_and_text(y: float) -> None:
    pages = [
        [
            Text(f"Seminar of {place}", 72, 130, 16, bold=True),
            Text("Objectives", 72, 160, 11, bold=True),
            *paragraph(f"In {place}: {PROSE}", 72, 175, 400),
            Text("Tools", 72, 230, 11, bold=True),
            Text("Moodle", 72, 245),
            Text("Contact", 72, y, 11, bold=True),
            Text("Office for Teaching, teaching@example.org", 72, y + 14),
        ]
        for place in PLACES
    ]
    assert texts(read(pages), Role.BODY).count("Office for Teaching, teaching@example.org") == len(PLACES)


@pytest.mark.parametrize("gap", [14, 20, 40])
def test_heads_by_chapter_stay_furniture_however_close_they_stand(gap: float) -> None:
    pages = [
        [
            Text(f"Chapter {n // 3 + 1}: {('Teaching', 'Learning')[n // 3]}", 72, 60, 9),
            *paragraph(f"In {place}: " + 6 * PROSE, 72, 60 + gap, 400),
        ]
        for n, place in enumerate(PLACES)
    ]
    assert len(texts(read(pages), Role.RUNNING_HEAD)) == len(PLACES)


@pytest.mark.parametrize(
    "stamp",
    [
        "Printed on 12/03/2024 14:{n:02}",
        "Gedruckt am 12.03.2024, 14:{n:02} Uhr",
        "file:///C:/handbook.html  12/03/24, 2:1{n} PM",
        "Downloaded by a reader from 192.0.2.{n}",
        "Impreso el 12/03/2024 a las 14:{n:02}",
    ],
)
@pytest.mark.parametrize("y", [30, 60, 790, 825])
def test_a_stamp_of_the_printer_is_furniture(stamp: str, y: float) -> None:
    pages = [
        [
            Text(f"Page {n} of {len(PLACES)}", 72, y, 7),
            Text(stamp.format(n=n), 380, y, 7),
            *paragraph(f"In {place}: " + 5 * PROSE, 72, 130, 400),
        ]
        for n, place in enumerate(PLACES, 1)
    ]
    found = read(pages)
    assert not [t for t in texts(found, Role.BODY) if "Page" in t or stamp[:8] in t]
