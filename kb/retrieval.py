"""How well every record of a catalogue answers a text: by words, by meaning, and both fused."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from kb.catalog import Catalog, Mask
from kb.encoder import Encoder, Vectors
from kb.ranking import Numbers, Scores, group_best, weighted

# Chosen by nDCG@10 with the embedded model, on Cranfield (225 queries), XQuAD in de, el and ro (1 190
# each) and the 27 judged needs in the language of their handbooks:
#                                                Cranfield   de     el     ro    needs
#   words: best passage                              0.390  0.940  0.939  0.965  0.667
#   words: best passage + WHOLE record               0.399  0.937  0.950  0.963  0.682
#   vectors: best passage                            0.403  0.714  0.190  0.622  0.823
#   vectors: best passage and mean, half and half    0.408  0.716  0.199  0.622  0.833
#   fused by ranks (k 60)                            0.429  0.871  0.490  0.832  0.830
#   fused by shares of the best, words 0.25 always   0.436  0.896  0.888  0.925  0.877
#   the same, words 0.4 always                       0.441  0.943  0.942  0.958  0.831
#   words from 0.25 up to 0.7, by pieces a word      0.437  0.946  0.949  0.962  0.878
#   ... and feedback of 0.5 where both agree         0.455  0.946  0.949  0.962  0.891
#   ... and feedback of 0.75 where both agree        0.458  0.946  0.949  0.962  0.892
# Leaving out one of the three kinds of collection and choosing words' share, mean's share and feedback by the
# other two picks 0.20 to 0.25, 0.3 to 0.5 and 0.75 each time; on the one left out hybrid search is then 1.122
# (Cranfield), 1.002 (XQuAD) and 1.063 (needs) times the better of words and vectors.
WORDS_SHARE = 0.25
MOST_WORDS_SHARE = 0.7
READ_WELL = 1.3  # pieces a word, up to which the model is taken to read the language well
SHARE_PER_PIECE = 0.5  # that words gain for each further piece a word
WHOLE = 1.0
MEAN_SHARE = 0.5
FEEDBACK = 0.75  # of the best answer's passage, added to the question
AGREED = 3  # the best answer must be among so many first, by words and by vectors, to be trusted so
UPPER = 11 / 12  # of the passages, from which the best one has to stand out
DEPTH = 2000  # passages that a graph index is asked for; an exact one compares them all

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
    cosines. `top` is the best cosine of a single passage with the question as it was asked, `margin` how far
    it stands out from the upper twelfth of them.
    """

    score: Scores
    words: Scores
    dense: Scores
    passage: Numbers
    top: float = 0.0
    margin: float = 0.0


def score(
    catalog: Catalog,
    encoder: Encoder | None,
    text: str,
    mode: Mode,
    leading: Mask,
    asked: Mask,
    more_words: Sequence[str] = (),
) -> Scored:
    """Score every record for a text; without vectors or encoder by words alone.

    Scores do not depend on the filters, so that a facet's count is the number of hits behind it; only a graph
    index is asked for the records that the filters keep (`asked`), or their few would be missed. The feedback
    starts from the best of the `leading` records, where words and vectors agree on it. `more_words` are looked
    for as words only.
    """
    words, by_words = _words(catalog, " ".join((text, *more_words)))
    if mode is Mode.WORDS or encoder is None or catalog.means is None:
        rows = _best_rows(catalog, by_words)
        return Scored(words, words, np.zeros(len(words), dtype=np.float32), rows)
    vector = encoder.queries([text])[0]
    dense, by_meaning = _dense(catalog, vector, asked)
    top, margin = _peak(by_meaning[(leading & asked)[catalog.owners]])
    if mode is Mode.DENSE:
        return Scored(dense, words, dense, _best_rows(catalog, by_meaning), top, margin)
    share = words_share(encoder, text)
    fused = weighted(dense, words, share)
    first = int(np.argmax(np.where(leading, fused, -1.0)))
    if leading.any() and _is_among_first(dense, first) and _is_among_first(words, first):
        rows = np.flatnonzero(catalog.owners == first)
        nearer = vector + FEEDBACK * catalog.rows(rows[[np.argmax(by_meaning[rows])]])[0]
        again, by_meaning = _dense(catalog, nearer / np.linalg.norm(nearer), asked)
        fused = weighted(again, words, share)
    best = _best_rows(catalog, weighted(by_meaning, by_words, share))
    return Scored(fused, words, dense, best, top, margin)


def words_share(encoder: Encoder, text: str) -> float:
    """How much the words count: more where the model has to spell a text out, piece by piece.

    A model cuts the words of languages it was trained on into 1.2 pieces on average, names, rare words and
    other languages into 2 to 6; its vectors of those say little.
    """
    pieces = len(encoder.spans(text)) / max(1, len(_WORD.findall(text)))
    return float(np.clip(WORDS_SHARE + SHARE_PER_PIECE * (pieces - READ_WELL), WORDS_SHARE, MOST_WORDS_SHARE))


def _is_among_first(scores: Scores, number: int) -> bool:
    return int((scores > scores[number]).sum()) < AGREED and scores[number] > 0


def _words(catalog: Catalog, text: str) -> tuple[Scores, Scores]:
    """BM25 of the records (best passage's, with the whole record's) and of their passages."""
    by_words = np.zeros(len(catalog.owners), dtype=np.float32)
    ids, found = catalog.generation.lexical.search(text, len(by_words), catalog.languages)
    by_words[ids] = found
    best, _ = group_best(by_words, catalog.owners, len(catalog.records), 0.0)
    ids, found = catalog.generation.whole.search(text, len(best), catalog.languages)
    best[ids] += np.float32(WHOLE) * found
    return best, by_words


def _dense(catalog: Catalog, vector: Vectors, asked: Mask) -> tuple[Scores, Scores]:
    """Cosines of the records (best passage's, with a part of the mean's) and of their passages."""
    assert catalog.means is not None
    means = _cosines(catalog.means, vector)
    if catalog.vectors is not None:
        by_meaning = _cosines(catalog.vectors, vector)
    else:
        by_meaning = np.full(len(catalog.owners), -1.0, dtype=np.float32)
        assert catalog.generation.dense is not None
        allowed = None if asked.all() else np.flatnonzero(asked[catalog.owners])
        ids, found = catalog.generation.dense.search(vector, DEPTH, allowed)
        by_meaning[ids] = found
    best, _ = group_best(by_meaning, catalog.owners, len(catalog.records), -1.0)
    best = np.where(best > -1.0, best, np.minimum(means, by_meaning.max(initial=-1.0)))
    return np.asarray((1 - MEAN_SHARE) * best + MEAN_SHARE * means, dtype=np.float32), by_meaning


def _peak(cosines: Scores) -> tuple[float, float]:
    if not len(cosines):
        return 0.0, 0.0
    top = float(cosines.max())
    return top, top - float(np.quantile(cosines, UPPER))


def _cosines(rows: Vectors, vector: Vectors) -> Scores:
    """The product, by einsum, which keeps to one thread.

    BLAS takes all cores, and where those are busy its threads wait for each other: 17 ms for 10 000 rows,
    not 0.3.
    """
    return np.asarray(np.einsum("ij,j->i", rows, vector), dtype=np.float32)


def _best_rows(catalog: Catalog, scores: Scores) -> Numbers:
    return group_best(scores, catalog.owners, len(catalog.records), -1.0)[1]
