"""Tables that go on over page breaks: one number, heads once, and rows that a break cuts marked. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ingest.page.lines import Line, PrintedCell, PrintedRow, Role

_MARGIN = 0.13  # share of the page's height, above and below, in which running heads and page numbers stand
_NOTE = 0.92  # share of the body's size below which a line at a page's foot is a note; by eye
_SAME_EDGE, _SAME_GUTTER = (
    7.0,
    32.0,
)  # points that outer and inner edges of columns differ by; the inner ones are
# drawn in some tables, in others they lie somewhere in the white space between two columns
_SENTENCE = 5  # words from which a text without a full stop is a sentence that goes on; by eye
_ENDS = (".", "!", "?", ":", ";", "”", "»", ")", "…")


def continue_tables(lines: Sequence[Line], heights: dict[int, float]) -> list[Line]:
    """The lines with the tables of neighbouring pages joined that are one table."""
    out = list(lines)
    pages: dict[int, list[int]] = {}
    for index, line in enumerate(out):
        pages.setdefault(line.page, []).append(index)
    for page, indexes in pages.items():
        last = _last(out, pages.get(page - 1, ()), heights)
        first = _first(out, indexes, heights)
        if last is not None and first is not None and _is_same(out[last], out[first], out):
            _join(out, last, [i for i in indexes if i >= first])
    return out


def _last(lines: Sequence[Line], indexes: Sequence[int], heights: dict[int, float]) -> int | None:
    """The table row that ends a page, but for what stands in its lower margin and notes."""
    rows = [i for i in indexes if lines[i].row is not None]
    if not rows:
        return None
    last = rows[-1]
    row = lines[last].row
    sizes = [lines[i].size for i in rows if row is not None and lines[i].row]
    for i in indexes:
        line = lines[i]
        is_low = line.box[1] > (1 - _MARGIN) * heights[line.page] or line.size < _NOTE * min(sizes)
        if line.row is None and line.box[1] > lines[last].box[3] - 1 and not is_low:
            return None
    return last


def _first(lines: Sequence[Line], indexes: Sequence[int], heights: dict[int, float]) -> int | None:
    """The table row that opens a page, but for what stands in its upper margin."""
    first = next((i for i in indexes if lines[i].row is not None), None)
    if first is None:
        return None
    for i in indexes:
        line = lines[i]
        is_high = line.box[3] < _MARGIN * heights[line.page]
        if line.row is None and line.box[3] < lines[first].box[1] + 1 and not is_high:
            return None
    return first


def _opening(row: Line, lines: Sequence[Line]) -> Line:
    """The first row of a row's table."""
    return next(line for line in lines if line.row and row.row and line.row.table == row.row.table)


def _is_same(above: Line, below: Line, lines: Sequence[Line]) -> bool:
    """Two rows have the same columns, or the lower one repeats the heads of the table above."""
    if above.row is None or below.row is None:
        return False
    one, two = above.row.edges, below.row.edges
    if len(one) != len(two):
        return False
    if (
        below.row.is_head
        and below.row.table != above.row.table
        and _texts(below) == _texts(_opening(above, lines))
    ):
        return True  # the heads that a page repeats
    shift = two[0] - one[0]  # left-hand and right-hand pages may have other margins
    far = [abs(b - a - shift) for a, b in zip(one, two, strict=True)]
    return far[-1] <= _SAME_EDGE and max(far) <= _SAME_GUTTER


def _join(lines: list[Line], last: int, below: Sequence[int]) -> None:
    """Give the rows below the break the number of the table above it; mark repeated heads and cut rows."""
    table = _row(lines[last]).table
    own = _row(lines[below[0]]).table
    above = [line for line in lines[: last + 1] if line.row is not None and line.row.table == table]
    heads = _heads(above)
    is_first = True
    for n, index in enumerate(i for i in below if (r := lines[i].row) is not None and r.table == own):
        line = lines[index]
        row = replace(_row(line), table=table)
        if n < len(heads) and is_first and _texts(line) == _texts(heads[n]):
            lines[index] = replace(line, role=Role.TABLE_HEAD, row=row)
            continue
        if is_first:
            row = replace(row, is_head=False, is_continued=_is_cut(above, replace(line, row=row)))
            row = replace(row, cells=tuple(replace(c, is_head=_is_key(above, c.column)) for c in row.cells))
            is_first = False
        lines[index] = replace(line, row=row)


def _row(line: Line) -> PrintedRow:
    if line.row is None:
        raise ValueError(f"page {line.page}: no row of a table: {line.text[:40]!r}")
    return line.row


def _texts(line: Line) -> list[str]:
    return [c.text for c in _row(line).cells if c.lines]


def _heads(above: Sequence[Line]) -> list[Line]:
    """The first rows of a table, which a later page may repeat: those marked, else the first."""
    count = next((n for n, line in enumerate(above) if not _row(line).is_head), len(above))
    return list(above[: max(count, 1)])


def _is_key(above: Sequence[Line], column: int) -> bool:
    cells = [c for line in above if not _row(line).is_head for c in _row(line).cells if c.column == column]
    return bool(cells) and all(c.is_head for c in cells if c.lines)


def _is_cut(above: Sequence[Line], below: Line) -> bool:
    """A row's text goes on below the break: its key stands on one side only, or a sentence is cut."""
    last, row = _row(above[-1]), _row(below)
    if last.is_head or last.is_band or row.is_band:
        return False
    body = [r for line in above if not (r := _row(line)).is_head and not r.is_band]
    keyed = sum(_has_key(r) for r in body)
    is_keyed = keyed > 0.6 * len(body) or len(body) == 1
    if is_keyed and not _has_key(row):
        return True
    if not _has_key(last) and len(body) > 1 and keyed >= 0.5 * (len(body) - 1):
        return True
    both = [(a.text.rstrip(), b) for b in row.cells if b.lines and (a := last.at(b.column)) and a.lines]
    cut = [a for a, b in both if not a.endswith(_ENDS) and b.text[:1].islower()]
    return bool(cut) and all(_may_go_on(a, b) for a, b in both)


def _may_go_on(above: str, below: PrintedCell) -> bool:
    """A cell's text may be cut there: what follows has a small letter, or a sentence is not at its end."""
    is_sentence = below.column > 0 and len(above.split()) >= _SENTENCE and not above.endswith(_ENDS)
    return not below.text[:1].isupper() or is_sentence


def _has_key(row: PrintedRow) -> bool:
    cell = row.at(0)
    return bool(cell and cell.lines)
