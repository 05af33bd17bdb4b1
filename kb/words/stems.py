"""Words and the forms they are known by: plain, and stemmed by the analyzers that the word index uses, too."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from itertools import groupby, pairwise, takewhile

from tantivy import Filter, TextAnalyzer, TextAnalyzerBuilder, Tokenizer

from kb.words.folding import clean, compounds, cutting, fold, folded, is_one, is_word, tokens
from kb.words.languages import BY_CODE, STEMMERS

PLAIN = "plain"
MOST_WORDS = 256  # of a query; a pasted page is cut there, its first words say what it is about
LONGEST_WORD = 100
SHORTEST_HALF = 2
MOST_KEPT = 8192  # words that each step keeps: a megabyte or two
HEADLINE = 3  # words in capitals on end: there capitals tell no acronym

_SHOWN = "(?:[^\\W_][\u00ad\u200b-\u200f\u2060\ufeff\u0300-\u036f]*)+"
_SHOWN_WORD = re.compile(_SHOWN)
_SHOWN_COMPOUND = cutting(_SHOWN)
_ACRONYM = "acronym"
_SIGNS = re.compile(r"[^\w\s]+")
_ELIDED = re.compile("(?<![^\\W_])[^\\W\\d_]['\u2019\u02bc](?=[^\\W_])")  # l', d', c'
_VOWELS = "aeiouyαεηιουω"

WordRange = tuple[int, int]
KnownAs = tuple[str, str]  # the kind, PLAIN or a language, and the word or stem


@dataclass(frozen=True, slots=True)
class StemmedWord:
    """A word as it is compared: plain, and its stem in each language that it is no stop word of.

    `acronym` is how it is printed where its capitals tell it from a stop word; `wholes` are the compounds that it is,
    or may be, a part of, written in one.
    """

    plain: str
    stems: tuple[tuple[str, str], ...]  # (language, stem); empty for a stop word of the first language
    acronym: str = ""
    wholes: tuple[StemmedWord, ...] = ()


Way = tuple[tuple[StemmedWord, ...], StemmedWord | None]
"""Words, and the compound that they may be together."""


_NONE: frozenset[KnownAs] = frozenset()
_PrintedWord = tuple[
    tuple[int, int], tuple[tuple[tuple[int, int], frozenset[KnownAs]], ...], frozenset[KnownAs]
]
"""Where a word stands, its parts with what each is known by, and what a compound of several is known by."""


def matching_ranges(query: str, text: str, language: str) -> tuple[tuple[int, int], ...]:
    """Where words of a query stand in a text, by stem or plainly, as character ranges in order."""
    return ranges_of(forms_of(query, language), text, language)


@lru_cache(maxsize=1000)
def forms_of(query: str, language: str) -> frozenset[KnownAs]:
    """What the words of a query are known by in a language; without its stop words, unless there are no others."""
    languages = (language,) if language in STEMMERS else ()
    return frozenset(form for word in without_stop_words(words_of(query, languages)) for form in _forms(word))


def ranges_of(sought: frozenset[KnownAs], text: str, language: str) -> tuple[tuple[int, int], ...]:
    """Where words that are known by any of these stand in a text of a language, as character ranges in order."""
    languages = (language,) if language in STEMMERS else ()
    found: list[WordRange] = []
    before = (0, 0)
    for span, words, whole in _printed_words(text, languages):
        parts = [place for place, forms in words if not sought.isdisjoint(forms)]
        is_whole = not sought.isdisjoint(whole)
        is_marked = found[-1:] == [before]
        if not (parts and is_marked) and _are_one(text, before, span, sought, languages):
            parts = [(before[0], span[1])]
            found = found[:-1] if is_marked else found
        found += [span] if is_whole and len(parts) < len(words) else parts
        before = span if len(words) == 1 else (0, 0)
    return tuple(found)


@lru_cache(maxsize=512)
def _printed_words(text: str, languages: tuple[str, ...]) -> tuple[_PrintedWord, ...]:
    """The words of a text in order: most that is asked marks words in the same few hundred passages."""
    found: list[_PrintedWord] = []
    for compound in filter(is_word, _SHOWN_COMPOUND.finditer(text)):
        span = compound.span()
        if compound.lastgroup == "plain":  # most are
            found.append((span, ((span, _printed_forms(compound[0], languages)),), _NONE))
            continue
        shown = [span]
        if not is_one(compound):
            shown = [word.span() for word in _SHOWN_WORD.finditer(text, *span)]
        words = tuple((place, _printed_forms(text[slice(*place)], languages)) for place in shown)
        whole = _joined_forms(compound[0], languages) if len(shown) > 1 else _NONE
        found.append((span, words, whole))
    return tuple(found)


def _are_one(
    text: str, one: WordRange, two: WordRange, sought: frozenset[KnownAs], languages: tuple[str, ...]
) -> bool:
    """Whether two words with but a space between are no stop words, and sought as one: "e learning" for "elearning"."""
    words = text[slice(*one)], text[slice(*two)]
    if not words[0] or (first := _plain(words[0])) not in _openings(sought):  # nearly all
        return False
    if (PLAIN, first + _plain(words[1])) not in sought:
        return False
    is_telling = not any(
        is_stop_word(clean(word).lower(), language) for word in words for language in languages
    )
    return is_telling and text[one[1] : two[0]].isspace()


@lru_cache(maxsize=64)
def _openings(sought: frozenset[KnownAs]) -> frozenset[str]:
    """What plain words that are sought may begin with."""
    return frozenset(form[:at] for kind, form in sought if kind == PLAIN for at in range(len(form)))


def acronyms(text: str) -> frozenset[str]:
    """The words of a text in capitals that would be stop words of some language in small letters: IT, WHO, US, C.

    Where several words on end are in capitals they say nothing, nor does a vowel that opens a clause, or "I".
    """
    clauses = (clause.split() for clause in _SIGNS.split(_ELIDED.sub("", text)))
    return frozenset(word for words in clauses if any(map(str.isupper, words)) for word in _acronyms(words))


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


@lru_cache(maxsize=MOST_KEPT)
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


@lru_cache(maxsize=MOST_KEPT)
def _printed_forms(shown: str, languages: tuple[str, ...]) -> frozenset[KnownAs]:
    """The forms of what is printed as a word, an acronym's letters in small, too: texts repeat theirs."""
    printed = words_of(shown, languages)
    words = [*printed, *(replace(word, acronym="") for word in printed)]
    return frozenset(form for word in words for form in _forms(word))


@lru_cache(maxsize=MOST_KEPT)
def _joined_forms(shown: str, languages: tuple[str, ...]) -> frozenset[KnownAs]:
    wholes = {whole for word in words_of(shown, languages) for whole in word.wholes}
    return frozenset(form for whole in wholes for form in _forms(whole))


def _forms(word: StemmedWord) -> tuple[KnownAs, ...]:
    """What a word is known by: its plain form and its stems, each with the kind of form it is."""
    if word.acronym:
        return ((_ACRONYM, word.acronym),)
    return (PLAIN, word.plain), *word.stems, *(form for whole in word.wholes for form in _forms(whole))


def without_stop_words(words: Sequence[StemmedWord]) -> Sequence[StemmedWord]:
    """The words that are no stop words; all of them where there are no others."""
    return [word for word in words if word.stems or word.acronym] or words


def are_stop_words(text: str) -> bool:
    """Whether some one language is too full of each word of a text to search by any."""
    known = [part.lower() for parts, _ in compounds(clean(text)) for part in parts]
    return any(all(is_stop_word(word, language) for word in known) for language in STEMMERS)


@lru_cache(maxsize=MOST_KEPT)
def is_stop_word(token: str, language: str) -> bool:
    """Whether a language is too full of a word, in small letters, to search by it."""
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
    """The words of a text in order, the first MOST_WORDS of them.

    Two that tell, one after the other, may be one word elsewhere: "e learning" is "elearning", too.
    """
    shown = clean(text)
    capital = acronyms(shown)
    found: list[StemmedWord] = []
    for parts, written in compounds(shown):
        wholes = (_word(written.lower(), languages),) if written and len(written) <= LONGEST_WORD else ()
        for token in (part for part in parts if len(part) <= LONGEST_WORD):
            word = _word(token.lower(), languages)
            acronym = fold(token).upper() if token in capital else ""
            found.append(replace(word, acronym=acronym, wholes=wholes) if acronym or wholes else word)
    return _perhaps_one([word for word in found[:MOST_WORDS] if word.plain], languages)


def _perhaps_one(words: list[StemmedWord], languages: tuple[str, ...]) -> list[StemmedWord]:
    """The words, each with what it makes with its neighbours."""
    found = list(words)
    for at, (one, two) in enumerate(pairwise(words)):
        if one.stems and two.stems and not (one.wholes or two.wholes or one.acronym or two.acronym):
            whole = one.plain + two.plain
            if len(whole) <= LONGEST_WORD and not whole.isdigit():
                for place in (at, at + 1):
                    wholes = (*found[place].wholes, _word(whole, languages))
                    found[place] = replace(found[place], wholes=wholes)
    return found


def in_one(words: Sequence[StemmedWord]) -> Iterator[Way]:
    """Yield the words of a text, those together that make a compound, with it; each word once."""
    at = 0
    while at < len(words):
        whole = words[at].wholes[-1] if words[at].wholes else None
        parts = [*takewhile(lambda word: whole in word.wholes, words[at:])] if whole else [words[at]]  # noqa: B023
        yield tuple(replace(part, wholes=()) for part in parts), whole
        at += len(parts)


def halves(
    word: StemmedWord, languages: Sequence[str], frequency: Callable[[str], int]
) -> Iterator[tuple[str, str]]:
    """Yield a word in two, where both are known and no stop words: "e learning" for "elearning".

    `frequency` says in how many texts a plain word is. One that is known is split after a letter or two and where
    digits begin; nobody prints "net work".
    """
    if word.acronym or word.wholes or word.plain.isdigit():
        return
    plain, is_known = word.plain, frequency(word.plain) > 0
    for at in range(1, len(plain) - 1):
        two = plain[:at], plain[at:]
        if is_known and at > SHORTEST_HALF and plain[at - 1].isdigit() == plain[at].isdigit():
            continue
        if all(map(frequency, two)) and not any(
            is_stop_word(half, language) for half in two for language in languages[:1]
        ):
            yield two


def phrasings(phrase: str, frequency: Callable[[str], int]) -> list[tuple[str, ...]]:
    """The ways to print a phrase, in plain words: compounds apart or in one, a word in two, two in one."""
    cut = list(compounds(clean(phrase)))
    apart = [part for parts, _ in cut for part in parts if len(part) <= LONGEST_WORD][:MOST_WORDS]
    in_one = [part for parts, one in cut for part in ([one] if one else parts)][:MOST_WORDS]
    words = tuple(map(_plain, apart))
    ways = [words, tuple(map(_plain, in_one))]
    for at, word in enumerate(words):
        others: list[tuple[str, ...]] = list(halves(StemmedWord(word, ()), (), frequency))
        others += [(other,) for other in _spellings(apart[at]) if other != word and frequency(other)]
        ways += [(*words[:at], *other, *words[at + 1 :]) for other in others]
        if at and frequency(whole := words[at - 1] + word):
            ways.append((*words[: at - 1], whole, *words[at + 1 :]))
    return list(dict.fromkeys(found for way in ways if (found := tuple(filter(None, way)))))


def _spellings(word: str) -> tuple[str, str]:
    """A word with its umlauts in two letters, and with two letters as their umlaut: "pruefung", "prufung"."""
    in_two = re.sub("[äöü]", lambda found: f"{fold(found[0])}e", word.lower())
    return _plain(in_two), _plain(re.sub("([aou])e", r"\1", word.lower()))


@dataclass(frozen=True, slots=True)
class Written:
    """A text as an index has it, words with a space between.

    `plain` has its words plainly, then its compounds in one, then its acronyms in capitals, which no other word has.
    `in_one` has compounds in one at their place; it is empty where there are none. `to_stem` is what is left to stem.
    """

    plain: str
    in_one: str
    to_stem: str

    @classmethod
    def of(cls, text: str) -> Written:
        """Cut a text."""
        shown = clean(text)
        known = acronyms(shown)
        cut = list(compounds(shown))
        words = [part for parts, _ in cut for part in parts]
        joined = [whole for _, whole in cut if whole]
        capital = [fold(word).upper() for word in words if word in known]
        in_one = [word for parts, whole in cut for word in ([whole] if whole else parts)] if joined else []
        return cls(
            " ".join([*map(folded, words), *map(folded, joined), *capital]),
            " ".join(map(folded, in_one)),
            " ".join([*words, *joined]).lower(),
        )


@lru_cache(maxsize=MOST_KEPT)
def _word(token: str, languages: tuple[str, ...]) -> StemmedWord:
    stems = [(language, stem) for language in languages for stem in _stems(token, language)]
    is_passed_over = bool(languages) and all(language != languages[0] for language, _ in stems)
    return StemmedWord(_plain(token), () if is_passed_over else tuple(stems))


@lru_cache(maxsize=MOST_KEPT)
def _plain(token: str) -> str:
    return "".join(analyzer(PLAIN).analyze(folded(token)))


@lru_cache(maxsize=MOST_KEPT)
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
