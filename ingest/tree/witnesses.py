"""What the outline and the contents pages say of headings: which are real, and which they name in vain. Pure."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Sequence

from ingest.page import Bookmark, LaidOut, Line, join_lines
from ingest.tree.contents import is_contents_title
from ingest.tree.headings import Heading, alike, bare, flat, look_of
from kb.words import word_key

_SAME_INDENT = 5  # points that indents of one depth differ by at the most; by eye


def witness(
    headings: list[Heading],
    lines: Sequence[Line],
    laid: LaidOut,
    outline: Sequence[Bookmark],
    labels: Sequence[str],
) -> list[str]:
    """Mark the headings that the outline and the contents pages name; return what they name in vain."""
    missing: list[str] = []
    contents_pages = {e.page for e in laid.contents}
    for mark in outline:
        if mark.page in contents_pages and is_contents_title(mark.title):
            continue
        heading = _find(headings, lines, mark.title, mark.page)
        if heading is None:
            missing.append(mark.title)
        elif heading.outline_level is None:
            heading.outline_level = mark.level
    depth = _indents([e.indent for e in laid.contents])
    to_page = _printed_to_pdf(headings, laid, labels)
    for entry in laid.contents:
        page = to_page.get(entry.printed.lower())
        heading = _find(headings, lines, entry.title, page, contents_pages)
        if heading is None:
            missing.append(entry.title)
        elif heading.contents_level is None:
            heading.contents_level = depth[round(entry.indent)]
    headings.sort(key=lambda h: h.first)
    return list(dict.fromkeys(missing))


def _indents(indents: Sequence[float]) -> dict[int, int]:
    """Indentation in points -> depth from 0; indents within 5 points are the same."""
    steps: list[float] = []
    depth: dict[int, int] = {}
    for value in sorted(indents):
        if not steps or value - steps[-1] > _SAME_INDENT:
            steps.append(value)
        depth[round(value)] = len(steps) - 1
    return depth


def _printed_to_pdf(headings: Sequence[Heading], laid: LaidOut, labels: Sequence[str]) -> dict[str, int]:
    """Printed page -> PDF page: by page labels where they are more than a count, else by the usual offset."""
    plain = [str(n + 1) for n in range(len(labels))]
    if list(labels) != plain:
        return {label.lower(): n + 1 for n, label in reversed(list(enumerate(labels)))}
    first = max((e.page for e in laid.contents), default=0)
    by_title: dict[str, list[int]] = defaultdict(list)
    for heading in headings:
        if heading.page > first:
            by_title[bare(heading.text)].append(heading.page)
    offsets = []
    for entry in laid.contents:
        pages = by_title.get(bare(entry.title), ())
        if entry.printed.isdigit() and len(pages) == 1:
            offsets.append(pages[0] - int(entry.printed))
    offset = round(statistics.median(offsets)) if offsets else 0
    return {str(n - offset): n for n in range(1, len(labels) + 1)}


def _find(
    headings: list[Heading],
    lines: Sequence[Line],
    title: str,
    page: int | None,
    not_on: set[int] | None = None,
) -> Heading | None:
    """The heading of that title on that page or beside it; a plain line there is promoted to one."""
    wanted, whole = bare(title), word_key(title)
    near = [h for h in headings if (abs(h.page - page) <= 1 if page else h.page not in (not_on or ()))]
    near.sort(key=lambda h: (abs(h.page - (page or h.page)), h.first))
    for heading in near:
        if wanted == bare(heading.text) or whole == word_key(heading.text):
            return heading
    for heading in near:
        if alike(bare(heading.text), wanted) or alike(word_key(heading.text), whole):
            return _split_heading(heading, headings, lines, wanted) or heading
    for heading in near:
        merged = _split_heading(heading, headings, lines, wanted)
        if merged:
            return merged
    return _promote(headings, lines, wanted, page) if page else None


def _split_heading(
    heading: Heading, headings: list[Heading], lines: Sequence[Line], wanted: str
) -> Heading | None:
    """Two headings that type alone had joined, or one that it had cut in two."""
    for cut in range(heading.first, heading.last):
        head = join_lines([flat(line) for line in lines[heading.first : cut + 1]])
        tail = join_lines([flat(line) for line in lines[cut + 1 : heading.last + 1]])
        if alike(bare(head), wanted) or alike(bare(tail), wanted):
            start = lines[cut + 1]
            second = Heading(
                cut + 1, heading.last, tail, start.page, start.box[1], look_of(start), start.is_boxed
            )
            heading.last, heading.text = cut, head
            headings.insert(headings.index(heading) + 1, second)
            return heading if alike(bare(head), wanted) else second
    place = headings.index(heading)
    if place + 1 < len(headings) and headings[place + 1].first == heading.last + 1:
        follower = headings[place + 1]
        joined = join_lines([heading.text, follower.text])
        if alike(bare(joined), wanted, 0.93) and not follower.is_witnessed:
            heading.last, heading.text = follower.last, joined
            headings.remove(follower)
            return heading
    return None


def _promote(headings: list[Heading], lines: Sequence[Line], wanted: str, page: int) -> Heading | None:
    taken = {n for h in headings for n in range(h.first, h.last + 1)}
    for index, line in enumerate(lines):
        if line.page != page or index in taken or line.is_list_item:
            continue
        text = ""
        for last in range(index, min(index + 3, len(lines))):
            if last in taken or lines[last].page != page:
                break
            text = join_lines([text, flat(lines[last])]) if text else flat(lines[last])
            if alike(bare(text), wanted, 0.93) and not text.endswith("."):
                found = Heading(index, last, text, page, line.box[1], look_of(line), line.is_boxed)
                headings.append(found)
                headings.sort(key=lambda h: h.first)
                return found
    return None
