"""What Milvus keeps of a form in a row, and how often it is there by that.

Milvus keeps a number for each form of a row: how often it is there, saturated and levelled by the row's length against
a NOMINAL one. Milvus finds the best rows by these; what a row's length is worth depends on the average of a whole
generation, so the count is got back from the number and weighed anew (`kb.index.weighing`).
"""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray

from kb import Scores
from kb.index.weighing import K1, B, Weighed, as_kept, form_number, levelled
from kb.words import PLAIN

NOMINAL = 100.0  # words, about a passage
MOST_DIMENSION = 2**32 - 2  # Milvus's own limit
NO_WORD = {0: 1e-6}  # of a row without any: Milvus takes no empty ones


def numbers_of(weighed: Weighed) -> dict[int, float]:
    """What Milvus keeps of an entry: a number a form, by the form's dimension."""
    found: dict[int, float] = {}
    for (kind, form), times in weighed.forms.items():
        length = as_kept(weighed.plain if kind == PLAIN else weighed.stemmed)
        number = times * (K1 + 1) / (times + levelled(length, NOMINAL))
        place = dimension(kind, form)
        found[place] = max(number, found.get(place, 0.0))
    return found or dict(NO_WORD)


def dimension(kind: str, form: str) -> int:
    """The place of a form in a sparse vector."""
    return min(form_number(kind, form), MOST_DIMENSION)


def mark_of(value: str) -> int:
    """A value that entries are filtered by as a number, from 0 to 2**63 - 1."""
    digest = hashlib.blake2b(value.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1


def tongue_mark(language: str) -> str:
    """What says that an entry is written in a language, which is no facet's value."""
    return f" written in {language}"


def times_of(numbers: Scores, lengths: NDArray[np.int64]) -> Scores:
    """How often a form is in rows of these lengths, as kept, by the numbers that Milvus keeps."""
    level = K1 * (1 - B + B * lengths / NOMINAL)
    return np.asarray(np.rint(numbers * level / np.maximum(K1 + 1 - numbers, 1e-9)), dtype=np.float32)
