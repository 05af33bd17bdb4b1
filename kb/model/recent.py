"""The vectors of what was asked last: pages, facets and the JSON twin of one query embed it once."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable

from kb import Vectors

MOST = 512  # 0.8 MB of vectors


class RecentQueries:
    """Keeps the vector of each text that was asked last; safe to use from several threads."""

    def __init__(self, embed: Callable[[str], Vectors]) -> None:
        self._embed = embed
        self._kept: OrderedDict[str, Vectors] = OrderedDict()
        self._lock = threading.Lock()

    def row(self, text: str) -> Vectors:
        """The vector of a text, float32 (dim,), embedded where it was not asked lately."""
        with self._lock:
            if (kept := self._kept.get(text)) is not None:
                self._kept.move_to_end(text)
                return kept
        row = self._embed(text)
        with self._lock:
            self._kept[text] = row
            if len(self._kept) > MOST:
                self._kept.popitem(last=False)
        return row
