"""Which record of a new edition is which of the old one, and what changed between the two. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from slugify import slugify

from kb.records import Kind, Record

Scores = NDArray[np.float64]

_LONGEST_SLUG = 64
# Weights of the likeness of two records, and the least that makes them one: a retitled record keeps its text, a
# rewritten one its title; position and annex only part what is alike otherwise.
_TITLE, _TEXT, _ANNEX, _POSITION = 0.45, 0.45, 0.04, 0.06
_LEAST_TITLE, _LEAST_TEXT, _LEAST_BOTH, _LEAST_STANDING_OUT = 0.82, 0.55, 0.42, 0.25


@dataclass(frozen=True, slots=True)
class Change:
    """A record that has another title or place: what it was and what it is."""

    id: str
    title: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Rewrite:
    """A record some of whose fields read otherwise, by printed label."""

    id: str
    title: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Changes:
    """What differs between two editions, in printed order; records are (id, title)."""

    added: tuple[tuple[str, str], ...]
    removed: tuple[tuple[str, str], ...]
    renamed: tuple[Change, ...]
    moved: tuple[Change, ...]
    rewritten: tuple[Rewrite, ...]
    unchanged: int


def match(old: Sequence[Record], new: Sequence[Record]) -> dict[int, int]:
    """Pair records of two editions: index in `new` -> index in `old`, each at most once, kind by kind.

    Likeness weighs title, text, annex and relative position; the pairs are the assignment of the greatest sum
    (scipy's linear_sum_assignment), of which those too unlike are dropped.
    """
    pairs: dict[int, int] = {}
    for kind in Kind:
        ours = [n for n, r in enumerate(old) if r.kind == kind]
        theirs = [n for n, r in enumerate(new) if r.kind == kind]
        if not ours or not theirs:
            continue
        title = _title_likeness([new[n] for n in theirs], [old[n] for n in ours])
        text = _text_likeness([new[n] for n in theirs], [old[n] for n in ours])
        place = _places([new[n] for n in theirs], [old[n] for n in ours])
        total = _TITLE * title + _TEXT * text + place
        rows, columns = linear_sum_assignment(total, maximize=True)
        for row, column in zip(rows, columns, strict=True):
            if _is_same(title, text, int(row), int(column)):
                pairs[theirs[row]] = ours[column]
    return pairs


def _is_same(title: Scores, text: Scores, row: int, column: int) -> bool:
    """Alike enough in title, in text or in both; or alike in text as no other pair of the two is."""
    if title[row, column] >= _LEAST_TITLE or text[row, column] >= _LEAST_TEXT:
        return True
    if (title[row, column] + text[row, column]) / 2 >= _LEAST_BOTH:
        return True
    others = np.concatenate([np.delete(text[row], column), np.delete(text[:, column], row)])
    rival = float(others.max()) if others.size else 0.0
    return bool(text[row, column] >= _LEAST_STANDING_OUT and text[row, column] >= 2 * rival)


def _words(text: str) -> list[str]:
    folded = unicodedata.normalize("NFKD", text).casefold()
    return re.findall(r"\w+", "".join(c for c in folded if not unicodedata.combining(c)))


def _shingles(words: Sequence[str], size: int) -> dict[str, int]:
    counts: dict[str, int] = {}
    for start in range(max(len(words) - size + 1, min(len(words), 1))):
        key = " ".join(words[start : start + size])
        counts[key] = counts.get(key, 0) + 1
    return counts


def _cosine(rows: Sequence[Mapping[str, int]], columns: Sequence[Mapping[str, int]]) -> Scores:
    """Cosine of count vectors weighed by rarity (inverse document frequency), shape (rows, columns)."""
    from scipy.sparse import csr_matrix  # scipy.sparse takes 0.2 s to import; only an ingest needs it

    documents = [*rows, *columns]
    index: dict[str, int] = {}
    frequency: dict[str, int] = {}
    for document in documents:
        for key in document:
            index.setdefault(key, len(index))
            frequency[key] = frequency.get(key, 0) + 1
    data, where, starts = [], [], [0]
    for document in documents:
        for key, count in document.items():
            data.append(count * (1.0 + np.log(len(documents) / frequency[key])))
            where.append(index[key])
        starts.append(len(data))
    matrix = csr_matrix((data, where, starts), shape=(len(documents), max(len(index), 1)), dtype=np.float64)
    norms = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1))).ravel()
    norms[norms == 0] = 1.0
    product = (matrix[: len(rows)] @ matrix[len(rows) :].T).toarray()
    return np.asarray(product / np.outer(norms[: len(rows)], norms[len(rows) :]), dtype=np.float64)


def _title_likeness(new: Sequence[Record], old: Sequence[Record]) -> Scores:
    def letters(record: Record) -> dict[str, int]:
        text = f" {' '.join(_words(record.title))} "
        return _shingles(list(text), 3)

    return _cosine([letters(r) for r in new], [letters(r) for r in old])


def _text_likeness(new: Sequence[Record], old: Sequence[Record]) -> Scores:
    def pairs(record: Record) -> dict[str, int]:
        words = _words(record.text)
        return _shingles(words, 2) | _shingles(words, 1)

    return _cosine([pairs(r) for r in new], [pairs(r) for r in old])


def _places(new: Sequence[Record], old: Sequence[Record]) -> Scores:
    same_annex = np.array([[float(n.annex_label == o.annex_label) for o in old] for n in new])
    ranks_new = np.arange(len(new)) / max(len(new) - 1, 1)
    ranks_old = np.arange(len(old)) / max(len(old) - 1, 1)
    near = 1.0 - np.abs(ranks_new[:, None] - ranks_old[None, :])
    return np.asarray(_ANNEX * same_annex + _POSITION * near, dtype=np.float64)


def identify(
    handbook: str, edition: int, old: Sequence[Record], new: Sequence[Record], taken: Collection[str] = ()
) -> tuple[Record, ...]:
    """Give a new edition's draft records their ids: the old one's where they match, else a new one.

    `taken` holds every id that the handbook ever gave out: an address is never used for something else. References
    between the drafts (annex, tools) follow.
    """
    pairs = match(old, new)
    used = set(taken) | {r.id for r in old}
    final: dict[str, str] = {}
    for index, record in enumerate(new):
        if index in pairs:
            final[record.id] = old[pairs[index]].id
        else:
            final[record.id] = new_id(handbook, record.title, used)
            used.add(final[record.id])
    return tuple(
        replace(
            r, id=final[r.id], handbook=handbook, edition=edition, annex=final.get(r.annex, ""),
            tools=tuple(final[t] for t in r.tools if t in final),
        )
        for r in new
    )


def new_id(handbook: str, title: str, used: Collection[str]) -> str:
    """An address for a new record, from its title."""
    slug = slugify(title, max_length=_LONGEST_SLUG, word_boundary=True, save_order=True) or "record"
    plain = f"{handbook}.{slug}"
    found, number = plain, 1
    while found in used:
        number += 1
        found = f"{plain}-{number}"
    return found


def handbook_id(title: str, used: Collection[str]) -> str:
    """An address for a new handbook, from its title."""
    slug = slugify(title, max_length=48, word_boundary=True, save_order=True) or "handbook"
    found, number = slug, 1
    while found in used:
        number += 1
        found = f"{slug}-{number}"
    return found


def compare(old: Sequence[Record], new: Sequence[Record]) -> Changes:
    """What changed between two editions whose records bear their final ids."""
    before = {r.id: r for r in old}
    after = {r.id: r for r in new}
    kept = [(before[r.id], r) for r in new if r.id in before]
    renamed = tuple(Change(n.id, n.title, o.title, n.title) for o, n in kept if o.title != n.title)
    moved = tuple(
        Change(n.id, n.title, o.annex_label, n.annex_label) for o, n in kept if o.annex_label != n.annex_label
    )
    rewritten = tuple(
        Rewrite(n.id, n.title, labels) for o, n in kept if (labels := _rewritten_fields(o, n))
    )
    touched = {c.id for c in (*renamed, *moved)} | {w.id for w in rewritten}
    return Changes(
        added=tuple((r.id, r.title) for r in new if r.id not in before),
        removed=tuple((r.id, r.title) for r in old if r.id not in after),
        renamed=renamed,
        moved=moved,
        rewritten=rewritten,
        unchanged=len(kept) - len(touched),
    )


def _rewritten_fields(old: Record, new: Record) -> tuple[str, ...]:
    """Labels whose text differs by more than white space and line-end hyphens."""
    if old.kind == Kind.TOOL and not old.annex and not new.annex:
        return ()  # its text is the sentences that name it, which change with the practices
    texts = {n: _by_label(r) for n, r in ((0, old), (1, new))}
    labels = list(dict.fromkeys([*texts[0], *texts[1]]))
    return tuple(label for label in labels if texts[0].get(label) != texts[1].get(label))


def _by_label(record: Record) -> dict[str, str]:
    found: dict[str, str] = {}
    for value in record.fields:
        found[value.label] = found.get(value.label, "") + "".join(_words(value.text))
    return found
