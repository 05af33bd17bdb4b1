"""Words of a need that the library does not know, and the known ones that they are a slip of the key from."""

from __future__ import annotations

import re
from collections.abc import Iterable

from kb.catalog import Catalog
from kb.encoder import Encoder
from kb.lexical import fold, matching_ranges

MOST_WORDS = 4
"""A longer need has other words to go by, and a wrong guess there would do more harm than a slip."""
SHORTEST = 5
ENGLISH = ("en",)


def telling_words(text: str, languages: Iterable[str]) -> list[str]:
    """The different words of a text that are no stop words in any of these languages, as typed, in order."""
    kept: set[tuple[int, int]] | None = None
    for language in tuple(languages) or ENGLISH:
        ranges = set(matching_ranges(text, text, language))
        kept = ranges if kept is None else kept & ranges
    words = [text[start:end] for start, end in sorted(kept or ())]
    return list({fold(word): word for word in reversed(words)}.values())[::-1]


def corrections(catalog: Catalog, encoder: Encoder | None, need: str) -> tuple[tuple[str, str], ...]:
    """Pairs of (typed, meant): words of a short need that are in no record, one letter off some that are.

    A word that the model knows whole is no slip, however rare it is here.
    """
    words = telling_words(need, catalog.languages)
    if len(words) > MOST_WORDS:
        return ()
    found = []
    for word in words:
        if len(word) < SHORTEST or not word.isalpha() or _is_known(catalog, encoder, word):
            continue
        if meant := _nearest(catalog, fold(word)):
            found.append((word, meant))
    return tuple(found)


def corrected(need: str, pairs: Iterable[tuple[str, str]]) -> str:
    """The need with its slips put right."""
    for typed, meant in pairs:
        need = re.sub(rf"\b{re.escape(typed)}\b", meant, need)
    return need


def is_one_off(one: str, two: str) -> bool:
    """Whether a letter changed, added, left out or two neighbours swapped lead from one word to the other."""
    if len(one) > len(two):
        one, two = two, one
    if one == two or len(two) - len(one) > 1:
        return False
    start = next((n for n, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), len(one))
    if len(one) < len(two):
        return one[start:] == two[start + 1 :]
    is_changed = one[start + 1 :] == two[start + 1 :]
    is_swapped = (
        one[start : start + 2] == two[start : start + 2][::-1] and one[start + 2 :] == two[start + 2 :]
    )
    return is_changed or is_swapped


def _is_known(catalog: Catalog, encoder: Encoder | None, word: str) -> bool:
    if encoder is not None and len(encoder.spans(word.lower())) == 1:
        return True
    return len(catalog.generation.whole.search(word, 1, catalog.languages)[0]) > 0


def _nearest(catalog: Catalog, word: str) -> str:
    """The most frequent known word with the same first letter that is one letter off; "" without any."""
    near = [
        (-count, known) for known, count in catalog.generation.whole.words(word[0]) if is_one_off(word, known)
    ]
    return min(near, default=(0, ""))[1]
