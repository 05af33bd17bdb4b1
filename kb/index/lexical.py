"""Passages by their words, BM25: the only importer of tantivy.

Context, label and text of an entry are one field, indexed twice: stemmed by its own language, and plain (lower case,
accents folded), which serves languages without a stemmer, exact phrases and words typed without accents. How a text
is cut for both is `kb.words.Written`'s. No query syntax is parsed here: queries are built from tokens, so that nothing
a person types can be an error.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from tantivy import Document, Index, Occur, Query, Schema, SchemaBuilder

from kb import GenerationError, Numbers, Scores, link_file
from kb.index.sought import AnyForm, Apart, Asking, SoughtForm, SoughtWords, Ways
from kb.words import PLAIN, STEMMERS, analyzer, fold, stems

TEXT_PLAIN = f"text_{PLAIN}"
TEXT_IN_ONE = "text_in_one"  # compounds in one at their place, for phrases, where a text has any
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
        self._asking = Asking(self)

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

    def having(self, kind: str, form: str) -> int:
        """How many entries have a form of a kind, PLAIN or a language."""
        return int(self._searcher.doc_freq(f"text_{kind}", form))

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
        asked = self._asking.searched(text, languages, phrases, excluded)
        is_filtered_out = allowed is not None and len(allowed) == 0
        if is_filtered_out or not (asked.wanted or asked.phrases) or limit <= 0:
            return _nothing()
        clauses = [(Occur.Should, self._best_of(wanted)) for wanted in asked.wanted]
        clauses += self._as_worded(asked.phrases, asked.excluded)
        if allowed is not None:
            clauses.append((Occur.Must, self._among(allowed)))
        return self._best(Query.boolean_query(clauses, 1 if asked.wanted else None), limit)

    def coverage(self, text: str, languages: Sequence[str] = ()) -> Scores:
        """The share of a text's telling words that each entry has: float32 (count,), rare words counting more.

        Telling words are stop words in none of the `languages`; one that no entry has counts most.
        """
        telling = self._asking.telling(text, languages)
        held = np.zeros(self.count, dtype=np.float32)
        if not telling or not self.count:
            return held
        parts = [
            (Occur.Should, Query.const_score_query(self._any_form(word), weight)) for word, weight in telling
        ]
        ids, found = self._hits(Query.boolean_query(parts), self.count)
        held[ids] = found / np.float32(sum(weight for _, weight in telling))
        return held

    def is_telling(self, text: str) -> bool:
        """Whether a text has a word to search by: more than the stop words of one language."""
        return self._asking.is_telling(text)

    def printed(self, text: str, languages: Sequence[str] = ()) -> Scores:
        """Which entries print a short need, one to three telling words with a rare one among them: float32 (count,).

        0 where a word is missing in every form, and for every other need; 1 where each is there by its stem; 2 where
        each is there as it is typed; 3 where they stand together so.
        """
        held = np.zeros(self.count, dtype=np.float32)
        short = self._asking.printed(text, languages)
        if short is None:
            return held
        parts = [(Occur.Must, self._all(short.words)), (Occur.Should, self._all(short.bare))]
        if short.together:
            parts.append((Occur.Should, Query.const_score_query(self._phrase(short.together), 1.0)))
        ids, found = self._hits(Query.boolean_query(parts), max(self.count, 1))
        held[ids] = found
        return held

    def matching(
        self, phrases: Sequence[str] = (), excluded: Sequence[str] = (), languages: Sequence[str] = ()
    ) -> Numbers:
        """All ids, ascending, that have each phrase word for word and none of the excluded words."""
        asking = self._asking
        clauses = self._as_worded(asking.phrased(phrases), asking.excluding(excluded, languages))
        everything = Query.boolean_query([(Occur.Must, Query.all_query()), *clauses])
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

    def _best_of(self, wanted: SoughtWords) -> Query:
        """Words, or the compound that they are together, whatever counts more: none counts twice."""
        ways = [_any(self._forms(wanted.forms)), *self._apart(wanted.apart)]
        if wanted.whole:
            ways.append(_any(self._forms(wanted.whole)))
        return Query.boost_query(Query.disjunction_max_query(ways), wanted.boost)

    def _forms(self, forms: Sequence[SoughtForm]) -> list[Query]:
        terms = [(Query.term_query(self._schema, f"text_{f.kind}", f.text), f.weight) for f in forms]
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
