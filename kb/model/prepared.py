"""What is made of a model's files once, and kept in a folder of its own for every later start.

To write a graph and a tokenizer takes some seconds, to read them a tenth of one. What is kept is used
only while the file that it was made of is the same, and only if it still has its own checksum.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from kb import replace_file

Make = Callable[[], Mapping[str, bytes]]
"""Makes what is to be kept: content by file name."""

Kept = Path | bytes
"""Where a file lies, or, where it could not be written, what it would hold."""

_LIST = "prepared.json"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PreparedFiles:
    """The files made of one model's, in a folder that may not be there yet, or not be writable.

    `folder` is the model's own; `source` is the file of weights that they are made of, `version` what is made of it.
    """

    folder: Path
    source: Path
    version: str

    def read(self, make: Make) -> Mapping[str, Kept]:
        """The files by name: as they were kept, or made anew and kept; what `make` raises is raised."""
        return self._kept() or self._made(make)

    def _kept(self) -> dict[str, Path] | None:
        try:
            known = json.loads((self.folder / _LIST).read_text("utf-8"))
            if known["of"] != self._state():
                return None
            is_whole = known["files"] and all(
                _digest(self.folder / name) == sha256 for name, sha256 in known["files"].items()
            )
            return {name: self.folder / name for name in known["files"]} if is_whole else None
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None

    def _made(self, make: Make) -> Mapping[str, Kept]:
        found = make()
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            for name, content in found.items():
                replace_file(self.folder / name, content)
            known = {
                "of": self._state(),
                "files": {name: hashlib.sha256(content).hexdigest() for name, content in found.items()},
            }
            replace_file(self.folder / _LIST, json.dumps(known, indent=1))
        except OSError as error:
            log.warning(
                "%s: cannot be written (%s), so each start takes some seconds longer", self.folder, error
            )
            return found
        return {name: self.folder / name for name in found}

    def _state(self) -> list[str | int]:
        """What tells the source from another one without reading it: ctime cannot be set by hand."""
        state = self.source.stat()
        return [
            *(self.version, str(self.source)),
            *(state.st_size, state.st_mtime_ns, state.st_ctime_ns),
        ]


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
