"""The vectors of what was asked last: pages, facets and the JSON twin of one query embed it once."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import CancelledError, Future

from kb import Vectors

MOST = 512  # 0.8 MB of vectors


class RecentQueries:
    """Keeps the vector of each text that was asked last; safe to use from several threads."""

    def __init__(self, embed: Callable[[str], Vectors]) -> None:
        self._embed = embed
        self._kept: OrderedDict[str, Future[Vectors]] = OrderedDict()
        self._lock = threading.Lock()

    def row(self, text: str) -> Vectors:
        """The vector of a text, float32 (dim,), embedded where it was not asked lately.

        One that another thread embeds already is waited for, and embedded here where that fails.
        """
        with self._lock:
            is_new = (row := self._kept.get(text)) is None
            if row is None:
                row = self._kept[text] = Future()
                if len(self._kept) > MOST:
                    self._kept.popitem(last=False)
            else:
                self._kept.move_to_end(text)
        if is_new:
            return self._embedded(text, row)
        try:
            return row.result()
        except CancelledError:
            return self._embed(text)

    def _embedded(self, text: str, row: Future[Vectors]) -> Vectors:
        try:
            row.set_result(self._embed(text))
        finally:
            if not row.done():
                with self._lock:
                    if self._kept.get(text) is row:
                        del self._kept[text]
                row.cancel()
        return row.result()
