"""Rows of cells as files that spreadsheets open safely."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence

from xlsxwriter import Workbook
from xlsxwriter.format import Format as Style
from xlsxwriter.worksheet import Worksheet

Cell = str | int | float
Cells = tuple[Cell, ...]

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LONGEST_CELL = 16_000
"""Characters; a cell of Excel holds 32 767 UTF-16 units, of which a character may take two."""
WIDTHS = {
    "id": 24,
    "url": 30,
    "title": 40,
    "institution": 26,
    "summary": 50,
    "text": 80,
    "university": 26,
    "need": 50,
    "evidence": 70,
    "address": 40,
}
_FORMULA = re.compile(r"'*(?:\s*[=+\-@＝＋－＠]|[\t\n])")


def csv_of(rows: Iterable[Cells]) -> bytes:
    """Rows as RFC 4180 has them, in UTF-8 with a byte order mark, by which Excel knows it for UTF-8."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows([guarded(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def guarded(cell: Cell) -> Cell:
    """A text that a spreadsheet might run as a formula gets an apostrophe in front; it can be taken off again.

    See OWASP, "CSV Injection". A text that already looks so guarded gets one, too, so that nothing is lost.
    """
    return f"'{cell}" if isinstance(cell, str) and _FORMULA.match(cell) else cell


def xlsx_of(held: Mapping[str, Sequence[Cells]]) -> bytes:
    """A workbook of sheets by name, the first row of each its headings.

    Every text is a text: nothing becomes a formula, a number or a link of its own.
    """
    out = io.BytesIO()
    with Workbook(out, {"in_memory": True}) as book:
        bold, wrapped = book.add_format({"bold": True}), book.add_format({"valign": "top"})
        for name, rows in held.items():
            _sheet(book.add_worksheet(name), rows, bold, wrapped)
    return out.getvalue()


def _sheet(sheet: Worksheet, rows: Sequence[Cells], heading: Style, body: Style) -> None:
    for y, row in enumerate(rows):
        for x, cell in enumerate(row):
            if isinstance(cell, str):
                sheet.write_string(y, x, _cut(cell), heading if y == 0 else body)
            else:
                sheet.write_number(y, x, cell, body)
    for x, name in enumerate(rows[0]):
        sheet.set_column(x, x, WIDTHS.get(str(name), 16))
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, len(rows) - 1, len(rows[0]) - 1)


def _cut(text: str) -> str:
    """A text that one cell holds; the sheet of fields has the whole of a longer one."""
    return text if len(text) <= LONGEST_CELL else f"{text[: LONGEST_CELL - 1]}…"
