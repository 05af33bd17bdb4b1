"""Whether two titles are those of one handbook."""

from __future__ import annotations

from difflib import SequenceMatcher

from kb.words import print_key

LONGEST = 300  # characters that are compared: no title is longer, and comparing takes their square
ALIKE = 0.85  # share of characters in common; above it two titles are one handbook's, as score/ judges titles


def title_likeness(title: str, other: str) -> float:
    """The share of characters that two titles have in common, 0 where that is too few to be one handbook's."""
    ours, theirs = print_key(title[:LONGEST]), print_key(other[:LONGEST])
    share = SequenceMatcher(None, ours, theirs, autojunk=False).ratio() if ours and theirs else 0.0
    return share if share >= ALIKE else 0.0
