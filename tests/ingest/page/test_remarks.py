"""Files attached to a PDF and comments on its pages are told, not lost."""

from __future__ import annotations

import io

import pypdf
from pypdf.annotations import FreeText, Text

from ingest import reader
from ingest.reading.extraction import Extraction
from tests.typesetting import paragraph, typeset

PROSE = "Students of three universities work on one case and present what they found to a city council. " * 3


def test_comments_and_attachments_are_listed_as_not_read() -> None:
    writer = pypdf.PdfWriter(
        clone_from=io.BytesIO(typeset([paragraph(PROSE, 60, 80, 420), paragraph(PROSE, 60, 80, 420)]))
    )
    writer.add_attachment("budget.xlsx", b"numbers")
    writer.add_annotation(1, Text(rect=(50, 50, 80, 80), text="Ask the rector first"))
    writer.add_annotation(1, FreeText(rect=(50, 150, 80, 180), text="..."))
    out = io.BytesIO()
    writer.write(out)
    found = Extraction.of_data(
        reader.read({"name": "x.pdf", "max_pages": 9}, out.getvalue(), lambda *_: None)
    )
    assert [(u.page, u.text, u.reason) for u in found.unassigned if "heading" not in u.reason] == [
        (1, "budget.xlsx", "a file attached to the PDF"),
        (2, "Ask the rector first", "a comment on the page"),
    ]
