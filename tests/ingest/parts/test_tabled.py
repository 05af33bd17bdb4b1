"""A table with a practice a row, or a column, is practices; one that lists them, or others, is none."""

from __future__ import annotations

import pytest

from ingest import reader
from ingest.parts.tabled import without_overviews
from ingest.reading.extraction import Extraction
from kb.records import Box, Field, FieldTable, Kind, Record, Span, TableCell
from tests.ingest.page.test_tables import table
from tests.typesetting import Text, paragraph, typeset

HEADS = ["Title", "Objectives", "Results"]
BODY = [
    ["Law clinic", "To try cases", "Forty took part"],
    ["Choir at a distance", "To sing together", "A concert"],
    ["Old harbours", "To draw maps", "Nine maps"],
]
COVER = [Text("A handbook of everything", 60, 200, 24, bold=True)]
INTRO = [Text("Annex 1: Good practices", 60, 80, 16, bold=True), Text("As told by partners.", 60, 100)]


def read(rows: list[list[str]], before: list[list[Text]] | None = None) -> tuple[Record, ...]:
    texts, frames = table(rows, top=120)
    return found_in([COVER, *(before or []), [*INTRO, *texts]], frames)


def found_in(pages: list[list[Text]], frames: list[Box]) -> tuple[Record, ...]:
    data = typeset(pages, boxes=[(len(pages), f) for f in frames])
    found = Extraction.of_data(reader.read({"name": "x.pdf", "max_pages": 99}, data, lambda *_: None))
    return found.of(Kind.PRACTICE)


def as_printed(records: tuple[Record, ...]) -> list[list[str]]:
    return [[r.title, *(f.text for f in r.fields)] for r in records]


def test_each_row_is_a_practice_with_the_heads_as_labels() -> None:
    found = read([HEADS, *BODY])
    assert as_printed(found) == BODY
    assert all([f.label for f in r.fields] == HEADS[1:] for r in found)
    assert [r.annex_label for r in found] == ["Annex 1"] * 3


def test_each_column_is_a_practice_where_the_labels_stand_at_the_left() -> None:
    turned = [list(row) for row in zip(HEADS, *BODY[:2], strict=True)]
    assert as_printed(read(turned)) == BODY[:2]


@pytest.mark.parametrize(
    "heads",
    [
        ["Titel", "Ziele", "Ergebnisse"],
        ["Título", "Objetivos", "Resultados"],
        ["Projet", "Objectifs", "Résultats"],
        ["Titolo", "Obiettivi", "Risultati"],
        ["Titlu", "Obiective", "Rezultate"],
        ["Exempel", "Mål", "Resultat"],
        ["Good practice", "Aims", "Impact"],
    ],
)
def test_heads_may_be_in_other_languages(heads: list[str]) -> None:
    assert as_printed(read([heads, *BODY])) == BODY


def test_a_column_that_only_counts_is_no_field() -> None:
    rows = [["No.", *HEADS], ["1", *BODY[0]], ["2", *BODY[1]]]
    assert as_printed(read(rows)) == BODY[:2]


def test_a_list_of_practices_that_are_told_elsewhere_makes_no_second_ones() -> None:
    told = []
    for title, aim, result in BODY:
        page = [Text(title, 60, 80, 16, bold=True)]
        for n, (label, text) in enumerate((("Objectives", aim), ("Results", result))):
            page += [
                Text(label, 60, 110 + 60 * n, 11, bold=True),
                *paragraph(f"{text}. " * 9, 60, 126 + 60 * n, 400),
            ]
        told.append(page)
    assert [r.title for r in read([HEADS, *BODY], told)] == [row[0] for row in BODY]


@pytest.mark.parametrize(
    "rows",
    [
        [["Phase", "Objectives", "Results"], ["Start", "To plan", "A plan"], ["End", "To close", "A report"]],
        [
            ["Name", "Description", "Link"],
            ["Padlet", "A wall", "padlet.com"],
            ["Miro", "A board", "miro.com"],
        ],
        [["Partner", "Country", "Contact"], ["Leeds", "England", "Ann"], ["Lund", "Sweden", "Bo"]],
        [["Risk", "Likelihood", "Measure"], ["Rain", "High", "A tent"], ["Snow", "Low", "A shovel"]],
    ],
)
def test_tables_of_other_things_hold_no_practice(rows: list[list[str]]) -> None:
    assert read(rows) == ()


def test_what_an_overview_says_of_a_tool_is_no_second_evidence() -> None:
    heads = (TableCell("Title", is_head=True), TableCell("Tools", is_head=True))
    rows = (
        heads,
        (TableCell("Law clinic"), TableCell("Padlet")),
        (TableCell("Old harbours"), TableCell("Miro")),
    )
    text = "All in one.\n\nTitle\tTools\nLaw clinic\tPadlet\nOld harbours\tMiro\n\nMore below."
    place = FieldTable(text.index("Title"), text.index("\n\nMore"), rows)
    field = Field("", text, (Span(1),), tables=(place,))
    assert without_overviews(field, {"law clinic", "old harbours"}).split() == [
        "All",
        "in",
        "one.",
        "More",
        "below.",
    ]
    assert without_overviews(field, {"law clinic", "choir"}) == text


def test_a_label_title_opens_each_record_of_a_long_table() -> None:
    rows = [[head, row[n]] for row in BODY for n, head in enumerate(HEADS)]
    assert as_printed(read(rows)) == BODY


def test_a_row_over_all_columns_opens_a_group_and_no_record() -> None:
    texts, frames = table([HEADS, ["Of the north", "", ""], *BODY], top=120)
    wide = (frames[3][0], frames[3][1], frames[5][2], frames[5][3])
    assert as_printed(found_in([COVER, [*INTRO, *texts]], [*frames[:3], wide, *frames[6:]])) == BODY


def test_heads_may_stand_below_those_of_groups_of_columns() -> None:
    texts, frames = table([HEADS, *BODY], top=140)
    above, more = table([["Which", "What it was", ""]], top=118)
    wide = (more[1][0], more[1][1], more[2][2], more[2][3])
    found = found_in([COVER, [*INTRO, *above, *texts]], [more[0], wide, *frames])
    assert as_printed(found) == BODY
