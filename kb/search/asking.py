"""The language that a need is asked in, and what the vocabularies call in others what it names."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from kb.model import ENGLISH
from kb.words import FILES, LANGUAGES, fold, matching_ranges, vocabulary

if TYPE_CHECKING:
    from lingua import LanguageDetector

LEAST_WORDS = 4
LEAST_LETTERS = 20
SURE = 0.7  # of the detector's confidence; names and cognates lower it (0.76 for a clear Swedish question)
SURE_OF_FEW = (
    0.9  # of needs of a few words in eight languages, 24 of 27 are then told, and no English one wrongly
)
MOSTLY_PRINTED = 0.5
LONGEST_NAME = 3  # words of a field's name
SHORTEST_WORD = 5  # of one that is looked for among the field names: shorter ones are everyday words


def language_of(text: str) -> str:
    """The language of the alliance that a text is surely written in, "" where it is too short to tell.

    Beside the detector's word a text needs letters that English has not, or more function words of its own
    language than English ones: names and terms that all languages share deceive the detector.
    """
    words = text.split()
    if sum(c.isalpha() for c in text) < LEAST_LETTERS or len(words) < LEAST_WORDS:
        return ""
    code, sureness = _detected(text)
    if sureness < SURE:
        return ""
    if code == ENGLISH or not text.isascii() or _function_words(text, code) > _function_words(text, ENGLISH):
        return code
    return ""


def asked_in(text: str, coverage: Callable[[], float]) -> str:
    """The language of a need, also of a few words; `coverage` is the share of those that tell that a library prints.

    The detector is believed of a few words where the library prints less than half of them: what it prints may be a
    name or a term of any language. Where it is not believed, or says English, the library is not asked.
    """
    if found := language_of(text):
        return found
    code, sureness = _detected(text)
    is_believed = sureness >= SURE_OF_FEW and (code == ENGLISH or coverage() < MOSTLY_PRINTED)
    return code if is_believed else ""


def _detected(text: str) -> tuple[str, float]:
    best = _detector().compute_language_confidence_values(text)[0]
    return best.language.iso_code_639_1.name.lower(), best.value


def translations(text: str, language: str, wanted: Iterable[str]) -> tuple[str, ...]:
    """The words that the vocabularies have in the wanted languages for what a text names, each once.

    Themes, disciplines, formats, levels, kinds of tools, languages, countries and names of fields count.
    """
    words = vocabulary.load()
    targets = [lang for lang in dict.fromkeys(wanted) if lang in LANGUAGES and lang != language]
    labels = [words.term_label(kind, name, lang) for kind, name in _terms(text, language) for lang in targets]
    labels += [words.display(name, lang) for name in _fields(text) for lang in targets]
    known = fold(text)
    return tuple(label for label in dict.fromkeys(labels) if fold(label) not in known)


@lru_cache(maxsize=256)  # asked for each record that is shown
def _terms(text: str, language: str) -> tuple[tuple[str, str], ...]:
    """The terms and countries that a text names: each with its kind, in order."""
    words = vocabulary.load()
    terms = {(kind, found.name) for kind in FILES for found in words.find_terms(text, kind, language)}
    return tuple(sorted(terms | {("country", found.name) for found in words.find_countries(text, language)}))


@lru_cache(maxsize=256)
def _fields(text: str) -> tuple[str, ...]:
    """The fields that words of a text name, in its order."""
    words = text.split()
    found = []
    for size in range(LONGEST_NAME, 0, -1):
        for at in range(len(words) - size + 1):
            name = " ".join(words[at : at + size]).strip(" ?!.,;:")
            if len(name) >= SHORTEST_WORD and (field := vocabulary.load().canonical(name)):
                found.append(field)
    return tuple(dict.fromkeys(found))


def _function_words(text: str, language: str) -> int:
    return -len(matching_ranges(text, text, language))  # those that are none, of equally many words


@cache
def _detector() -> LanguageDetector:
    # heavy: a third of a second and 20 MB, for a question in whole words only
    from lingua import IsoCode639_1, LanguageDetectorBuilder  # noqa: PLC0415

    codes = [getattr(IsoCode639_1, code.upper()) for code in LANGUAGES]
    return LanguageDetectorBuilder.from_iso_codes_639_1(*codes).with_low_accuracy_mode().build()
