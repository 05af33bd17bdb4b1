"""The words of all languages: folded, stemmed, and known by the vocabularies as fields, facets and names."""

from __future__ import annotations

from kb.words import cues, facets, stems, vocabulary
from kb.words.clauses import has_verb
from kb.words.cues import Pattern
from kb.words.facets import ALIASES, FACETS, FILES, FacetKind, FacetSource, Pairs, Values, leading
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
from kb.words.phrases import Find, Form, Phrases
from kb.words.stems import (
    PLAIN,
    StemmedWord,
    acronyms,
    analyzer,
    forms_of,
    is_one_stem,
    is_stop_word,
    matching_ranges,
    ranges_of,
    telling,
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
    "Find",
    "Form",
    "Language",
    "Pairs",
    "Pattern",
    "Phrases",
    "StemmedWord",
    "Values",
    "Vocabulary",
    "acronyms",
    "analyzer",
    "clean",
    "cues",
    "facets",
    "fold",
    "forms_of",
    "has_verb",
    "is_one_stem",
    "is_stop_word",
    "label",
    "label_key",
    "leading",
    "letters",
    "matching_ranges",
    "meant",
    "plain",
    "print_key",
    "ranges_of",
    "stems",
    "telling",
    "tokens",
    "unbroken",
    "unrelated",
    "vocabulary",
    "word_key",
    "words_of",
]
