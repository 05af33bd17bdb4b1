"""Entries by their words, kept in Milvus: answers as `kb.index.lexical` does.

What a need looks for is `kb.index.sought`'s; Milvus is asked once, for all of its forms, each a query of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from kb import Numbers, Scores
from kb.index.milvus_postings import Entries, Postings
from kb.index.milvus_server import MOST
from kb.index.milvus_terms import Terms
from kb.index.sought import Asking
from kb.index.weighed_words import WeighedWords, keys_of_any, weights
from kb.index.weighing import NONE
from kb.index.written import Entry
from kb.words import PLAIN, analyzer, fold

POOL = 1000  # rows that are scored, at least, where not all that have a word of the need are
PER_HIT = 4  # of them for each row that is asked for


class MilvusWords:
    """An index of entries by their words, for any thread; ids are rows, which count from 0."""

    def __init__(self, shelf: Entries, terms: Terms, entry: Callable[[int], Entry]) -> None:
        self._terms = terms
        self._postings = Postings(shelf, terms)
        self._weighed = WeighedWords(self._postings, entry)
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
            rows = self._postings.best(weights(asked), pool, having)
        return self._weighed.search(asked, limit, rows)

    def coverage(self, text: str, languages: Sequence[str] = (), allowed: Numbers | None = None) -> Scores:
        """The share of a text's telling words that each entry has, or each of `allowed`, which ascend: float32."""
        rows = np.arange(self.count, dtype=np.int64) if allowed is None else allowed
        return self._weighed.coverage(self._asking.telling(text, languages), rows, allowed)

    def most_covered(self, text: str, languages: Sequence[str] = ()) -> float:
        """The highest coverage of a text by any entry, from 0 to 1."""
        allowed = None
        if not self._postings.is_small:
            telling = self._asking.telling(text, languages)
            allowed = self._postings.best(
                dict.fromkeys((key for word, _ in telling for key in keys_of_any(word)), 1.0), POOL
            )
        return float(self.coverage(text, languages, allowed).max(initial=0.0))

    def is_telling(self, text: str) -> bool:
        """Whether a text has a word to search by: more than the stop words of one language."""
        return self._asking.is_telling(text)

    def printed(self, text: str, languages: Sequence[str] = (), allowed: Numbers | None = None) -> Scores:
        """Which entries, or which of `allowed`, print a short need, as `kb.index.lexical` says: from 0 to 3."""
        rows = np.arange(self.count, dtype=np.int64) if allowed is None else allowed
        short = self._asking.printed(text, languages)
        return (
            np.zeros(len(rows), np.float32) if short is None else self._weighed.printed(short, rows, allowed)
        )

    def has(self, phrases: Sequence[str]) -> bool:
        """Whether some entry has each phrase word for word."""
        rows: Numbers | None = None
        for ways in self._asking.phrased(phrases):
            rows = self._weighed.printing(ways, rows)
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
            rows = among = self._weighed.printing(ways, among)
        return rows[~self._weighed.having_any(self._asking.excluding(excluded, languages), rows)]

    def words(self, prefix: str = "", limit: int | None = None) -> list[tuple[str, int]]:
        """The plain words that start so, with the number of entries that have each, most frequent first."""
        return self._terms.words("".join(analyzer(PLAIN).analyze(fold(prefix))), limit)

    def _valid(self, allowed: Numbers) -> Numbers:
        rows = np.unique(np.asarray(allowed, dtype=np.int64))
        return rows[(rows >= 0) & (rows < self.count)]
