"""How near records come in meaning: by the model that reads both languages, whatever language they are in.

A multilingual model puts texts of one language closer together than what they say warrants. What a question has with
the mean of all passages of a language is therefore taken away, so that languages compare with each other.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from kb import Numbers, Scores, Vectors
from kb.model import ENGLISH, ModelPart, model_parts
from kb.search.fusion import group_best

FEW = 8
"""Passages of a language; where it has no more, their mean says as much of their own matter as of the language."""
NOT_SEEN = -2.0
"""The product of a row that was not looked at, below any cosine."""
MEAN_SHARE = 0.5
"""Of a record's nearness that its whole has, the mean of its passages; the rest has its best passage."""


@dataclass(frozen=True, slots=True)
class Nearness:
    """What is known of the rows of a catalogue, by each of its models.

    `spoken` has the number of each record's language among `tongues`, and `owners` the record of each row. For each
    of `parts` there are the `middles` of the languages, float32 (tongues, width).
    """

    parts: tuple[ModelPart, ...]
    tongues: tuple[str, ...]
    spoken: Numbers
    owners: Numbers
    middles: tuple[Vectors, ...]

    @classmethod
    def of(cls, model: str, rows: Vectors, owners: Numbers, languages: Sequence[str]) -> Self:
        """Look at the rows of a catalogue, float32 (n, dim), with the language of each record."""
        parts = model_parts(model, rows.shape[1])
        tongues = tuple(sorted(set(languages)))
        spoken = np.array([tongues.index(language) for language in languages], dtype=np.int64)
        middles = []
        for part in parts:
            own = rows[:, part.start : part.stop] * np.float32(math.sqrt(len(parts)))
            middle = np.zeros((len(tongues), own.shape[1]), dtype=np.float32)
            for number in range(len(tongues)):
                held = own[spoken[owners] == number]
                middle[number] = held.sum(axis=0) / (len(held) + FEW)
            if part.is_english_only:
                middle[:] = 0  # nothing to be taken away between languages
            middles.append(middle)
        return cls(parts, tongues, spoken, owners, tuple(middles))

    def question(self, vector: Vectors, number: int, middle: Vectors | None = None) -> Vectors:
        """The share that a part has of a unit row, as a row of the whole's width and length 1, taken from a middle."""
        part, found = self.parts[number], np.zeros_like(vector)
        found[part.start : part.stop] = vector[part.start : part.stop]
        found /= max(float(np.linalg.norm(found)), 1e-12)
        if middle is not None and not part.is_english_only:
            found -= middle
            found /= max(float(np.linalg.norm(found)), 1e-12)
        return found

    def products(self, rows: Vectors, vector: Vectors, route: Scores) -> Scores:
        """The products of whole rows with a question's, by the models that a route asks."""
        questions = [weight * self.question(vector, number) for number, weight in enumerate(route)]
        return np.asarray(rows @ sum(questions) * math.sqrt(len(self.parts)), dtype=np.float32)

    def cosines(self, number: int, question: Vectors, products: Scores, is_records: bool = False) -> Scores:
        """The cosines, less their language's own, of rows or of records whose products with a question are known.

        `question` is one of a single part.
        """
        part = self.parts[number]
        spoken = self.spoken if is_records else self.spoken[self.owners]
        shared = self.middles[number] @ question[part.start : part.stop]
        found = products * np.float32(math.sqrt(len(self.parts))) - shared[spoken]
        return np.where(products > NOT_SEEN, found, np.float32(-1.0)).astype(np.float32)

    def routes(self, language: str) -> Vectors:
        """How much each part says of each record for a need in a language ("" for an unknown one): (parts, records).

        A model of one language goes before one of many where it reads both sides; where the need's language is not
        known, what reads both has half. What no part reads has nothing.
        """
        found = np.zeros((len(self.parts), len(self.tongues)), dtype=np.float32)
        for place, tongue in enumerate(self.tongues):
            reading = [n for n, part in enumerate(self.parts) if part.reads(language) and part.reads(tongue)]
            special = [number for number in reading if self.parts[number].is_english_only]
            chosen = special if special and language == ENGLISH else reading
            for number in chosen:
                found[number, place] = 1 / len(chosen)
        return found[:, self.spoken]


def by_record(by_row: Scores, means: Scores, owners: Numbers, count: int) -> Scores:
    """A record's nearness: its best row's, with a share of the mean's; rows that were not looked at have -1."""
    best, _ = group_best(by_row, owners, count, -1.0)
    best = np.where(best > -1.0, best, np.minimum(means, by_row.max(initial=-1.0)))
    return np.asarray((1 - MEAN_SHARE) * best + MEAN_SHARE * means, dtype=np.float32)
