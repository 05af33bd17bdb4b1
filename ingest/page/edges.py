"""Drawn shapes -> the edges that may part the cells of a table: ruling lines, frames, and shaded boxes. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ingest.page.raw import Shape
from kb import Box

_THICKEST = 3.5  # points: what is thicker is a box
_SHORTEST = 4.0  # points: shorter marks are signs
_LEAST_BOX = (14.0, 7.0)  # points, width and height of a cell that a word fits in
_HALF_LINE = 0.5  # points: a frame's box holds the width of its line
_TOUCH = 4.5  # points that the ends of edges which meet may leave between them; cells set apart leave more
_SAME = 2.6  # points between the two edges of neighbouring cells, which are one edge
MOST_EDGES = 600  # a page: more is a drawing


@dataclass(frozen=True, slots=True)
class Edge:
    """A straight edge at height (or, if upright, distance from the left) `at`, from `start` to `end`, in points.

    `is_drawn`: a line is drawn there; else it is where a shaded box ends.
    """

    at: float
    start: float
    end: float
    is_drawn: bool = True


@dataclass(frozen=True, slots=True)
class Mesh:
    """Edges that meet: level ones top down, upright ones left to right, and the box around them all."""

    level: tuple[Edge, ...]
    upright: tuple[Edge, ...]

    @property
    def box(self) -> Box:
        """The least box that holds all edges."""
        xs = [x for e in self.level for x in (e.start, e.end)] + [e.at for e in self.upright]
        ys = [y for e in self.upright for y in (e.start, e.end)] + [e.at for e in self.level]
        return min(xs), min(ys), max(xs), max(ys)


def meshes_of(shapes: Sequence[Shape], width: float, height: float) -> list[Mesh]:
    """Groups of edges that meet, top down; shaded boxes that touch count by their sides."""
    level: list[Edge] = []
    upright: list[Edge] = []
    for shape in shapes:
        _add_edges(shape, width * height, level, upright)
    if not level or len(level) + len(upright) > MOST_EDGES:
        return []
    rows, columns = _joined(level), _joined(upright)
    return sorted(_components(rows, columns), key=lambda m: m.box[1])


def _add_edges(shape: Shape, page: float, level: list[Edge], upright: list[Edge]) -> None:
    x0, y0, x1, y1 = shape.box
    wide, high = x1 - x0, y1 - y0
    if shape.is_image or wide * high > 0.9 * page:
        return
    if high <= _THICKEST < wide:
        if wide >= _SHORTEST:
            level.append(Edge((y0 + y1) / 2, x0, x1))
    elif wide <= _THICKEST < high:
        if high >= _SHORTEST:
            upright.append(Edge((x0 + x1) / 2, y0, y1))
    elif wide >= _LEAST_BOX[0] and high >= _LEAST_BOX[1]:
        inset = 0.0 if shape.is_filled else _HALF_LINE
        level.extend(Edge(y, x0, x1, not shape.is_filled) for y in (y0 + inset, y1 - inset))
        upright.extend(Edge(x, y0, y1, not shape.is_filled) for x in (x0 + inset, x1 - inset))


def _joined(edges: Iterable[Edge]) -> list[Edge]:
    """Edges of one height as one where they meet end to end or lie on one another; the heights evened out."""
    out: list[Edge] = []
    group: list[Edge] = []
    for edge in sorted(edges, key=lambda e: e.at):
        if group and edge.at - group[-1].at > _SAME:
            out.extend(_end_to_end(group))
            group = []
        group.append(edge)
    return out + _end_to_end(group)


def _end_to_end(group: Sequence[Edge]) -> list[Edge]:
    out: list[Edge] = []
    at = sum(e.at for e in group) / len(group) if group else 0.0
    for edge in sorted(group, key=lambda e: e.start):
        if out and edge.start <= out[-1].end + _TOUCH:
            last = out[-1]
            out[-1] = Edge(at, last.start, max(last.end, edge.end), last.is_drawn or edge.is_drawn)
        else:
            out.append(Edge(at, edge.start, edge.end, edge.is_drawn))
    return out


def _components(level: Sequence[Edge], upright: Sequence[Edge]) -> list[Mesh]:
    """Level and upright edges that cross or meet, group by group; a level edge that meets none is one alone."""
    parent = list(range(len(level) + len(upright)))

    def root(n: int) -> int:
        while parent[n] != n:
            parent[n] = parent[parent[n]]
            n = parent[n]
        return n

    for i, row in enumerate(level):
        for j, column in enumerate(upright, start=len(level)):
            if (
                row.start - _TOUCH <= column.at <= row.end + _TOUCH
                and column.start - _TOUCH <= row.at <= column.end + _TOUCH
            ):
                parent[root(i)] = root(j)
    groups: dict[int, tuple[list[Edge], list[Edge]]] = {}
    for n, edge in enumerate((*level, *upright)):
        groups.setdefault(root(n), ([], []))[n >= len(level)].append(edge)
    return [Mesh(tuple(rows), tuple(columns)) for rows, columns in groups.values() if rows]
