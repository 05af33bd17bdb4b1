"""Words and the forms they are known by: plain, and stemmed by the analyzers that the word index uses, too."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from itertools import groupby

from tantivy import Filter, TextAnalyzer, TextAnalyzerBuilder, Tokenizer

from kb.words.folding import clean, compounds, fold, tokens
from kb.words.languages import BY_CODE, STEMMERS

PLAIN = "plain"
MOST_WORDS = 256  # of a query; a pasted page is cut there, its first words say what it is about
LONGEST_WORD = 100
HEADLINE = 3  # words in capitals on end: there capitals tell no acronym

_SHOWN = "(?:[^\\W_][\u00ad\u200b-\u200f\u2060\ufeff\u0300-\u036f]*)+"
_SHOWN_WORD = re.compile(_SHOWN)
_SHOWN_COMPOUND = re.compile(f"{_SHOWN}(?:[-\u2010\u2011]{_SHOWN})*")
_ACRONYM = "acronym"
_SIGNS = re.compile(r"[^\w\s]+")
_ELIDED = re.compile("(?<![^\\W_])[^\\W\\d_]['\u2019\u02bc](?=[^\\W_])")  # l', d', c'
_VOWELS = "aeiouyαεηιουω"


@dataclass(frozen=True, slots=True)
class StemmedWord:
    """A word as it is compared: plain, and its stem in each language that it is no stop word of.

    `acronym` is how it is printed where its capitals tell it from a stop word; `whole` is the compound that it is a
    part of, written in one.
    """

    plain: str
    stems: tuple[tuple[str, str], ...]  # (language, stem); empty for a stop word of the first language
    acronym: str = ""
    whole: StemmedWord | None = None


def matching_ranges(query: str, text: str, language: str) -> tuple[tuple[int, int], ...]:
    """Where words of a query stand in a text, by stem or plainly, as character ranges in order."""
    languages = (language,) if language in STEMMERS else ()
    sought = frozenset(
        form for word in without_stop_words(words_of(query, languages)) for form in _forms(word)
    )
    found: list[tuple[int, int]] = []
    for compound in _SHOWN_COMPOUND.finditer(text):
        shown = [word.span() for word in _SHOWN_WORD.finditer(text, *compound.span())]
        parts = [(a, b) for a, b in shown if not sought.isdisjoint(_printed_forms(text[a:b], languages))]
        is_whole = len(shown) > 1 and not sought.isdisjoint(_joined_forms(compound[0], languages))
        found += [compound.span()] if is_whole and len(parts) < len(shown) else parts
    return tuple(found)


def acronyms(text: str) -> frozenset[str]:
    """The words of a text in capitals that would be stop words of some language in small letters: IT, WHO, US, C.

    Where several words on end are in capitals they say nothing, nor does a vowel that opens a clause, or "I".
    """
    clauses = (clause.split() for clause in _SIGNS.split(_ELIDED.sub("", text)))
    return frozenset(word for words in clauses for word in _acronyms(words))


def _acronyms(words: Sequence[str]) -> Iterator[str]:
    """Yield the acronyms of a clause."""
    for is_capital, run in groupby(enumerate(words), lambda one: one[1].isupper()):
        capital = list(run)
        if not is_capital or len(capital) >= HEADLINE:
            continue
        for at, word in capital:
            is_name = len(word) > 1 or _is_a_name(word, at, len(words))
            if is_name and word.isalpha() and _is_somewhere_passed_over(word.lower()):
                yield word


def _is_a_name(letter: str, at: int, words: int) -> bool:
    """Whether a single capital is more than the first word of so many: "plan A", "C", not "A plan"."""
    return letter != "I" and (at > 0 or words == 1 or fold(letter) not in _VOWELS)


@lru_cache(maxsize=20_000)
def _is_somewhere_passed_over(token: str) -> bool:
    return any(not _stems(token, language) for language in STEMMERS)


def is_one_stem(one: str, two: str, languages: Sequence[str]) -> bool:
    """Whether two words are forms of one in any of these languages, as "course" and "courses" are."""
    return any(_stems(one, lang) == _stems(two, lang) for lang in languages if lang in STEMMERS)


def telling(text: str, language: str) -> Iterator[tuple[str, str]]:
    """Yield each word of a text that is no stop word of its language, in order, as (stem, the word as printed)."""
    languages = (language,) if language in STEMMERS else ()
    for token in tokens(clean(text)):
        word = _word(token.lower(), languages) if len(token) <= LONGEST_WORD else None
        if word is not None and word.plain and (word.stems or not languages):
            yield (word.stems[0][1] if word.stems else word.plain), token


@lru_cache(maxsize=20_000)
def _printed_forms(shown: str, languages: tuple[str, ...]) -> frozenset[tuple[str, str]]:
    """The forms of what is printed as a word, an acronym's letters in small, too: texts repeat theirs."""
    printed = words_of(shown, languages)
    words = [*printed, *(replace(word, acronym="") for word in printed)]
    return frozenset(form for word in words for form in _forms(word))


@lru_cache(maxsize=20_000)
def _joined_forms(shown: str, languages: tuple[str, ...]) -> frozenset[tuple[str, str]]:
    wholes = (word.whole for word in words_of(shown, languages))
    return frozenset(form for whole in wholes if whole for form in _forms(whole))


def _forms(word: StemmedWord) -> tuple[tuple[str, str], ...]:
    """What a word is known by: its plain form and its stems, each with the kind of form it is."""
    if word.acronym:
        return ((_ACRONYM, word.acronym),)
    return (PLAIN, word.plain), *word.stems, *(_forms(word.whole) if word.whole else ())


def without_stop_words(words: Sequence[StemmedWord]) -> list[StemmedWord]:
    """The words that are no stop words; all of them where there are no others. Each is counted once."""
    telling = [word for word in words if word.stems or word.acronym] or words
    return list(dict.fromkeys(telling))


def are_stop_words(words: Iterable[str]) -> bool:
    """Whether some one language is too full of each of these words to search by any."""
    known = [clean(word).lower() for word in words]
    return any(all(_is_passed_over(word, language) for word in known) for language in STEMMERS)


@lru_cache(maxsize=20_000)
def _is_passed_over(token: str, language: str) -> bool:
    return not _stems(token, language) or fold(token) in _unaccented(language)


@cache
def _unaccented(language: str) -> frozenset[str]:
    return frozenset(fold(word) for word in BY_CODE[language].stop_words)


def spoken_first(text: str, languages: tuple[str, ...]) -> tuple[str, ...]:
    """The languages, the one that skips most words of a text as stop words first; equal ones stay in order."""
    if len(languages) < 2:
        return languages
    words = [w for w in tokens(clean(text).lower())[:MOST_WORDS] if len(w) <= LONGEST_WORD]
    skipped = {lang: sum(not _stems(word, lang) for word in words) for lang in languages}
    return tuple(sorted(languages, key=lambda lang: -skipped[lang]))


def words_of(text: str, languages: tuple[str, ...]) -> list[StemmedWord]:
    """The words of a text in order, the first MOST_WORDS of them."""
    shown = clean(text)
    capital = acronyms(shown)
    found: list[StemmedWord] = []
    for parts, joined in compounds(shown):
        whole = _word(joined.lower(), languages) if joined and len(joined) <= LONGEST_WORD else None
        for token in (part for part in parts if len(part) <= LONGEST_WORD):
            word = _word(token.lower(), languages)
            acronym = fold(token).upper() if token in capital else ""
            found.append(replace(word, acronym=acronym, whole=whole) if acronym or whole else word)
    return [word for word in found[:MOST_WORDS] if word.plain]


@lru_cache(maxsize=20_000)
def _word(token: str, languages: tuple[str, ...]) -> StemmedWord:
    plain = "".join(analyzer(PLAIN).analyze(" ".join(tokens(fold(token)))))
    stems = [(language, stem) for language in languages for stem in _stems(token, language)]
    is_stop_word = bool(languages) and all(language != languages[0] for language, _ in stems)
    return StemmedWord(plain, () if is_stop_word else tuple(stems))


@lru_cache(maxsize=20_000)
def _stems(token: str, language: str) -> tuple[str, ...]:
    return tuple(analyzer(language).analyze(token))


@cache
def analyzer(language: str) -> TextAnalyzer:
    """What cuts the texts of a language into stems; PLAIN only folds them."""
    builder = TextAnalyzerBuilder(Tokenizer.whitespace()).filter(Filter.remove_long(LONGEST_WORD))
    if known := BY_CODE.get(language):
        if known.has_stop_list:
            builder = builder.filter(Filter.stopword(known.stemmer))
        if known.stop_words:
            builder = builder.filter(Filter.custom_stopword(list(known.stop_words)))
        if known.stemmer:
            builder = builder.filter(Filter.stemmer(known.stemmer))
    return builder.filter(Filter.ascii_fold()).build()
