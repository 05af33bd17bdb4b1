"""Words and the forms they are known by: plain, and stemmed by the analyzers that the word index uses, too."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from tantivy import Filter, TextAnalyzer, TextAnalyzerBuilder, Tokenizer

from kb.words.folding import clean, fold, tokens
from kb.words.languages import BY_CODE, STEMMERS

PLAIN = "plain"
MOST_WORDS = 256  # of a query; a pasted page is cut there, its first words say what it is about
LONGEST_WORD = 100

_SHOWN_WORD = re.compile("(?:[^\\W_][\u00ad\u200b-\u200f\u2060\ufeff\u0300-\u036f]*)+")


@dataclass(frozen=True, slots=True)
class StemmedWord:
    """A word as it is compared: plain, and its stem in each language that it is no stop word of."""

    plain: str
    stems: tuple[tuple[str, str], ...]  # (language, stem); empty for a stop word of the first language


def matching_ranges(query: str, text: str, language: str) -> tuple[tuple[int, int], ...]:
    """Where words of a query stand in a text, by stem or plainly, as character ranges in order."""
    languages = (language,) if language in STEMMERS else ()
    sought = frozenset(
        form for word in without_stop_words(words_of(query, languages)) for form in _forms(word)
    )
    return tuple(
        shown.span()
        for shown in _SHOWN_WORD.finditer(text)
        if not sought.isdisjoint(_forms_of_one(shown[0], languages))
    )


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
def _forms_of_one(shown: str, languages: tuple[str, ...]) -> frozenset[tuple[str, str]]:
    """The forms of all words of what is printed as one, such as "e-mail": texts repeat theirs."""
    return frozenset(form for word in words_of(shown, languages) for form in _forms(word))


def _forms(word: StemmedWord) -> tuple[tuple[str, str], ...]:
    """What a word is known by: its plain form and its stems, each with the kind of form it is."""
    return (PLAIN, word.plain), *word.stems


def without_stop_words(words: Sequence[StemmedWord]) -> list[StemmedWord]:
    """The words that are no stop words; all of them where there are no others. Each is counted once."""
    telling = [word for word in words if word.stems] or words
    return list(dict.fromkeys(telling))


def spoken_first(text: str, languages: tuple[str, ...]) -> tuple[str, ...]:
    """The languages, the one that skips most words of a text as stop words first; equal ones stay in order."""
    if len(languages) < 2:
        return languages
    words = [w for w in tokens(clean(text).lower())[:MOST_WORDS] if len(w) <= LONGEST_WORD]
    skipped = {lang: sum(not _stems(word, lang) for word in words) for lang in languages}
    return tuple(sorted(languages, key=lambda lang: -skipped[lang]))


def words_of(text: str, languages: tuple[str, ...]) -> list[StemmedWord]:
    """The words of a text in order, the first MOST_WORDS of them."""
    found = tokens(clean(text).lower())[:MOST_WORDS]
    words = (_word(token, languages) for token in found if len(token) <= LONGEST_WORD)
    return [word for word in words if word.plain]


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
