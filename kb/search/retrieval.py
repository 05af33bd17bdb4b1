"""How well every record of a catalogue answers a text: by words, by meaning, and both fused."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kb import Mask, Numbers, Scores, Vectors
from kb.model import Encoder
from kb.search.catalogue import Catalog
from kb.search.fusion import group_best, weighted
from kb.search.query import Mode
from kb.words import acronyms, tokens

# Chosen by nDCG@10 with the embedded model, on Cranfield (225 queries), XQuAD in de, el and ro (60 of each) and
# the judged needs in the language of their handbooks (27 over real ones, 26 over the sample):
#                                                   real  sample  Cranfield  XQuAD
#   words 0.05 always                              0.841   0.647      0.444  0.609
#   words 0.2 always                               0.886   0.658      0.462  0.878
#   0.25, more by pieces a word                    0.882   0.660      0.458  0.974
#   from 0.1 to 0.4 by coverage, and pieces        0.887   0.705      0.463  0.974
#   ... feedback where both have it among five     0.897   0.706      0.465  0.974
#   scores taken from their mean and deviation     0.884   0.677      0.462  0.974
#   the words' scores times coverage               0.882   0.684      0.461  0.979
# Of 108 settings of the shares' ends and of AGREED, the best by three of the four has on the one left out 0.889,
# 0.706, 0.462 and 0.973. WHOLE, MEAN_SHARE and FEEDBACK were chosen so before, and still lie at or near their best.
WORDS_SHARE = 0.1  # where no record has a telling word of the need
COVERED_SHARE = 0.4  # where some record has them all
MOST_WORDS_SHARE = 0.7
READ_WELL = 1.3  # pieces a word, up to which the model is taken to read the language well
FOREIGN_COVERAGE = (
    0.5  # cross-lingual nDCG@10 of 7 needs of the sample 0.248 -> 0.289, of 9 others 0.339 -> 0.355
)
SHARE_PER_PIECE = 0.5  # that words gain for each further piece a word
WHOLE = 1.0
MEAN_SHARE = 0.5
FEEDBACK = 0.75  # of the best answer's passage, added to the question
AGREED = 5  # the best answer must be among so many first, by words and by vectors, to be trusted so
UPPER = 11 / 12  # of the passages, from which the best one has to stand out
DEPTH = 2000  # passages that a graph index is asked for; an exact one compares them all

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Scored:
    """Scores of every record, by record number, and the row of each one's best passage (-1 without one).

    `score` is what hits are ordered by; in hybrid search it is at most 1. `words` are BM25 scores, `dense`
    cosines, `coverage` the share of the text's telling words that each record has. `top` is the best cosine of a
    single passage with the question as it was asked, `margin` how far it stands out from the upper twelfth;
    `vector` is the question's, None where words had to do.
    """

    score: Scores
    words: Scores
    dense: Scores
    passage: Numbers
    coverage: Scores
    top: float = 0.0
    margin: float = 0.0
    vector: Vectors | None = None


def score(
    catalog: Catalog,
    encoder: Encoder | None,
    text: str,
    mode: Mode,
    leading: Mask,
    asked: Mask,
    more_words: Sequence[str] = (),
    is_foreign: bool = False,
) -> Scored:
    """Score every record for a text; without vectors or encoder by words alone.

    Scores do not depend on the filters, so that a facet's count is the number of hits behind it; only a graph
    index is asked for the records that the filters keep (`asked`), or their few would be missed. The feedback
    starts from the best of the `leading` records, where words and vectors agree on it. `more_words` are looked
    for as words only.
    """
    sought = " ".join((text, *more_words))
    words, by_words = _words(catalog, sought)
    coverage = catalog.generation.whole.coverage(text, catalog.languages)
    if mode is Mode.WORDS or encoder is None or catalog.means is None:
        rows = _best_rows(catalog, by_words)
        return Scored(words, words, np.zeros(len(words), dtype=np.float32), rows, coverage)
    vector = encoder.queries([text])[0]
    dense, by_meaning = _dense(catalog, vector, asked)
    top, margin = _peak(by_meaning[(leading & asked)[catalog.owners]])
    if mode is Mode.DENSE:
        return Scored(dense, words, dense, _best_rows(catalog, by_meaning), coverage, top, margin, vector)
    share = words_share(encoder, text, float(coverage[leading].max(initial=0.0)), is_foreign)
    fused = weighted(dense, words, share)
    first = int(np.argmax(np.where(leading, fused, -1.0)))
    if leading.any() and _is_among_first(dense, first) and _is_among_first(words, first):
        rows = np.flatnonzero(catalog.owners == first)
        nearer = vector + FEEDBACK * catalog.rows(rows[[np.argmax(by_meaning[rows])]])[0]
        again, by_meaning = _dense(catalog, nearer / np.linalg.norm(nearer), asked)
        fused = weighted(again, words, share)
    best = _best_rows(catalog, weighted(by_meaning, by_words, share))
    return Scored(fused, words, dense, best, coverage, top, margin, vector)


def words_share(encoder: Encoder, text: str, coverage: float, is_foreign: bool = False) -> float:
    """How much the words count: more where a record has all that tell, and where the model must spell the text.

    A long need in other words than the handbook's shares only chance words with it; a name or a term is there
    or is not. A model cuts the words of languages it was trained on into 1.2 pieces on average, names, rare
    words and other languages into 2 to 6; its vectors of those say little. In a language that it does not read
    (`is_foreign`) the words that do match, names and translations, count as if half of the need were covered.
    """
    if not set(tokens(text)) - acronyms(text):  # the model may read them in small letters, as stop words
        return MOST_WORDS_SHARE
    coverage = max(coverage, FOREIGN_COVERAGE) if is_foreign else coverage
    pieces = len(encoder.spans(text)) / max(1, len(_WORD.findall(text)))
    spelled = SHARE_PER_PIECE * max(0.0, pieces - READ_WELL)
    return min(WORDS_SHARE + (COVERED_SHARE - WORDS_SHARE) * coverage + spelled, MOST_WORDS_SHARE)


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
