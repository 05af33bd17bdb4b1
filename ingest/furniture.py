"""Running heads and page numbers, told apart from text by where and how often they stand. Pure."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace

from ingest.lines import Line, Role, body_style
from ingest.pdf import Style

_MARGIN = 0.13  # share of the page's height in which running heads stand
_PAGE_NUMBER = re.compile(
    r"(?:(?:page|seite|p\.|s\.|sida|pagina|página|pág\.|σελίδα|σελ\.|strana|str\.)\s?)?"
    r"[\[(–—|-]?\s*(?:\d{1,4}|[ivxlc]{1,7})\s*[\])–—|-]?(?:\s*(?:/|of|de|von|av|di|din|από|z)\s*\d{1,4})?",
    re.IGNORECASE,
)


def mark_furniture(lines: Sequence[Line], heights: dict[int, float], body_size: float) -> list[Line]:
    """Mark what repeats at the same height in the margins on neighbouring pages, and lone page numbers there.

    Only the outermost lines count: a heading that recurs below or above body text stays text.
    """
    body = body_style(lines)
    places: dict[tuple[str, int], set[int]] = defaultdict(set)
    by_page: dict[int, list[int]] = defaultdict(list)
    for index, line in enumerate(lines):
        by_page[line.page].append(index)
        if _in_margin(line, heights):
            for key in _keys(line):
                for slot in _slots(line):
                    places[key, slot].add(line.page)
    out = list(lines)
    heads: Counter[tuple[int, Style]] = Counter()
    for is_second in (False, True):  # what stands where running heads stand, in their type, is one
        for indexes in by_page.values():
            for sign in (1, -1):
                for index in sorted(indexes, key=lambda i: sign * lines[i].box[1]):
                    role = out[index].role
                    if role == Role.BODY and _in_margin(lines[index], heights):
                        role = _furniture_role(lines[index], places, len(heights), body_size)
                        if is_second and role == Role.BODY and _is_headlike(lines[index], heads, body):
                            role = Role.RUNNING_HEAD
                        out[index] = replace(lines[index], role=role)
                    if role == Role.BODY:
                        break
                    if role == Role.RUNNING_HEAD and not is_second:
                        heads.update((slot, lines[index].style) for slot in _slots(lines[index]))
    return out


def _is_headlike(line: Line, heads: Counter[tuple[int, Style]], body: Style | None) -> bool:
    return line.style != body and any(heads[slot, line.style] >= 4 for slot in _slots(line))


def _furniture_role(
    line: Line, places: dict[tuple[str, int], set[int]], pages: int, body_size: float
) -> Role:
    if is_page_number(line.text):
        return Role.PAGE_NUMBER
    for seen in (sorted(places[key, slot]) for key in _keys(line) for slot in _slots(line)):
        near = sum(1 for a, b in zip(seen, seen[1:], strict=False) if b - a <= 2)
        is_large = line.size > 1.1 * body_size and len(seen) < 0.5 * pages
        usual = 0.45 if len(seen) >= 8 else 0.6  # heads of left-hand pages skip those that open a chapter
        if near >= max(1 if pages <= 6 else 2, usual * (len(seen) - 1)) and not is_large:
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


def _in_margin(line: Line, heights: dict[int, float]) -> bool:
    height = heights[line.page]
    return line.box[3] < _MARGIN * height or line.box[1] > (1 - _MARGIN) * height


def is_page_number(text: str) -> bool:
    return bool(_PAGE_NUMBER.fullmatch(text.strip()))
