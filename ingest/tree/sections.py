"""The heading tree, from four witnesses reconciled: outline, contents pages, tags and type. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ingest.page import Bookmark, LaidOut, Line
from ingest.tree import kickers
from ingest.tree.annex_labels import is_numbered
from ingest.tree.cover import title_of
from ingest.tree.headings import Heading, Look, candidates
from ingest.tree.levels import give_levels
from ingest.tree.tagged import confirm
from ingest.tree.witnesses import witness
from kb.words import Vocabulary


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
    laid: LaidOut,
    outline: Sequence[Bookmark],
    labels: Sequence[str],
    vocabulary: Vocabulary,
    metadata: str,
    author: str = "",
) -> Tree:
    """Find the headings, give them levels, hang the text below them.

    `labels` are the printed page labels by PDF page; `metadata` is the title that the file states, `author` its author.
    """
    lines = laid.body()
    headings = confirm(candidates(lines, laid, vocabulary), lines, laid)
    missing = witness(headings, lines, laid, outline, labels)
    title = title_of(laid, metadata, author, next((h.text for h in headings), ""))
    headings = kickers.join(headings, lines, vocabulary)
    give_levels(headings, [h for h in headings if is_numbered(h.kicker or h.text, vocabulary)])
    return Tree(hang(lines, headings), title, tuple(missing))


def hang(lines: Sequence[Line], headings: Sequence[Heading]) -> Section:
    """Every line below the heading it follows; side notes below what they stand beside."""
    root = Section("", -1, lines[0].page if lines else 1)
    main, aside = [root], [root]
    starts = {h.first: h for h in headings}
    usual = {h.look for h in headings if h.is_witnessed and not h.is_boxed}
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
            is_one_of_many = heading.is_witnessed and heading.look in usual  # beside a note, not in it
            if heading.is_boxed and not is_one_of_many and (not heading.is_witnessed or heading.level > 0):
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
