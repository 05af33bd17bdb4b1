"""Find words inside one handbook, page by page, as a reader of its PDF would. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from kb import Page
from kb.model import Range
from kb.search.query import Query
from kb.words import matching_ranges

_WORD = re.compile(r"\w+")
_THOUSANDS = "[.,'\u2019\\s]"
_GROUPED = re.compile(rf"\b([1-9]\d{{0,2}}){_THOUSANDS}(?=\d{{3}}(?!\d))")


@dataclass(frozen=True, slots=True)
class PageFound:
    """A page that has what is looked for; `marks` are character ranges of `text`, in order, never empty.

    `text` is the page's, words that are broken at a line's end put together.
    """

    page: Page
    text: str
    marks: tuple[Range, ...]


def find(pages: Sequence[Page], text: str, language: str) -> tuple[tuple[PageFound, ...], bool]:
    """The pages that have every word of a text, in order, and whether there are any.

    Words are compared by stem in the handbook's `language`, "words in quotes" must stand there as they are. Where
    no page has every word, those with the most of them are returned, and False.

    Raises:
        InputError: there is no word to look for.
    """
    query = Query(text)
    phrases = [_as_printed(phrase) for phrase in query.phrases]
    words = dict.fromkeys(_WORD.findall(_GROUPED.sub(r"\1", query.need)))
    telling = [word for word in words if matching_ranges(query.need, word, language)]
    found = [_on(page, telling, query.need, phrases, language) for page in pages]
    most = max((held for _, held in found), default=0)
    if not most:
        return (), False
    return tuple(page for page, held in found if held == most), most == len(telling)


def _on(
    page: Page, words: Sequence[str], need: str, phrases: Sequence[re.Pattern[str]], language: str
) -> tuple[PageFound, int]:
    """What is on a page, and how many of the words; none of them where a phrase is missing."""
    text = page.text.replace("\u00ad\n", "")
    marks = matching_ranges(need, text, language)
    quoted = [[match.span() for match in phrase.finditer(text)] for phrase in phrases]
    if not marks or not all(quoted):
        return PageFound(page, text, ()), 0
    printed = " ".join(text[start:end].casefold() for start, end in marks)
    held = sum(
        bool(matching_ranges(word, printed, language))
        for word in words
        if matching_ranges(need, word, language)
    )
    spans = sorted(span for spans in quoted for span in spans) if quoted else list(marks)
    return PageFound(page, text, tuple(spans)), held


def _as_printed(phrase: str) -> re.Pattern[str]:
    """The words of a phrase with whatever stands between them: spaces, line ends, commas; 2500 may be 2,500."""
    words = _WORD.findall(_GROUPED.sub(r"\1", phrase))
    return re.compile(r"\W+".join(map(_number_or_word, words)), re.IGNORECASE)


def _number_or_word(word: str) -> str:
    if not (word.isdecimal() and word[0] != "0"):
        return re.escape(word)
    first = len(word) % 3 or 3
    thousands = (word[:first], *(word[at : at + 3] for at in range(first, len(word), 3)))
    return rf"{_THOUSANDS}?".join(thousands)
