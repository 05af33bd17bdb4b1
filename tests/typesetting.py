"""PDFs whose every text stands where the test puts it."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pypdf import PdfReader, PdfWriter
from pypdf.generic import RectangleObject
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from kb.records import Box

WIDTH, HEIGHT = 595.0, 842.0


@dataclass(frozen=True, slots=True)
class Text:
    """A line of text at x, y in points from the top left of the unrotated page (y is the baseline)."""

    text: str
    x: float
    y: float
    size: float = 10
    bold: bool = False
    invisible: bool = False
    white: bool = False
    url: str = ""

    @property
    def font(self) -> str:
        return "Helvetica-Bold" if self.bold else "Helvetica"

    @property
    def box(self) -> Box:
        """Left, top, right, bottom of its glyphs, by the font's ascent and descent."""
        width = stringWidth(self.text, self.font, self.size)
        return self.x, self.y - 0.93 * self.size, self.x + width, self.y + 0.225 * self.size


def paragraph(text: str, x: float, y: float, width: float, size: float = 10, lead: float = 12) -> list[Text]:
    """Words set line by line into a column."""
    lines, line = [], ""
    for word in text.split():
        longer = f"{line} {word}".strip()
        if stringWidth(longer, "Helvetica", size) > width:
            lines.append(line)
            line = word
        else:
            line = longer
    return [Text(t, x, y + n * lead, size) for n, t in enumerate([*lines, line])]


def typeset(
    pages: Sequence[Sequence[Text]],
    *,
    bookmarks: Sequence[tuple[str, int, int]] = (),
    boxes: Sequence[tuple[int, Box]] = (),
    rotate: int = 0,
    crop: Box | None = None,
    title: str = "",
) -> bytes:
    """The pages as a PDF; `bookmarks` are (title, page from 1, level), `boxes` (page, box) drawn frames."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(WIDTH, HEIGHT), invariant=True)
    canvas.setTitle(title)
    for number, texts in enumerate(pages, start=1):
        for mark, page, level in bookmarks:
            if page == number:
                canvas.bookmarkPage(f"{number}-{mark}")
                canvas.addOutlineEntry(mark, f"{number}-{mark}", level)
        for page, (left, top, right, bottom) in boxes:
            if page == number:
                canvas.rect(left, HEIGHT - bottom, right - left, bottom - top)
        for text in texts:
            _draw(canvas, text)
        canvas.showPage()
    canvas.save()
    return turn(out.getvalue(), rotate, crop) if rotate or crop else out.getvalue()


def drawn(*pages: Callable[[Canvas], None], size: tuple[float, float] = (WIDTH, HEIGHT)) -> bytes:
    """A PDF whose every page is drawn by a function of its own; y counts from the bottom, as PDFs do."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=size, invariant=True)
    for draw in pages:
        draw(canvas)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def put(canvas: Canvas, texts: Sequence[Text], angle: float = 0, x: float = 0, y: float = 0) -> None:
    """Draw texts turned by `angle` degrees counter-clockwise around the page's bottom left corner moved to x, y."""
    canvas.saveState()
    canvas.translate(x, y)
    canvas.rotate(angle)
    for text in texts:
        _draw(canvas, text)
    canvas.restoreState()


def _draw(canvas: Canvas, text: Text) -> None:
    item = canvas.beginText(text.x, HEIGHT - text.y)
    item.setFont(text.font, text.size)
    item.setFillGray(1 if text.white else 0)
    item.setTextRenderMode(3 if text.invisible else 0)
    item.textOut(text.text)
    canvas.drawText(item)
    if text.url:
        left, top, right, bottom = text.box
        canvas.linkURL(text.url, (left, HEIGHT - bottom, right, HEIGHT - top))


def turn(data: bytes, rotate: int, crop: Box | None = None) -> bytes:
    """The PDF with every page shown turned clockwise, or only a part of it shown."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(data)))
    for page in writer.pages:
        if crop:
            left, top, right, bottom = crop
            page.cropbox = RectangleObject((left, HEIGHT - bottom, right, HEIGHT - top))
        if rotate:
            page.rotate(rotate)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
