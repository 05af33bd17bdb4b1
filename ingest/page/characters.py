"""Code units and glyphs -> characters: halves joined, accents set apart put onto their letters. Pure."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence

from ingest.page.raw import Glyph
from kb import Box

UNKNOWN = "\ufffd"
"""A glyph whose character the document does not say."""

_HIGH, _LOW, _LAST_SURROGATE, _BEYOND = 0xD800, 0xDC00, 0xDFFF, 0x10000  # UTF-16 (RFC 2781)
# Signs that NFKC knows plain letters for: the ligatures of Latin type and the mathematical alphabets.
_LETTERLIKE = (range(0xFB00, 0xFB07), range(0x1D400, 0x1D800))
# Accents that are signs of their own -> marks on a letter (Unicode's Latin-1, Spacing Modifier Letters, Greek).
_MARKS = {
    "`": "\u0300", "\u02cb": "\u0300", "\u1fef": "\u0300", "´": "\u0301", "\u02ca": "\u0301", "\u0384": "\u0301",
    "\u1ffd": "\u0301", "^": "\u0302", "\u02c6": "\u0302", "~": "\u0303", "\u02dc": "\u0303", "¯": "\u0304",
    "\u02c9": "\u0304", "\u02d8": "\u0306", "\u02d9": "\u0307", "¨": "\u0308", "\u02da": "\u030a", "°": "\u030a",
    "\u02dd": "\u030b", "\u02c7": "\u030c", "¸": "\u0327", "\u02db": "\u0328", "\u0385": "\u0308\u0301",
}  # fmt: skip
_COMMA_BELOW, _WITH_COMMA = "\u0326", frozenset("sStT")
_BELOW = ("\u0327", "\u0328", _COMMA_BELOW)
_DOTLESS = {"ı": "i", "ȷ": "j"}
_INNER = 0.25  # share of a letter's width at each side in which a comma's middle is the next sign's; by eye
_NEAR_EM = 0.5  # baselines of a letter and its accent lie no further apart: capitals have theirs raised
_SPACE_EM = 0.15  # white space from which a letter stands apart from the one before
_STRIP = 10.0  # points; only how fast a letter is found hangs on it
_UPWARDS = (90, 270)  # degrees of lines that run up or down the page

Series = list[Glyph | None]
"""A page's glyphs in content order, None for a space."""


class Halves:
    """Code units -> code points: those above U+FFFF come as two."""

    def __init__(self) -> None:
        self._high = 0

    def join(self, unit: int) -> int | None:
        """The code point that a unit is or ends; None for one that only begins it."""
        high, self._high = self._high, 0
        if _HIGH <= unit < _LOW:
            self._high = unit
            return None
        if high and _LOW <= unit <= _LAST_SURROGATE:
            return _BEYOND + ((high - _HIGH) << 10) + (unit - _LOW)
        return unit


def is_accent(char: str) -> bool:
    """It may be drawn over or under a letter that stands beside it."""
    return char in _MARKS or unicodedata.combining(char) > 0


def plain(char: str) -> str:
    """The letters of a ligature's sign, the plain letter of a mathematical one, anything else as it is."""
    code = ord(char)
    return unicodedata.normalize("NFKC", char) if any(code in signs for signs in _LETTERLIKE) else char


def composed(glyphs: Sequence[Glyph | None], inks: Mapping[int, Box] | None = None) -> Series:
    """The glyphs, each accent put onto the letter that it is drawn over or under, wherever that stands among them.

    `inks` are the boxes of what is drawn of the accents, by their index, where those differ from their own.
    Gaps go where none is to be seen: PDFium supposes them before and after an accent.
    """
    found: Series = list(glyphs)
    places = _places(found)
    touched: set[int] = set()
    for at, drawn in enumerate(glyphs):
        if drawn is None or not (drawn.char == "," or is_accent(drawn.char)):
            continue
        accent = drawn._replace(area=inks[at]) if inks and at in inks else drawn
        near = ((i, whole) for i in places.get(_place(accent), ()) if (whole := _whole(found[i], accent)))
        letter, whole = min(near, key=lambda n: _apart(n[1], accent), default=(at, None))
        if whole is not None:
            found[letter], found[at] = whole, None
            touched.update((letter, letter + 1, at, at + 1))
    return _without_unseen_gaps(found, touched) if touched else found


def _places(glyphs: Sequence[Glyph | None]) -> dict[tuple[int, int], list[int]]:
    """Where on the page letters stand: direction and strip of the page -> their indexes."""
    places: dict[tuple[int, int], list[int]] = defaultdict(list)
    for index, glyph in enumerate(glyphs):
        if glyph is not None and glyph.char[0].isalpha() and glyph.char not in _MARKS:
            left, right = _extent(glyph)
            for strip in range(int(left // _STRIP), int(right // _STRIP) + 1):
                places[glyph.type.angle, strip].append(index)
    return places


def _place(glyph: Glyph) -> tuple[int, int]:
    left, right = _extent(glyph)
    return glyph.type.angle, int((left + right) / 2 // _STRIP)


def _extent(glyph: Glyph) -> tuple[float, float]:
    """From where to where a glyph goes along its line, in points."""
    along = 1 if glyph.type.angle in _UPWARDS else 0
    return glyph.area[along], glyph.area[along + 2]


def _apart(glyph: Glyph, other: Glyph) -> float:
    """How far apart two baselines are, in points."""
    return abs(glyph.x - other.x if glyph.type.angle in _UPWARDS else glyph.y - other.y)


def _whole(letter: Glyph | None, accent: Glyph) -> Glyph | None:
    """The letter with the accent; None where that is not drawn over or under it."""
    if letter is None or _apart(letter, accent) > _NEAR_EM * letter.type.style.size:
        return None
    (left, right), (start, end), base = _extent(letter), _extent(accent), letter.char
    inset, middle = _INNER * (right - left), (start + end) / 2
    if accent.char == ",":
        mark = _COMMA_BELOW if base in _WITH_COMMA and left + inset < middle < right - inset else ""
    else:
        mark = _MARKS.get(accent.char, accent.char) if left < middle < right else ""
    if not mark or mark in unicodedata.normalize("NFD", base):
        return None
    base = base if mark in _BELOW else _DOTLESS.get(base, base)
    return letter._replace(char=unicodedata.normalize("NFC", base + mark))


def _without_unseen_gaps(glyphs: Sequence[Glyph | None], touched: set[int]) -> Series:
    """Take back the gaps at composed letters, and where accents stood, between glyphs that touch each other."""
    out: Series = []
    last: Glyph | None = None
    gaps, is_near = 0, False
    for index, glyph in enumerate(glyphs):
        is_near = is_near or index in touched
        if glyph is None:
            gaps += 1
            continue
        if not (is_near and last and _touch(last, glyph)):
            out += [None] * gaps
        out.append(glyph)
        last, gaps, is_near = glyph, 0, index in touched
    return out


def _touch(before: Glyph, after: Glyph) -> bool:
    if before.type.angle != after.type.angle:
        return False
    limit = _SPACE_EM * min(before.type.style.size, after.type.style.size)
    (left, right), (start, end) = _extent(before), _extent(after)
    return _apart(before, after) < limit and max(start - right, left - end) < limit
