"""How long work says where it is, to whoever wants to know."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[str, int, int, str], None]
"""Told (stage, done, total, text) as work goes on."""


def silent(stage: str, done: int, total: int, text: str) -> None:
    """Report progress to nobody."""
