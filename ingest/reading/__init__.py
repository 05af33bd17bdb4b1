"""What reading a PDF gives and what it may be told: plain data, no PDF library."""

from __future__ import annotations

from ingest.reading import profile
from ingest.reading.blocks import HIDDEN, SKIPPED, Block
from ingest.reading.extraction import Extraction, PrintedWord
from ingest.reading.profile import LONGEST_TEXT, NEUTRAL, Profile, load, of_data
from ingest.reading.reading import Reading, Source

__all__ = [
    "HIDDEN",
    "LONGEST_TEXT",
    "NEUTRAL",
    "SKIPPED",
    "Block",
    "Extraction",
    "PrintedWord",
    "Profile",
    "Reading",
    "Source",
    "load",
    "of_data",
    "profile",
]
