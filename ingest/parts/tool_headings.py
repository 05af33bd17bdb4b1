"""Whether a heading, a column's head or the line above a list means tools. Pure."""

from __future__ import annotations

import re
from enum import IntEnum

from ingest.parts.asides import without_asides
from ingest.parts.practices import clean_title
from kb.words import Pattern, word_key

_MOST_WORDS = 10  # of a heading that says that tools follow; longer ones are sentences; by eye
_MOST_LEAD_WORDS = 12  # of the line above a list; by eye

_CHAPTER = Pattern(r"^<<chapter>>\s(?:\d{1,3}|[IVXLC]{1,5}|[A-Z])[.:]?\s(?:[–—-]\s)?")
_FIRST = Pattern(r"^(?:(?:<<tool.adjective>>|<<tool.described>>)\s)?<<tool.first>>(?!\w)")
_LAST = Pattern(r"(?<![\w])<<tool.last>>$")
_DOUBTFUL = Pattern(r"(?:^<<tool.doubtful>>(?!\w)|(?<!\w)<<tool.doubtful>>$)")
_LISTED_FIRST = Pattern(r"^<<tool.listed>>\s(?:<<tool.onward>>(?!\w)\s*)?(?:<<article>>[\s’']?)?")
_LISTED_LAST = Pattern(r"\s<<tool.listed>>$")
_SEVERAL = Pattern(r"^<<tool.several>>(?!\w)|(?<!\w)<<tool.several>>$")
_ONWARD = Pattern(r"\s(?:<<tool.onward>>(?!\w)|(?<=\s)d['’]).*$")
_AND = Pattern(r"\s(?:<<tool.and>>|&)\s|,\s|\s?/\s?")
_TO = re.compile(r"\sto\s.*$")
_BRACKETS = "()[]"


class Meaning(IntEnum):
    """How surely a heading means tools."""

    NONE = 0
    DOUBTFUL = 1
    SURE = 2


def meaning(heading: str, title: str = "") -> Meaning:
    """What a heading means; the document's own title makes nothing below it a tool."""
    text = without_asides(_CHAPTER.without(clean_title(heading)), _BRACKETS).strip(" :.–—-")
    if not text or "?" in text or text.endswith("!") or len(text.split()) > _MOST_WORDS:
        return Meaning.NONE
    if title and word_key(text) and word_key(text) in word_key(title):
        return Meaning.NONE
    return _phrase(text.partition(": ")[0])


def _phrase(text: str) -> Meaning:
    text = _LISTED_FIRST.without(text)
    purpose = _TO.search(text)
    head = _TO.sub("", _ONWARD.without(text) if _ONWARD.search(text) else text)
    parts = [_LISTED_LAST.without(part).strip() for part in _AND.split(head)]
    parts = [part for part in parts if part and not part.endswith(("-", "‐", "‑"))] or [""]
    means = [_part(part) for part in parts]
    best = max(means)
    if not best and _FIRST.match(text):
        return Meaning.SURE  # "Boîte à outils": the cut at "à" went through it
    return min(best, Meaning.DOUBTFUL) if purpose or not all(means) else best


def _part(text: str) -> Meaning:
    if _LAST.search(text) or _FIRST.match(text):
        return Meaning.SURE
    return Meaning.DOUBTFUL if _DOUBTFUL.search(text) else Meaning.NONE


def groups(heading: str) -> bool:
    """It means several tools, so that it is none itself: "Web platforms", but not "Planning template"."""
    text = without_asides(clean_title(heading), _BRACKETS).partition(": ")[0].strip(" .–—-")
    parts = [
        _LISTED_LAST.without(p).strip() for p in _AND.split(_ONWARD.without(_LISTED_FIRST.without(text)))
    ]
    return any(_SEVERAL.search(part) for part in parts)


def lead(text: str) -> Meaning:
    """What a line that ends in a colon says of the list below it."""
    text = text.strip()
    if not text.endswith(":") or len(text.split()) > _MOST_LEAD_WORDS:
        return Meaning.NONE
    return meaning(text)
