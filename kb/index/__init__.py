"""What makes the library searchable: generations of word and vector indexes, built beside and swapped in."""

from __future__ import annotations

from kb.index.bodies import Joined, Picked
from kb.index.dense import dot
from kb.index.generation import RECORDS, WORDS, Generation, build, ensure, open_served
from kb.index.lexical import Entry, Lexical
from kb.index.manifest import software
from kb.index.vectors import CachedEncoder

__all__ = [
    "RECORDS",
    "WORDS",
    "CachedEncoder",
    "Entry",
    "Generation",
    "Joined",
    "Lexical",
    "Picked",
    "build",
    "dot",
    "ensure",
    "open_served",
    "software",
]
