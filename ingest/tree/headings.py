"""Lines that type sets apart as headings, wrapped ones whole. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from functools import lru_cache

from ingest.page import PARAGRAPH_GAP_EM, LaidOut, Line, Style, body_style, join_lines
from ingest.tree.annex_labels import is_plain
from kb.words import Vocabulary, word_key

_LEAST_CAPITALS = 3  # letters: more than an abbreviation
_LEAST_LETTERS = 2
_PAIR, _LONGEST_NUMBER = 2, 14  # cells of a heading set as number and title, characters of its number; by eye
# Characters of a heading of body size, by what sets it apart; the weaker, the shorter; by eye.
_LONGEST_BOLD, _LONGEST_CAPITALS, _LONGEST_COLOURED, _LONGEST_LABEL = 140, 110, 90, 60
_LEAST_APART = 4  # letters of one set apart by capitals or colour alone; by eye
# Shares of the column that a line covers: below the first the next is free of it, below the others it may be a heading
# of capitals, of a colour, or a label; by eye.
_ENDS_SHORT, _FULL_CAPITALS, _FULL_COLOURED, _FULL_LABEL = 0.85, 0.98, 0.75, 0.7
_WRAPS = 0.8  # share of the column from which a heading may go on in the next line, whatever that opens with; by eye
# share of the column below which a line with a colon or question mark ends its heading; by eye
_ENDS_HEADING = 0.75
SENTENCE = 5  # words from which a full stop ends a sentence, not a heading; by eye
_MOST_BODY_LINES = 3  # of a heading in body size; more are a bold paragraph; by eye
_ALIKE = 0.87
LONGEST_HEADING = 220
MOST_HEADING_LINES = 5
NUMBER = re.compile(
    r"^\s*(?:(?:\d{1,3}(?:\.\d{1,3}){0,4}|[A-Z](?:\.\d{1,3}){1,4}|[IVXLC]{1,5}|[A-Za-z])[.):]?(?=\s)|\d{1,2}[.)])\s*+[-–—‑.:)]?\s*"
)
_QUOTE = re.compile(r"^[“”„«»\"‟].*[.!?…;·][“”«»\"]$")  # a whole sentence between quotation marks
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


@dataclass(slots=True, eq=False)
class Heading:
    """One heading: lines `first` to `last` (inclusive) of the body; `level` from 0, -1 until it is known.

    `kicker` is the label above its title ("Appendix A", "CASE STUDY"), which is among its lines;
    `is_plain` says that only its tag tells it from text.
    """

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
    tag_level: int | None = None
    kicker: str = ""
    is_plain: bool = False

    @property
    def is_witnessed(self) -> bool:
        """The outline or a contents page names it too."""
        return self.outline_level is not None or self.contents_level is not None


@lru_cache(maxsize=4096)
def bare(title: str) -> str:
    """A title folded, its numbering taken away: what titles are compared by."""
    return word_key(NUMBER.sub("", title, count=1)) or word_key(title)


def alike(a: str, b: str, least: float = _ALIKE) -> bool:
    """Two folded texts are the same but for a few letters."""
    if a == b:
        return bool(a)
    if not a or not b or min(len(a), len(b)) < least * 0.8 * max(len(a), len(b)):
        return False
    return SequenceMatcher(None, a, b, autojunk=False).ratio() >= least


def candidates(lines: Sequence[Line], laid: LaidOut, vocabulary: Vocabulary) -> list[Heading]:
    """The lines that look like headings, in reading order; a wrapped one is one."""
    body_size = laid.body_size
    body = body_style(lines)
    found: list[Heading] = []
    for index, line in enumerate(lines):
        before = lines[index - 1] if index else None
        look = look_of(line)
        follows = bool(found) and _continues(found[-1], index, look, lines, body_size)
        opens_annex = not follows and _opens_annex(line, before, body_size, vocabulary)
        if not follows and not opens_annex and not _stands_out(line, before, body, body_size, vocabulary):
            continue
        text = flat(line)
        if follows:
            found[-1].last = index
            found[-1].text = join_lines([found[-1].text, text], laid.words)
        else:
            found.append(Heading(index, index, text, line.page, line.box[1], look, line.is_boxed))
    return [h for h in found if _is_heading(h, lines, body_size)]


def _opens_annex(line: Line, before: Line | None, body_size: float, vocabulary: Vocabulary) -> bool:
    """A line at a page's top that is an annex's label and title, in the text's type or a larger one."""
    if (before is not None and before.page == line.page) or line.is_list_item or line.size < body_size:
        return False
    text = flat(line)
    return len(text) <= _LONGEST_CAPITALS and is_plain(text, vocabulary)


def look_of(line: Line) -> Look:
    """The look of a line's prevailing style."""
    style = line.style
    letters = [c for c in line.text if c.isalpha()]
    caps = len(letters) > _LEAST_CAPITALS and sum(c.isupper() for c in letters) > 0.9 * len(letters)
    return Look(style.size, line.is_bold, caps, style.italic, style.color)


def flat(line: Line) -> str:
    """A line's text with spaces between its cells."""
    return " ".join(c for c in line.cells if c) if line.cells else line.text


def _stands_out(
    line: Line, before: Line | None, body: Style | None, body_size: float, vocabulary: Vocabulary
) -> bool:
    text = flat(line)
    letters = sum(c.isalpha() for c in text)
    if (
        body is None
        or letters < _LEAST_LETTERS
        or len(text) > LONGEST_HEADING
        or letters < 0.4 * len(text.replace(" ", ""))
    ):
        return False
    is_bigger = line.size >= body_size + 1 and line.size >= 1.08 * body_size
    if line.cells:
        return (
            is_bigger and len(line.cells) == _PAIR and len(line.cells[0]) < _LONGEST_NUMBER and line.is_bold
        )
    if line.is_list_item and line.size < 1.25 * body_size:
        return False
    if not is_bigger and text[0].islower():
        return False
    if is_bigger:
        return not text.endswith(_CLOSING[:1])
    is_label = len(text) <= _LONGEST_LABEL and bool(vocabulary.canonical(text))
    least = (
        0.6 if line.is_boxed else 0.75 if is_label and line.is_bold else 0.9
    )  # side notes have their own size
    if line.size < least * body_size or text.endswith(_CLOSING):
        return False
    is_free = line.gap > 0.2 * line.size or before is None or before.fill < _ENDS_SHORT or before.is_list_item
    look = look_of(line)
    if look.bold and not body.bold:
        return is_free and len(text) <= _LONGEST_BOLD
    has_air = line.gap > PARAGRAPH_GAP_EM * line.size
    if look.caps and letters >= _LEAST_APART and len({run.style.bold for run in line.runs}) == 1:
        is_short = len(text) <= _LONGEST_CAPITALS and line.fill < _FULL_CAPITALS
        return has_air and is_short and not _is_value(line, before, vocabulary)
    if look.color not in (body.color, 0xFFFFFF) and not _is_link(text):
        return (
            has_air
            and letters >= _LEAST_APART
            and len(text) <= _LONGEST_COLOURED
            and line.fill < _FULL_COLOURED
            and text[:1].isupper()
        )
    return is_label and is_free and (has_air or text.endswith(":")) and line.fill < _FULL_LABEL


def _is_value(line: Line, before: Line | None, vocabulary: Vocabulary) -> bool:
    """A line in capitals right below a bold label of its own size is what the label asks for ("Tools", "QGIS")."""
    return (
        before is not None
        and before.page == line.page
        and before.is_bold
        and not line.is_bold
        and not before.text.isupper()
        and abs(before.size - line.size) < 0.05 * line.size
        and bool(vocabulary.canonical(before.text))
    )


def _is_link(text: str) -> bool:
    return "://" in text or "www." in text or "@" in text


def _continues(last: Heading, index: int, look: Look, lines: Sequence[Line], body_size: float) -> bool:
    """The line is the next line of a wrapped heading; below capitals of body size small letters are its text."""
    line = lines[index]
    if last.look.caps and not look.caps and last.look.size < body_size + 1:
        return False
    if (
        last.last != index - 1
        or replace(last.look, caps=look.caps) != look
        or last.is_boxed != line.is_boxed
        or line.page != last.page
    ):
        return False
    if line.gap > 0.55 * line.size or last.last - last.first + 1 >= MOST_HEADING_LINES:
        return False
    above = lines[index - 1]
    if above.text.endswith((":", "?", "!")) and above.fill < _ENDS_HEADING:
        return False
    return not NUMBER.match(flat(line)) or above.fill > _WRAPS


def _is_heading(heading: Heading, lines: Sequence[Line], body_size: float) -> bool:
    """Drop pull quotes and bold paragraphs: sentences, or many lines of body size."""
    count = heading.last - heading.first + 1
    if _QUOTE.match(heading.text) and len(heading.text.split()) > SENTENCE:
        return False
    if heading.text.endswith(".") and len(heading.text.split()) > SENTENCE:
        return False
    if heading.look.size < body_size + 1 and (count > _MOST_BODY_LINES or _starts_sentence(heading, lines)):
        return False
    return not (count > 1 and heading.text.endswith("."))


def _starts_sentence(heading: Heading, lines: Sequence[Line]) -> bool:
    """The line below it goes on with its sentence: bold words that open a paragraph."""
    if (
        heading.last + 1 >= len(lines)
        or heading.text.endswith((":", "?", "!"))
        or len(heading.text.split()) <= SENTENCE
    ):
        return False
    below = lines[heading.last + 1]
    return (
        below.page == heading.page and below.gap < PARAGRAPH_GAP_EM * below.size and below.text[:1].islower()
    )
