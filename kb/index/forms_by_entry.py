"""The forms of words that each entry has, entry by entry, in files of its part.

tantivy keeps entries by their forms, and a search that is kept to some hundred of a million entries goes through nearly
all that have a word all the same: 10 ms. Here those few are read, in 2 ms.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kb import GenerationError, Numbers, load_array
from kb.index.sought import rarity
from kb.index.weighed_words import ByForm
from kb.index.weighing import FormKey, Posting, Weighed, all_as_kept, averages, bm25, form_number
from kb.index.written import Entry
from kb.words import PLAIN, stems

FORMS, TIMES, ENDS, LENGTHS = (f".{name}.npy" for name in ("forms", "times", "ends", "lengths"))
MOST_TIMES = 255  # that a form is counted in an entry: BM25 hardly tells more apart
LAST = 4  # sets of rows whose forms are kept, a megabyte each: one need asks of the same rows three times
LOW = 0xFFFF


class FormWriter:
    """Counts the forms of a part's entries while they are indexed."""

    def __init__(self) -> None:
        self._forms: list[NDArray[np.uint32]] = []
        self._times: list[NDArray[np.uint8]] = []
        self._lengths: list[tuple[int, int, int]] = []
        self._number = lru_cache(maxsize=1 << 16)(form_number)

    def add(self, entry: Entry, cut: Sequence[stems.Written]) -> None:
        """Count those of an entry."""
        weighed = Weighed.of(entry, cut)
        self._forms.append(np.array([self._number(*key) for key in weighed.forms], dtype=np.uint32))
        times = np.fromiter(weighed.forms.values(), np.int64, len(weighed.forms))
        self._times.append(np.minimum(times, MOST_TIMES).astype(np.uint8))
        self._lengths.append(weighed.lengths)

    def save(self, name: Path) -> None:
        """Write the files of a part, whose names begin so; raises OSError as any other write."""
        forms, times = [np.zeros(0, np.uint32), *self._forms], [np.zeros(0, np.uint8), *self._times]
        ends = np.cumsum([len(one) for one in self._forms], dtype=np.int64)
        lengths = np.array(self._lengths, dtype=np.int32).reshape(-1, 3)
        for ending, array in (
            (FORMS, np.concatenate(forms)),
            (TIMES, np.concatenate(times)),
            (ENDS, ends),
            (LENGTHS, lengths),
        ):
            np.save(_named(name, ending), array)


@dataclass(frozen=True, slots=True)
class _Part:
    """The files of a part, mapped."""

    forms: NDArray[np.uint32]
    times: NDArray[np.uint8]
    ends: NDArray[np.int64]
    lengths: NDArray[np.int32]

    @classmethod
    def load(cls, name: Path, count: int) -> _Part:
        try:
            held = [
                load_array(_named(name, ending), is_mapped=True).view(np.ndarray)
                for ending in (FORMS, TIMES, ENDS, LENGTHS)
            ]
        except (OSError, ValueError) as error:
            raise GenerationError(f"{name}: cannot be read ({error}); rebuild the index") from error
        forms, times, ends, lengths = held
        if not (
            len(ends) == len(lengths) == count and len(forms) == len(times) == (ends[-1] if count else 0)
        ):
            raise GenerationError(f"{name}: has not each of its {count} entries; rebuild the index")
        return cls(forms, times, ends, lengths)


@dataclass(frozen=True, slots=True)
class _Held:
    """All forms of some rows: of each the number, how often its row has it, and the row's place among these."""

    forms: NDArray[np.uint32]
    times: NDArray[np.uint8]
    places: Numbers
    lengths: NDArray[np.int64]


class FormsByEntry:
    """The forms of the entries of a generation, for any thread; rows count from 0.

    `places` has the number of its part and its row there for each, int64 (n, 2), and `known` how many entries have a
    form of a kind.
    """

    def __init__(
        self, parts: Sequence[tuple[Path, int]], places: Numbers, known: Callable[[str, str], int]
    ) -> None:
        """Map the files of parts, each with the beginning of their names and how many entries it has.

        Raises:
            GenerationError: a file is missing or damaged, or of other entries.
        """
        self._parts = [_Part.load(name, count) for name, count in parts]
        self._places = places
        self._known = known
        lengths = [part.lengths for part in self._parts]
        self._averages = averages(np.concatenate([np.zeros((0, 3), np.int32), *lengths]))
        self._held = lru_cache(maxsize=LAST)(self._read)

    def having(self, kind: str, form: str) -> int:
        """How many entries have a form of a kind, PLAIN or a language."""
        return self._known(kind, form)

    def of(self, keys: Iterable[FormKey], among: Numbers | None = None) -> ByForm:
        """The rows that have each form, of `among`, which ascend; of all it is not for to say (ValueError)."""
        if among is None:
            raise ValueError("forms are kept by entry: say which")
        wanted = list(dict.fromkeys(keys))
        held = self._held(np.ascontiguousarray(among, dtype=np.int64).tobytes())
        numbers = np.array([form_number(*key) for key in wanted], dtype=np.uint32)
        order = np.argsort(numbers, kind="stable")
        at, which = _found(held.forms, numbers[order])
        by_key = np.lexsort((held.places[at], which))
        at, bounds = at[by_key], np.searchsorted(which[by_key], np.arange(len(wanted) + 1))
        found = {}
        for place, number in enumerate(order.tolist()):
            own = at[bounds[place] : bounds[place + 1]]
            if len(own):
                found[wanted[number]] = self._posting(wanted[number], held, own, among)
        return found

    def _posting(self, key: FormKey, held: _Held, own: Numbers, among: Numbers) -> Posting:
        rows, times = held.places[own], held.times[own].astype(np.float32)
        lengths = held.lengths[rows, int(key[0] != PLAIN)]
        rare = rarity(len(self._places), self._known(*key))
        return Posting(among[rows], bm25(times, lengths, self._averages[key[0]], rare))

    def _read(self, rows: bytes) -> _Held:
        """Read the forms of some rows, part by part."""
        places = self._places[np.frombuffer(rows, dtype=np.int64)]
        forms, times, owners = [np.zeros(0, np.uint32)], [np.zeros(0, np.uint8)], [np.zeros(0, np.int64)]
        lengths = np.zeros((len(places), 2), dtype=np.int64)
        for number in np.unique(places[:, 0]).tolist():
            part, its = self._parts[number], np.flatnonzero(places[:, 0] == number)
            own = places[its, 1]
            starts = np.where(own > 0, part.ends[own - 1], 0)
            counts = part.ends[own] - starts
            before = np.cumsum(counts) - counts
            at = np.arange(int(counts.sum())) + np.repeat(starts - before, counts)
            forms.append(part.forms[at])
            times.append(part.times[at])
            owners.append(np.repeat(its, counts))
            lengths[its] = part.lengths[own, :2]
        return _Held(
            np.concatenate(forms), np.concatenate(times), np.concatenate(owners), all_as_kept(lengths)
        )


def _found(forms: NDArray[np.uint32], wanted: NDArray[np.uint32]) -> tuple[Numbers, Numbers]:
    """Where some forms are among `wanted`, which ascend, and which of them each is.

    Most are none: a table of their last bits tells that of nearly each at once.
    """
    table = np.zeros(LOW + 1, dtype=bool)
    table[wanted & LOW] = True
    at = np.flatnonzero(table[forms & LOW])
    which = np.searchsorted(wanted, forms[at])
    is_one = which < len(wanted)
    is_one[is_one] = wanted[which[is_one]] == forms[at][is_one]
    return at[is_one], which[is_one]


def _named(name: Path, ending: str) -> Path:
    return name.with_name(name.name + ending)
