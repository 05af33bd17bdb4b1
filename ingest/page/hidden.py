"""Which of a page's text people see: its picture is drawn with the text and without, and compared; by pypdfium2.

So layers that are switched off, white on white, clipped or covered text need no rules of their own.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterable
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
        self.covered = self._covered(shown, texts, shapes)
        self._sums = self._changed(shown, [text.item for text in texts])

    def sees(self, box: Box) -> bool:
        """The page would look another way in this box without the text."""
        return self._differs(self._sums, box)

    def _covered(self, shown: NDArray[np.int16], texts: list[_Item], shapes: list[_Item]) -> frozenset[int]:
        """The addresses of the text objects that something drawn later hides, though other text stands there."""
        last = max((shape.order for shape in shapes), default=-1)
        early = [text for text in texts if text.order < last]
        suspects = _under(early, shapes) if early else []
        if not suspects:
            return frozenset()
        sums = self._changed(shown, [text.item for text in suspects])
        return frozenset(
            ctypes.addressof(text.item.contents)
            for text in suspects
            if not self._differs(sums, self._space.box(*text.box))
        )

    def _changed(self, shown: NDArray[np.int16], items: Iterable[Any]) -> NDArray[np.int64]:
        """Where the page looks another way without some objects: pixels counted from the top left corner."""
        items = list(items)
        for item in items:
            pdfium.FPDFPageObj_SetIsActive(item, 0)
        without = self._picture()
        for item in items:
            pdfium.FPDFPageObj_SetIsActive(item, 1)
        changed = (np.abs(shown - without) >= _SEEN).any(axis=2)
        return np.pad(changed.cumsum(axis=0).cumsum(axis=1), ((1, 0), (1, 0)))

    def _picture(self) -> NDArray[np.int16]:
        turn = (self._space.rotation - self._page.get_rotation()) % FULL
        return np.array(self._page.render(scale=self._scale, rotation=turn).to_numpy(), dtype=np.int16)

    def _differs(self, sums: NDArray[np.int64], box: Box) -> bool:
        height, width = sums.shape[0] - 1, sums.shape[1] - 1
        x0, y0 = max(int(box[0] * self._scale), 0), max(int(box[1] * self._scale), 0)
        x1, y1 = min(int(box[2] * self._scale) + 1, width), min(int(box[3] * self._scale) + 1, height)
        if x0 >= x1 or y0 >= y1:
            return False
        return bool(sums[y1, x1] - sums[y0, x1] - sums[y1, x0] + sums[y0, x0])


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
    boxes = np.array([shape.box for shape in later]).reshape(-1, 4)
    orders = np.array([shape.order for shape in later])
    found = []
    for text in texts:
        x0, y0, x1, y1 = text.box
        across = np.minimum(boxes[:, 2], x1) - np.maximum(boxes[:, 0], x0)
        along = np.minimum(boxes[:, 3], y1) - np.maximum(boxes[:, 1], y0)
        share = across.clip(0) * along.clip(0) / max((x1 - x0) * (y1 - y0), 0.01)
        if ((share >= _COVERED) & (orders > text.order)).any():
            found.append(text)
    return found
