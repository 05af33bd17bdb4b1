"""One generation in memory: the records of exactly its editions, and which passages and facets are whose."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from kb import Edition, GenerationError, Handbook, Kind, Mask, NotFoundError, Numbers, Record, Scores, Vectors
from kb.index import Generation, dot
from kb.search.nearness import NOT_SEEN, Nearness
from kb.search.twins import TwinKey, twins
from kb.store import Store
from kb.words import STEMMERS, Pairs, Values, facets, label

DEPTH = 2000  # passages that a graph index is asked for; an exact one compares them all


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


@dataclass(frozen=True, slots=True)
class Catalog:
    """What one generation serves. Records are numbered by handbook id, then as printed; rows are passages.

    `owners` gives the record number of each row, `vectors` the rows as float32 (n, dim) where the vector index is
    exact, `means` one unit row a record: the mean of its passages, and `nearness` what both say by model. `records`
    are read when they are asked for: to go through all of them takes a while (`load` does, once). `users` gives the
    numbers of the records that use each tool, by its id, `leads` those that each institution leads. `twins` gives the
    number of the first record that says the same in another handbook, mostly its own. `newest` gives the newest
    edition of each handbook that there was then, which need not be the served one. `earlier` are the editions, by
    handbook and number, of records that are not served (`kb.search.earlier`).
    """

    generation: Generation
    handbooks: tuple[Handbook, ...]
    editions: Mapping[str, Edition]
    records: Sequence[Record]
    numbers: Mapping[str, int]
    owners: Numbers
    vectors: Vectors | None
    means: Vectors | None
    nearness: Nearness | None
    twins: Numbers
    languages: tuple[str, ...]
    facets: Mapping[str, Values]
    pairs: Mapping[str, Pairs]
    users: Mapping[str, tuple[int, ...]]
    leads: Values
    newest: Mapping[str, int]
    earlier: Mapping[tuple[str, int], Edition] = field(default_factory=dict)

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
        read = ReadOnce.of(generation.records)
        numbers = {record: number for number, record in enumerate(read.ids)}
        owners = np.array([numbers[p.record] for p in generation.passages], dtype=np.int64)
        held_values = read.facets.values()
        vectors = means = nearness = None
        if (dense := generation.dense) is not None:
            rows = dense.all_rows
            means = means_of(rows, owners, len(read.ids))
            vectors = rows if dense.is_exact else None
            nearness = Nearness.of(generation.manifest.model, rows, owners, read.languages, read.told)
        return cls(
            generation=generation,
            handbooks=handbooks,
            editions={book: one for (book, _), one in store.editions_on_demand(held.items()).items()},
            records=generation.records,
            numbers=numbers,
            owners=owners,
            vectors=vectors,
            means=means,
            nearness=nearness,
            twins=twins(read.likeness, means),
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

    def rows(self, numbers: Numbers) -> Vectors:
        """The vectors of some rows; 8-bit approximations where the vector index is a graph."""
        if self.vectors is not None:
            return self.vectors[numbers]
        if self.generation.dense is None:
            raise GenerationError(f"{self.generation.name}: has words only; kb doctor says why")
        return self.generation.dense.rows(numbers)

    def products(self, question: Vectors, asked: Mask) -> Scores:
        """A row's (dim,) products with each row; NOT_SEEN of what a graph, asked for those records, did not come to."""
        if self.vectors is not None:
            return dot(self.vectors, question)
        if self.generation.dense is None:
            raise GenerationError(f"{self.generation.name}: has words only; kb doctor says why")
        found = np.full(len(self.owners), NOT_SEEN, dtype=np.float32)
        allowed = None if asked.all() else np.flatnonzero(asked[self.owners])
        ids, products = self.generation.dense.search(question, DEPTH, allowed)
        found[ids] = products
        return found

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
        found = next((h for h in self.handbooks if h.id == handbook), None)
        if found is None:
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
            return next(book.title for book in self.handbooks if book.id == value)
        return label(facet, value)

    def of_kinds(self, kinds: Iterable[Kind]) -> Mask:
        """The records of these kinds; none where no kind is given."""
        wanted = tuple(kinds)
        return self.having("kind", wanted) if wanted else np.zeros(len(self.records), dtype=bool)


def means_of(vectors: Vectors, owners: Numbers, count: int) -> Vectors:
    """The mean of each record's rows, as a unit row; zeros for one without."""
    sums = np.zeros((count, vectors.shape[1]), dtype=np.float32)
    np.add.at(sums, owners, vectors)
    lengths = np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-12)
    return np.asarray(sums / lengths, dtype=np.float32)
