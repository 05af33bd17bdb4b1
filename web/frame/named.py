"""What is named on many pages: handbooks, records, their places and pictures."""

from __future__ import annotations

from dataclasses import dataclass

from kb import Box, Kind
from web.frame.shown import Shown


@dataclass(frozen=True, slots=True)
class PlaceShown(Shown):
    """A page of a handbook."""

    page: int
    """PDF page, from 1."""
    label: str
    """The page number as printed; empty where none is."""
    url: str
    """Address of the page in the handbook viewer."""
    is_ocr: bool
    """Whether its text was read by OCR, and may hold mistakes."""
    confidence: float | None
    """How sure OCR was of its words, 0 to 1; null where the page has text of its own, or it is not known."""


@dataclass(frozen=True, slots=True)
class AreaShown(Shown):
    """A part of a page, so that it can be drawn on a picture of that page of any size."""

    page: int
    """PDF page, from 1."""
    label: str
    """The page number as printed; empty where none is."""
    box: Box | None
    """x0, y0, x1, y1 in points from the top left of the page as shown; null where only the page is known."""
    page_width: float
    """Of the page as shown, in points."""
    page_height: float
    """Of the page as shown, in points."""
    is_ocr: bool
    """Whether that page was read by OCR."""
    url: str
    """Address that shows it lit on the picture of its page."""


@dataclass(frozen=True, slots=True)
class Outline(Shown):
    """A box drawn on a page's picture: a field of a record."""

    box: Box
    """x0, y0, x1, y1 in points from the top left of the page as shown."""
    record: str
    """Id of the record."""
    number: int
    """Position of its record in the list beside the picture, from 1."""
    field: int
    """Number of the field in its record, from 1."""
    label: str
    """Label of the field, as printed; empty for the introduction."""
    url: str
    """Address that shows the field lit beside its text."""
    is_lit: bool
    """Whether it is what was asked for."""


@dataclass(frozen=True, slots=True)
class HandbookRef(Shown):
    """A handbook, named."""

    id: str
    title: str
    url: str
    language: str
    """Language of its text (ISO 639-1)."""
    edition: int
    """The current edition, from 1."""


@dataclass(frozen=True, slots=True)
class RecordRef(Shown):
    """A practice, tool, annex or section, named."""

    id: str
    kind: Kind
    title: str
    url: str
    handbook: HandbookRef
    place: PlaceShown
    """Where it starts."""
    institution: str
    """Empty where the handbook states none."""
    country: str
    """Empty where the handbook states none."""
    summary: str
    """What it is, in the first whole sentences of its most telling field, shortened."""
    language: str
    annex_label: str
    """The annex it stands in, as printed; empty outside any."""
    inferred: tuple[str, ...]
    """Which of institution and country a rule found and no page prints as such."""
    confidence: float
    """How sure extraction is of this record, 0 to 1."""
    is_doubtful: bool
    """Whether that is low, so that the record should be compared with its page."""


@dataclass(frozen=True, slots=True)
class Picture(Shown):
    """The picture of a handbook page."""

    place: PlaceShown
    src: str
    """A PNG of reading width."""
    srcset: str
    full: str
    """The largest PNG there is."""
    width: int
    height: int
    """In pixels, of `src`."""
    page_width: float
    """Of the page as shown, in points: what the boxes are measured in."""
    page_height: float
    """Of the page as shown, in points."""
    outlines: tuple[Outline, ...]
    """The boxes drawn on it."""
    previous: str
    """Address that shows the page before, within what is shown; empty on the first."""
    next: str
    """Address that shows the page after, within what is shown; empty on the last."""


@dataclass(frozen=True, slots=True)
class TallyShown(Shown):
    """A value, how many records have it, and the address of their list."""

    label: str
    count: int
    url: str


@dataclass(frozen=True, slots=True)
class Judging(Shown):
    """What a signed-in owner needs to say how well each result answers."""

    csrf: str
    grades: dict[str, int]
    """What was said before of this need, by id of the record."""
    is_unanswered: bool
    """Whether it was said that nothing answers it."""
    url: str
    """Address of everything that was judged."""
