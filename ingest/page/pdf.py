"""PDF -> pages of words with their type, and pictures of pages, by pypdfium2.

Runs in the sandbox child, never in the process that serves.
"""

from __future__ import annotations

import ctypes
import io
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium
from numpy.typing import NDArray

from ingest.page.abreast import MOST_PAGES, read_abreast
from ingest.page.actual import without_lies
from ingest.page.characters import UNKNOWN
from ingest.page.directions import FULL, HALF, PageSpace
from ingest.page.forms import form_words
from ingest.page.glyphs import Printed, printed_on, words_of
from ingest.page.hidden import Sight
from ingest.page.ligatures import Ligatures, Onlooker, Pair, StrangeGlyphError, holes
from ingest.page.raw import RawPage, Shape, Word
from ingest.page.repair import repaired
from kb import Box, ParseError

_ONE_BOX, _MOST_SEGMENTS = 5, 1500  # segments of a rectangle; of a path: more are a drawing
_LEAST_FIGURES = 2
_MOST_PARTS = 5000  # of a page's paths that are looked at one by one
_LEAST_ABREAST = 40  # pages from which two processes save a fifth of a second on each of four handbooks
_MOST_CHARACTERS = 50_000  # of a page: where there are more its text is none, and it is read as a picture
_NEARLY_WHITE, WHITE = 250, 255
_SCHEMES = ("http://", "https://", "mailto:")
_MOST_LINKS, _LONGEST_URL = 2000, 2048  # a page; characters: more is no handbook


class _Glanced(NamedTuple):
    """A page that one of several processes has read, and the pairs of letters on it that it had not told before."""

    page: RawPage
    pairs: frozenset[Pair]


class Glyphs:
    """The open document as PDFium sees it; a context manager, one thread at a time."""

    def __init__(self, data: bytes, name: str, password: str = "") -> None:
        data = repaired(data).data
        try:
            self._document = _opened(data, password)
        except pypdfium2.PdfiumError as error:
            raise ParseError(
                f"{name}: PDFium cannot open it ({error}); export or download it again"
            ) from error
        self._name = name
        self._ligatures = Ligatures()
        if self._document.get_formtype() != pdfium.FORMTYPE_NONE:
            self._document.init_forms()

    def __enter__(self) -> Glyphs:
        return self

    def __exit__(self, *_: object) -> None:
        self._document.close()

    def __len__(self) -> int:
        return len(self._document)

    def pages(self, readers: int = 1) -> Iterator[RawPage]:
        """Every page in order; by so many processes at once where that is sooner, which changes nothing else.

        More than one only in a process of one thread.
        """
        numbers = range(1, len(self) + 1)
        if readers == 1 or not _LEAST_ABREAST <= len(self) <= MOST_PAGES:
            yield from map(self.page, numbers)
            return
        yield self.page(
            1
        )  # here: the others then find fonts and modules loaded, which takes a tenth of their work
        onlooker = Onlooker()
        rest = numbers[1:]
        for number, found in zip(
            rest, read_abreast(rest, lambda one: self._glanced(one, onlooker), readers), strict=True
        ):
            if found is None:
                yield self.page(number)
            else:
                self._ligatures.know(found.pairs)
                yield found.page

    def _glanced(self, number: int, onlooker: Onlooker) -> _Glanced | None:
        """Page `number` and its pairs of letters; None where it takes what the other pages have shown."""
        try:
            return _Glanced(self._read(number, onlooker), onlooker.fresh())
        except StrangeGlyphError:
            return None

    def page(self, number: int) -> RawPage:
        """Page `number`, from 1."""
        return self._read(number, self._ligatures)

    def _read(self, number: int, ligatures: Ligatures | Onlooker) -> RawPage:
        try:
            page = self._document[number - 1]
        except pypdfium2.PdfiumError as error:
            raise ParseError(f"{self._name}: page {number}: damaged ({error}); export it again") from error
        try:
            return _read_page(page, self._document, number, ligatures)
        finally:
            page.close()

    def picture(self, number: int, width: int) -> bytes:
        """The page as PNG, `width` pixels wide."""
        page = self._document[number - 1]
        try:
            bitmap = _render(page, width)
            out = io.BytesIO()
            bitmap.to_pil().convert("RGB").quantize(128).save(out, "PNG", optimize=False, compress_level=6)
            return out.getvalue()
        finally:
            page.close()

    def gray(self, number: int, width: int) -> NDArray[np.uint8]:
        """The page as grey levels, `width` pixels wide: uint8 (height, width), 255 white; one pixel where none is to be
        seen, as of a page whose box lies outside the paper.
        """
        page = self._document[number - 1]
        try:
            bitmap = _render(page, width, grayscale=True)
            drawn = np.array(bitmap.to_numpy(), dtype=np.uint8).reshape(bitmap.height, bitmap.width)
            return drawn if drawn.size else np.full((1, 1), WHITE, dtype=np.uint8)
        except ValueError:
            return np.full((1, 1), WHITE, dtype=np.uint8)
        finally:
            page.close()


def _opened(data: bytes, password: str) -> Any:
    """Open with the password, else without: readers do not ask for one that is not needed."""
    try:
        return pypdfium2.PdfDocument(data, password=password or None)
    except pypdfium2.PdfiumError:
        if not password:
            raise
        return pypdfium2.PdfDocument(data)


def _read_page(page: Any, document: Any, number: int, ligatures: Ligatures | Onlooker) -> RawPage:
    rotation = page.get_rotation() % FULL
    lies = without_lies(page, document, number)
    textpage = page.get_textpage()
    try:
        printed = printed_on(textpage.raw)
    finally:
        textpage.close()
    if sum(len(glyph.char) for glyph in printed.glyphs if glyph) > _MOST_CHARACTERS:
        printed = Printed([], 1.0)
    if not rotation:
        printed = printed._replace(
            glyphs=ligatures.restore(printed.glyphs, lambda scale: _shaded(page, scale))
        )
    space = PageSpace(printed.main(rotation), page.get_bbox())
    shapes = _shapes(page, space)
    words, turned, hidden = words_of(printed, space, Sight(page, space))
    words = _linked(tuple(w for w in words if w.text != UNKNOWN), _links(page, document, space))
    words += form_words(page, document, space)
    return RawPage(
        number,
        space.width,
        space.height,
        words,
        shapes,
        (*(text for text in hidden if text != UNKNOWN), *lies),
        printed.unmapped,
        turned,
        holes=holes(printed.glyphs),
    )


def _render(page: Any, width: int, grayscale: bool = False) -> Any:
    """A picture of the page, turned as its text is read, `width` pixels wide."""
    rotation = page.get_rotation() % FULL
    textpage = page.get_textpage()
    try:
        turn = (printed_on(textpage.raw).main(rotation) - rotation) % FULL
    finally:
        textpage.close()
    points = page.get_height() if turn % HALF else page.get_width()
    return page.render(scale=width / max(points, 1.0), rotation=turn, grayscale=grayscale)


def _shaded(page: Any, scale: float) -> tuple[NDArray[np.uint8], float, float]:
    """An upright page's grey levels, `scale` pixels a point, and the left and top of what is shown."""
    left, _, _, top = page.get_bbox()
    try:
        bitmap = page.render(scale=scale, grayscale=True)
    except ValueError:  # its box lies outside the paper
        return np.full((1, 1), WHITE, dtype=np.uint8), left, top
    gray = np.array(bitmap.to_numpy(), dtype=np.uint8).reshape(bitmap.height, bitmap.width)
    return gray, left, top


def _links(page: Any, document: Any, space: PageSpace) -> list[tuple[Box, str]]:
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
            found.append((space.box(rect.left, rect.bottom, rect.right, rect.top), url))
    return found


def _linked(words: tuple[Word, ...], links: list[tuple[Box, str]]) -> tuple[Word, ...]:
    """The words, those whose middle lies in a link's box with its address."""
    if not links:
        return words
    return tuple(replace(w, url=url) if (url := _url_at(w.box, links)) else w for w in words)


def _url_at(box: Box, links: list[tuple[Box, str]]) -> str:
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return next((url for b, url in links if b[0] <= x <= b[2] and b[1] <= y <= b[3]), "")


def _shapes(page: Any, space: PageSpace) -> tuple[Shape, ...]:
    found: list[Shape] = []
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
        if kind == pdfium.FPDF_PAGEOBJ_PATH and len(found) < _MOST_PARTS:
            parts = _parts(item, space)
            found.extend(Shape(box, False, is_filled) for box in parts)
            if parts:
                continue
        box = space.box(left.value, bottom.value, right.value, top.value)
        found.append(Shape(box, kind == pdfium.FPDF_PAGEOBJ_IMAGE, is_filled))
    return tuple(found)


def _parts(item: Any, space: PageSpace) -> list[Box]:
    """The boxes and lines that one path draws, each by itself; none where it is one of them, or a drawing.

    Some software draws all the lines of a table as one path, whose box tells nothing of them.
    """
    count = pdfium.FPDFPath_CountSegments(item)
    if not _ONE_BOX < count <= _MOST_SEGMENTS:
        return []
    matrix, x, y = pdfium.FS_MATRIX(), ctypes.c_float(), ctypes.c_float()
    pdfium.FPDFPageObj_GetMatrix(item, matrix)
    figures: list[list[tuple[float, float]]] = []
    for index in range(count):
        segment = pdfium.FPDFPath_GetPathSegment(item, index)
        kind = pdfium.FPDFPathSegment_GetType(segment)
        if kind == pdfium.FPDF_SEGMENT_BEZIERTO or not pdfium.FPDFPathSegment_GetPoint(segment, x, y):
            return []
        across = matrix.a * x.value + matrix.c * y.value + matrix.e
        along = matrix.b * x.value + matrix.d * y.value + matrix.f
        if kind == pdfium.FPDF_SEGMENT_MOVETO:
            figures.append([])
        elif not figures:
            return []
        figures[-1].append((across, along))
    is_level = all(
        len(figure) <= _ONE_BOX
        and all(abs(a[0] - b[0]) < 1 or abs(a[1] - b[1]) < 1 for a, b in pairwise(figure))
        for figure in figures
    )
    if not is_level or len(figures) < _LEAST_FIGURES:
        return []
    corners = [tuple(zip(*figure, strict=True)) for figure in figures if len(figure) > 1]
    return [space.box(min(xs), min(ys), max(xs), max(ys)) for xs, ys in corners]
