"""What a part of an index becomes in Milvus: rows of words and of vectors; and what is counted of it on the way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kb import Vectors
from kb.index.milvus_server import MOST_VALUES
from kb.index.milvus_weighing import mark_of, numbers_of, tongue_mark
from kb.index.weighing import Weighed
from kb.index.written import Entry, cut
from kb.model import ModelPart


class Filling:
    """Rows of words, made one by one; afterwards `counts` says how many entries have each form."""

    def __init__(self) -> None:
        self.counts: Counter[tuple[str, str]] = Counter()
        self._lengths: list[tuple[int, int, int]] = []

    def rows(self, entries: Iterable[Entry], first: int) -> Iterator[dict[str, Any]]:
        """Yield a row an entry, marked from `first` on."""
        for mark, entry in enumerate(entries, first):
            weighed = Weighed.of(entry, cut(entry))
            self.counts.update(weighed.forms.keys())
            self._lengths.append(weighed.lengths)
            yield {"id": mark, "marks": _marks(entry), "words": numbers_of(weighed)}

    def lengths(self) -> NDArray[np.int32]:
        """Plain words, stemmed words and tongue of each entry, int32 (n, 3)."""
        return np.array(self._lengths, dtype=np.int32).reshape(-1, 3)


def rows_of_vectors(
    vectors: Vectors, entries: Sequence[Entry], first: int, parts: Sequence[ModelPart]
) -> Iterator[dict[str, Any]]:
    """Yield a row a passage, marked from `first` on, with what each model says of it."""
    for at, entry in enumerate(entries):
        own = {f"model_{number}": vectors[at, part.start : part.stop] for number, part in enumerate(parts)}
        yield {"id": first + at, "marks": _marks(entry), **own}


def _marks(entry: Entry) -> list[int]:
    """What an entry is filtered by, as numbers: its language first, then its values."""
    return [mark_of(tongue_mark(entry.language)), *sorted({mark_of(v) for v in entry.values})][:MOST_VALUES]
