"""Passages by their words, BM25, by tantivy.

Context, label and text of an entry are one field, indexed twice: stemmed by its own language, and plain (lower case,
accents folded), which serves languages without a stemmer, exact phrases and words typed without accents. How a text
is cut for both is `kb.words.Written`'s. No query syntax is parsed here: queries are built from tokens, so that nothing
a person types can be an error.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from tantivy import Index, Occur, Query

from kb import GenerationError, Numbers, Scores
from kb.index.engine import Groups
from kb.index.sought import AnyForm, Apart, Asking, SoughtForm, SoughtWords, Ways
from kb.index.weighed_words import WeighedWords
from kb.index.written import ID, META, TEXT_IN_ONE, TEXT_PLAIN, VALUE, Also, Entry, filled, schema
from kb.words import PLAIN, STEMMERS, analyzer, fold

MOST_FORMS = 16_384  # whose counts are kept: each takes a look into every piece of the index
FEW = 4096  # ids that a search is kept to one by one: 5 microseconds each; more are put in order first


@dataclass(frozen=True, slots=True)
class _Counted:
    """What an index knows of its entries (`kb.index.sought.Known`), apart from it: so it goes with its last user."""

    count: int
    languages: tuple[str, ...]
    having: Callable[[str, str], int]


class Lexical:
    """An open word index, to be searched from any thread; entries count from 0, their numbers are the ids.

    `languages` are those with a stemmer that some entry is written in. `marks` are what the entries are known by
    in the files, in the order of the ids: an index that is joined from others keeps theirs. Where it is large, entries
    that a search is kept to are `weighed` by their own forms.
    """

    def __init__(self, index: Index, marks: Numbers | None = None) -> None:
        self.weighed: WeighedWords | None = None
        index.config_reader("manual")  # a generation never changes: no thread need watch it
        index.reload()
        self._schema = index.schema
        self._searcher = index.searcher()
        self._marks = np.arange(self.count, dtype=np.int64) if marks is None else marks
        self._order = np.argsort(self._marks)
        self._sorted = self._marks[self._order]
        self.languages = tuple(language for language in STEMMERS if self._has(language))
        searcher = self._searcher
        counted = lru_cache(MOST_FORMS)(lambda kind, form: int(searcher.doc_freq(f"text_{kind}", form)))
        self.known = _Counted(self.count, self.languages, counted)
        self._asking = Asking(self.known)

    @classmethod
    def build(
        cls, folder: Path, entries: Sequence[Entry], first: int = 0, also: Also = lambda _, __: None
    ) -> Lexical:
        """Write an index of the entries into an empty folder, marked from `first` on, then open it.

        `also` is told each entry with its texts cut, for whoever keeps more of it.

        Raises:
            OSError: the folder cannot be written.
        """
        folder.mkdir(parents=True, exist_ok=True)
        try:
            index = filled(Index(schema(), path=str(folder), reuse=False), entries, first, also)
            return cls(index, np.arange(first, first + len(entries), dtype=np.int64))
        except ValueError as error:  # what tantivy raises when a file cannot be written
            raise OSError(f"{folder}: {error}") from error

    @classmethod
    def in_memory(cls, entries: Sequence[Entry]) -> Lexical:
        """An index of the entries that no file holds, and that goes with its last user."""
        return cls(filled(Index(schema()), entries))

    @classmethod
    def open(cls, folder: Path, marks: Numbers | None = None) -> Lexical:
        """Open what `build` or `join` wrote, also in a folder that is only readable.

        Raises:
            GenerationError: it is missing or damaged.
        """
        if not (folder / META).is_file():
            raise GenerationError(f"{folder}: no word index here; rebuild the index")
        try:
            return cls(Index.open(str(folder)), marks)
        except ValueError as error:
            if "PermissionDenied" not in str(error) and "ReadOnly" not in str(error):
                raise GenerationError(f"{folder}: cannot be read ({error}); rebuild the index") from error
        return cls._open_elsewhere(folder, marks)

    @classmethod
    def _open_elsewhere(cls, folder: Path, marks: Numbers | None) -> Lexical:
        """Lend tantivy a folder of links until all is mapped: it writes a lock file beside what it reads."""
        with tempfile.TemporaryDirectory(prefix="kb-words-") as borrowed:
            try:
                for path in folder.iterdir():
                    if not path.name.endswith(".lock"):
                        (Path(borrowed) / path.name).symlink_to(path.absolute())
                return cls(Index.open(borrowed), marks)
            except (OSError, ValueError) as error:
                raise GenerationError(f"{folder}: cannot be read ({error}); check its permissions") from error

    def _has(self, language: str) -> bool:
        return bool(self._searcher.terms_with_prefix(f"text_{language}", "", None, 1))

    @property
    def count(self) -> int:
        """Entries in the index."""
        return int(self._searcher.num_docs)

    def having(self, kind: str, form: str) -> int:
        """How many entries have a form of a kind, PLAIN or a language."""
        return self.known.having(kind, form)

    def search(
        self,
        text: str,
        limit: int,
        languages: Sequence[str] = (),
        allowed: Numbers | None = None,
        phrases: Sequence[str] = (),
        excluded: Sequence[str] = (),
        *,
        having: Groups = (),
        is_rough: bool = False,
    ) -> tuple[Numbers, Scores]:
        """The entries that have most of a text's words, best first, equal scores by id; at most `limit`.

        `languages` are those whose stems are tried (all of the index's by default); the stop words of the one
        that the text has most of are passed over. `allowed` keeps only some ids (None keeps all, an
        empty array none), `having` those that have any value of each group. Each phrase must be there word for word,
        and no excluded word may. A text of stop words alone is taken plainly; one without any word finds what has
        the phrases. A rough search adds up the forms of all words, whatever they are together: nine of ten of the best
        hundred are then found, in two thirds of the time. One kept to `allowed` is never rough.
        """
        asked = self._asking.searched(text, languages, phrases, excluded)
        is_filtered_out = allowed is not None and len(allowed) == 0
        if is_filtered_out or not (asked.wanted or asked.phrases) or limit <= 0:
            return _nothing()
        if self.weighed is not None and allowed is not None and not (asked.phrases or having):
            return self.weighed.search(asked, limit, self._valid(allowed))
        of_words = self._roughly if is_rough and allowed is None else self._best_of
        clauses = [(Occur.Should, query) for wanted in asked.wanted for query in of_words(wanted)]
        clauses += self._as_worded(asked.phrases, asked.excluded)
        clauses += [(Occur.Must, query) for query in self._kept(allowed, having)]
        return self._best(Query.boolean_query(clauses, 1 if asked.wanted else None), limit)

    def coverage(self, text: str, languages: Sequence[str] = (), allowed: Numbers | None = None) -> Scores:
        """The share of a text's telling words that each entry has: float32 (count,), rare words counting more.

        Telling words are stop words in none of the `languages`; one that no entry has counts most. Of `allowed` ids,
        which ascend, it is one each.
        """
        if self.weighed is not None and allowed is not None:
            return self.weighed.coverage(self._asking.telling(text, languages), allowed, allowed)
        query, whole = self._covering(text, languages)
        held = np.zeros(self.count if allowed is None else len(allowed), dtype=np.float32)
        if query is not None and len(held):
            _put(held, *self._hits(self._within(query, allowed), len(held)), allowed)
        return held / np.float32(whole)

    def most_covered(self, text: str, languages: Sequence[str] = ()) -> float:
        """The highest coverage of a text by any entry, from 0 to 1."""
        query, whole = self._covering(text, languages)
        found = np.zeros(0, np.float32) if query is None else self._hits(query, 1)[1]
        return float(found.max(initial=0.0) / np.float32(whole))

    def _covering(self, text: str, languages: Sequence[str]) -> tuple[Query | None, float]:
        """What adds up the weights of a text's telling words, and what all of them weigh."""
        telling = self._asking.telling(text, languages)
        if not telling or not self.count:
            return None, 1.0
        parts = [
            (Occur.Should, Query.const_score_query(self._any_form(word), weight)) for word, weight in telling
        ]
        return Query.boolean_query(parts), sum(weight for _, weight in telling)

    def is_telling(self, text: str) -> bool:
        """Whether a text has a word to search by: more than the stop words of one language."""
        return self._asking.is_telling(text)

    def printed(self, text: str, languages: Sequence[str] = (), allowed: Numbers | None = None) -> Scores:
        """Which entries print a short need, one to three telling words with a rare one among them: float32 (count,).

        0 where a word is missing in every form, and for every other need; 1 where each is there by its stem; 2 where
        each is there as it is typed; 3 where they stand together so. Of `allowed` ids, which ascend, one each.
        """
        held = np.zeros(self.count if allowed is None else len(allowed), dtype=np.float32)
        short = self._asking.printed(text, languages)
        if short is None or not len(held):
            return held
        if self.weighed is not None and allowed is not None:
            return self.weighed.printed(short, allowed, allowed)
        parts = [(Occur.Must, self._all(short.words)), (Occur.Should, self._all(short.bare))]
        if short.together:
            parts.append((Occur.Should, Query.const_score_query(self._phrase(short.together), 1.0)))
        _put(held, *self._hits(self._within(Query.boolean_query(parts), allowed), len(held)), allowed)
        return held

    def has(self, phrases: Sequence[str]) -> bool:
        """Whether some entry has each phrase word for word."""
        clauses = self._as_worded(self._asking.phrased(phrases), ())
        return not clauses or len(self._hits(Query.boolean_query(clauses), 1)[0]) > 0

    def matching(
        self,
        phrases: Sequence[str] = (),
        excluded: Sequence[str] = (),
        languages: Sequence[str] = (),
        allowed: Numbers | None = None,
    ) -> Numbers:
        """All (`allowed`) ids, ascending, that have each phrase word for word and none of the excluded words."""
        asking = self._asking
        clauses = self._as_worded(asking.phrased(phrases), asking.excluding(excluded, languages))
        everything = self._within(Query.boolean_query([(Occur.Must, Query.all_query()), *clauses]), allowed)
        return np.sort(self._hits(everything, max(self.count, 1))[0])

    def words(self, prefix: str = "", limit: int | None = None) -> list[tuple[str, int]]:
        """The plain words that start so, with the number of entries that have each, most frequent first."""
        start = "".join(analyzer(PLAIN).analyze(fold(prefix)))
        known = self._searcher.terms_with_prefix(TEXT_PLAIN, start, None, None)
        return sorted(((w, n) for w, n in known), key=lambda found: (-found[1], found[0]))[:limit]

    def _as_worded(self, phrases: Sequence[Ways], excluded: Sequence[AnyForm]) -> list[tuple[Occur, Query]]:
        clauses = [(Occur.Must, self._phrase(ways)) for ways in phrases]
        return [*clauses, *((Occur.MustNot, self._any_form(word)) for word in excluded)]

    def _all(self, words: Sequence[AnyForm]) -> Query:
        parts = [(Occur.Must, self._any_form(word)) for word in words]
        return Query.const_score_query(Query.boolean_query(parts), 1.0)

    def _any_form(self, word: AnyForm) -> Query:
        return _any([*self._forms(word.forms), *self._apart(word.apart)])

    def _roughly(self, wanted: SoughtWords) -> list[Query]:
        """Words and the compound that they are together, each by itself: tantivy then passes over what cannot win."""
        forms = [*self._forms((*wanted.forms, *wanted.whole), wanted.boost)]
        is_known = any(self.having(form.kind, form.text) for form in wanted.forms)
        return forms if is_known else [*forms, *self._apart(wanted.apart)]

    def _best_of(self, wanted: SoughtWords) -> list[Query]:
        """Words, or the compound that they are together, whatever counts more: none counts twice."""
        ways = [_any(self._forms(wanted.forms)), *self._apart(wanted.apart)]
        if wanted.whole:
            ways.append(_any(self._forms(wanted.whole)))
        return [Query.boost_query(Query.disjunction_max_query(ways), wanted.boost)]

    def _forms(self, forms: Sequence[SoughtForm], boost: float = 1.0) -> list[Query]:
        terms = [(Query.term_query(self._schema, f"text_{f.kind}", f.text), f.weight * boost) for f in forms]
        return [Query.boost_query(*term) for term in terms]

    def _apart(self, apart: Sequence[Apart]) -> list[Query]:
        phrases = [(Query.phrase_query(self._schema, TEXT_PLAIN, list(one.two)), one.weight) for one in apart]
        return [Query.const_score_query(*phrase) for phrase in phrases]

    def _phrase(self, ways: Ways) -> Query:
        return _any(
            [
                Query.phrase_query(self._schema, field, list(way))
                if len(way) > 1  # tantivy panics at a phrase of one word
                else Query.term_query(self._schema, field, way[0])
                for way in ways
                for field in (TEXT_PLAIN, TEXT_IN_ONE)
            ]
        )

    def _kept(self, allowed: Numbers | None, having: Groups = ()) -> Iterator[Query]:
        """Yield what keeps a search to some ids, and to those that have any value of each group; it counts nothing."""
        if allowed is not None:
            marks = self._marks[self._valid(allowed)].tolist()
            if len(marks) > FEW:
                yield Query.const_score_query(Query.term_set_query(self._schema, ID, marks), 0.0)
            else:
                terms = [Query.term_query(self._schema, ID, mark, "basic") for mark in marks]
                yield Query.const_score_query(_any(terms), 0.0)
        for values in having:
            terms = [Query.term_query(self._schema, VALUE, value, "basic") for value in values]
            yield Query.const_score_query(_any(terms), 0.0)

    def _valid(self, allowed: Numbers) -> Numbers:
        return np.unique(allowed[(allowed >= 0) & (allowed < len(self._marks))])

    def _within(self, query: Query, allowed: Numbers | None) -> Query:
        """A query over some ids alone."""
        if allowed is None:
            return query
        return Query.boolean_query([(Occur.Must, one) for one in (query, *self._kept(allowed))])

    def _best(self, query: Query, limit: int) -> tuple[Numbers, Scores]:
        asked = limit
        while True:  # equal scores are cut anywhere: ask on until the last one asked for is a worse one
            asked += 1
            ids, scores = self._hits(query, asked)
            if len(ids) < asked or scores[-1] < scores[limit - 1]:
                order = np.lexsort((ids, -scores))[:limit]
                return ids[order], scores[order]
            asked *= 4

    def _hits(self, query: Query, limit: int) -> tuple[Numbers, Scores]:
        hits = self._searcher.search(query, limit=limit, count=False).hits
        found = self._searcher.fast_field_values(ID, [address for _, address in hits])
        ids = self._order[np.searchsorted(self._sorted, np.array(found, dtype=np.int64))]
        return ids.astype(np.int64), np.array([score for score, _ in hits], dtype=np.float32)


def _put(held: Scores, ids: Numbers, scores: Scores, among: Numbers | None) -> None:
    """Put the scores of some ids into an array of one for each id, or for each `among` them."""
    held[ids if among is None else np.searchsorted(among, ids)] = scores


def _any(queries: Sequence[Query]) -> Query:
    return Query.boolean_query([(Occur.Should, query) for query in queries])


def _nothing() -> tuple[Numbers, Scores]:
    return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32)
