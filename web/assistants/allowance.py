"""How often one client may have a tool called: enough for people who talk, too little for a copy of the library."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable

from kb import BusyError

CALLS, SECONDS = 60, 60.0
"""So many calls within so many seconds: an assistant makes about ten for one question."""
MOST_CLIENTS = 10_000
"""Whose calls are remembered; the one that was heard of least lately is forgotten."""


class Allowance:
    """The calls of late by client, of this process alone. Safe to use from several threads."""

    def __init__(
        self, calls: int = CALLS, seconds: float = SECONDS, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._calls, self._seconds, self._clock = calls, seconds, clock
        self._of: OrderedDict[str, deque[float]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, client: str) -> None:
        """Count a call.

        Raises:
            BusyError: this client has to wait; the call is not counted.
        """
        now = self._clock()
        with self._lock:
            own = self._of.setdefault(client, deque(maxlen=self._calls))
            self._of.move_to_end(client)
            if len(self._of) > MOST_CLIENTS:
                self._of.popitem(last=False)
            left = own[0] + self._seconds - now if len(own) == self._calls else 0.0
            if left <= 0:
                own.append(now)
        if left > 0:
            raise BusyError(
                f"{self._calls} calls in {self._seconds:g} seconds: no more are answered to one client;"
                f" ask again in {int(left) + 1} seconds"
            )
