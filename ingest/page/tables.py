"""Visual rows of a table -> table rows with their cells. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ingest.page.cells import lines_of, number_of, table_of, with_heads
from ingest.page.grids import Grid, columns_of, is_table
from ingest.page.lines import Line, PrintedCell, PrintedRow, union
from ingest.page.raw import Shape, Word
from ingest.page.rows import Segment, cell_of, links_of, marks_of, runs_of
from ingest.page.text import join_lines
from kb import Box

_SHORTEST_RULE = 40  # points: shorter ones underline a word; by eye
# rules a row, and rules in all, below which they only frame the table; by eye
_RULED_SHARE, _FEW_RULES = 0.4, 4
_LEAST_WIDE = 3  # columns and lines of a table that is read by its white space
_RULED = 2  # cuts from which rules part the rows


def table_lines(rows: Sequence[list[Segment]], rules: Sequence[Shape], page: int) -> list[Line]:
    """Visual rows gathered into table rows: by drawn rules where there are some, else by the first column."""
    area = union(s.box for row in rows for s in row)
    if wide := _wide_table(rows, rules, area, page):
        return wide
    edges = _column_edges(rows)
    cuts = sorted(
        {
            round(r.box[1])
            for r in rules
            if area[1] < r.box[1] < area[3] and r.box[2] - r.box[0] > _SHORTEST_RULE
        }
    )
    starts = sum(_column(row[0], edges) == 0 for row in rows)
    if len(cuts) + 1 < _RULED_SHARE * starts and len(cuts) < _FEW_RULES:
        cuts = []  # rules above and below the table only
    groups: list[list[list[Segment]]] = []
    for row in rows:
        top = min(s.box[1] for s in row)
        if groups and not _opens_row(groups[-1], row, top, cuts, edges):
            groups[-1].append(row)
        else:
            groups.append([row])
    lines: list[Line] = []
    for group in groups:
        lines.append(_table_line(group, edges, area, lines[-1].box[3] if lines else -99.0, page))
    heads = iter(with_heads([line.row.cells for line in lines if line.row]))
    return [replace(x, row=_headed(x.row, next(heads))) if x.row else x for x in lines]


def _headed(row: PrintedRow, cells: tuple[PrintedCell, ...]) -> PrintedRow:
    return replace(row, cells=cells, is_head=all(c.is_head for c in cells if c.lines))


def _wide_table(rows: Sequence[list[Segment]], rules: Sequence[Shape], area: Box, page: int) -> list[Line]:
    """A table of three columns or more that white space parts, by the rows that its text shows; else none."""
    words = tuple(w for row in rows for s in row for w in s.words)
    xs = columns_of(
        [w for row in rows if len(row) > 1 for s in row for w in s.words], (area[0] - 1, area[2] + 1)
    )
    if len(xs) <= _LEAST_WIDE or len(rows) < _LEAST_WIDE:
        return []
    inner = {r.box[1] for r in rules if area[1] < r.box[1] < area[3] and r.box[2] - r.box[0] > _SHORTEST_RULE}
    ys = (area[1] - 1, *sorted(inner), area[3] + 1)
    grid = Grid(xs, ys, (), (), words, is_ruled=False)
    return table_of(grid, page) if is_table(grid) else []


def _opens_row(
    group: Sequence[list[Segment]],
    row: list[Segment],
    top: float,
    cuts: Sequence[int],
    edges: Sequence[float],
) -> bool:
    bottom = max(s.box[3] for s in group[-1])
    if len(cuts) >= _RULED:
        start = min(s.box[1] for s in group[0])
        return any(start < cut <= (top + bottom) / 2 + 3 for cut in cuts)
    if _column(row[0], edges) != 0:
        return False
    wraps = len(row) == 1 and top - bottom < 0.4 * row[0].size and len(edges) > 1
    return not (
        wraps
        and _column(group[-1][0], edges) == 0
        and len(group[-1]) == 1
        and row[0].size == group[-1][0].size
        and row[0].words[0].text[:1].islower()
    )


def _column_edges(rows: Sequence[list[Segment]]) -> list[float]:
    """Left edges of the columns that the segments' projection leaves apart."""
    merged: list[list[float]] = []
    for low, high in sorted((s.box[0], s.box[2]) for row in rows if len(row) > 1 for s in row):
        if merged and low < merged[-1][1] + 2:
            merged[-1][1] = max(merged[-1][1], high)
        else:
            merged.append([low, high])
    return [low for low, _ in merged]


def _column(segment: Segment, edges: Sequence[float]) -> int:
    return max(sum(1 for e in edges if segment.box[0] >= e - 3) - 1, 0)


def _table_line(
    group: Sequence[list[Segment]], edges: Sequence[float], area: Box, above: float, page: int
) -> Line:
    count = max(len(edges), 1)
    cells: list[list[str]] = [[] for _ in range(count)]
    words: list[list[Word]] = [[] for _ in range(count)]
    for row in group:
        for segment in row:
            cells[_column(segment, edges)].append(cell_of(segment))
            words[_column(segment, edges)].extend(segment.words)
    texts = tuple(join_lines(c) for c in cells)
    box = union(s.box for row in group for s in row)
    every = [w for row in group for s in row for w in s.words]
    gap = box[1] - above
    if sum(map(bool, texts)) <= 1:
        return Line(
            page,
            "".join(texts),
            box,
            runs_of(every),
            area[0],
            area[2],
            gap,
            links=links_of(every),
            marks=marks_of(every),
        )
    sides = (area[0], *edges[1:], area[2])
    row_cells = tuple(
        PrintedCell(tuple(lines_of(words[n], sides[n], sides[n + 1], page)), n) for n in range(count)
    )
    whole = PrintedRow(number_of(page, area), row_cells, sides)
    shown = "\t".join(texts).strip("\t")
    runs, links, marks = runs_of(every), links_of(every), marks_of(every)
    return Line(page, shown, box, runs, area[0], area[2], gap, texts, links=links, row=whole, marks=marks)
