"""What earlier editions say that the served ones do not: found on demand, beside what is served.

A catalogue of the served records and, after them, the earlier wordings, so that both are scored on one scale. It is
made in memory when it is first asked for, kept while the library stays as it is, and writes nothing.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from kb import Edition, Numbers, Passage, Record, Scores, Vectors
from kb.care import changes
from kb.editions import is_reworded
from kb.index import Entry, Generation, Joined, Lexical, Owned, means_of
from kb.model import Encoder, passages
from kb.search.answer import Hit
from kb.search.catalogue import Catalog, ReadOnce
from kb.search.nearness import Nearness
from kb.store import Store, text_sha256

MOST_EMBEDDED = 256
"""Passages whose vectors are not kept any more (another model was used): so many are embedded, some ten seconds."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """Hits among what earlier editions say otherwise or alone, best first, of `total`; one a record.

    An earlier wording is a hit where it answers better than what is served of that record.

    `Hit.record.edition` is the edition. `unread` are passages that only their words find, as too many have no vector.
    """

    hits: tuple[Hit, ...]
    total: int
    unread: int = 0


@dataclass(frozen=True, slots=True)
class Shelved:
    """A catalogue whose records from number `first` on are of earlier editions."""

    catalog: Catalog
    first: int
    unread: int

    def better(self, order: Numbers, score: Scores) -> tuple[int, ...]:
        """Of record numbers, best first, each record's best earlier wording that says more than the served one."""
        records, numbers = self.catalog.records, self.catalog.numbers
        best: dict[str, int] = {}
        for number in order[order >= self.first].tolist():
            now = numbers.get(records[number].id)
            if now is None or score[number] > score[now]:
                best.setdefault(records[number].id, number)
        return tuple(best.values())


class Archive:
    """Makes the catalogue once for each state of the library, while other searches go on."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._held: tuple[tuple[object, ...], Shelved] | None = None
        self._lock = threading.Lock()

    def shelved(self, served: Catalog, encoder: Encoder | None) -> Shelved:
        """The served catalogue with the earlier wordings; made now unless it is at hand."""
        kept = {
            book: self._before(book, number) for book, number in served.generation.manifest.editions.items()
        }
        key = (served.generation.name, encoder.id if encoder else "", tuple(kept.items()))
        with self._lock:
            if self._held is None or self._held[0] != key:
                self._held = None  # what is not needed any more goes before the next one comes
                self._held = key, _shelved(self._store, served, kept, encoder)
            return self._held[1]

    def drop(self) -> None:
        """Forget what was made: another generation is served."""
        self._held = None

    def _before(self, handbook: str, served: int) -> tuple[int, ...]:
        """The published editions before the served one, newest first."""
        return tuple(number for number in reversed(self._store.published(handbook)) if number < served)


def wordings(served: Sequence[Record], editions: Sequence[Sequence[Record]]) -> Iterator[Record]:
    """Each record of the editions (newest first) that is gone or reads otherwise, and no newer one reads so."""
    said: dict[str, list[Record]] = {record.id: [record] for record in served}
    for records in editions:
        for record in records:
            known = said.setdefault(record.id, [])
            if all(is_reworded(record, other) for other in known):
                known.append(record)
                yield record


def _shelved(
    store: Store, served: Catalog, kept: dict[str, tuple[int, ...]], encoder: Encoder | None
) -> Shelved:
    found: list[Record] = []
    for book, numbers in kept.items():
        now = [served.records[at] for at in served.facets["handbook"].get(book, ())] if numbers else []
        found += wordings(now, [changes.records(store, book, number) for number in numbers])
    if not found:
        return Shelved(served, len(served.records), 0)
    records = Joined(served.records, found)
    cut = [passages.cut(record, encoder) for record in found]
    rows = tuple(passage for part in cut for passage in part)
    first = len(served.records)
    owners = np.concatenate(
        [served.owners, np.repeat(np.arange(first, len(records)), [len(part) for part in cut])]
    )
    vectors, unread = _vectors(store, served, rows, encoder)
    read = ReadOnce.of(records)
    owned = Owned.of(owners, len(records))
    model = served.generation.manifest.model
    catalog = replace(
        served,
        generation=_generation(served, records, rows, owners, read.languages),
        records=records,
        owners=owners,
        owned=owned,
        vectors=vectors,
        means=None if vectors is None else means_of(vectors, owned),
        nearness=None if vectors is None else Nearness.of(model, vectors, owners, read.languages, read.told),
        twins=np.arange(len(records), dtype=np.int64),
        languages=read.stemmed,
        facets=read.facets.values(),
        pairs={},
        earlier=_editions(store, found),
    )
    return Shelved(catalog, first, unread)


def _generation(
    served: Catalog,
    records: Sequence[Record],
    rows: tuple[Passage, ...],
    owners: Numbers,
    languages: Sequence[str],
) -> Generation:
    every = Joined(served.generation.passages, rows)
    entries = [
        Entry(passage.context, passage.label, passage.text, languages[owner])
        for passage, owner in zip(every, owners, strict=True)
    ]
    whole = [Entry(record.title, record.institution, record.text, record.language) for record in records]
    return replace(
        served.generation,
        records=records,
        passages=every,
        lexical=Lexical.in_memory(entries),
        whole=Lexical.in_memory(whole),
        dense=None,
        sentences=None,
    )


def _vectors(
    store: Store, served: Catalog, rows: Sequence[Passage], encoder: Encoder | None
) -> tuple[Vectors | None, int]:
    """The rows of served and earlier passages, and how many of them are empty; None where words have to do."""
    if encoder is None or served.means is None:
        return None, 0
    texts = {text_sha256(passage.indexed): passage.indexed for passage in rows}
    known = store.cached_vectors(encoder.id, list(texts.values()))
    missing = [sha for sha in texts if sha not in known]
    if read := missing[:MOST_EMBEDDED]:
        known |= dict(zip(read, encoder.passages([texts[sha] for sha in read]), strict=True))
    empty = np.zeros(encoder.dim, dtype=np.float32)
    more = [known.get(text_sha256(passage.indexed), empty) for passage in rows]
    own = served.rows(np.arange(len(served.owners), dtype=np.int64))
    return np.vstack([own, *more]).astype(np.float32, copy=False), len(missing) - len(read)


def _editions(store: Store, records: Sequence[Record]) -> dict[tuple[str, int], Edition]:
    wanted = dict.fromkeys((record.handbook, record.edition) for record in records)
    return store.editions_on_demand(wanted)
