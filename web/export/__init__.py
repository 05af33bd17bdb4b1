"""Records as files to take away: tables, references, JSON, feeds."""

from __future__ import annotations

from web.export import exports, feed
from web.export.exported import PRINTED, ExportPage, hand_out, origin_of
from web.export.exports import Chosen, Format

__all__ = [
    "PRINTED",
    "Chosen",
    "ExportPage",
    "Format",
    "exports",
    "feed",
    "hand_out",
    "origin_of",
]
