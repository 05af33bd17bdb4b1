"""Passages by their words, BM25: the only importer of tantivy.

Context, label and text of an entry are one field, indexed twice: stemmed by its own language, and plain (lower case,
accents folded), which serves languages without a stemmer, exact phrases and words typed without accents. How a text
is cut for both is `kb.words.Written`'s. No query syntax is parsed here: queries are built from tokens, so that nothing
a person types can be an error.
"""

from __future__ import annotations

import json
import math
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from tantivy import Document, Index, Occur, Query, Schema, SchemaBuilder

from kb import GenerationError, Numbers, Scores, link_file
from kb.words import HOMOGRAPHS, PLAIN, STEMMERS, StemmedWord, analyzer, fold, stems, words_of

PLAIN_WEIGHT = 0.3  # of a word that is met exactly as typed, on top of its stem
REPEATED = (
    8  # BM25's k3: a word that a text has twice counts 1.8 times, one that it has always at most 9 times
)
TEXT_PLAIN = f"text_{PLAIN}"
TEXT_IN_ONE = "text_in_one"  # compounds in one at their place, for phrases, where a text has any
SHORT = 3  # telling words of a need that is short
RARE_SHARE, RARE = 0.1, 3  # of the entries, or so many of them, have a rare word at most
ENGLISH = "en"
META, MANAGED = "meta.json", ".managed.json"  # tantivy's own: which segments there are, and which files
HEAP_BYTES = 256 * 2**20  # one segment up to about 200 000 passages


@dataclass(frozen=True, slots=True)
class Entry:
    """What one passage says, for the index; `language` is a two-letter code."""

    context: str
    label: str
    text: str
    language: str


class Lexical:
    """An open word index, to be searched from any thread; entries count from 0, their numbers are the ids.

    `languages` are those with a stemmer that some entry is written in. `marks` are what the entries are known by
    in the files, in the order of the ids: an index that is joined from others keeps theirs.
    """

    def __init__(self, index: Index, marks: Numbers | None = None) -> None:
        index.config_reader("manual")  # a generation never changes: no thread need watch it
        index.reload()
        self._schema = index.schema
        self._searcher = index.searcher()
        self._marks = np.arange(self.count, dtype=np.int64) if marks is None else marks
        self._order = np.argsort(self._marks)
        self._sorted = self._marks[self._order]
        self.languages = tuple(language for language in STEMMERS if self._has(language))

    @classmethod
    def build(cls, folder: Path, entries: Sequence[Entry], first: int = 0) -> Lexical:
        """Write an index of the entries into an empty folder, marked from `first` on, then open it.

        Raises:
            OSError: the folder cannot be written.
        """
        folder.mkdir(parents=True, exist_ok=True)
        try:
            index = _filled(Index(_schema(), path=str(folder), reuse=False), entries, first)
            return cls(index, np.arange(first, first + len(entries), dtype=np.int64))
        except ValueError as error:  # what tantivy raises when a file cannot be written
            raise OSError(f"{folder}: {error}") from error

    @classmethod
    def in_memory(cls, entries: Sequence[Entry]) -> Lexical:
        """An index of the entries that no file holds, and that goes with its last user."""
        return cls(_filled(Index(_schema()), entries))

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

    def search(
        self,
        text: str,
        limit: int,
        languages: Sequence[str] = (),
        allowed: Numbers | None = None,
        phrases: Sequence[str] = (),
        excluded: Sequence[str] = (),
    ) -> tuple[Numbers, Scores]:
        """The entries that have most of a text's words, best first, equal scores by id; at most `limit`.

        `languages` are those whose stems are tried (all of the index's by default); the stop words of the one
        that the text has most of are passed over. `allowed` keeps only some ids (None keeps all, an
        empty array none). Each phrase must be there word for word, and no excluded word may. A text of stop
        words alone is taken plainly; one without any word finds what has the phrases.
        """
        languages = stems.spoken_first(text, self._stemmed(languages))
        spoken = self._spoken(text, languages)
        wanted = [
            Query.boost_query(self._best_of(way, languages), (REPEATED + 1) / (REPEATED / times + 1))
            for way, times in Counter(stems.in_one(stems.without_stop_words(spoken))).items()
        ]
        exact = [query for phrase in phrases if (query := self._phrase(phrase)) is not None]
        if (allowed is not None and len(allowed) == 0) or not (wanted or exact) or limit <= 0:
            return _nothing()
        clauses = [(Occur.Should, query) for query in wanted]
        clauses += [(Occur.Must, query) for query in exact]
        clauses += [(Occur.MustNot, query) for query in self._excluding(excluded, languages)]
        if allowed is not None:
            clauses.append((Occur.Must, self._among(allowed)))
        return self._best(Query.boolean_query(clauses, 1 if wanted else None), limit)

    def coverage(self, text: str, languages: Sequence[str] = ()) -> Scores:
        """The share of a text's telling words that each entry has: float32 (count,), rare words counting more.

        Telling words are stop words in none of the `languages`; one that no entry has counts most.
        """
        stemmed = self._stemmed(languages)
        spoken = self._spoken(text, stemmed)
        telling = [w for w in spoken if w.acronym or len(dict(w.stems)) == len(stemmed)]
        telling = list({(w.plain, w.acronym): w for w in telling}.values())
        weights = [self._rarity(word) for word in telling]
        held = np.zeros(self.count, dtype=np.float32)
        if not telling or not self.count:
            return held
        parts = [
            (Occur.Should, Query.const_score_query(self._any_field(word, stemmed), weight))
            for word, weight in zip(telling, weights, strict=True)
        ]
        ids, found = self._hits(Query.boolean_query(parts), self.count)
        held[ids] = found / np.float32(sum(weights))
        return held

    def is_telling(self, text: str) -> bool:
        """Whether a text has a word to search by: more than the stop words of one language.

        What is printed as an acronym somewhere is one (WHO), and so is a word that another language searches by.
        A lone word in capitals that is none of English counts, too, printed or not: the model knows what AI is.
        """
        words = self._spoken(text, (ENGLISH,))
        if any(w.acronym or (w.plain in HOMOGRAPHS and self._having(w)) for w in words):
            return True
        is_capital = len(words) == 1 and bool(words[0].stems) and text.isupper() and len(words[0].plain) > 1
        return is_capital or not stems.are_stop_words(text)

    def printed(self, text: str, languages: Sequence[str] = ()) -> Scores:
        """Which entries print a short need, one to three telling words with a rare one among them: float32 (count,).

        0 where a word is missing in every form, and for every other need; 1 where each is there by its stem; 2 where
        each is there as it is typed; 3 where they stand together so.
        """
        held = np.zeros(self.count, dtype=np.float32)
        languages = stems.spoken_first(text, self._stemmed(languages))
        spoken = self._spoken(text, languages)
        words = [w for w in dict.fromkeys(spoken) if w.stems or w.acronym or w.wholes] or spoken
        having = [self._having(one) for w in words for one in (replace(w, wholes=()), *w.wholes)]
        has_rare = min(having, default=0) <= max(RARE, self.count * RARE_SHARE)
        if not (has_rare and 0 < len(words) <= SHORT and self.is_telling(text)):
            return held
        bare = [replace(w, stems=(), wholes=tuple(replace(one, stems=()) for one in w.wholes)) for w in words]
        parts = [(Occur.Must, self._all(words, languages)), (Occur.Should, self._all(bare, languages))]
        if together := self._phrase(text):
            parts.append((Occur.Should, Query.const_score_query(together, 1.0)))
        ids, found = self._hits(Query.boolean_query(parts), max(self.count, 1))
        held[ids] = found
        return held

    def matching(
        self, phrases: Sequence[str] = (), excluded: Sequence[str] = (), languages: Sequence[str] = ()
    ) -> Numbers:
        """All ids, ascending, that have each phrase word for word and none of the excluded words."""
        clauses = [(Occur.Must, Query.all_query())]
        clauses += [(Occur.Must, query) for phrase in phrases if (query := self._phrase(phrase)) is not None]
        clauses += [(Occur.MustNot, query) for query in self._excluding(excluded, self._stemmed(languages))]
        return np.sort(self._hits(Query.boolean_query(clauses), max(self.count, 1))[0])

    def words(self, prefix: str = "", limit: int | None = None) -> list[tuple[str, int]]:
        """The plain words that start so, with the number of entries that have each, most frequent first."""
        start = "".join(analyzer(PLAIN).analyze(fold(prefix)))
        known = self._searcher.terms_with_prefix(TEXT_PLAIN, start, None, None)
        return sorted(((w, n) for w, n in known), key=lambda found: (-found[1], found[0]))[:limit]

    def _stemmed(self, languages: Sequence[str]) -> tuple[str, ...]:
        """The languages to stem by: the given one goes first even where no entry is written in it."""
        return tuple(lang for lang in dict.fromkeys(languages or self.languages) if lang in STEMMERS)

    def _spoken(self, text: str, languages: tuple[str, ...]) -> list[StemmedWord]:
        """The words of a text: as acronyms and compounds where some entry prints them so."""
        found: list[StemmedWord] = []
        for word in words_of(text, languages):
            is_acronym = bool(word.acronym) and self._having(replace(word, wholes=())) > 0
            wholes = tuple(whole for whole in word.wholes if self._having(whole))
            if any(whole.plain.isdigit() for whole in wholes):
                found += [whole for whole in wholes if found[-1:] != [whole]]
            else:
                found.append(replace(word, acronym=word.acronym if is_acronym else "", wholes=wholes))
        return found

    def _all(self, words: Sequence[StemmedWord], languages: Sequence[str]) -> Query:
        parts = [(Occur.Must, self._any_field(word, languages)) for word in words]
        return Query.const_score_query(Query.boolean_query(parts), 1.0)

    def _any_field(self, word: StemmedWord, languages: Sequence[str]) -> Query:
        """A word in any of its forms, or as a compound that it may be a part of."""
        queries = [query for one in (word, *word.wholes) for query in self._forms(one)]
        return _any([*queries, *self._apart(word, languages)])

    def _best_of(self, way: stems.Way, languages: Sequence[str]) -> Query:
        """Words, or the compound that they are together, whatever counts more: none counts twice."""
        words, whole = way
        apart = [query for word in words for query in self._apart(word, languages)]
        ways = [_any([query for word in words for query in self._forms(word)]), *apart]
        return Query.disjunction_max_query([*ways, _any(self._forms(whole))] if whole else ways)

    def _forms(self, word: StemmedWord) -> list[Query]:
        terms = [(Query.term_query(self._schema, *form), weight) for *form, weight in self._fields(word)]
        return [Query.boost_query(*term) for term in terms]

    def _apart(self, word: StemmedWord, languages: Sequence[str]) -> list[Query]:
        found: Iterator[list[Any]] = (list(two) for two in stems.halves(word, languages, self._frequency))
        phrases = (Query.phrase_query(self._schema, TEXT_PLAIN, two) for two in found)
        return [Query.const_score_query(phrase, self._rarity(word)) for phrase in phrases]

    def _fields(self, word: StemmedWord) -> list[tuple[str, str, float]]:
        """Where a word is looked for: the field of the index, the form, and how much it counts."""
        if word.acronym:
            return [(TEXT_PLAIN, word.acronym, 1.0)]
        stemmed = [(f"text_{lang}", stem, 1.0) for lang, stem in word.stems if lang in self.languages]
        return [*stemmed, (TEXT_PLAIN, word.plain, PLAIN_WEIGHT if word.stems else 1.0)]

    def _rarity(self, word: StemmedWord) -> float:
        """How much a word tells, as BM25 weighs it: by the entries that have its commonest form."""
        having = self._having(word)
        return math.log(1 + (self.count - having + 0.5) / (having + 0.5))

    def _having(self, word: StemmedWord) -> int:
        """The entries that have a word's commonest form, written in one where it is of a compound."""
        forms = [part for one in (word, *word.wholes) for part in self._fields(one)]
        return max(self._searcher.doc_freq(field, form) for field, form, _ in forms)

    def _frequency(self, plain: str) -> int:
        return int(self._searcher.doc_freq(TEXT_PLAIN, plain))

    def _phrase(self, phrase: str) -> Query | None:
        found = [
            Query.phrase_query(self._schema, field, list(way))
            if len(way) > 1  # tantivy panics at a phrase of one word
            else Query.term_query(self._schema, field, way[0])
            for way in stems.phrasings(phrase, self._frequency)
            for field in (TEXT_PLAIN, TEXT_IN_ONE)
        ]
        return _any(found) if found else None

    def _excluding(self, excluded: Sequence[str], languages: tuple[str, ...]) -> list[Query]:
        words = [word for text in excluded for word in words_of(text, languages)]
        return [self._any_field(word, languages) for word in words]

    def _among(self, allowed: Numbers) -> Query:
        rows = np.unique(allowed[(allowed >= 0) & (allowed < len(self._marks))])
        chosen = Query.term_set_query(self._schema, "id", self._marks[rows].tolist())
        return Query.const_score_query(chosen, 0.0)

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
        found = self._searcher.fast_field_values("id", [address for _, address in hits])
        ids = self._order[np.searchsorted(self._sorted, np.array(found, dtype=np.int64))]
        return ids.astype(np.int64), np.array([score for score, _ in hits], dtype=np.float32)


def _register(index: Index) -> None:
    for language in (*STEMMERS, PLAIN):
        index.register_tokenizer(f"kb_{language}", analyzer(language))


def segments(folder: Path) -> list[dict[str, Any]]:
    """The pieces that an index consists of, as its own file lists them."""
    found: list[dict[str, Any]] = json.loads((folder / META).read_text("utf-8"))["segments"]
    return found


def join(folder: Path, parts: Sequence[tuple[Path, Sequence[dict[str, Any]]]]) -> set[Path]:
    """Write an index of the pieces of others, each with the folder it lies in; return the files taken over.

    They are linked, not written: tantivy's segments never change. A search adds up what the segments count, so it
    answers as one of all the entries does, scores included, as long as nothing is deleted in them.

    Raises:
        OSError: the folder cannot be written.
    """
    folder.mkdir(parents=True)
    try:
        Index(_schema(), path=str(folder), reuse=False)
    except ValueError as error:
        raise OSError(f"{folder}: {error}") from error
    taken = set()
    for source, pieces in parts:
        for piece in pieces:
            for path in sorted(source.glob(f"{piece['segment_id'].replace('-', '')}.*")):
                taken.add(folder / path.name)
                link_file(path, folder / path.name)
    meta = json.loads((folder / META).read_text("utf-8"))
    meta["segments"] = [piece for _, pieces in parts for piece in pieces]
    (folder / META).write_text(json.dumps(meta), encoding="utf-8")
    names = [META, *sorted(path.name for path in taken)]
    (folder / MANAGED).write_text(json.dumps(names), encoding="utf-8")
    return taken


def _filled(index: Index, entries: Sequence[Entry], first: int = 0) -> Index:
    _register(index)
    writer = index.writer(HEAP_BYTES, 1)  # one thread keeps the order of the ids
    for number, entry in enumerate(entries, first):
        writer.add_document(_document(number, entry))
    writer.commit()
    writer.wait_merging_threads()
    return index


@cache
def _schema() -> Schema:
    builder = SchemaBuilder().add_unsigned_field("id", indexed=True, fast=True)
    for language in STEMMERS:
        builder.add_text_field(f"text_{language}", tokenizer_name=f"kb_{language}", index_option="freq")
    for field in (TEXT_PLAIN, TEXT_IN_ONE):
        builder.add_text_field(field, tokenizer_name=f"kb_{PLAIN}")
    return builder.build()


def _document(number: int, entry: Entry) -> Document:
    document = Document()
    document.add_unsigned("id", number)
    for text in filter(None, (entry.context, entry.label, entry.text)):
        written = stems.Written.of(text)
        document.add_text(TEXT_PLAIN, written.plain)
        if written.in_one:
            document.add_text(TEXT_IN_ONE, written.in_one)
        if entry.language in STEMMERS:
            document.add_text(f"text_{entry.language}", written.to_stem)
    return document


def _any(queries: Sequence[Query]) -> Query:
    return Query.boolean_query([(Occur.Should, query) for query in queries])


def _nothing() -> tuple[Numbers, Scores]:
    return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32)
