"""What to ask instead, where nothing fits a need: facet values near it, and wordings that find something."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from kb import Kind, Numbers, Vectors
from kb.model import Encoder
from kb.search.catalogue import Catalog
from kb.search.fusion import best_first
from kb.search.spelling import telling_words
from kb.words import fold

NEAREST = 12  # practices whose values are offered
MOST_VALUES = 6
MOST_WORDINGS = 3
MOST_TRIED = 10  # each costs a search
OFFERED = ("theme", "format", "institution", "country", "handbook")
"""Facets whose values lead on, more telling ones first."""
NAMING = ("theme", "discipline", "format", "tool")
"""Facets whose values are words that a need can be put in."""


@dataclass(frozen=True, slots=True)
class Wording:
    """Another way to ask, and how many answers it has."""

    text: str
    total: int


@dataclass(frozen=True, slots=True)
class Offers:
    """Values to browse by as (facet, value), nearest first, and wordings to search by, best first."""

    values: tuple[tuple[str, str], ...]
    wordings: tuple[Wording, ...]


def offers(catalog: Catalog, encoder: Encoder | None, need: str, find: Callable[[str], int]) -> Offers:
    """What lies nearest to a need that nothing answers; `find` says how many answers a text has.

    Nothing is offered that leads nowhere: values have records, and each wording is searched first.
    """
    vector = encoder.queries([need])[0] if encoder is not None and catalog.means is not None else None
    near = _nearest(catalog, vector, need)
    return Offers(tuple(_values(catalog, near)), tuple(_wordings(catalog, vector, need, near, find)))


def _nearest(catalog: Catalog, vector: Vectors | None, need: str) -> Numbers:
    """Practices, nearest first; all of them where neither meaning nor words say which."""
    practices = np.flatnonzero(catalog.of_kinds((Kind.PRACTICE,)))
    if vector is not None and catalog.means is not None:
        return best_first(catalog.means @ vector, practices)[:NEAREST]
    found, _ = catalog.generation.whole.search(need, len(catalog.records), catalog.languages)
    return found[np.isin(found, practices)][:NEAREST] if np.isin(found, practices).any() else practices


def _values(catalog: Catalog, near: Numbers) -> Iterator[tuple[str, str]]:
    """The values of these practices, by facet, then those that most of them have."""
    left = MOST_VALUES
    for facet in OFFERED:
        counts = {value: int(np.isin(near, held).sum()) for value, held in catalog.facets[facet].items()}
        shared = sorted(
            (value for value in counts if counts[value]), key=lambda value: (-counts[value], value)
        )
        yield from ((facet, value) for value in shared[:left])
        left -= len(shared[:left])


def _wordings(
    catalog: Catalog, vector: Vectors | None, need: str, near: Numbers, find: Callable[[str], int]
) -> Iterator[Wording]:
    tried = {fold(need)}
    left = MOST_WORDINGS
    for text in _candidates(catalog, vector, need, near):
        if not left or len(tried) > MOST_TRIED:
            return
        if fold(text) in tried:
            continue
        tried.add(fold(text))
        if total := find(text):
            yield Wording(text, total)
            left -= 1


def _candidates(catalog: Catalog, vector: Vectors | None, need: str, near: Numbers) -> Iterator[str]:
    """The need in the words that the library knows; names it has for things like it; titles of what is nearest."""
    whole = catalog.generation.whole
    having = {
        word: len(whole.search(word, len(catalog.records), catalog.languages)[0])
        for word in telling_words(need, catalog.languages)
    }
    known = [word for word, count in having.items() if count]
    if known:
        yield " ".join(known)
        yield min(known, key=lambda word: (having[word], word))
    yield from _names(catalog, vector, near)
    for number in near:
        yield catalog.records[int(number)].title


def _names(catalog: Catalog, vector: Vectors | None, near: Numbers) -> Iterator[str]:
    """Two names of themes, disciplines, formats or tools: those whose records are nearest by meaning, or among near."""
    found = []
    for facet in NAMING:
        labels = dict(catalog.known(facet))
        for value, held in catalog.facets[facet].items():
            if not len(held):
                continue
            if vector is not None and catalog.means is not None:
                close = float((catalog.means[held] @ vector).mean())
            else:
                close = float(np.isin(near, held).mean()) if len(near) else 0.0
            found.append((-close, labels[value]))
    yield from (label for _, label in sorted(found)[:2])
