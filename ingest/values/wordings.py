"""Whether a value is printed in words of its own, or in others that the vocabulary takes for it. Pure."""

from __future__ import annotations

from kb import Origin
from kb.words import Vocabulary


def as_worded(origin: Origin, kind: str, value: str, printed: str, vocabulary: Vocabulary) -> Origin:
    """MAPPED for a value that is said to be stated, and whose own words, in any language, are not those printed."""
    is_mapped = origin is Origin.STATED and vocabulary.mapped_from(kind, value, printed)
    return Origin.MAPPED if is_mapped else origin
