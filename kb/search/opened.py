"""A generation that was opened, with what is found out about it once."""

from __future__ import annotations

import copy
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TypeVar, cast

from kb import Said
from kb.model import Encoder
from kb.search.catalogue import Catalog
from kb.search.constraints import KnownValues
from kb.search.earlier import Archive
from kb.search.query import Query
from kb.search.suggest import KnownNames
from kb.search.usual import Usual, unrelated_rows
from kb.store import Store

Made = TypeVar("Made")


class OpenGeneration:
    """A generation that was opened, with what is found out about it once. Safe to use from several threads.

    `encoder` is the model that was loaded then, None where none was; `notices` say what became of the index; `cache`
    is a folder for what can be made again.
    """

    def __init__(
        self,
        store: Store,
        catalogue: Catalog,
        encoder: Encoder | None,
        notices: tuple[Said, ...],
        cache: Path,
    ) -> None:
        self._cache = cache
        self.catalogue = catalogue
        self.encoder = encoder
        self.notices = notices
        self.archive = Archive(store)
        self._usual: dict[str, Usual] = {}
        self.totals: dict[
            str, int
        ] = {}  # how many answers names and titles have that are offered again and again
        self._made: dict[str, object] = {}

    def told(self, encoder: Encoder | None, *notices: Said) -> OpenGeneration:
        """The same, with something else to be said."""
        other = copy.copy(self)
        other.encoder, other.notices = encoder, notices
        return other

    @cached_property
    def names(self) -> KnownNames:
        """The titles, tools, institutions and themes."""
        return KnownNames.of(self.catalogue)

    @cached_property
    def values(self) -> KnownValues:
        """What the values that a need may prefer are called."""
        return KnownValues.of(self.catalogue)

    def once(self, name: str, make: Callable[[], Made]) -> Made:
        """What was made under this name, or is made now."""
        if name not in self._made:
            self._made[name] = make()
        return cast(Made, self._made[name])

    def usual(self, encoder: Encoder | None, query: Query, language: str) -> Usual | None:
        """What unrelated questions in a language reach here, where a query is answered by meaning."""
        if encoder is None or not query.needs_model or self.catalogue.nearness is None:
            return None
        if language not in self._usual:
            self._usual[language] = Usual.of(self.catalogue, unrelated_rows(encoder, language, self._cache))
        return self._usual[language]
