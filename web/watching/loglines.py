"""A line in the log for each request, where logs are JSON."""

from __future__ import annotations

import logging

from kb.measure import Outcome

NAME = "kb.requests"


class Lines:
    """Writes down requests; searches and calls of tools are requests, too."""

    def __init__(self) -> None:
        self._log = logging.getLogger(NAME)
        self._log.setLevel(logging.INFO)

    def requested(self, method: str, route: str, status: int, seconds: float) -> None:
        """Write a line."""
        fields = {"method": method, "route": route, "status": status, "ms": round(1000 * seconds, 1)}
        self._log.info("request", extra=fields)

    def searched(self, outcome: Outcome) -> None:
        """Write a line."""
        self._log.info("search", extra={"outcome": outcome.value})

    def called(self, tool: str, is_error: bool) -> None:
        """Write a line."""
        self._log.info("tool", extra={"tool": tool, "is_error": is_error})
