"""What is told of a document beside its records: what was wrong with the file, and which of its text is doubted."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from ingest.page import Defect, RawPage, Structure, ocr
from kb import Unassigned

_LARGE = 0.2  # share of a page that its pictures cover from which they may hold text that matters; by eye
_ATTACHED = "a file attached to the PDF"
_COMMENT = "a comment on the page"
_PICTURE = "a large picture on a page of text"
_SAID = {
    Defect.JUNK: "there is something before its header",
    Defect.NO_END: "its end is missing",
    Defect.NO_TABLE: "the table of its objects is missing or wrong",
}


def of_damage(damage: Sequence[Defect], pages: Sequence[RawPage]) -> Iterator[str]:
    """Say that the file was repaired, and which pages have nothing on them since."""
    if not damage:
        return
    what = " and ".join(_SAID[one] for one in damage)
    yield f"The file is damaged ({what}) and was repaired as PDF readers do."
    empty = [p.number for p in pages if not p.words and not p.shapes and not p.hidden]
    if empty and Defect.NO_TABLE in damage:
        yield f"{pages_of(empty)} of the damaged file came out empty; get the file again."


def of_holes(pages: Sequence[RawPage], read: Collection[int]) -> Iterator[str]:
    """Say on which pages words have glyphs without a character, which were left out of them."""
    holed = [p.number for p in pages if p.holes and p.number not in read]
    if holed:
        count = sum(p.holes for p in pages if p.number in holed)
        yield (
            f"{pages_of(holed)}: {count} glyphs inside words have no Unicode (ligatures, perhaps) and were left out; "
            "these words are doubted: compare them with the page."
        )


def not_read(document: Structure, pages: Sequence[RawPage], scanned: Collection[int]) -> Iterator[Unassigned]:
    """What the file holds beside its text and nobody read: attachments, comments, large pictures on pages of text."""
    for remark in document.remarks:
        yield Unassigned(remark.page, remark.text, _ATTACHED if remark.is_file else _COMMENT)
    for page in pages:
        if page.number in scanned or not page.words:
            continue
        area = sum(
            max(0.0, min(x1, page.width) - max(x0, 0.0)) * max(0.0, min(y1, page.height) - max(y0, 0.0))
            for x0, y0, x1, y1 in (shape.box for shape in page.shapes if shape.is_image)
        )
        if area >= _LARGE * page.width * page.height:
            yield Unassigned(page.number, "", _PICTURE)


def pages_of(numbers: Collection[int]) -> str:
    """Page numbers as a reader writes them: "Page 3", "Pages 1-4, 7"."""
    ranges: list[list[int]] = []
    for number in sorted(numbers):
        if ranges and number == ranges[-1][1] + 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    said = ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in ranges)
    return f"Page {said}" if len(numbers) == 1 else f"Pages {said}"


def of_text(
    garbled: Sequence[int], pictures: Sequence[int], read: Collection[int], lang: str, needs: str
) -> Iterator[str]:
    """Say which pages' text layer is doubted, which are pictures, and what became of them.

    `read` are the pages that OCR read, in `lang`; `needs` is the language that it should have had, "" for the same.
    """
    if read and ocr.lacks(needs or lang):
        yield (
            f"OCR read {pages_of(read).lower()} without a language pack for {needs or lang}: "
            f"install {ocr.package(needs or lang)}, then ingest again."
        )
    why = "glyphs without Unicode, or letters of no language"
    if here := [n for n in garbled if n in read]:
        yield f"{pages_of(here)}: the text layer is garbled ({why}); OCR read the picture instead."
    remedy = f"install tesseract-ocr and {ocr.package(needs or lang)} (OCR), then ingest again"
    if gone := [n for n in garbled if n not in read]:
        yield (f"{pages_of(gone)}: the text layer is doubted ({why}) and was left out; {remedy}.")
    if unread := [n for n in pictures if n not in read]:
        yield f"{pages_of(unread)}: mostly a picture of print, which was not read; {remedy}."
