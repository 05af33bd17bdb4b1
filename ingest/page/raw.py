"""A page as the PDF holds it: words with their type, shapes, and what the document says of itself. No library."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from ingest.page.repair import Defect
from ingest.page.tags import UNTAGGED, Tags
from kb import Box


@dataclass(frozen=True, slots=True)
class Style:
    """How a word is set: size in points as shown, weight, slant, font name, fill colour (0xRRGGBB)."""

    size: float
    bold: bool
    italic: bool
    font: str
    color: int


@dataclass(frozen=True, slots=True)
class Type:
    """What the glyphs of one text object share; `angle` in page space, degrees counter-clockwise.

    `mark` joins them to the document's tags, `item` is the object's address, `is_embedded` says that the PDF
    brings its font.
    """

    style: Style
    angle: int
    is_hidden: bool
    mark: int = UNTAGGED
    item: int = 0
    is_embedded: bool = True


class Glyph(NamedTuple):
    """One glyph in page space: left, bottom, right and top of its box, and where its baseline starts."""

    char: str
    area: Box
    x: float
    y: float
    type: Type


@dataclass(frozen=True, slots=True)
class Word:
    """Glyphs of one style without a space between them; `baseline` in points from the page's top as shown.

    `url` is the address of the link that it is part of, "" for none; `has_space` says that a space (or a jump)
    came before it in the content, `place` how many words did, `mark` which stretch of tagged text it belongs to. A
    glyph whose character is not said is a word of its own.
    """

    text: str
    box: Box
    baseline: float
    style: Style
    has_space: bool = True
    url: str = ""
    place: int = 0
    mark: int = UNTAGGED


@dataclass(frozen=True, slots=True)
class Shape:
    """A drawn path or picture: a rule where it is thin, a box or background where not."""

    box: Box
    is_image: bool
    is_filled: bool


@dataclass(frozen=True, slots=True)
class Turned:
    """Words that run `angle` degrees clockwise to the page's; their boxes are in a frame turned with them.

    `ingest.page.directions.back` gives the place on the page.
    """

    angle: int
    words: tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class RawPage:
    """One page as the PDF holds it, turned so that most of its text is upright; words in content order.

    Hidden words are apart, and so are those of other directions. `tags` are the whole document's.
    """

    number: int
    width: float
    height: float
    words: tuple[Word, ...]
    shapes: tuple[Shape, ...]
    hidden: tuple[str, ...]
    unmapped: float  # share of glyphs without a Unicode value, 0 to 1
    turned: tuple[Turned, ...] = ()
    tags: Tags = field(default_factory=Tags, repr=False)
    holes: int = 0  # glyphs inside words whose characters are not known
    is_doubted: bool = False  # its letters are of no language: its text layer is no use


@dataclass(frozen=True, slots=True)
class Bookmark:
    """An entry of the outline; `level` from 0, `page` from 1 or None, `top` in points from the page's top."""

    title: str
    level: int
    page: int | None
    top: float | None


@dataclass(frozen=True, slots=True)
class Aside:
    """What is no text of the page that it stands with: a comment, or the name of an attached file."""

    page: int
    text: str
    is_file: bool = False


@dataclass(frozen=True, slots=True)
class Structure:
    """What the document says of itself; `damage` is what had to be repaired before it could be read."""

    title: str
    author: str
    language: str
    labels: tuple[str, ...]
    outline: tuple[Bookmark, ...]
    damage: tuple[Defect, ...] = ()
    tags: Tags = field(default_factory=Tags, repr=False)
    remarks: tuple[Aside, ...] = ()
