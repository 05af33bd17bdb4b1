"""Hyphens at line ends: those of compounds and those that only break a word, told apart by the document's own words.

No language's list is asked. The weights were fitted on the pairs of 22 handbooks in five languages whose other
occurrences say what they are, with these occurrences taken away.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from ingest.page.lines import Line, Role

_HYPHENS = ("\u00ad", "-", "\u2010", "\u2011")
_SUSPENDED = re.compile(r"[^\W\d]- (\w+)")  # "pre- and post-test"
_STARTS, _ENDS = "^", "$"
_REACH = 2  # letters that the next one is guessed from
_FADE = 2.0  # how much shorter contexts count beside longer ones
_HEAD_KNOWN, _TAIL_KNOWN, _HAS_HYPHEN, _PRIOR, _BIAS = 2.0, 3.0, 2.0, 2.0, -1.0
_LEAST_TAIL = 2  # letters: a shorter end of a word is often a word, too
_LEAST_HEAD = 2  # letters: no setter breaks off fewer


def settled(lines: Iterable[Line], words: frozenset[str]) -> frozenset[str]:
    """The document's words, folded, and for each pair of halves at a line's end what they make.

    That is the compound with its hyphen, the word without it, or "head- tail" where the hyphen stands for a word that
    is left out.
    """
    texts = [line.text for line in lines if line.role == Role.BODY]
    pairs = sorted(set(_pairs(texts)))
    joints = sum(f"{head}{tail}" in words for head, tail in pairs)
    compounds = sum(f"{head}-{tail}" in words for head, tail in pairs)
    prior = math.log((compounds + 1) / (joints + 1))
    open_pairs = [p for p in pairs if not {"".join(p), "-".join(p)} & words]
    if not open_pairs:
        return words
    suspended = {word for text in texts for word in _SUSPENDED.findall(text.casefold())}
    ways = _Ways(words)
    return words | {
        f"{head}- {tail}"
        if tail in suspended
        else f"{head}-{tail}"
        if _is_compound(head, tail, words, ways, prior)
        else f"{head}{tail}"
        for head, tail in open_pairs
    }


def halves(before: str, after: str) -> tuple[str, str] | None:
    """The halves at a line's end, None where no word ends in a hyphen there."""
    if not before.endswith(_HYPHENS) or len(before) < _LEAST_HEAD or not before[-2].isalnum():
        return None
    return re.split(r"[^\w\u00ad-]", before[:-1])[-1], re.split(r"[^\w-]", after)[0]


def _pairs(texts: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Halves that may be either: a capital after the hyphen leaves no doubt."""
    for before, after in pairwise(texts):
        pair = halves(before, after)
        if pair and pair[0] and pair[0][-1].isalpha() and pair[1][:1].islower():
            yield pair[0].casefold(), pair[1].casefold()


def _is_compound(head: str, tail: str, words: frozenset[str], ways: _Ways, prior: float) -> bool:
    first, last = head.rsplit("-", 1)[-1], tail.split("-", 1)[0]
    if f"{first}{last}" in words:
        return False
    if len(first) < _LEAST_HEAD:
        return True
    score = ways.odds_of_boundary(first, last) + _PRIOR * prior + _BIAS
    score += _HEAD_KNOWN * (first in words) + _TAIL_KNOWN * (last in words and len(last) > _LEAST_TAIL)
    return score + _HAS_HYPHEN * ("-" in head or "-" in tail) > 0


class _Ways:
    """How letters follow each other in a document's words, as smoothed counts of three in a row."""

    def __init__(self, words: Iterable[str]) -> None:
        self._after: Counter[str] = Counter()
        self._seen: Counter[str] = Counter()
        for part in (part for word in words for part in word.split("-")):
            text = f"{_STARTS}{part}{_ENDS}"
            for at in range(1, len(text)):
                for start in range(max(at - _REACH, 0), at + 1):
                    self._after[text[start : at + 1]] += 1
                    self._seen[text[start:at]] += 1
        self._signs = sum(len(run) == 1 for run in self._after) + 1

    def odds_of_boundary(self, head: str, tail: str) -> float:
        """Log odds that one word ends and another begins here, against one that goes on."""
        before, apart, whole = f"{_STARTS}{head}", _STARTS, 0.0
        boundary = math.log(self._chance(before, _ENDS))
        for letter in tail[:_REACH]:
            boundary += math.log(self._chance(apart, letter))
            whole += math.log(self._chance(before, letter))
            apart, before = apart + letter, before + letter
        return boundary - whole

    def _chance(self, context: str, letter: str) -> float:
        chance = 1 / self._signs
        for length in range(_REACH + 1):
            seen = context[len(context) - length :] if length else ""
            if len(context) >= length:
                chance = (self._after[seen + letter] + _FADE * chance) / (self._seen[seen] + _FADE)
        return chance
