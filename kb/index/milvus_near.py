"""Passages by meaning, found by Milvus: candidates from its graphs, one a model, compared exactly by their own rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from kb import Numbers, Scores, Vectors
from kb.index.engine import ChosenRows
from kb.index.lists import HeldRows, candidates
from kb.index.milvus_server import VECTORS, Server, marked
from kb.index.milvus_weighing import mark_of, tongue_mark
from kb.model import ModelPart


@dataclass(frozen=True, slots=True)
class MilvusNear:
    """Unit rows, searched by inner product from any thread, as `kb.index.lists.Lists` does it.

    `held` are the rows themselves, in the generation's own files. `spoken` has the number of each row's language among
    `tongues`, and `shared` what all rows of each language share, float32 (tongues, dim).
    """

    server: Server
    place: str
    parts: tuple[str, ...]
    marks: Numbers
    held: HeldRows
    models: tuple[ModelPart, ...]
    tongues: tuple[str, ...]
    spoken: Numbers
    shared: Vectors

    @property
    def is_exact(self) -> bool:
        """Never: a search is one for candidates."""
        return False

    @property
    def middle(self) -> Vectors | None:
        """Not kept here: made of the rows when a library is opened."""
        return None

    @property
    def count(self) -> int:
        """Rows in the index."""
        return len(self.held)

    @property
    def dim(self) -> int:
        """Numbers in a row."""
        return self.held.dim

    def rows(self, ids: Numbers) -> Vectors:
        """The vectors of some rows, float32 (n, dim)."""
        return self.held[ids]

    def chunks(self) -> Iterator[tuple[int, Vectors]]:
        """All rows, many at a time, each time with the number of the first."""
        return self.held.chunks()

    def search(
        self, query: Vectors, limit: int, allowed: Numbers | ChosenRows | None = None
    ) -> tuple[Numbers, Scores]:
        """The rows nearest to a vector (dim,) less what their languages share, best first, equal ones by id.

        At most `limit`, with their products with the vector, what is shared included.
        """
        return candidates(self.held, self.spoken, self.shared, self._near, query, limit, allowed)

    def _near(self, query: Vectors, limit: int, chosen: ChosenRows | None) -> Numbers:
        """The rows, ascending, that Milvus leads to; it does not know what languages share, so each is asked for."""
        groups = chosen.groups if chosen else ()
        found = [np.zeros(0, dtype=np.int64)]
        for number, model in enumerate(self.models):
            own = query[model.start : model.stop]
            if own.any():
                every: Sequence[str] = ("",) if model.is_english_only else self.tongues
                found += [self._of_tongue(number, own, limit, groups, tongue) for tongue in every]
        marks = np.unique(np.concatenate(found))
        order = np.argsort(self.marks)
        rows = np.sort(order[np.searchsorted(self.marks[order], marks)])
        return rows if chosen is None or groups else np.intersect1d(rows, chosen.ids())

    def _of_tongue(
        self, number: int, own: Vectors, limit: int, groups: Sequence[Sequence[str]], tongue: str
    ) -> Numbers:
        filters = [*groups, (tongue_mark(tongue),)] if tongue else groups
        kept = " and ".join(marked([str(mark_of(value)) for value in values]) for values in filters)
        found = self.server.search(self.place, VECTORS, self.parts, f"model_{number}", [own], limit, kept)
        return found[0][0]
