"""How the forms of an entry's words are weighed: BM25, as tantivy reckons it.

tantivy keeps entries by the forms they have. What keeps forms by entry (`kb.index.forms_by_entry`), or keeps them in
Milvus (`kb.index.milvus_words`), weighs them here, so that all answer alike.
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kb import Numbers, Scores
from kb.index.sought import SoughtForm
from kb.index.written import Entry
from kb.words import PLAIN, STEMMERS, analyzer, stems

K1, B = 1.2, 0.75  # tantivy's
TONGUES = tuple(STEMMERS)
EXACT = 40  # words: longer texts' lengths are kept in steps of an eighth or less, as tantivy keeps them

FormKey = tuple[str, str]
"""A form: its kind, PLAIN or a language, and itself."""


@dataclass(frozen=True, slots=True)
class Posting:
    """The rows that have a form, ascending, and BM25's weight of it in each."""

    rows: Numbers
    weights: Scores

    def among(self, rows: Numbers | None) -> Posting:
        """Those of some rows, which ascend."""
        if rows is None:
            return self
        is_among = np.isin(self.rows, rows, assume_unique=True)
        return Posting(self.rows[is_among], self.weights[is_among])


NONE = Posting(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32))


@dataclass(frozen=True, slots=True)
class Weighed:
    """An entry's forms, each with how often it is there; its plain words; those stemmed, and in which of TONGUES.

    The tongue is -1 where nothing is stemmed.
    """

    forms: Counter[FormKey]
    plain: int
    stemmed: int
    tongue: int

    @classmethod
    def of(cls, entry: Entry, cut: Sequence[stems.Written]) -> Weighed:
        """Count the forms of an entry, whose texts are cut (`kb.index.written.cut`)."""
        forms: Counter[FormKey] = Counter()
        plain = stemmed = 0
        tongue = TONGUES.index(entry.language) if entry.language in TONGUES else -1
        for written in cut:
            words = analyzer(PLAIN).analyze(written.plain)
            forms.update((PLAIN, word) for word in words)
            plain += len(words)
            if tongue >= 0:
                words = analyzer(entry.language).analyze(written.to_stem)
                forms.update((entry.language, word) for word in words)
                stemmed += len(words)
        return cls(forms, plain, stemmed, tongue)

    @property
    def lengths(self) -> tuple[int, int, int]:
        """Plain words, stemmed ones, and the tongue."""
        return self.plain, self.stemmed, self.tongue


def averages(lengths: NDArray[np.int32]) -> dict[str, float]:
    """The average length of all entries, by the kind of their forms; lengths are int32, as `Weighed.lengths` begins."""
    plain, stemmed, tongues = (lengths[:, column].astype(np.int64) for column in range(3))
    count = max(len(lengths), 1)
    found = {PLAIN: float(plain.sum()) / count}
    for tongue, language in enumerate(TONGUES):
        found[language] = float(stemmed[tongues == tongue].sum()) / count
    return found


def form_number(kind: str, form: str) -> int:
    """A form as a number below 2**32: of a million forms two hundred share theirs with another."""
    return zlib.crc32(f"{kind}\0{form}".encode("utf-8", "surrogatepass"))


def keys_of(forms: Iterable[SoughtForm]) -> list[FormKey]:
    """What forms are known by."""
    return [(form.kind, form.text) for form in forms]


def levelled(length: float, average: float) -> float:
    """What a word's count is set against: more in a long text, BM25's k1 in one of average length."""
    return K1 * (1 - B + B * length / average)


def bm25(times: Scores, lengths: NDArray[np.int64], average: float, rarity: float) -> Scores:
    """BM25 of a form that is so often in rows of these lengths."""
    level = K1 * (1 - B + B * lengths / max(average, 1e-9))
    return np.asarray(rarity * (K1 + 1) * times / (times + level), dtype=np.float32)


def as_kept(length: int) -> int:
    """A length as tantivy, and Lucene before it, keeps it: exact up to 40, then by its four leading bits above 24."""
    if length < EXACT:
        return length
    above = length - 24
    shift = above.bit_length() - 4
    return 24 + (above >> shift << shift)


def all_as_kept(lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    """The same of many."""
    above = np.maximum(lengths - 24, 1)
    shift = np.maximum(np.frexp(above.astype(np.float64))[1] - 4, 0)
    return np.where(lengths < EXACT, lengths, 24 + (above >> shift << shift)).astype(np.int64)
