"""What one room tells another that people may want to know: a code with its values, worded by whoever shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any

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

    def as_data(self) -> dict[str, Any]:
        """The fact as JSON knows it; `of_data` reads it back."""
        return {"code": self.code.value, "values": dict(self.values)}

    @classmethod
    def of_data(cls, kind: type[Code], data: Mapping[str, Any]) -> Said:
        """What `as_data` gave of a code of this kind, after its way through JSON.

        Raises:
            KeyError, TypeError, ValueError, AttributeError: it is not that.
        """
        return cls(kind(data["code"]), **{name: value_of(value) for name, value in data["values"].items()})


class Held(Code):
    """What the kernel assures of the process that reads a stranger's PDF."""

    FILES = "held-files"
    NETWORK = "held-network"
    SIGNALS = "held-signals"
    PROCESSES = "held-processes"
    COUNT = "held-count"
    SCRATCH = "held-scratch"
    CALLS = "held-calls"


class Flaw(Code):
    """What was found amiss in a document that was read, the worst first: it is kept with the edition."""

    EMPTIED = "flaw-page-emptied"
    LEFT_OUT = "flaw-text-layer-left-out"
    UNREAD = "flaw-picture-of-print"
    NO_PACK = "flaw-no-language-pack"
    GARBLED = "flaw-text-layer-garbled"
    HOLES = "flaw-glyphs-without-unicode"
    NO_TABLE = "flaw-no-table-of-objects"
    NO_END = "flaw-no-end"
    NO_TEXT = "flaw-no-text"
    SENTENCE = "flaw-sentence-as-title"
    TWICE = "flaw-same-title"
    EMPTY_FIELD = "flaw-empty-field"
    NO_FIELDS = "flaw-no-fields"
    ODD_LENGTH = "flaw-odd-length"
    JUNK = "flaw-junk-before-header"


class Circumstance(Code):
    """What is told of an ingest while it is done: it is not kept."""

    NOT_SERVED = "told-not-served"
    NEW_HANDBOOK = "told-new-handbook"
    SAME_TITLE = "told-same-title"
    REMEMBERED = "told-remembered-profile"
    NO_SUCH_HEADING = "told-no-such-heading"
    NO_SUCH_ANNEX = "told-no-such-annex"
    PAGES_BEYOND = "told-pages-beyond"
    NO_SUCH_LABEL = "told-no-such-label"
    WORDS_ONLY = "told-indexed-words-only"


def value_of(value: Any) -> Value:
    """A value as it was before JSON made a list of its tuple."""
    return tuple(value) if isinstance(value, list) else value
