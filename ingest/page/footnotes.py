"""Notes at the foot of a page: their markers taken off the words, their lines set apart and linked. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ingest.page.furniture import is_page_number
from ingest.page.lines import Line, Role, is_inside
from ingest.page.raw import RawPage, Word
from ingest.page.text import join_lines
from kb import Box

_Place = tuple[int, Box]
"""A line by its page and its box."""

_SMALLER = (
    0.94  # of the text's size, from which a note's is smaller; a raised marker is at most 0.85 of its word's
)
_RAISED = 0.85
# how high above its word's baseline a marker stands at the least and at the most, in sizes of that word; by eye
_LEAST_RISE, _MOST_RISE = 0.12, 0.75
_CLOSE = 0.4  # white space before a marker at the most, in sizes of its word; by eye
_SAME_SIZE = 0.6  # points by which the lines of notes differ in size at the most
_APART = 0.5  # sizes of white space above the rest of a note on the next page; by eye
_LEAST_CHAIN = 3  # raised numbers that count up from 1 without a gap: notes, wherever those are printed
_SHORTEST_WORD = 3  # letters before a raised number of such a chain; after fewer it may be a power (m², km³)
_SENTENCE_END = (".", "!", "?", ":", ";", "”", "»", ")")
_CLOSING = frozenset(",.;:!?)]»”’…")
_MARKER = re.compile(r"[\[(]?(?:\d{1,3}|[*†‡§¶#∗‖∥]{1,3}|[a-z]|[ivx]{1,5})[\])]?[.,;]?")
_LIST_OF_MARKERS = re.compile(r"\d{1,3}(?:\s?[-–,;]\s?\d{1,3})*")
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_RAISED_TAIL = re.compile(r"(?:(?<=[^\W\d_]{2})|(?<=[.,;:!?)»”’\"]))(?:[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,3}|[*†‡∗‖∥]{1,3})$")
_GLUED_HEAD = re.compile(r"^\d{1,3}(?=[^\W\d_])")
_TENS = ("", "x", "xx", "xxx")
_ONES = ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix")
_ROMAN = {
    f"{tens}{ones}": 10 * t + n for t, tens in enumerate(_TENS) for n, ones in enumerate(_ONES) if t or n
}
_RAISED_HEAD = re.compile(r"^(?:[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,3}|[*†‡∗‖∥]{1,3})")


@dataclass(frozen=True, slots=True)
class Marker:
    """A marker in the text (or, as `is_opener`, at the start of a note): what it says and where it stands."""

    page: int
    index: int  # of its word on the page
    key: str
    box: Box
    is_opener: bool


@dataclass(frozen=True, slots=True)
class Notes:
    """What the notes of a document are known by: where markers stood, and where notes open."""

    anchors: tuple[Marker, ...]
    openers: tuple[Marker, ...]


def without_markers(pages: Sequence[RawPage]) -> tuple[list[RawPage], Notes]:
    """The pages with the markers of notes taken off their words, and what is known of the notes.

    A raised sign is a marker where a note of the same page opens with it, or where raised numbers count up.
    """
    raised: dict[int, list[Marker]] = {}
    openers: dict[int, list[Marker]] = {}
    for page in pages:
        found = list(_markers(page))
        raised[page.number] = [m for m in found if not m.is_opener]
        openers[page.number] = [m for m in found if m.is_opener]
    chained = _chain([m for page in pages for m in raised[page.number]], {p.number: p for p in pages})
    anchors: list[Marker] = []
    opening: list[Marker] = []
    out: list[RawPage] = []
    for page in pages:
        keys = {key for m in openers[page.number] for key in _keys(m.key)}
        mine = [
            m
            for m in raised[page.number]
            if (m.page, m.index) in chained or any(key in keys for key in _keys(m.key))
        ]
        plain = {m.key for m in mine if not _is_power(page, m)}
        mine = [m for m in mine if m.key not in plain or not _is_power(page, m)]
        printed = {key for m in mine for key in _keys(m.key)} | _bracketed(page)
        opened = _first_glued([m for m in openers[page.number] if m.key in printed], page)
        opening.extend(opened)
        anchors.extend(mine)
        out.append(_stripped(page, mine, opened) if mine else page)
    return out, Notes(tuple(anchors), tuple(opening))


def _markers(page: RawPage) -> Iterator[Marker]:
    """Every word that may be the marker of a note, raised behind a word or first on its line."""
    words = page.words
    for index, word in enumerate(words):
        before = words[index - 1] if index else None
        after = words[index + 1] if index + 1 < len(words) else None
        if tail := _RAISED_TAIL.search(word.text):
            yield Marker(page.number, index, tail[0].translate(_SUPERSCRIPTS), word.box, is_opener=False)
        if before is not None and _is_raised(word, before) and _is_marker(word.text):
            yield Marker(page.number, index, _bare(word.text), word.box, is_opener=False)
        elif _is_first(word, before) and (key := _opener(word, after)):
            yield Marker(page.number, index, key, word.box, is_opener=True)


def _is_marker(text: str) -> bool:
    return bool(_MARKER.fullmatch(text) or _LIST_OF_MARKERS.fullmatch(text))


def _bare(text: str) -> str:
    return text.translate(_SUPERSCRIPTS).strip("[]().,;")


def _keys(text: str) -> list[str]:
    """The single markers that a raised text holds: "1,2", or "1-3" with what lies between."""
    if not _LIST_OF_MARKERS.fullmatch(text):
        return [text]
    numbers = [int(n) for n in re.findall(r"\d+", text)]
    is_range = re.search(r"[-–]", text) and len(numbers) > 1 and numbers[0] < numbers[-1] < numbers[0] + 20
    return [str(n) for n in (range(numbers[0], numbers[-1] + 1) if is_range else numbers)]


def _is_raised(word: Word, before: Word) -> bool:
    size = before.style.size
    return (
        word.style.size <= _RAISED * size
        and _LEAST_RISE * size <= before.baseline - word.baseline <= _MOST_RISE * size
        and -_CLOSE * size <= word.box[0] - before.box[2] <= _CLOSE * size
    )


def _is_first(word: Word, before: Word | None) -> bool:
    """The word opens a line: the word before it in the content stands elsewhere."""
    if before is None:
        return True
    size = max(word.style.size, before.style.size)
    return abs(word.baseline - before.baseline) > size or not -size <= word.box[0] - before.box[2] <= 3 * size


def _opener(word: Word, after: Word | None) -> str:
    """The marker that a note opens with, "" where the word is none."""
    if head := _glued(word.text):
        return head.translate(_SUPERSCRIPTS)
    if not _MARKER.fullmatch(word.text.translate(_SUPERSCRIPTS)) or after is None:
        return ""
    size = after.style.size
    is_beside = -size <= after.box[0] - word.box[2] <= 3 * size
    is_level = abs(after.baseline - word.baseline) <= _MOST_RISE * size
    return _bare(word.text) if is_beside and is_level else ""


def _glued(text: str) -> str:
    """The marker that is printed right before the first word of a note, "" where none is."""
    head = _RAISED_HEAD.match(text) or _GLUED_HEAD.match(text)
    return head[0] if head and len(text) > len(head[0]) else ""


def _first_glued(openers: Sequence[Marker], page: RawPage) -> list[Marker]:
    """The openers but for words that only look like one more of a key: "3D" below the note 3."""
    glued = [m for m in openers if _glued(page.words[m.index].text)]
    first = {m.key: m for m in reversed(glued)}
    return [m for m in openers if m not in glued or first[m.key] is m]


def _bracketed(page: RawPage) -> set[str]:
    """Markers in brackets that are printed on the line: "as shown[3]"."""
    return {found for w in page.words for found in re.findall(r"(?<=\w)[.,]?\[(\d{1,3})\]", w.text)}


def _chain(raised: Sequence[Marker], pages: dict[int, RawPage]) -> set[tuple[int, int]]:
    """The raised numbers that count up in printed order, from 1 or on from the last; each may be printed again."""
    found: set[tuple[int, int]] = set()
    held: list[Marker] = []
    last = 0
    for marker in raised:
        numbers = [_ROMAN.get(key) or int(key) for key in _keys(marker.key) if key.isdigit() or key in _ROMAN]
        if not numbers or (_is_power(pages[marker.page], marker) and numbers[0] != last + 1):
            continue
        if numbers[0] == 1 and last != 1:
            held = []
        elif not last <= numbers[0] <= last + 1:
            continue
        held.append(marker)
        last = numbers[-1]
        if last >= _LEAST_CHAIN:
            found.update((m.page, m.index) for m in held)
    return found


def _is_power(page: RawPage, marker: Marker) -> bool:
    """The raised sign may as well be a part of what it stands at: m², x², CO²."""
    before = page.words[marker.index - 1].text if marker.index else ""
    return sum(c.isalpha() for c in before) < _SHORTEST_WORD and before[-1:] not in _CLOSING


def _stripped(page: RawPage, markers: Sequence[Marker], openers: Sequence[Marker]) -> RawPage:
    """The page without the markers; what follows one directly stays joined to the word before it."""
    gone = {m.index for m in markers}
    starts = {m.index for m in openers}
    out: list[Word] = []
    for index, word in enumerate(page.words):
        if index in gone and not _RAISED_TAIL.search(word.text):
            after = page.words[index + 1] if index + 1 < len(page.words) else None
            if out and after is not None and (not after.has_space or after.text[0] in _CLOSING):
                x0, y0, x1, y1 = out[-1].box
                out[-1] = replace(out[-1], box=(x0, y0, max(x1, word.box[2]), y1))
            continue
        if index - 1 in gone and word.text[0] in _CLOSING:
            word = replace(word, has_space=False)  # noqa: PLW2901
        if index in gone:
            word = replace(word, text=_RAISED_TAIL.sub("", word.text))  # noqa: PLW2901
        if index in starts and (head := _glued(word.text)):
            word = replace(word, text=f"{head} {word.text[len(head) :]}")  # noqa: PLW2901
        out.append(replace(word, has_space=True) if index - 1 in starts else word)
    return replace(page, words=tuple(out))


def mark_notes(lines: Sequence[Line], notes: Notes, body_size: float) -> list[Line]:
    """The lines, those of notes at the foot of a page with their role and the line that their marker stands in."""
    by_page: dict[int, list[int]] = defaultdict(list)
    for index, line in enumerate(lines):
        if line.role in (Role.BODY, Role.RUNNING_HEAD):
            by_page[line.page].append(index)
    out = list(lines)
    feet = _Feet(notes, body_size)
    for page in sorted(by_page):
        for index, place in feet.read(page, [(i, lines[i]) for i in by_page[page]]):
            out[index] = replace(lines[index], role=Role.NOTE, refers=place)
    for index, line in enumerate(out):
        if line.role == Role.BODY and (found := feet.texts.get((line.page, line.box))):
            out[index] = replace(line, notes=tuple(join_lines(note) for note in found))
    return out


class _Feet:
    """Reads the notes of one page after the other; a note may go on at the foot of the next."""

    def __init__(self, notes: Notes, body_size: float) -> None:
        self._notes = notes
        self._body_size = body_size
        self.texts: dict[_Place, list[list[str]]] = defaultdict(list)
        self._sizes: set[float] = set()
        self._last: tuple[_Place, bool] | None = (
            None  # the last note's place, and whether it ended with a sentence
        )

    def read(self, page: int, shown: Sequence[tuple[int, Line]]) -> Iterator[tuple[int, _Place]]:
        """The lines of notes on a page (its lines by their index), each with the place of its marker."""
        markers = [m for m in self._notes.openers if m.page == page]
        opened = {i: m for m in markers for i, line in shown if _opens_with(line, m.box)}
        text = [line for i, line in shown if i not in opened and line.role == Role.BODY]
        anchors = {i: _anchor(m, self._notes.anchors, text) for i, m in opened.items()}
        size = max([self._body_size, *(a.size for a in anchors.values() if a)])
        current: _Place | None = None
        last: Line | None = None
        for index, line in shown:
            if line.size > _SMALLER * size or not _is_at_foot(line, text):
                continue
            if index in opened:
                anchor = anchors[index] or line
                current = anchor.page, anchor.box
                self._sizes.add(line.size)
                self.texts[current].append([])
            elif current is None:
                current = self._going_on(line)
            if current is None or (line.role == Role.RUNNING_HEAD and not _follows(last, line)):
                continue
            self.texts[current][-1].append(line.text)
            last = line
            yield index, current
        self._last = (current, last.text.endswith(_SENTENCE_END)) if current and last else None

    def _going_on(self, line: Line) -> _Place | None:
        """Where the last page's note belongs, if the line is more of it: small like it, and set apart from the text."""
        if self._last is None or line.size not in self._sizes or line.role != Role.BODY:
            return None
        place, is_whole = self._last
        return place if not is_whole or line.gap > _APART * line.size else None


def _follows(last: Line | None, line: Line) -> bool:
    """The line is more of the note above it, though such lines repeat at this place on other pages."""
    return last is None or (line.size == last.size and line.gap <= _APART * line.size)


def _is_at_foot(line: Line, text: Sequence[Line]) -> bool:
    """Only lines as small stand below it in its column."""
    return all(
        other.size <= line.size + _SAME_SIZE
        for other in text
        if other.box[1] > line.box[1]
        and other.box[0] < line.box[2]
        and other.box[2] > line.box[0]
        and not is_page_number(other.text)
    )


def _opens_with(line: Line, box: Box) -> bool:
    return is_inside(box, line.box) and box[0] <= line.box[0] + line.size


def _anchor(opener: Marker, anchors: Sequence[Marker], lines: Sequence[Line]) -> Line | None:
    """The line of text that the marker of a note stood in."""
    for anchor in anchors:
        if anchor.page == opener.page and opener.key in _keys(anchor.key):
            x, y = anchor.box[0], (anchor.box[1] + anchor.box[3]) / 2
            for line in lines:
                if line.box[0] - 2 <= x <= line.box[2] + line.size and line.box[1] - 2 <= y <= line.box[3]:
                    return line
    return None
