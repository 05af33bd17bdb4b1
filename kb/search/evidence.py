"""Why a record is an answer: the best sentence of its best passage, with its neighbours and marks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kb import Edition, Passage, Record, Scores
from kb.model import Range, page_at, sentences
from kb.words import fold, letters, matching_ranges

WORD_COUNTS = 0.03  # of cosine, each different matching word
SHOWN = 320  # characters: three lines on a wide screen


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A verbatim piece of a record: which field it stands in, on which page, and what in it matches.

    `marks` are character ranges of `text`, in order: the words of the need, or else the best sentence. `field` is the
    place of its field in the record, from 0; None where it is of none.
    """

    label: str
    page: int
    page_label: str
    text: str
    marks: tuple[Range, ...]
    field: int | None


def evidence(
    query: str, record: Record, passage: Passage, edition: Edition, meaning: Scores | None = None
) -> Excerpt:
    """The piece of a passage that a reader should see first.

    `meaning` are the cosines of its sentences with the question; without them words decide.
    """
    parts = sentences(passage.text) or [(0, len(passage.text))]
    words = matching_ranges(query, passage.text, record.language)
    best = _best(parts, words, passage.text, meaning)
    start, end = _window(parts, best, len(passage.text))
    marks = tuple((a - start, b - start) for a, b in words if start <= a and b <= end)
    if not marks:
        marks = ((parts[best][0] - start, min(parts[best][1], end) - start),)
    page = _page(record, passage, parts[best], edition)
    field = passage.field if passage.field >= 0 else None
    return Excerpt(passage.label, page, _label(edition, page), passage.text[start:end], marks, field)


def _best(parts: list[Range], words: tuple[Range, ...], text: str, meaning: Scores | None) -> int:
    """The sentence nearest in meaning, matching words counting a little; of equals the first.

    Where meaning is not known: the one with most different matching words, then the one they fill most.
    """
    different = [len({fold(text[a:b]) for a, b in words if start <= a and b <= end}) for start, end in parts]
    if meaning is not None and len(meaning) == len(parts):
        return int(np.argmax(meaning + WORD_COUNTS * np.array(different)))
    filled = [count / (end - start + 40) for count, (start, end) in zip(different, parts, strict=True)]
    return min(range(len(parts)), key=lambda n: (-different[n], -filled[n], n))


def _window(parts: list[Range], best: int, length: int) -> Range:
    """Sentences around the best one, as many as are shown: what follows it first, then what is before."""
    first = last = best
    while last + 1 < len(parts) and parts[last + 1][1] - parts[first][0] <= SHOWN:
        last += 1
    while first > 0 and parts[last][1] - parts[first - 1][0] <= SHOWN:
        first -= 1
    return parts[first][0], min(parts[last][1], length)


def _page(record: Record, passage: Passage, sentence: Range, edition: Edition) -> int:
    """The PDF page on which a sentence of a passage stands: looked for on the pages of its field, else guessed."""
    pages = sorted({span.page for span in record.fields[passage.field].spans}) if passage.field >= 0 else []
    if len(pages) < 2:
        return passage.page
    guess = page_at(record.fields[passage.field], passage.start + sentence[0])
    wanted = letters(passage.text[slice(*sentence)])[:60]
    order = sorted(pages, key=lambda page: (abs(page - guess), page))
    return next((page for page in order if wanted in _page_letters(edition, page)), guess)


def _label(edition: Edition, page: int) -> str:
    return edition.pages[page - 1].label if page <= len(edition.pages) else ""


def _page_letters(edition: Edition, page: int) -> str:
    return letters(edition.pages[page - 1].text) if page <= len(edition.pages) else ""
