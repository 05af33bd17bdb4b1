"""Contents pages that print no page numbers: told by what they list, which is printed again further on. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from ingest.page import ContentsEntry, Line, Role, clean, join_lines
from ingest.tree.contents import is_contents_title
from kb.words import word_key

_LEAST_TITLES = 3  # that make a list of contents
_MOST_WRAPPED = 3  # lines that a title may run over; by eye
_LISTED = 0.7  # share of the lines of the list that are printed again, at the least; by eye
_MOST_BETWEEN = 2  # lines between two titles that are printed nowhere else; by eye
_LONGEST = 160  # characters of a title in the list; by eye


def with_unnumbered(
    lines: Sequence[Line], entries: Sequence[ContentsEntry]
) -> tuple[list[Line], list[ContentsEntry]]:
    """Lines and entries with those of lists of contents that say no pages, below a contents heading."""
    out, found = list(lines), list(entries)
    by_page: dict[int, list[int]] = defaultdict(list)
    for index, line in enumerate(lines):
        if line.role == Role.BODY:
            by_page[line.page].append(index)
    last_page: Mapping[str, int] | None = None
    is_open = False
    for page, indexes in sorted(by_page.items()):
        start = next((n for n, i in enumerate(indexes) if is_contents_title(lines[i].text)), None)
        if start is None and not is_open:
            continue
        last_page = last_page if last_page is not None else _last_page(lines)
        below = indexes if start is None else indexes[start + 1 :]
        titles = _titles(lines, below, page, last_page)
        is_open = bool(titles) and titles[-1][-1] == indexes[-1]
        first = titles[0][0] if start is None and titles else indexes[start or 0]
        for n in indexes[indexes.index(first) : indexes.index(titles[-1][-1]) + 1] if titles else ():
            out[n] = replace(lines[n], role=Role.CONTENTS)
        found.extend(_entry([lines[n] for n in title]) for title in titles)
    return out, sorted(found, key=lambda e: e.page)


def _last_page(lines: Sequence[Line]) -> dict[str, int]:
    """Folded text of a line, or of some that follow one another -> the last page that prints it."""
    found: dict[str, int] = {}
    body = [line for line in lines if line.role == Role.BODY and len(line.text) <= _LONGEST]
    for count in range(1, _MOST_WRAPPED + 1):
        for n in range(len(body) - count + 1):
            if body[n].page == body[n + count - 1].page:
                key = _key(body[n : n + count])
                found[key] = max(body[n].page, found.get(key, 0))
    return found


def _key(lines: Sequence[Line]) -> str:
    return word_key(join_lines([line.text for line in lines]))


def _titles(
    lines: Sequence[Line], below: Sequence[int], page: int, last_page: Mapping[str, int]
) -> list[list[int]]:
    """The places of the lines of each title of a page's list; none where most is printed nowhere else."""
    titles: list[list[int]] = []
    at = again = kept = between = 0
    while at < len(below) and between <= _MOST_BETWEEN:
        runs = (below[at : at + count] for count in range(_MOST_WRAPPED, 0, -1))
        title = next((r for r in runs if last_page.get(_key([lines[n] for n in r]), 0) > page), None)
        titles.append(list(title or below[at : at + 1]))
        at += len(titles[-1])
        between = 0 if title else between + 1
        if title:
            again, kept = again + len(title), len(titles)
    count = sum(len(title) for title in titles[:kept])
    is_list = kept >= _LEAST_TITLES and again >= _LISTED * count
    return titles[:kept] if is_list else []


def _entry(title: Sequence[Line]) -> ContentsEntry:
    text = join_lines([line.text for line in title])
    return ContentsEntry(clean(text.replace("\t", " ")), "", title[0].box[0], title[0].page)
