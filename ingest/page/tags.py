"""What the tags of a PDF say of its text: elements in reading order, and the marks that join them to words. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

UNTAGGED, ARTIFACT = -1, -2  # marks of words that no tag and that an artifact holds


class Tag(StrEnum):
    """What an element is, role maps resolved; whatever is none of the others is a part or goes inside a line."""

    TITLE = "title"
    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST = "list"
    ITEM = "item"
    TABLE = "table"
    ROW = "row"
    HEAD_CELL = "head cell"
    CELL = "cell"
    CAPTION = "caption"
    NOTE = "note"
    FIGURE = "figure"
    QUOTE = "quote"
    CODE = "code"
    CONTENTS = "contents"
    ENTRY = "entry of the contents"
    ARTIFACT = "artifact"
    PART = "part"
    INLINE = "inline"


@dataclass(frozen=True, slots=True)
class Tagged:
    """One element of the structure tree.

    `level` is a heading's from 1, 0 of others; `parent` its parent's place in `Tags.elements`, -1 for none; `marks`
    are the page (from 1) and the mark of each stretch of words that it holds itself. `rows` and `columns` are what
    a cell spans. `alt` is said of a figure, `actual` of what is drawn otherwise; `language` is its own or inherited.
    """

    tag: Tag
    level: int = 0
    parent: int = -1
    marks: tuple[tuple[int, int], ...] = ()
    rows: int = 1
    columns: int = 1
    alt: str = ""
    actual: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Tags:
    """The elements in reading order, parents first; empty where a PDF is not tagged.

    `RawPage.tags` has them beside a page's words, whose `Word.mark` names the stretch that each belongs to:
    `tags.at(page.number, word.mark)` is the place of its element, `tags.above(place, {Tag.CELL})` that of the cell
    that holds it, `tags.below(table, {Tag.ROW})` the rows of a table, which may run on over pages.
    """

    elements: tuple[Tagged, ...] = ()
    _holders: Mapping[tuple[int, int], int] = field(default_factory=dict, repr=False, compare=False)
    _ends: Sequence[int] = field(default=(), repr=False, compare=False)

    @classmethod
    def of(cls, elements: Sequence[Tagged]) -> Tags:
        """The elements with a way to each from its marks; a mark that two of them claim is no one's."""
        claims: dict[tuple[int, int], list[int]] = defaultdict(list)
        ends = [place + 1 for place in range(len(elements))]
        for place in range(len(elements) - 1, -1, -1):
            element = elements[place]
            for mark in element.marks:
                claims[mark].append(place)
            if element.parent >= 0:
                ends[element.parent] = max(ends[element.parent], ends[place])
        holders = {mark: places[0] for mark, places in claims.items() if len(places) == 1}
        return cls(tuple(elements), holders, ends)

    @property
    def language(self) -> str:
        """The language that most of its elements state, "" where none does."""
        said = Counter(element.language for element in self.elements if element.language)
        return max(said, key=lambda one: said[one], default="")

    def __bool__(self) -> bool:
        """The PDF is tagged."""
        return bool(self.elements)

    def at(self, page: int, mark: int) -> int | None:
        """The place of the element that holds the words of a mark itself; None for words without a tag."""
        return self._holders.get((page, mark))

    def above(self, place: int, tags: Collection[Tag]) -> int | None:
        """The place of the nearest element of these tags that this one is or lies in."""
        while place >= 0:
            if self.elements[place].tag in tags:
                return place
            place = self.elements[place].parent
        return None

    def below(self, place: int, tags: Collection[Tag]) -> Iterator[int]:
        """The places of the elements of these tags inside this one, those inside such a one left out."""
        at, end = place + 1, self._ends[place]
        while at < end:
            if self.elements[at].tag in tags:
                yield at
                at = self._ends[at]
            else:
                at += 1

    def marks(self, place: int) -> Iterator[tuple[int, int]]:
        """Page and mark of every stretch of words in an element or below it, in reading order."""
        for element in self.elements[place : self._ends[place]]:
            yield from element.marks
