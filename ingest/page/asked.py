"""What PDFium is asked about every glyph of a page, for all glyphs in a row.

A page has thousands of glyphs, and ctypes' checks of the arguments take longer than the answers: here the functions are
called without them, with arguments that are right by construction.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import repeat
from typing import Any

import pypdfium2.raw as pdfium

from kb import Box

_AT_ONCE = 4096  # glyphs whose boxes are asked for in a row: as many as most pages have


def _unchecked(function: Any, result: type[Any] | None) -> Callable[..., Any]:
    """A function of PDFium that takes what it is given: numbers as C's int, handles, and references."""
    unchecked: Callable[..., Any] = ctypes.CFUNCTYPE(result)(
        ctypes.cast(function, ctypes.c_void_p).value or 0
    )
    return unchecked


_unicode = _unchecked(pdfium.FPDFText_GetUnicode, ctypes.c_uint)
_text_object = _unchecked(pdfium.FPDFText_GetTextObject, ctypes.c_void_p)
_is_unmapped = _unchecked(pdfium.FPDFText_HasUnicodeMapError, ctypes.c_int)
_loose_box = _unchecked(pdfium.FPDFText_GetLooseCharBox, ctypes.c_int)
_origin = _unchecked(pdfium.FPDFText_GetCharOrigin, ctypes.c_int)


class Asked:
    """The glyphs of an open page of text, by their index in PDFium."""

    def __init__(self, textpage: Any) -> None:
        self._page = repeat(ctypes.cast(textpage, ctypes.c_void_p))
        self.count = max(pdfium.FPDFText_CountChars(textpage), 0)

    def units(self) -> list[int]:
        """The UTF-16 code unit of every glyph."""
        return list(map(_unicode, self._page, range(self.count)))

    def items(self, indexes: Sequence[int]) -> list[int | None]:
        """The addresses of the text objects that glyphs belong to; None for what PDFium supposes."""
        return list(map(_text_object, self._page, indexes))

    def unmapped(self, indexes: Sequence[int]) -> list[bool]:
        """Whether the document has no Unicode value for glyphs."""
        return [answer == 1 for answer in map(_is_unmapped, self._page, indexes)]

    def areas(self, indexes: Sequence[int]) -> list[Box | None]:
        """Left, bottom, right and top of glyphs with the white space that their font gives them."""
        rects, places = _rects()
        boxes: list[Box | None] = []
        for some in _in_parts(indexes):
            found = list(map(_loose_box, self._page, some, places))
            left, top, right, bottom = (rects[at : 4 * len(some) : 4].tolist() for at in range(4))
            boxes += zip(left, bottom, right, top, strict=True)
            if not all(found):
                boxes[-len(some) :] = [
                    b if there else None for b, there in zip(boxes[-len(some) :], found, strict=True)
                ]
        return boxes

    def origins(self, indexes: Sequence[int]) -> list[tuple[float, float]]:
        """Where the baselines of glyphs start."""
        points, across, along = _points()
        starts: list[tuple[float, float]] = []
        for some in _in_parts(indexes):
            for _ in map(_origin, self._page, some, across, along):
                pass
            starts += zip(*(points[at : 2 * len(some) : 2].tolist() for at in range(2)), strict=True)
        return starts


def _in_parts(indexes: Sequence[int]) -> Iterator[Sequence[int]]:
    return (indexes[at : at + _AT_ONCE] for at in range(0, len(indexes), _AT_ONCE))


@cache
def _rects() -> tuple[memoryview[float], list[Any]]:
    """Room for boxes (left, top, right, bottom), made once, and the place of each for PDFium."""
    room, size = (ctypes.c_float * (4 * _AT_ONCE))(), ctypes.sizeof(ctypes.c_float)
    return memoryview(room).cast("B").cast("f"), _places(room, 4 * size)


@cache
def _points() -> tuple[memoryview[float], list[Any], list[Any]]:
    """Room for points, made once, and for PDFium the place of each x and each y."""
    room, size = (ctypes.c_double * (2 * _AT_ONCE))(), ctypes.sizeof(ctypes.c_double)
    return memoryview(room).cast("B").cast("d"), _places(room, 2 * size), _places(room, 2 * size, size)


def _places(room: Any, step: int, first: int = 0) -> list[Any]:
    return [ctypes.byref(room, first + at * step) for at in range(_AT_ONCE)]
