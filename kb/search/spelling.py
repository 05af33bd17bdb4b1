"""Words of a need that the library does not know, and the known ones that they are a slip of the key from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from kb.model import Encoder
from kb.search.catalogue import Catalog
from kb.words import PLAIN, fold, is_one_stem, matching_ranges

MOST_WORDS = 4
"""A longer need has other words to go by, and a wrong guess there would do more harm than a slip."""
SHORTEST = 5
ENGLISH = ("en",)
RARE = 2  # records; a word that more have is meant
TIMES = 5  # as many records must have what is offered instead, unless it is in a name


def telling_words(text: str, languages: Iterable[str]) -> list[str]:
    """The different words of a text that are no stop words in any of these languages, as typed, in order."""
    kept: set[tuple[int, int]] | None = None
    for language in tuple(languages) or ENGLISH:
        ranges = set(matching_ranges(text, text, language))
        kept = ranges if kept is None else kept & ranges
    words = [text[start:end] for start, end in sorted(kept or ())]
    return list({fold(word): word for word in reversed(words)}.values())[::-1]


def corrections(
    catalog: Catalog, encoder: Encoder | None, need: str, names: Mapping[str, str]
) -> tuple[tuple[str, str], ...]:
    """Pairs of (typed, meant): words of a short need that are in no record, one letter off some that are.

    Words of `names`, by their folded form, go before others.

    A word that the model knows whole is no slip, however rare it is here.
    """
    words = telling_words(need, catalog.languages)
    if len(words) > MOST_WORDS:
        return ()
    found = []
    for word in words:
        if len(word) < SHORTEST or not word.isalpha() or _is_known(catalog, encoder, word):
            continue
        if meant := _nearest(catalog, fold(word), names):
            found.append((word, meant))
    return tuple(found)


def likely(
    catalog: Catalog, encoder: Encoder | None, need: str, names: Mapping[str, str]
) -> tuple[tuple[str, str], ...]:
    """Pairs of (typed, perhaps meant): rare words of a need one letter off a frequent one, or one of a name.

    `names` are the words of titles, tools, institutions and themes as they are written, by their folded form. For
    something to offer, not to apply: a rare word may be just what is meant. What the model knows whole is passed
    over, and so are other forms of the same word.
    """
    found = []
    for word in telling_words(need, catalog.languages):
        plain = fold(word)
        if len(word) < SHORTEST or not word.isalpha() or plain in names or _is_whole(encoder, word):
            continue
        having = _having(catalog, word, RARE)
        if having <= RARE and (meant := _likelier(catalog, plain, having, names)):
            found.append((word, meant.capitalize() if word[0].isupper() and meant.islower() else meant))
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


def _is_whole(encoder: Encoder | None, word: str) -> bool:
    return encoder is not None and len(encoder.spans(word.lower())) == 1


def _is_known(catalog: Catalog, encoder: Encoder | None, word: str) -> bool:
    return _is_whole(encoder, word) or _having(catalog, word, 0) > 0


def _having(catalog: Catalog, word: str, few: int) -> int:
    """How many records have a word in some form; of one that more than a few have, more than that.

    They are found where not already more have it as it is typed, which is counted.
    """
    whole = catalog.generation.whole
    plain = whole.having(PLAIN, fold(word))
    return plain if plain > few else len(whole.search(word, few + 1, catalog.languages)[0])


def _nearest(catalog: Catalog, word: str, names: Mapping[str, str]) -> str:
    """The known word with the same first letter that is one letter off; a name's, else the most frequent one."""
    near = [
        (known not in names, -count, known)
        for known, count in catalog.generation.whole.words(word[0])
        if is_one_off(word, known)
    ]
    return min(near, default=(False, 0, ""))[2]


def _likelier(catalog: Catalog, word: str, having: int, names: Mapping[str, str]) -> str:
    """The name's word, else the most frequent one, with the same first letter and one letter off; "" without any."""
    languages = catalog.languages or ENGLISH
    near = [
        (-count, known) for known, count in catalog.generation.whole.words(word[0]) if is_one_off(word, known)
    ]
    enough = TIMES * max(1, having)
    fitting = [
        (-len(catalog.records), known) for known in names if known[:1] == word[0] and is_one_off(word, known)
    ]
    fitting += [(count, known) for count, known in near if -count >= enough]
    found = (known for _, known in sorted(fitting) if not is_one_stem(word, known, languages))
    meant = next(found, "")
    return names.get(meant, meant)
