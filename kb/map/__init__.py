"""The library as a map: where each record lies, and the regions, named by their words."""

from __future__ import annotations

from kb.map.atlas import Atlas, Point
from kb.map.maps import Maps

__all__ = [
    "Atlas",
    "Maps",
    "Point",
]
