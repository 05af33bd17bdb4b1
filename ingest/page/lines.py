"""What a page is read into: lines with their place, type and role. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache

from ingest.page.raw import Style
from ingest.page.tags import Tags
from ingest.page.text import BULLET, join_lines
from kb import Box, Link

# white space above a line from which a paragraph begins, in sizes of its type; by eye
PARAGRAPH_GAP_EM = 0.45


class Role(StrEnum):
    """Where a line belongs before any meaning is read."""

    BODY = "body"
    RUNNING_HEAD = "running head"
    PAGE_NUMBER = "page number"
    CONTENTS = "contents page"
    TABLE_HEAD = "repeated head of a table"
    NOTE = "footnote"


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of one style inside a line."""

    text: str
    style: Style


@dataclass(frozen=True, slots=True)
class PrintedCell:
    """A cell of a table: its lines, the column (from 0) it begins in, and the columns and rows that it takes."""

    lines: tuple[Line, ...]
    column: int = 0
    columns: int = 1
    rows: int = 1
    is_head: bool = False

    @property
    def text(self) -> str:
        """Its lines as one text."""
        return join_lines([line.text for line in self.lines])


@dataclass(frozen=True, slots=True)
class PrintedRow:
    """A row of a table: its cells, left to right, and the x of the edges of the table's columns, in points.

    `table` tells the tables of a document apart, `is_head` says that its cells head the columns, `is_continued`
    that it goes on with the row before it, which a page break cuts.
    """

    table: int
    cells: tuple[PrintedCell, ...]
    edges: tuple[float, ...]
    is_head: bool = False
    is_continued: bool = False

    @property
    def is_band(self) -> bool:
        """One cell takes all columns, as a title of the rows below it does."""
        return len(self.cells) == 1 and self.cells[0].columns >= len(self.edges) - 1

    def at(self, column: int) -> PrintedCell | None:
        """The cell that takes a column, if this row has one there."""
        return next((c for c in self.cells if c.column <= column < c.column + c.columns), None)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of one column, or one row of a table (then `cells` holds the texts of its cells, by column).

    `row` is that row where its cells are known with their lines. `box` in points from the top left, `left` and
    `right` the edges of its column, `gap` the white space above it in points (large at the top of a column),
    `marks` the stretches of tagged text on it, from left to right. A footnote's line refers to the one that its
    marker stands in, which holds the `notes` as text.
    """

    page: int
    text: str
    box: Box
    runs: tuple[Run, ...]
    left: float
    right: float
    gap: float = 99.0
    cells: tuple[str, ...] = ()
    role: Role = Role.BODY
    is_boxed: bool = False
    links: tuple[Link, ...] = ()
    row: PrintedRow | None = None
    marks: tuple[int, ...] = ()
    refers: tuple[int, Box] | None = None
    notes: tuple[str, ...] = ()

    @property
    def size(self) -> float:
        """Size in points of most of its characters."""
        return _main(self.runs).size

    @property
    def style(self) -> Style:
        """Style of most of its characters."""
        return _main(self.runs)

    @property
    def is_bold(self) -> bool:
        """Every word of it is bold, bullets aside."""
        return all(r.style.bold for r in self.runs if any(c.isalnum() for c in r.text))

    @property
    def is_list_item(self) -> bool:
        """It opens with a bullet."""
        return self.text.startswith(BULLET)

    @property
    def fill(self) -> float:
        """Share of its column that it covers, 0 to 1."""
        return (self.box[2] - self.left) / max(self.right - self.left, 1.0)


@dataclass(frozen=True, slots=True)
class ContentsEntry:
    """A line of a contents page: title, printed page, indentation in points, and the page it stands on."""

    title: str
    printed: str
    indent: float
    page: int


@dataclass(frozen=True, slots=True)
class LaidOut:
    """The document as lines in reading order, and what its contents pages say."""

    lines: tuple[Line, ...]
    contents: tuple[ContentsEntry, ...]
    body_size: float
    words: frozenset[str] = frozenset()
    tags: Tags = field(default_factory=Tags, repr=False)

    def body(self) -> tuple[Line, ...]:
        """The lines that are neither furniture nor contents."""
        return tuple(line for line in self.lines if line.role == Role.BODY)


def _main(runs: Sequence[Run]) -> Style:
    if len(runs) == 1:
        return runs[0].style
    weights: Counter[Style] = Counter()
    for run in runs:
        weights[run.style] += _signs(run.text)
    return weights.most_common(1)[0][0]


@lru_cache(maxsize=4096)
def _signs(text: str) -> int:
    """How many letters and figures a text has; the same lines are asked for their style again and again."""
    return sum(map(str.isalnum, text))


def body_style(lines: Sequence[Line]) -> Style | None:
    """The style of most characters, None without any."""
    weights: Counter[Style] = Counter()
    for line in lines:
        for run in line.runs:
            weights[run.style] += len(run.text)
    return weights.most_common(1)[0][0] if weights else None


def body_size_of(lines: Sequence[Line]) -> float:
    """Size in points of most characters, 10 without any."""
    sizes: Counter[float] = Counter()
    for line in lines:
        for run in line.runs:
            sizes[run.style.size] += len(run.text)
    return sizes.most_common(1)[0][0] if sizes else 10.0


def words_of(lines: Iterable[Line]) -> frozenset[str]:
    """The words and hyphenated compounds printed inside lines, folded; the halves at line ends are no words."""
    found: set[str] = set()
    is_broken = False
    for line in lines:
        words = re.findall(r"\b\w+(?:-\w+)*\b", line.text.casefold())
        if is_broken:
            words = words[1:]
        is_broken = line.text.endswith(("\u00ad", "-", "\u2010", "\u2011"))
        found.update(words[:-1] if is_broken else words)
    return frozenset(found)


def union(boxes: Iterable[Box]) -> Box:
    """The least box that holds all boxes."""
    xs0, ys0, xs1, ys1 = zip(*boxes, strict=True)
    return min(xs0), min(ys0), max(xs1), max(ys1)


def is_inside(inner: Box, outer: Box) -> bool:
    """A box lies in another, but for 4 points."""
    return (
        inner[0] >= outer[0] - 4
        and inner[1] >= outer[1] - 4
        and inner[2] <= outer[2] + 4
        and inner[3] <= outer[3] + 4
    )
