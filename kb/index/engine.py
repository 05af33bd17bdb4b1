"""What a search asks of an index, whichever engine keeps it: passages and records by their words, passages by meaning.

Ids are rows: passages, and records, count from 0 in the order of their generation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from kb import Mask, Numbers, Scores, Vectors

Groups = tuple[tuple[str, ...], ...]
"""Values as `kb.words.facets.mark` writes them: what is chosen has any value of each group."""


class ChosenRows:
    """The ids that filters leave: what these say, for an engine that filters itself, and the ids, for one that cannot.

    The ids are made at the first use, a bit each, so that a choice can be kept.
    """

    def __init__(self, groups: Groups, mask: Callable[[], Mask]) -> None:
        self.groups = groups
        self._mask = mask

    @cached_property
    def bits(self) -> NDArray[np.uint8]:
        """A bit an id, the lowest first."""
        return np.packbits(self._mask(), bitorder="little")

    @cached_property
    def count(self) -> int:
        """How many ids there are."""
        return int(np.bitwise_count(self.bits).sum())

    def ids(self) -> Numbers:
        """The ids, ascending."""
        return np.flatnonzero(np.unpackbits(self.bits, bitorder="little")).astype(np.int64)


class Near(Protocol):
    """Unit rows, searched by inner product, from any thread.

    Where `is_exact`, every row is compared, and `rows` of all of them is an array that is at hand; else a search is
    one for candidates, by what a row has beyond what all of its language `shared` have.
    """

    @property
    def is_exact(self) -> bool:
        """Whether every row is compared, and none approximated."""

    @property
    def count(self) -> int:
        """Rows in the index."""

    @property
    def dim(self) -> int:
        """Numbers in a row."""

    @property
    def shared(self) -> Vectors | None:
        """What the rows of each language share, float32 (languages, dim); None where nothing is taken away for it."""

    @property
    def middle(self) -> Vectors | None:
        """The mean of the records' means, float32 (dim,); None where it has to be made of the rows."""

    def rows(self, ids: Numbers) -> Vectors:
        """The vectors of some rows, float32 (n, dim)."""

    def chunks(self) -> Iterator[tuple[int, Vectors]]:
        """All rows, many at a time, each time with the number of the first."""

    def search(
        self, query: Vectors, limit: int, allowed: Numbers | ChosenRows | None = None
    ) -> tuple[Numbers, Scores]:
        """The rows nearest to a vector (dim,), best first, equal ones by id, with their products; at most `limit`.

        `allowed` keeps only some ids (None keeps all, an empty array none); those of no row are ignored.
        """


class WordIndex(Protocol):
    """Entries by their words, BM25, from any thread; `kb.index.lexical.Lexical` says more of each."""

    @property
    def languages(self) -> tuple[str, ...]:
        """Those with a stemmer that some entry is written in."""

    @property
    def count(self) -> int:
        """Entries in the index."""

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
        """The entries that have most of a text's words, best first, equal scores by id; at most `limit`.

        A rough search, for what is then scored, may miss some of the best.
        """

    def coverage(self, text: str, languages: Sequence[str] = (), allowed: Numbers | None = None) -> Scores:
        """The share of a text's telling words that each (`allowed`) entry has."""

    def most_covered(self, text: str, languages: Sequence[str] = ()) -> float:
        """The highest coverage of a text by any entry."""

    def printed(self, text: str, languages: Sequence[str] = (), allowed: Numbers | None = None) -> Scores:
        """Which (`allowed`) entries print a short need, from 0 to 3."""

    def is_telling(self, text: str) -> bool:
        """Whether a text has a word to search by."""

    def has(self, phrases: Sequence[str]) -> bool:
        """Whether some entry has each phrase word for word."""

    def matching(
        self,
        phrases: Sequence[str] = (),
        excluded: Sequence[str] = (),
        languages: Sequence[str] = (),
        allowed: Numbers | None = None,
    ) -> Numbers:
        """All (`allowed`) ids, ascending, that have each phrase word for word and none of the excluded words."""

    def having(self, kind: str, form: str) -> int:
        """How many entries have a form of a kind, PLAIN or a language."""

    def words(self, prefix: str = "", limit: int | None = None) -> list[tuple[str, int]]:
        """The plain words that start so, with the number of entries that have each, most frequent first."""
