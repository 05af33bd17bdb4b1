"""PDF -> pages of words with their type, and pictures of pages, by pypdfium2.

Runs in the sandbox child, never in the process that serves.
"""

from __future__ import annotations

import ctypes
import io
import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium
from numpy.typing import NDArray

from ingest.page.raw import RawPage, Shape, Style, Word
from kb import Box, ParseError

_BOLD_NAMES = ("bold", "black", "heavy", "semibold", "demi", "cmbx", "extrabold")
_ITALIC_NAMES = ("italic", "oblique", "slanted")
_LINE_END_HYPHEN = 0xFFFE  # what PDFium gives for a hyphen that ends a line
_BROKEN_WORD = 0x02  # what older PDFium gives for it
_REPLACEMENT, _FIRST_SHOWN, _LAST_CHARACTER = 0xFFFD, 0x20, 0x10FFFF  # Unicode's own bounds
_FIRST_SURROGATE, _LAST_SURROGATE = 0xD800, 0xDFFF
_INVISIBLE_MODES = (pdfium.FPDF_TEXTRENDERMODE_INVISIBLE, pdfium.FPDF_TEXTRENDERMODE_CLIP)
_NEARLY_WHITE = 250
_WHITE = 0xFFFFFF  # red, green and blue in one number
_BOLD_WEIGHT = 600  # semibold, of the weights that OpenType counts from 100 to 900
_ITALIC_FLAG = 0x40  # bit 7 of a font's flags (ISO 32000-1, table 123)
_QUARTER, _HALF, _THREE_QUARTERS = 90, 180, 270  # degrees that a page may be turned by
_SMALLEST_POINTS = 1.0
_SCHEMES = ("http://", "https://", "mailto:")
_MOST_LINKS, _LONGEST_URL = 2000, 2048  # a page; characters: more is no handbook


class Glyphs:
    """The open document as PDFium sees it; a context manager, one thread at a time."""

    def __init__(self, data: bytes, name: str, password: str = "") -> None:
        try:
            self._document = pypdfium2.PdfDocument(data, password=password or None)
        except pypdfium2.PdfiumError as error:
            raise ParseError(
                f"{name}: PDFium cannot open it ({error}); export or download it again"
            ) from error
        self._name = name

    def __enter__(self) -> Glyphs:
        return self

    def __exit__(self, *_: object) -> None:
        self._document.close()

    def __len__(self) -> int:
        return len(self._document)

    def pages(self) -> Iterator[RawPage]:
        """Every page in order, one in memory at a time."""
        for index in range(len(self._document)):
            yield self.page(index + 1)

    def page(self, number: int) -> RawPage:
        """Page `number`, from 1."""
        try:
            page = self._document[number - 1]
        except pypdfium2.PdfiumError as error:
            raise ParseError(f"{self._name}: page {number}: damaged ({error}); export it again") from error
        try:
            return _read_page(page, self._document, number)
        finally:
            page.close()

    def picture(self, number: int, width: int) -> bytes:
        """The page as PNG, `width` pixels wide."""
        page = self._document[number - 1]
        try:
            bitmap = page.render(scale=width / max(page.get_width(), 1.0))
            out = io.BytesIO()
            bitmap.to_pil().convert("RGB").quantize(128).save(out, "PNG", optimize=False, compress_level=6)
            return out.getvalue()
        finally:
            page.close()

    def gray(self, number: int, width: int) -> NDArray[np.uint8]:
        """The page as grey levels, `width` pixels wide: uint8 (height, width), 255 white."""
        page = self._document[number - 1]
        try:
            bitmap = page.render(scale=width / max(page.get_width(), 1.0), grayscale=True)
            return np.array(bitmap.to_numpy(), dtype=np.uint8).reshape(bitmap.height, bitmap.width)
        finally:
            page.close()


class _Frame:
    """Page space (origin bottom left, unrotated) -> shown space (origin top left, rotated)."""

    def __init__(self, page: Any) -> None:
        self.rotation = page.get_rotation() % 360
        self.left, self.bottom, self.right, self.top = page.get_bbox()
        across, along = self.right - self.left, self.top - self.bottom
        self.width, self.height = (
            (along, across) if self.rotation in (_QUARTER, _THREE_QUARTERS) else (across, along)
        )

    def point(self, x: float, y: float) -> tuple[float, float]:
        if self.rotation == _QUARTER:
            return y - self.bottom, x - self.left
        if self.rotation == _HALF:
            return self.right - x, y - self.bottom
        if self.rotation == _THREE_QUARTERS:
            return self.top - y, self.right - x
        return x - self.left, self.top - y

    def box(self, left: float, bottom: float, right: float, top: float) -> Box:
        (ax, ay), (bx, by) = self.point(left, bottom), self.point(right, top)
        return min(ax, bx), min(ay, by), max(ax, bx), max(ay, by)


def _read_page(page: Any, document: Any, number: int) -> RawPage:
    frame = _Frame(page)
    shapes = _shapes(page, frame)
    textpage = page.get_textpage()
    try:
        words, hidden, unmapped = _words(textpage.raw, frame, shapes)
        words = _linked(words, _links(page, document, frame))
    finally:
        textpage.close()
    return RawPage(number, frame.width, frame.height, words, shapes, hidden, unmapped)


def _links(page: Any, document: Any, frame: _Frame) -> list[tuple[Box, str]]:
    """The page's links that lead out of the document, with their boxes."""
    found: list[tuple[Box, str]] = []
    position, link, rect = ctypes.c_int(0), pdfium.FPDF_LINK(), pdfium.FS_RECTF()
    while len(found) < _MOST_LINKS and pdfium.FPDFLink_Enumerate(page.raw, position, link):
        action = pdfium.FPDFLink_GetAction(link)
        if not action or not pdfium.FPDFLink_GetAnnotRect(link, rect):
            continue
        length = pdfium.FPDFAction_GetURIPath(document.raw, action, None, 0)
        if not 1 < length < _LONGEST_URL:
            continue
        buffer = ctypes.create_string_buffer(length)
        pdfium.FPDFAction_GetURIPath(document.raw, action, buffer, length)
        url = buffer.value.decode("utf-8", "replace").strip()
        if url.lower().startswith(_SCHEMES) and url.isprintable():
            found.append((frame.box(rect.left, rect.bottom, rect.right, rect.top), url))
    return found


def _linked(words: tuple[Word, ...], links: list[tuple[Box, str]]) -> tuple[Word, ...]:
    """The words, those whose middle lies in a link's box with its address."""
    if not links:
        return words
    return tuple(replace(w, url=url) if (url := _url_at(w.box, links)) else w for w in words)


def _url_at(box: Box, links: list[tuple[Box, str]]) -> str:
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return next((url for b, url in links if b[0] <= x <= b[2] and b[1] <= y <= b[3]), "")


def _shapes(page: Any, frame: _Frame) -> tuple[Shape, ...]:
    found = []
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    for index in range(min(pdfium.FPDFPage_CountObjects(page.raw), 5000)):
        item = pdfium.FPDFPage_GetObject(page.raw, index)
        kind = pdfium.FPDFPageObj_GetType(item)
        if kind not in (pdfium.FPDF_PAGEOBJ_PATH, pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_SHADING):
            continue
        if not pdfium.FPDFPageObj_GetBounds(item, left, bottom, right, top):
            continue
        is_filled = kind != pdfium.FPDF_PAGEOBJ_PATH
        if kind == pdfium.FPDF_PAGEOBJ_PATH:
            pdfium.FPDFPath_GetDrawMode(item, fill, stroke)
            pdfium.FPDFPageObj_GetFillColor(item, red, green, blue, alpha)
            white = min(red.value, green.value, blue.value) >= _NEARLY_WHITE
            is_filled = bool(fill.value) and not white and alpha.value > 0
            if not is_filled and not stroke.value:
                continue
        box = frame.box(left.value, bottom.value, right.value, top.value)
        found.append(Shape(box, kind == pdfium.FPDF_PAGEOBJ_IMAGE, is_filled))
    return tuple(found)


class _WordMaker:
    """Gathers glyphs into words; a space, a jump or a change of style ends a word."""

    def __init__(self, frame: _Frame, shapes: tuple[Shape, ...]) -> None:
        self.frame = frame
        self.backgrounds = [s.box for s in shapes if s.is_filled]
        self.words: list[Word] = []
        self.hidden: list[str] = []
        self._text: list[str] = []
        self._box = (0.0, 0.0, 0.0, 0.0)
        self._baseline = 0.0
        self._style: Style | None = None
        self._is_hidden = False
        self._has_space = True

    def add(self, char: str, box: Box, baseline: float, style: Style, is_hidden: bool) -> None:
        if self._text and not self._continues(box, baseline, style, is_hidden):
            self.end(self._jumps(box, baseline))
        if not self._text:
            self._box, self._baseline, self._style, self._is_hidden = box, baseline, style, is_hidden
        else:
            b = self._box
            self._box = (min(b[0], box[0]), min(b[1], box[1]), max(b[2], box[2]), max(b[3], box[3]))
        self._text.append(char)

    def _continues(self, box: Box, baseline: float, style: Style, is_hidden: bool) -> bool:
        if self._style is not style or self._is_hidden != is_hidden:
            return False
        return abs(baseline - self._baseline) < 0.3 * style.size and not self._jumps(box, baseline)

    def _jumps(self, box: Box, baseline: float) -> bool:
        size = max(box[3] - box[1], 1.0)
        gap = box[0] - self._box[2]
        return abs(baseline - self._baseline) > 0.6 * size or not -size < gap < 0.6 * size

    def end(self, has_space: bool = True) -> None:
        if self._text and self._style:
            text = "".join(self._text)
            if self._is_hidden or not self._is_on_page():
                self.hidden.append(text)
            else:
                self.words.append(Word(text, self._box, self._baseline, self._style, self._has_space))
        self._has_space = has_space or (self._has_space and not self._text)
        self._text = []

    def _is_on_page(self) -> bool:
        x, y = (self._box[0] + self._box[2]) / 2, (self._box[1] + self._box[3]) / 2
        if not (-1 <= x <= self.frame.width + 1 and -1 <= y <= self.frame.height + 1):
            return False
        if self._style is not None and self._style.color == _WHITE:
            return any(b[0] <= x <= b[2] and b[1] <= y <= b[3] for b in self.backgrounds)
        return True


def _words(
    raw: Any, frame: _Frame, shapes: tuple[Shape, ...]
) -> tuple[tuple[Word, ...], tuple[str, ...], float]:
    maker = _WordMaker(frame, shapes)
    styles: dict[Any, tuple[Style, bool]] = {}
    shared: dict[Style, Style] = {}
    rect = pdfium.FS_RECTF()
    x, y = ctypes.c_double(), ctypes.c_double()
    glyphs = unmapped = 0
    for index in range(pdfium.FPDFText_CountChars(raw)):
        code = pdfium.FPDFText_GetUnicode(raw, index)
        if (pdfium.FPDFText_IsGenerated(raw, index) == 1 and code != _LINE_END_HYPHEN) or code in (
            0x20,
            0xA0,
            0x0A,
            0x0D,
            0x09,
        ):
            maker.end()
            continue
        glyphs += 1
        if _is_unmapped(raw, index, code):
            unmapped += 1
            continue
        if not pdfium.FPDFText_GetLooseCharBox(raw, index, rect):
            continue
        pdfium.FPDFText_GetCharOrigin(raw, index, x, y)
        item = pdfium.FPDFText_GetTextObject(raw, index)
        key = ctypes.addressof(item.contents) if item else None
        known = styles.get(key)
        if known is None:
            style, is_hidden = _style(raw, index, item)
            known = styles[key] = (shared.setdefault(style, style), is_hidden)
        box = frame.box(rect.left, rect.bottom, rect.right, rect.top)
        char = "\u00ad" if code in (_LINE_END_HYPHEN, _BROKEN_WORD) else chr(code)
        maker.add(char, box, frame.point(x.value, y.value)[1], *known)
    maker.end()
    return tuple(maker.words), tuple(maker.hidden), unmapped / glyphs if glyphs else 0.0


def _is_unmapped(raw: Any, index: int, code: int) -> bool:
    if code in (0, _REPLACEMENT) or pdfium.FPDFText_HasUnicodeMapError(raw, index) == 1:
        return True
    if _FIRST_SURROGATE <= code <= _LAST_SURROGATE or code > _LAST_CHARACTER:
        return True
    return code < _FIRST_SHOWN and code != _BROKEN_WORD


def _style(raw: Any, index: int, item: Any) -> tuple[Style, bool]:
    size = _size(raw, index)
    name, flags = _font(raw, index)
    lower = name.lower()
    weight = pdfium.FPDFText_GetFontWeight(raw, index)
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    pdfium.FPDFText_GetFillColor(raw, index, red, green, blue, alpha)
    mode = pdfium.FPDFTextObj_GetTextRenderMode(item) if item else 0
    style = Style(
        size=round(size * 2) / 2 if size >= _SMALLEST_POINTS else size,
        bold=weight >= _BOLD_WEIGHT
        or any(n in lower for n in _BOLD_NAMES)
        or mode == pdfium.FPDF_TEXTRENDERMODE_FILL_STROKE,
        italic=bool(flags & _ITALIC_FLAG) or any(n in lower for n in _ITALIC_NAMES),
        font=name.split("+")[-1],
        color=(red.value << 16) + (green.value << 8) + blue.value
        if min(red.value, green.value, blue.value) < _NEARLY_WHITE
        else 0xFFFFFF,
    )
    return style, mode in _INVISIBLE_MODES or size < _SMALLEST_POINTS or alpha.value == 0


def _size(raw: Any, index: int) -> float:
    """Font size after the text matrix: PDFs often set 1 point and scale it."""
    matrix = pdfium.FS_MATRIX()
    size = float(pdfium.FPDFText_GetFontSize(raw, index))
    if pdfium.FPDFText_GetMatrix(raw, index, matrix):
        size *= math.hypot(matrix.c, matrix.d) or 1.0
    return size


def _font(raw: Any, index: int) -> tuple[str, int]:
    flags = ctypes.c_int()
    length = pdfium.FPDFText_GetFontInfo(raw, index, None, 0, flags)
    if length <= 0:
        return "", 0
    buffer = ctypes.create_string_buffer(length)
    pdfium.FPDFText_GetFontInfo(raw, index, buffer, length, flags)
    return buffer.value.decode("utf-8", "replace"), flags.value
