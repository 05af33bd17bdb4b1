"""The tables among a field's lines, kept as tables beside the field's text. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from ingest.page import Line, PrintedCell, PrintedRow, join_lines, printed_tables
from kb import FieldTable, TableCell

_PARAGRAPH_GAP_EM = (
    0.62  # white space in sizes from which a line opens a paragraph, as in the text around tables
)
_LEAST_ROWS = 2  # a single row is a line of text with wide gaps


def row_text(line: Line, known: frozenset[str]) -> str:
    """A line's text; of a table row the cells with tabs between them, hyphens at line ends told by `known` words."""
    row = line.row
    if row is None or not line.cells:
        return line.text
    texts = [""] * (len(row.edges) - 1)
    for cell in row.cells:
        texts[cell.column] = _flat(cell, known)
    return "\t".join(texts).strip("\t")


def kept_tables(lines: Sequence[Line], text: str, known: frozenset[str]) -> tuple[FieldTable, ...]:
    """The tables of a field whose flat rows stand in its text, in printed order; other text between rows ends one."""
    found: list[FieldTable] = []
    at = 0
    for table in printed_tables(lines):
        held: list[PrintedRow] = []
        start = at
        for row in table.rows:
            place = _place(row, text, at, known)
            if held and (place is None or text[at : place[0]].strip()):
                found.extend(_kept(held, start, at, known))
                held = []
            if place is not None:
                start = start if held else place[0]
                at = place[1]
                held.append(row)
        found.extend(_kept(held, start, at, known))
    return tuple(found)


def _kept(rows: Sequence[PrintedRow], start: int, end: int, known: frozenset[str]) -> list[FieldTable]:
    if len(rows) < _LEAST_ROWS:
        return []
    return [FieldTable(start, end, tuple(tuple(_cell(cell, known) for cell in row.cells) for row in rows))]


def _place(row: PrintedRow, text: str, at: int, known: frozenset[str]) -> tuple[int, int] | None:
    """Where a row's cells stand in a text, one right after the other."""
    start, end = -1, at
    for words in (_flat(cell, known) for cell in row.cells if cell.lines):
        place = text.find(words, end)
        if place < 0 or (start >= 0 and text[end:place].strip()):
            return None
        start, end = (place if start < 0 else start), place + len(words)
    return (start, end) if start >= 0 else None


def _flat(cell: PrintedCell, known: frozenset[str]) -> str:
    return join_lines([line.text for line in cell.lines], known).replace("\u00ad", "")


def _cell(cell: PrintedCell, known: frozenset[str]) -> TableCell:
    """A cell with its list items and paragraphs on lines of their own."""
    groups: list[list[str]] = []
    for n, line in enumerate(cell.lines):
        if n and not line.is_list_item and line.gap <= _PARAGRAPH_GAP_EM * line.size:
            groups[-1].append(line.text)
        else:
            groups.append([line.text])
    text = "\n".join(join_lines(group, known).replace("\u00ad", "") for group in groups)
    return TableCell(text, cell.columns, cell.rows, cell.is_head)
