"""Which rows have which forms of words, as Milvus says, and which print words together, as their texts do."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, reduce
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from kb import Numbers, Scores
from kb.index.milvus_server import MOST, Server, marked
from kb.index.milvus_terms import Terms
from kb.index.milvus_weighing import TONGUES, all_as_kept, bm25, dimension, mark_of, times_of
from kb.index.sought import SoughtForm, Ways, rarity
from kb.index.written import Entry
from kb.words import PLAIN, analyzer, stems

KEPT = 2_000_000  # numbers of rows in which the forms asked for last were found: 24 MB
TEXTS = 2048  # rows whose plain words are kept, some megabytes
NAMED = 4096  # rows that a filter of Milvus names one by one
BATCH = 64  # forms of one search

FormKey = tuple[str, str]
"""A form: its kind, PLAIN or a language, and itself."""


@dataclass(frozen=True, slots=True)
class Entries:
    """Where entries are: the place in Milvus, the collection there and the parts, and the mark of each row.

    `lengths` has plain words, stemmed words and tongue of each row, int32 (n, 3); `entry` says what a row is.
    """

    server: Server
    place: str
    name: str
    parts: tuple[str, ...]
    marks: Numbers
    lengths: NDArray[np.int32]
    entry: Callable[[int], Entry]


@dataclass(frozen=True, slots=True)
class Posting:
    """The rows that have a form, ascending, and BM25's weight of it in each."""

    rows: Numbers
    weights: Scores

    def among(self, rows: Numbers | None) -> Posting:
        """Those of some rows, which ascend."""
        if rows is None:
            return self
        is_among = np.isin(self.rows, rows, assume_unique=True)
        return Posting(self.rows[is_among], self.weights[is_among])


NONE = Posting(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32))


class Postings:
    """What Milvus has of the entries of a generation, for any thread; what was asked for last is kept."""

    def __init__(self, shelf: Entries, terms: Terms) -> None:
        self._shelf = shelf
        self._terms = terms
        self._order = np.argsort(shelf.marks)
        self._sorted = shelf.marks[self._order]
        self._kept: OrderedDict[FormKey, Posting] = OrderedDict()
        self._size = 0
        self._lock = threading.Lock()
        self._pieces = lru_cache(maxsize=TEXTS)(self._pieces_of)
        plain, stemmed, tongues = (shelf.lengths[:, column].astype(np.int64) for column in range(3))
        self._lengths = {False: all_as_kept(plain), True: all_as_kept(stemmed)}
        self._averages = {PLAIN: float(plain.mean()) if self.count else 0.0}
        for tongue, language in enumerate(TONGUES):
            self._averages[language] = float(stemmed[tongues == tongue].sum()) / max(self.count, 1)

    @property
    def count(self) -> int:
        """Entries there are."""
        return len(self._sorted)

    @property
    def is_small(self) -> bool:
        """Whether one search can give every row that has a form."""
        return self.count <= MOST

    def of(self, keys: Iterable[FormKey], among: Numbers | None = None) -> Mapping[FormKey, Posting]:
        """The rows that have each form; of `among`, which ascend, where they are given."""
        wanted = [key for key in dict.fromkeys(keys) if self._terms.having(*key)]
        found = self._at_hand(wanted)
        missing = [key for key in wanted if key not in found]
        if among is not None and not self.is_small and len(among) <= NAMED:
            named = f"id in {self._shelf.marks[among].tolist()}"
            fresh = dict(zip(missing, self._ask(missing, len(among), named), strict=True))
        else:
            fresh = dict(self._whole(missing))
            self._keep(fresh)
        return {key: (found.get(key) or fresh[key]).among(among) for key in wanted}

    def best(
        self, weights: Mapping[FormKey, float], limit: int, groups: Sequence[Sequence[str]] = ()
    ) -> Numbers:
        """The rows, ascending, with most of some forms by their weights, of those with any value of each group."""
        query: dict[int, float] = {}
        for key, weight in weights.items():
            if having := self._terms.having(*key):
                place = dimension(*key)
                query[place] = query.get(place, 0.0) + weight * rarity(self.count, having)
        kept = " and ".join(marked([str(mark_of(value)) for value in values]) for values in groups)
        if not query or any(not values for values in groups):
            return NONE.rows
        shelf = self._shelf
        found = shelf.server.search(
            shelf.place, shelf.name, shelf.parts, "words", [query], min(limit, MOST), kept
        )
        return np.sort(self._rows(found[0][0]))

    def printing(self, ways: Ways, among: Numbers | None = None) -> Numbers:
        """The rows, ascending, that print a phrase in one of these ways."""
        found = self.of([(PLAIN, word) for way in ways for word in way], among)
        each = [self._printing(way, [found.get((PLAIN, word), NONE).rows for word in way]) for way in ways]
        return np.unique(np.concatenate([NONE.rows, *each]))

    def _printing(self, way: Sequence[str], having: Sequence[Numbers]) -> Numbers:
        rows = reduce(np.intersect1d, having)
        if len(way) == 1 or not len(rows):
            return rows
        sought = f" {' '.join(way)} "
        return np.array([row for row in rows.tolist() if self._prints(row, sought)], dtype=np.int64)

    def _prints(self, row: int, sought: str) -> bool:
        return any(sought in piece for piece in self._pieces(row))

    def _pieces_of(self, row: int) -> tuple[str, ...]:
        """The texts of a row as their plain words with a space around each, compounds in one at their place, too."""
        entry = self._shelf.entry(row)
        found = []
        for text in filter(None, (entry.context, entry.label, entry.text)):
            written = stems.Written.of(text)
            found += [written.plain, written.in_one] if written.in_one else [written.plain]
        return tuple(f" {' '.join(analyzer(PLAIN).analyze(text))} " for text in found)

    def _whole(self, keys: Sequence[FormKey]) -> Iterator[tuple[FormKey, Posting]]:
        """Every row that has each form: of one that too many have, by blocks of rows."""
        few = [key for key in keys if self._terms.having(*key) <= MOST]
        few.sort(key=lambda key: self._terms.having(*key))
        at = iter(few)
        while batch := list(islice(at, BATCH)):
            yield from zip(batch, self._ask(batch, self._terms.having(*batch[-1])), strict=True)
        for key in (key for key in keys if self._terms.having(*key) > MOST):
            blocks = []
            for start in range(0, self.count, MOST):
                marks = self._sorted[start : start + MOST]
                blocks += self._ask([key], MOST, f"id >= {marks[0]} and id <= {marks[-1]}")
            rows = np.concatenate([block.rows for block in blocks])
            order = np.argsort(rows)
            yield key, Posting(rows[order], np.concatenate([block.weights for block in blocks])[order])

    def _ask(self, keys: Sequence[FormKey], limit: int, kept: str = "") -> list[Posting]:
        shelf = self._shelf
        queries = [{dimension(*key): 1.0} for key in keys]
        found = shelf.server.search(shelf.place, shelf.name, shelf.parts, "words", queries, limit, kept)
        return [self._posting(key, *one) for key, one in zip(keys, found, strict=True)]

    def _posting(self, key: FormKey, marks: Numbers, numbers: Scores) -> Posting:
        rows = self._rows(marks)
        order = np.argsort(rows)
        rows, numbers = rows[order], numbers[order]
        lengths = self._lengths[key[0] != PLAIN][rows]
        rare = rarity(self.count, self._terms.having(*key))
        return Posting(rows, bm25(times_of(numbers, lengths), lengths, self._averages[key[0]], rare))

    def _rows(self, marks: Numbers) -> Numbers:
        at = np.searchsorted(self._sorted, marks)
        return np.asarray(self._order[at], dtype=np.int64)

    def _at_hand(self, keys: Iterable[FormKey]) -> dict[FormKey, Posting]:
        with self._lock:
            found = {key: self._kept[key] for key in keys if key in self._kept}
            for key in found:
                self._kept.move_to_end(key)
        return found

    def _keep(self, fresh: Mapping[FormKey, Posting]) -> None:
        with self._lock:
            for key, posting in fresh.items():
                if key not in self._kept:
                    self._kept[key] = posting
                    self._size += len(posting.rows)
            while self._size > KEPT:
                self._size -= len(self._kept.popitem(last=False)[1].rows)


def keys_of(forms: Iterable[SoughtForm]) -> list[FormKey]:
    """What forms are known by."""
    return [(form.kind, form.text) for form in forms]
