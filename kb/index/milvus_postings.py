"""Which rows have which forms of words, as Milvus says."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from kb import Numbers, Scores
from kb.index.milvus_server import MOST, Server, marked
from kb.index.milvus_terms import Terms
from kb.index.milvus_weighing import dimension, mark_of, times_of
from kb.index.sought import rarity
from kb.index.weighing import NONE, FormKey, Posting, all_as_kept, averages, bm25
from kb.words import PLAIN

KEPT = 2_000_000  # numbers of rows in which the forms asked for last were found: 24 MB
NAMED = 4096  # rows that a filter of Milvus names one by one
BATCH = 64  # forms of one search


@dataclass(frozen=True, slots=True)
class Entries:
    """Where entries are: the place in Milvus, the collection there and the parts, and the mark of each row.

    `lengths` has plain words, stemmed words and tongue of each row, int32 (n, 3).
    """

    server: Server
    place: str
    name: str
    parts: tuple[str, ...]
    marks: Numbers
    lengths: NDArray[np.int32]


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
        plain, stemmed = (all_as_kept(shelf.lengths[:, column].astype(np.int64)) for column in range(2))
        self._lengths = {False: plain, True: stemmed}
        self._averages = averages(shelf.lengths)

    @property
    def count(self) -> int:
        """Entries there are."""
        return len(self._sorted)

    @property
    def is_small(self) -> bool:
        """Whether one search can give every row that has a form."""
        return self.count <= MOST

    def having(self, kind: str, form: str) -> int:
        """How many entries have a form of a kind, PLAIN or a language."""
        return self._terms.having(kind, form)

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
