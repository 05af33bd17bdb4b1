"""Lines -> the tables among them, each with its rows whole, whatever page breaks cut. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ingest.page.lines import Line, PrintedCell, PrintedRow


@dataclass(frozen=True, slots=True)
class PrintedTable:
    """The rows of one table, those that a page break cuts whole, and the lines that they come from."""

    rows: tuple[PrintedRow, ...]
    lines: tuple[Line, ...]

    def cells(self) -> list[list[PrintedCell | None]]:
        """By row and column, cells that take several in each of them."""
        width = max((len(row.edges) - 1 for row in self.rows), default=0)
        out: list[list[PrintedCell | None]] = []
        for row in self.rows:
            held: list[PrintedCell | None] = []
            for column in range(width):
                above = out[-1][column] if out else None
                goes_on = above is not None and _reach(out, column, above) < above.rows
                held.append(above if goes_on else row.at(column))
            out.append(held)
        return out


def _reach(cells: Sequence[Sequence[PrintedCell | None]], column: int, cell: PrintedCell) -> int:
    count = 0
    for row in reversed(cells):
        if row[column] is not cell:
            break
        count += 1
    return count


def printed_tables(lines: Sequence[Line]) -> list[PrintedTable]:
    """The tables among some lines, in printed order."""
    groups: dict[int, list[Line]] = {}
    for line in lines:
        if line.row is not None:
            groups.setdefault(line.row.table, []).append(line)
    return [
        PrintedTable(tuple(line.row for line in whole_rows(group) if line.row is not None), tuple(group))
        for group in groups.values()
    ]


def whole_rows(lines: Sequence[Line]) -> list[Line]:
    """The lines, a row of a table that a page break cuts in two as one."""
    out: list[Line] = []
    for line in lines:
        last = out[-1] if out else None
        if (
            line.row is not None
            and line.row.is_continued
            and last is not None
            and last.row is not None
            and last.row.table == line.row.table
        ):
            out[-1] = _whole(last, last.row, line.row)
        else:
            out.append(line)
    return out


def _whole(line: Line, above: PrintedRow, below: PrintedRow) -> Line:
    cells = []
    for cell in above.cells:
        rest = next((c for c in below.cells if c.column == cell.column), None)
        cells.append(replace(cell, lines=(*cell.lines, *rest.lines)) if rest else cell)
    held = {c.column for c in above.cells}
    cells.extend(c for c in below.cells if c.column not in held and above.at(c.column) is None)
    texts = [""] * (len(above.edges) - 1)
    for cell in cells:
        texts[cell.column] = cell.text
    row = replace(above, cells=tuple(sorted(cells, key=lambda c: c.column)))
    return replace(line, text="\t".join(texts).strip("\t"), cells=tuple(texts), row=row)
