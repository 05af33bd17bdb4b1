"""The heading tree, from three witnesses reconciled: outline, contents pages and type. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ingest.page import Bookmark, LaidOut, Line, join_lines
from ingest.tree import kickers
from ingest.tree.annex_labels import is_numbered
from ingest.tree.headings import Heading, Look, candidates
from ingest.tree.levels import give_levels
from ingest.tree.witnesses import witness
from kb.words import Vocabulary, word_key

_SHORTEST_TITLE = 8  # characters of a stated title that may not be on the page by chance; by eye


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
    kicker: str = ""

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


def build(
    laid: LaidOut, outline: Sequence[Bookmark], labels: Sequence[str], vocabulary: Vocabulary, fallback: str
) -> Tree:
    """Find the headings, give them levels, hang the text below them.

    `labels` are the printed page labels by PDF page; `fallback` is the title to use where none is printed.
    """
    lines = laid.body()
    headings = candidates(lines, laid, vocabulary)
    missing = witness(headings, lines, laid, outline, labels)
    title = title_of(lines, headings, laid.body_size, fallback)
    headings = kickers.join(headings, lines, vocabulary)
    give_levels(headings, [h for h in headings if is_numbered(h.kicker or h.text, vocabulary)])
    return Tree(hang(lines, headings), title, tuple(missing))


def title_of(lines: Sequence[Line], headings: Sequence[Heading], body_size: float, fallback: str) -> str:
    """The largest text of the first page that has some; the fallback where it only repeats that or is poor."""
    first_page = min((line.page for line in lines), default=0)
    top = [h for h in headings if h.page == first_page]
    folded = word_key(" ".join(line.text for line in lines if line.page == first_page))
    if (
        fallback
        and word_key(fallback)
        and word_key(fallback) in folded
        and len(word_key(fallback)) > _SHORTEST_TITLE
    ):
        return fallback
    if not top:
        return fallback or (lines[0].text if lines else "")
    largest = max(h.look.size for h in top)
    if largest < body_size + 1:
        return top[0].text
    return join_lines([h.text for h in top if h.look.size >= 0.97 * largest][:3])


def hang(lines: Sequence[Line], headings: Sequence[Heading]) -> Section:
    """Every line below the heading it follows; side notes below what they stand beside."""
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
                kicker=heading.kicker,
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
