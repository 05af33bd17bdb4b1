"""Narrow gutters: columns closer than the words of a stretched line, told by where lines begin. Pure."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from ingest.page.raw import Word

_NARROWEST = 6.0  # points, and sizes of the type: less is a space between words; by eye
_NARROWEST_EM = 0.6
_SAME_EDGE = 1.5  # points that the lines of a column begin apart at the most
_LEAST_LINES = 5  # that begin at one edge, each with text before it
_LEAST_LETTERS = (
    12  # either side of the gutter, in the usual line: less are numbers, labels or notes in the margin
)


class Gutter(NamedTuple):
    """Rows `first` to `last` (inclusive) are parted left of `edge`."""

    first: int
    last: int
    edge: float


def narrow_gutters(rows: Sequence[Sequence[Word]]) -> list[Gutter]:
    """Where text begins at one edge line after line behind a gap, no line between them running across."""
    found: dict[int, list[int]] = defaultdict(list)
    for number, row in enumerate(rows):
        for before, word in pairwise(row):
            if _gap(before, word):
                for slot in {round(word.box[0] / _SAME_EDGE), round(word.box[0] / _SAME_EDGE + 0.5)}:
                    found[slot].append(number)
    out: list[Gutter] = []
    for slot, numbers in sorted(found.items()):
        if len(numbers) >= _LEAST_LINES:
            edge = (slot - 0.75) * _SAME_EDGE
            out.extend(run for run in _runs(rows, numbers, edge) if not any(_is_same(run, g) for g in out))
    return out


def _gap(before: Word, word: Word) -> bool:
    return word.box[0] - before.box[2] >= max(
        _NARROWEST, _NARROWEST_EM * min(before.style.size, word.style.size)
    )


def _runs(rows: Sequence[Sequence[Word]], numbers: Sequence[int], edge: float) -> Iterator[Gutter]:
    """The stretches of rows that nothing crosses the edge in, with lines enough that begin there."""
    held: list[int] = []
    for number in numbers:
        if held and any(_crosses(rows[n], edge) for n in range(held[-1] + 1, number)):
            yield from _whole(rows, held, edge)
            held = []
        held.append(number)
    yield from _whole(rows, held, edge)


def _whole(rows: Sequence[Sequence[Word]], held: Sequence[int], edge: float) -> Iterator[Gutter]:
    if len(held) < _LEAST_LINES:
        return
    before = [sum(_letters(w) for w in rows[n] if w.box[0] < edge) for n in held]
    behind = [sum(_letters(w) for w in rows[n] if w.box[0] >= edge) for n in held]
    if min(statistics.median(before), statistics.median(behind)) >= _LEAST_LETTERS:
        yield Gutter(held[0], held[-1], edge)


def _letters(word: Word) -> int:
    return sum(char.isalnum() for char in word.text)


def _crosses(row: Sequence[Word], edge: float) -> bool:
    return any(w.box[0] < edge - 1 and w.box[2] > edge for w in row)


def _is_same(one: Gutter, other: Gutter) -> bool:
    return (
        abs(one.edge - other.edge) <= 2 * _SAME_EDGE and one.first <= other.last and other.first <= one.last
    )
