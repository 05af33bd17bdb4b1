"""A table's edges and words -> its rows, each with its cells and their lines. Pure."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from ingest.page.edges import Edge
from ingest.page.grids import Grid
from ingest.page.lines import Line, PrintedCell, PrintedRow, union
from ingest.page.raw import Word
from ingest.page.rows import links_of, marks_of, rows_of, runs_of
from ingest.page.text import clean
from kb import Box

_NEAR = 3.0  # points from an edge at which a line is drawn on it
_COVERED = 0.5  # share of a cell's side from which a line along it parts it from its neighbour
_GLUED_EM = 0.45  # white space in sizes that words of one cell have between them at the most
_LOOSE = 1.22  # distance of two lines over the usual one from which a row may begin there; by eye
_WIDEST_LEADING = 0.33  # white space in sizes between the boxes of lines set with half a line between them
_OPENING = 0.85  # share of the columns whose text begins anew where a row begins; by eye
_MOST_HEAD_WORDS = 6  # of a cell that heads a column without being bold; by eye
_MOST_HEAD_ROWS = 3
_LONGER = 2.0  # the usual length of cells over that of what heads them; by eye
_PAIR = 2
_REACHED = 0.6  # share of the columns that the first line of a row reaches; by eye
_LEAST_LOOSE = 2  # such places in a table from which they alone part its rows


@dataclass(slots=True)
class _Area:
    """Neighbouring places of a grid that are one cell: its rows and columns, both ends included."""

    top: int
    bottom: int
    left: int
    right: int


def table_of(grid: Grid, page: int) -> list[Line]:
    """The rows of a drawn table, top down; a cell over all columns comes as lines of its own."""
    table = number_of(page, grid.box)
    grid = grid if grid.is_ruled else _with_rows(grid, page)
    areas = _areas(grid)
    words: dict[int, list[Word]] = {}
    for word in grid.words:
        x, y = (word.box[0] + word.box[2]) / 2, (word.box[1] + word.box[3]) / 2
        row, column = _place(y, grid.ys), _place(x, grid.xs)
        words.setdefault(id(areas[row][column]), []).append(word)
    rows: list[tuple[PrintedCell, ...]] = []
    for number, places in enumerate(areas):
        cells = []
        for area in dict.fromkeys(id(a) for a in places):
            own = next(a for a in places if id(a) == area)
            if own.top == number:
                lines = lines_of(words.get(area, ()), grid.xs[own.left], grid.xs[own.right + 1], page)
                width, height = own.right - own.left + 1, own.bottom - own.top + 1
                cells.append(PrintedCell(tuple(lines), own.left, width, height))
        rows.append(tuple(cells))
    return lines_of_rows(with_heads(rows), grid.xs, page, table)


def number_of(page: int, box: Box) -> int:
    """What tells a table from the others of its document: its page and the place of its corner."""
    return (page * 10_000 + max(int(box[1]), 0)) * 10_000 + max(int(box[0]), 0)


def lines_of_rows(
    rows: Sequence[tuple[PrintedCell, ...]], edges: tuple[float, ...], page: int, table: int
) -> list[Line]:
    """Rows of cells as lines that hold them; rows without any text are left out."""
    out: list[Line] = []
    above = -99.0
    is_headed = False  # then a cell over all columns opens a group of rows, not a text of its own
    for cells in rows:
        own = [line for cell in cells for line in cell.lines]
        if not own:
            continue
        row = PrintedRow(table, cells, edges, all(c.is_head for c in cells if c.lines))
        if row.is_band and not is_headed:
            first, *rest = own
            out.extend([replace(first, gap=first.box[1] - above, row=row), *rest])
        else:
            out.append(_row_line(row, own, page, above))
            is_headed = is_headed or row.is_head
        above = out[-1].box[3]
    return out


def _row_line(row: PrintedRow, lines: Sequence[Line], page: int, above: float) -> Line:
    count = len(row.edges) - 1
    texts = [""] * count
    for cell in row.cells:
        texts[cell.column] = cell.text
    box = union(line.box for line in lines)
    runs = tuple(run for line in lines for run in line.runs)
    links = tuple(link for line in lines for link in line.links)
    marks = tuple(dict.fromkeys(mark for line in lines for mark in line.marks))
    shown = "\t".join(texts).strip("\t")
    left, right = row.edges[0], row.edges[-1]
    gap = box[1] - above
    return Line(page, shown, box, runs, left, right, gap, tuple(texts), links=links, row=row, marks=marks)


def lines_of(words: Sequence[Word], left: float, right: float, page: int) -> list[Line]:
    """The words of one cell as lines."""
    lines: list[Line] = []
    for segments in rows_of(words):
        row = [w for s in segments for w in s.words]
        runs = runs_of(row)
        text = clean("".join(r.text for r in runs))
        if text:
            box = union(w.box for w in row)
            gap = box[1] - lines[-1].box[3] if lines else 99.0
            lines.append(
                Line(page, text, box, runs, left, right, gap, links=links_of(row), marks=marks_of(row))
            )
    return lines


def _place(value: float, edges: Sequence[float]) -> int:
    return min(max(sum(value >= e for e in edges) - 1, 0), len(edges) - 2)


def _areas(grid: Grid) -> list[list[_Area]]:
    """The cell that each place of the grid belongs to, row by row."""
    count, width = len(grid.ys) - 1, len(grid.xs) - 1
    out: list[list[_Area]] = []
    for i in range(count):
        row: list[_Area] = []
        for j in range(width):
            if row and not _parted(grid, i, j):
                row[-1].right = j
                row.append(row[-1])
            else:
                row.append(_Area(i, i, j, j))
        out.append(row)
    for i in range(1, count):
        for above, own in zip(out[i - 1], out[i], strict=True):
            is_same = (above.left, above.right) == (own.left, own.right)
            is_closed = any(abs(e.at - grid.ys[above.top]) < _NEAR for e in grid.floors)
            if is_same and own.top == i and is_closed and not _floored(grid, i, own):
                above.bottom = i
                for j in range(own.left, own.right + 1):
                    out[i][j] = above
    return out


def _parted(grid: Grid, row: int, column: int) -> bool:
    """An edge parts a place from the one left of it: a drawn line, or white space that no text crosses."""
    x, top, bottom = grid.xs[column], grid.ys[row], grid.ys[row + 1]
    near = [e for e in grid.walls if abs(e.at - x) < _NEAR]
    if any(_share(e, top, bottom) >= _COVERED for e in near):
        return True
    if _is_crossed(grid.words, x, top, bottom):
        return False
    if not any(e.is_drawn for e in near):
        return True
    inside = [w for w in grid.words if top <= (w.box[1] + w.box[3]) / 2 <= bottom]
    sides = (grid.xs[column - 1], x), (x, grid.xs[column + 1])
    return all(any(a <= (w.box[0] + w.box[2]) / 2 <= b for w in inside) for a, b in sides)


def _is_crossed(words: Sequence[Word], x: float, top: float, bottom: float) -> bool:
    """A word, or the space between two that belong together, lies on the edge."""
    inside = [w for w in words if top <= (w.box[1] + w.box[3]) / 2 <= bottom]
    if any(w.box[0] + 1 < x < w.box[2] - 1 for w in inside):
        return True
    left = [w for w in inside if w.box[2] <= x + 1]
    for word in (w for w in inside if w.box[0] >= x - 1):
        near = (w for w in left if abs(w.baseline - word.baseline) < 1)
        if any(word.box[0] - w.box[2] < _GLUED_EM * word.style.size for w in near):
            return True
    return False


def _floored(grid: Grid, row: int, area: _Area) -> bool:
    """A level edge lies on top of a place."""
    left, right = grid.xs[area.left], grid.xs[area.right + 1]
    near = [e for e in grid.floors if abs(e.at - grid.ys[row]) < _NEAR]
    return not near or sum(_share(e, left, right) for e in near) >= _COVERED


def _share(edge: Edge, start: float, end: float) -> float:
    return max(min(edge.end, end) - max(edge.start, start), 0.0) / max(end - start, 1.0)


def with_heads(rows: Sequence[tuple[PrintedCell, ...]]) -> list[tuple[PrintedCell, ...]]:
    """Rows with the cells marked that head columns or rows, as their type says."""
    full = [n for n, cells in enumerate(rows) if sum(bool(c.lines) for c in cells) > 1]
    if not full:
        return list(rows)
    first = full[0]
    others = [c for n in full[1:] for c in rows[n] if c.lines]
    is_headed = (_is_bold(rows[first]) and sum(_is_bold([c]) for c in others) < 0.5 * len(others) + 1) or (
        _names(rows[first], others)
    )
    left = [c for n in full[is_headed:] for c in rows[n] if c.lines and c.column == 0]
    right = [c for n in full[is_headed:] for c in rows[n] if c.lines and c.column > 0]
    is_keyed = len(left) > 1 and _is_bold(left) and sum(_is_bold([c]) for c in right) < 0.5 * len(right) + 1
    last = first
    while (
        is_headed
        and last + 1 in full[:_MOST_HEAD_ROWS]
        and _is_bold(rows[first])
        and _is_bold(rows[last + 1])
    ):
        last += 1
    out = []
    for n, cells in enumerate(rows):
        is_head = is_headed and n <= last
        out.append(tuple(replace(c, is_head=is_head or (is_keyed and c.column == 0)) for c in cells))
    return out


def _names(heads: Sequence[PrintedCell], others: Sequence[PrintedCell]) -> bool:
    """The cells of a first row are names for those below: all there, short, of another type or much shorter."""
    if (
        not others
        or not all(c.lines for c in heads)
        or any(len(c.text.split()) > _MOST_HEAD_WORDS for c in heads)
    ):
        return False
    if not all(any(x.isalpha() for x in c.text) and _opens(c.lines[0]) for c in heads):
        return False
    styles = {line.style for c in heads for line in c.lines}
    if len(styles) == 1 and not styles & {line.style for c in others for line in c.lines}:
        return True
    length = sum(len(c.text) for c in others) / len(others)
    return len(heads) > _PAIR and length > _LONGER * sum(len(c.text) for c in heads) / len(heads)


def _is_bold(cells: Sequence[PrintedCell]) -> bool:
    lines = [line for c in cells for line in c.lines]
    return bool(lines) and all(line.is_bold for line in lines)


def _with_rows(grid: Grid, page: int) -> Grid:
    """A grid whose rows are not ruled, with the edges that its text shows."""
    columns = [
        lines_of([w for w in grid.words if _place((w.box[0] + w.box[2]) / 2, grid.xs) == j], a, b, page)
        for j, (a, b) in enumerate(pairwise(grid.xs))
    ]
    cuts = [y for top, bottom in pairwise(grid.ys) for y in cuts_of(columns, top, bottom)]
    return replace(grid, ys=tuple(sorted({*grid.ys, *cuts})))


def cuts_of(columns: Sequence[Sequence[Line]], top: float, bottom: float) -> list[float]:
    """Heights between `top` and `bottom` at which rows of a table without rules part, from its columns' lines.

    A row begins below more white space than a cell's lines have between them; where all have the same, at a line
    that most columns reach, whose words begin anew or would have fitted on the lines above.
    """
    inside = [[line for line in c if top <= (line.box[1] + line.box[3]) / 2 <= bottom] for c in columns]
    ends = {line.left: max(x.box[2] for x in c) for c in inside for line in c[:1]}
    chunks = _chunks(inside)
    usual = _usual_gap(inside)
    is_loose = sum(_is_loose(a, b, usual) for a, b in pairwise(chunks)) >= min(_LEAST_LOOSE, len(chunks) - 1)
    count = max(sum(map(bool, inside)), 1)
    starts: list[float] = []
    for above, below in pairwise(chunks):
        begins = len({line.left for line in below}) >= _REACHED * count and (
            sum(_opens(line) for line in below) >= _OPENING * len(below) or _would_fit(above, below, ends)
        )
        if _is_loose(above, below, usual) or (begins and not is_loose):
            starts.append((min(x.box[1] for x in below) + max(x.box[3] for x in above)) / 2)
    return starts


def _is_loose(above: Sequence[Line], below: Sequence[Line], usual: float) -> bool:
    """More white space parts two lines of a table than lines of one cell, and the lower is of several columns."""
    gap = min(x.box[1] for x in below) - max(x.box[3] for x in above)
    return gap > usual + (_LOOSE - 1) * below[0].size and len({line.left for line in below}) > 1


def _would_fit(above: Sequence[Line], below: Sequence[Line], ends: Mapping[float, float]) -> bool:
    """Most words that open lines would have fitted on the lines above them, had these been of the same cell."""
    over = {line.left: line for line in above}
    fits = []
    for line in below:
        if line.left in over:
            first = len(line.text.split(maxsplit=1)[0]) + 1
            width = first * (line.box[2] - line.box[0]) / max(len(line.text), 1)
            fits.append(over[line.left].box[2] + width < ends[line.left] - 1)
    return sum(fits) > 0.5 * len(fits)


def _opens(line: Line) -> bool:
    """Its text may begin a cell: with a capital, a figure or a sign."""
    first = next((c for c in line.text if c.isalnum()), "1")
    return first.isdigit() or not first.islower()


def _usual_gap(columns: Sequence[Sequence[Line]]) -> float:
    gaps = [b.box[1] - a.box[3] for column in columns for a, b in pairwise(column)]
    size = statistics.median([line.size for column in columns for line in column] or [0.0])
    return min(statistics.median_low(gaps), _WIDEST_LEADING * size) if gaps else 0.0


def _chunks(columns: Sequence[Sequence[Line]]) -> list[list[Line]]:
    """Lines of all columns that stand on one height, top down."""
    out: list[list[Line]] = []
    for line in sorted((x for c in columns for x in c), key=lambda x: (x.box[1], x.left)):
        if out and (line.box[1] + line.box[3]) / 2 < min(x.box[3] for x in out[-1]):
            out[-1].append(line)
        else:
            out.append([line])
    return out
