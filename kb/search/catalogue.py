"""One generation in memory: the records of exactly its editions, and which passages and facets are whose."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from kb import Edition, GenerationError, Handbook, Kind, Mask, NotFoundError, Numbers, Record, Scores, Vectors
from kb.index import (
    FLAT_UP_TO,
    ChosenRows,
    Generation,
    Near,
    Owned,
    dot,
    mean_of,
    means_in_turn,
    means_of,
    middle_of,
    middles,
)
from kb.model import model_parts
from kb.search.nearness import Nearness
from kb.search.twins import TwinKey, twins
from kb.store import Store
from kb.words import STEMMERS, Pairs, Values, facets, label

CHOICES = 64  # of filters that are kept, a bit a passage each
AnyOfEach = tuple[tuple[str, tuple[str, ...]], ...]
"""Facets with values: records that have any value of each."""


@dataclass(frozen=True, slots=True)
class ReadOnce:
    """What a catalogue needs of all its records at once; `told` are those that say more than their name."""

    ids: tuple[str, ...]
    languages: tuple[str, ...]
    told: Mask
    likeness: tuple[TwinKey, ...]
    facets: facets.FacetIndex

    @classmethod
    def of(cls, records: Iterable[Record]) -> ReadOnce:
        """Go through the records, holding none."""
        ids, languages, told, likeness = [], [], [], []
        held = facets.FacetIndex()
        for number, record in enumerate(records):
            ids.append(record.id)
            languages.append(sys.intern(record.language))
            told.append(bool(record.fields))
            likeness.append(TwinKey.of(record))
            held.add(number, record)
        return cls(tuple(ids), tuple(languages), np.array(told, dtype=bool), tuple(likeness), held)

    @property
    def stemmed(self) -> tuple[str, ...]:
        """The languages that some record is in and that have a stemmer."""
        return tuple(sorted(set(self.languages) & set(STEMMERS)))


class Numbered(Mapping[str, int]):
    """The number of each record by its id, sixteen bytes a record: a sum of the id, and the record is looked at."""

    def __init__(self, records: Sequence[Record], ids: Iterable[str]) -> None:
        self._records = records
        sums = np.array([_sum(one) for one in ids], dtype=np.uint64)
        self._order = np.argsort(sums, kind="stable")
        self._sums = sums[self._order]

    def __getitem__(self, record: str) -> int:
        wanted = np.uint64(_sum(record))
        at = int(np.searchsorted(self._sums, wanted))
        while at < len(self._sums) and self._sums[at] == wanted:
            number = int(self._order[at])
            if self._records[number].id == record:
                return number
            at += 1
        raise KeyError(record)

    def __iter__(self) -> Iterator[str]:
        return (record.id for record in self._records)

    def __len__(self) -> int:
        return len(self._sums)


@dataclass(frozen=True, slots=True)
class Catalog:
    """What one generation serves. Records are numbered by handbook id, then as printed; rows are passages.

    `owners` gives the record number of each row, and `owned` the rows of each record. `vectors` are the rows as
    float32 (n, dim), `means` one unit row a record, the mean of its passages, both None where the rows are too many
    to compare each, and `middle` the mean of those. `nearness` says what rows and records say by model. `records` are
    read when they are asked for: to go through all of them takes a while (`load` does, once). `users` gives the
    numbers of the records that use each tool, by its id, `leads` those that each institution leads. `twins` gives the
    number of the first record that says the same in another handbook, mostly its own. `newest` gives the newest
    edition of each handbook that there was then, which need not be the served one. `earlier` are the editions, by
    handbook and number, of records that are not served (`kb.search.earlier`). `within` are the numbers of the
    records in the catalogue that this one is narrowed from, None of a whole one. `choices` are filters that were
    asked for.
    """

    generation: Generation
    handbooks: tuple[Handbook, ...]
    by_id: Mapping[str, Handbook]
    editions: Mapping[str, Edition]
    records: Sequence[Record]
    numbers: Mapping[str, int]
    owners: Numbers
    owned: Owned
    vectors: Vectors | None
    means: Vectors | None
    middle: Vectors | None
    nearness: Nearness | None
    twins: Numbers
    languages: tuple[str, ...]
    facets: Mapping[str, Values]
    pairs: Mapping[str, Pairs]
    users: Mapping[str, tuple[int, ...]]
    leads: Values
    newest: Mapping[str, int]
    earlier: Mapping[tuple[str, int], Edition] = field(default_factory=dict)
    within: Numbers | None = None
    choices: dict[AnyOfEach, ChosenRows] = field(default_factory=dict)

    @classmethod
    def load(cls, store: Store, generation: Generation) -> Catalog:
        """Go through a generation's records and passages, once.

        Raises:
            NotFoundError: another generation was published meanwhile, with other editions or corrections.
        """
        held = generation.manifest.editions
        handbooks = tuple(h for h in store.handbooks() if held.get(h.id) == h.edition)
        newest = {book: max(store.published(book)) for book in held}
        if store.generation() != generation.name or {h.id for h in handbooks} != set(held):
            raise NotFoundError(f"{generation.name}: another generation is served already; search again")
        editions = {book: one for (book, _), one in store.editions_on_demand(held.items()).items()}
        return cls.of(generation, handbooks, editions, newest)

    @classmethod
    def of(
        cls,
        generation: Generation,
        handbooks: tuple[Handbook, ...],
        editions: Mapping[str, Edition],
        newest: Mapping[str, int],
    ) -> Catalog:
        """Go through the records of a generation of these editions, once."""
        read = ReadOnce.of(generation.records)
        own, dense = generation.rows, generation.dense
        owned = Owned.of(own.owners, len(read.ids))
        vectors = means = middle = nearness = None
        if dense is not None:
            parts = model_parts(generation.manifest.model, dense.dim)
            shared = dense.shared
            if shared is None:
                shared = middles(dense.chunks(), own.spoken[own.owners], len(own.tongues), parts)
            nearness = Nearness.sharing(parts, shared, own.tongues, own.spoken, own.owners, read.told)
            if dense.is_exact:
                _, vectors = next(dense.chunks())
                means = means_of(vectors, owned)
            middle = dense.middle
            if means is not None and len(means):
                middle = means.mean(axis=0)
            elif middle is None:
                middle = middle_of(dense, owned)
        held_values = read.facets.values()
        return cls(
            generation=generation,
            handbooks=handbooks,
            by_id={book.id: book for book in handbooks},
            editions=editions,
            records=generation.records,
            numbers=Numbered(generation.records, read.ids),
            owners=own.owners,
            owned=owned,
            vectors=vectors,
            means=means,
            middle=middle,
            nearness=nearness,
            twins=twins(
                read.likeness, None if dense is None else lambda number: mean_of(dense, owned, number)
            ),
            languages=read.stemmed,
            facets=held_values,
            pairs={facet: Pairs.of(values) for facet, values in held_values.items()},
            users=read.facets.users(),
            leads=read.facets.leads(),
            newest=newest,
        )

    def without_twins(self, order: Numbers) -> Numbers:
        """Record numbers in their order, but only the first of those that say the same in several handbooks."""
        _, first = np.unique(self.twins[order], return_index=True)
        return order[np.sort(first)]

    @property
    def is_large(self) -> bool:
        """Whether it has too many passages to score each: a need is then answered from those that may answer it."""
        return self.within is None and len(self.owners) > FLAT_UP_TO

    def rows(self, numbers: Numbers) -> Vectors:
        """The vectors of some rows."""
        return self.vectors[numbers] if self.vectors is not None else self._near().rows(numbers)

    def every_mean(self) -> Vectors | None:
        """The means of all records, float32 (n, dim), put together where they are not at hand; None without vectors."""
        if self.means is not None or self.generation.dense is None:
            return self.means
        return np.concatenate(list(means_in_turn(self.generation.dense, self.owned)))

    def products(self, question: Vectors) -> Scores:
        """The products of a row (dim,) with each row.

        Raises:
            GenerationError: there are words only, or too many rows for that.
        """
        if self.vectors is None:
            raise GenerationError(
                f"{self.generation.name}: its rows are not compared each; kb doctor says why"
            )
        return dot(self.vectors, question)

    def nearest(self, question: Vectors, limit: int, filters: AnyOfEach = ()) -> tuple[Numbers, Scores]:
        """Rows of records with any of the values of each group, with their products with a row (dim,).

        Where each is compared all of them come, as they are; else the nearest, best first, at most `limit`.
        """
        if self.vectors is None:
            return self._near().search(question, limit, self.chosen(filters))
        rows = np.flatnonzero(self._mask(filters)[self.owners])
        return rows, dot(self.vectors, question)[rows]

    def chosen(self, filters: AnyOfEach) -> ChosenRows:
        """The rows of records with any of the values of each group."""
        if (found := self.choices.get(filters)) is None:
            if len(self.choices) >= CHOICES:
                self.choices.clear()
            marks = tuple(tuple(facets.mark(facet, value) for value in values) for facet, values in filters)
            found = ChosenRows(marks, lambda: self._mask(filters)[self.owners])
            self.choices[filters] = found
        return found

    def _mask(self, filters: AnyOfEach) -> Mask:
        mask = np.ones(len(self.records), dtype=bool)
        for facet, values in filters:
            mask &= self.having(facet, values)
        return mask

    def _near(self) -> Near:
        if self.generation.dense is None:
            raise GenerationError(f"{self.generation.name}: has words only; kb doctor says why")
        return self.generation.dense

    def record(self, record: str) -> Record:
        """A record of this generation; NotFoundError if there is none of this id."""
        if record not in self.numbers:
            raise NotFoundError(f"{record}: no such record in this library; kb search WORDS finds ids")
        return self.records[self.numbers[record]]

    def edition_of(self, record: Record) -> Edition:
        """The edition that a record of this catalogue stands in."""
        return self.earlier.get((record.handbook, record.edition)) or self.editions[record.handbook]

    def handbook(self, handbook: str) -> Handbook:
        """A handbook of this generation; NotFoundError if there is none of this id."""
        if (found := self.by_id.get(handbook)) is None:
            raise NotFoundError(f"{handbook}: no such handbook in this library; kb handbooks lists them")
        return found

    def having(self, facet: str, values: Iterable[str]) -> Mask:
        """The records with any of these values of a facet; all of them where no value is asked for."""
        wanted = tuple(values)
        mask = np.full(len(self.records), not wanted)
        for value in wanted:
            mask[self.facets[facet].get(value, np.zeros(0, dtype=np.int64))] = True
        return mask

    def known(self, facet: str) -> tuple[tuple[str, str], ...]:
        """The values of a facet, each with what it is shown as."""
        return tuple((value, self.label(facet, value)) for value in self.facets[facet])

    def label(self, facet: str, value: str) -> str:
        """What a value of a facet is shown as."""
        if facet == "handbook":
            return self.by_id[value].title
        return label(facet, value)

    def of_kinds(self, kinds: Iterable[Kind]) -> Mask:
        """The records of these kinds; none where no kind is given."""
        wanted = tuple(kinds)
        return self.having("kind", wanted) if wanted else np.zeros(len(self.records), dtype=bool)


def _sum(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest())
