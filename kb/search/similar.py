"""The neighbours of a record by its own vectors, with the reasons: values that both have, and nearest sentences."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from kb import Code, Numbers, Record, Said, Scores, Vectors
from kb.model import ModelPart, sentences
from kb.search.catalogue import Catalog
from kb.search.fusion import best_first
from kb.search.twins import SAME
from kb.words import facets, has_verb

LEAST = 0.15
PASSAGES_SHARE = 0.5
CANDIDATES = 200
FEW = 10
LEAST_WORDS = 5  # of a sentence that is shown as a reason; fewer are a heading or a value
MOST_USERS = 3
"""Practices named of those that use both of two tools."""
VALUES = frozenset({"links", "contact", *(name for kind in facets.KNOWN for name in kind.fields)})
"""Fields that hold values, addresses or people: no sentence of them says what a record is about."""
_ADDRESS = re.compile(r"https?://|www\.|@")


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
    TOOL_TYPE = "same-tool-type"
    USERS = "same-users"


TELLING = {
    "theme": Reason.THEME,
    "discipline": Reason.DISCIPLINE,
    "format": Reason.FORMAT,
    "level": Reason.LEVEL,
    "language": Reason.LANGUAGE,
    "target_group": Reason.TARGET_GROUP,
    "partner": Reason.PARTNER,
    "tool_type": Reason.TOOL_TYPE,
}
"""Facets that are a reason for likeness; the same year or number of credits is chance."""


@dataclass(frozen=True, slots=True)
class Quote:
    """A sentence of a record, verbatim, with its field (from 0) and the PDF page that its passage begins on."""

    text: str
    field: int
    page: int


@dataclass(frozen=True, slots=True)
class Nearest:
    """The two sentences in which two records come nearest to each other."""

    own: Quote
    near: Quote


@dataclass(frozen=True, slots=True)
class Similar:
    """A neighbour of a record: how near (at most 1) and why, by what both share and by their nearest sentences.

    `also` are records of its handbook that say nearly the same, as a course does that was given again in another year:
    they are no neighbours of their own.
    """

    record: Record
    handbook_title: str
    score: float
    reasons: tuple[Said, ...]
    also: tuple[Record, ...] = ()
    nearest: Nearest | None = None


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
    told, found = Quotable.of(catalog, own), []
    for n, *more in _groups(catalog, catalog.without_twins(best_first(scores, near)), limit):
        one = catalog.records[n]
        title, also = catalog.editions[one.handbook].title, tuple(catalog.records[other] for other in more)
        why = reasons(catalog, own, one), also, told.nearest(Quotable.of(catalog, one))
        found.append(Similar(one, title, float(scores[n]), *why))
    return tuple(found)


def closeness(catalog: Catalog, number: int) -> Scores:
    """How near each record is, by each model, their mean: the cosine of the records' means, with the mean over the
    passages of one of the best match among those of the other.

    All vectors are taken from the middle of the library's records, as what all share tells none apart; less so where
    they are few. Passages are compared for the CANDIDATES nearest by their means; the others count as far.
    """
    assert catalog.means is not None
    assert catalog.nearness is not None
    assert catalog.middle is not None
    middle = catalog.middle * np.float32(len(catalog.means) / (len(catalog.means) + FEW))
    by_mean = np.zeros(len(catalog.means), dtype=np.float32)
    for part in catalog.nearness.parts:
        apart = _apart(catalog.means, middle, part)
        by_mean += np.einsum("ij,j->i", apart, apart[number]) / len(catalog.nearness.parts)
    near = best_first(by_mean)[: CANDIDATES + 1]
    rows, _ = catalog.owned.rows_of(np.sort(near))
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
    """What two records share by their values, most telling first."""
    said = []
    shared = [tool for tool in own.tools if tool in near.tools and tool in catalog.numbers]
    if tools := tuple(catalog.record(tool).title for tool in shared):
        said.append(Said(Reason.TOOLS, names=tools))
    users = [n for n in catalog.users.get(own.id, ()) if n in catalog.users.get(near.id, ())]
    if own.id != near.id and users:
        said.append(Said(Reason.USERS, names=tuple(catalog.records[n].title for n in users[:MOST_USERS])))
    if own.institution and own.institution == near.institution:
        said.append(Said(Reason.INSTITUTION, names=(own.institution,)))
    for facet in dict.fromkeys(f.name for f in own.facets):
        if facet not in TELLING:
            continue
        values = [value for value in own.values(facet) if value in near.values(facet)]
        if values:
            said.append(Said(TELLING[facet], **{facet: tuple(dict.fromkeys(values))}))
    return tuple(said)


@dataclass(frozen=True, slots=True)
class Quotable:
    """The sentences of a record that tell something, with their vectors: float32 (n, dim), unit rows; (0,) of none."""

    quotes: tuple[Quote, ...]
    rows: Vectors

    @classmethod
    def of(cls, catalog: Catalog, record: Record) -> Quotable:
        """Read them; where the model tells no sentences apart, each has the vector of its passage."""
        known, quotes, rows = catalog.generation.sentences, [], []
        for row in catalog.owned.of_one(catalog.numbers[record.id]).tolist():
            passage = catalog.generation.passages[row]
            if passage.field < 0 or record.fields[passage.field].name in VALUES:
                continue
            spans = sentences(passage.text)
            found = known.of(row) if known is not None else catalog.rows(np.array([row]))
            if len(found) != len(spans):
                found = np.repeat(catalog.rows(np.array([row])), len(spans), axis=0)
            for (start, end), vector in zip(spans, found, strict=True):
                text = " ".join(passage.text[start:end].removeprefix("•").split())
                if _is_telling(text, record.language):
                    quotes.append(Quote(text, passage.field, passage.page))
                    rows.append(vector)
        return cls(tuple(quotes), np.array(rows, dtype=np.float32))

    def nearest(self, other: Quotable) -> Nearest | None:
        """The two sentences that come nearest to each other; None where either has none."""
        if not self.quotes or not other.quotes:
            return None
        products = np.einsum("ij,kj->ik", self.rows, other.rows)
        here, there = np.unravel_index(int(products.argmax()), products.shape)
        return Nearest(self.quotes[int(here)], other.quotes[int(there)])


def _is_telling(text: str, language: str) -> bool:
    """Whether a text is a sentence in words, no heading, address or number."""
    return len(text.split()) >= LEAST_WORDS and not _ADDRESS.search(text) and has_verb(text, language)
