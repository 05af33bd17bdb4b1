"""What one room tells another that people may want to know: a code with its values, worded by whoever shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

Value = str | int | float | tuple[str, ...]


class Code(StrEnum):
    """What can be said: each room has its own; no two codes of the product have the same value."""


@dataclass(frozen=True, slots=True, init=False)
class Said:
    """A fact: its code, and what its words have to name.

    The command line words it in English (cli/english.py), the web in the language of its reader
    (web/frame/sayings.py); a test holds that every code has words in both.
    """

    code: Code
    values: Mapping[str, Value] = field(hash=False)

    def __init__(self, code: Code, **values: Value) -> None:
        object.__setattr__(self, "code", code)
        object.__setattr__(self, "values", MappingProxyType(values))
