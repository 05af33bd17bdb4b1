"""Sets a handbook by Typst, whose own layout says on which page each mark stands."""

from __future__ import annotations

import io
import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pypdf
import typst

from corpus.press.binding import Volume
from corpus.press.paging import Paging, SetPages

SHEET = Path(__file__).parent / "sheet.typ"
MARKS = "query(<mark>).map(m => (m.value, m.location().page()))"
CREATED = datetime(2026, 11, 1, 9, tzinfo=UTC)
"""Written into the PDF: fixed, so that a seed gives the same bytes."""


def set_by_typst(volume: Volume, numbers: Paging) -> SetPages:
    """One pass: the page numbers of the pass before are printed, where there was one."""
    compiler = typst.Compiler(
        str(SHEET), root=str(SHEET.parent), sys_inputs={"book": json.dumps(_book(volume, numbers))}
    )
    pdf = compiler.compile(format="pdf", timestamp=CREATED, pdf_tags=volume.scheme.tags != "none")
    if not isinstance(pdf, bytes):
        raise TypeError(f"typst gave {type(pdf).__name__} for seed {volume.scheme.seed}, not one PDF")
    marks: dict[str, int] = {}
    for mark, page in json.loads(compiler.eval(MARKS)):
        marks[mark] = max(page, marks.get(mark, 0)) if mark.endswith("/end") else marks.setdefault(mark, page)
    return SetPages(pdf, len(pypdf.PdfReader(io.BytesIO(pdf)).pages), marks)


def _book(volume: Volume, numbers: Paging) -> dict[str, Any]:
    return {
        "scheme": asdict(volume.scheme),
        "front": asdict(volume.front),
        "meta": volume.meta,
        "watermark": volume.watermark,
        "contents_title": volume.contents_title,
        "contents": [(level, text, numbers.of.get(mark, "00")) for level, text, mark in volume.contents],
        "folios": numbers.folios,
        "heads": numbers.heads,
        "last": next((n for n in reversed(numbers.folios) if n), ""),
        "pieces": volume.pieces,
    }
