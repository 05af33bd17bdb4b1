"""A reading: what was read from one PDF and how, so that it can be published later without being read again."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from ingest.reading.extraction import Extraction
from kb import ParseError, codec

FORMAT = 3  # raise it when a reading is written in another way: older ones are then read anew


@dataclass(frozen=True, slots=True)
class Source:
    """The bytes of one PDF: `name` is a file name to show, `origin` the path or address they came from."""

    data: bytes
    sha256: str
    name: str
    origin: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read from one PDF: `sha256` is the file's, `name` and `origin` say where it came from.

    `handbook` is the one that it was read as an edition of, "" where its title is to decide. It was read with the
    profile `stated` (TOML); `remembered` names the handbook that this is remembered for, "" where it was given
    with the file or states nothing, and `is_given` says that it is to be remembered from now on. `seconds` is the
    time that the reader took.
    """

    sha256: str
    name: str
    origin: str
    handbook: str
    stated: str
    remembered: str
    is_given: bool
    seconds: float
    found: Extraction

    def dump(self) -> str:
        """The reading as the text of one JSON file."""
        return codec.to_json({"format": FORMAT, **self._plain(), "found": self.found.as_data()})

    @classmethod
    def load(cls, text: str) -> Reading:
        """The reading that `dump` wrote.

        Raises:
            ParseError: it is damaged, or was written by other software.
        """
        try:
            data: dict[str, Any] = json.loads(text)
            if data.pop("format") != FORMAT:
                raise ParseError("what was read is of other software; read the file again")
            return cls(**{**data, "found": Extraction.of_data(data["found"])})
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise ParseError(f"what was read is damaged ({error!r}); read the file again") from error

    def _plain(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__ if name != "found"}
