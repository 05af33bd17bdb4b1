"""How a text's forms are weighed, in Milvus and when they are read back: BM25, as tantivy reckons it.

Milvus keeps a number for each form of a row: how often it is there, saturated and levelled by the row's length against
a NOMINAL one. Milvus finds the best rows by these; what a row's length is worth depends on the average of a whole
generation, so the count is got back from the number and weighed anew, and the engines answer alike.
"""

from __future__ import annotations

import hashlib
import zlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kb import Scores
from kb.index.written import Entry
from kb.words import PLAIN, STEMMERS, analyzer, stems

K1, B = 1.2, 0.75  # tantivy's
NOMINAL = 100.0  # words, about a passage
MOST_DIMENSION = 2**32 - 2  # Milvus's own limit
NO_WORD = {0: 1e-6}  # of a row without any: Milvus takes no empty ones
TONGUES = tuple(STEMMERS)
EXACT = 40  # words: longer texts' lengths are kept in steps of an eighth or less, as tantivy keeps them


@dataclass(frozen=True, slots=True)
class Weighed:
    """An entry's forms, each with how often it is there; its plain words; those stemmed, and in which of TONGUES.

    The lengths are as tantivy keeps them; the tongue is -1 where nothing is stemmed.
    """

    forms: Counter[tuple[str, str]]
    plain: int
    stemmed: int
    tongue: int

    @classmethod
    def of(cls, entry: Entry) -> Weighed:
        """Cut an entry as `kb.index.lexical` does."""
        forms: Counter[tuple[str, str]] = Counter()
        plain = stemmed = 0
        tongue = TONGUES.index(entry.language) if entry.language in TONGUES else -1
        for text in filter(None, (entry.context, entry.label, entry.text)):
            written = stems.Written.of(text)
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

    def numbers(self) -> dict[int, float]:
        """What Milvus keeps: a number a form, by the form's dimension."""
        found: dict[int, float] = {}
        for (kind, form), times in self.forms.items():
            length = as_kept(self.plain if kind == PLAIN else self.stemmed)
            number = times * (K1 + 1) / (times + levelled(length, NOMINAL))
            place = dimension(kind, form)
            found[place] = max(number, found.get(place, 0.0))
        return found or dict(NO_WORD)


def dimension(kind: str, form: str) -> int:
    """The place of a form in a sparse vector: two in a million forms may share one with another."""
    return min(zlib.crc32(f"{kind}\0{form}".encode("utf-8", "surrogatepass")), MOST_DIMENSION)


def mark_of(value: str) -> int:
    """A value that entries are filtered by as a number, from 0 to 2**63 - 1."""
    digest = hashlib.blake2b(value.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1


def tongue_mark(language: str) -> str:
    """What says that an entry is written in a language, which is no facet's value."""
    return f" written in {language}"


def levelled(length: float, average: float) -> float:
    """What a word's count is set against: more in a long text, BM25's k1 in one of average length."""
    return K1 * (1 - B + B * length / average)


def times_of(numbers: Scores, lengths: NDArray[np.int64]) -> Scores:
    """How often a form is in rows of these lengths, as kept, by the numbers that Milvus keeps."""
    level = K1 * (1 - B + B * lengths / NOMINAL)
    return np.asarray(np.rint(numbers * level / np.maximum(K1 + 1 - numbers, 1e-9)), dtype=np.float32)


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


def lengths_of(weighed: Iterable[Weighed]) -> NDArray[np.int32]:
    """Plain words, stemmed words and tongue of each, int32 (n, 3)."""
    found: Sequence[tuple[int, int, int]] = [one.lengths for one in weighed]
    return np.array(found, dtype=np.int32).reshape(-1, 3)
