"""How near records come in meaning: by the model that reads both languages, whatever language they are in.

A multilingual model puts texts of one language closer together than what they say warrants. What a question has with
the mean of all passages of a language is therefore taken away, so that languages compare with each other.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from kb import Mask, Numbers, Scores, Vectors
from kb.index import middles
from kb.model import ENGLISH, ModelPart, model_parts
from kb.search.fusion import group_best

SPECIAL = 0.8
"""What a model of one language has to say where need and record are in it; the rest has one of many. Of 1, 0.9, 0.8,
0.7 and 0.5, nDCG@10: real needs 0.872, 0.879, 0.878, 0.875, 0.850; hard ones 0.940, then 0.944; the sample's 0.755,
0.758, 0.764, 0.771, 0.767. With any of the three left out the others choose 0.7 to 0.9."""
MEAN_SHARE = 0.5
"""Of a record's nearness that its whole has, the mean of its passages; the rest has its best passage."""


@dataclass(frozen=True, slots=True)
class Nearness:
    """What is known of the rows of a catalogue, by each of its models.

    `spoken` has the number of each record's language among `tongues`, `owners` the record of each row, and `told` the
    records that say more than their name: a name alone is near to anything. For each of `parts` there are the `middles`
    of the languages, float32 (tongues, width).
    """

    parts: tuple[ModelPart, ...]
    tongues: tuple[str, ...]
    spoken: Numbers
    owners: Numbers
    told: Mask
    middles: tuple[Vectors, ...]

    @classmethod
    def of(cls, model: str, rows: Vectors, owners: Numbers, languages: Sequence[str], told: Mask) -> Self:
        """Look at the rows of a catalogue, float32 (n, dim), and at what its records are written in and say."""
        parts = model_parts(model, rows.shape[1])
        tongues = tuple(sorted(set(languages)))
        spoken = np.array([tongues.index(language) for language in languages], dtype=np.int64)
        shared = middles([(0, rows)], spoken[owners], len(tongues), parts)
        return cls.sharing(parts, shared, tongues, spoken, owners, told)

    @classmethod
    def sharing(
        cls,
        parts: tuple[ModelPart, ...],
        shared: Vectors,
        tongues: tuple[str, ...],
        spoken: Numbers,
        owners: Numbers,
        told: Mask,
    ) -> Self:
        """The same where it is known what rows of each language share: float32 (tongues, dim)."""
        scale = np.float32(math.sqrt(len(parts)))
        own = tuple(shared[:, part.start : part.stop] * scale for part in parts)
        return cls(parts, tongues, spoken, owners, told, own)

    def of_records(self, numbers: Numbers, owners: Numbers) -> Self:
        """The same of some records, whose rows have these owners among them."""
        return replace(self, spoken=self.spoken[numbers], told=self.told[numbers], owners=owners)

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

    def cosines(
        self, number: int, question: Vectors, products: Scores, records: Numbers | None = None
    ) -> Scores:
        """The cosines, less their language's own, of rows of some records, or of all records as such.

        Their products with a question are known, which is one of a single part. What is only a name has -1.
        """
        part = self.parts[number]
        spoken, told = (
            (self.spoken, self.told) if records is None else (self.spoken[records], self.told[records])
        )
        shared = self.middles[number] @ question[part.start : part.stop]
        found = products * np.float32(math.sqrt(len(self.parts))) - shared[spoken]
        return np.where(told, found, np.float32(-1.0)).astype(np.float32)

    def routes(self, language: str) -> Vectors:
        """How much each part says of each record for a need in a language ("" for an unknown one): (parts, records).

        A model of one language has the most to say where it reads both sides; where the need's language is not known,
        what reads both says as much. What no part reads has nothing.
        """
        found = np.zeros((len(self.parts), len(self.tongues)), dtype=np.float32)
        for place, tongue in enumerate(self.tongues):
            reading = [n for n, part in enumerate(self.parts) if part.reads(language) and part.reads(tongue)]
            special = [n for n in reading if self.parts[n].is_english_only and language == ENGLISH]
            others = [n for n in reading if n not in special]
            share = SPECIAL if special and others else float(bool(special))
            for numbers, weight in ((special, share), (others, 1 - share)):
                found[numbers, place] = weight / max(len(numbers), 1)
        return found[:, self.spoken]


def by_record(by_row: Scores, means: Scores, owners: Numbers, count: int) -> Scores:
    """A record's nearness: its best row's, with a share of the mean's, which is all of one without rows."""
    best, _ = group_best(by_row, owners, count, -1.0)
    best = np.where(best > -1.0, best, np.minimum(means, by_row.max(initial=-1.0)))
    return np.asarray((1 - MEAN_SHARE) * best + MEAN_SHARE * means, dtype=np.float32)
