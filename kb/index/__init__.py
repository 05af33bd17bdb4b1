"""What makes the library searchable: generations of word and vector indexes, built beside and swapped in."""

from __future__ import annotations

from kb.index.bodies import Joined, Picked
from kb.index.dense import dot
from kb.index.embedded_engine import RECORDS, WORDS
from kb.index.engine import ChosenRows, Groups, Near, WordIndex
from kb.index.generation import Generation, build, ensure, open_served
from kb.index.lexical import Lexical
from kb.index.lists import middles
from kb.index.manifest import software
from kb.index.owned import Owned, mean_of, means_in_turn, means_of, middle_of
from kb.index.row_files import FLAT_UP_TO, OwnedRows
from kb.index.vectors import CachedEncoder
from kb.index.written import Entry

__all__ = [
    "FLAT_UP_TO",
    "RECORDS",
    "WORDS",
    "CachedEncoder",
    "ChosenRows",
    "Entry",
    "Generation",
    "Groups",
    "Joined",
    "Lexical",
    "Near",
    "Owned",
    "OwnedRows",
    "Picked",
    "WordIndex",
    "build",
    "dot",
    "ensure",
    "mean_of",
    "means_in_turn",
    "means_of",
    "middle_of",
    "middles",
    "open_served",
    "software",
]
