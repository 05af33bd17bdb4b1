"""Which number and which running head a handbook prints on each of its pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from corpus.press.binding import Volume

LEVELS = {"chapter", "annex", "annex label"}
ONES = ((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))


@dataclass(frozen=True, slots=True)
class SetPages:
    """A PDF, how many pages it has, and the page (from 1) of each mark; the last page where a mark stands twice."""

    pdf: bytes
    pages: int
    marks: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Paging:
    """By page: its printed number, "" for none, and its running head. By mark: the number a contents page gives it."""

    folios: tuple[str, ...] = ()
    heads: tuple[str, ...] = ()
    of: Mapping[str, str] = field(default_factory=dict)


def numbered(volume: Volume, made: SetPages) -> Paging:
    """What the pages print, as the scheme has it and as the pages fell."""
    body = made.marks["body"]
    dividers = (
        {made.marks[f"c{n}"] for n in range(1, 30) if f"c{n}" in made.marks}
        if volume.scheme.dividers
        else set()
    )
    counted, folios = [], []
    number = 0
    for page in range(1, made.pages + 1):
        is_divider = page in dividers
        if volume.scheme.numbering == "pdf":
            number = page
            folios.append("" if page == 1 or is_divider else str(number))
            counted.append(str(number))
        elif page < body:
            roman = volume.scheme.numbering == "roman" and page > 1
            folios.append(as_roman(page) if roman else "")
            counted.append(as_roman(page))
        else:
            number += not is_divider
            folios.append("" if is_divider else str(number))
            counted.append(str(number + is_divider))
    of = {mark: counted[page - 1] for mark, page in made.marks.items()}
    return Paging(tuple(folios), _heads(volume, made, dividers), of)


def _heads(volume: Volume, made: SetPages, dividers: set[int]) -> tuple[str, ...]:
    """The running heads: the title, the chapter, or one on even and one on odd pages; none before the body."""
    form, title = volume.scheme.running, volume.front.title
    openings: dict[int, str] = {}
    for piece in volume.pieces:
        is_record = piece["is"] == "heading" and piece["role"] == "record" and piece["level"] == 1
        if is_record or (piece["is"] == "heading" and piece["role"] in LEVELS):
            openings.setdefault(made.marks[piece["start"]], piece["text"].replace("\n", " "))
    heads, chapter = [], ""
    for page in range(1, made.pages + 1):
        chapter = openings.get(page, chapter)
        is_open = page in openings and volume.scheme.chapter_break
        if page < made.marks["body"] or page in dividers or form == "none" or is_open:
            heads.append("")
        else:
            heads.append(title if form == "title" or (form == "alternating" and page % 2 == 0) else chapter)
    return tuple(heads)


def as_roman(number: int) -> str:
    """A small number in small Roman letters."""
    written = ""
    for value, letters in ONES:
        while number >= value:
            written, number = written + letters, number - value
    return written
