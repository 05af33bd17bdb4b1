"""Tables of a field: what heads a cell, and rows as sentences in which no two cells run together."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kb import codec
from kb.model.passages import cut
from kb.records import FieldTable, TableCell
from tests.factories import a_field, a_record


def head(text: str, columns: int = 1, rows: int = 1) -> TableCell:
    return TableCell(text, columns, rows, is_head=True)


def test_a_row_is_a_sentence_with_the_heads_before_its_cells() -> None:
    rows = ((head("What"), head("When")), (TableCell("A choir."), TableCell("In May\nand June")))
    assert FieldTable(0, 0, rows).sentences() == "What: A choir; When: In May and June."


def test_a_head_over_several_columns_is_said_with_each_of_them() -> None:
    rows = (
        (head("Name", rows=2), head("Dates", columns=2)),
        (head("from"), head("to")),
        (TableCell("Choir"), TableCell("May"), TableCell("June")),
    )
    assert FieldTable(0, 0, rows).sentences() == "Name: Choir; Dates from: May; Dates to: June."


def test_a_cell_over_several_rows_moves_those_below_it_aside() -> None:
    rows = (
        (head("Town"), head("What")),
        (TableCell("Leeds", rows=2), TableCell("Choir")),
        (TableCell("Garden"),),
    )
    assert FieldTable(0, 0, rows).sentences() == "Town: Leeds; What: Choir.\nWhat: Garden."


def test_a_table_without_heads_keeps_its_cells_apart() -> None:
    rows = ((head("Aim"), TableCell("To sing")), (head("Cost:"), TableCell("None")))
    assert FieldTable(0, 0, rows).sentences() == "Aim; To sing.\nCost: None."


def test_passages_hold_rows_as_sentences() -> None:
    text = "Before it.\n\nWhat\tWhen\nA choir\tMay\n\nAfter it."
    rows = ((head("What"), head("When")), (TableCell("A choir"), TableCell("May")))
    field = a_field(text=text, tables=(FieldTable(text.index("What"), text.index("\n\nAfter"), rows),))
    assert field.spoken == "Before it.\n\nWhat: A choir; When: May.\n\nAfter it."
    assert [p.text for p in cut(a_record(fields=(field,)))] == [field.spoken]


def test_gaps_in_a_line_part_what_is_said_as_well() -> None:
    assert a_field(text="Ann Lee.\tLeeds\t\tMay").spoken == "Ann Lee; Leeds; May"


cells = st.builds(TableCell, st.text(max_size=9), st.integers(1, 3), st.integers(1, 3), st.booleans())
tables = st.lists(st.lists(cells, max_size=4).map(tuple), max_size=5).map(
    lambda rows: FieldTable(0, 0, tuple(rows))
)


@given(tables)
def test_no_cell_that_is_no_head_is_left_unsaid(table: FieldTable) -> None:
    said = table.sentences()
    for cell in (cell for row in table.rows for cell in row if not cell.is_head):
        assert all(word.strip(".;") in said for word in cell.text.split())


@given(tables)
def test_a_record_with_tables_is_read_back_as_it_was_written(table: FieldTable) -> None:
    record = a_record(fields=(a_field(tables=(table,)),))
    assert codec.load_record(codec.dump(record)) == record


def test_a_record_written_before_there_were_tables_has_none() -> None:
    text = codec.dump(a_record(fields=(a_field(),))).replace(',"tables":[]', "")
    assert "tables" not in text
    assert codec.load_record(text).fields[0].tables == ()
