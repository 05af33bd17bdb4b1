"""The tree into annexes, practices, tools and sections, and the account of what is in none."""

from __future__ import annotations

from ingest.parts import inferred, profile, proposal
from ingest.parts.extract import Extraction, extract
from ingest.parts.ledger import SKIPPED, Block
from ingest.parts.profile import NEUTRAL, Profile, load, of_data

__all__ = [
    "NEUTRAL",
    "SKIPPED",
    "Block",
    "Extraction",
    "Profile",
    "extract",
    "inferred",
    "load",
    "of_data",
    "profile",
    "proposal",
]
