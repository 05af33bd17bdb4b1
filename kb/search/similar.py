"""The neighbours of a record by its own vectors, with the reasons that its fields give."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kb import Code, Numbers, Record, Said, Scores, Vectors
from kb.search.catalogue import Catalog
from kb.search.fusion import best_first
from kb.search.twins import SAME

LEAST = 0.15
CLOSE_FIELD = 0.4
PASSAGES_SHARE = 0.5
CANDIDATES = 200
FEW = 10


class Reason(Code):
    """What two records share."""

    TOOLS = "same-tools"
    INSTITUTION = "same-institution"
    THEME = "same-theme"
    DISCIPLINE = "same-discipline"
    FORMAT = "same-format"
    LEVEL = "same-level"
    LANGUAGE = "same-language"
    TARGET_GROUP = "same-target-group"
    PARTNER = "same-partner"
    CLOSE = "close-in-field"


TELLING = {
    "theme": Reason.THEME,
    "discipline": Reason.DISCIPLINE,
    "format": Reason.FORMAT,
    "level": Reason.LEVEL,
    "language": Reason.LANGUAGE,
    "target_group": Reason.TARGET_GROUP,
    "partner": Reason.PARTNER,
}
"""Facets that are a reason for likeness; the same year or number of credits is chance."""


@dataclass(frozen=True, slots=True)
class Similar:
    """A neighbour of a record: how near (at most 1) and why."""

    record: Record
    handbook_title: str
    score: float
    reasons: tuple[Said, ...]


def similar(catalog: Catalog, record: str, limit: int = 5) -> tuple[Similar, ...]:
    """The records of the same kind most like one, over all handbooks, best first; none without vectors.

    Raises:
        NotFoundError: there is no such record.
    """
    own = catalog.record(record)
    number = catalog.numbers[own.id]
    if catalog.means is None:
        return ()
    scores = closeness(catalog, catalog.means, number)
    is_other = catalog.twins != catalog.twins[number]
    is_other &= catalog.means @ catalog.means[number] < SAME
    near = catalog.facets["kind"].get(own.kind.value, np.zeros(0, dtype=np.int64))
    others = near[is_other[near] & (scores[near] >= LEAST)]
    found = []
    for n in catalog.without_twins(best_first(scores, others))[:limit]:
        near = catalog.records[n]
        title = catalog.editions[near.handbook].title
        found.append(Similar(near, title, float(scores[n]), reasons(catalog, own, near)))
    return tuple(found)


def closeness(catalog: Catalog, means: Vectors, number: int) -> Scores:
    """How near each record is: the cosine of the means, with the mean over its passages of the best match.

    The means are taken from the middle of the whole library, as what all records share tells none apart
    (judged lists: nDCG@5 of 0.886 without, 0.911 with); less so where they are few. Passages are compared
    for the CANDIDATES nearest by their means; the others count as far.
    """
    middle = means.mean(axis=0) * (len(means) / (len(means) + FEW))
    apart = means - middle
    apart /= np.maximum(np.linalg.norm(apart, axis=1, keepdims=True), 1e-12)
    by_mean = np.einsum("ij,j->i", apart, apart[number])
    near = best_first(by_mean)[: CANDIDATES + 1]
    theirs = np.flatnonzero(np.isin(catalog.owners, near))
    own = catalog.rows(np.flatnonzero(catalog.owners == number))
    matches = own @ catalog.rows(theirs).T  # own passages x those of the candidates
    passages = np.full((len(own), len(means)), -1.0, dtype=np.float32)
    for place, row in enumerate(matches):
        np.maximum.at(passages[place], catalog.owners[theirs], row)
    together = (1 - PASSAGES_SHARE) * by_mean + PASSAGES_SHARE * passages.mean(axis=0)
    return np.asarray(together, dtype=np.float32)


def reasons(catalog: Catalog, own: Record, near: Record) -> tuple[Said, ...]:
    """What two records share by their fields, most telling first, then the field they are closest in."""
    said = []
    shared = [tool for tool in own.tools if tool in near.tools and tool in catalog.numbers]
    if tools := tuple(catalog.record(tool).title for tool in shared):
        said.append(Said(Reason.TOOLS, names=tools))
    if own.institution and own.institution == near.institution:
        said.append(Said(Reason.INSTITUTION, names=(own.institution,)))
    for facet in dict.fromkeys(f.name for f in own.facets):
        if facet not in TELLING:
            continue
        values = [value for value in own.values(facet) if value in near.values(facet)]
        if values:
            said.append(Said(TELLING[facet], **{facet: tuple(dict.fromkeys(values))}))
    if field := _closest_field(catalog, own, near):
        said.append(Said(Reason.CLOSE, field=field))
    return tuple(said)


def _closest_field(catalog: Catalog, own: Record, near: Record) -> str:
    """The field they both have whose passages lie closest, by its name or label; "" where none is close."""
    here, there = _rows_by_field(catalog, own), _rows_by_field(catalog, near)
    found = [
        (float((catalog.rows(here[name]) @ catalog.rows(there[name]).T).max()), name)
        for name in here
        if name in there
    ]
    best, name = max(found, default=(0.0, ""))  # equal ones: the last by name
    return name if best >= CLOSE_FIELD else ""


def _rows_by_field(catalog: Catalog, record: Record) -> dict[str, Numbers]:
    names = [field.name or field.label.strip(" :?").lower() for field in record.fields]
    found: dict[str, list[int]] = {}
    for row in np.flatnonzero(catalog.owners == catalog.numbers[record.id]):
        field = catalog.generation.passages[row].field
        if name := names[field] if field >= 0 else "":
            found.setdefault(name, []).append(int(row))
    return {name: np.array(rows, dtype=np.int64) for name, rows in found.items()}
