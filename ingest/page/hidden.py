"""Which of a page's text people see: its picture is drawn with the text and without, and compared; by pypdfium2.

So layers that are switched off, white on white, clipped or covered text need no rules of their own.
"""

from __future__ import annotations

import ctypes
import functools
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import pypdfium2.raw as pdfium
from numpy.typing import NDArray

from ingest.page.directions import FULL, PageSpace
from kb import Box

_SCALE = 0.5  # pixels a point: enough to see whether something is drawn, and quick
_MOST_PIXELS = 4_000_000  # of a picture: larger pages are drawn smaller
_SEEN = 8  # levels of 255 by which a pixel differs where people can see a text at all; by eye
_COVERED = 0.6  # share of a text's box that a later shape must take to be suspected of covering it
_TOUCHED = 0.1  # share of a light text's box that other text must take for it to be looked at alone
_LIGHT = 0xE0  # red, green and blue from which a text is light
_AT_ONCE = 100_000  # pairs of boxes that are compared at a time
_MOST_OBJECTS, _DEEPEST = 20_000, 6  # that are looked at on a page, and forms within forms
_COVERS = (pdfium.FPDF_PAGEOBJ_PATH, pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_SHADING)


class _Item(NamedTuple):
    """An object of the page: its place in the order of drawing, and its box in page space."""

    order: int
    item: Any
    box: Box


class Sight:
    """What of a page's text is seen, its boxes as the page is shown in `space`."""

    def __init__(self, page: Any, space: PageSpace) -> None:
        self._page = page
        self._space = space
        self._scale = min(_SCALE, (_MOST_PIXELS / max(space.width * space.height, 1.0)) ** 0.5)
        texts, shapes = _objects(page)
        shown = self._picture()
        covered = self._covered(shown, texts, shapes)
        bare = self._without([text.item for text in texts])
        self._sums = _summed(shown, bare)
        self.covered = covered | self._unseen_alone(bare, texts)

    def sees(self, box: Box) -> bool:
        """The page would look another way in this box without the text."""
        return self._differs(self._sums, box)

    def _covered(self, shown: NDArray[np.uint8], texts: list[_Item], shapes: list[_Item]) -> frozenset[int]:
        """The addresses of the text objects that something drawn later hides, though other text stands there."""
        last = max((shape.order for shape in shapes), default=-1)
        early = [text for text in texts if text.order < last]
        suspects = _under(early, shapes) if early else []
        if not suspects:
            return frozenset()
        return self._same(_summed(shown, self._without([text.item for text in suspects])), suspects)

    def _unseen_alone(self, bare: NDArray[np.uint8], texts: list[_Item]) -> frozenset[int]:
        """The addresses of light texts that show only where they strike out darker ones."""
        light: list[_Item] = []
        dark: list[_Item] = []
        for text in texts:
            (light if _is_light(text.item) else dark).append(text)
        suspects = _beside(light, dark) if light and dark else []
        if not suspects:
            return frozenset()
        chosen = {id(text) for text in suspects}
        alone = self._without([text.item for text in texts if id(text) not in chosen])
        return self._same(_summed(bare, alone), suspects)

    def _same(self, sums: memoryview, texts: Iterable[_Item]) -> frozenset[int]:
        """The addresses of the texts in whose boxes two pictures are the same."""
        return frozenset(
            ctypes.addressof(text.item.contents)
            for text in texts
            if not self._differs(sums, self._space.box(*text.box))
        )

    def _without(self, items: Sequence[Any]) -> NDArray[np.uint8]:
        for item in items:
            pdfium.FPDFPageObj_SetIsActive(item, 0)
        found = self._picture()
        for item in items:
            pdfium.FPDFPageObj_SetIsActive(item, 1)
        return found

    def _picture(self) -> NDArray[np.uint8]:
        turn = (self._space.rotation - self._page.get_rotation()) % FULL
        return np.array(self._page.render(scale=self._scale, rotation=turn).to_numpy(), dtype=np.uint8)

    def _differs(self, sums: memoryview, box: Box) -> bool:
        rows, columns = sums.shape or (1, 1)
        x0, y0 = max(int(box[0] * self._scale), 0), max(int(box[1] * self._scale), 0)
        x1, y1 = min(int(box[2] * self._scale) + 1, columns - 1), min(int(box[3] * self._scale) + 1, rows - 1)
        if x0 >= x1 or y0 >= y1:
            return False
        return bool(sums[y1, x1] - sums[y0, x1] - sums[y1, x0] + sums[y0, x0])


def _summed(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> memoryview:
    """Where two pictures differ so that people see it: pixels counted from the top left corner."""
    apart = (np.maximum(one, other) - np.minimum(one, other)) >= _SEEN
    changed = functools.reduce(np.logical_or, np.moveaxis(apart, 2, 0))  # far quicker than any(axis=2)
    sums = np.zeros((changed.shape[0] + 1, changed.shape[1] + 1), dtype=np.int32)
    np.cumsum(changed, axis=0, dtype=np.int32, out=sums[1:, 1:])
    np.cumsum(sums, axis=1, out=sums)
    return sums.data  # its numbers are read one by one, each word's corners


def _is_light(item: Any) -> bool:
    red, green, blue, alpha = ctypes.c_uint(), ctypes.c_uint(), ctypes.c_uint(), ctypes.c_uint()
    pdfium.FPDFPageObj_GetFillColor(item, red, green, blue, alpha)
    return min(red.value, green.value, blue.value) >= _LIGHT


def _objects(page: Any) -> tuple[list[_Item], list[_Item]]:
    """The page's text objects, those inside forms too, and the shapes that may cover some."""
    texts: list[_Item] = []
    shapes: list[_Item] = []
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))

    def add(item: Any, order: int, depth: int) -> None:
        kind = pdfium.FPDFPageObj_GetType(item)
        if kind == pdfium.FPDF_PAGEOBJ_FORM and depth < _DEEPEST:
            for index in range(min(pdfium.FPDFFormObj_CountObjects(item), _MOST_OBJECTS)):
                add(pdfium.FPDFFormObj_GetObject(item, index), order, depth + 1)
        elif (
            kind == pdfium.FPDF_PAGEOBJ_TEXT or (kind in _COVERS and not depth)
        ) and pdfium.FPDFPageObj_GetBounds(item, left, bottom, right, top):
            found = texts if kind == pdfium.FPDF_PAGEOBJ_TEXT else shapes
            found.append(_Item(order, item, (left.value, bottom.value, right.value, top.value)))

    for order in range(min(pdfium.FPDFPage_CountObjects(page.raw), _MOST_OBJECTS)):
        add(pdfium.FPDFPage_GetObject(page.raw, order), order, 0)
    return texts, shapes


def _under(texts: list[_Item], shapes: list[_Item]) -> list[_Item]:
    """The texts that a shape drawn later takes most of the box of."""
    first = min(text.order for text in texts)
    later = [shape for shape in shapes if shape.order > first]
    orders = np.array([shape.order for shape in later])
    found: list[_Item] = []
    for some, shares in _shares(texts, later):
        is_later = orders > np.array([[text.order] for text in some])
        found += _those(some, (shares >= _COVERED) & is_later)
    return found


def _beside(texts: list[_Item], others: list[_Item]) -> list[_Item]:
    """The texts that stand where others do."""
    return [text for some, shares in _shares(texts, others) for text in _those(some, shares > _TOUCHED)]


def _those(texts: list[_Item], marked: NDArray[np.bool_]) -> list[_Item]:
    """The texts in whose rows something is marked."""
    return [texts[row] for row in np.flatnonzero(marked.any(axis=1))]


def _shares(texts: list[_Item], others: list[_Item]) -> Iterator[tuple[list[_Item], NDArray[np.float64]]]:
    """Some texts at a time, and the shares of their boxes (rows) that other boxes (columns) take."""
    x0, y0, x1, y1 = _sides(others)
    for at in range(0, len(texts), step := max(_AT_ONCE // max(len(others), 1), 1)):
        some = texts[at : at + step]
        left, bottom, right, top = _sides(some)[:, :, None]
        across = np.minimum(x1, right) - np.maximum(x0, left)
        along = np.minimum(y1, top) - np.maximum(y0, bottom)
        yield some, across.clip(0) * along.clip(0) / ((right - left) * (top - bottom)).clip(0.01)


def _sides(items: list[_Item]) -> NDArray[np.float64]:
    return np.array([item.box for item in items]).reshape(-1, 4).T
