"""The forms of words that each entry has, entry by entry, in files of its part.

tantivy keeps entries by their forms, and a search that is kept to 800 of a million entries goes through nearly all that
have a word all the same: 9 ms. Here those few are read and weighed, in 3 ms (`python -m benchmarks.scale`).
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from kb import GenerationError, Numbers, load_array
from kb.index.bodies import OpenFile, gather, named
from kb.index.sought import rarity
from kb.index.weighed_words import ByForm
from kb.index.weighing import FormKey, Posting, Weighed, all_as_kept, averages, bm25, form_number
from kb.index.written import Entry
from kb.words import PLAIN, stems

FORMS, LENGTHS = ".forms", ".lengths.npy"
FORM = np.dtype([("number", "<u4"), ("times", "u1")])  # five bytes
MOST_TIMES = 255  # that a form is counted in an entry: BM25 hardly tells more apart
LAST = 4  # sets of rows whose forms are kept, a megabyte each: one need asks of the same rows three times
LOW = 0xFFFF


class FormWriter:
    """Writes the forms of a part's entries, whose files' names begin so, while they are indexed."""

    def __init__(self, name: Path) -> None:
        """Begin; raises OSError as any other write."""
        self._name = name
        self._file = named(name, FORMS).open("wb")
        self._lengths = array("i")
        self._number = lru_cache(maxsize=1 << 16)(form_number)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, error: type[BaseException] | None, *_: object) -> None:
        self._file.close()
        if error is None:
            np.save(named(self._name, LENGTHS), np.array(self._lengths, dtype=np.int32).reshape(-1, 4))

    def add(self, entry: Entry, cut: Sequence[stems.Written]) -> None:
        """Write those of an entry, and how often it has each."""
        weighed = Weighed.of(entry, cut)
        held = np.empty(len(weighed.forms), dtype=FORM)
        held["number"] = [self._number(*key) for key in weighed.forms]
        held["times"] = [min(times, MOST_TIMES) for times in weighed.forms.values()]
        self._file.write(held.tobytes())
        self._lengths.extend((*weighed.lengths, len(weighed.forms)))


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
        """Open the files of parts, each with the beginning of their names and how many entries it has.

        Raises:
            GenerationError: a file is missing or damaged, or of other entries.
        """
        self._known = known
        self._count = len(places)
        files = [_opened(name) for name, _ in parts]
        lengths = np.zeros((len(places), 4), dtype=np.int32)
        starts = np.zeros(len(places), dtype=np.int64)
        for number, (name, count) in enumerate(parts):
            own = _lengths(name, count, files[number].size)
            its = np.flatnonzero(places[:, 0] == number)
            lengths[its] = own[places[its, 1]]
            starts[its] = (np.cumsum(own[:, 3], dtype=np.int64) - own[:, 3])[places[its, 1]]
        self._averages = averages(lengths)
        of_words, counts, which = lengths[:, :2].copy(), lengths[:, 3].copy(), places[:, 0]

        @lru_cache(maxsize=LAST)
        def read(asked: bytes) -> _Held:
            rows = np.frombuffer(asked, dtype=np.int64)
            first, size = starts[rows] * FORM.itemsize, counts[rows].astype(np.int64) * FORM.itemsize
            forms = np.frombuffer(gather(files, which[rows], first, first + size), dtype=FORM)
            return _Held(
                np.ascontiguousarray(forms["number"]),
                forms["times"],
                np.repeat(np.arange(len(rows)), counts[rows]),
                all_as_kept(of_words[rows].astype(np.int64)),
            )

        self._held = read  # no method, which would keep the files open until the next collection

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
        rare = rarity(self._count, self._known(*key))
        return Posting(among[rows], bm25(times, lengths, self._averages[key[0]], rare))


def _opened(name: Path) -> OpenFile:
    try:
        return OpenFile(named(name, FORMS))
    except OSError as error:
        raise GenerationError(f"{name}: cannot be read ({error}); rebuild the index") from error


def _lengths(name: Path, count: int, size: int) -> NDArray[np.int32]:
    """The lengths of a part's entries and how many forms each has, which together fill its file of forms."""
    try:
        found: NDArray[np.int32] = load_array(named(name, LENGTHS))
    except (OSError, ValueError) as error:
        raise GenerationError(f"{name}: cannot be read ({error}); rebuild the index") from error
    is_right = found.shape == (count, 4) and found.dtype == np.int32 and (found[:, 3] >= 0).all()
    if not is_right or int(found[:, 3].sum(dtype=np.int64)) * FORM.itemsize != size:
        raise GenerationError(f"{name}: has not each of its {count} entries; rebuild the index")
    return found


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
