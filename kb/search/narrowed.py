"""A catalogue of some of the records of another: what may answer one need in a library too large to score as a whole.

Records and rows count from 0 among these; words keep what they weigh in the whole library.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from kb import Numbers, Scores
from kb.index import Generation, Groups, Owned, OwnedRows, Picked, WordIndex, means_of
from kb.search.catalogue import Catalog
from kb.words import Pairs, Values


def narrowed(catalog: Catalog, numbers: Numbers) -> Catalog:
    """The catalogue of these records, by number; `within` it has the numbers themselves, ascending."""
    numbers = np.unique(numbers)
    rows, owners = catalog.owned.rows_of(numbers)
    dense = catalog.generation.dense
    vectors = None if dense is None else dense.rows(rows)
    owned = Owned.of(owners, len(numbers))
    return replace(
        catalog,
        generation=_generation(catalog.generation, rows, numbers, owners),
        records=Picked(catalog.records, numbers),
        numbers=_Numbers(catalog.numbers, numbers),
        owners=owners,
        owned=owned,
        vectors=vectors,
        means=None if vectors is None else means_of(vectors, owned),
        nearness=None if catalog.nearness is None else catalog.nearness.of_records(numbers, owners),
        twins=catalog.twins[numbers],
        facets={facet: _Held(values, numbers) for facet, values in catalog.facets.items()},
        pairs=_Pairs(catalog.pairs, numbers),
        users=_Users(catalog.users, numbers),
        leads=_Held(catalog.leads, numbers),
        within=numbers,
    )


def _generation(whole: Generation, rows: Numbers, numbers: Numbers, owners: Numbers) -> Generation:
    sentences = whole.sentences
    return replace(
        whole,
        records=Picked(whole.records, numbers),
        passages=Picked(whole.passages, rows),
        lexical=_Among(whole.lexical, rows),
        whole=_Among(whole.whole, numbers),
        rows=OwnedRows(owners, whole.rows.tongues, whole.rows.spoken[numbers]),
        dense=None,
        sentences=None if sentences is None else replace(sentences, places=sentences.places[rows]),
    )


@dataclass(frozen=True, slots=True)
class _Among:
    """Some entries of a word index; what words weigh is the whole index's."""

    whole: WordIndex
    ids: Numbers

    @property
    def languages(self) -> tuple[str, ...]:
        return self.whole.languages

    @property
    def count(self) -> int:
        return len(self.ids)

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
        kept = self._of(allowed)
        found, scores = self.whole.search(
            text,
            min(limit, len(kept)),
            languages,
            kept,
            phrases,
            excluded,
            having=having,
            is_rough=is_rough,
        )
        return np.searchsorted(self.ids, found), scores

    def coverage(self, text: str, languages: Sequence[str] = (), allowed: Numbers | None = None) -> Scores:
        return self.whole.coverage(text, languages, self._of(allowed))

    def most_covered(self, text: str, languages: Sequence[str] = ()) -> float:
        return self.whole.most_covered(text, languages)

    def printed(self, text: str, languages: Sequence[str] = (), allowed: Numbers | None = None) -> Scores:
        return self.whole.printed(text, languages, self._of(allowed))

    def is_telling(self, text: str) -> bool:
        return self.whole.is_telling(text)

    def has(self, phrases: Sequence[str]) -> bool:
        return self.whole.has(phrases)

    def matching(
        self,
        phrases: Sequence[str] = (),
        excluded: Sequence[str] = (),
        languages: Sequence[str] = (),
        allowed: Numbers | None = None,
    ) -> Numbers:
        found = self.whole.matching(phrases, excluded, languages, self._of(allowed))
        return np.searchsorted(self.ids, found)

    def having(self, kind: str, form: str) -> int:
        return self.whole.having(kind, form)

    def words(self, prefix: str = "", limit: int | None = None) -> list[tuple[str, int]]:
        return self.whole.words(prefix, limit)

    def _of(self, allowed: Numbers | None) -> Numbers:
        return self.ids if allowed is None else self.ids[allowed]


def _places(numbers: Numbers, among: Numbers) -> Numbers:
    """Where some numbers stand `among` others, both ascending; those that do not are left out."""
    if not len(among) or not len(numbers):
        return np.zeros(0, dtype=np.int64)
    at = np.minimum(np.searchsorted(numbers, among), len(numbers) - 1)
    return np.flatnonzero(numbers[at] == among)


@dataclass(frozen=True, slots=True)
class _Held(Mapping[str, Numbers]):
    """The values of a facet with the narrowed records that have each, looked up when one is asked for."""

    whole: Values
    numbers: Numbers

    def __getitem__(self, value: str) -> Numbers:
        return _places(self.whole[value], self.numbers)

    def __iter__(self) -> Iterator[str]:
        return iter(self.whole)

    def __len__(self) -> int:
        return len(self.whole)


@dataclass(frozen=True, slots=True)
class _Pairs(Mapping[str, Pairs]):
    whole: Mapping[str, Pairs]
    numbers: Numbers

    def __getitem__(self, facet: str) -> Pairs:
        return self.whole[facet].of_rows(self.numbers)

    def __iter__(self) -> Iterator[str]:
        return iter(self.whole)

    def __len__(self) -> int:
        return len(self.whole)


@dataclass(frozen=True, slots=True)
class _Numbers(Mapping[str, int]):
    whole: Mapping[str, int]
    numbers: Numbers

    def __getitem__(self, record: str) -> int:
        number = self.whole[record]
        at = int(np.searchsorted(self.numbers, number))
        if at == len(self.numbers) or self.numbers[at] != number:
            raise KeyError(record)
        return at

    def __iter__(self) -> Iterator[str]:
        return (record for record in self.whole if record in self)

    def __len__(self) -> int:
        return len(self.numbers)


@dataclass(frozen=True, slots=True)
class _Users(Mapping[str, tuple[int, ...]]):
    """The narrowed records that use each tool: those that are left, of tools that are."""

    whole: Mapping[str, tuple[int, ...]]
    numbers: Numbers

    def __getitem__(self, tool: str) -> tuple[int, ...]:
        return tuple(_places(np.array(self.whole[tool], dtype=np.int64), self.numbers).tolist())

    def __iter__(self) -> Iterator[str]:
        return iter(self.whole)

    def __len__(self) -> int:
        return len(self.whole)
