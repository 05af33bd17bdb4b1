"""What a need looks for in a word index, whatever keeps that index: forms of words, compounds, phrases, weights.

How a need is cut into words is `kb.words.stems`'; which of these count, in which forms, and how much, is decided
here, by what the index has. `kb.index.lexical` makes tantivy's queries of it, `kb.index.milvus_words` Milvus's.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Protocol

from kb.words import HOMOGRAPHS, PLAIN, STEMMERS, StemmedWord, stems, words_of

PLAIN_WEIGHT = 0.3  # of a word that is met exactly as typed, on top of its stem
REPEATED = (
    8  # BM25's k3: a word that a text has twice counts 1.8 times, one that it has always at most 9 times
)
SHORT = 3  # telling words of a need that is short
RARE_SHARE, RARE = 0.1, 3  # of the entries, or so many of them, have a rare word at most
ENGLISH = "en"
MOST_NEEDS, MOST_WORDS = 64, 2048  # that are kept as they were read

Ways = tuple[tuple[str, ...], ...]
"""Ways to print a phrase, in plain words."""


class Known(Protocol):
    """What an index knows of its entries: how many there are, in which languages, how many have a form."""

    @property
    def count(self) -> int:
        """Entries in the index."""

    @property
    def languages(self) -> tuple[str, ...]:
        """Those with a stemmer that some entry is written in."""

    @property
    def having(self) -> Callable[[str, str], int]:
        """How many entries have a form; its kind is PLAIN or a language, as of `kb.words.stems.KnownAs`."""


@dataclass(frozen=True, slots=True)
class SoughtForm:
    """A form of a word, of a kind (PLAIN or a language), and how much it counts."""

    kind: str
    text: str
    weight: float


@dataclass(frozen=True, slots=True)
class Apart:
    """A word printed in two, one after the other, and how much that counts."""

    two: tuple[str, str]
    weight: float


@dataclass(frozen=True, slots=True)
class AnyForm:
    """A word in any of its forms, or as a compound that it may be a part of, or apart."""

    forms: tuple[SoughtForm, ...]
    apart: tuple[Apart, ...]


@dataclass(frozen=True, slots=True)
class SoughtWords:
    """Words by their forms, or apart, or the compound that they are together: whatever counts most, times `boost`."""

    boost: float
    forms: tuple[SoughtForm, ...]
    apart: tuple[Apart, ...]
    whole: tuple[SoughtForm, ...]


@dataclass(frozen=True, slots=True)
class SoughtAll:
    """What a search adds up, which phrases must be there, and which words may not."""

    wanted: tuple[SoughtWords, ...]
    phrases: tuple[Ways, ...]
    excluded: tuple[AnyForm, ...]


@dataclass(frozen=True, slots=True)
class ShortNeed:
    """A short need: its words in any form, as they are typed, and the ways to print it as one phrase."""

    words: tuple[AnyForm, ...]
    bare: tuple[AnyForm, ...]
    together: Ways


class Asking:
    """Reads needs by what an index knows; what was read of the last ones is kept, as one need is read several times."""

    def __init__(self, known: Known) -> None:
        self._known = known
        self._having = lru_cache(MOST_WORDS)(self._counted)
        self._apart = lru_cache(MOST_WORDS)(self._in_two)
        self._spoken = lru_cache(MOST_NEEDS)(self._read)

    def stemmed(self, languages: Sequence[str]) -> tuple[str, ...]:
        """The languages to stem by: the given one goes first even where no entry is written in it."""
        return tuple(lang for lang in dict.fromkeys(languages or self._known.languages) if lang in STEMMERS)

    def searched(
        self,
        text: str,
        languages: Sequence[str],
        phrases: Sequence[str],
        excluded: Sequence[str],
    ) -> SoughtAll:
        """What a text asks for; the stop words of the language that it has most of are passed over."""
        tried = stems.spoken_first(text, self.stemmed(languages))
        spoken = self._spoken(text, tried)
        counted = Counter(stems.in_one(stems.without_stop_words(spoken)))
        wanted = tuple(
            self._wanted(way, tried, (REPEATED + 1) / (REPEATED / times + 1))
            for way, times in counted.items()
        )
        return SoughtAll(wanted, self.phrased(phrases), self.excluding(excluded, tried))

    def phrased(self, phrases: Sequence[str]) -> tuple[Ways, ...]:
        """The ways to print each phrase that has any word."""
        return tuple(ways for phrase in phrases if (ways := self._ways(phrase)))

    def excluding(self, excluded: Sequence[str], languages: Sequence[str]) -> tuple[AnyForm, ...]:
        """The words that some texts have, each in any form."""
        tried = self.stemmed(languages)
        return tuple(self._any(word, tried) for text in excluded for word in words_of(text, tried))

    def telling(self, text: str, languages: Sequence[str]) -> list[tuple[AnyForm, float]]:
        """Its telling words, which are stop words in none of the languages, each with how much it tells."""
        tried = self.stemmed(languages)
        words = [w for w in self._spoken(text, tried) if w.acronym or len(dict(w.stems)) == len(tried)]
        words = list({(w.plain, w.acronym): w for w in words}.values())
        return [(self._any(word, tried), self._rarity(word)) for word in words]

    def is_telling(self, text: str) -> bool:
        """Whether a text has a word to search by: more than the stop words of one language.

        What is printed as an acronym somewhere is one (WHO), and so is a word that another language searches by.
        A lone word in capitals that is none of English counts, too, printed or not: the model knows what AI is.
        """
        words = self._spoken(text, (ENGLISH,))
        if any(w.acronym or (w.plain in HOMOGRAPHS and self._having(w)) for w in words):
            return True
        is_capital = len(words) == 1 and bool(words[0].stems) and text.isupper() and len(words[0].plain) > 1
        return is_capital or not stems.are_stop_words(text)

    def printed(self, text: str, languages: Sequence[str]) -> ShortNeed | None:
        """A short need, one to three telling words with a rare one among them; None for every other one."""
        tried = stems.spoken_first(text, self.stemmed(languages))
        spoken = self._spoken(text, tried)
        words = [w for w in dict.fromkeys(spoken) if w.stems or w.acronym or w.wholes] or spoken
        having = [self._having(one) for w in words for one in (replace(w, wholes=()), *w.wholes)]
        has_rare = min(having, default=0) <= max(RARE, self._known.count * RARE_SHARE)
        if not (has_rare and 0 < len(words) <= SHORT and self.is_telling(text)):
            return None
        bare = [replace(w, stems=(), wholes=tuple(replace(one, stems=()) for one in w.wholes)) for w in words]
        return ShortNeed(
            tuple(self._any(word, tried) for word in words),
            tuple(self._any(word, tried) for word in bare),
            self._ways(text),
        )

    def _read(self, text: str, languages: tuple[str, ...]) -> tuple[StemmedWord, ...]:
        """The words of a text: as acronyms and compounds where some entry prints them so."""
        found: list[StemmedWord] = []
        for word in words_of(text, languages):
            is_acronym = bool(word.acronym) and self._having(replace(word, wholes=())) > 0
            wholes = tuple(whole for whole in word.wholes if self._having(whole))
            if any(whole.plain.isdigit() for whole in wholes):
                found += [whole for whole in wholes if found[-1:] != [whole]]
            else:
                found.append(replace(word, acronym=word.acronym if is_acronym else "", wholes=wholes))
        return tuple(found)

    def _wanted(self, way: stems.Way, languages: tuple[str, ...], boost: float) -> SoughtWords:
        words, whole = way
        return SoughtWords(
            boost,
            tuple(form for word in words for form in self._forms(word)),
            tuple(two for word in words for two in self._apart(word, languages)),
            self._forms(whole) if whole else (),
        )

    def _any(self, word: StemmedWord, languages: tuple[str, ...]) -> AnyForm:
        forms = tuple(form for one in (word, *word.wholes) for form in self._forms(one))
        return AnyForm(forms, self._apart(word, languages))

    def _forms(self, word: StemmedWord) -> tuple[SoughtForm, ...]:
        """The forms of a word that some entry has; the word itself where none has any."""
        if word.acronym:
            return (SoughtForm(PLAIN, word.acronym, 1.0),)
        known = self._known.languages
        plain = SoughtForm(PLAIN, word.plain, PLAIN_WEIGHT if word.stems else 1.0)
        forms = (*(SoughtForm(lang, stem, 1.0) for lang, stem in word.stems if lang in known), plain)
        return tuple(form for form in forms if self._known.having(form.kind, form.text)) or (plain,)

    def _in_two(self, word: StemmedWord, languages: tuple[str, ...]) -> tuple[Apart, ...]:
        return tuple(Apart(two, self._rarity(word)) for two in stems.halves(word, languages, self._frequency))

    def _ways(self, phrase: str) -> Ways:
        return tuple(stems.phrasings(phrase, self._frequency))

    def _rarity(self, word: StemmedWord) -> float:
        """How much a word tells, as BM25 weighs it: by the entries that have its commonest form."""
        return rarity(self._known.count, self._having(word))

    def _counted(self, word: StemmedWord) -> int:
        """The entries that have a word's commonest form, written in one where it is of a compound."""
        forms = [form for one in (word, *word.wholes) for form in self._forms(one)]
        return max(self._known.having(form.kind, form.text) for form in forms)

    def _frequency(self, plain: str) -> int:
        return self._known.having(PLAIN, plain)


def rarity(count: int, having: int) -> float:
    """BM25's weight of what so many of all entries have."""
    return math.log(1 + (count - having + 0.5) / (having + 0.5))
