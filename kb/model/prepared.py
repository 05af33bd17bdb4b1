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

from kb import file_sha256, replace_file

Make = Callable[[], Mapping[str, bytes]]
"""Makes what is to be kept: content by file name."""

Prepared = Path | Mapping[str, bytes]
"""The folder that the files lie in, or, where they could not be written, what they would hold."""

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

    def read(self, make: Make) -> Prepared:
        """The files as they were kept, or made anew and kept; what `make` raises is raised."""
        return self.folder if self._is_kept() else self._made(make)

    def _is_kept(self) -> bool:
        try:
            known = json.loads((self.folder / _LIST).read_text("utf-8"))
            return known["of"] == self._state() and all(
                file_sha256(self.folder / name) == sha256 for name, sha256 in known["files"].items()
            )
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return False

    def _made(self, make: Make) -> Prepared:
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
        return self.folder

    def _state(self) -> list[str | int]:
        """What tells the source from another one without reading it: ctime cannot be set by hand."""
        state = self.source.stat()
        return [
            *(self.version, str(self.source)),
            *(state.st_size, state.st_mtime_ns, state.st_ctime_ns),
        ]
