"""A label above a heading that belongs to it: "Appendix A", "CASE STUDY", "Step 3" over a title of its own. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from ingest.page import Line
from ingest.tree.annex_labels import parse
from ingest.tree.headings import Heading, bare, flat
from kb.words import Pattern, Vocabulary, word_key

_LONGEST = 40  # characters of a label above a heading; by eye
_MOST_WORDS = 5
_NEAR = 2.2  # sizes of the heading's type between it and its label at the most; by eye
_NEAR_AT_TOP = 4.0  # where a chapter opens its page
_LINES = 2  # that a label may stand on
_AS_LARGE = 1.02  # of the heading's size; a larger label may also be the heading of what follows it
_ONLY_NUMBERED = re.compile(
    r"^(?:[^\W\d_][\w’'./-]*\s+){0,3}(?:[#№]|n[.º°o]\s?)?(?:\d{1,3}|[IVXLC]{1,6}|[A-Z]|[Α-Ω][΄´'’]?)\s*[:.–—-]?$"
)
_SPELLED = Pattern(r"(?:[^\W\d_]+\s+)?<<number>>")  # "SEVEN", "Chapter Seven"
_NUMBERS = re.compile(r"\b(?:\d+|[ivxlc]+|[a-zα-ω])\b")


def join(headings: Sequence[Heading], lines: Sequence[Line], vocabulary: Vocabulary) -> list[Heading]:
    """The headings, each with the label that stands right above it and is no heading of its own.

    A label is a word and a number and no more ("Capítulo 3", "Appendix A"), or a short line that stands so above
    several headings of one look ("CASE STUDY"). It may stand on two lines.
    """
    return _joined_once(_joined_once(headings, lines, vocabulary), lines, vocabulary)


def _joined_once(headings: Sequence[Heading], lines: Sequence[Line], vocabulary: Vocabulary) -> list[Heading]:
    starts = {h.last: h for h in headings}
    kickers: dict[int, tuple[str, Heading | None]] = {}
    for heading in headings:
        above = heading.first - 1
        own = starts.get(above)
        if above < 0 or (own is not None and own.first != above):
            continue
        if _stands_above(lines, above, heading) and _is_short(flat(lines[above])):
            kickers[id(heading)] = (flat(lines[above]), own)
    titles = {bare(h.text) for h in headings if h.is_witnessed}
    usual = Counter((_masked(text), h.look) for h in headings if (text := kickers.get(id(h), ("",))[0]))
    taken: set[int] = set()
    out: list[Heading] = []
    for heading in headings:
        text, own = kickers.get(id(heading), ("", None))
        is_label = bool(_ONLY_NUMBERED.match(text) or _SPELLED.fullmatch(text)) or _is_bare_annex(
            text, vocabulary
        )
        is_field = bool(vocabulary.canonical(text)) and lines[heading.first - 1].size >= heading.look.size
        is_usual = usual[_masked(text), heading.look] > 1 and not (
            is_field or bare(text) in titles or _is_titled_annex(text, vocabulary)
        )
        if not text or id(heading) in taken or not (is_label or is_usual):
            out.append(heading)
            continue
        if own is not None and _is_parent(own, heading, headings):
            out.append(heading)
            continue
        if own is not None:
            taken.add(id(own))
            out.remove(own)
        out.append(_joined(text, own, heading))
    return out


def _stands_above(lines: Sequence[Line], index: int, heading: Heading) -> bool:
    """The line is the last thing above the heading, nearer to it than to what stands before."""
    line, first = lines[index], lines[heading.first]
    if line.page != heading.page or line.is_boxed != heading.is_boxed or line.is_list_item or line.cells:
        return False
    size = max(first.size, line.size)
    if (
        index < _LINES or lines[index - _LINES].page != line.page
    ):  # nothing above it on its page but another label
        return first.gap <= _NEAR_AT_TOP * size
    return first.gap <= _NEAR * size and line.gap > first.gap


def _is_short(text: str) -> bool:
    return (
        len(text) <= _LONGEST and len(text.split()) <= _MOST_WORDS and not text.endswith((",", ";", "?", "!"))
    )


def _masked(text: str) -> str:
    """A label without its number: "case study #"."""
    return _NUMBERS.sub("#", word_key(text))


def _is_bare_annex(text: str, vocabulary: Vocabulary) -> bool:
    parsed = parse(text, vocabulary) if text else None
    return parsed is not None and not parsed[1]


def _is_titled_annex(text: str, vocabulary: Vocabulary) -> bool:
    parsed = parse(text, vocabulary)
    return parsed is not None and bool(parsed[1])


def _is_parent(label: Heading, heading: Heading, headings: Sequence[Heading]) -> bool:
    """A larger label with several headings of the look of the one below it is the heading of them all."""
    if label.look.size <= _AS_LARGE * heading.look.size:
        return False
    place = headings.index(label)
    for other in headings[place + 2 :]:
        if other.look.weight >= label.look.weight:
            return False
        if other.look == heading.look:
            return True
    return False


def _joined(text: str, own: Heading | None, heading: Heading) -> Heading:
    heading.kicker = f"{text} {heading.kicker}".strip()
    heading.first = heading.first - 1
    if own is not None:
        heading.top = own.top
        heading.outline_level = _higher(own.outline_level, heading.outline_level)
        heading.contents_level = _higher(own.contents_level, heading.contents_level)
        heading.tag_level = _higher(own.tag_level, heading.tag_level)
        if own.look.weight > heading.look.weight:
            heading.look = own.look
    return heading


def _higher(a: int | None, b: int | None) -> int | None:
    return min((x for x in (a, b) if x is not None), default=None)
