"""Texts that a PDF says in place of what it shows (ActualText): those that say something else are taken out."""

from __future__ import annotations

import ctypes
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from difflib import SequenceMatcher
from itertools import groupby
from typing import Any, NamedTuple

import pypdfium2.raw as pdfium

from ingest.page.characters import UNKNOWN
from ingest.page.glyphs import printed_on

_KEY = b"ActualText"
_MOST_MARKS, _MOST_OBJECTS, _DEEPEST = 8, 20_000, 6  # around an object; on a page; forms within forms
_LONGEST = 20_000  # bytes of a text
_SHORTEST = 3  # letters and figures: less is a hyphen, a ligature or a sign
_ALIKE = 0.6  # from which a text says what is shown, with its hyphens, ligatures or abbreviations written out
_LEGIBLE = 0.8  # share of the shown characters that must be known to say that they are others
_LAST_ASCII = "\x7f"


class _Said(NamedTuple):
    """A text object, the mark around it and the text that this says."""

    item: Any
    mark: Any
    text: str


def without_lies(page: Any, document: Any, number: int) -> tuple[str, ...]:
    """Take the texts off a page that say something else than is shown, and return them.

    The page is opened once more where there are such texts, and read without any of them.
    """
    if next(_said(page.raw), None) is None:
        return ()
    probe = document[number - 1]
    try:
        lies = _lies(probe)
    finally:
        probe.close()
    if lies:
        for item, mark, text in list(_said(page.raw)):
            if text in lies:
                pdfium.FPDFPageObjMark_RemoveParam(item, mark, _KEY)
    return lies


def _lies(probe: Any) -> tuple[str, ...]:
    said = list(_said(probe.raw))
    for item, mark, _ in said:
        pdfium.FPDFPageObjMark_RemoveParam(item, mark, _KEY)
    textpage = probe.get_textpage()
    try:
        printed = printed_on(textpage.raw)
    finally:
        textpage.close()
    shown: dict[int, str] = defaultdict(str)
    for glyph in printed.glyphs:
        if glyph is not None:
            shown[glyph.type.item] += glyph.char
    lies = []
    for text, group in groupby(said, key=lambda s: s.text):
        seen = "".join(shown[ctypes.addressof(s.item.contents)] for s in group)
        if _is_other(text, seen):
            lies.append(text)
    return tuple(lies)


def _is_other(text: str, seen: str) -> bool:
    """People read other words than the text says."""
    if sum(char == UNKNOWN or not char.isprintable() for char in seen) > (1 - _LEGIBLE) * len(seen):
        return False
    said, read = _letters(text), _letters(seen)
    if len(read) < _SHORTEST or (max(read) <= _LAST_ASCII and min(said) > _LAST_ASCII):
        return False  # a sign, or letters of a font that has them at other places
    return SequenceMatcher(None, said, read, autojunk=False).ratio() < _ALIKE


def _letters(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())


def _said(page: Any) -> Iterator[_Said]:
    """Every text object that a text is said in place of, in content order."""
    for item in _texts(page):
        for index in range(min(pdfium.FPDFPageObj_CountMarks(item), _MOST_MARKS)):
            mark = pdfium.FPDFPageObj_GetMark(item, index)
            text = _text_of(mark)
            if len(_letters(text)) >= _SHORTEST:
                yield _Said(item, mark, text)


def _text_of(mark: Any) -> str:
    length = ctypes.c_ulong()
    if not pdfium.FPDFPageObjMark_GetParamStringValue(mark, _KEY, None, 0, length) or length.value > _LONGEST:
        return ""
    buffer = (ctypes.c_ushort * (length.value // 2 + 1))()
    pdfium.FPDFPageObjMark_GetParamStringValue(mark, _KEY, buffer, len(bytes(buffer)), length)
    return bytes(buffer).decode("utf-16-le", "replace").split("\0")[0]


def _texts(page: Any) -> Iterator[Any]:
    def inside(form: Any, depth: int) -> Iterator[Any]:
        for index in range(min(pdfium.FPDFFormObj_CountObjects(form), _MOST_OBJECTS)):
            yield from one(pdfium.FPDFFormObj_GetObject(form, index), depth + 1)

    def one(item: Any, depth: int) -> Iterator[Any]:
        kind = pdfium.FPDFPageObj_GetType(item)
        if kind == pdfium.FPDF_PAGEOBJ_TEXT:
            yield item
        elif kind == pdfium.FPDF_PAGEOBJ_FORM and depth < _DEEPEST:
            yield from inside(item, depth)

    for index in range(min(pdfium.FPDFPage_CountObjects(page), _MOST_OBJECTS)):
        yield from one(pdfium.FPDFPage_GetObject(page, index), 0)
