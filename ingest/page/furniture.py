"""Running heads and page numbers, told apart from text by where and how often they stand. Pure."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise

from ingest.page.lines import Line, Role, body_style
from ingest.page.raw import Style
from kb.words import Pattern

# running heads in one type at one height from which a further text there is one; by eye
_HEADS_OF_A_STYLE = 4
_NEIGHBOURS = 2  # pages apart at the most: left-hand and right-hand pages have heads of their own
# pages from which _USUAL_OF_MANY is enough: heads of left-hand pages skip those that open a chapter
_SURE = 8
_USUAL, _USUAL_OF_MANY = 0.6, 0.45  # share of the pages with a head whose neighbours have it; by eye
_FEW_PAGES = 6  # up to which one neighbour makes a head; by eye
_MARGIN = 0.13  # share of the page's height in which running heads stand
_PAGE_NUMBER = Pattern(
    r"(?:<<page.number>>\s?)?[\[(–—|-]?\s*(?:\d{1,4}|[ivxlc]{1,7})\s*[\])–—|-]?(?:\s*(?:/|<<page.of>>)\s*\d{1,4})?"
)


def mark_furniture(lines: Sequence[Line], heights: dict[int, float], body_size: float) -> list[Line]:
    """Mark what repeats at the same height in the margins on neighbouring pages, and lone page numbers there.

    Only the outermost lines count: a heading that recurs below or above body text stays text.
    """
    margins = _Margins(lines, heights, body_size)
    heads: Counter[tuple[int, Style]] = Counter()
    first = _marked(lines, margins.role)
    for line in first:
        if line.role == Role.RUNNING_HEAD:
            heads.update((slot, line.style) for slot in _slots(line))
    body = body_style(lines)

    def role(line: Line) -> Role:
        """What stands where running heads stand, in their type, is one even if its text stands there once."""
        found = margins.role(line)
        is_headlike = line.style != body and any(
            heads[slot, line.style] >= _HEADS_OF_A_STYLE for slot in _slots(line)
        )
        return Role.RUNNING_HEAD if found == Role.BODY and is_headlike and margins.has(line) else found

    return _marked(lines, role)


def _marked(lines: Sequence[Line], role: Callable[[Line], Role]) -> list[Line]:
    """Each page's lines with their role, from the top and from the bottom up to the first that is text."""
    out = list(lines)
    by_page: dict[int, list[int]] = defaultdict(list)
    for index, line in enumerate(lines):
        by_page[line.page].append(index)
    for indexes in by_page.values():
        from_top = sorted(indexes, key=lambda i: lines[i].box[1])
        for order in (from_top, sorted(indexes, key=lambda i: -lines[i].box[1])):
            for index in order:
                found = role(lines[index])
                if found == Role.BODY:
                    break
                out[index] = replace(lines[index], role=found)
    return out


class _Margins:
    """What stands in the margins of a document's pages, by its text and its height."""

    def __init__(self, lines: Sequence[Line], heights: dict[int, float], body_size: float) -> None:
        self._heights = heights
        self._body_size = body_size
        self._places: dict[tuple[str, int], set[int]] = defaultdict(set)
        for line in lines:
            if self.has(line):
                for key in _keys(line):
                    for slot in _slots(line):
                        self._places[key, slot].add(line.page)

    def has(self, line: Line) -> bool:
        """The line stands in the upper or the lower margin."""
        height = self._heights[line.page]
        return line.box[3] < _MARGIN * height or line.box[1] > (1 - _MARGIN) * height

    def role(self, line: Line) -> Role:
        """A lone page number, a running head, or text."""
        if not self.has(line):
            return Role.BODY
        if is_page_number(line.text):
            return Role.PAGE_NUMBER
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
