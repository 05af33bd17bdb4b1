"""What one query finds in one catalogue: its syntax read, every record scored, the hits with their reasons, counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from kb import Code, Kind, Mask, Numbers, Record, Said, Scores
from kb.model import Encoder
from kb.search import asking
from kb.search.catalogue import AnyOfEach, Catalog
from kb.search.evidence import Excerpt, Sought, evidence
from kb.search.fusion import best_first, ranks
from kb.search.query import DEFAULT_KINDS, Mode, Query
from kb.search.retrieval import Scored, score
from kb.search.usual import Usual
from kb.words import FACETS, meant

FLOOR = 0.3
"""Least share of the best answer's nearness in meaning that a hit has: 0.5 costs 0.01 to 0.02 of nDCG@10 on each set of
judged needs, 0.4 costs 0.003, and less than 0.3 gains nothing."""
WORDS_FLOOR = 0.5
"""Least share of the best word score that makes a hit of a record whatever its meaning."""
MOST_BACKGROUND = 3


class Remark(Code):
    """How a query was read, or why nothing is found."""

    NO_SUCH_VALUE = "no-such-value"
    PUT_RIGHT = "put-right"
    EMPTY = "empty-library"
    NO_RECORD_FITS = "no-record-fits-filters"
    NO_SUCH_PHRASE = "no-such-phrase"
    NO_TELLING_WORD = "no-telling-word"
    NO_ANSWER_FITS = "no-answer-fits-filters"
    NO_ANSWER = "no-answer"
    OF_THE_BEST = "of-the-best"


@dataclass(frozen=True, slots=True)
class FacetCount:
    """A value to filter by, and the number of hits that have it under the other filters."""

    name: str
    value: str
    label: str
    count: int
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Hit:
    """A record that answers, and why; ranks count from 1 among the records asked for.

    `also` are records asked for that say the same in other handbooks, and are no hits of their own. `score` is
    that of words and vectors; where a reranker or what the need prefers ordered the hits they need not fall.
    """

    record: Record
    handbook_title: str
    score: float
    evidence: Excerpt
    rank_words: int | None
    rank_dense: int | None
    also: tuple[Record, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """A query over one catalogue, its facet:value syntax read.

    `wanted` are the values that are meant, by facet, `need` the words to search for, and `phrases` what must
    stand there so: none where no record has them and there are other words, so that a title in quotes, or words of
    another language, do not keep the rest from being answered. `is_list` says that
    nothing but values was asked for, so that every record which has them answers. `is_telling` says that the
    need has more than stop words.
    """

    query: Query
    need: str
    phrases: tuple[str, ...]
    wanted: AnyOfEach
    remarks: tuple[Said, ...]
    is_list: bool
    is_telling: bool

    @classmethod
    def of(cls, catalog: Catalog, query: Query) -> Question:
        """Read a query's syntax with the values that the catalogue has."""
        wanted: list[tuple[str, tuple[str, ...]]] = []
        need, is_list, kinds = [query.need], not query.need, query.kinds
        remarks: list[Said] = []
        for facet, typed in query.named:
            values = meant(facet, typed, catalog.known(facet))
            if not values:
                remarks.append(Said(Remark.NO_SUCH_VALUE, typed=typed, facet=facet))
                is_list = False
            if not values or not query.need:
                need.append(typed)
            if values:
                wanted.append((facet, values))
            if facet == "kind" and values and query.kinds == DEFAULT_KINDS:
                kinds = tuple(Kind(value) for value in values)
        phrases = query.phrases
        if phrases and not query.is_all_quoted and not catalog.generation.lexical.has(phrases):
            remarks.append(Said(Remark.NO_SUCH_PHRASE))
            phrases = ()
        text = " ".join(part for part in need if part)
        is_telling = bool(is_list or phrases or catalog.generation.whole.is_telling(text))
        return cls(
            replace(query, kinds=kinds), text, phrases, tuple(wanted), tuple(remarks), is_list, is_telling
        )


@dataclass(frozen=True, slots=True)
class Answer:
    """What one query found in one catalogue, before it is cut into a page."""

    catalog: Catalog
    query: Query
    need: str
    scored: Scored
    is_hit: Mask
    is_asked: Mask
    language: str
    is_helped: bool
    is_telling: bool

    @classmethod
    def of(
        cls,
        catalog: Catalog,
        encoder: Encoder | None,
        question: Question,
        need: str,
        helped: tuple[str, ...] = (),
        language: str = "",
        usual: Usual | None = None,
    ) -> Answer:
        """Score every record; `helped` are translations to look for as words, too (the rest as `score`)."""
        query = question.query
        kept = np.ones(len(catalog.records), dtype=bool)
        for facet, values in query.filters.items():
            kept &= catalog.having(facet, values)
        leading = catalog.of_kinds(DEFAULT_KINDS)
        having = np.ones(len(catalog.records), dtype=bool)
        for facet, values in question.wanted:
            having &= catalog.having(facet, values)
        asked = kept & having
        scored = score(catalog, encoder, need, query.mode, leading, asked, helped, language, usual)
        is_hit = (
            having
            & question.is_telling
            & (question.is_list | _is_hit(catalog, query, scored))
            & _as_worded(catalog, question.phrases, query.excluded)
        )
        is_asked = kept & catalog.of_kinds(query.kinds)
        is_helped, is_telling = bool(helped), question.is_telling
        return cls(catalog, query, need, scored, is_hit, is_asked, language, is_helped, is_telling)

    def order(self) -> Numbers:
        """The hits among the records asked for, best first."""
        return best_first(self.scored.score, np.flatnonzero(self.is_hit & self.is_asked))

    def remarks(self, total: int) -> tuple[Said, ...]:
        """Why there is no hit; of a large library's hits, that those alone are counted which may answer."""
        if total:
            is_counted = self.catalog.within is None or total <= self.query.limit
            return () if is_counted else (Said(Remark.OF_THE_BEST, count=len(self.catalog.records)),)
        if not self.is_telling:
            return (Said(Remark.NO_TELLING_WORD),)
        if not self.is_asked.any():
            return (Said(Remark.NO_RECORD_FITS),)
        if self.query.is_all_quoted and not self.is_hit.any():
            return (Said(Remark.NO_SUCH_PHRASE),)
        return (Said(Remark.NO_ANSWER_FITS if self.is_hit.any() else Remark.NO_ANSWER),)

    def facet_counts(self) -> tuple[tuple[FacetCount, ...], dict[str, float]]:
        """Every value that some hit has under the other filters, in the facets' order, most frequent first.

        And of each facet the share of these hits that has any value of it, from 0 to 1.
        """
        catalog, query = self.catalog, self.query
        chosen = {"kind": tuple(kind.value for kind in query.kinds), **query.filters}
        lacking = {facet: ~catalog.having(facet, values) for facet, values in query.filters.items()}
        lacking["kind"] = ~catalog.of_kinds(query.kinds)
        lacks = np.sum(list(lacking.values()), axis=0)  # filters that each record fails
        found: list[FacetCount] = []
        coverage: dict[str, float] = {}
        for facet in FACETS:
            left = self.is_hit & (lacks - lacking.get(facet, False) == 0)
            if facet != "handbook":  # there each copy is one; elsewhere all that say the same are one hit
                alone = catalog.without_twins(np.flatnonzero(left))
                left = np.zeros_like(left)
                left[alone] = True
            pairs = catalog.pairs[facet]
            coverage[facet] = len(np.unique(pairs.rows[left[pairs.rows]])) / max(int(left.sum()), 1)
            counted = [
                FacetCount(facet, value, catalog.label(facet, value), count, value in chosen.get(facet, ()))
                for value, count in pairs.counts(left)
            ]
            found += sorted(counted, key=lambda one: (-one.count, one.label, one.value))
        return tuple(found), coverage

    def without_twins(self, order: Numbers) -> Numbers:
        """The order with the best alone of those that say the same in several handbooks."""
        return self.catalog.without_twins(order)

    def _also(self, number: int) -> tuple[Record, ...]:
        twins = self.catalog.twins
        same = np.flatnonzero((twins == twins[number]) & self.is_hit & self.is_asked)
        return tuple(self.catalog.records[n] for n in same.tolist() if n != number)

    def hits(self, numbers: Numbers) -> tuple[Hit, ...]:
        """These records, in this order, with their evidence and ranks."""
        asked = self.is_asked
        words, dense = (np.where(asked, scores, 0) for scores in (self.scored.words, self.scored.dense))
        by_words, by_meaning = ranks(words), ranks(dense)
        return tuple(
            self._hit(n, int(by_words[n]) or None, int(by_meaning[n]) or None) for n in numbers.tolist()
        )

    def text(self, number: int) -> str:
        """A record as the reranker reads it: its title and its best passage."""
        row = int(self.scored.passage[number])
        passage = self.catalog.generation.passages[row].text if row >= 0 else ""
        return f"{self.catalog.records[number].title}\n{passage}"

    def background(self) -> tuple[tuple[Hit, ...], bool]:
        """The best sections under the same filters, where sections were not asked for as a kind.

        And whether the first of them is a very good answer: of all records of any kind the best by words and by
        meaning, each by itself. Of 288 judged needs of four sets that was so of two, both times rightly; where either
        of the two was enough, one section in three was beside the point.
        """
        if Kind.SECTION in self.query.kinds or self.query.offset:
            return (), False
        asked = self.catalog.of_kinds((Kind.SECTION,))
        for facet, values in self.query.filters.items():
            asked = asked & self.catalog.having(facet, values)
        order = self.without_twins(best_first(self.scored.score, np.flatnonzero(self.is_hit & asked)))
        shown = tuple(self._hit(int(n), None, None) for n in order[:MOST_BACKGROUND])
        scores = (self.scored.words, self.scored.dense, self.scored.score)
        return shown, bool(shown) and all(one[order[0]] >= one.max() > 0 for one in scores)

    def _evidence(self, number: int) -> Excerpt:
        """What a record says, from its best passage if that says something, else from its others."""
        record, best = self.catalog.records[number], int(self.scored.passage[number])
        others = self.catalog.owned.of_one(number)
        rows = [best, *others[others != best].tolist()]
        passages = self.catalog.generation.passages
        placed = {passages[row].number: row for row in rows}
        helped = asking.translations(self.need, self.language, (record.language,)) if self.is_helped else ()
        asked = Sought(self.need, self.language, helped, bool(self.scored.printed[number] > 0))
        return evidence(
            asked,
            record,
            [passages[row] for row in rows],
            self.catalog.edition_of(record),
            lambda passage: self._meaning(placed[passage.number]),
        )

    def _meaning(self, row: int) -> Scores | None:
        """How near each sentence of a passage comes to the question; None where that is not known."""
        known, scored, nearness = self.catalog.generation.sentences, self.scored, self.catalog.nearness
        if known is None or nearness is None or scored.vector is None or scored.routes is None:
            return None
        return nearness.products(known.of(row), scored.vector, scored.routes[:, self.catalog.owners[row]])

    def _hit(self, number: int, rank_words: int | None, rank_dense: int | None) -> Hit:
        record, score = self.catalog.records[number], float(self.scored.score[number])
        title = self.catalog.edition_of(record).title
        return Hit(record, title, score, self._evidence(number), rank_words, rank_dense, self._also(number))


def _is_hit(catalog: Catalog, query: Query, scored: Scored) -> Mask:
    """Which records count as answers, whatever the filters: near enough to the best.

    By words alone each record that has one of them counts.
    """
    leading = catalog.of_kinds(DEFAULT_KINDS)
    is_hit = (scored.score > 0) & (scored.passage >= 0)
    if query.mode is not Mode.WORDS and scored.dense.any():
        is_near = (scored.dense >= FLOOR * scored.dense[leading].max(initial=0.0)) | (scored.printed > 0)
        if query.mode is Mode.HYBRID:
            is_near |= scored.words > WORDS_FLOOR * scored.words[leading].max(initial=0.0)
        is_hit &= is_near
    return np.asarray(is_hit, dtype=bool)


def _as_worded(catalog: Catalog, phrases: Sequence[str], excluded: Sequence[str]) -> Mask:
    """Which records have every phrase and none of the excluded words; those without a passage have no words."""
    worded = _with_rows(catalog, np.arange(len(catalog.owners)))
    if phrases:
        worded &= _with_rows(catalog, catalog.generation.lexical.matching(phrases))
    if excluded:
        kept = catalog.generation.lexical.matching((), excluded, catalog.languages)
        worded &= ~_with_rows(catalog, np.setdiff1d(np.arange(len(catalog.owners)), kept))
    return worded


def _with_rows(catalog: Catalog, rows: Numbers) -> Mask:
    mask = np.zeros(len(catalog.records), dtype=bool)
    mask[catalog.owners[rows]] = True
    return mask
