"""Records that say the same in several handbooks: one of them answers, and the others are named with it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kb import Numbers, Record, Vectors
from kb.words import letters

SAME = 0.97
"""Cosine of means from which two records of one title are the same text again, with small changes."""
LEAST_LETTERS = 80
"""Of a text that is the same by itself, whatever its title: shorter ones are alike by chance."""


def twins(records: Sequence[Record], means: Vectors | None) -> Numbers:
    """For each record the number of the first one that says the same: its own where there is none before.

    The same are records of one kind in different handbooks with the same text, or with one title and nearly the
    same text by their vectors.
    """
    firsts = np.arange(len(records), dtype=np.int64)
    by_text: dict[tuple[str, str], int] = {}
    by_title: dict[tuple[str, str], list[int]] = {}
    for number, record in enumerate(records):
        text, title = letters(record.text), letters(record.title)
        same = by_text.setdefault((record.kind, text), number) if len(text) >= LEAST_LETTERS else number
        named = by_title.setdefault((record.kind, title), [])
        near = (other for other in named if means is not None and float(means[other] @ means[number]) >= SAME)
        found = next((n for n in (same, *near) if records[n].handbook != record.handbook), number)
        firsts[number] = firsts[found]
        named.append(number)
    return firsts
