"""Record -> passages: what is embedded and indexed, cut at sentence ends, each with its context."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from kb import Field, Passage, Record
from kb.model.encoder import Range, Tokens

MOST_WORDS = 150
"""Words of one passage: MiniLM reads 256 tokens, and half of the passages of 200 words lose their tail."""
OVERLAP_WORDS = 25
CONTEXT_SHARE = 0.4
"""Most of a passage's tokens that its context may take."""

_WORD = re.compile(r"\S+")
_BREAK = re.compile(r"\n\s*\n|\n(?=\s*[•–-] )")
_END = re.compile(
    r"(?:[.!?…]|(?<=[\u0370-\u03ff\u1f00-\u1fff]);)['\"”’»)\]]*(?:\s»)?\s+(?=['\"“‘«(\[¿¡]*[\w•])"
)
_INITIALS = re.compile(
    r"(?:^|[\s(\[«“„])(?:(?:[^\W\d_]{1,2}\.)*[^\W\d_]|(?:[^\W\d_]{1,2}\.)+[^\W\d_]{1,2}|[^\W\d_]\.\s[^\W\d_]{1,2}"
    r"|([A-HJ-Z])\1)$"
)
"""Single letters, what is dotted between one or two, and doubled ones: "J", "U.S", "Ph.D", "p. ej", "EE. UU"."""
_SHORT = re.compile(
    r"(?:^|[\s(\[«“„])(?:etc|approx|no|art|fig|vol|ed|eds|prof|inc|ca|sra|dott|sig|ing|dipl|lic|univ|conf"
    r"|mme|usw|inkl|evtl|sog|abs|abb|κ\.\s?λ\.\s?π)$",
    re.IGNORECASE,
)
"""What is short for a word and can be read as one; titles above all."""
_VOWEL = re.compile(r"[aeiouyæœøαεηιουω]")
_LAST_WORD = re.compile(r"(?<![\w.])[^\W\d_]{2,}$")
_LETTER = re.compile(r"[^\W\d_]")
_NEXT = re.compile(r"(?<!\s)\.[^\S\n]+(?!https?:|www\.)['\"“„‘«¿¡]*([^\W\d_])(?!\))")
"""Not a link, nor a letter that counts: "b) ..."."""


class PlainTokens:
    """Words and punctuation marks as tokens: what passages are cut by when no model can be loaded."""

    max_tokens = 200
    _TOKEN = re.compile(r"\w+|[^\w\s]")

    def spans(self, text: str) -> list[Range]:
        """The character range of each word and punctuation mark."""
        return [match.span() for match in self._TOKEN.finditer(text)]


def cut(record: Record, tokens: Tokens | None = None) -> tuple[Passage, ...]:
    """Cut a record into passages of one field each, in printed order; at least one, and no word is left out.

    A passage holds at most MOST_WORDS words and, with its context, at most `tokens.max_tokens` tokens.
    """
    measure = tokens or PlainTokens()
    found: list[Passage] = []
    for number, field in enumerate(record.fields):
        context = _context(record, field, measure)
        room = max(1, measure.max_tokens - len(measure.spans(context + "\n")))
        spoken = field.spoken
        for start, end in _ranges(spoken, room, measure):
            text = spoken[start:end]
            page = page_at(field, start)
            found.append(Passage(record.id, len(found), text, context, field.label, page, number, start))
        for note in field.notes:
            for start, end in _ranges(note, room, measure):
                text = note[start:end]
                found.append(Passage(record.id, len(found), text, context, field.label, field.page))
    if found:
        return tuple(found)
    title = _shortened(record.title, measure.max_tokens, measure)
    return (Passage(record.id, 0, title, "", "", record.page_start),)


def sentences(text: str) -> list[Range]:
    """The sentences of a text as character ranges; paragraphs and list items end one too."""
    found: list[Range] = []
    for start, end in _split(text, _BREAK, 0, len(text)):
        previous = start
        for match in _END.finditer(text, start, end):
            if text[match.start()] == "." and _goes_on(text, previous, match.start()):
                continue
            found.append((previous, match.end()))
            previous = match.end()
        found.append((previous, end))
    return [trimmed for part in found if (trimmed := _trimmed(text, part))[0] < trimmed[1]]


def _goes_on(text: str, start: int, dot: int) -> bool:
    """Whether a sentence goes on behind a dot, or may.

    The next word on its line is in small letters, in a text that begins its sentences with capitals; or the last word
    is cut short: initials, a few known ones, and what has no vowel ("bzw", "Mrs", "nr", "κλπ") but acronyms.
    """
    first, following = _LETTER.search(text, start, dot), _NEXT.match(text, dot)
    if first is not None and first[0].isupper() and following is not None and following[1].islower():
        return True
    end = text[max(start, dot - 16) : dot]
    if _INITIALS.search(end) or _SHORT.search(end):
        return True
    word = _LAST_WORD.search(end)
    if word is None or not word[0][1:].islower():
        return False
    return not _VOWEL.search(unicodedata.normalize("NFD", word[0].lower()))


@dataclass(frozen=True, slots=True)
class _Unit:
    """A sentence, or a part of an over-long one: the least that a passage is made of."""

    start: int
    end: int
    words: int
    tokens: int


def _ranges(text: str, room: int, tokens: Tokens) -> Iterator[Range]:
    """The passages of one field: about equally long, overlapping by whole sentences."""
    units = [unit for part in sentences(text) for unit in _units(text, part, room, tokens)]
    count = max(
        math.ceil(sum(u.words for u in units) / MOST_WORDS), math.ceil(sum(u.tokens for u in units) / room), 1
    )
    aim = sum(u.words for u in units) / count
    first = 0  # of the passage being filled
    fresh = 0  # its first unit that no earlier passage holds
    for index, unit in enumerate(units):
        held = units[first:index]
        words, size = sum(u.words for u in held), sum(u.tokens for u in held)
        is_full = words + unit.words > MOST_WORDS or size + unit.tokens > room
        if index > fresh and (is_full or sum(u.words for u in units[fresh:index]) >= aim):
            yield units[first].start, units[index - 1].end
            first, fresh = _overlap(units, index, room), index
    if units:
        yield units[first].start, units[-1].end


def _overlap(units: list[_Unit], index: int, room: int) -> int:
    """The first unit of the passage that goes on at `index`: some sentences back, where they fit."""
    first, words, size = index, 0, units[index].tokens
    while first > 0:
        words += units[first - 1].words
        size += units[first - 1].tokens
        if words > OVERLAP_WORDS or words + units[index].words > MOST_WORDS or size > room:
            break
        first -= 1
    return first


def _units(text: str, part: Range, room: int, tokens: Tokens) -> Iterator[_Unit]:
    """A sentence, halved at the space (else the character) nearest its middle until each part fits."""
    start, end = part
    words = len(_WORD.findall(text, start, end))
    size = len(tokens.spans(text[start:end]))
    if (words <= MOST_WORDS and size <= room) or end - start < 2:
        yield _Unit(start, end, words, size)
        return
    middle = (start + end) // 2
    spaces = [m.start() for m in re.finditer(r"\s", text[start:end])]
    at = start + min(spaces, key=lambda i: (abs(start + i - middle), i)) if spaces else middle
    for half in (start, at), (at, end):
        trimmed = _trimmed(text, half)
        if trimmed[0] < trimmed[1]:
            yield from _units(text, trimmed, room, tokens)


def _context(record: Record, field: Field, tokens: Tokens) -> str:
    """Title and field label, one line: what the passage alone does not say.

    Not the institution, which all of its practices would share: it is found by words and as a facet.
    """
    title = "" if field.text.startswith(record.title) else record.title
    parts = [title, field.label.strip().rstrip(":")]
    wanted = ". ".join(dict.fromkeys(part.strip() for part in parts if part.strip()))
    return _shortened(wanted, int(tokens.max_tokens * CONTEXT_SHARE), tokens)


def _shortened(text: str, most: int, tokens: Tokens) -> str:
    spans = tokens.spans(text)
    return text if len(spans) <= most else text[: spans[max(most - 1, 0)][1]]


def page_at(field: Field, start: int) -> int:
    """The page of a place in a field as spoken, taken as evenly spread over the field's spans."""
    place = start * len(field.spans) // max(1, len(field.spoken))
    return field.spans[min(place, len(field.spans) - 1)].page


def _split(text: str, at: re.Pattern[str], start: int, end: int) -> Iterator[Range]:
    for match in at.finditer(text, start, end):
        yield start, match.start()
        start = match.end()
    yield start, end


def _trimmed(text: str, part: Range) -> Range:
    start, end = part
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
