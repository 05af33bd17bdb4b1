"""Which records may answer a need, where a library has too many to score each.

Each way to find gives its best: passages and records by their words, passages by each model. What they found together
is then scored as a small library is (`kb.search.narrowed`), so that only what no way puts among its best is missed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np

from kb import Kind, Numbers, Vectors
from kb.index import mean_of
from kb.model import Encoder
from kb.search.catalogue import AnyOfEach, Catalog
from kb.search.query import Mode, Query
from kb.search.usual import Usual

BEST = 100
"""Rows that each way gives of what is asked for."""
BESIDE = 30
"""The same of sections, shown below, and of what other filters would leave, to be counted: no passages by words."""
ASIDE = ThreadPoolExecutor(8, "aside")
"""Embeds and looks for vectors while words are read and looked for, where a processor is idle: both leave Python's lock
most of the time. Where so many requests are at work that all eight are busy, a request does it itself."""


def pool(
    catalog: Catalog,
    encoder: Encoder | None,
    query: Query,
    wanted: AnyOfEach,
    text: str,
    more_words: Sequence[str] = (),
    language: str = "",
    usual: Usual | None = None,
    phrases: Sequence[str] = (),
) -> Numbers:
    """The numbers, ascending, of records that may answer a text in a language, more of them that the filters keep.

    `wanted` are values that the query names, `more_words` translations, `usual` what questions share.
    """
    kinds = ("kind", tuple(kind.value for kind in query.kinds))
    others = (*query.filters.items(), *wanted)
    ways: list[AnyOfEach] = [(kinds, *others)]
    if Kind.SECTION not in query.kinds:
        ways.append((("kind", (Kind.SECTION.value,)), *others))
    if query.filters:
        ways.append((kinds, *wanted))
    limits = [BEST, *(BESIDE for _ in ways[1:])]
    limited = list(zip(limits, ways, strict=True))
    near = None
    if encoder is not None and query.mode is not Mode.WORDS and not phrases:
        by_meaning = partial(_by_meaning, catalog, encoder, text, language, usual, limited)
        near = ASIDE.submit(by_meaning)
    found = [np.zeros(0, dtype=np.int64)]
    for limit, filters in limited:
        found += _by_words(catalog, query, " ".join((text, *more_words)), phrases, filters, limit)
    if near is not None:
        found += by_meaning() if near.cancel() else near.result()
    return np.unique(np.concatenate(found))


def _by_meaning(
    catalog: Catalog,
    encoder: Encoder,
    text: str,
    language: str,
    usual: Usual | None,
    limited: Sequence[tuple[int, AnyOfEach]],
) -> list[Numbers]:
    return [
        catalog.owners[catalog.nearest(one, limit, filters)[0]]
        for one in _questions(catalog, encoder, text, language, usual)
        for limit, filters in limited
    ]


def _by_words(
    catalog: Catalog, query: Query, text: str, phrases: Sequence[str], filters: AnyOfEach, limit: int
) -> Iterator[Numbers]:
    having = catalog.chosen(filters).groups
    kept = (phrases, query.excluded)
    generation = catalog.generation
    said = (text, limit, catalog.languages, None, *kept)
    yield generation.whole.search(*said, having=having, is_rough=True)[0]
    if limit > BESIDE:
        yield catalog.owners[generation.lexical.search(*said, having=having, is_rough=True)[0]]


def _questions(
    catalog: Catalog, encoder: Encoder, text: str, language: str, usual: Usual | None
) -> Iterator[Vectors]:
    """Yield a text as each model that reads its language puts it."""
    if (nearness := catalog.nearness) is None:
        return
    vector = encoder.queries([text])[0]
    for number, part in enumerate(nearness.parts):
        if part.reads(language):
            yield nearness.question(vector, number, usual.middles[number] if usual else None)


def alike(catalog: Catalog, number: int) -> Numbers:
    """The numbers, ascending, of records that may be like one, and its own: those of its kind nearest to its mean."""
    nearness, dense = catalog.nearness, catalog.generation.dense
    found = [np.array([number], dtype=np.int64)]
    if nearness is not None and dense is not None:
        mean = mean_of(dense, catalog.owned, number)
        kind = (("kind", (catalog.records[number].kind.value,)),)
        for part in range(len(nearness.parts)):
            rows, _ = catalog.nearest(nearness.question(mean, part), BEST, kind)
            found.append(catalog.owners[rows])
    return np.unique(np.concatenate(found))
