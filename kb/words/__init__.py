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
)
from kb.words.languages import BY_CODE, CODES, HOMOGRAPHS, LANGUAGES, STEMMERS, Language
from kb.words.stems import (
    PLAIN,
    StemmedWord,
    acronyms,
    analyzer,
    is_one_stem,
    matching_ranges,
    words_of,
)
from kb.words.unrelated import unrelated
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
    "stems",
    "tokens",
    "unbroken",
    "unrelated",
    "vocabulary",
    "word_key",
    "words_of",
]
