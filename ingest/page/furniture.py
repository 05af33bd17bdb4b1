"""Running heads and page numbers, told apart from text by where and how often they stand. Pure."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from ingest.page.lines import Line, Role, body_style
from ingest.page.raw import Style
from kb.words import Pattern, word_key

# running heads in one type at one height from which a further text there is one; by eye
_HEADS_OF_A_STYLE = 4
_IN_MARGINS = (
    0.45  # share of a style's lines that stand at one height (left and right pages may differ); by eye
)
_NEIGHBOURS = 2  # pages apart at the most: left-hand and right-hand pages have heads of their own
# pages from which _USUAL_OF_MANY is enough: heads of left-hand pages skip those that open a chapter
_SURE = 8
_USUAL, _USUAL_OF_MANY = 0.6, 0.45  # share of the pages with a head whose neighbours have it; by eye
_FEW_PAGES = 6  # up to which one neighbour makes a head; by eye
# A line this near (in sizes of what is below it) above type of this many sizes of the text is a heading's label; by eye
_KICKER_GAP, _KICKER_BELOW = 0.9, 1.25
_BLOCK_GAP = 3.5  # the same for a label in the heading's own type; by eye
_ROWS_OF_TEXT = 3  # a running head may be set as a table of one row or two
_MARGIN = 0.13  # share of the page's height in which running heads stand
_WIDE_MARGIN = 0.2  # share of the height in which a number that counts with the pages is theirs
_COUNTED = 3  # pages that it must count
_LEVEL = 2.0  # points by which what stands at one height, or begins at one edge, differs at the most
_REACHED = (
    0.3  # share of pages whose text reaches as far as a line for that to stand in the text's area; by eye
)
_CLOSE_EM = 1.0  # white space in sizes between a label and its text at the most; by eye
_LABELS = 2  # lines of a page from which their type is that of its labels
_PAGE_NUMBER = Pattern(
    r"(?:<<page.number>>\s?)?[\[(–—|-]?\s*(?:\d{1,4}|[ivxlc]{1,7})\s*+[\])–—|-]?(?:\s*(?:/|<<page.of>>)\s*\d{1,4})?"
)


def mark_furniture(lines: Sequence[Line], heights: dict[int, float], body_size: float) -> list[Line]:
    """Mark what repeats at the same height in the margins on neighbouring pages, and lone page numbers there.

    Only the outermost lines count: a heading that recurs below or above body text stays text.
    """
    margins = _Margins(lines, heights, body_size)
    heads: Counter[tuple[int, Style]] = Counter()
    first = _marked(lines, margins.role, body_size)
    first = _without_text(first, first, len(heights))
    for line in first:
        if line.role == Role.RUNNING_HEAD:
            heads.update((slot, line.style) for slot in _slots(line))
    body = body_style(lines)
    small = _styles_of_margins(lines, margins, body_size)

    def role(line: Line) -> Role:
        """What stands where running heads stand, in their type, is one even if its text stands there once."""
        found = margins.role(line)
        is_headlike = line.style != body and any(
            heads[slot, line.style] >= _HEADS_OF_A_STYLE or (slot, line.style) in small
            for slot in _slots(line)
        )
        return Role.RUNNING_HEAD if found == Role.BODY and is_headlike and margins.has(line) else found

    return _without_text(_marked(lines, role, body_size), first, len(heights))


def _styles_of_margins(lines: Sequence[Line], margins: _Margins, body_size: float) -> set[tuple[int, Style]]:
    """Heights and styles of small type that stand at one height of a margin on several pages, and nowhere else."""
    pages: dict[tuple[int, Style], set[int]] = defaultdict(set)
    every: Counter[Style] = Counter()
    for line in lines:
        every[line.style] += 1
        if line.size < body_size and margins.has(line):
            for slot in _slots(line):
                pages[slot, line.style].add(line.page)
    return {
        (slot, style)
        for (slot, style), on in pages.items()
        if len(on) >= _HEADS_OF_A_STYLE and len(on) >= _IN_MARGINS * every[style]
    }


def _marked(lines: Sequence[Line], role: Callable[[Line], Role], body_size: float) -> list[Line]:
    """Each page's lines with their role, from the top and from the bottom up to the first that is text."""
    out = list(lines)
    by_page: dict[int, list[int]] = defaultdict(list)
    for index, line in enumerate(lines):
        by_page[line.page].append(index)
    rows = _rows_of_text(lines)
    for indexes in by_page.values():
        from_top = sorted(indexes, key=lambda i: lines[i].box[1])
        for order in (from_top, sorted(indexes, key=lambda i: -lines[i].box[1])):
            for place, index in enumerate(order):
                if lines[index].role != Role.BODY:
                    continue
                found = role(lines[index]) if index not in rows else Role.BODY
                below = lines[order[place + 1]] if order is from_top and place + 1 < len(order) else None
                if found == Role.BODY or (below and _is_kicker(lines[index], below, body_size)):
                    break
                out[index] = replace(lines[index], role=found)
    return out


def _without_text(lines: Sequence[Line], first: Sequence[Line], pages: int) -> list[Line]:
    """The lines, what was marked but is set where and as text is set being text again.

    A label that opens each second page stands where text begins on others, close to what it labels; a contact at
    each foot has a label's type and the text's. `first` tells how far the text of each page reaches.
    """
    out = list(lines)
    tops, ends = _reach(first)
    by_page: dict[int, list[int]] = defaultdict(list)
    for index, line in enumerate(lines):
        by_page[line.page].append(index)
    body = body_style(lines)
    for indexes in by_page.values():
        styles = Counter(lines[i].style for i in indexes if lines[i].role == Role.BODY)
        for index in indexes:
            line = lines[index]
            if line.role != Role.RUNNING_HEAD:
                continue
            above, below = _nearest(line, [lines[i] for i in indexes if i != index])
            opens = (
                _is_close(below, line) and sum(t <= line.box[1] + _LEVEL for t in tops) >= _REACHED * pages
            )
            closes = (
                _is_close(above, line) and sum(e >= line.box[3] - _LEVEL for e in ends) >= _REACHED * pages
            )
            is_label = _labels(line, below, styles, body) or (above and _labels(above, line, styles, body))
            if opens or closes or is_label:
                out[index] = replace(line, role=Role.BODY)
    return out


def _reach(lines: Sequence[Line]) -> tuple[list[float], list[float]]:
    """Where the text of each page begins and ends, from the top."""
    tops: dict[int, float] = {}
    ends: dict[int, float] = {}
    for line in lines:
        if line.role == Role.BODY:
            tops[line.page] = min(tops.get(line.page, line.box[1]), line.box[1])
            ends[line.page] = max(ends.get(line.page, line.box[3]), line.box[3])
    return list(tops.values()), list(ends.values())


def _nearest(line: Line, others: Sequence[Line]) -> tuple[Line | None, Line | None]:
    """The next lines above and below, of those that share some of the width."""
    beside = [o for o in others if o.box[0] < line.box[2] and o.box[2] > line.box[0]]
    above = [o for o in beside if o.box[3] <= line.box[1] + 1]
    below = [o for o in beside if o.box[1] >= line.box[3] - 1]
    return max(above, key=lambda o: o.box[3], default=None), min(below, key=lambda o: o.box[1], default=None)


def _is_close(other: Line | None, line: Line) -> bool:
    """The other line is text of the same column, no further away than lines of a paragraph and its label are."""
    if other is None or other.role != Role.BODY or abs(other.left - line.left) > _LEVEL:
        return False
    return max(other.box[1] - line.box[3], line.box[1] - other.box[3]) <= _CLOSE_EM * line.size


def _labels(label: Line, text: Line | None, styles: Mapping[Style, int], body: Style | None) -> bool:
    """A line in the type of this page's labels, right above one in the type of its text."""
    return (
        text is not None
        and text.style == body
        and label.style != body
        and styles[label.style] >= _LABELS
        and abs(label.box[0] - text.box[0]) <= _LEVEL
        and text.box[1] - label.box[3] <= _CLOSE_EM * label.size
    )


def _is_kicker(line: Line, below: Line, body_size: float) -> bool:
    """The line stands right above a heading, as its label: "CASE STUDY" over larger type, "Annex 1" over the same."""
    is_larger = below.size > max(_KICKER_BELOW * body_size, line.size)
    is_same = below.style == line.style and line.size > body_size
    return (
        not is_page_number(line.text)
        and (is_larger or is_same)
        and below.box[1] - line.box[3] <= (_BLOCK_GAP if is_same else _KICKER_GAP) * below.size
        and min(line.box[2], below.box[2]) > max(line.box[0], below.box[0])
    )


def _rows_of_text(lines: Sequence[Line]) -> set[int]:
    """The rows of tables of three rows and more, which are no running heads, whatever they repeat."""
    tables = Counter(line.row.table for line in lines if line.row)
    return {n for n, line in enumerate(lines) if line.row and tables[line.row.table] >= _ROWS_OF_TEXT}


class _Margins:
    """What stands in the margins of a document's pages, by its text and its height."""

    def __init__(self, lines: Sequence[Line], heights: dict[int, float], body_size: float) -> None:
        self._heights = heights
        self._body_size = body_size
        self._places: dict[tuple[str, int], set[int]] = defaultdict(set)
        self._headings = {word_key(line.text) for line in lines if line.size > body_size}
        for line in lines:
            if self._is_near(line):
                for key in _keys(line) if self.has(line) else _keys(line)[1:]:
                    for slot in _slots(line):
                        self._places[key, slot].add(line.page)

    def has(self, line: Line) -> bool:
        """The line stands in the upper or the lower margin."""
        height = self._heights[line.page]
        return line.box[3] < _MARGIN * height or line.box[1] > (1 - _MARGIN) * height

    def _is_near(self, line: Line) -> bool:
        """The line stands where writers with wide margins put page numbers."""
        height = self._heights[line.page]
        return line.box[3] < _WIDE_MARGIN * height or line.box[1] > (1 - _WIDE_MARGIN) * height

    def _counts(self, line: Line) -> bool:
        """A lone number further in that counts with the pages."""
        if not is_page_number(line.text):
            return False
        seen = [self._places[key, slot] for key in _keys(line)[1:] for slot in _slots(line)]
        return any(len(pages) >= _COUNTED for pages in seen)

    def role(self, line: Line) -> Role:
        """A lone page number, a running head, or text."""
        if not self.has(line):
            return Role.PAGE_NUMBER if self._counts(line) else Role.BODY
        if is_page_number(line.text):
            return Role.PAGE_NUMBER
        if line.size < self._body_size and word_key(line.text) in self._headings:
            return Role.RUNNING_HEAD
        pages = len(self._heights)
        for seen in (sorted(self._places[key, slot]) for key in _keys(line) for slot in _slots(line)):
            near = sum(1 for a, b in pairwise(seen) if b - a <= _NEIGHBOURS)
            is_large = line.size > 1.1 * self._body_size and len(seen) < 0.5 * pages
            usual = _USUAL_OF_MANY if len(seen) >= _SURE else _USUAL
            if near >= max(1 if pages <= _FEW_PAGES else 2, usual * (len(seen) - 1)) and not is_large:
                return Role.RUNNING_HEAD
        return Role.BODY


def _keys(line: Line) -> list[str]:
    """What a running head repeats: its text, or its text but for a number that counts with the pages."""
    text = line.text.casefold()
    found = [text]
    masked = re.sub(r"\d+", "#", text)
    for place, match in enumerate(re.finditer(r"\d{1,4}", text)):
        found.append(f"{masked}|{place}|{int(match[0]) - line.page}")
    if roman := re.search(r"\b[ivxlc]{1,7}$", text):
        found.append(text[: roman.start()] + "#")
    return found


def _slots(line: Line) -> tuple[int, int]:
    """Two overlapping height bins of 6 points, so that a rounding edge parts nothing."""
    return int(line.box[1] // 6), -int((line.box[1] + 3) // 6) - 1


def is_page_number(text: str) -> bool:
    """The text is a page number and nothing else, in any usual dress."""
    return bool(_PAGE_NUMBER.fullmatch(text.strip()))
