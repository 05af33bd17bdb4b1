"""Whether a text has a verb, by small words and by what stands before an article (corpus/vocabulary/clauses.toml).

No parser: it tells sentences from headings, names and lists well enough to choose what is shown.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import pairwise
from types import MappingProxyType

from kb import InputError
from kb.words.folding import clean
from kb.words.stems import is_stop_word
from kb.words.terms import Table, table

FILE = "clauses.toml"
SHORTEST = 5  # letters of a word that an ending tells
_WORD = re.compile(r"[^\W\d_]+")
_STOP = re.compile(r"[.!?…;][\W_]*$")
_CEDILLAS = str.maketrans("şţŞŢ", "șțȘȚ")
_LISTS = ("clause", "before", "small", "endings")


@dataclass(frozen=True, slots=True)
class Clauses:
    """The words of one language that tell clauses, as the file says what each list holds."""

    language: str
    clause: frozenset[str]
    before: frozenset[str]
    small: frozenset[str]
    endings: tuple[str, ...]
    nouns_are_capital: bool

    def has_verb(self, text: str) -> bool:
        """Whether some word of a text is a verb, or stands in clauses alone."""
        words = [found for found in _WORD.finditer(text) if not (len(found[0]) > 1 and found[0].isupper())]
        first = words[0][0].lower() if words else ""
        if first in self.clause or any(found[0] in self.clause or self._ends_so(found[0]) for found in words):
            return True
        return any(
            two[0] in self.before
            and text[one.end() : two.start()].isspace()
            and self._may_be_verb(one[0], is_first=one is words[0])
            for one, two in pairwise(words)
        )

    def _ends_so(self, word: str) -> bool:
        return len(word) >= SHORTEST and word.islower() and word.endswith(self.endings)

    def _may_be_verb(self, word: str, *, is_first: bool) -> bool:
        """Whether a word is no name, no letter and none of the small ones."""
        known = word.lower()
        is_shown_so = word.islower() or (is_first and not self.nouns_are_capital)
        is_small = known in self.small or known in self.before or is_stop_word(known, self.language)
        return len(word) > 2 and is_shown_so and not is_small


def has_verb(text: str, language: str) -> bool:
    """Whether a text has a verb; in a language that the file has no words of, whether it ends as sentences do."""
    shown = clean(text).translate(_CEDILLAS)
    known = load().get(language)
    return known.has_verb(shown) if known else bool(_STOP.search(shown))


@cache
def load() -> Mapping[str, Clauses]:
    """Read the words that come with the software, once in a process."""
    return read(table(resources.files("corpus") / "vocabulary", FILE))


def read(entries: Table) -> Mapping[str, Clauses]:
    """Read and check the words of each language.

    Raises:
        InputError: a list is missing, unknown, or no text.
    """
    return MappingProxyType({language: _language(language, entry) for language, entry in entries.items()})


def _language(language: str, entry: object) -> Clauses:
    place = f"{FILE}: [{language}]"
    if not isinstance(entry, dict):
        raise InputError(f"{place}: no table; give its lists as texts: clause, before, small")
    if odd := sorted(set(entry) - {*_LISTS, "nouns_are_capital"}):
        raise InputError(f"{place} {odd[0]}: unknown; use {', '.join(_LISTS)} or nouns_are_capital")
    held = {
        name: _words(f"{place} {name}", entry.get(name))
        for name in _LISTS
        if name in entry or name != "endings"
    }
    capital = entry.get("nouns_are_capital", False)
    if not isinstance(capital, bool):
        raise InputError(f"{place} nouns_are_capital: say true or false")
    clause, before, small = (frozenset(held[name]) for name in ("clause", "before", "small"))
    return Clauses(language, clause, before, small, held.get("endings", ()), capital)


def _words(place: str, text: object) -> tuple[str, ...]:
    if not isinstance(text, str):
        raise InputError(f"{place}: missing; give its words as one text, parted by spaces")
    return tuple(text.split())
