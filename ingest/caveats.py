"""What is amiss in a document beside its records: what was wrong with the file, and which of its text is doubted."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence

from ingest.page import Defect, RawPage, Structure, Tag, Tags, ocr
from kb import Caveat, Flaw, Unassigned

_LARGE = 0.2  # share of a page that its pictures cover from which they may hold text that matters; by eye
_ATTACHED = "a file attached to the PDF"
_COMMENT = "a comment on the page"
_PICTURE = "a large picture on a page of text"
_DESCRIBED = "a picture with an alternative text"
_TELLS = 12  # words from which an alternative text tells more than what the picture is, as of a logo; by eye
_FILE = re.compile(r"\.(?:png|jpe?g|gif|tiff?|bmp|[ew]mf|svg|pdf|eps)$", re.IGNORECASE)
_DAMAGE = {Defect.JUNK: Flaw.JUNK, Defect.NO_END: Flaw.NO_END, Defect.NO_TABLE: Flaw.NO_TABLE}


def of_damage(damage: Sequence[Defect], pages: Sequence[RawPage]) -> Iterator[Caveat]:
    """What was wrong with the file before it was repaired, and which pages have nothing on them since."""
    yield from (Caveat(_DAMAGE[one]) for one in damage)
    empty = tuple(p.number for p in pages if not p.words and not p.shapes and not p.hidden)
    if empty and Defect.NO_TABLE in damage:
        yield Caveat(Flaw.EMPTIED, empty)


def of_holes(pages: Sequence[RawPage], read: Collection[int]) -> Iterator[Caveat]:
    """On which pages words have glyphs without a character, which were left out of them."""
    holed = tuple(p.number for p in pages if p.holes and p.number not in read)
    if holed:
        count = sum(p.holes for p in pages if p.number in holed)
        yield Caveat(Flaw.HOLES, holed, values=(("count", count),))


def not_read(document: Structure, pages: Sequence[RawPage], scanned: Collection[int]) -> Iterator[Unassigned]:
    """What the file holds beside its text and nobody read: attachments, comments, large pictures on pages of text.

    The tags may say what a picture shows: that is given with it, and alone where it is much and the picture is drawn.
    """
    told = _described(document.tags)
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
            yield Unassigned(page.number, told.pop(page.number, ""), _PICTURE)
    yield from (
        Unassigned(number, text, _DESCRIBED)
        for number, text in sorted(told.items())
        if number not in scanned and len(text.split()) >= _TELLS
    )


def _described(tags: Tags) -> dict[int, str]:
    """The alternative texts of the figures of each page."""
    found: dict[int, list[str]] = defaultdict(list)
    for place, element in enumerate(tags.elements):
        if element.tag is Tag.FIGURE and element.alt and not _FILE.search(element.alt):
            number = next((page for page, _ in tags.marks(place)), 0)
            found[number].append(element.alt)
    return {number: "; ".join(dict.fromkeys(texts)) for number, texts in found.items() if number}


def of_text(
    garbled: Sequence[int], pictures: Sequence[int], read: Collection[int], lang: str, needs: str
) -> Iterator[Caveat]:
    """Which pages' text layer is doubted, which are pictures, and what became of them.

    `read` are the pages that OCR read, in `lang`; `needs` is the language that it should have had, "" for the same.
    """
    wanted = needs or lang
    package = ("package", ocr.package(wanted))
    if read and ocr.lacks(wanted):
        yield Caveat(Flaw.NO_PACK, tuple(read), values=(("language", (wanted,)), package))
    if here := tuple(n for n in garbled if n in read):
        yield Caveat(Flaw.GARBLED, here)
    if gone := tuple(n for n in garbled if n not in read):
        yield Caveat(Flaw.LEFT_OUT, gone, values=(package,))
    if unread := tuple(n for n in pictures if n not in read):
        yield Caveat(Flaw.UNREAD, unread, values=(package,))


def worst_first(caveats: Sequence[Caveat]) -> tuple[Caveat, ...]:
    """What is amiss by its kind, the worst first, then in the order given."""
    order = list(Flaw)
    return tuple(sorted(caveats, key=lambda caveat: order.index(caveat.flaw)))
