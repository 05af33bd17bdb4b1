"""Which record of a new edition is which of the old one, and what each is called. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from slugify import slugify

from kb import Kind, Record
from kb.words import fold, tokens

Likeness = NDArray[np.float64]

_LONGEST_SLUG = 64
# Weights of the likeness of two records, and the least that makes them one: a retitled record keeps its text, a
# rewritten one its title; place (annex, headings above, position) only parts what is alike otherwise.
_TITLE, _TEXT, _ANNEX, _PATH, _POSITION = 0.45, 0.45, 0.04, 0.03, 0.03
LEAST_TITLE, LEAST_TEXT, _LEAST_BOTH, _LEAST_STANDING_OUT = 0.82, 0.4, 0.4, 0.15
_LEAST_TITLE_BETWEEN, _LEAST_TEXT_BETWEEN = 0.3, 0.08  # for what stands between the same neighbours as before
_LEAST_WORDS_OF_KIND, _LEAST_TEXT_OF_KIND = 20, 0.4  # for what was read as another kind
_LEAST_WORDS = 5  # a shorter text says nothing: two such are told apart by their titles


def match(
    old: Sequence[Record], new: Sequence[Record], *, is_next: bool = True, beside: Sequence[Record] = ()
) -> dict[int, int]:
    """Pair records of two editions: index in `new` -> index in `old`, each at most once.

    They are paired kind by kind, and what is left where it is clearly the same but was read as another kind.

    Likeness weighs title, text, annex and relative position; the pairs are the assignment of the greatest sum
    (scipy's linear_sum_assignment), of which those too unlike are dropped. `is_next` says that these are all
    records of one edition and the next, so that neighbours count as well. `beside` are records that the handbook
    has as well and that are paired already: what is like them is not read as another kind.
    """
    pairs: dict[int, int] = {}
    left: set[tuple[int, int]] = set()
    for kind in Kind:
        ours = [n for n, r in enumerate(old) if r.kind == kind]
        theirs = [n for n, r in enumerate(new) if r.kind == kind]
        if not ours or not theirs:
            continue
        fresh, known = [new[n] for n in theirs], [old[n] for n in ours]
        title = title_likeness(fresh, known)
        text = text_likeness(fresh, known, title)
        total = _TITLE * title + _TEXT * text + _places(fresh, known)
        rows, columns = _assigned(total)
        for row, column in zip(rows, columns, strict=True):
            if _is_same(title, text, int(row), int(column)):
                pairs[theirs[row]] = ours[column]
        left |= _weak(title, text, theirs, ours)
    pairs |= _of_other_kinds(old, new, pairs, beside)
    return pairs | _between(pairs, left, len(new), len(old)) if is_next else pairs


def _assigned(likeness: Likeness) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows and columns of the pairs whose likeness is greatest in sum."""
    from scipy.optimize import linear_sum_assignment  # heavy: a quarter of a second  # noqa: PLC0415

    rows, columns = linear_sum_assignment(likeness, maximize=True)
    return rows, columns


def _of_other_kinds(
    old: Sequence[Record], new: Sequence[Record], pairs: Mapping[int, int], beside: Sequence[Record]
) -> dict[int, int]:
    """Pair what is left over and has the same text, or the same title and much of the text, in another kind."""
    taken = set(pairs.values())
    theirs = [n for n, r in enumerate(new) if n not in pairs and len(words(r.text)) >= _LEAST_WORDS_OF_KIND]
    ours = [n for n, r in enumerate(old) if n not in taken and len(words(r.text)) >= _LEAST_WORDS_OF_KIND]
    if not ours or not theirs:
        return {}
    fresh, known = [new[n] for n in theirs], [old[n] for n in ours]
    title = title_likeness(fresh, known)
    text = text_likeness(fresh, known, title)
    is_same = _is_same_otherwise(title, text)
    for row, column in np.argwhere(is_same).tolist():
        is_same[row, column] = fresh[row].kind != known[column].kind and not _stood_in_its_kind(
            fresh[row], known[column], (*old, *beside)
        )
    rows, columns = _assigned(np.where(is_same, title + text, 0.0))
    return {
        theirs[row]: ours[column] for row, column in zip(rows, columns, strict=True) if is_same[row, column]
    }


def _is_same_otherwise(title: Likeness, text: Likeness) -> NDArray[np.bool_]:
    """Clearly the same, read as another kind: the less its title is alike, the more its text has to be.

    By text alone a record whose like was removed took the place of a stranger: 2 pairs of 149 in 160 mutations of
    the sample, with titles 0.02 alike; the right pairs' titles were 0.73 alike or more.
    """
    least = np.where(title >= _LEAST_TITLE_BETWEEN, _LEAST_TEXT_OF_KIND, 2 * _LEAST_TEXT_OF_KIND)
    least[title >= LEAST_TITLE] = _LEAST_TEXT_OF_KIND / 2
    return np.asarray(text >= least, dtype=np.bool_)


def _stood_in_its_kind(new: Record, other: Record, old: Sequence[Record]) -> bool:
    """Whether what a new record has of another's text, under a title as like, stood in its own kind before as well.

    What stands twice, as a tool and as a section, or as a tool in the section that lists it, was read as both: a
    copy or a part of the one is not the other one, read otherwise, where that is gone.
    """
    rivals = [r for r in old if r.kind == new.kind]
    title = title_likeness([new], [other, *rivals])[0]
    runs = [shingles(words(r.text), 2).keys() for r in (new, other, *rivals)]
    shared = runs[0] & runs[1]
    is_titled = title[0] >= _LEAST_TITLE_BETWEEN
    return any(
        len(shared & had) >= 2 * _LEAST_TEXT_OF_KIND * len(shared) and (not is_titled or like >= title[0])
        for had, like in zip(runs[2:], title[1:], strict=True)
    )


def _weak(
    title: Likeness, text: Likeness, theirs: Sequence[int], ours: Sequence[int]
) -> set[tuple[int, int]]:
    """The pairs that are alike at all, by index in new and old."""
    found = np.argwhere((title >= _LEAST_TITLE_BETWEEN) | (text >= _LEAST_TEXT_BETWEEN))
    return {(theirs[row], ours[column]) for row, column in found.tolist()}


def _between(
    pairs: Mapping[int, int], weak: Collection[tuple[int, int]], new: int, old: int
) -> dict[int, int]:
    """Pair what is not so alike but stands between the same two neighbours as before."""
    edges = {-1: -1, new: old, **pairs}
    taken = set(pairs.values())
    return {
        n: edges[n - 1] + 1
        for n in range(new)
        if n not in pairs
        and edges.get(n - 1, old) + 2 == edges.get(n + 1)
        and edges[n - 1] + 1 not in taken
        and (n, edges[n - 1] + 1) in weak
        and (n - 1 in pairs or n + 1 in pairs)
    }


def _is_same(title: Likeness, text: Likeness, row: int, column: int) -> bool:
    """Alike enough in title, in text or in both; or alike in text as no other pair of the two is."""
    if title[row, column] >= LEAST_TITLE or text[row, column] >= LEAST_TEXT:
        return True
    if (title[row, column] + text[row, column]) / 2 >= _LEAST_BOTH:
        return True
    others = np.concatenate([np.delete(text[row], column), np.delete(text[:, column], row)])
    rival = float(others.max()) if others.size else 0.0
    return bool(text[row, column] >= _LEAST_STANDING_OUT and text[row, column] >= 2 * rival)


def words(text: str) -> list[str]:
    """The words of a text without case and accents."""
    return tokens(fold(text))


def shingles(parts: Sequence[str], size: int) -> dict[str, int]:
    """How often each run of so many words or letters stands in a text; a shorter text is one run."""
    counts: dict[str, int] = {}
    for start in range(max(len(parts) - size + 1, min(len(parts), 1))):
        key = " ".join(parts[start : start + size])
        counts[key] = counts.get(key, 0) + 1
    return counts


def _cosine(rows: Sequence[Mapping[str, int]], columns: Sequence[Mapping[str, int]]) -> Likeness:
    """Cosine of count vectors weighed by rarity (inverse document frequency), shape (rows, columns)."""
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
    from scipy.sparse import csr_matrix  # heavy: a quarter of a second  # noqa: PLC0415

    matrix = csr_matrix((data, where, starts), shape=(len(documents), max(len(index), 1)), dtype=np.float64)
    norms = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1))).ravel()
    norms[norms == 0] = 1.0
    product = (matrix[: len(rows)] @ matrix[len(rows) :].T).toarray()
    return np.asarray(product / np.outer(norms[: len(rows)], norms[len(rows) :]), dtype=np.float64)


def title_likeness(new: Sequence[Record], old: Sequence[Record]) -> Likeness:
    """Likeness of the titles by runs of three letters, shape (new, old)."""

    def letters(record: Record) -> dict[str, int]:
        text = f" {' '.join(words(record.title))} "
        return shingles(list(text), 3)

    return _cosine([letters(r) for r in new], [letters(r) for r in old])


def text_likeness(new: Sequence[Record], old: Sequence[Record], title: Likeness) -> Likeness:
    """Likeness of the texts by pairs of neighbouring words; of records that hardly have any, that of titles.

    Single words would make any two texts of a language alike, above all where a handbook has few records.
    """
    fresh, known = ([words(r.text) for r in records] for records in (new, old))
    likeness = _cosine([shingles(words, 2) for words in fresh], [shingles(words, 2) for words in known])
    are_short = np.outer(
        [len(words) < _LEAST_WORDS for words in fresh], [len(words) < _LEAST_WORDS for words in known]
    )
    return np.where(are_short, title, likeness)


def _places(new: Sequence[Record], old: Sequence[Record]) -> Likeness:
    same_annex = np.array([[float(n.annex_label == o.annex_label) for o in old] for n in new])
    same_path = np.array([[float(n.path == o.path) for o in old] for n in new])
    ranks_new = np.arange(len(new)) / max(len(new) - 1, 1)
    ranks_old = np.arange(len(old)) / max(len(old) - 1, 1)
    near = 1.0 - np.abs(ranks_new[:, None] - ranks_old[None, :])
    return np.asarray(_ANNEX * same_annex + _PATH * same_path + _POSITION * near, dtype=np.float64)


def identify(
    handbook: str,
    edition: int,
    old: Sequence[Record],
    new: Sequence[Record],
    taken: Collection[str] = (),
    gone: Sequence[Record] = (),
    apart: Collection[str] = (),
) -> tuple[Record, ...]:
    """Give a new edition's draft records their ids: the old one's where they match, else a new one.

    `gone` are records that earlier editions had and `old` has not: one that comes back has its id again.
    `taken` holds every id that the handbook ever gave out: an address is never used for something else. `apart`
    are ids that a person keeps from what they match: that is a new record then.
    References between the drafts (annex, tools) follow.
    """
    kept = {index: old[place].id for index, place in match(old, new).items()}
    rest = [index for index in range(len(new)) if index not in kept]
    back = match(gone, [new[index] for index in rest], is_next=False, beside=old) if gone else {}
    kept |= {rest[index]: gone[place].id for index, place in back.items()}
    kept = {index: record for index, record in kept.items() if record not in apart}
    used = set(taken) | {r.id for r in (*old, *gone)}
    final: dict[str, str] = {}
    for index, record in enumerate(new):
        final[record.id] = kept.get(index) or new_id(handbook, record.title, used)
        used.add(final[record.id])
    return tuple(
        replace(
            r,
            id=final[r.id],
            handbook=handbook,
            edition=edition,
            annex=final.get(r.annex, ""),
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
