"""The one place that reads the environment."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_data_path

from kb.errors import InputError

EMBEDDED_MODEL = "embedded"
MAX_FILE = 200 * 2**20
MAX_PAGES = 1000
MAX_MEMORY = 2 * 2**30
MAX_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the library lies, which model reads it, and how far one PDF may go.

    Sizes are in bytes, times in seconds. Each has a variable of the same name in capitals with `KB_` before.
    """

    data: Path
    model: str = EMBEDDED_MODEL
    query_prefix: str = ""
    passage_prefix: str = ""
    max_file: int = MAX_FILE
    max_pages: int = MAX_PAGES
    max_memory: int = MAX_MEMORY
    max_seconds: int = MAX_SECONDS

    @classmethod
    def from_environment(cls) -> Settings:
        """Read every setting once.

        Raises:
            InputError: a number that is none, or is below 1.
        """
        data = os.environ.get("KB_DATA")
        return cls(
            data=Path(data).expanduser().absolute() if data else user_data_path("practice-kb", False),
            model=os.environ.get("KB_MODEL", "").strip() or EMBEDDED_MODEL,
            query_prefix=os.environ.get("KB_QUERY_PREFIX", ""),
            passage_prefix=os.environ.get("KB_PASSAGE_PREFIX", ""),
            max_file=_number("KB_MAX_FILE", MAX_FILE),
            max_pages=_number("KB_MAX_PAGES", MAX_PAGES),
            max_memory=_number("KB_MAX_MEMORY", MAX_MEMORY),
            max_seconds=_number("KB_MAX_SECONDS", MAX_SECONDS),
        )


def _number(variable: str, default: int) -> int:
    given = os.environ.get(variable, "").strip()
    if not given:
        return default
    if not given.isdigit() or int(given) < 1:
        raise InputError(f"{variable}={given}: not a whole number above 0; unset it or give one")
    return int(given)
