"""Files attached to a PDF, comments and pictures that its tags describe are told, not lost."""

from __future__ import annotations

import io

import pypdf
from pypdf.annotations import FreeText, Text

from ingest import reader
from ingest.page.structure import open_structure
from ingest.reading.extraction import Extraction
from kb.care.doubts import LeftOut, left_out
from tests.tagging import Node, said, tagged
from tests.typesetting import Text as Words
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


def test_a_picture_is_listed_with_what_its_tags_say_of_it_where_that_is_much() -> None:
    told = "Three arrows lead from lectures over a joint seminar and a week on site to a shared certificate"
    figures = [
        Node("Figure", ((1, Words("(a)", 72, 400)),), (), said(Alt=told)),
        Node("Figure", ((1, Words("(b)", 72, 430)),), (), said(Alt="Logo of the alliance")),
        Node("Figure", ((2, Words("(c)", 72, 400)),), (), said(Alt="Logo of the alliance")),
        Node("Figure", ((3, Words("(d)", 72, 400)),), (), said(Alt=f"{told}.png")),
    ]
    prose = [Node("P", ((page, Words(PROSE[:90], 72, 100)),)) for page in (1, 2, 3)]
    found = Extraction.of_data(
        reader.read({"name": "x.pdf", "max_pages": 9}, tagged([*prose, *figures]), lambda *_: None)
    )
    described = [u for u in found.unassigned if u.reason == LeftOut.DESCRIBED]
    assert [(u.page, u.text) for u in described] == [(1, f"{told}; Logo of the alliance")]
    assert left_out(described[0]).code is LeftOut.DESCRIBED
    assert not any("arrows" in record.text for record in found.records)


def test_the_language_of_most_tags_is_the_documents_where_it_states_none() -> None:
    nodes = [Node("P", ((1, Words(f"{n}", 72, 60 + 20 * n)),), (), said(Lang="sv")) for n in range(1, 4)]
    data = tagged([*nodes, Node("P", ((1, Words("9", 72, 300)),), (), said(Lang="en"))])
    assert open_structure(data, "x.pdf", "", 9).language == "sv"
    assert open_structure(tagged([Node("P", ((1, Words("9", 72, 300)),))]), "x.pdf", "", 9).language == ""
