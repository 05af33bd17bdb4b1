"""The language of a text, by lingua; only texts long enough to tell."""

from __future__ import annotations

from functools import cache

from lingua import IsoCode639_1, LanguageDetector, LanguageDetectorBuilder

from kb.words import CODES

_SHORTEST = 120  # characters: below this the detector guesses
_ENOUGH = 6000


@cache
def _detector() -> LanguageDetector:
    codes = [getattr(IsoCode639_1, code.upper()) for code in CODES]
    return LanguageDetectorBuilder.from_iso_codes_639_1(*codes).with_low_accuracy_mode().build()


def detect(text: str, fallback: str = "en") -> str:
    """ISO 639-1 code of the text's language; the fallback where the text is too short."""
    sample = text[:_ENOUGH].strip()
    if len(sample) < _SHORTEST:
        return fallback
    language = _detector().detect_language_of(sample)
    return fallback if language is None else language.iso_code_639_1.name.lower()
