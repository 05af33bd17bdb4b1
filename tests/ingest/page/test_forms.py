"""What is filled into a form is read at its place; what is not shown is not."""

from __future__ import annotations

import io

from reportlab.pdfgen.canvas import Canvas

from ingest.page import Glyphs, read_page
from tests import pdfs

LONG = "Students of two faculties read the same cases and discuss them online every week.\nThey meet once in Rome."


def lines() -> list[str]:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=pdfs.A4, invariant=True)
    canvas.setFont("Helvetica", 11)
    form = canvas.acroForm
    for y, label in (
        (700, "Title"),
        (670, "Format"),
        (640, "Recorded"),
        (599, "Activities"),
        (500, "Level"),
        (470, "PIN"),
    ):
        canvas.drawString(72, y, label)
    form.textfield(name="title", x=200, y=695, width=300, height=20, value="Séminaire à Ørsted, 2 × 90 min")
    form.choice(
        name="format", x=200, y=665, width=300, height=20, options=["Online", "Hybrid"], value="Hybrid"
    )
    form.checkbox(name="recorded", x=200, y=635, size=14, checked=True)
    form.checkbox(name="shared", x=260, y=635, size=14, checked=False)
    canvas.drawString(220, 640, "Yes")
    canvas.drawString(280, 640, "No")
    form.textfield(name="acts", x=200, y=530, width=200, height=80, value=LONG, fieldFlags="multiline")
    for at, level in enumerate(("Bachelor", "Master")):
        form.radio(name="level", value=level, selected=level == "Master", x=200 + 100 * at, y=495, size=14)
        canvas.drawString(220 + 100 * at, 500, level)
    form.textfield(name="pin", x=200, y=465, width=300, height=20, value="1234", fieldFlags="password")
    form.textfield(
        name="note", x=200, y=430, width=300, height=20, value="Not shown", annotationFlags="hidden"
    )
    canvas.save()
    with Glyphs(out.getvalue(), "h.pdf") as glyphs:
        return [" ".join(line.text.split()) for line in read_page(glyphs.page(1))]


def test_values_stand_beside_their_labels() -> None:
    found = lines()
    assert "Title Séminaire à Ørsted, 2 × 90 min" in found
    assert "Format Hybrid" in found
    assert "Recorded [x] Yes [ ] No" in found
    assert "Level [ ] Bachelor [x] Master" in found


def test_a_long_value_is_read_whole_and_in_order() -> None:
    text = " ".join(line.removeprefix("Activities ") for line in lines())
    assert " ".join(LONG.split()) in text


def test_what_is_not_shown_is_not_read() -> None:
    text = " ".join(lines())
    assert "1234" not in text
    assert "Not shown" not in text


def test_a_document_without_a_form_has_no_values() -> None:
    with Glyphs(pdfs.text_pdf(), "h.pdf") as glyphs:
        assert all(word.style.font != "form" for word in glyphs.page(1).words)
