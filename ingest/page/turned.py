"""Text that runs another way than its page: marks and tabs are furniture, a turned table or note is text. Pure."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from ingest.page.columns import read_words
from ingest.page.directions import QUARTER, back
from ingest.page.lines import Line, Role, union
from ingest.page.raw import RawPage, Turned, Word
from kb import Box

_LARGE = 1.5  # times the size of the text from which a word may be a mark behind it; by eye
_OVERPRINTED = 3  # smaller words over a large one from which that is a mark
_PARTS_EM = 2.5  # white space in sizes that parts two blocks of turned lines; by eye
_MOST_LINES = 2  # of a tab or a mark; more are a text; by eye
_LONGEST_TAB = 120  # characters; longer ones are a text; by eye
_TITLE = 2.0  # times the size of text from which what stands once beside it is a title; by eye
_SAME_PLACE = 6.0  # points by which tabs of different pages stand apart at the most; by eye
_LEAST_PAGES = 2  # on which the same text, or a tab at the same place, is found
_LEAST_BESIDE = (
    12  # upright letters below which slanted text is what the page says; as for a page to read by OCR
)


@dataclass(frozen=True, slots=True)
class TurnedLines:
    """Neighbouring lines of one page that run `angle` degrees clockwise to it; the boxes are the page's."""

    page: int
    angle: int
    lines: tuple[Line, ...]

    @property
    def box(self) -> Box:
        """Where it stands on the page."""
        return union(line.box for line in self.lines)

    @property
    def text(self) -> str:
        """Its lines as one."""
        return " ".join(line.text for line in self.lines)

    @property
    def key(self) -> tuple[int, str]:
        """What it has in common with its like on other pages: direction, and text but for numbers."""
        return self.angle, re.sub(r"\d+", "#", self.text.casefold())

    @property
    def is_short(self) -> bool:
        """A line or two."""
        return len(self.lines) <= _MOST_LINES and len(self.text) <= _LONGEST_TAB


def without_marks(page: RawPage) -> RawPage:
    """The page with large words that text is printed over set apart, as if they ran another way."""
    sizes: Counter[float] = Counter()
    for word in page.words:
        sizes[word.style.size] += len(word.text)
    least = _LARGE * sizes.most_common(1)[0][0] if sizes else 0.0
    large = [w for w in page.words if w.style.size >= least]
    under = {(w.style, w.baseline) for w in large if sum(_is_over(o, w) for o in page.words) >= _OVERPRINTED}
    if not under:
        return page
    marks = tuple(w for w in page.words if (w.style, w.baseline) in under)
    text = tuple(w for w in page.words if (w.style, w.baseline) not in under)
    return replace(page, words=text, turned=(Turned(0, marks), *page.turned))


def _is_over(word: Word, mark: Word) -> bool:
    """A smaller word stands in the body of a large one."""
    if word.style.size * _LARGE > mark.style.size:
        return False
    middle = word.baseline - 0.25 * word.style.size
    overlap = min(word.box[2], mark.box[2]) - max(word.box[0], mark.box[0])
    return mark.baseline - 0.7 * mark.style.size <= middle <= mark.baseline and overlap >= 0.5 * (
        word.box[2] - word.box[0]
    )


def turned_blocks(page: RawPage) -> list[TurnedLines]:
    """The lines of every other direction on a page, those that stand together as one block."""
    out: list[TurnedLines] = []
    for turned in page.turned:
        blocks: list[list[Line]] = []
        for line in read_words(turned.words, page.number):
            if blocks and 0 - line.size <= line.gap <= _PARTS_EM * line.size:
                blocks[-1].append(line)
            else:
                blocks.append([line])
        out.extend(
            TurnedLines(page.number, turned.angle, tuple(_on_page(line, turned.angle) for line in lines))
            for lines in blocks
        )
    return out


def _on_page(line: Line, angle: int) -> Line:
    """The line with its box as shown on the page, covering as much of its column as before."""
    box = back(line.box, angle)
    width = line.right - line.left
    left = box[2] - line.fill * width
    return replace(line, box=box, left=left, right=left + width)


def with_turned(lines: Sequence[Line], blocks: Sequence[TurnedLines], body_size: float) -> list[Line]:
    """The document's lines with those of other directions where they begin, marks and tabs as furniture."""
    if not blocks:
        return list(lines)
    by_page: dict[int, list[Line]] = defaultdict(list)
    for line in lines:
        by_page[line.page].append(line)
    marks = _Marks(by_page, blocks, body_size)
    behind = {(b.text, line.style, line.box) for b in blocks if not b.angle for line in b.lines}
    for page, shown in by_page.items():  # a mark on a page whose text does not reach it
        by_page[page] = [
            replace(line, role=Role.RUNNING_HEAD) if (line.text, line.style, line.box) in behind else line
            for line in shown
        ]
    for block in blocks:
        shown = by_page[block.page]
        if marks.has(block):
            shown.extend(replace(line, role=Role.RUNNING_HEAD) for line in block.lines)
            continue
        top = block.box[1]
        place = next((n + 1 for n in range(len(shown) - 1, -1, -1) if shown[n].box[3] <= top + 1), 0)
        shown[place:place] = [replace(line, is_boxed=block.is_short) for line in block.lines]
    return [line for page in sorted(by_page) for line in by_page[page]]


class _Marks:
    """Tells marks and tabs from text by place, repetition and direction."""

    def __init__(
        self, by_page: dict[int, list[Line]], blocks: Sequence[TurnedLines], body_size: float
    ) -> None:
        self._body_size = body_size
        self._texts: dict[tuple[int, str], set[int]] = defaultdict(set)
        self._short = [b for b in blocks if b.is_short]
        self._columns: dict[int, Box] = {}
        self._letters: dict[int, int] = defaultdict(int)
        for block in blocks:
            self._texts[block.key].add(block.page)
        for page, shown in by_page.items():
            body = [line for line in shown if line.role in (Role.BODY, Role.CONTENTS)]
            if body:
                self._columns[page] = union(line.box for line in body)
                self._letters[page] = sum(len(line.text) for line in body)

    def has(self, block: TurnedLines) -> bool:
        """The block is a mark or a tab, not text."""
        if not block.angle:
            return True
        if block.angle % QUARTER and self._letters[block.page] >= _LEAST_BESIDE:
            return block.is_short or self._repeats(block)
        if not block.is_short:
            return False
        return self._repeats(block) or self._is_beside(block) or self._has_a_slot(block)

    def _repeats(self, block: TurnedLines) -> bool:
        return len(self._texts[block.key]) >= _LEAST_PAGES

    def _is_beside(self, block: TurnedLines) -> bool:
        """It stands beside the page's text, not in it, and is no turned title."""
        if block.lines[0].size > _TITLE * self._body_size:
            return False
        column = self._columns.get(block.page)
        middle = (block.box[0] + block.box[2]) / 2
        return column is not None and not column[0] <= middle <= column[2]

    def _has_a_slot(self, block: TurnedLines) -> bool:
        """Other pages have such a line in the same type at the same distance from the edge."""
        pages = {
            other.page
            for other in self._short
            if other.angle == block.angle
            and other.lines[0].style == block.lines[0].style
            and min(_apart(block.box, other.box)) <= _SAME_PLACE
        }
        return len(pages) >= _LEAST_PAGES


def _apart(a: Box, b: Box) -> Iterable[float]:
    """How far the baselines' places differ, measured at either edge."""
    return abs(a[0] - b[0]), abs(a[2] - b[2])
