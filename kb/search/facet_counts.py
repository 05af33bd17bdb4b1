"""How many hits each value of a facet has, under the other filters that are in force."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kb import Mask
from kb.search.catalogue import Catalog
from kb.search.query import Query
from kb.words import FACETS


@dataclass(frozen=True, slots=True)
class FacetCount:
    """A value to filter by, and the number of hits that have it under the other filters."""

    name: str
    value: str
    label: str
    count: int
    is_chosen: bool


def facet_counts(catalog: Catalog, query: Query, is_hit: Mask) -> tuple[FacetCount, ...]:
    """Every value that some hit has under the other filters, in the facets' order, most frequent first."""
    chosen = {"kind": tuple(kind.value for kind in query.kinds), **query.filters}
    lacking = {facet: ~catalog.having(facet, values) for facet, values in query.filters.items()}
    lacking["kind"] = ~catalog.of_kinds(query.kinds)
    lacks = np.sum(list(lacking.values()), axis=0)  # filters that each record fails
    found = []
    for facet in FACETS:
        left = is_hit & (lacks - lacking.get(facet, False) == 0)
        if facet != "handbook":  # there each copy is one; elsewhere all that say the same are one hit
            alone = catalog.without_twins(np.flatnonzero(left))
            left = np.zeros_like(left)
            left[alone] = True
        counted = [
            FacetCount(facet, value, catalog.label(facet, value), count, value in chosen.get(facet, ()))
            for value, count in catalog.pairs[facet].counts(left)
        ]
        found += sorted(counted, key=lambda one: (-one.count, one.label, one.value))
    return tuple(found)
