"""Pure: two texts -> what is the same, what went and what came, word by word."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from kb import Record

MOST_WORDS = 2500  # a longer text is compared line by line: word by word would take seconds


class Fate(StrEnum):
    """What became of some words."""

    SAME = "same"
    GONE = "gone"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words of either text, with the white space after them."""

    fate: Fate
    text: str


def pieces(old: str, new: str) -> tuple[Piece, ...]:
    """Both texts as one: without what is new it has the old one's words, without what is gone the new one is left."""
    is_long = max(len(old.split()), len(new.split())) > MOST_WORDS
    cut = r"[^\n]*\n+|[^\n]+" if is_long else r"\s+|\S+\s*"
    before, after = re.findall(cut, old), re.findall(cut, new)
    found: list[Piece] = []
    for tag, a, b, c, d in SequenceMatcher(
        None, [t.strip() for t in before], [t.strip() for t in after], autojunk=False
    ).get_opcodes():
        if tag == "equal":  # but perhaps for white space
            found.append(Piece(Fate.SAME, "".join(after[c:d])))
            continue
        if a < b:
            found.append(Piece(Fate.GONE, "".join(before[a:b])))
        if c < d:
            found.append(Piece(Fate.NEW, "".join(after[c:d])))
    return tuple(found)


def text_of(record: Record, label: str) -> str:
    """What a record says under a label, which may stand there several times."""
    return "\n\n".join(field.text for field in record.fields if field.label == label)


def page_of(record: Record, label: str) -> int:
    """The PDF page on which a record says it first, or on which it starts."""
    return next((field.page for field in record.fields if field.label == label), record.page_start)
