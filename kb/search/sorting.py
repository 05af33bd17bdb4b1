"""Answers in another order than the best first."""

from __future__ import annotations

import numpy as np

from kb import Numbers, Record
from kb.search.catalogue import Catalog
from kb.search.query import Sort
from kb.words import fold


def sorted_by(places: Numbers, order: Numbers) -> Numbers:
    """Record numbers, given best first, by their places; records of the same place stay as they are."""
    return order[np.argsort(places[order], kind="stable")]


def places(catalogue: Catalog, sort: Sort) -> Numbers:
    """Where each record of a catalogue comes in an order that is not the best first, from 0; alike ones share a place.

    NEWEST puts first the handbook whose served edition was read in last; INSTITUTION and TITLE go by the alphabet,
    without regard to case and accents, and records without an institution come last. It goes through all records.
    """
    if sort is Sort.NEWEST:
        return _places_by_edition(catalogue)
    told = [record.title if sort is Sort.TITLE else _institution(record) for record in catalogue.records]
    absent = [not words for words in told]
    known = {key: place for place, key in enumerate(sorted({*zip(absent, map(fold, told), strict=True)}))}
    return np.array([known[key] for key in zip(absent, map(fold, told), strict=True)], dtype=np.int64)


def _places_by_edition(catalogue: Catalog) -> Numbers:
    times = {book: edition.ingested_at for book, edition in catalogue.editions.items()}
    newest = {time: place for place, time in enumerate(sorted(set(times.values()), reverse=True))}
    places = np.zeros(len(catalogue.records), dtype=np.int64)
    for book, numbers in catalogue.facets["handbook"].items():
        places[numbers] = newest[times[book]]
    return places


def _institution(record: Record) -> str:
    return record.institution or next(iter(record.values("institution")), "")
