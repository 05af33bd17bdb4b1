"""A page's glyphs -> words with their type, those that are seen and those that are not, by pypdfium2."""

from __future__ import annotations

import ctypes
import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache, partial
from itertools import repeat
from typing import Any, NamedTuple

import pypdfium2.raw as pdfium

from ingest.page.asked import Asked
from ingest.page.characters import UNKNOWN, Halves, composed, is_accent, plain
from ingest.page.directions import FULL, PageSpace, back, glyph_box, main_of, of_matrix
from ingest.page.hidden import Sight
from ingest.page.lines import union
from ingest.page.raw import Glyph, Style, Turned, Type, Word
from ingest.page.tags import ARTIFACT, UNTAGGED
from ingest.page.unnamed import is_text
from kb import Box

_BOLD_NAMES = ("bold", "black", "heavy", "semibold", "demi", "cmbx", "extrabold")
_ITALIC_NAMES = ("italic", "oblique", "slanted")
_LINE_END_HYPHEN = 0xFFFE  # what PDFium gives for a hyphen that ends a line
_BROKEN_WORD = 0x02  # what older PDFium gives for it
_SPACES = frozenset((0x20, 0xA0, 0x0A, 0x0D, 0x09))
_REPLACEMENT, _FIRST_SHOWN, _LAST_CHARACTER = 0xFFFD, 0x20, 0x10FFFF  # Unicode's own bounds
_PLAIN_CODES = range(0x21, 0x100)  # of ASCII and Latin-1, but for the space
_SURROGATES = range(0xD800, 0xE000)  # halves of which the other one is missing
_INVISIBLE_MODES = (pdfium.FPDF_TEXTRENDERMODE_INVISIBLE, pdfium.FPDF_TEXTRENDERMODE_CLIP)
_NEARLY_WHITE = 250
_BOLD_WEIGHT = 600  # semibold, of the weights that OpenType counts from 100 to 900
_ITALIC_FLAG = 0x40  # bit 7 of a font's flags (ISO 32000-1, table 123)
_SMALLEST_POINTS = 2.0  # below it nobody reads a text, unless its glyphs are larger than its font says
_INK_SHARE = 0.7  # of a font's size that a letter is high
_LAST_LATIN = "\u024f"
_ARTIFACT = "Artifact\0".encode("utf-16-le")
_MOST_MARKS = 8  # around one text object; more are no tags
_FIGURES = frozenset("0123456789")
# sizes that a superscript of the font's own stands above the baseline at the least, and is high at the most; by eye
_LIFTED, _SMALL = 0.2, 0.6
# A glyph's box reaches at most this far above and below its baseline, in sizes: fonts lie about it; by eye.
_HIGHEST, _DEEPEST = 1.2, 0.5


_glyph = partial(tuple.__new__, Glyph)  # a page has thousands: without a call in Python for each


class Printed(NamedTuple):
    """The glyphs of a page in content order, None for a space; `unmapped` is the share without a Unicode value."""

    glyphs: list[Glyph | None]
    unmapped: float

    def main(self, rotation: int) -> int:
        """The direction in page space that the page is to be read in; `rotation` is the page's own."""
        return main_of(Counter(g.type.angle for g in self.glyphs if g is not None), rotation)


def printed_on(textpage: Any) -> Printed:
    """Every glyph of a page."""
    asked = Asked(textpage)
    units = asked.units()
    shown = [index for index, unit in enumerate(units) if unit not in _SPACES]
    join = Halves().join if any(unit in _SURROGATES for unit in set(units)) else None
    found: list[Glyph | None] = []
    types: dict[int | None, Type] = {}
    typed = _Typed(textpage)
    count = unmapped = last = 0
    lifted: dict[Type, Type] = {}
    inks: dict[int, Box] = {}
    unnamed: dict[Style, dict[int, str]] = {}
    for index, item, is_unmapped, area, (x, y) in zip(
        shown,
        asked.items(shown),
        asked.unmapped(shown),
        asked.areas(shown),
        asked.origins(shown),
        strict=True,
    ):
        found += repeat(None, index - last)
        last = index + 1
        unit = units[index]
        if item is None and unit != _LINE_END_HYPHEN and pdfium.FPDFText_IsGenerated(textpage, index) == 1:
            found.append(None)
            continue
        code = join(unit) if join else unit
        if code is None:
            continue
        count += 1
        sign = _UNKNOWN if is_unmapped else _sign(code)
        unmapped += sign.char == UNKNOWN
        if area is None:
            continue
        kind = types.get(item)
        if kind is None:
            kind = types[item] = typed.of(index, item)
        if is_unmapped and code in _PLAIN_CODES:
            unnamed.setdefault(kind.style, {})[len(found)] = chr(code)
        if sign.is_accent:
            inks[len(found)] = _inked(textpage, index) or area
        glyph = _glyph((sign.char, area, x, y, kind))
        found.append(_raised(glyph, _inked(textpage, index), lifted) if sign.is_figure else glyph)
    found += repeat(None, len(units) - last)
    unmapped -= _name(found, unnamed)
    return Printed(composed(found, inks) if inks else found, unmapped / count if count else 0.0)


def _name(found: list[Glyph | None], unnamed: Mapping[Style, Mapping[int, str]]) -> int:
    """Give glyphs without a Unicode value the letters of their codes where these spell text; say how many."""
    named = 0
    for codes in unnamed.values():
        if not is_text("".join(codes.get(n) or " " for n in range(min(codes), max(codes) + 1)).split()):
            continue
        for place, char in codes.items():
            if glyph := found[place]:
                found[place] = glyph._replace(char=char)
                named += 1
    return named


class _Sign(NamedTuple):
    """A code point as a character, and what it may be."""

    char: str
    is_accent: bool
    is_figure: bool


_UNKNOWN = _Sign(UNKNOWN, is_accent(UNKNOWN), is_figure=False)


@lru_cache(maxsize=4096)
def _sign(code: int) -> _Sign:
    if _is_no_character(code):
        return _UNKNOWN
    char = "\u00ad" if code in (_LINE_END_HYPHEN, _BROKEN_WORD) else plain(chr(code))
    return _Sign(char, is_accent(char), char in _FIGURES)


def _raised(glyph: Glyph, ink: Box | None, lifted: dict[Type, Type]) -> Glyph:
    """The glyph, one that is drawn small and high (a superscript of the font's own) as set small and high."""
    if ink is None:
        return glyph
    kind = glyph.type
    size = kind.style.size
    across, up = math.sin(math.radians(kind.angle)), math.cos(math.radians(kind.angle))
    heights = [
        (y - glyph.y) * up - (x - glyph.x) * across for x in (ink[0], ink[2]) for y in (ink[1], ink[3])
    ]
    if min(heights) < _LIFTED * size or max(heights) - min(heights) > _SMALL * size:
        return glyph
    if kind not in lifted:
        lifted[kind] = replace(kind, style=replace(kind.style, size=round(2 * _SMALL * size) / 2))
    rise = min(heights)
    return glyph._replace(x=glyph.x - rise * across, y=glyph.y + rise * up, type=lifted[kind])


def _inked(textpage: Any, index: int) -> Box | None:
    """The box of what is drawn of a glyph, in page space; None where nothing is."""
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    if not pdfium.FPDFText_GetCharBox(textpage, index, left, right, bottom, top) or left.value >= right.value:
        return None
    return left.value, bottom.value, right.value, top.value


def words_of(
    printed: Printed, space: PageSpace, sight: Sight
) -> tuple[tuple[Word, ...], tuple[Turned, ...], tuple[str, ...]]:
    """The words that run as the page is read, those that run another way, and the hidden ones."""
    makers = {0: _WordMaker(space, sight, 0)}
    maker = makers[0]
    covered = sight.covered
    for glyph in printed.glyphs:
        if glyph is None:
            maker.end()
            continue
        char, area, x, y, kind = glyph
        angle = (space.rotation - kind.angle) % FULL
        if angle != maker.angle:
            maker.end()
            maker = makers.setdefault(angle, _WordMaker(space, sight, angle))
        box, origin, size = space.box(*area), space.point(x, y), kind.style.size
        if angle:
            box = glyph_box(box, origin, angle, size)
            baseline = box[3] - 0.2 * size
        else:
            baseline = origin[1]
            box = _clamped(box, baseline, size)
        maker.add(char, box, baseline, kind, kind.is_hidden or kind.item in covered)
    for maker in makers.values():
        maker.end()
    upright = makers.pop(0)
    turned = tuple(Turned(angle, tuple(m.words)) for angle, m in sorted(makers.items()) if m.words)
    hidden = [text for m in (upright, *makers.values()) for text in m.hidden]
    return tuple(upright.words), turned, tuple(hidden)


def _clamped(box: Box, baseline: float, size: float) -> Box:
    left, top, right, bottom = box
    highest, deepest = baseline - _HIGHEST * size, baseline + _DEEPEST * size
    return left, max(top, highest), right, min(bottom, deepest)


class _WordMaker:
    """Gathers glyphs of one direction into words; a space, a jump or a change of style ends a word."""

    def __init__(self, space: PageSpace, sight: Sight, angle: int) -> None:
        self.angle = angle
        self.space = space
        self.sight = sight
        self.words: list[Word] = []
        self.hidden: list[str] = []
        self._text: list[str] = []
        self._boxes: list[Box] = []
        self._right = 0.0
        self._baseline = 0.0
        self._style: Style | None = None
        self._mark = UNTAGGED
        self._is_hidden = False
        self._is_embedded = True
        self._has_space = True

    def add(self, char: str, box: Box, baseline: float, kind: Type, is_hidden: bool) -> None:
        if self._text:
            height = max(box[3] - box[1], 1.0)
            rise, gap = abs(baseline - self._baseline), box[0] - self._right
            jumps = rise > 0.6 * height or not -height < gap < 0.6 * height
            if (
                jumps
                or self._style is not kind.style
                or self._is_hidden != is_hidden
                or rise >= 0.3 * kind.style.size
                or UNKNOWN in (char, self._text[-1])
            ):
                self.end(jumps)
        if not self._text:
            self._right, self._baseline, self._mark = box[2], baseline, kind.mark
            self._style, self._is_hidden = kind.style, is_hidden
            self._is_embedded = kind.is_embedded
        self._text.append(char)
        self._boxes.append(box)
        self._right = max(self._right, box[2])

    def end(self, has_space: bool = True) -> None:
        if self._text and self._style:
            text, box = "".join(self._text), union(self._boxes)
            if self._is_hidden or not self._is_on_page(box):
                self.hidden.append(text)
            else:
                place = len(self.words)
                self.words.append(
                    Word(text, box, self._baseline, self._style, self._has_space, "", place, self._mark)
                )
        self._has_space = has_space or (self._has_space and not self._text)
        self._text, self._boxes = [], []

    def _is_on_page(self, box: Box) -> bool:
        shown = back(box, self.angle) if self.angle else box
        x, y = (shown[0] + shown[2]) / 2, (shown[1] + shown[3]) / 2
        if not (-1 <= x <= self.space.width + 1 and -1 <= y <= self.space.height + 1):
            return False
        return self.sight.sees(shown) or not self._can_be_drawn()

    def _can_be_drawn(self) -> bool:
        """PDFium has no letters but Latin ones for a font that the PDF does not bring."""
        return self._is_embedded or not any(char > _LAST_LATIN for char in self._text)


def _is_no_character(code: int) -> bool:
    if code in (0, _REPLACEMENT) or code in _SURROGATES or code > _LAST_CHARACTER:
        return True
    return code < _FIRST_SHOWN and code != _BROKEN_WORD


class _Font(NamedTuple):
    name: str
    is_bold: bool
    is_italic: bool
    is_embedded: bool


class _Typed:
    """The types of a page's text objects; what is alike in two is one object."""

    def __init__(self, textpage: Any) -> None:
        self._page = textpage
        self._fonts: dict[int, _Font] = {}
        self._styles: dict[Style, Style] = {}

    def of(self, index: int, address: int | None) -> Type:
        """The type of the glyph at an index and of all others of its text object."""
        raw = self._page
        item = ctypes.cast(address, pdfium.FPDF_PAGEOBJECT) if address else None
        size, angle = _size_and_angle(raw, index)
        if size < _SMALLEST_POINTS and (
            ink := _inked(raw, index)
        ):  # some fonts of a setter's own count in other units
            height = max(ink[2] - ink[0], ink[3] - ink[1])
            size = height / _INK_SHARE if height > _SMALLEST_POINTS else size
        font = self._font(index, item)
        red, green, blue, alpha = ctypes.c_uint(), ctypes.c_uint(), ctypes.c_uint(), ctypes.c_uint()
        pdfium.FPDFText_GetFillColor(raw, index, red, green, blue, alpha)
        mode = pdfium.FPDFTextObj_GetTextRenderMode(item) if item else 0
        style = Style(
            size=round(size * 2) / 2 if size >= _SMALLEST_POINTS else size,
            bold=font.is_bold or mode == pdfium.FPDF_TEXTRENDERMODE_FILL_STROKE,
            italic=font.is_italic,
            font=font.name.split("+")[-1],
            color=(red.value << 16) + (green.value << 8) + blue.value
            if min(red.value, green.value, blue.value) < _NEARLY_WHITE
            else 0xFFFFFF,
        )
        is_hidden = mode in _INVISIBLE_MODES or size < _SMALLEST_POINTS or alpha.value == 0
        style = self._styles.setdefault(style, style)
        return Type(style, angle, is_hidden, _mark(item), address or 0, font.is_embedded)

    def _font(self, index: int, item: Any) -> _Font:
        handle = pdfium.FPDFTextObj_GetFont(item) if item else None
        address = ctypes.addressof(handle.contents) if handle else 0
        if address and address in self._fonts:
            return self._fonts[address]
        name, flags = _font(self._page, index)
        lower = name.lower()
        weight = pdfium.FPDFText_GetFontWeight(self._page, index)
        font = self._fonts[address] = _Font(
            name,
            weight >= _BOLD_WEIGHT or any(n in lower for n in _BOLD_NAMES),
            bool(flags & _ITALIC_FLAG) or any(n in lower for n in _ITALIC_NAMES),
            bool(handle) and pdfium.FPDFFont_GetIsEmbedded(handle) == 1,
        )
        return font


def _mark(item: Any) -> int:
    """Which stretch of tagged text a text object belongs to, or that it is an artifact."""
    if not item:
        return UNTAGGED
    mark = pdfium.FPDFPageObj_GetMarkedContentID(item)
    if mark >= 0:
        return int(mark)
    for index in range(min(pdfium.FPDFPageObj_CountMarks(item), _MOST_MARKS)):
        length = ctypes.c_ulong()
        name = ctypes.create_string_buffer(len(_ARTIFACT))
        tag = pdfium.FPDFPageObj_GetMark(item, index)
        pdfium.FPDFPageObjMark_GetName(
            tag, ctypes.cast(name, ctypes.POINTER(ctypes.c_ushort)), len(name), length
        )
        if name.raw == _ARTIFACT:
            return ARTIFACT
    return UNTAGGED


def _size_and_angle(raw: Any, index: int) -> tuple[float, int]:
    """Font size after the text matrix (PDFs often set 1 point and scale it), and the direction that it gives."""
    matrix = pdfium.FS_MATRIX()
    size = float(pdfium.FPDFText_GetFontSize(raw, index))
    if not pdfium.FPDFText_GetMatrix(raw, index, matrix):
        return size, 0
    return size * (math.hypot(matrix.c, matrix.d) or 1.0), of_matrix(matrix.a, matrix.b)


def _font(raw: Any, index: int) -> tuple[str, int]:
    flags = ctypes.c_int()
    length = pdfium.FPDFText_GetFontInfo(raw, index, None, 0, flags)
    if length <= 0:
        return "", 0
    buffer = ctypes.create_string_buffer(length)
    pdfium.FPDFText_GetFontInfo(raw, index, buffer, length, flags)
    return buffer.value.decode("utf-8", "replace"), flags.value
