"""The tree into annexes, practices, tools and sections, and the account of what is in none."""

from __future__ import annotations

from ingest.parts import checkup, imprint, proposal
from ingest.parts.extract import extract

__all__ = [
    "checkup",
    "extract",
    "imprint",
    "proposal",
]
