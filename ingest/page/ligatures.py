"""Glyphs inside words that have no Unicode, or a wrong one -> the letters that they are drawn like.

A ligature looks like its letters set side by side. The letters are taken from the same font where the document prints
them one by one, so that no language and no name of a glyph is asked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from ingest.page.characters import UNKNOWN
from ingest.page.raw import Glyph

_MADE = ("fi", "fl", "ff", "ffi", "ffl", "ft", "fft", "tt", "ti", "tti", "fj", "Th", "st", "ct")
"""What setters make ligatures of, in the Latin alphabet."""
_EM = 32  # pixels of a font size in the pictures that are compared
_ABOVE, _BELOW = 0.95, 0.30  # sizes above and below the baseline that are looked at
_NARROW, _WIDE = 0.75, 1.2  # a ligature's width in that of its letters
# correlation from which a glyph is a ligature, and by which it is likelier one than another; by eye
_LIKE, _LEAD = 0.78, 0.003
_PARTS = frozenset("".join(_MADE))
_HANG = 0.2  # sizes that a letter may hang over its advance
# sizes above the baseline: where stems begin, are surest, and pass the gap below a dot
_STEM = (0.1, 0.4, 0.62)
_FALL = 0.1  # sizes below the baseline that only letters with a descender reach
_INK = 0.35  # of a row that belongs to a stroke
_SURE = 0.7  # of the ink of the heaviest column, from which one belongs to a stem
_TRACE = 0.1  # ink of a column that is not empty
_SHIFTS = [(down, across) for down in (-1, 0, 1) for across in (-2, -1, 0, 1, 2)]  # pixels
# correlation that those which most fonts have are ahead of others
_AHEAD = {"fi": 0.05, "fl": 0.05, "ffi": 0.05, "ffl": 0.05, "ff": 0.03, "ft": 0.03}
_ROUNDS = 2  # a ligature beside another one is seen in a word when that one is known
_TOUCHES_EM = 0.15  # white space up to which glyphs are one word's
_PRIVATE = range(0xE000, 0xF900)
_RARE = range(0x180, 0x250)  # Latin Extended-B: where fonts without Unicode put their ligatures
_USED = frozenset("șțȘȚơưƠƯǎǐǒǔǧǩəƏ")  # of it, letters of European languages and of common transcriptions

Pair = tuple[str, str]
"""A font, and two letters that it prints side by side."""
_Sign = tuple[str, float, str]
"""Font, width in sizes and ending of a glyph: what is alike in these is one glyph."""
Ink = NDArray[np.float64]
Shade = Callable[[float], tuple[NDArray[np.uint8], float, float]]
"""Pixels a point -> the page's grey levels, and the left and top of its area in points."""


class Ligatures:
    """Knows what the letters of an open document's fonts look like, and which stand side by side, page by page."""

    def __init__(self) -> None:
        self._letters: dict[tuple[str, str], _Letter] = {}
        self._pairs: set[Pair] = set()
        self._votes: dict[_Sign, list[dict[str, float]]] = defaultdict(list)

    def restore(self, glyphs: Sequence[Glyph | None], shade: Shade) -> list[Glyph | None]:
        """The glyphs, those that look like letters side by side with these letters as their characters."""
        out = list(glyphs)
        self.know(_pairs_of(out))
        if not _has_strange(out):
            return out
        for _ in range(_ROUNDS):
            found = self._read(out, [at for at in range(len(out)) if _is_sought(out, at)], shade)
            for at, text in found.items():
                if glyph := out[at]:
                    out[at] = glyph._replace(char=text)
            if not found:
                break
        return out

    def know(self, pairs: Iterable[Pair]) -> None:
        """Take in which letters stand side by side on a page that was read elsewhere."""
        self._pairs.update(pairs)

    def _read(self, glyphs: Sequence[Glyph | None], sought: Sequence[int], shade: Shade) -> dict[int, str]:
        """The letters that glyphs look like, by index; those of one font, width and ending are taken for one sign."""
        alike: dict[_Sign, dict[int, dict[str, float]]] = defaultdict(dict)
        for size in {g.type.style.size for at in sought if (g := glyphs[at])}:
            look = _Look(shade, _EM / max(size, 1.0))
            self._learn(glyphs, size, look)
            for at in sought:
                glyph = glyphs[at]
                if glyph is not None and glyph.type.style.size == size:
                    seen = look.at(glyph)
                    seen = _trimmed(seen, seen.shape[1])
                    sign = glyph.type.style.font, round(_width(glyph), 2), _end_of(seen)
                    alike[sign][at] = self._scores(glyph, seen, sign[-1])
        found: dict[int, str] = {}
        for sign, scores in alike.items():
            self._votes[sign] += scores.values()
            if text := _best(self._votes[sign]):
                found |= dict.fromkeys(scores, text)
        return found

    def _scores(self, glyph: Glyph, seen: Ink, end: str) -> dict[str, float]:
        """How like each ligature a glyph looks; those of f, i and l are much more usual than others."""
        return {
            text: _likeness(seen, whole) + _AHEAD.get(text, 0.0)
            for text, whole in self._composed(glyph, seen.shape[1])
            if text[-1] not in "ilj" or text[-1] == end
        }

    def _learn(self, glyphs: Sequence[Glyph | None], size: float, look: _Look) -> None:
        """See what letters of a size look like; one that stands before a space shows how far it hangs over."""
        for glyph, after in pairwise([*glyphs, None]):
            if glyph is None or glyph.type.angle or glyph.type.style.size != size or glyph.char not in _PARTS:
                continue
            key = glyph.type.style.font, glyph.char
            if key not in self._letters or (after is None and not self._letters[key].is_whole):
                hang = _HANG if after is None else 0.0
                ink = _trimmed(look.at(glyph, hang), round(_width(glyph) * _EM))
                self._letters[key] = _Letter(ink, _width(glyph), after is None)

    def _composed(self, glyph: Glyph, pixels: int) -> Iterator[tuple[str, Ink]]:
        """Each ligature whose letters are known in the glyph's font, as these look side by side.

        Not those whose letters the font prints one by one elsewhere: a setter who has the ligature takes it.
        """
        font, wanted = glyph.type.style.font, _width(glyph)
        for text in _MADE:
            known = [part for char in text if (part := self._letters.get((font, char)))]
            width = sum(part.width for part in known)
            if len(known) < len(text) or not _NARROW * width <= wanted <= _WIDE * width:
                continue
            if not any((font, pair) in self._pairs for pair in map("".join, pairwise(text))):
                yield text, _side_by_side(known, pixels)


class Onlooker:
    """Reads pages that have no glyph to be restored, for a document's `Ligatures` to be told of what they print."""

    def __init__(self) -> None:
        self._told: set[Pair] = set()
        self._fresh: set[Pair] = set()

    def restore(self, glyphs: Sequence[Glyph | None], shade: Shade) -> list[Glyph | None]:  # noqa: ARG002
        """The glyphs as they are.

        Raises:
            StrangeGlyphError: one has to be restored, which takes what the pages before have shown.
        """
        out = list(glyphs)
        self._fresh |= _pairs_of(out) - self._told
        if _has_strange(out):
            raise StrangeGlyphError
        return out

    def fresh(self) -> frozenset[Pair]:
        """The pairs that were seen since this was last asked for."""
        found = frozenset(self._fresh)
        self._told |= found
        self._fresh.clear()
        return found


class StrangeGlyphError(Exception):
    """A page has a glyph that only the document's `Ligatures` may read."""


class _Letter(NamedTuple):
    """A letter's ink, its advance in sizes, and whether the ink that hangs over is in the picture."""

    ink: Ink
    width: float
    is_whole: bool


class _Look:
    """Pictures of glyphs of one size on one page."""

    def __init__(self, shade: Shade, scale: float) -> None:
        self._gray, self._left, self._top = shade(scale)
        self._scale = scale

    def at(self, glyph: Glyph, hang: float = 0.0) -> Ink:
        """The ink of a glyph within its advance and so many sizes more, `_EM` pixels a size; 0 paper to 1 ink."""
        left, right = ((x - self._left) * self._scale for x in (glyph.area[0], glyph.area[2]))
        right += hang * _EM
        line = (self._top - glyph.y) * self._scale
        rows = range(round(line - _ABOVE * _EM), round(line + _BELOW * _EM))
        columns = range(round(left), max(round(right), round(left) + 1))
        height, width = self._gray.shape
        if rows[0] < 0 or columns[0] < 0 or rows[-1] >= height or columns[-1] >= width:
            return np.zeros((len(rows), len(columns)))
        return 1.0 - self._gray[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1] / 255.0


def _best(scores: Sequence[dict[str, float]]) -> str:
    """The text that glyphs of one sign look like on average, "" where they look like none, or like two."""
    texts = {text for found in scores for text in found}
    means = sorted(((sum(f.get(t, 0.0) for f in scores) / len(scores), t) for t in texts), reverse=True)
    if not means or means[0][0] < _LIKE:
        return ""
    return means[0][1] if len(means) == 1 or means[0][0] - means[1][0] >= _LEAD else ""


def holes(glyphs: Sequence[Glyph | None]) -> int:
    """How many glyphs inside words are still without a character."""
    return sum(g is not None and g.char == UNKNOWN and _is_in_word(glyphs, at) for at, g in enumerate(glyphs))


def _is_sought(glyphs: Sequence[Glyph | None], at: int) -> bool:
    glyph = glyphs[at]
    if glyph is None or glyph.type.angle:
        return False
    return _is_strange(glyph.char) and _is_in_word(glyphs, at)


def _pairs_of(glyphs: Sequence[Glyph | None]) -> set[Pair]:
    return {
        (b.type.style.font, a.char + b.char)
        for a, b in pairwise(glyphs)
        if a and b and a.char in _PARTS and b.char in _PARTS and a.type is b.type
    }


def _has_strange(glyphs: Sequence[Glyph | None]) -> bool:
    return any(map(_is_strange, {glyph.char for glyph in glyphs if glyph}))


def _is_strange(char: str) -> bool:
    code = ord(char[0])
    return char == UNKNOWN or code in _PRIVATE or (code in _RARE and char not in _USED)


def _is_in_word(glyphs: Sequence[Glyph | None], at: int) -> bool:
    """A letter of the same font touches it."""
    glyph = glyphs[at]
    near = [glyphs[i] for i in (at - 1, at + 1) if 0 <= i < len(glyphs)]
    return glyph is not None and any(
        other is not None
        and other.char[-1].isalpha()
        and other.type.style.font == glyph.type.style.font
        and _gap(glyph, other) < _TOUCHES_EM * glyph.type.style.size
        for other in near
    )


def _gap(glyph: Glyph, other: Glyph) -> float:
    across = max(other.area[0] - glyph.area[2], glyph.area[0] - other.area[2])
    return max(across, abs(glyph.y - other.y))


def _width(glyph: Glyph) -> float:
    """The glyph's advance in sizes."""
    return (glyph.area[2] - glyph.area[0]) / max(glyph.type.style.size, 1.0)


def _trimmed(ink: Ink, advance: int) -> Ink:
    """The columns of one letter's ink: up to the first empty one behind its advance."""
    columns = np.flatnonzero(ink.max(axis=0, initial=0.0) > _TRACE)
    if not len(columns):
        return ink
    last = columns[columns < advance][-1] if (columns < advance).any() else columns[0]
    while last + 1 in columns:
        last += 1
    return ink[:, columns[0] : last + 1]


def _end_of(ink: Ink) -> str:
    """Which of i, j and l a glyph may end in, which are alike but for this.

    The last stroke of an l goes up to the ascenders without a gap, an i has one below its dot, a j falls too.
    """
    base = round(_ABOVE * _EM)
    low, middle, high = (base - round(at * _EM) for at in _STEM)
    right = ink[:, ink.shape[1] // 2 :]
    weights = right[middle:low].sum(axis=0)
    if not weights.size or weights.max() <= 0:
        return "i"
    stem = int(np.flatnonzero(weights >= _SURE * weights.max())[-1])
    strokes = right[high:low, max(stem - 2, 0) : stem + 2]
    if strokes.max(axis=1).min() > _INK:
        return "l"
    return "j" if right[base + round(_FALL * _EM) :].max(initial=0.0) > _INK else "i"


def _side_by_side(parts: Sequence[_Letter], width: int) -> Ink:
    """Letters in so many pixels: the first at the left, the last at the right, closer to each other than in words."""
    inks = [part.ink for part in parts]
    centres = [sum(p.width for p in parts[:n]) + parts[n].width / 2 for n in range(len(parts))]
    first, last = inks[0].shape[1] / 2, width - inks[-1].shape[1] / 2
    whole = np.zeros((inks[0].shape[0], width))
    for ink, centre in zip(inks, centres, strict=True):
        share = (centre - centres[0]) / (centres[-1] - centres[0])
        start = max(round(first + share * (last - first) - ink.shape[1] / 2), 0)
        area = whole[:, start : start + ink.shape[1]]
        np.maximum(area, ink[:, : area.shape[1]], out=area)
    return whole


def _likeness(seen: Ink, whole: Ink) -> float:
    """Correlation of a glyph's ink with that of letters side by side, at the best of some small shifts."""
    own, other = _soft(seen), _soft(whole)
    return max(_correlation(own, np.roll(other, shift, axis=(0, 1))) for shift in _SHIFTS)


def _soft(ink: Ink) -> Ink:
    """Ink without the edges that depend on where a pixel begins."""
    blurred = Image.fromarray((ink * 255).astype(np.uint8)).filter(ImageFilter.BoxBlur(1))
    return np.asarray(blurred, dtype=np.float64) / 255


def _correlation(one: Ink, other: Ink) -> float:
    a, b = one - one.mean(), other - other.mean()
    norm = float(np.linalg.norm(a) * np.linalg.norm(b))
    return float((a * b).sum()) / norm if norm else 0.0
