"""Entries scored by the forms of their words, wherever these are kept, as tantivy adds up what a need asks for.

Only phrases count otherwise: by their words in the first of the ways to print them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache, reduce
from itertools import pairwise
from typing import Protocol

import numpy as np

from kb import Mask, Numbers, Scores
from kb.index.sought import AnyForm, Apart, ShortNeed, SoughtAll, SoughtForm, SoughtWords, Ways
from kb.index.weighing import NONE, FormKey, Posting, keys_of
from kb.index.written import Entry, cut
from kb.words import PLAIN, analyzer, fold, letters, stems

TEXTS = 2048  # rows whose plain words, and letters, are kept: some megabytes
BETWEEN = 8  # letters of no word that may stand between two words

ByForm = Mapping[FormKey, Posting]


class Forms(Protocol):
    """What is kept of entries by their forms; rows count from 0."""

    def having(self, kind: str, form: str) -> int:
        """How many entries have a form of a kind, PLAIN or a language."""

    def of(self, keys: Iterable[FormKey], among: Numbers | None = None) -> ByForm:
        """The rows that have each form; of `among`, which ascend, where they are given."""


class WeighedWords:
    """What entries have of a need by their forms, for any thread; `entry` says what a row is.

    Rows that are given ascend; None stands for all that have any word.
    """

    def __init__(self, forms: Forms, entry: Callable[[int], Entry]) -> None:
        self._forms = forms
        self._pieces = lru_cache(maxsize=TEXTS)(lambda row: _pieces(entry(row)))
        self._solid = lru_cache(maxsize=TEXTS)(lambda row: solid(entry(row)))

    def search(self, asked: SoughtAll, limit: int, rows: Numbers | None) -> tuple[Numbers, Scores]:
        """The rows with a word that is wanted, each phrase and nothing excluded, and what they add up to, best first.

        Equal scores come by row; at most `limit`.
        """
        found = self._forms.of(_keys(asked), rows)
        if rows is None:
            rows = np.unique(np.concatenate([NONE.rows, *(one.rows for one in found.values())]))
        scores = np.zeros(len(rows), dtype=np.float32)
        for words in asked.wanted:
            scores += words.boost * self._best_of(words, rows, found)
        is_kept = scores > 0 if asked.wanted else np.ones(len(rows), dtype=bool)
        for ways in asked.phrases:
            is_kept &= np.isin(rows, self.printing(ways, rows))
            scores += _sum((SoughtForm(PLAIN, word, 1.0) for word in ways[0]), rows, found)
        is_kept &= ~self.having_any(asked.excluded, rows)
        rows, scores = rows[is_kept], scores[is_kept]
        order = np.lexsort((rows, -scores))[:limit]
        return rows[order], scores[order]

    def coverage(
        self, telling: Sequence[tuple[AnyForm, float]], rows: Numbers, among: Numbers | None
    ) -> Scores:
        """The share of telling words, by their weights, that each row has: float32; `among` is as `rows`, or None."""
        held = np.zeros(len(rows), dtype=np.float32)
        if not telling or not len(rows):
            return held
        found = self._forms.of((key for word, _ in telling for key in keys_of_any(word)), among)
        for word, weight in telling:
            held[np.searchsorted(rows, self._any(word, found, among))] += np.float32(weight)
        return held / np.float32(sum(weight for _, weight in telling))

    def printed(self, short: ShortNeed, rows: Numbers, among: Numbers | None) -> Scores:
        """How exactly each row prints a short need, as `kb.index.lexical` says, from 0 to 3; `among` as above."""
        held = np.zeros(len(rows), dtype=np.float32)
        having = self._all(short.words, among)
        for some in (having, self._all(short.bare, having), self.printing(short.together, having)):
            held[np.searchsorted(rows, some)] += 1
        return held

    def printing(self, ways: Ways, among: Numbers | None = None) -> Numbers:
        """The rows that print a phrase in one of these ways."""
        found = self._forms.of([(PLAIN, word) for way in ways for word in way], among)
        each = [self._printing(way, [found.get((PLAIN, word), NONE).rows for word in way]) for way in ways]
        return np.unique(np.concatenate([NONE.rows, *each]))

    def having_any(self, words: Sequence[AnyForm], rows: Numbers) -> Mask:
        """Which of some rows have any of the words in any form."""
        is_any = np.zeros(len(rows), dtype=bool)
        if words and len(rows):
            found = self._forms.of((key for word in words for key in keys_of_any(word)), rows)
            for word in words:
                is_any[np.searchsorted(rows, self._any(word, found, rows))] = True
        return is_any

    def _printing(self, way: Sequence[str], having: Sequence[Numbers]) -> Numbers:
        rows: Numbers = reduce(np.intersect1d, having)
        if len(way) == 1 or not len(rows):
            return rows
        is_there = [self._prints(row, way) for row in rows.tolist()]
        return np.asarray(rows[np.array(is_there, dtype=bool)], dtype=np.int64)

    def _prints(self, row: int, way: Sequence[str]) -> bool:
        if not may_print(self._solid(row), way):
            return False
        sought = f" {' '.join(way)} "
        return any(sought in piece for piece in self._pieces(row))

    def _best_of(self, words: SoughtWords, rows: Numbers, found: ByForm) -> Scores:
        """Words, or the compound that they are together, whatever counts more: none counts twice."""
        best = np.maximum(_sum(words.forms, rows, found), _sum(words.whole, rows, found))
        for one in words.apart:
            is_apart = np.isin(rows, self._together(one, found), assume_unique=True)
            best = np.maximum(best, np.where(is_apart, np.float32(one.weight), np.float32(0)))
        return best

    def _together(self, apart: Apart, found: ByForm) -> Numbers:
        """The rows that print a word in two."""
        return self._printing(apart.two, [found.get((PLAIN, word), NONE).rows for word in apart.two])

    def _all(self, words: Sequence[AnyForm], among: Numbers | None) -> Numbers:
        """The rows that have each word in any form, the rarest word first."""
        rows = among
        for word in sorted(words, key=self._frequency):
            rows = self._any(word, self._forms.of(keys_of_any(word), rows), rows)
        return NONE.rows if rows is None else rows

    def _frequency(self, word: AnyForm) -> int:
        return max(self._forms.having(form.kind, form.text) for form in word.forms)

    def _any(self, word: AnyForm, found: ByForm, among: Numbers | None) -> Numbers:
        """The rows that have a word in any form."""
        each = [found.get(key, NONE).rows for key in keys_of(word.forms)]
        each += [self._together(one, found) for one in word.apart]
        rows = np.unique(np.concatenate([NONE.rows, *each]))
        return rows if among is None else rows[np.isin(rows, among, assume_unique=True)]


def weights(asked: SoughtAll) -> dict[FormKey, float]:
    """How much each form counts, to find the rows that are worth scoring."""
    found = {(PLAIN, word): 1.0 for ways in asked.phrases for word in ways[0]}
    for words in asked.wanted:
        for form in (*words.whole, *words.forms):
            found[form.kind, form.text] = words.boost * form.weight
        for key in _keys_apart(words.apart):
            found.setdefault(key, words.boost / 2)
    return found


def keys_of_any(word: AnyForm) -> list[FormKey]:
    """What a word is known by, in one and apart."""
    return [*keys_of(word.forms), *_keys_apart(word.apart)]


def solid(entry: Entry) -> str:
    """The letters of an entry with nothing between, told sooner than its words; "" where tantivy drops some of it."""
    words = f"{entry.context} {entry.label} {entry.text}".split()
    if max((len(word.encode("utf-8", "replace")) for word in words), default=0) >= stems.LONGEST_WORD:
        return ""
    return letters.__wrapped__("".join(analyzer(PLAIN).analyze(fold(" ".join(words)))))


def may_print(solid: str, way: Sequence[str]) -> bool:
    """Whether words may stand one after the other in a text of these letters; "" says nothing, so they may.

    Between two there may be letters that are no words, as in "d'études", or that stand for a sign.
    """
    return not solid or all(_is_near(solid, letters(one), letters(two)) for one, two in pairwise(way))


def _is_near(solid: str, one: str, two: str) -> bool:
    """Whether one stands right before two, or with few letters between; the longer one is looked for, as the rarer."""
    sought = max(one, two, key=len)
    at = solid.find(sought)
    while at >= 0:
        end = at + len(sought)
        if sought is two and one in solid[max(at - BETWEEN - len(one), 0) : at]:
            return True
        if sought is not two and two in solid[end : end + BETWEEN + len(two)]:
            return True
        at = solid.find(sought, at + 1)
    return False


def _pieces(entry: Entry) -> tuple[str, ...]:
    """The texts of an entry as their plain words with a space around each, compounds in one at their place, too."""
    found = []
    for written in cut(entry):
        found += [written.plain, written.in_one] if written.in_one else [written.plain]
    return tuple(f" {' '.join(analyzer(PLAIN).analyze(text))} " for text in found)


def _sum(forms: Iterable[SoughtForm], rows: Numbers, found: ByForm) -> Scores:
    """What forms add up to in some rows, which have those that were found among them."""
    total = np.zeros(len(rows), dtype=np.float32)
    for form in forms:
        if (posting := found.get((form.kind, form.text))) is not None:
            total[np.searchsorted(rows, posting.rows)] += np.float32(form.weight) * posting.weights
    return total


def _keys_apart(apart: Sequence[Apart]) -> list[FormKey]:
    return [(PLAIN, word) for one in apart for word in one.two]


def _keys(asked: SoughtAll) -> list[FormKey]:
    found = [key for words in asked.wanted for key in keys_of((*words.forms, *words.whole))]
    found += [key for words in asked.wanted for key in _keys_apart(words.apart)]
    return [*found, *((PLAIN, word) for ways in asked.phrases for way in ways for word in way)]
