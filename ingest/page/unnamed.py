"""Glyphs that no font says a Unicode value for, and whose codes are plain letters all the same. Pure.

TeX's bitmap fonts (Type 3) name their glyphs "a72" and bring no map, but their codes are those of ASCII. Other fonts
without a map count their glyphs as they like: then what the codes spell has no vowels, or signs between its letters.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

_LEAST_LETTERS = 6  # of a page's glyphs of one font, from which they can be judged; by eye
_LETTERS = 0.75  # share of the characters but for figures that are letters, at the least; by eye
_VOWELS = range(
    24, 66
)  # per cent of the letters; shifted alphabets have fewer, languages of Latin script 35 to 55
_ODDLY_CASED = 0.1  # share of the letters in words that are not written as words are, at the most; by eye
_NO_LETTERS = frozenset(map(chr, range(0x7F, 0xC0)))
_VOWEL_LETTERS = frozenset("aeiouy")


def is_text(words: Sequence[str]) -> bool:
    """Whether words that codes alone spell are those of a language of Latin script."""
    letters = [c for word in words for c in unicodedata.normalize("NFD", word) if c.isalpha()]
    count = sum(not c.isdigit() for word in words for c in word)
    if any(c in _NO_LETTERS for word in words for c in word):  # another set of letters than Latin-1
        return False
    if len(letters) < _LEAST_LETTERS or len(letters) < _LETTERS * count:
        return False
    vowels = sum(c.lower() in _VOWEL_LETTERS for c in letters)
    odd = sum(len(word) for word in words if not _is_cased(word))
    return 100 * vowels // len(letters) in _VOWELS and odd <= _ODDLY_CASED * len(letters)


def _is_cased(word: str) -> bool:
    """Small letters, one capital before them, or capitals: no capital in the middle of small letters."""
    letters = "".join(c for c in word if c.isalpha())
    return letters == letters.lower() or letters[1:] == letters[1:].lower() or letters == letters.upper()
