"""How well every record of a catalogue answers a text: by words, by meaning, and both fused."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from kb.catalog import Catalog, Mask
from kb.encoder import Encoder, Vectors
from kb.ranking import Numbers, Scores, group_best, relative

WORDS_SHARE = 0.3
MOST_WORDS_SHARE = 0.7
READ_WELL = 1.3
SHARE_PER_PIECE = 0.5
WHOLE = 1.0
MEAN_SHARE = 0.5
FEEDBACK = 0.4

_WORD = re.compile(r"\w+")


class Mode(StrEnum):
    """What a search goes by."""

    HYBRID = "hybrid"
    WORDS = "words"
    DENSE = "dense"


@dataclass(frozen=True, slots=True)
class Scored:
    """Scores of every record, by record number, and the row of each one's best passage (-1 without one).

    `score` is what hits are ordered by; in hybrid search it is at most 1. `words` are BM25 scores, `dense`
    cosines; `top_dense` is the best cosine of a single passage with the question as it was asked.
    """

    score: Scores
    words: Scores
    dense: Scores
    passage: Numbers
    top_dense: float


def score(catalog: Catalog, encoder: Encoder | None, text: str, mode: Mode, leading: Mask) -> Scored:
    """Score every record for a text; without vectors or encoder by words alone.

    Scores do not depend on any filter, so that a facet's count is the number of hits behind it. `leading`
    are the records that the feedback may start from.
    """
    count = len(catalog.records)
    by_words = np.zeros(len(catalog.owners), dtype=np.float32)
    in_whole = np.zeros(count, dtype=np.float32)
    if mode is not Mode.DENSE or encoder is None:
        ids, found = catalog.generation.lexical.search(text, len(catalog.owners), catalog.languages)
        by_words[ids] = found
        ids, found = catalog.generation.whole.search(text, count, catalog.languages)
        in_whole[ids] = found
    words, word_rows = group_best(by_words, catalog.owners, count, 0.0)
    words = words + np.float32(WHOLE) * in_whole
    if mode is Mode.WORDS or encoder is None or catalog.vectors is None:
        return Scored(words, words, np.zeros(count, dtype=np.float32), word_rows, 0.0)
    vector = encoder.queries([text])[0]
    dense, by_meaning = _dense(catalog, vector)
    top = float(by_meaning.max(initial=0.0))
    if mode is Mode.DENSE:
        return Scored(dense, words, dense, _best_rows(catalog, by_meaning), top)
    share = words_share(encoder, text)
    fused = (1 - share) * relative(dense) + share * relative(words)
    if leading.any():
        first = int(np.argmax(np.where(leading, fused, -1.0)))
        rows = np.flatnonzero(catalog.owners == first)
        nearer = vector + FEEDBACK * catalog.vectors[rows[np.argmax(by_meaning[rows])]]
        again, by_meaning = _dense(catalog, nearer / np.linalg.norm(nearer))
        fused = (1 - share) * relative(again) + share * relative(words)
    best = _best_rows(catalog, (1 - share) * relative(by_meaning) + share * relative(by_words))
    return Scored(np.asarray(fused, dtype=np.float32), words, dense, best, top)


def words_share(encoder: Encoder, text: str) -> float:
    """How much the words count: more where the model has to spell a text out, piece by piece.

    A model cuts the words of languages it was trained on into 1.2 pieces on average, names, rare words and
    other languages into 2 to 6; its vectors of those say little.
    """
    pieces = len(encoder.spans(text)) / max(1, len(_WORD.findall(text)))
    return float(np.clip(WORDS_SHARE + SHARE_PER_PIECE * (pieces - READ_WELL), WORDS_SHARE, MOST_WORDS_SHARE))


def _dense(catalog: Catalog, vector: Vectors) -> tuple[Scores, Scores]:
    """Cosines of the records (best passage's, with a part of the mean's) and of their passages."""
    assert catalog.vectors is not None
    assert catalog.means is not None
    by_meaning = catalog.vectors @ vector
    best, _ = group_best(by_meaning, catalog.owners, len(catalog.records), -1.0)
    mixed = (1 - MEAN_SHARE) * best + MEAN_SHARE * (catalog.means @ vector)
    return np.asarray(mixed, dtype=np.float32), by_meaning


def _best_rows(catalog: Catalog, scores: Scores) -> Numbers:
    return group_best(np.asarray(scores, dtype=np.float32), catalog.owners, len(catalog.records), -1.0)[1]
