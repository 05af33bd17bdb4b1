"""Rows of a page -> lines in reading order: columns left to right, notes where they begin, tables by row. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ingest.page.bands import band_from, cut_table, has_side_box, is_columns, is_late, narrow_side, split_at
from ingest.page.cells import table_of
from ingest.page.grids import Grid, grids_of
from ingest.page.lines import PARAGRAPH_GAP_EM, Line, union
from ingest.page.raw import RawPage, Shape, Word
from ingest.page.rows import Segment, cell_of, links_of, marks_of, rows_of, runs_of
from ingest.page.tables import table_lines
from ingest.page.text import clean

_THICKEST_RULE, _SHORTEST_RULE = 3, 20  # points: what is thicker is a box, what is shorter a sign; by eye
_LEAST_BOX = (40, 24)  # points, width and height: a note has a word or two and two lines; by eye
_DEEPEST = 4  # columns within columns; no page has more, and it ends the recursion
_FULL = 0.75  # share of its column from which a line runs on; by eye
_SHEET = 1.2  # width over height from which a PDF page may hold two printed ones
_OVER = 6  # points that a table may reach over a line or over a sheet's middle
_CELL_GAP_EM = 2.0  # outside tables, only wider gaps than this part cells


def read_page(page: RawPage) -> list[Line]:
    """The page's lines in reading order: columns left to right, table rows whole, printed pages one by one."""
    words = [w for w in page.words if clean(w.text)]
    rules = [s for s in page.shapes if _height(s) < _THICKEST_RULE and _width(s) > _SHORTEST_RULE]
    boxes = [
        s
        for s in page.shapes
        if not s.is_image and _width(s) >= _LEAST_BOX[0] and _height(s) >= _LEAST_BOX[1]
    ]
    grids = grids_of(page, words)
    lines: list[Line] = []
    for part in _printed_pages(words, page, grids):
        lines.extend(with_gaps(_read_part(part, grids, rules, boxes, page.number)))
    return lines


def read_words(words: Sequence[Word], page: int) -> list[Line]:
    """The lines of words that stand in a frame of their own, without any shapes."""
    shown = [w for w in words if clean(w.text)]
    return with_gaps(_read_region(rows_of(shown), (), (), page, 0))


def _read_part(
    words: Sequence[Word], grids: Sequence[Grid], rules: Sequence[Shape], boxes: Sequence[Shape], page: int
) -> list[Line]:
    """Words and the drawn tables among them: what stands above and below a table is read by itself."""
    held = {id(w) for w in words}
    grid = next((g for g in grids if g.words and id(g.words[0]) in held), None)
    if grid is None:
        return _read_region(rows_of(words), rules, boxes, page, 0)
    others = [g for g in grids if g is not grid]
    inside = {id(w) for w in grid.words}
    rest = [w for w in words if id(w) not in inside]
    top, bottom = grid.words_between
    above = [w for w in rest if w.box[3] <= top + 2 or w.baseline < top]
    below = [w for w in rest if w.box[1] >= bottom - 2]
    table = table_of(grid, page)
    if len(above) + len(below) == len(rest):
        before = _read_part(above, others, rules, boxes, page) if above else []
        after = _read_part(below, others, rules, boxes, page) if below else []
        return [*before, *table, *after]
    return _put_in(_read_part(rest, others, rules, boxes, page), table, grid)


def _put_in(lines: Sequence[Line], table: Sequence[Line], grid: Grid) -> list[Line]:
    """A table that stands beside text, put after the last line of its own column above it."""
    left, top, right, bottom = grid.box
    beside = [(n, x) for n, x in enumerate(lines) if x.box[0] < right - 2 and x.box[2] > left + 2]
    above = [n + 1 for n, x in beside if x.box[3] <= top + _OVER]
    below = [n for n, x in beside if x.box[1] >= bottom - _OVER]
    place = max(above) if above else min(below, default=len(lines))
    return [*lines[:place], *table, *lines[place:]]


def _width(shape: Shape) -> float:
    return shape.box[2] - shape.box[0]


def _height(shape: Shape) -> float:
    return shape.box[3] - shape.box[1]


def _printed_pages(words: Sequence[Word], page: RawPage, grids: Sequence[Grid]) -> list[list[Word]]:
    """Words of each printed page: two stand side by side on a wide sheet where nothing crosses its middle."""
    middle = page.width / 2
    left = [w for w in words if w.box[2] <= middle]
    right = [w for w in words if w.box[0] >= middle]
    is_sheet = page.width > _SHEET * page.height and len(left) + len(right) == len(words)
    is_sheet = is_sheet and not any(g.box[0] < middle - _OVER and g.box[2] > middle + _OVER for g in grids)
    return [left, right] if is_sheet and left and right else [list(words)]


def with_gaps(lines: Sequence[Line]) -> list[Line]:
    """White space above each line, measured to the line before it where that stands above it."""
    out: list[Line] = []
    for line in lines:
        gap = 99.0
        if out and out[-1].box[1] < line.box[1] and out[-1].is_boxed == line.is_boxed:
            gap = line.box[1] - out[-1].box[3]
        out.append(replace(line, gap=gap))
    return out


def _read_region(
    rows: list[list[Segment]], rules: Sequence[Shape], boxes: Sequence[Shape], page: int, depth: int
) -> list[Line]:
    out: list[Line] = []
    at = 0
    while at < len(rows):
        band = band_from(rows, at) if depth < _DEEPEST else None
        if band is None:
            out.extend(_plain(rows[at:], page))
            break
        if band.first > at:
            out.extend(_plain(rows[at : band.first], page))
        band = cut_table(rows, band, rules, boxes)
        inside = rows[band.first : band.last + 1]
        if is_columns(inside, band.gutter, rules, boxes):
            left, right = split_at(inside, band.gutter)
            is_box = has_side_box(inside, band.gutter, boxes)
            aside = "right" if is_box else narrow_side(left, right)
            left, late = _trim(left, right) if aside else (left, [])
            while (
                is_box
                and not late
                and band.last + 1 < len(rows)
                and not is_late([left[-1], rows[band.last + 1]], 1)
            ):  # the text beside a box runs on below it
                left.append(rows.pop(band.last + 1))
            columns = [_read_region(side, rules, boxes, page, depth + 1) for side in (left, right)]
            if aside == "left":
                columns.reverse()
            out.extend(_beside(*columns) if aside else [*columns[0], *columns[1]])
            if late:
                rows = [*rows[: band.last + 1], *late, *rows[band.last + 1 :]]
        else:
            out.extend(table_lines(inside, rules, page))
        at = band.last + 1
    return out


def _plain(rows: Sequence[list[Segment]], page: int) -> list[Line]:
    if not rows:
        return []
    area = union(s.box for row in rows for s in row)
    lines: list[Line] = []
    for row in rows:
        box = union(s.box for s in row)
        gap = box[1] - lines[-1].box[3] if lines else 99.0
        words = [w for s in row for w in s.words]
        runs = runs_of(words)
        parts = _without_narrow_gaps(row)
        cells = tuple(cell_of(s) for s in parts) if len(parts) > 1 else ()
        text = "\t".join(cells) if cells else clean("".join(r.text for r in runs))
        if text:
            lines.append(
                Line(
                    page,
                    text,
                    box,
                    runs,
                    area[0],
                    area[2],
                    gap,
                    cells,
                    links=links_of(words),
                    marks=marks_of(words),
                )
            )
    return lines


def _without_narrow_gaps(row: Sequence[Segment]) -> list[Segment]:
    """Segments joined where the gap is no wider than a stretched line may have it."""
    joined = [row[0]]
    for segment in row[1:]:
        last = joined[-1]
        if segment.box[0] - last.box[2] <= _CELL_GAP_EM * min(last.size, segment.size):
            joined[-1] = Segment([*last.words, *segment.words], union([last.box, segment.box]))
        else:
            joined.append(segment)
    return joined


def _trim(
    left: list[list[Segment]], right: list[list[Segment]]
) -> tuple[list[list[Segment]], list[list[Segment]]]:
    """Left rows below the end of the right column that open something new are read after it."""
    end = max(s.box[3] for row in right for s in row)
    for index in range(1, len(left)):
        if left[index][0].box[1] > end and is_late(left, index):
            return left[:index], left[index:]
    return left, []


def _beside(main: Sequence[Line], side: Sequence[Line]) -> list[Line]:
    """Side notes put where they begin: each group of lines before the first main line that stands lower."""
    groups: list[list[Line]] = []
    for line in side:
        if groups and line.box[1] - groups[-1][-1].box[3] < 2.2 * line.size:
            groups[-1].append(line)
        else:
            groups.append([line])
    out: list[Line] = []
    for line in main:
        while groups and groups[0][0].box[1] < line.box[1] - 2 and not _runs_on(out, line):
            out.extend(replace(note, is_boxed=True) for note in groups.pop(0))
        out.append(line)
    out.extend(replace(note, is_boxed=True) for group in groups for note in group)
    return out


def _runs_on(out: Sequence[Line], line: Line) -> bool:
    """The line goes on with the paragraph above it."""
    if not out or out[-1].is_boxed:
        return False
    last = out[-1]
    return (
        line.gap < PARAGRAPH_GAP_EM * line.size
        and line.style == last.style
        and (last.fill > _FULL or last.is_bold)
    )
