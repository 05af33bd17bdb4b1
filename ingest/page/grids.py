"""Edges and words of a page -> the tables that rules or shades draw: where their columns and rows part. Pure."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ingest.page.edges import Edge, Mesh, meshes_of
from ingest.page.raw import RawPage, Word
from kb import Box

_SAME_WIDTH = 6.0  # points that the ends of rules of one table differ by at the most
_LEAST_APART = 5.0  # points from one line of a table to the next
# points sideways and down that shades which are cells of their own are apart from lines
_LEAST_INSET = (12.0, 6.0)
_NEAR = 3.0  # points by which words may stand over an edge
_LEAST_GUTTER = 3.8  # points of white space over all rows that part two columns; a word space is less
_LEAST_COLUMN = 8.0  # points
_WIDER, _WIDEST_SPACE = 1.3, 9.0  # over the usual space between words; points, of a space between words
_PAIR = 2
_MOST_CROSSING = 0.04  # share of the words that may cross the edges of columns, as those of merged cells do
_LEAST_FILLED = 0.25  # share of the cells that have text; a form to fill in has few
_MOST_LINES = 14  # lines of text in two neighbouring cells from which they are columns of a page; by eye
_LARGER = 1.15  # of the usual size, of headings between two rules; by eye
_SHORT_CELL = 9  # words of a cell that heads a row; by eye
# white space in sizes up to which a table without rules goes on: with a row, with a line in one column; by eye
_TEAR_EM, _LONE_TEAR_EM = 2.6, 1.2
_HEAD_POINTS = 50.0  # above the rule below heads, in which these stand
_HEAD_EM, _CLOSE_EM = 0.9, 0.35  # white space in sizes between heads and their rule, and between their lines
_HALF_POINT = 0.6  # that sizes of one table differ by, of heads and text
# columns of a table without lines, and words of each of its heads; by eye
_LEAST_HEADS, _MOST_HEAD_WORDS = 3, 5
_FULL_ROWS = 0.3  # share of the rows that have text in several columns
_MOST_COLUMNS, _MOST_ROWS = 40, 400


@dataclass(frozen=True, slots=True)
class Grid:
    """A table as drawn: the x of the edges of its columns, the y of those of its rows, outer ones too.

    `walls` are the upright edges that are drawn, `floors` the level ones. Where nothing upright is drawn, columns
    were told by the white space between them. `is_ruled`: an edge stands between any two rows.
    """

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    walls: tuple[Edge, ...]
    floors: tuple[Edge, ...]
    words: tuple[Word, ...]
    is_ruled: bool = True

    @property
    def box(self) -> Box:
        """The outer edges."""
        return self.xs[0], self.ys[0], self.xs[-1], self.ys[-1]

    @property
    def words_between(self) -> tuple[float, float]:
        """The heights between which its words stand."""
        return min(w.box[1] for w in self.words), max(w.box[3] for w in self.words)


@dataclass(frozen=True, slots=True)
class _Strip:
    """Meshes of one width, one below the other."""

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    level: tuple[Edge, ...]
    upright: tuple[Edge, ...]

    @property
    def is_closed(self) -> bool:
        """Lines are drawn between its columns and around its rows, so that nothing is missing."""
        return sum(e.is_drawn for e in self.upright) > _PAIR and len(self.ys) > _PAIR


def grids_of(page: RawPage, words: Sequence[Word]) -> list[Grid]:
    """The tables that lines or shades draw on a page, top down; none lies in another."""
    found: list[Grid] = []
    strips = [_strip(mesh) for mesh in meshes_of(page.shapes, page.width, page.height)]
    for part in (part for stack in _stacks(strips) for part in _parted(stack, words)):
        for grid in _grids(part, words, strips):
            if is_table(grid) and not any(_overlap(grid.box, other.box) for other in found):
                found.append(grid)
    for grid in _by_heads(words, strips) if words else ():
        if is_table(grid) and not any(_overlap(grid.box, other.box) for other in found):
            found.append(grid)
    return sorted(found, key=lambda g: g.ys[0])


def _strip(mesh: Mesh) -> _Strip:
    left, top, right, bottom = mesh.box
    xs = _clustered((left, right), mesh.upright, _LEAST_INSET[0])
    outer = (top, bottom) if mesh.upright else ()
    return _Strip(xs, _clustered(outer, mesh.level, _LEAST_INSET[1]), mesh.level, mesh.upright)


def _clustered(outer: Sequence[float], edges: Sequence[Edge], inset: float) -> tuple[float, ...]:
    """The places of some edges in order, each once; where lines part the cells, shades part none."""
    found = list(outer)
    lines = [e for e in edges if e.is_drawn]
    for least, is_drawn in ((_LEAST_APART, True), (inset, False)):
        if not is_drawn and len(lines) > _PAIR:
            break  # lines enough to part all; shades then lie behind the lines of text
        for edge in edges:
            if edge.is_drawn == is_drawn and all(abs(edge.at - x) > least for x in found):
                found.append(edge.at)
    return tuple(sorted(found))


def _stacks(strips: Sequence[_Strip]) -> list[list[_Strip]]:
    """Strips that may be of one table: of one width, where none of them is a table by itself."""
    stacks: list[list[_Strip]] = []
    for strip in strips:
        for stack in stacks:
            last = stack[-1]
            is_same = (
                abs(last.xs[0] - strip.xs[0]) < _SAME_WIDTH and abs(last.xs[-1] - strip.xs[-1]) < _SAME_WIDTH
            )
            if is_same and not (last.is_closed or strip.is_closed):
                stack.append(strip)
                break
        else:
            stacks.append([strip])
    return stacks


def _parted(stack: Sequence[_Strip], words: Sequence[Word]) -> Iterator[list[_Strip]]:
    """Strips of one width, cut where text of the page stands between two of them."""
    part = [stack[0]]
    for before, after in pairwise(stack):
        ends = (min(before.xs[0], after.xs[0]), max(before.xs[-1], after.xs[-1]))
        between = _inside((ends[0], before.ys[-1], ends[1], after.ys[0]), words)
        crossing = sum(_crosses(w, after.xs[1:-1] or before.xs[1:-1]) for w in between)
        if between and (_is_text(between, ends) or crossing > _MOST_CROSSING * len(between)):
            yield part
            part = []
        part.append(after)
    yield part


def _grids(stack: Sequence[_Strip], words: Sequence[Word], strips: Sequence[_Strip]) -> list[Grid]:
    level = tuple(e for strip in stack for e in strip.level)
    upright = tuple(e for strip in stack for e in strip.upright)
    xs, ys = stack[0].xs, stack[0].ys
    if len(stack) > 1:
        left, right = min(strip.xs[0] for strip in stack), max(strip.xs[-1] for strip in stack)
        xs = _clustered((left, right), upright, _LEAST_INSET[0])
        ys = _clustered([y for strip in stack for y in (strip.ys[0], strip.ys[-1])], level, _LEAST_INSET[1])
        ys = tuple(y for n, y in enumerate(ys) if not n or y - ys[n - 1] > _LEAST_APART)
    if len(xs) > _MOST_COLUMNS or len(ys) > _MOST_ROWS:
        return []
    if len(xs) > _PAIR:
        if not any(
            e.is_drawn for e in upright
        ):  # shades only, which leave out every other row, or all but heads
            ys = _longer(xs, _higher(xs, ys, words), words, strips)
        inside = _inside((xs[0], ys[0], xs[-1], ys[-1]), words)
        return [Grid(xs, ys, upright, level, inside, _is_ruled(ys, stack))] if len(ys) > 1 else []
    if len(ys) == 1:
        return _headed(ys[0], (xs[0], xs[-1]), level, words, strips)
    return _by_white_space(xs, ys, level, words)


def _is_ruled(ys: Sequence[float], stack: Sequence[_Strip]) -> bool:
    """Edges part the rows, not only the heads from the rest."""
    return len(ys) > _PAIR + 1 or (len(ys) == _PAIR + 1 and not any(len(s.ys) == _PAIR for s in stack))


def _longer(
    xs: Sequence[float], ys: tuple[float, ...], words: Sequence[Word], strips: Sequence[_Strip]
) -> tuple[float, ...]:
    """A row of shaded heads with the rows below it: down to what crosses their columns, or to white space."""
    ends = [s.ys[0] for s in strips if s.ys[0] > ys[-1] + 1 and s.xs[0] < xs[-1] and s.xs[-1] > xs[0]]
    end = ys[-1]
    columns: set[int] = set()
    largest = max((w.style.size for w in _inside((xs[0], ys[0], xs[-1], ys[-1]), words)), default=0.0)
    for row in _below(words, xs, ys[-1], min(ends, default=math.inf)):
        own = {_place((w.box[0] + w.box[2]) / 2, xs) for w in row}
        if _ends(row, end, len(own), largest) or any(_crosses(w, xs) for w in row):
            break
        end = max(end, *(w.box[3] for w in row))
        columns |= own
    return (*ys, end + 1) if len(columns) > 1 else ys


def _higher(xs: Sequence[float], ys: tuple[float, ...], words: Sequence[Word]) -> tuple[float, ...]:
    """Shaded rows with the heads that stand above the first of them without a shade."""
    heads = [w for w in _heads_above(ys[0], xs, words) if not _crosses(w, xs)]
    columns = {_place((w.box[0] + w.box[2]) / 2, xs) for w in heads}
    return (min(w.box[1] for w in heads) - 1, *ys) if len(columns) > _PAIR else ys


def _below(words: Sequence[Word], xs: Sequence[float], top: float, bottom: float) -> Iterator[list[Word]]:
    """The words between two heights that stand under some columns, by their baselines, top down."""
    inside = [
        w for w in words if w.box[1] > top - _NEAR and w.box[3] <= bottom and _is_under(w.box, xs[0], xs[-1])
    ]
    row: list[Word] = []
    for word in sorted(inside, key=lambda w: w.baseline):
        if row and word.baseline - row[0].baseline > 1:
            yield row
            row = []
        row.append(word)
    if row:
        yield row


def _is_under(box: Box, left: float, right: float) -> bool:
    return box[0] < right and box[2] > left


def _ends(row: Sequence[Word], end: float, columns: int, largest: float) -> bool:
    """A line is not of the table above it: far below, or larger, or not so far but in one column only."""
    gap = min(w.box[1] for w in row) - end
    size = max(w.style.size for w in row)
    if size > largest + _HALF_POINT:
        return True
    return gap > (_TEAR_EM if columns > 1 else _LONE_TEAR_EM) * size


def _headed(
    rule: float,
    ends: tuple[float, float],
    level: tuple[Edge, ...],
    words: Sequence[Word],
    strips: Sequence[_Strip],
) -> list[Grid]:
    """A table whose only rule is the one below its heads, or none: the heads, and what leaves their columns apart."""
    heads = _heads_above(rule, ends, words)
    if len(columns_of(heads, ends)) <= _PAIR + 1:
        return []
    held, end, count = list(heads), rule, 0
    largest = max(w.style.size for w in heads)
    below = [s.ys[0] for s in strips if s.ys[0] > rule + 1 and s.xs[0] < ends[1] and s.xs[-1] > ends[0]]
    least = len(columns_of(heads, ends))
    for row in _below(words, ends, rule, min(below, default=math.inf)):
        own = len(columns_of(row, ends)) - 1
        if _ends(row, end, own, largest) or len(columns_of([*held, *row], ends)) < min(least, _PAIR + 2):
            break
        held.extend(row)
        least = len(columns_of(held, ends))
        end = max(end, *(w.box[3] for w in row))
        count += own > 1
    top = min(w.box[1] for w in heads) - 1
    ys = (top, rule, end + 1)
    return [Grid(columns_of(held, ends), ys, (), level, tuple(held), False)] if count > 1 else []


def _by_heads(words: Sequence[Word], strips: Sequence[_Strip]) -> Iterator[Grid]:
    """Tables without any line: a row of bold heads, each short, and what leaves their columns apart below it."""
    ends = (min(w.box[0] for w in words) - 1, max(w.box[2] for w in words) + 1)
    for row in _below(words, ends, -math.inf, math.inf):
        if len(row) < _LEAST_HEADS or not all(w.style.bold for w in row):
            continue
        parts = columns_of(row, ends)
        widest = max(sum(a <= w.box[0] < b for w in row) for a, b in pairwise(parts))
        if len(parts) > _LEAST_HEADS and widest <= _MOST_HEAD_WORDS:
            yield from _headed(max(w.box[3] for w in row), ends, (), words, strips)


def _heads_above(rule: float, xs: Sequence[float], words: Sequence[Word]) -> list[Word]:
    """The words that stand above a rule in several columns, of one line or some that stand close."""
    found: list[Word] = []
    top = rule
    for row in reversed(list(_below(words, xs, rule - _HEAD_POINTS, rule + 1))):
        size = max(w.style.size for w in row)
        is_near = top - max(w.box[3] for w in row) < (_HEAD_EM if not found else _CLOSE_EM) * size
        if not is_near or len(columns_of(row, xs)) <= (_PAIR + 1 if not found else _PAIR):
            break
        found.extend(row)
        top = min(w.box[1] for w in row)
    return found


def _by_white_space(
    xs: Sequence[float], ys: Sequence[float], level: tuple[Edge, ...], words: Sequence[Word]
) -> list[Grid]:
    """Tables between level rules alone: runs of bands whose words leave the same columns apart."""
    found: list[Grid] = []
    run: list[float] = []
    held: tuple[Word, ...] = ()
    for top, bottom in pairwise(ys):
        band = _inside((xs[0], top, xs[-1], bottom), words)
        both = (*held, *band)
        if _is_text(band, xs):
            found.extend(_run(run, held, xs, level))
            run, held = [], ()
            continue
        if band and run and len(columns_of(both, xs)) > _PAIR:
            run.append(bottom)
            held = both
            continue
        found.extend(_run(run, held, xs, level))
        run, held = ([top, bottom], band) if band and len(columns_of(band, xs)) > _PAIR else ([], ())
    return [*found, *_run(run, held, xs, level)]


def _is_text(band: Sequence[Word], xs: Sequence[float]) -> bool:
    """What stands between two rules is text of the page: it holds headings in larger type, or long columns."""
    sizes = [w.style.size for w in band]
    if sizes and max(sizes) > _LARGER * statistics.median(sizes):
        return True
    columns = columns_of(band, xs) if band else ()
    cells: dict[tuple[int, int], list[Word]] = {}
    for word in band:
        cells.setdefault((0, _place((word.box[0] + word.box[2]) / 2, columns)), []).append(word)
    return _holds_columns(cells)


def _run(
    ys: Sequence[float], words: tuple[Word, ...], xs: Sequence[float], level: tuple[Edge, ...]
) -> list[Grid]:
    if len(ys) <= _PAIR:
        return []
    floors = tuple(e for e in level if ys[0] - 1 <= e.at <= ys[-1] + 1)
    return [Grid(columns_of(words, xs), tuple(ys), (), floors, words, len(ys) > _PAIR + 1)]


def columns_of(words: Sequence[Word], xs: Sequence[float]) -> tuple[float, ...]:
    """Edges of the columns that words leave white between them, outer ones at the ends of the rules."""
    merged: list[list[float]] = []
    least = max(_LEAST_GUTTER, _WIDER * _word_space(words))
    for low, high in sorted((w.box[0], w.box[2]) for w in words):
        if merged and low < merged[-1][1] + least:
            merged[-1][1] = max(merged[-1][1], high)
        else:
            merged.append([low, high])
    middles = [(a[1] + b[0]) / 2 for a, b in pairwise(merged)]
    return (xs[0], *middles, xs[-1])


def _word_space(words: Sequence[Word]) -> float:
    """The usual white space between two words of a line, in points."""
    row = sorted(words, key=lambda w: (round(w.baseline), w.box[0]))
    spaces = [b.box[0] - a.box[2] for a, b in pairwise(row) if abs(a.baseline - b.baseline) < 1]
    return statistics.median([s for s in spaces if 0 < s < _WIDEST_SPACE] or [0.0])


def _inside(box: Box, words: Sequence[Word]) -> tuple[Word, ...]:
    return tuple(
        w
        for w in words
        if box[0] - _NEAR <= (w.box[0] + w.box[2]) / 2 <= box[2] + _NEAR
        and box[1] <= (w.box[1] + w.box[3]) / 2 <= box[3]
    )


def _crosses(word: Word, xs: Sequence[float]) -> bool:
    return any(word.box[0] + _NEAR < x < word.box[2] - _NEAR for x in xs)


def _place(value: float, edges: Sequence[float]) -> int:
    """Which of the spaces between edges a value lies in, from 0."""
    return min(max(sum(value >= e for e in edges) - 1, 0), len(edges) - 2)


def is_table(grid: Grid) -> bool:
    """Text stands in cells of several columns, and is not columns of a page in a frame."""
    if len(grid.xs) <= _PAIR or not grid.words:
        return False
    if any(b - a < _LEAST_COLUMN for a, b in pairwise(grid.xs)):
        return False
    walled = [x for x in grid.xs[1:-1] if any(abs(e.at - x) < _NEAR and e.is_drawn for e in grid.walls)]
    crossing = sum(_crosses(w, walled) for w in grid.words)
    if crossing > _MOST_CROSSING * len(grid.words):
        return False
    cells: dict[tuple[int, int], list[Word]] = {}
    for word in grid.words:
        x, y = (word.box[0] + word.box[2]) / 2, (word.box[1] + word.box[3]) / 2
        cells.setdefault((_place(y, grid.ys), _place(x, grid.xs)), []).append(word)
    rows, columns = {i for i, _ in cells}, {j for _, j in cells}
    full = {i for i in rows if sum(row == i for row, _ in cells) > 1}
    if len(columns) < _PAIR or not full:
        return False
    if len(cells) < _LEAST_FILLED * (len(grid.xs) - 1) * (len(grid.ys) - 1):
        return False
    if len(rows) == 1:
        return len(columns) > _PAIR or len(cells.get((min(rows), 0), ())) <= _SHORT_CELL
    if len(full) < _FULL_ROWS * len(rows):
        return False
    return len(grid.ys) - 1 > _PAIR or len(columns) > _PAIR or not _holds_columns(cells)


def _holds_columns(cells: dict[tuple[int, int], list[Word]]) -> bool:
    """Two cells side by side are long: a page in two columns with lines drawn around them."""
    lines = {place: len({round(w.baseline) for w in words}) for place, words in cells.items()}
    return any(
        n > _MOST_LINES and lines.get((row, column + 1), 0) > _MOST_LINES
        for (row, column), n in lines.items()
    )


def _overlap(a: Box, b: Box) -> bool:
    return a[0] < b[2] - 1 and b[0] < a[2] - 1 and a[1] < b[3] - 1 and b[1] < a[3] - 1
