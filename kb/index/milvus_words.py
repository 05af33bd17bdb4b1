"""Entries by their words, kept in Milvus: answers as `kb.index.lexical` does.

What a need looks for is `kb.index.sought`'s; Milvus is asked once, for all of its forms, each a query of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from kb import Mask, Numbers, Scores
from kb.index.milvus_postings import NONE, Entries, FormKey, Posting, Postings, keys_of
from kb.index.milvus_server import MOST
from kb.index.milvus_terms import Terms
from kb.index.sought import AnyForm, Apart, Asking, SoughtAll, SoughtForm, SoughtWords
from kb.words import PLAIN, analyzer, fold

POOL = 1000  # rows that are scored, at least, where not all that have a word of the need are
PER_HIT = 4  # of them for each row that is asked for

ByForm = Mapping[FormKey, Posting]


class MilvusWords:
    """An index of entries by their words, for any thread; ids are rows, which count from 0."""

    def __init__(self, shelf: Entries, terms: Terms) -> None:
        self._terms = terms
        self._postings = Postings(shelf, terms)
        self._asking = Asking(self)

    @property
    def count(self) -> int:
        """Entries in the index."""
        return self._postings.count

    @property
    def languages(self) -> tuple[str, ...]:
        """Those with a stemmer that some entry is written in."""
        return self._terms.languages

    def having(self, kind: str, form: str) -> int:
        """How many entries have a form of a kind, PLAIN or a language."""
        return self._terms.having(kind, form)

    def search(
        self,
        text: str,
        limit: int,
        languages: Sequence[str] = (),
        allowed: Numbers | None = None,
        phrases: Sequence[str] = (),
        excluded: Sequence[str] = (),
        *,
        having: Sequence[Sequence[str]] = (),
        is_rough: bool = False,
    ) -> tuple[Numbers, Scores]:
        """The entries that have most of a text's words, best first, equal scores by id; at most `limit`.

        Of many entries, or where values are asked for, those are scored that Milvus finds best.
        """
        del is_rough  # Milvus finds roughly what is scored then
        asked = self._asking.searched(text, languages, phrases, excluded)
        rows = None if allowed is None else self._valid(allowed)
        if not (asked.wanted or asked.phrases) or limit <= 0 or (rows is not None and not len(rows)):
            return NONE.rows, NONE.weights
        if rows is None and (having or not self._postings.is_small):
            pool = min(max(POOL, PER_HIT * limit), MOST)
            rows = self._postings.best(_weights(asked), pool, having)
        found = self._postings.of(_keys(asked), rows)
        if rows is None:
            rows = np.unique(np.concatenate([NONE.rows, *(one.rows for one in found.values())]))
        scores = np.zeros(len(rows), dtype=np.float32)
        for words in asked.wanted:
            scores += words.boost * self._best_of(words, rows, found)
        is_kept = scores > 0 if asked.wanted else np.ones(len(rows), dtype=bool)
        for ways in asked.phrases:
            is_kept &= np.isin(rows, self._postings.printing(ways, rows))
            scores += _sum((SoughtForm(PLAIN, word, 1.0) for word in ways[0]), rows, found)
        is_kept &= ~self._has_any(asked.excluded, rows)
        order = np.lexsort((rows[is_kept], -scores[is_kept]))[:limit]
        return rows[is_kept][order], scores[is_kept][order]

    def coverage(self, text: str, languages: Sequence[str] = (), allowed: Numbers | None = None) -> Scores:
        """The share of a text's telling words that each entry has, or each of `allowed`, which ascend: float32."""
        telling = self._asking.telling(text, languages)
        rows = np.arange(self.count, dtype=np.int64) if allowed is None else allowed
        held = np.zeros(len(rows), dtype=np.float32)
        if not telling or not len(rows):
            return held
        found = self._postings.of((key for word, _ in telling for key in _keys_of_any(word)), allowed)
        for word, weight in telling:
            held[np.searchsorted(rows, self._any(word, found, allowed))] += np.float32(weight)
        return held / np.float32(sum(weight for _, weight in telling))

    def most_covered(self, text: str, languages: Sequence[str] = ()) -> float:
        """The highest coverage of a text by any entry, from 0 to 1."""
        allowed = None
        if not self._postings.is_small:
            telling = self._asking.telling(text, languages)
            allowed = self._postings.best(
                dict.fromkeys((key for word, _ in telling for key in _keys_of_any(word)), 1.0), POOL
            )
        return float(self.coverage(text, languages, allowed).max(initial=0.0))

    def is_telling(self, text: str) -> bool:
        """Whether a text has a word to search by: more than the stop words of one language."""
        return self._asking.is_telling(text)

    def printed(self, text: str, languages: Sequence[str] = (), allowed: Numbers | None = None) -> Scores:
        """Which entries, or which of `allowed`, print a short need, as `kb.index.lexical` says: from 0 to 3."""
        held = np.zeros(self.count if allowed is None else len(allowed), dtype=np.float32)
        short = self._asking.printed(text, languages)
        if short is None:
            return held
        rows = self._all(short.words, allowed)
        exact = self._all(short.bare, rows)
        for some in (rows, exact, self._postings.printing(short.together, rows)):
            held[some if allowed is None else np.searchsorted(allowed, some)] += 1
        return held

    def has(self, phrases: Sequence[str]) -> bool:
        """Whether some entry has each phrase word for word."""
        rows: Numbers | None = None
        for ways in self._asking.phrased(phrases):
            rows = self._postings.printing(ways, rows)
        return rows is None or len(rows) > 0

    def matching(
        self,
        phrases: Sequence[str] = (),
        excluded: Sequence[str] = (),
        languages: Sequence[str] = (),
        allowed: Numbers | None = None,
    ) -> Numbers:
        """All (`allowed`) ids, ascending, that have each phrase word for word and none of the excluded words."""
        rows = np.arange(self.count, dtype=np.int64) if allowed is None else self._valid(allowed)
        among = None if allowed is None else rows
        for ways in self._asking.phrased(phrases):
            rows = among = self._postings.printing(ways, among)
        return rows[~self._has_any(self._asking.excluding(excluded, languages), rows)]

    def words(self, prefix: str = "", limit: int | None = None) -> list[tuple[str, int]]:
        """The plain words that start so, with the number of entries that have each, most frequent first."""
        return self._terms.words("".join(analyzer(PLAIN).analyze(fold(prefix))), limit)

    def _valid(self, allowed: Numbers) -> Numbers:
        rows = np.unique(np.asarray(allowed, dtype=np.int64))
        return rows[(rows >= 0) & (rows < self.count)]

    def _best_of(self, words: SoughtWords, rows: Numbers, found: ByForm) -> Scores:
        """Words, or the compound that they are together, whatever counts more: none counts twice."""
        best = np.maximum(_sum(words.forms, rows, found), _sum(words.whole, rows, found))
        for one in words.apart:
            is_apart = np.isin(rows, self._postings.printing((one.two,), rows), assume_unique=True)
            best = np.maximum(best, np.where(is_apart, np.float32(one.weight), np.float32(0)))
        return best

    def _all(self, words: Sequence[AnyForm], allowed: Numbers | None) -> Numbers:
        """The rows, ascending, that have each word in any form, the rarest word first."""
        rows = allowed
        for word in sorted(words, key=self._frequency):
            rows = self._any(word, self._postings.of(_keys_of_any(word), rows), rows)
        return NONE.rows if rows is None else rows

    def _frequency(self, word: AnyForm) -> int:
        return max(self._terms.having(form.kind, form.text) for form in word.forms)

    def _any(self, word: AnyForm, found: ByForm, among: Numbers | None) -> Numbers:
        """The rows, ascending, that have a word in any form."""
        each = [found.get(key, NONE).rows for key in keys_of(word.forms)]
        each += [self._postings.printing((one.two,), among) for one in word.apart]
        return np.unique(np.concatenate([NONE.rows, *each]))

    def _has_any(self, words: Sequence[AnyForm], rows: Numbers) -> Mask:
        is_any = np.zeros(len(rows), dtype=bool)
        if words and len(rows):
            found = self._postings.of((key for word in words for key in _keys_of_any(word)), rows)
            for word in words:
                is_any[np.searchsorted(rows, self._any(word, found, rows))] = True
        return is_any


def _sum(forms: Iterable[SoughtForm], rows: Numbers, found: ByForm) -> Scores:
    """What forms add up to in some rows, which ascend and have those that were found among them."""
    total = np.zeros(len(rows), dtype=np.float32)
    for form in forms:
        posting = found.get((form.kind, form.text), NONE)
        total[np.searchsorted(rows, posting.rows)] += np.float32(form.weight) * posting.weights
    return total


def _keys_of_any(word: AnyForm) -> list[FormKey]:
    return [*keys_of(word.forms), *_keys_apart(word.apart)]


def _keys_apart(apart: Sequence[Apart]) -> list[FormKey]:
    return [(PLAIN, word) for one in apart for word in one.two]


def _keys(asked: SoughtAll) -> list[FormKey]:
    found = [key for words in asked.wanted for key in keys_of((*words.forms, *words.whole))]
    found += [key for words in asked.wanted for key in _keys_apart(words.apart)]
    return [*found, *((PLAIN, word) for ways in asked.phrases for way in ways for word in way)]


def _weights(asked: SoughtAll) -> dict[FormKey, float]:
    """How much each form counts, to find the rows that are worth scoring."""
    found = {(PLAIN, word): 1.0 for ways in asked.phrases for word in ways[0]}
    for words in asked.wanted:
        for form in (*words.whole, *words.forms):
            found[form.kind, form.text] = words.boost * form.weight
        for key in _keys_apart(words.apart):
            found.setdefault(key, words.boost / 2)
    return found
