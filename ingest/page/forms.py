"""The values of filled forms -> words at their place, so that a printed label gets its answer; by pypdfium2."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from typing import Any

import pypdfium2.raw as pdfium

from ingest.page.directions import PageSpace
from ingest.page.raw import Style, Word
from kb import Box

_MOST_FIELDS = 2000  # a page: more is no handbook
_END = 2  # bytes of the zero that ends a text
_LONGEST_VALUE = 2**18  # bytes of UTF-16
_UNSEEN = 0x02 | 0x20  # flags of annotations that are not shown: hidden, no view (ISO 32000-1, table 165)
_MULTILINE, _PASSWORD = 1 << 12, 1 << 13  # flags of text fields (table 228)
_TEXT_KINDS = (pdfium.FPDF_FORMFIELD_TEXTFIELD, pdfium.FPDF_FORMFIELD_COMBOBOX, pdfium.FPDF_FORMFIELD_LISTBOX)
_BUTTONS = (pdfium.FPDF_FORMFIELD_CHECKBOX, pdfium.FPDF_FORMFIELD_RADIOBUTTON)
_CHECKED, _UNCHECKED = "[x]", "[ ]"
# How a value is set where the field does not say: usual for PDF readers, and near enough to place its words.
_USUAL_SIZE, _LEAST_SIZE, _LEADING, _ADVANCE = (
    12.0,
    4.0,
    1.15,
    0.5,
)  # points, points, sizes, sizes a character
_HEIGHT, _RISE = (
    0.7,
    0.3,
)  # of a field of one line: the type's share, and how far the baseline lies above its foot


def form_words(page: Any, document: Any, space: PageSpace) -> tuple[Word, ...]:
    """The words of what is filled into a page's fields, ticks as "[x]"; none without a form."""
    form = document.formenv.raw if document.formenv else None
    if form is None:
        return ()
    found: list[Word] = []
    for index in range(min(pdfium.FPDFPage_GetAnnotCount(page.raw), _MOST_FIELDS)):
        field = pdfium.FPDFPage_GetAnnot(page.raw, index)
        try:
            is_shown = not pdfium.FPDFAnnot_GetFlags(field) & _UNSEEN
            if is_shown and pdfium.FPDFAnnot_GetSubtype(field) == pdfium.FPDF_ANNOT_WIDGET:
                found += _words_of(form, field, space)
        finally:
            pdfium.FPDFPage_CloseAnnot(field)
    return tuple(found)


def _words_of(form: Any, field: Any, space: PageSpace) -> Iterator[Word]:
    rect = pdfium.FS_RECTF()
    kind = pdfium.FPDFAnnot_GetFormFieldType(form, field)
    if not pdfium.FPDFAnnot_GetRect(field, rect):
        return
    box = space.box(rect.left, rect.bottom, rect.right, rect.top)
    if kind in _BUTTONS:
        is_checked = pdfium.FPDFAnnot_IsChecked(form, field)
        yield from _set([_CHECKED if is_checked else _UNCHECKED], box, min(box[3] - box[1], _USUAL_SIZE))
        return
    flags = pdfium.FPDFAnnot_GetFormFieldFlags(form, field)
    if kind not in _TEXT_KINDS or (kind == pdfium.FPDF_FORMFIELD_TEXTFIELD and flags & _PASSWORD):
        return
    text = _chosen(form, field) or _text(pdfium.FPDFAnnot_GetFormFieldValue, form, field)
    is_long = kind == pdfium.FPDF_FORMFIELD_LISTBOX or bool(flags & _MULTILINE and kind == _TEXT_KINDS[0])
    size = ctypes.c_float()
    pdfium.FPDFAnnot_GetFontSize(form, field, size)
    wanted = size.value or (_USUAL_SIZE if is_long else min(_USUAL_SIZE, _HEIGHT * (box[3] - box[1])))
    yield from _laid(text, box, wanted, is_long)


def _chosen(form: Any, field: Any) -> str:
    """What is printed for the chosen options of a list; "" where none is chosen, or there is no list."""
    count = max(pdfium.FPDFAnnot_GetOptionCount(form, field), 0)
    return "\n".join(
        _text(pdfium.FPDFAnnot_GetOptionLabel, form, field, index)
        for index in range(min(count, _MOST_FIELDS))
        if pdfium.FPDFAnnot_IsOptionSelected(form, field, index)
    )


def _text(ask: Callable[..., int], form: Any, field: Any, *which: int) -> str:
    """A text that PDFium gives into a buffer."""
    length = ask(form, field, *which, None, 0)
    if not _END < length <= _LONGEST_VALUE:
        return ""
    buffer = ctypes.create_string_buffer(length)
    ask(form, field, *which, ctypes.cast(buffer, ctypes.POINTER(pdfium.FPDF_WCHAR)), length)
    return buffer.raw[:length].decode("utf-16-le", "replace").rstrip("\0")


def _laid(text: str, box: Box, size: float, is_long: bool) -> Iterator[Word]:
    """The words of a value in its box, broken into lines; smaller where they would not fit."""
    size = max(size, _LEAST_SIZE)
    lines = _broken(text, (box[2] - box[0]) / (_ADVANCE * size)) if is_long else [" ".join(text.split())]
    while len(lines) * _LEADING * size > box[3] - box[1] and size > _LEAST_SIZE:
        size -= 0.5
        lines = _broken(text, (box[2] - box[0]) / (_ADVANCE * size)) if is_long else lines
    yield from _set(lines, box, size)


def _broken(text: str, width: float) -> list[str]:
    """The text in lines of at most so many characters, and where it has line ends of its own."""
    lines: list[str] = []
    for paragraph in text.splitlines():
        line = ""
        for word in paragraph.split():
            if line and len(line) + 1 + len(word) > width:
                lines.append(line)
                line = word
            else:
                line = f"{line} {word}".strip()
        if line:
            lines.append(line)
    return lines


def _set(lines: list[str], box: Box, size: float) -> Iterator[Word]:
    """Words from a box's upper left; a single line stands on the box's foot."""
    style = Style(round(size * 2) / 2, False, False, "form", 0)
    foot = box[3] - _RISE * (box[3] - box[1]) if len(lines) == 1 else 0.0
    for row, line in enumerate(lines):
        words = line.split() if line not in (_CHECKED, _UNCHECKED) else [line]
        advance = min(_ADVANCE * size, (box[2] - box[0]) / max(len(line), 1))
        baseline, left = foot or box[1] + (row * _LEADING + 0.93) * size, box[0]
        for word in words:
            right = left + advance * len(word)
            yield Word(word, (left, baseline - 0.93 * size, right, baseline + 0.225 * size), baseline, style)
            left = right + advance
