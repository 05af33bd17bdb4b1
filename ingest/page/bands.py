"""Runs of rows that a vertical gutter parts: columns of text, a table, or text beside a note. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from ingest.page.furniture import is_page_number
from ingest.page.lines import is_inside, union
from ingest.page.raw import Shape
from ingest.page.rows import Segment, cell_of

_GAP_BETWEEN_BANDS = 60  # points over the whole width at which columns end; by eye
_LEAST_ROWS_A_SIDE = 2  # a gutter beside a single row is a wide space
_LEAST_BOX_HEIGHT = 36  # points: three lines, as a note has; by eye
_LEAST_SIDE_ROWS = 6  # rows of a side column; fewer are cells; by eye
_NARROW = 0.65  # share of the main column's width that a side column has at the most; by eye
_CELLS_OF_TEXT = 2  # rows of text columns have two segments, a table's may have more
_LEAST_TEXT_ROWS = 3  # rows a column: fewer tell nothing; by eye
_LONG_COLUMN = 8  # rows from which one side's fullness is enough; by eye
# Shares of a column's rows that reach its right edge, and of rows that stand on one line with the other's; by eye.
_FULL_LONG, _FULL_LEFT, _FULL_RIGHT, _ALIGNED = 0.55, 0.45, 0.35, 0.4
_GUTTER_POINTS = 7.0


@dataclass(frozen=True, slots=True)
class Band:
    """Rows `first` to `last` (inclusive) with a gutter at this x."""

    first: int
    last: int  # inclusive
    gutter: float


def band_from(rows: Sequence[list[Segment]], start: int) -> Band | None:
    """The next run of rows that one vertical gutter parts, and where that gutter is."""
    for first in range(start, len(rows)):
        best: Band | None = None
        for low, high in _gaps(rows, first):
            band = _grow(rows, first, low, high)
            if band and (best is None or band.last > best.last):
                best = band
        if best:
            return _from_above(rows, best, start)
    return None


def _from_above(rows: Sequence[list[Segment]], band: Band, start: int) -> Band:
    """The band with the lines above it that run on into its left column."""
    first = band.first
    below = next(row for row in (_left(r, band.gutter) for r in rows[first:]) if row)
    while first > start:
        above = rows[first - 1]
        if len(above) != 1 or above[0].box[2] > band.gutter or is_late([above, below], 1):
            break
        below = above
        first -= 1
    return replace(band, first=first)


def _left(row: list[Segment], gutter: float) -> list[Segment]:
    return [s for s in row if s.middle < gutter]


def _gaps(rows: Sequence[list[Segment]], first: int) -> list[tuple[float, float]]:
    """Gaps between segments of a row, or of the next row where the two overlap in height."""
    row = rows[first]
    found = [(a.box[2], b.box[0]) for a, b in pairwise(row)]
    if len(row) == 1 and first + 1 < len(rows) and len(rows[first + 1]) == 1:
        a, b = row[0], rows[first + 1][0]
        overlap = min(a.box[3], b.box[3]) - max(a.box[1], b.box[1])
        if overlap > 0.3 * min(a.box[3] - a.box[1], b.box[3] - b.box[1]):
            left, right = sorted((a, b), key=lambda s: s.box[0])
            found.append((left.box[2], right.box[0]))
    return [(low, high) for low, high in found if high - low >= _GUTTER_POINTS]


def _grow(rows: Sequence[list[Segment]], first: int, low: float, high: float) -> Band | None:
    both, last = 0, first
    sides = [0, 0]
    for index in range(first, len(rows)):
        if index > first and (tear(rows, index) > _GAP_BETWEEN_BANDS or _opens_table(rows, index)):
            break
        middle = (low + high) / 2
        new_low, new_high = low, high
        left = [s for s in rows[index] if s.middle < middle]
        right = [s for s in rows[index] if s.middle >= middle]
        if left:
            new_low = max(low, *(s.box[2] for s in left))
        if right:
            new_high = min(high, *(s.box[0] for s in right))
        if new_high - new_low < _GUTTER_POINTS - 1:
            break
        low, high = new_low, new_high
        sides[0] += bool(left)
        sides[1] += bool(right)
        both += bool(left and right)
        last = index
    while last > first and not any(s.middle >= (low + high) / 2 for s in rows[last]) and is_late(rows, last):
        last -= 1
    if min(sides) < _LEAST_ROWS_A_SIDE or last == first:
        return None
    return Band(first, last, (low + high) / 2)


def _opens_table(rows: Sequence[list[Segment]], index: int) -> bool:
    """A lone bold line below white space, with a row of cells right under it: another table's heading."""
    row = rows[index]
    if len(row) != 1 or tear(rows, index) < 1.5 * row[0].size or index + 1 >= len(rows):
        return False
    return all(w.style.bold for w in row[0].words) and len(rows[index + 1]) > 1


def is_late(rows: Sequence[list[Segment]], index: int) -> bool:
    """A left-hand row at the end of a band that does not run on from the row above it."""
    above, row = rows[index - 1], rows[index]
    gap = row[0].box[1] - max(s.box[3] for s in above)
    return gap > 0.6 * row[0].size or row[0].words[0].style != above[0].words[0].style


def tear(rows: Sequence[list[Segment]], index: int) -> float:
    """White space in points above a row, over the whole width."""
    return min(s.box[1] for s in rows[index]) - max(s.box[3] for s in rows[index - 1])


def split_at(rows: Sequence[list[Segment]], gutter: float) -> tuple[list[list[Segment]], list[list[Segment]]]:
    """The rows left and right of the gutter, those with something there."""
    left = [[s for s in row if s.middle < gutter] for row in rows]
    right = [[s for s in row if s.middle >= gutter] for row in rows]
    return [r for r in left if r], [r for r in right if r]


def has_both(rows: Sequence[list[Segment]], gutter: float) -> bool:
    """Something stands on either side of the gutter."""
    left, right = split_at(rows, gutter)
    return bool(left and right)


def cut_table(
    rows: Sequence[list[Segment]], band: Band, rules: Sequence[Shape], boxes: Sequence[Shape]
) -> Band:
    """End a band where white space over its whole width parts a table from columns of text."""
    for index in range(band.first + 2, band.last + 1):
        upper = rows[band.first : index]
        if tear(rows, index) <= 1.2 * max(s.size for s in rows[index]) or not has_both(upper, band.gutter):
            continue
        lower = rows[index : band.last + 1]
        is_text = is_columns(upper, band.gutter, rules, boxes)
        if not is_text or (has_both(lower, band.gutter) and not is_columns(lower, band.gutter, rules, boxes)):
            return replace(band, last=index - 1)
    return band


def has_side_box(rows: Sequence[list[Segment]], gutter: float, boxes: Sequence[Shape]) -> bool:
    """What stands right of the gutter stands in drawn boxes of its own, each of several lines."""
    right = [s for row in rows for s in row if s.middle >= gutter]
    edge = max((s.box[2] for row in rows for s in row if s.middle < gutter), default=gutter)
    beside = [b.box for b in boxes if b.box[0] > edge - 4 and b.box[3] - b.box[1] >= _LEAST_BOX_HEIGHT]
    inside = sum(any(is_inside(s.box, box) for box in beside) for s in right)
    return bool(right) and inside >= 0.8 * len(right)


def narrow_side(left: list[list[Segment]], right: list[list[Segment]]) -> str:
    """Which column is a side column of the other ("" where both are alike)."""
    widths = []
    for side in (left, right):
        area = union(s.box for row in side for s in row)
        widths.append(area[2] - area[0])
    if widths[1] < _NARROW * widths[0] and len(left) >= _LEAST_SIDE_ROWS:
        return "right"
    if widths[0] < _NARROW * widths[1] and len(right) >= _LEAST_SIDE_ROWS:
        return "left"
    return ""


def is_columns(
    rows: Sequence[list[Segment]], gutter: float, rules: Sequence[Shape], boxes: Sequence[Shape]
) -> bool:
    """Two columns of running text rather than the cells of a table.

    Text columns fill their width line after line; the cells of a table stand on common baselines, are short, or have
    rules drawn across the gutter.
    """
    left, right = split_at(rows, gutter)
    if has_side_box(rows, gutter, boxes) or is_drawn_apart(left, right):
        return True
    area = union(s.box for row in rows for s in row)
    edge = max(s.box[2] for row in left for s in row) - 5
    crossing = {
        round(r.box[1])
        for r in rules
        if r.box[0] < edge and gutter < r.box[2] and area[1] - 6 <= r.box[1] <= area[3] + 6
    }
    is_ruled = any(area[1] + 2 < y < area[3] - 2 for y in crossing)
    if is_ruled or sum(len(row) > _CELLS_OF_TEXT for row in rows) > len(rows) / 3:
        return False
    if min(len(left), len(right)) < _LEAST_TEXT_ROWS or is_numbers(right) or is_numbers(left):
        return False
    aligned = sum(1 for row in rows if len(row) > 1) / min(len(left), len(right))
    if max(len(left), len(right)) >= _LONG_COLUMN:
        prose = max((_filled(side), len(side)) for side in (left, right))
        if prose[0] >= _FULL_LONG and prose[1] >= _LONG_COLUMN:
            return True
    return (_filled(left) >= _FULL_LEFT and _filled(right) >= _FULL_RIGHT) or aligned < _ALIGNED


def is_drawn_apart(left: Sequence[list[Segment]], right: Sequence[list[Segment]]) -> bool:
    """Text boxes side by side: each has a heading of its own, and they are drawn box by box, not row by row."""
    heads = [[row[0] for row in side if _is_head(row)] for side in (left, right)]
    looks = [{head.words[0].style for head in side} for side in heads]
    if not looks[0] & looks[1] or not len(heads[0]) < len(left) or not len(heads[1]) < len(right):
        return False
    order = sorted((s.words[0].place, n) for n, side in enumerate((left, right)) for row in side for s in row)
    turns = sum(a != b for (_, a), (_, b) in pairwise(order))
    return order[0][0] < order[-1][0] and turns < len(heads[0]) + len(heads[1])


def _is_head(row: list[Segment]) -> bool:
    return len(row) == 1 and all(w.style.bold for w in row[0].words)


def is_numbers(rows: Sequence[list[Segment]]) -> bool:
    """A column of page numbers, amounts or marks, not of text."""
    texts = [cell_of(s) for row in rows for s in row]
    return sum(not any(c.isalpha() for c in t) or is_page_number(t) for t in texts) >= 0.7 * len(texts)


def _filled(rows: Sequence[list[Segment]]) -> float:
    area = union(s.box for row in rows for s in row)
    edge = area[0] + 0.82 * (area[2] - area[0])
    return sum(max(s.box[2] for s in row) >= edge for row in rows) / len(rows)
