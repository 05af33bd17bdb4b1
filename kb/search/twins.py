"""Records that say the same in several handbooks: one of them answers, and the others are named with it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from kb import Kind, Numbers, Record, Vectors
from kb.words import letters

SAME = 0.97
"""Cosine of means from which two records of one title are the same text again, with small changes."""
KEPT = 1024  # means, some kilobytes each: records of one title come one after the other
LEAST_LETTERS = 80
"""Of a text that is the same by itself, whatever its title: shorter ones are alike by chance."""


@dataclass(frozen=True, slots=True)
class TwinKey:
    """What tells whether records may be twins: kind and handbook, and short sums of the letters of title and text.

    `text` is None of one that is too short to be the same by itself.
    """

    kind: Kind
    handbook: str
    title: bytes
    text: bytes | None

    @classmethod
    def of(cls, record: Record) -> TwinKey:
        """Sum up a record."""
        text = letters.__wrapped__(record.text)  # which would fill its cache
        return cls(
            record.kind,
            record.handbook,
            _sum(letters(record.title)),
            _sum(text) if len(text) >= LEAST_LETTERS else None,
        )


def twins(records: Sequence[TwinKey], mean: Callable[[int], Vectors] | None) -> Numbers:
    """For each record the number of the first one that says the same: its own where there is none before.

    `mean` gives the mean of a record's passages, as a unit row; None where there are no vectors. The same are records
    of one kind in different handbooks with the same text, or with one title and nearly the same text by their vectors.
    """
    firsts = np.arange(len(records), dtype=np.int64)
    known = lru_cache(maxsize=KEPT)(mean) if mean is not None else None
    by_text: dict[tuple[str, bytes], int] = {}
    by_title: dict[tuple[str, bytes], list[int]] = {}
    for number, record in enumerate(records):
        same = number if record.text is None else by_text.setdefault((record.kind, record.text), number)
        named = by_title.setdefault((record.kind, record.title), [])
        near = (other for other in named if known is not None and float(known(other) @ known(number)) >= SAME)
        found = next((n for n in (same, *near) if records[n].handbook != record.handbook), number)
        firsts[number] = firsts[found]
        named.append(number)
    return firsts


def _sum(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
