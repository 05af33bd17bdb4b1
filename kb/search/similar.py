"""The neighbours of a record by its own vectors, with the reasons that its fields give."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kb import Code, Numbers, Record, Said, Scores, Vectors
from kb.model import ModelPart
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
    """A neighbour of a record: how near (at most 1) and why.

    `also` are records of its handbook that say nearly the same, as a course does that was given again in another year:
    they are no neighbours of their own.
    """

    record: Record
    handbook_title: str
    score: float
    reasons: tuple[Said, ...]
    also: tuple[Record, ...] = ()


def similar(catalog: Catalog, record: str, limit: int = 5) -> tuple[Similar, ...]:
    """The records of the same kind most like one, over all handbooks, best first; none without vectors.

    A record that is only a name is like none.

    Raises:
        NotFoundError: there is no such record.
    """
    own = catalog.record(record)
    number = catalog.numbers[own.id]
    if catalog.nearness is None or not catalog.nearness.told[number]:
        return ()
    scores = closeness(catalog, number)
    is_near = catalog.of_kinds((own.kind,)) & catalog.nearness.told & (scores >= LEAST)
    near = np.flatnonzero(is_near & (catalog.twins != catalog.twins[number]))
    found = []
    for n, *more in _groups(catalog, catalog.without_twins(best_first(scores, near)), limit):
        one = catalog.records[n]
        title, also = catalog.editions[one.handbook].title, tuple(catalog.records[other] for other in more)
        found.append(Similar(one, title, float(scores[n]), reasons(catalog, own, one), also))
    return tuple(found)


def closeness(catalog: Catalog, number: int) -> Scores:
    """How near each record is, by each model, their mean: the cosine of the records' means, with the mean over the
    passages of one of the best match among those of the other.

    All vectors are taken from the middle of the library's records, as what all share tells none apart; less so where
    they are few. Passages are compared for the CANDIDATES nearest by their means; the others count as far.
    """
    assert catalog.means is not None
    assert catalog.nearness is not None
    middle = catalog.means.mean(axis=0) * (len(catalog.means) / (len(catalog.means) + FEW))
    by_mean = np.zeros(len(catalog.means), dtype=np.float32)
    for part in catalog.nearness.parts:
        apart = _apart(catalog.means, middle, part)
        by_mean += np.einsum("ij,j->i", apart, apart[number]) / len(catalog.nearness.parts)
    near = best_first(by_mean)[: CANDIDATES + 1]
    rows = np.flatnonzero(np.isin(catalog.owners, near))
    held, owners = catalog.rows(rows), catalog.owners[rows]
    passages = np.full((int((owners == number).sum()), len(by_mean)), -1.0, dtype=np.float32)
    matches = np.zeros((len(passages), len(rows)), dtype=np.float32)
    for part in catalog.nearness.parts:
        apart = _apart(held, middle, part)
        matches += (apart[owners == number] @ apart.T) / np.float32(len(catalog.nearness.parts))
    for place, row in enumerate(matches):
        np.maximum.at(passages[place], owners, row)
    together = (1 - PASSAGES_SHARE) * by_mean + PASSAGES_SHARE * passages.mean(axis=0)
    return np.asarray(together, dtype=np.float32)


def _apart(rows: Vectors, middle: Vectors, part: ModelPart) -> Vectors:
    """What one model says of rows, from a middle: unit rows."""
    own = rows[:, part.start : part.stop] - middle[part.start : part.stop]
    return np.asarray(own / np.maximum(np.linalg.norm(own, axis=1, keepdims=True), 1e-12), dtype=np.float32)


def _groups(catalog: Catalog, order: Numbers, limit: int) -> list[list[int]]:
    """So many first ones of an order, each with those after it in its handbook that say nearly the same."""
    assert catalog.means is not None
    found: list[list[int]] = []
    for n in order.tolist():
        own = catalog.records[n].handbook
        first = [group for group in found if catalog.records[group[0]].handbook == own]
        alike = (g for g in first if float(catalog.means[g[0]] @ catalog.means[n]) >= SAME)
        if (group := next(alike, None)) is not None:
            group.append(n)
        elif len(found) < limit:
            found.append([n])
    return found


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
    for row in np.flatnonzero(catalog.owners == catalog.numbers[record.id]).tolist():
        field = catalog.generation.passages[row].field
        if name := names[field] if field >= 0 else "":
            found.setdefault(name, []).append(row)
    return {name: np.array(rows, dtype=np.int64) for name, rows in found.items()}
