"""Contents pages: which lines they hold, and what these say. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from itertools import pairwise

from ingest.page import ContentsEntry, Line, Role, Tag, Tags, clean, join_lines
from kb.words import cues, word_key

_LEAST_ENTRIES = 3  # lines with a page number that make a list of contents; two may be anything
_LEAST_LEADERS = 4  # lines with dot leaders that make one without a heading; by eye
_LEAST_CELLED = 6  # rows of title and number that make one without leaders; by eye
# points sideways and down to the line above that an entry's title began on; by eye
_SAME_INDENT, _NEXT_LINE = 40, 6
# share of the lines that tags call a list of contents, and characters of an entry, at the most: more is no such list
_MOST_TAGGED, _LONGEST_ENTRY = 0.3, 250
_PAIR = 2  # cells: a title and its page
# Read from their ends, where they tell: of the titles and leaders that fit, the shortest and the most.
_LEADER_BACKWARDS = re.compile(
    r"\n?(?P<page>[0-9]{1,4}|[ivxlc]{1,7})\s*+[.…·_](?:\s?[.…·_]){2,}\s*(?P<title>\S.*)",
    re.IGNORECASE | re.DOTALL,
)
_LEADERS = re.compile(r"(?:[.…·_]\s?){5,}")
_TRAILING_PAGE = re.compile(r"(?<=\s)[0-9]{1,4}$")
_LETTER = re.compile(r"[^\W\d]")


def unrolled(lines: Sequence[Line]) -> list[Line]:
    """The lines, rows of a table that hold several lines with dot leaders taken apart: they list contents."""
    out: list[Line] = []
    for line in lines:
        held = [own for cell in line.row.cells for own in cell.lines] if line.row is not None else []
        if sum(bool(_LEADERS.search(own.text)) for own in held) < _PAIR:
            out.append(line)
            continue
        level: list[list[Line]] = []
        for own in sorted(held, key=lambda o: o.box[3]):
            if level and own.box[3] - level[-1][0].box[3] < _NEXT_LINE:
                level[-1].append(own)
            else:
                level.append([own])
        out.extend(_joined(sorted(group, key=lambda o: o.box[0]), line) for group in level)
    return out


def _joined(group: Sequence[Line], row: Line) -> Line:
    """Pieces on one height as one line of the row's column."""
    xs0, ys0, xs1, ys1 = zip(*(own.box for own in group), strict=True)
    return replace(
        group[0],
        text=" ".join(own.text for own in group),
        box=(min(xs0), min(ys0), max(xs1), max(ys1)),
        runs=tuple(run for own in group for run in own.runs),
        left=row.left,
        right=row.right,
        links=tuple(link for own in group for link in own.links),
        marks=tuple(dict.fromkeys(mark for own in group for mark in own.marks)),
        row=None,
    )


def is_contents_title(text: str) -> bool:
    """The text is what a contents page is headed with, in any of the languages."""
    return word_key(text) in _contents_titles()


@cache
def _contents_titles() -> frozenset[str]:
    return frozenset(word_key(title) for title in cues.load().words("contents"))


def mark_contents(lines: Sequence[Line]) -> tuple[list[Line], list[ContentsEntry]]:
    """Find contents pages: dot leaders, or a contents heading above lines that end in rising page numbers."""
    out = list(lines)
    entries: list[ContentsEntry] = []
    by_page: dict[int, list[int]] = defaultdict(list)
    for index, line in enumerate(lines):
        if line.role == Role.BODY:
            by_page[line.page].append(index)
    is_open = False
    for page in sorted(by_page):
        indexes = by_page[page]
        start = next((n for n, i in enumerate(indexes) if is_contents_title(lines[i].text)), None)
        strict = [i for i in indexes if _entry(lines[i].text)]
        read = _entry if len(strict) >= _LEAST_ENTRIES else _loose_entry
        found = [n for n, i in enumerate(indexes) if read(lines[i].text)]
        from_here = start if start is not None else 0
        found = [n for n in found if n >= from_here]
        is_list = len(found) >= _LEAST_ENTRIES and len(found) >= 0.5 * (found[-1] - found[0] + 1)
        celled = [i for i in indexes if _celled_entry(lines[i])]
        strict_list = is_list and (
            len(strict) >= _LEAST_LEADERS
            or (
                len(celled) >= _LEAST_CELLED
                and len(celled) >= 0.4 * len(indexes)
                and _rising(lines, celled, range(len(celled)))
            )
        )
        if not (
            strict_list
            or (start is not None and is_list)
            or (is_open and is_list and _rising(lines, indexes, found))
        ):
            is_open = False
            continue
        first = start if start is not None else found[0]
        for n in range(first, found[-1] + 1):
            out[indexes[n]] = replace(out[indexes[n]], role=Role.CONTENTS)
        entries.extend(_contents_entries([lines[indexes[n]] for n in range(first, found[-1] + 1)], page))
        is_open = found[-1] >= len(indexes) - 4
    return out, entries


def with_tagged(
    lines: Sequence[Line], entries: Sequence[ContentsEntry], tags: Tags
) -> tuple[list[Line], list[ContentsEntry]]:
    """Lines and entries with what only the tags call a list of contents, whether pages are printed in it or not."""
    by_entry: dict[int, list[int]] = defaultdict(list)
    for index, line in enumerate(lines):
        if line.role == Role.BODY and (place := _tagged_entry(line, tags)) is not None:
            by_entry[place].append(index)
    told = [n for indexes in by_entry.values() for n in indexes]
    if len(by_entry) < _LEAST_ENTRIES or len(told) > _MOST_TAGGED * len(lines):
        return list(lines), list(entries)
    out, found = list(lines), list(entries)
    for indexes in by_entry.values():
        first = lines[indexes[0]]
        text = join_lines([lines[n].text for n in indexes])
        title, printed = _entry(text) or _loose_entry(text) or (text, "")
        if len(title) <= _LONGEST_ENTRY:
            for n in indexes:
                out[n] = replace(lines[n], role=Role.CONTENTS)
            if not is_contents_title(title):
                found.append(
                    ContentsEntry(clean(title.replace("\t", " ")), printed, first.box[0], first.page)
                )
    return out, sorted(found, key=lambda e: e.page)


def _tagged_entry(line: Line, tags: Tags) -> int | None:
    """The entry of a list of contents that all of a line is tagged as."""
    places = {_entry_of(tags, line.page, mark) for mark in line.marks if mark >= 0}
    return places.pop() if len(places) == 1 else None


def _entry_of(tags: Tags, page: int, mark: int) -> int | None:
    place = tags.at(page, mark)
    return None if place is None else tags.above(place, {Tag.ENTRY})


def _contents_entries(lines: Sequence[Line], page: int) -> list[ContentsEntry]:
    entries: list[ContentsEntry] = []
    held: list[Line] = []
    for line in lines:
        if is_contents_title(line.text):
            continue
        celled = (line.cells[0], line.cells[1]) if _celled_entry(line) else None
        parts = _entry(line.text) or celled or _loose_entry(line.text)
        if not parts:
            held.append(line)
            continue
        wraps = [
            h
            for h in held[-1:]
            if abs(h.box[0] - line.box[0]) < _SAME_INDENT and line.box[1] - h.box[3] < _NEXT_LINE
        ]
        title = join_lines([h.text for h in wraps] + [parts[0]])
        entries.append(ContentsEntry(clean(title), parts[1], (wraps or [line])[0].box[0], page))
        held = []
    return entries


def _rising(lines: Sequence[Line], indexes: Sequence[int], found: Sequence[int]) -> bool:
    numbers = [int(e[1]) for n in found if (e := _loose_entry(lines[indexes[n]].text)) and e[1].isdigit()]
    return len(numbers) >= _LEAST_ENTRIES and all(a <= b for a, b in pairwise(numbers))


def _entry(text: str) -> tuple[str, str] | None:
    match = _LEADER_BACKWARDS.match(text.replace("\t", " ")[::-1])
    if match and "\n" not in match["title"]:
        return match["title"][::-1], match["page"][::-1]
    return None


def _loose_entry(text: str) -> tuple[str, str] | None:
    if match := _TRAILING_PAGE.search(text):
        title = text[: match.start()].rstrip()
        if _LETTER.search(title) and "\n" not in title:
            return title.replace("\t", " ").strip(), match[0]
    return None


def _celled_entry(line: Line) -> bool:
    return len(line.cells) == _PAIR and line.cells[1].isdigit() and any(c.isalpha() for c in line.cells[0])
