"""Makers of small PDFs, good and bad, as bytes."""

from __future__ import annotations

import io
import zlib
from collections.abc import Mapping, Sequence

from pypdf import PdfReader, PdfWriter
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

A4 = (595.0, 842.0)


def text_pdf(pages: int = 1, lines: Sequence[str] = ("A line of text.",), title: str = "") -> bytes:
    """Some pages with the same lines and the page's number, one big line first."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, invariant=True)
    if title:
        canvas.setTitle(title)
    for number in range(1, pages + 1):
        canvas.setFont("Helvetica-Bold", 18)
        canvas.drawString(72, 770, title or f"Page {number}")
        canvas.setFont("Helvetica", 11)
        for at, line in enumerate(lines):
            canvas.drawString(72, 740 - 16 * at, line)
        canvas.drawString(290, 40, str(number))
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def handbook_pdf(
    title: str = "Small Handbook", practices: int = 3, note: str = "", mark: str = "", subject: str = ""
) -> bytes:
    """A tiny handbook: an annex with some practices of three fields each, one a page, and bookmarks.

    Each field prints the mark; the subject is the file's alone, so another one makes another file.
    """
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, invariant=True)
    canvas.setTitle(title)
    canvas.setSubject(subject)
    canvas.setFont("Helvetica-Bold", 26)
    canvas.drawString(72, 600, title)
    canvas.setFont("Helvetica", 11)
    canvas.drawString(72, 560, note or "Practices that partners told us about.")
    canvas.showPage()
    _heading(canvas, "Annex 1: Good practices", 20, 770, "annex", 0)
    canvas.setFont("Helvetica", 11)
    canvas.drawString(72, 740, "This annex holds practices in alphabetical order.")
    canvas.showPage()
    for number in range(1, practices + 1):
        _heading(canvas, f"Practice {_WORDS[number % len(_WORDS)]} exchange", 16, 770, f"p{number}", 1)
        at = 740
        for label, text in (
            ("Objectives", f"Students of course {number} work together online across borders."),
            ("Activities", "Weekly meetings, shared reading and a joint poster at the end."),
            ("Results", "Nearly all students finished and asked for a second round."),
        ):
            canvas.setFont("Helvetica-Bold", 12)
            canvas.drawString(72, at, label)
            canvas.setFont("Helvetica", 11)
            canvas.drawString(72, at - 18, f"{text[:-1]}, {mark}." if mark else text)
            at -= 54
        canvas.showPage()
    canvas.save()
    return out.getvalue()


_WORDS = ("Amber", "Birch", "Cedar", "Delta", "Ember", "Fjord", "Grove", "Haven")


def _heading(canvas: Canvas, text: str, size: int, y: int, key: str, level: int) -> None:
    canvas.bookmarkPage(key)
    canvas.addOutlineEntry(text, key, level)
    canvas.setFont("Helvetica-Bold", size)
    canvas.drawString(72, y, text)


def encrypted_pdf(password: str, data: bytes | None = None) -> bytes:
    """A PDF that opens only with the password."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(data or handbook_pdf())))
    writer.encrypt(password, algorithm="RC4-128")
    return _written(writer)


def truncated_pdf() -> bytes:
    """The first half of a handbook: no table of objects, no trailer."""
    whole = handbook_pdf()
    return whole[: len(whole) // 2]


def zero_pages_pdf() -> bytes:
    """A sound PDF without a page."""
    return objects(b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [] /Count 0 >>")


def pictures_pdf(pages: int = 2) -> bytes:
    """Pages that hold a picture and no text, as a scanner makes them."""
    from PIL import Image, ImageDraw  # noqa: PLC0415 - only this maker needs it

    picture = Image.new("RGB", (1240, 1754), "white")
    ImageDraw.Draw(picture).text((150, 150), "A scanned line", fill="black", font_size=60)
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, invariant=True)
    for _ in range(pages):
        canvas.drawImage(ImageReader(picture), 0, 0, *A4)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def page_tree_loop_pdf() -> bytes:
    """A page tree that names itself as its own branch, for ever."""
    return objects(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1000000 >>",
        b"<< /Type /Pages /Parent 2 0 R /Kids [2 0 R] /Count 1000000 >>",
    )


def outline_loop_pdf() -> bytes:
    """Bookmarks whose next one is themselves."""
    words = b"BT /F1 18 Tf 72 700 Td (Round) Tj 0 -40 Td /F1 11 Tf (Some words to read on this page.) Tj ET"
    return objects(
        b"<< /Type /Catalog /Pages 2 0 R /Outlines 4 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 6 0 R"
        b" /Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>",
        b"<< /Type /Outlines /First 5 0 R /Last 5 0 R /Count 1 >>",
        b"<< /Title (Round) /Parent 4 0 R /Next 5 0 R /First 5 0 R /Dest [3 0 R /Fit] >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(words), words),
    )


def inflating_pdf(size: int = 2 * 2**30) -> bytes:
    """A page whose content is a few kilobytes that inflate to `size` bytes of spaces."""
    block = b" " * 2**20
    packer = zlib.compressobj(9, wbits=-15)
    first, again = (packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH) for _ in range(2))
    checksum = 1
    for _ in range(size // len(block)):
        checksum = zlib.adler32(block, checksum)
    # after a full flush a block refers to nothing before it, so one packed block can be said again and again
    body = first + again * (size // len(block) - 1) + packer.flush()
    packed = b"\x78\xda" + body + checksum.to_bytes(4, "big")
    packed = zlib.compress(packed, 9)
    return objects(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R >>",
        b"<< /Length %d /Filter [/FlateDecode /FlateDecode] >>\nstream\n%s\nendstream"
        % (len(packed), packed),
    )


def encoded_pdf(
    lines: Sequence[str], to_unicode: Mapping[int, str], font: bytes = b"", pages: int = 1
) -> bytes:
    """Pages of Helvetica whose ToUnicode says what the texts' bytes mean; `font` is what else its dictionary says."""
    said = b"".join(
        b"<%02X> <%s>\n" % (code, text.encode("utf-16-be").hex().encode())
        for code, text in to_unicode.items()
    )
    table = (
        b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapType 2 def\n"
        b"1 begincodespacerange <00> <FF> endcodespacerange\n"
        b"%d beginbfchar\n%sendbfchar endcmap end end" % (len(to_unicode), said)
    )
    words = b"BT /F1 11 Tf 14 TL 72 770 Td %s ET" % b" ".join(
        b"<%s> Tj T*" % line.encode("latin-1").hex().encode() for line in lines
    )
    leaves = b"".join(b"%d 0 R " % (6 + at) for at in range(pages))
    leaf = (
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 3 0 R"
        b" /Resources << /Font << /F1 4 0 R >> >> >>"
    )
    return objects(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [%s] /Count %d >>" % (leaves, pages),
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(words), words),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode 5 0 R %s >>" % font,
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(table), table),
        *[leaf] * pages,
    )


def many_pages_pdf(pages: int) -> bytes:
    """Very many empty pages in very few bytes: one page object, named again and again."""
    return objects(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [%s] /Count %d >>" % (b"3 0 R " * pages, pages),
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>",
    )


def objects(*bodies: bytes) -> bytes:
    """Write numbered objects, their table and a trailer; the first is the catalogue."""
    out = bytearray(b"%PDF-1.7\n")
    places = []
    for number, body in enumerate(bodies, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(bodies) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(bodies) + 1, table)
    return bytes(out)


def _written(writer: PdfWriter) -> bytes:
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
