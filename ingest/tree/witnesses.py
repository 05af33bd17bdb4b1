"""What the outline and the contents pages say of headings: which are real, and which they name in vain. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from ingest.page import Bookmark, ContentsEntry, LaidOut, Line, join_lines
from ingest.tree.contents import is_contents_title
from ingest.tree.headings import Heading, alike, bare, flat, look_of
from ingest.tree.printed_pages import printed_to_pdf
from kb.words import word_key

_ABOVE, _BELOW = 1.5, 4.0  # sizes of a heading that it stands above or below where a bookmark points; by eye
_SAME = 0.93  # likeness of a plain line to the title that promotes it; by eye
_SAME_INDENT = 5  # points that indents of one depth differ by at the most; by eye


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a witness says that a heading stands: its page from 1, points from the page's top; None if not said.

    `after` is the line that its entry before this one led to, -1 for none; `taken` are the headings that it has named.
    """

    page: int | None
    top: float | None
    after: int
    taken: frozenset[int]

    def holds(self, page: int, top: float, size: float) -> bool:
        """A line there is where the witness points, which may be some way above it."""
        return (
            self.top is not None and page == self.page and -_ABOVE * size <= top - self.top <= _BELOW * size
        )

    def distance(self, heading: Heading) -> tuple[bool, int, bool, bool, float, int]:
        """How far a heading is from it, the nearest first."""
        is_there = self.holds(heading.page, heading.top, heading.look.size)
        away = abs(heading.page - self.page) if self.page else 0
        apart = abs(heading.top - self.top) if self.top is not None and is_there else 0.0
        is_taken = id(heading) in self.taken and not is_there
        return is_taken, away, not is_there, heading.first <= self.after, apart, heading.first


def witness(
    headings: list[Heading],
    lines: Sequence[Line],
    laid: LaidOut,
    outline: Sequence[Bookmark],
    labels: Sequence[str],
) -> list[str]:
    """Mark the headings that the outline and the contents pages name; return what they name in vain."""
    missing = _by_outline(headings, lines, laid, outline)
    missing += _by_contents(headings, lines, laid, labels)
    headings.sort(key=lambda h: h.first)
    return list(dict.fromkeys(missing))


def _by_outline(
    headings: list[Heading], lines: Sequence[Line], laid: LaidOut, outline: Sequence[Bookmark]
) -> list[str]:
    missing: list[str] = []
    taken: set[int] = set()
    after = -1
    contents_pages = {e.page for e in laid.contents}
    for mark in outline:
        if not word_key(mark.title) or (mark.page in contents_pages and is_contents_title(mark.title)):
            continue
        heading = _find(headings, lines, mark.title, _Place(mark.page, mark.top, after, frozenset(taken)))
        if heading is None:
            missing.append(mark.title)
            continue
        taken.add(id(heading))
        after = heading.first
        if heading.outline_level is None:
            heading.outline_level = mark.level
    return missing


def _by_contents(
    headings: list[Heading], lines: Sequence[Line], laid: LaidOut, labels: Sequence[str]
) -> list[str]:
    missing: list[str] = []
    taken: set[int] = set()
    after = -1
    contents_pages = {e.page for e in laid.contents}
    depth = _indents([e.indent for e in laid.contents])
    maps = printed_to_pdf(headings, laid, labels)
    for entry in laid.contents:
        pages = dict.fromkeys(page for m in maps if (page := m.get(entry.printed.lower())))
        heading = None
        for page in pages or [_only_page(entry, lines, contents_pages)]:
            place = _Place(page, None, after, frozenset(taken))
            heading = _find(headings, lines, entry.title, place, contents_pages)
            if heading is not None:
                break
        if heading is None:
            missing.append(entry.title)
            continue
        taken.add(id(heading))
        after = heading.first
        if heading.contents_level is None:
            heading.contents_level = depth[round(entry.indent)]
    return missing


def _only_page(entry: ContentsEntry, lines: Sequence[Line], not_on: Collection[int]) -> int | None:
    """Where an entry says no page: the one on which its title is a line, if there is no other."""
    if entry.printed:
        return None
    key = bare(entry.title)
    pages = {line.page for line in lines if line.page not in not_on and bare(flat(line)) == key}
    return pages.pop() if len(pages) == 1 else None


def _indents(indents: Sequence[float]) -> dict[int, int]:
    """Indentation in points -> depth from 0; indents within 5 points are the same."""
    steps: list[float] = []
    depth: dict[int, int] = {}
    for value in sorted(indents):
        if not steps or value - steps[-1] > _SAME_INDENT:
            steps.append(value)
        depth[round(value)] = len(steps) - 1
    return depth


def _find(
    headings: list[Heading],
    lines: Sequence[Line],
    title: str,
    place: _Place,
    not_on: Collection[int] = (),
) -> Heading | None:
    """The heading of that title at that place or near it; a plain line there is promoted to one."""
    wanted, whole = bare(title), word_key(title)
    page = place.page
    near = [h for h in headings if (abs(h.page - page) <= 1 if page else h.page not in not_on)]
    near.sort(key=place.distance)
    for heading in near:
        if wanted == bare(heading.text) or whole == word_key(heading.text):
            is_there = place.holds(heading.page, heading.top, heading.look.size)
            if is_there or place.top is None:
                return heading
            return _promote(headings, lines, title, place, strict=True) or heading
    for heading in near:
        if alike(bare(heading.text), wanted) or alike(word_key(heading.text), whole):
            return _split_heading(heading, headings, lines, wanted) or heading
    for heading in near:
        merged = _split_heading(heading, headings, lines, wanted)
        if merged:
            return merged
    return _promote(headings, lines, title, place) if page else None


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


def _promote(
    headings: list[Heading], lines: Sequence[Line], title: str, place: _Place, *, strict: bool = False
) -> Heading | None:
    """A plain line of that title on that page as a heading, the one at the place first; `strict`: there only."""
    wanted = bare(title)
    here = [index for index, line in enumerate(lines) if line.page == place.page]
    taken = _taken(headings, here[0], here[-1]) if here else frozenset()
    found: list[tuple[int, int, str]] = []
    for index in here:
        line = lines[index]
        if index in taken or line.is_list_item:
            continue
        if strict and not place.holds(line.page, line.box[1], line.size):
            continue
        text = ""
        for last in range(index, min(index + 3, len(lines))):
            if last in taken or lines[last].page != place.page:
                break
            text = join_lines([text, flat(lines[last])]) if text else flat(lines[last])
            if alike(bare(text), wanted, _SAME) and (not text.endswith(".") or title.endswith((".", "…"))):
                found.append((index, last, text))
                break
    if not found:
        return None
    index, last, text = min(found, key=lambda f: _apart(lines[f[0]], place))
    line = lines[index]
    heading = Heading(index, last, text, line.page, line.box[1], look_of(line), line.is_boxed)
    headings.append(heading)
    headings.sort(key=lambda h: h.first)
    return heading


def _taken(headings: Sequence[Heading], first: int, last: int) -> frozenset[int]:
    """The lines of those headings that have some from `first` to `last`."""
    return frozenset(
        n for h in headings if h.first <= last and h.last >= first for n in range(h.first, h.last + 1)
    )


def _apart(line: Line, place: _Place) -> float:
    return abs(line.box[1] - place.top) if place.top is not None else 0.0
