"""The heading tree, from three witnesses reconciled: outline, contents pages and type. Pure."""

from __future__ import annotations

import re
import statistics
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher

from ingest.contents import is_contents_title
from ingest.lines import LaidOut, Line, body_style
from ingest.pdf import Bookmark, Style
from ingest.text import fold, join_lines
from kb.vocabulary import Vocabulary

_ALIKE = 0.87
_LONGEST_HEADING = 220
_MOST_HEADING_LINES = 5
_NUMBER = re.compile(
    r"^\s*(?:(?:\d{1,3}(?:\.\d{1,3}){0,4}|[A-Z](?:\.\d{1,3}){1,4}|[IVXLC]{1,5}|[A-Za-z])[.):]?(?=\s)|\d{1,2}[.)])\s*[-–—‑.:)]?\s*"
)
_CLOSING = (".", ",", ";", "…")


@dataclass(frozen=True, slots=True)
class Look:
    """What type says of a heading: bigger, bolder, upper case come first."""

    size: float
    bold: bool
    caps: bool
    italic: bool
    color: int

    @property
    def weight(self) -> tuple[float, bool, bool, bool]:
        """Visual weight: the larger sorts higher."""
        return self.size, self.caps, self.bold, not self.italic


@dataclass(slots=True)
class Heading:
    """One heading: lines `first` to `last` (inclusive) of the body; `level` from 0, -1 until it is known."""

    first: int
    last: int
    text: str
    page: int
    top: float
    look: Look
    is_boxed: bool
    level: int = -1
    outline_level: int | None = None
    contents_level: int | None = None

    @property
    def is_witnessed(self) -> bool:
        """The outline or a contents page names it too."""
        return self.outline_level is not None or self.contents_level is not None


@dataclass(slots=True)
class Section:
    """A heading with its own lines and the sections below it; the root has no heading and level -1."""

    title: str
    level: int
    page: int
    lines: list[Line] = field(default_factory=list)
    children: list[Section] = field(default_factory=list)
    heading: tuple[Line, ...] = ()
    is_aside: bool = False
    is_witnessed: bool = False
    look: Look | None = None

    def walk(self) -> Iterator[Section]:
        """This section and all below it, in printed order."""
        yield self
        for child in self.children:
            yield from child.walk()

    def all_lines(self) -> Iterator[Line]:
        """Every line below the heading, sub-headings included, in printed order."""
        yield from self.lines
        for child in self.children:
            yield from child.heading
            yield from child.all_lines()

    @property
    def last_page(self) -> int:
        """The page on which it ends."""
        return max([self.page, *(line.page for line in self.all_lines())])

    @property
    def length(self) -> int:
        """Characters below the heading."""
        return sum(len(line.text) for line in self.all_lines())


@dataclass(frozen=True, slots=True)
class Tree:
    """The document's sections, its printed title, and what the witnesses list that was not found."""

    root: Section
    title: str
    missing: tuple[str, ...]


def bare(title: str) -> str:
    """A title folded, its numbering taken away: what titles are compared by."""
    return fold(_NUMBER.sub("", title, count=1)) or fold(title)


def alike(a: str, b: str, least: float = _ALIKE) -> bool:
    """Two folded texts are the same but for a few letters."""
    if a == b:
        return bool(a)
    if not a or not b or min(len(a), len(b)) < least * 0.8 * max(len(a), len(b)):
        return False
    return SequenceMatcher(None, a, b, autojunk=False).ratio() >= least


def build(
    laid: LaidOut, outline: Sequence[Bookmark], labels: Sequence[str], vocabulary: Vocabulary, fallback: str
) -> Tree:
    """Find the headings, give them levels, hang the text below them.

    `labels` are the printed page labels by PDF page; `fallback` is the title to use where none is printed.
    """
    lines = laid.body()
    headings = _candidates(lines, laid, vocabulary)
    missing = _witness(headings, lines, laid, outline, labels)
    title = _title(lines, headings, laid.body_size, fallback)
    _level(headings)
    return Tree(_hang(lines, headings), title, tuple(missing))


# --- candidates --------------------------------------------------------------------------------------------------


def _candidates(lines: Sequence[Line], laid: LaidOut, vocabulary: Vocabulary) -> list[Heading]:
    body_size = laid.body_size
    body = body_style(lines)
    found: list[Heading] = []
    for index, line in enumerate(lines):
        before = lines[index - 1] if index else None
        look = look_of(line)
        follows = bool(found) and _continues(found[-1], index, look, line, lines)
        if not follows and not _stands_out(line, before, body, body_size, vocabulary):
            continue
        text = _flat(line)
        if follows:
            found[-1].last = index
            found[-1].text = join_lines([found[-1].text, text], laid.words)
        else:
            found.append(Heading(index, index, text, line.page, line.box[1], look, line.is_boxed))
    return [h for h in found if _is_heading(h, lines, body_size)]


def look_of(line: Line) -> Look:
    """The look of a line's prevailing style."""
    style = line.style
    letters = [c for c in line.text if c.isalpha()]
    caps = len(letters) > 3 and sum(c.isupper() for c in letters) > 0.9 * len(letters)
    return Look(style.size, line.is_bold, caps, style.italic, style.color)


def _flat(line: Line) -> str:
    return " ".join(c for c in line.cells if c) if line.cells else line.text


def _stands_out(
    line: Line, before: Line | None, body: Style | None, body_size: float, vocabulary: Vocabulary
) -> bool:
    text = _flat(line)
    letters = sum(c.isalpha() for c in text)
    if (
        body is None
        or letters < 2
        or len(text) > _LONGEST_HEADING
        or letters < 0.4 * len(text.replace(" ", ""))
    ):
        return False
    is_bigger = line.size >= body_size + 1 and line.size >= 1.08 * body_size
    if line.cells:
        return is_bigger and len(line.cells) == 2 and len(line.cells[0]) < 14 and line.is_bold
    if line.is_list_item and line.size < 1.25 * body_size:
        return False
    if not is_bigger and text[0].islower():
        return False
    if is_bigger:
        return not text.endswith(_CLOSING[:1])
    is_label = len(text) <= 60 and bool(vocabulary.canonical(text))
    least = 0.6 if line.is_boxed else 0.75 if is_label and line.is_bold else 0.9  # side notes have their own size
    if line.size < least * body_size or text.endswith(_CLOSING):
        return False
    is_free = line.gap > 0.2 * line.size or before is None or before.fill < 0.85 or before.is_list_item
    look = look_of(line)
    if look.bold and not body.bold:
        return is_free and len(text) <= 140
    has_air = line.gap > 0.45 * line.size
    if look.caps and letters >= 4 and len({run.style.bold for run in line.runs}) == 1:
        return has_air and len(text) <= 110 and line.fill < 0.98
    if look.color not in (body.color, 0xFFFFFF) and not _is_link(text):
        return has_air and letters >= 4 and len(text) <= 90 and line.fill < 0.75 and text[:1].isupper()
    return is_label and is_free and (has_air or text.endswith(":")) and line.fill < 0.7


def _is_link(text: str) -> bool:
    return "://" in text or "www." in text or "@" in text


def _continues(last: Heading, index: int, look: Look, line: Line, lines: Sequence[Line]) -> bool:
    """The line is the next line of a wrapped heading."""
    if (
        last.last != index - 1
        or replace(last.look, caps=look.caps) != look
        or last.is_boxed != line.is_boxed
        or line.page != last.page
    ):
        return False
    if line.gap > 0.55 * line.size or last.last - last.first + 1 >= _MOST_HEADING_LINES:
        return False
    above = lines[index - 1]
    if above.text.endswith((":", "?", "!")) and above.fill < 0.75:
        return False
    return not _NUMBER.match(_flat(line)) or above.fill > 0.8


def _is_heading(heading: Heading, lines: Sequence[Line], body_size: float) -> bool:
    """Drop pull quotes and bold paragraphs: sentences, or many lines of body size."""
    count = heading.last - heading.first + 1
    if heading.text.endswith(".") and len(heading.text.split()) > 5:
        return False
    if heading.look.size < body_size + 1 and (count >= 4 or _starts_sentence(heading, lines)):
        return False
    return not (count > 1 and heading.text.endswith("."))


def _starts_sentence(heading: Heading, lines: Sequence[Line]) -> bool:
    """The line below it goes on with its sentence: bold words that open a paragraph."""
    if heading.last + 1 >= len(lines) or heading.text.endswith((":", "?", "!")) or len(heading.text.split()) < 6:
        return False
    below = lines[heading.last + 1]
    return below.page == heading.page and below.gap < 0.45 * below.size and below.text[:1].islower()


# --- witnesses ---------------------------------------------------------------------------------------------------


def _witness(
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
        if not steps or value - steps[-1] > 5:
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
    wanted, whole = bare(title), fold(title)
    near = [h for h in headings if (abs(h.page - page) <= 1 if page else h.page not in (not_on or ()))]
    near.sort(key=lambda h: (abs(h.page - (page or h.page)), h.first))
    for heading in near:
        if wanted == bare(heading.text) or whole == fold(heading.text):
            return heading
    for heading in near:
        if alike(bare(heading.text), wanted) or alike(fold(heading.text), whole):
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
        head = join_lines([_flat(line) for line in lines[heading.first : cut + 1]])
        tail = join_lines([_flat(line) for line in lines[cut + 1 : heading.last + 1]])
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
            text = join_lines([text, _flat(lines[last])]) if text else _flat(lines[last])
            if alike(bare(text), wanted, 0.93) and not text.endswith("."):
                found = Heading(index, last, text, page, line.box[1], look_of(line), line.is_boxed)
                headings.append(found)
                headings.sort(key=lambda h: h.first)
                return found
    return None


# --- title and levels --------------------------------------------------------------------------------------------


def _title(lines: Sequence[Line], headings: Sequence[Heading], body_size: float, fallback: str) -> str:
    """The largest text of the first page that has some; the fallback where it only repeats that or is poor."""
    first_page = min((line.page for line in lines), default=0)
    top = [h for h in headings if h.page == first_page]
    folded = fold(" ".join(line.text for line in lines if line.page == first_page))
    if fallback and fold(fallback) and fold(fallback) in folded and len(fold(fallback)) > 8:
        return fallback
    if not top:
        return fallback or (lines[0].text if lines else "")
    largest = max(h.look.size for h in top)
    if largest < body_size + 1:
        return top[0].text
    return join_lines([h.text for h in top if h.look.size >= 0.97 * largest][:3])


def _level(headings: Sequence[Heading]) -> None:
    """Give every heading a level: from the stronger of the two written witnesses, else from its look."""
    use_outline = _trusted(headings)
    shift = _shift(headings)
    for heading in headings:
        written = (
            (heading.outline_level, heading.contents_level)
            if use_outline
            else (heading.contents_level, heading.outline_level)
        )
        if written[0] is not None:
            heading.level = written[0]
        elif written[1] is not None:
            heading.level = max(written[1] + (shift if use_outline else -shift), 0)
    if not any(h.is_witnessed for h in headings):
        _level_by_number(headings)
    _level_by_look(headings)
    lowest = min((h.level for h in headings), default=0)
    for heading in headings:
        heading.level -= lowest


def _trusted(headings: Sequence[Heading]) -> bool:
    """Believe the outline for levels where it names at least as much as the contents pages and is not flat."""
    outline = [h.outline_level for h in headings if h.outline_level is not None]
    contents = [h.contents_level for h in headings if h.contents_level is not None]
    if len(set(outline)) == 1 and len(set(contents)) > 1 and len(contents) >= 0.7 * len(outline):
        return False
    return len(outline) >= 0.8 * len(contents)


def _shift(headings: Sequence[Heading]) -> int:
    both = [
        h.outline_level - h.contents_level
        for h in headings
        if h.outline_level is not None and h.contents_level is not None
    ]
    return round(statistics.median(both)) if both else 0


_DOTTED = re.compile(r"^\s*\d{1,2}(?P<deeper>(?:\.\d{1,2}){0,4})\.?\s+\D")


def _level_by_number(headings: Sequence[Heading]) -> None:
    """Where nothing else is written, numbers such as 4 and 4.2.1 give the levels of the headings that bear them."""
    numbered = [(h, m) for h in headings if (m := _DOTTED.match(h.text))]
    if sum(bool(m["deeper"]) for _, m in numbered) < 3:
        return
    for heading, match in numbered:
        heading.level = match["deeper"].count(".")


def _level_by_look(headings: Sequence[Heading]) -> None:
    """Levels for what no witness names: like its look's others, or one below what looks weightier."""
    groups: dict[Look, list[Heading]] = defaultdict(list)
    for heading in headings:
        groups[heading.look].append(heading)
    known: dict[Look, int] = {}
    share: dict[Look, float] = {}
    for look, members in groups.items():
        levels = Counter(h.level for h in members if h.level >= 0)
        if levels:
            known[look] = levels.most_common(1)[0][0]
            share[look] = sum(levels.values()) / len(members)
    if not known:
        _level_by_rank(groups)
        return
    deepest = {look: max(h.level for h in groups[look]) for look in known}
    order = sorted(groups, key=lambda look: look.weight, reverse=True)
    for place, look in enumerate(order):
        if look in known:
            level = known[look] if share[look] >= 0.6 else deepest[look] + 1
        else:
            above = [deepest[o] for o in order[:place] if o in deepest]
            level = max(above) + 1 if above else min(known.values())
            deepest[look] = level
        for heading in groups[look]:
            if heading.level < 0:
                heading.level = level


def _level_by_rank(groups: dict[Look, list[Heading]]) -> None:
    """No written witness at all: the weightier the look, the higher the level."""
    ranks: list[tuple[float, bool, bool, bool]] = sorted({look.weight for look in groups}, reverse=True)
    for look, members in groups.items():
        for heading in members:
            heading.level = ranks.index(look.weight)


# --- the tree ----------------------------------------------------------------------------------------------------


def _hang(lines: Sequence[Line], headings: Sequence[Heading]) -> Section:
    root = Section("", -1, lines[0].page if lines else 1)
    main, aside = [root], [root]
    starts = {h.first: h for h in headings}
    inside = 0
    was_boxed = False
    for index, line in enumerate(lines):
        if line.is_boxed and not was_boxed:
            aside = [main[-1]]
        was_boxed = line.is_boxed
        if index in starts:
            heading = starts[index]
            section = Section(
                heading.text,
                heading.level,
                heading.page,
                heading=tuple(lines[heading.first : heading.last + 1]),
                is_aside=heading.is_boxed,
                is_witnessed=heading.is_witnessed,
                look=heading.look,
            )
            if heading.is_boxed and (not heading.is_witnessed or heading.level > 0):
                _push_aside(aside, main, section)
            else:
                section.is_aside = False
                _push(main, section)
                aside = [section]
            inside = heading.last
        elif index > inside or not headings or index < headings[0].first:
            (aside if line.is_boxed else main)[-1].lines.append(line)
    return root


def _push(stack: list[Section], section: Section) -> None:
    while stack[-1].level >= section.level:
        stack.pop()
    stack[-1].children.append(section)
    stack.append(section)


def _push_aside(aside: list[Section], main: Sequence[Section], section: Section) -> None:
    """A heading in a box opens a part of what the box stands beside; the main text goes on where it was."""
    while len(aside) > 1 and aside[-1].level >= section.level:
        aside.pop()
    if len(aside) == 1 and section.is_witnessed:
        aside[:] = [next(s for s in reversed(main) if s.level < section.level)]
    section.level = max(section.level, aside[-1].level + 1)
    aside[-1].children.append(section)
    aside.append(section)

