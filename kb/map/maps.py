"""Maps of a library, each drawn once a generation."""

from __future__ import annotations

import threading
from pathlib import Path

from kb.map import atlas
from kb.map.atlas import Atlas
from kb.search import Snapshot


class Maps:
    """Draws the map of what a library serves and keeps it in a folder; safe to use from several threads."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._drawn: Atlas | None = None
        self._drawing = threading.Lock()

    def of(self, library: Snapshot) -> Atlas | None:
        """The map of what a snapshot holds, drawn once a generation while searches go on; None for an empty one."""
        catalog = library.catalogue
        if catalog is None or not catalog.records:
            return None
        name, drawn = catalog.generation.name, self._drawn
        if drawn is None or drawn.generation != name:
            with self._drawing:
                drawn = self._drawn
                if drawn is None or drawn.generation != name:
                    drawn = self._drawn = atlas.kept(self._folder, catalog)
        return drawn
