"""How well every record of a catalogue answers a text: by words, by meaning, and both fused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kb import Mask, Numbers, Scores, Vectors
from kb.index import dot
from kb.model import Encoder
from kb.search.catalogue import Catalog
from kb.search.fusion import group_best, weighted
from kb.search.nearness import by_record
from kb.search.query import Mode
from kb.search.usual import Usual
from kb.words import acronyms, tokens

# Chosen by nDCG@10 on nine sets: judged needs over real handbooks, hard ones, in seven languages, over the sample;
# XQuAD in en and de; Cranfield, CISI, Medline. Of twenty settings the means lie within 0.01
# (docs/explanation/decisions.md). Scores from their mean and deviation or from their least, the best passage's words
# beside the record's, and a share of the best answer's passage added to the question gain on some sets what they lose
# on others, so none of them is here.
WORDS_SHARE = 0.2  # where no record has a telling word of the need
COVERED_SHARE = 0.5  # where some record has them all
MOST_WORDS_SHARE = 0.7
ACROSS_SHARE = 0.1  # for records in another language than the need
LEAST_USUAL = 0.01  # of the best cosine of an unrelated question, in a library of next to nothing


@dataclass(frozen=True, slots=True)
class Scored:
    """Scores of every record, by record number, and the row of each one's best passage (-1 without one).

    `score` is what hits are ordered by; in hybrid search it is at most 1. `words` are BM25 scores, `dense` how near
    each comes in meaning, `coverage` the share of the text's telling words that each record has. `tops` has the best
    cosine of a single passage by each model that was asked, None of one that was not. `vector` is the question's, None
    where words had to do, and `routes` says which models were asked for each record. `printed` says which records
    print a short need, and how exactly (`kb.index.Lexical.printed`): they come before what is only near it.
    """

    score: Scores
    words: Scores
    dense: Scores
    passage: Numbers
    coverage: Scores
    printed: Scores
    tops: tuple[float | None, ...] = ()
    vector: Vectors | None = None
    routes: Vectors | None = None


def score(
    catalog: Catalog,
    encoder: Encoder | None,
    text: str,
    mode: Mode,
    leading: Mask,
    asked: Mask,
    more_words: Sequence[str] = (),
    language: str = "",
    usual: Usual | None = None,
) -> Scored:
    """Score every record for a text in a language ("" for an unknown one); without vectors or encoder by words alone.

    Scores do not depend on the filters, so that a facet's count is the number of hits behind it; how near the best
    `leading` record comes that the filters keep (`asked`) is told. `more_words` are looked
    for as words only. `usual` is what unrelated questions reach: it takes away what all questions share, and makes
    the models' nearness one scale.
    """
    sought = " ".join((text, *more_words))
    words, by_words = _words(catalog, sought)
    coverage = catalog.generation.whole.coverage(text, catalog.languages)
    printed = catalog.generation.whole.printed(text, catalog.languages)
    nearness = catalog.nearness
    if mode is Mode.WORDS or encoder is None or nearness is None:
        rows = _best_rows(catalog, by_words)
        nothing = np.zeros(len(words), dtype=np.float32)
        return Scored(_first(words, printed), words, nothing, rows, coverage, printed)
    vector, routes = encoder.queries([text])[0], nearness.routes(language)
    middles = usual.middles if usual else [None] * len(routes)
    questions = [nearness.question(vector, number, middle) for number, middle in enumerate(middles)]
    means = usual.means if usual else [1.0] * len(routes)
    scales = np.array([1 / max(mean, LEAST_USUAL) for mean in means], dtype=np.float32)
    near = _Near.of(catalog, questions, routes, scales, language)
    tops = near.tops((leading & asked)[catalog.owners])
    if mode is Mode.DENSE:
        rows = _best_rows(catalog, near.rows)
        nothing = np.zeros(len(words), dtype=np.float32)
        return Scored(near.records, words, near.records, rows, coverage, nothing, tops, vector, routes)
    share = words_shares(catalog, text, language, float(coverage[leading].max(initial=0.0)))
    share = np.where(routes.any(axis=0), share, np.float32(1.0))
    fused = weighted(near.records, words, share)
    best = _best_rows(catalog, weighted(near.rows, by_words, share[catalog.owners]))
    score = _first(fused, printed)
    return Scored(score, words, near.records, best, coverage, printed, tops, vector, routes)


@dataclass(frozen=True, slots=True)
class _Near:
    """How near rows and records come to a question in meaning: by each model that reads it, and as the routes say."""

    by_part: Sequence[Scores | None]
    rows: Scores
    records: Scores

    @classmethod
    def of(
        cls,
        catalog: Catalog,
        questions: Sequence[Vectors],
        routes: Vectors,
        scales: Scores,
        language: str,
    ) -> _Near:
        nearness = catalog.nearness
        assert nearness is not None
        assert catalog.means is not None
        rows = np.zeros(len(catalog.owners), dtype=np.float32)
        records = np.zeros(len(catalog.records), dtype=np.float32)
        by_part: list[Scores | None] = [None] * len(questions)
        for number, question in enumerate(questions):
            if not nearness.parts[number].reads(language):
                continue
            own = nearness.cosines(number, question, catalog.products(question), catalog.owners)
            whole = nearness.cosines(number, question, dot(catalog.means, question))
            route = routes[number] * scales[number]
            rows += route[catalog.owners] * own
            records += route * by_record(own, whole, catalog.owners, len(records))
            by_part[number] = own
        return cls(by_part, rows, records)

    def tops(self, rows: Mask) -> tuple[float | None, ...]:
        """The best cosine of some rows by each model that reads the question."""
        return tuple(None if own is None else float(own[rows].max(initial=0.0)) for own in self.by_part)


def _first(scores: Scores, printed: Scores) -> Scores:
    """Scores with those of records that print the need above all others, at most as high as before."""
    most = float(scores.max(initial=0.0))
    exactly = float(printed.max(initial=0.0))
    return np.asarray((scores + most * printed) / (1 + exactly), dtype=np.float32)


def words_shares(catalog: Catalog, text: str, language: str, coverage: float) -> Scores:
    """How much the words count for each record: float32 (records,).

    In one language more where a record has all that tell: a long need in other words than the handbook's shares only
    chance words with it; a name or a term is there or is not. Between languages only names, numbers and translations
    are the same words, and what else matches does so by chance.
    """
    if not set(tokens(text)) - acronyms(text):  # a model may read them in small letters, as stop words
        return np.full(len(catalog.records), MOST_WORDS_SHARE, dtype=np.float32)
    within = WORDS_SHARE + (COVERED_SHARE - WORDS_SHARE) * coverage
    nearness = catalog.nearness
    assert nearness is not None
    is_own = np.array([tongue == language or not language for tongue in nearness.tongues], dtype=bool)
    return np.where(is_own, np.float32(within), np.float32(ACROSS_SHARE))[nearness.spoken]


def _words(catalog: Catalog, text: str) -> tuple[Scores, Scores]:
    """BM25 of the records, each as one text, and of their passages, which say where to look."""
    passages = np.zeros(len(catalog.owners), dtype=np.float32)
    ids, found = catalog.generation.lexical.search(text, len(passages), catalog.languages)
    passages[ids] = found
    records = np.zeros(len(catalog.records), dtype=np.float32)
    ids, found = catalog.generation.whole.search(text, len(records), catalog.languages)
    records[ids] = found
    return records, passages


def _best_rows(catalog: Catalog, scores: Scores) -> Numbers:
    return group_best(scores, catalog.owners, len(catalog.records), -1.0)[1]
