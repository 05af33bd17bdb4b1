"""Footnotes: markers taken off their words, notes apart and linked to where the marker stood."""

from __future__ import annotations

import pytest
import typst

from ingest.page.lines import Line, Role
from ingest.page.pdf import Glyphs
from ingest.tree.layout import lay_out
from tests.typesetting import Text, paragraph, typeset

PROSE = (
    "Students of two faculties read the same cases and discuss them online every week with their teachers. "
)


def read(data: bytes) -> list[Line]:
    with Glyphs(data, "x.pdf") as glyphs:
        return list(lay_out(glyphs.pages()).lines)


def texts(lines: list[Line], role: Role) -> list[str]:
    return [line.text for line in lines if line.role == role]


def marked(text: str, marker: str, rest: str, x: float, y: float, size: float = 10) -> list[Text]:
    """A line with a raised marker in it."""
    head = Text(text, x, y, size)
    sign = Text(marker, head.box[2], y - 0.35 * size, 0.6 * size)
    return [head, sign, Text(rest, sign.box[2], y, size)]


@pytest.mark.parametrize("marker", ["1", "12", "*", "a", "iv", "(3)", "[7]"])
@pytest.mark.parametrize("size", [7, 8, 9])
def test_a_note_is_set_apart_and_linked_to_its_place(marker: str, size: float) -> None:
    note = marked("", marker, " See the minutes of March.", 72, 760, size)[1:]
    first = [*paragraph(4 * PROSE, 72, 100, 400), *marked("and agree on the workflow", marker, ".", 72, 180)]
    second = [*paragraph(PROSE, 72, 100, 400), Text("and on a third", 72, 160)]
    found = read(typeset([[*first, *paragraph(PROSE, 72, 200, 400), *note], second]))
    assert "and agree on the workflow." in texts(found, Role.BODY)
    assert texts(found, Role.NOTE) == [f"{marker} See the minutes of March."]
    (line,) = (line for line in found if line.notes)
    assert (line.text, line.notes) == ("and agree on the workflow.", (f"{marker} See the minutes of March.",))


def test_a_power_and_an_ordinal_stay() -> None:
    page = [
        *paragraph(6 * PROSE, 72, 100, 400),
        *marked("an area of 25 km", "2", " and more", 72, 300),
        *marked("the 1", "st", " of May", 72, 330),
    ]
    assert {"an area of 25 km2 and more", "the 1st of May"} <= set(texts(read(typeset([page])), Role.BODY))


def test_a_marker_that_is_glued_to_its_note_is_one() -> None:
    page = [*paragraph(4 * PROSE, 72, 100, 400), *marked("and agree on the workflow", "3", ".", 72, 180)]
    small = [Text("3See the minutes of March.", 72, 760, 8), Text("3D prints are shown there.", 72, 770, 8)]
    found = read(typeset([[*page, *paragraph(PROSE, 72, 200, 400), *small]]))
    assert [note for line in found for note in line.notes] == [
        "3 See the minutes of March. 3D prints are shown there."
    ]


@pytest.mark.parametrize("keys", ["1 2 3 4", "i ii iii iv"])
def test_numbers_that_count_up_are_markers_wherever_their_notes_are(keys: str) -> None:
    pages = [
        [*paragraph(3 * PROSE, 72, 100, 400), *marked("and agree on the plan", key, ".", 72, 300)]
        for key in keys.split()
    ]
    assert texts(read(typeset(pages)), Role.BODY).count("and agree on the plan.") == len(pages)


def test_a_list_in_small_type_is_no_note() -> None:
    small = [Text(f"{n}. Take a chair and sit down", 72, 700 + 12 * n, 8) for n in range(1, 5)]
    found = read(typeset([[*paragraph(6 * PROSE, 72, 100, 400), *small]]))
    assert texts(found, Role.NOTE) == []


@pytest.mark.parametrize("numbering", ["1", "*", "a", "i"])
@pytest.mark.parametrize("size", ["10pt", "12pt"])
def test_a_sentence_runs_on_over_the_page_and_its_notes(numbering: str, size: str) -> None:
    source = f"""
#set page(width: 148mm, height: 210mm, margin: 20mm, numbering: "1")
#set text(size: {size})
#set footnote(numbering: "{numbering}")
#let prose = "The partners met twice and changed the plan after the first round of talks. "
#set par(justify: true)
#set super(typographic: {"false" if numbering.isalpha() else "true"})
= Shared Seminar
#for n in range(9) [#prose They agree on the workflow#footnote[Note #n, which is long enough to run over its line
and to be read as one. #prose]#[, and] then they part. #(prose * 4)]
"""
    found = read(typst.compile(source.encode()))
    body = " ".join(texts(found, Role.BODY))
    assert body.count("workflow,") == 9
    notes = [note for line in found for note in line.notes]
    assert len(notes) == 9
    assert all(f"Note {n}, which" in note and note.endswith("talks.") for n, note in enumerate(notes))
