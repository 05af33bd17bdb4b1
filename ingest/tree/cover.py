"""A handbook's title: from its cover, its title page and its running heads, and what the metadata say. Pure.

Most print the title larger than anything else, and hardly anything else holds for all: a publisher's name or the kind
of document ("Handbook") may stand in larger type, the title in two sizes, or on the second page, behind a picture. So
what is printed large is held against the other witnesses, and what cannot be a title is left out.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest.page import LaidOut, Line, Role, Tag, join_lines
from ingest.values import is_name_only
from kb.words import Pattern, word_key

_LAST_COVER = 4  # pages from the first with text among which title pages are looked for; by eye
_TEXT = 900  # characters of body size on a page that is no title page any more; by eye
_SAME_SIZE = 0.06  # share by which the type of one title's lines may differ; by eye
_NEXT_LINE = 0.95  # white space between one title's lines, in sizes of its type; by eye
_LARGER, _MORE = 1, 1.08  # points and share by which a title is larger than running text; as for headings
_MOST_LINES, _LONGEST = 8, 200  # lines and characters of a title; by eye
_SHORTEST = 3  # letters of a title
_SHORTEST_TITLE = 8  # characters of a stated title that may not be on the page by chance; by eye
_OFTEN = 0.3  # share of the pages that carry a head from which it may be the handbook's title; by eye
_LEAST_HEADS = 2  # pages with a head
_LEAST_WORDS = 2  # of a running head that is printed in pieces on the cover
_MOST_DATED = 3  # words beside the numbers of a date or an edition; by eye
_ADDRESS = re.compile(r"://|www\.|@|\w-*+\.(?:org|com|net|eu|info|gov|edu)\b", re.IGNORECASE)
_RIGHTS = re.compile(r"©|\([cC]\)\s*(?:19|20)\d\d|copyright|\bISBN\b|\bISSN\b|\bDOI\b", re.IGNORECASE)
_DATED = Pattern(r"<<date.month>>|(?:19|20)\d\d|<<edition.word>>")
_KIND = Pattern(r"(?:<<article>>\s)?(?:<<document.kind>>)[.:!|]?")
_OPEN_END = Pattern(r"(?:.*\s)?(?:<<name.linking>>|<<article>>|<<title.linking>>)[-–:]?|.*[-–&]")
_TRIMMED = " \t|–—·•"


@dataclass(frozen=True, slots=True)
class _Block:
    """Lines set as one: their text, the size of its largest line in points, and its page."""

    text: str
    size: float
    page: int
    lines: tuple[Line, ...]

    @property
    def key(self) -> str:
        """Its words, folded."""
        return word_key(self.text)


def title_of(laid: LaidOut, metadata: str, author: str, first_heading: str) -> str:
    """The title as printed; the one that `metadata` state where the print bears it out or holds none.

    `author` is that of the metadata, which is no title; `first_heading` is taken where nothing else may be one.
    """
    if word_key(metadata) == word_key(author):
        metadata = ""
    covers = _covers(laid)
    printed = word_key(" ".join(line.text for line in covers))
    if len(word_key(metadata)) > _SHORTEST_TITLE and f" {word_key(metadata)} " in f" {printed} ":
        return metadata
    blocks = list(_blocks([line for line in covers if line.role == Role.BODY]))
    able = [b for b in blocks if _may_be_title(b, author) and not _is_chapter(b, laid)]
    heads = _heads(laid, author)
    opening = [b for b in able if b.page == 1 or not _has_text(b.page, laid)]
    return (
        _tagged(covers, laid, author)
        or _borne_out(able, heads)
        or _in_pieces(heads, blocks)
        or _largest(opening, laid.body_size)
        or metadata
        or next(iter(heads), "")
        or _largest(able, laid.body_size)
        or first_heading
        or next((line.text for line in covers), "")
    )


def _tagged(covers: Sequence[Line], laid: LaidOut, author: str) -> str:
    """What the tags call the document's title, where that is one stretch of the covers."""
    held: dict[int, list[Line]] = defaultdict(list)
    for line in covers:
        places = {laid.tags.at(line.page, mark) for mark in line.marks if mark >= 0}
        holders = {None if p is None else laid.tags.above(p, {Tag.TITLE}) for p in places}
        if len(holders) == 1 and (holder := holders.pop()) is not None:
            held[holder].append(line)
    if len(held) != 1:
        return ""
    block = _block(next(iter(held.values())))
    return block.text if _may_be_title(block, author) else ""


def _covers(laid: LaidOut) -> list[Line]:
    """The lines before the first page of running text or of contents, that page's own included, furniture aside."""
    by_page: dict[int, list[Line]] = defaultdict(list)
    for line in laid.lines:
        by_page[line.page].append(line)
    found: list[Line] = []
    for page in sorted(by_page)[:_LAST_COVER]:
        lines = by_page[page]
        is_last = any(line.role == Role.CONTENTS for line in lines) or (
            sum(len(line.text) for line in lines if line.size < laid.body_size + _LARGER) > _TEXT
        )
        if is_last and found:
            break
        found.extend(line for line in lines if line.role in (Role.BODY, Role.RUNNING_HEAD))
        if is_last:
            break
    return found


def _blocks(lines: Sequence[Line]) -> Iterator[_Block]:
    """Lines of one size and column without a gap between them."""
    group: list[Line] = []
    for line in lines:
        if group and not _goes_on(group[-1], line):
            yield _block(group)
            group = []
        group.append(line)
    if group:
        yield _block(group)


def _block(group: Sequence[Line]) -> _Block:
    text = join_lines([" ".join(line.cells) if line.cells else line.text for line in group])
    return _Block(text.strip(_TRIMMED), max(line.size for line in group), group[0].page, tuple(group))


def _goes_on(above: Line, line: Line) -> bool:
    """The line is the next one of what the line above belongs to."""
    return (
        above.page == line.page
        and abs(above.size - line.size) <= _SAME_SIZE * above.size
        and above.box[1] < line.box[1]
        and line.box[1] - above.box[3] <= _NEXT_LINE * line.size
        and line.box[0] < above.box[2]
        and above.box[0] < line.box[2]
        and above.is_bold == line.is_bold
    )


def _may_be_title(block: _Block, author: str) -> bool:
    """It is no date, address, edition, name of a house or of the author, and no paragraph."""
    text = block.text
    letters = sum(c.isalpha() for c in text)
    if letters < _SHORTEST or len(block.lines) > _MOST_LINES or len(text) > _LONGEST:
        return False
    if _ADDRESS.search(text) or _RIGHTS.search(text) or block.key == word_key(author):
        return False
    words = [w for w in text.split() if any(c.isalpha() for c in w)]
    is_dated = len(words) <= _MOST_DATED and _DATED.search(text) and not _KIND.fullmatch(" ".join(words))
    return not is_dated and not is_name_only(text)


def _has_text(page: int, laid: LaidOut) -> bool:
    """The page goes on with running text."""
    return sum(len(line.text) for line in laid.body() if line.page == page) > _TEXT


def _is_chapter(block: _Block, laid: LaidOut) -> bool:
    """The contents page lists it, and its page goes on with running text."""
    return any(word_key(entry.title) == block.key for entry in laid.contents) and _has_text(block.page, laid)


def _heads(laid: LaidOut, author: str) -> list[str]:
    """What the running heads repeat on many pages, numbers aside, the most frequent first."""
    pages: Counter[str] = Counter()
    shown: dict[str, str] = {}
    with_head: set[int] = set()
    for line in laid.lines:
        if line.role != Role.RUNNING_HEAD:
            continue
        with_head.add(line.page)
        for cell in {
            re.sub(r"(?:(?<!\s)\s++)?\b\d+\b\s*$|^\s*\d+\b\s*", "", c).strip(_TRIMMED) for c in _cells(line)
        }:
            if (
                len(word_key(cell)) >= _SHORTEST_TITLE
                and not _ADDRESS.search(cell)
                and not _RIGHTS.search(cell)
            ):
                pages[word_key(cell)] += 1
                shown.setdefault(word_key(cell), cell)
    least = max(_LEAST_HEADS, _OFTEN * len(with_head))
    return [shown[key] for key, n in pages.most_common() if n >= least and key != word_key(author)]


def _cells(line: Line) -> Sequence[str]:
    return line.cells or re.split(r"\t|\s[|·•]\s", line.text)


def _borne_out(blocks: Sequence[_Block], heads: Sequence[str]) -> str:
    """The largest of the blocks, or of those next to one another, that a running head repeats."""
    keys = [word_key(head) for head in heads]
    best: tuple[float, str] = (0.0, "")
    for number, block in enumerate(blocks):
        pair = blocks[number : number + 2]
        for joined in ([block], pair):
            text = join_lines([b.text for b in joined])
            if word_key(text) in keys and max(b.size for b in joined) > best[0]:
                best = (max(b.size for b in joined), text)
    return best[1]


def _in_pieces(heads: Sequence[str], blocks: Sequence[_Block]) -> str:
    """A running head whose words stand on the title pages, one here, one there, and in no one place."""
    words = [set(block.key.split()) for block in blocks]
    for head in heads:
        wanted = set(word_key(head).split())
        is_apart = not any(held >= wanted for held in words)
        if (
            len(wanted) >= _LEAST_WORDS
            and is_apart
            and set().union(*words) >= wanted
            and not is_name_only(head)
        ):
            return head
    return ""


def _largest(blocks: Sequence[_Block], body_size: float) -> str:
    """The largest block of the first page that has a large one, with the half of the title in another size."""
    least = max(body_size + _LARGER, _MORE * body_size)
    page = next((b.page for b in blocks if b.size >= least), 0)
    here = [b for b in blocks if b.page == page and b.size >= least]
    if not here:
        return ""
    best = max(here, key=lambda b: b.size)
    place = here.index(best)
    parts = [best]
    if place and _OPEN_END.fullmatch(here[place - 1].text):
        parts.insert(0, here[place - 1])
    if place + 1 < len(here) and (_KIND.fullmatch(best.text) or _OPEN_END.fullmatch(best.text)):
        parts.append(here[place + 1])
    return join_lines([part.text for part in parts])
