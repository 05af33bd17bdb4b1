"""The words of all languages: folded, stemmed, and known by the vocabularies as fields, facets and names."""

from __future__ import annotations

from kb.words import cues, facets, stems, vocabulary
from kb.words.cues import Pattern
from kb.words.facets import ALIASES, FACETS, FILES, FacetKind, FacetSource, Pairs, Values
from kb.words.folding import (
    clean,
    fold,
    label_key,
    letters,
    plain,
    print_key,
    tokens,
    unbroken,
    word_key,
    written_in_one,
)
from kb.words.languages import BY_CODE, CODES, HOMOGRAPHS, LANGUAGES, STEMMERS, Language
from kb.words.stems import (
    PLAIN,
    StemmedWord,
    acronyms,
    analyzer,
    are_stop_words,
    is_one_stem,
    matching_ranges,
    spoken_first,
    without_stop_words,
    words_of,
)
from kb.words.vocabulary import Vocabulary, label, meant

__all__ = [
    "ALIASES",
    "BY_CODE",
    "CODES",
    "FACETS",
    "FILES",
    "HOMOGRAPHS",
    "LANGUAGES",
    "PLAIN",
    "STEMMERS",
    "FacetKind",
    "FacetSource",
    "Language",
    "Pairs",
    "Pattern",
    "StemmedWord",
    "Values",
    "Vocabulary",
    "acronyms",
    "analyzer",
    "are_stop_words",
    "clean",
    "cues",
    "facets",
    "fold",
    "is_one_stem",
    "label",
    "label_key",
    "letters",
    "matching_ranges",
    "meant",
    "plain",
    "print_key",
    "spoken_first",
    "stems",
    "tokens",
    "unbroken",
    "vocabulary",
    "without_stop_words",
    "word_key",
    "words_of",
    "written_in_one",
]
