"""Asking in another language than the model reads: recognise it, say so, and help out with translations."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING

from kb import Code, Said
from kb.model import Encoder, ModelId
from kb.words import FILES, LANGUAGES, fold, matching_ranges, vocabulary

if TYPE_CHECKING:
    from lingua import LanguageDetector

ENGLISH = "en"
ENGLISH_ONLY = frozenset({"all-MiniLM-L6-v2"})
"""Models that find almost nothing across languages: nDCG@10 of 0.05 on judged needs."""
LEAST_WORDS = 4
LEAST_LETTERS = 20
SURE = 0.7  # of the detector's confidence; names and cognates lower it (0.76 for a clear Swedish question)
LONGEST_NAME = 3  # words of a field's name
SHORTEST_WORD = 5  # of one that is looked for among the field names: shorter ones are everyday words

COMMAND = "kb model use multilingual"


class Reader(Code):
    """What the model can read."""

    ENGLISH_ONLY = "reads-english-only"


NOTE = Said(Reader.ENGLISH_ONLY, command=COMMAND)
"""What somebody who asks in another language is told, in that language."""


def reads_only_english(encoder: Encoder | None) -> bool:
    """Whether what is asked in another language needs help: by an English model, or by none."""
    return encoder is None or ModelId.parse(encoder.id).name in ENGLISH_ONLY


def language_of(text: str) -> str:
    """The language of the alliance that a text is surely written in, "" where it is too short to tell.

    Beside the detector's word a text needs letters that English has not, or more function words of its own
    language than English ones: names and terms that all languages share deceive the detector.
    """
    words = text.split()
    if sum(c.isalpha() for c in text) < LEAST_LETTERS or len(words) < LEAST_WORDS:
        return ""
    best = _detector().compute_language_confidence_values(text)[0]
    code = best.language.iso_code_639_1.name.lower()
    if best.value < SURE:
        return ""
    if code == ENGLISH or not text.isascii() or _function_words(text, code) > _function_words(text, ENGLISH):
        return code
    return ""


def translations(text: str, language: str, wanted: Iterable[str]) -> tuple[str, ...]:
    """The words that the vocabularies have in the wanted languages for what a text names, each once.

    Themes, disciplines, formats, levels, kinds of tools, languages, countries and names of fields count.
    """
    words = vocabulary.load()
    targets = [lang for lang in dict.fromkeys(wanted) if lang in LANGUAGES and lang != language]
    terms = {(kind, found.name) for kind in FILES for found in words.find_terms(text, kind, language)}
    terms |= {("country", found.name) for found in words.find_countries(text, language)}
    labels = [words.term_label(kind, name, lang) for kind, name in sorted(terms) for lang in targets]
    labels += [words.display(name, lang) for name in _fields(text) for lang in targets]
    known = fold(text)
    return tuple(label for label in dict.fromkeys(labels) if fold(label) not in known)


def _fields(text: str) -> list[str]:
    """The fields that words of a text name, in its order."""
    words = text.split()
    found = []
    for size in range(LONGEST_NAME, 0, -1):
        for at in range(len(words) - size + 1):
            name = " ".join(words[at : at + size]).strip(" ?!.,;:")
            if len(name) >= SHORTEST_WORD and (field := vocabulary.load().canonical(name)):
                found.append(field)
    return list(dict.fromkeys(found))


def _function_words(text: str, language: str) -> int:
    return -len(matching_ranges(text, text, language))  # those that are none, of equally many words


@cache
def _detector() -> LanguageDetector:
    # heavy: a third of a second and 20 MB, for a question in whole words only
    from lingua import IsoCode639_1, LanguageDetectorBuilder  # noqa: PLC0415

    codes = [getattr(IsoCode639_1, code.upper()) for code in LANGUAGES]
    return LanguageDetectorBuilder.from_iso_codes_639_1(*codes).with_low_accuracy_mode().build()
