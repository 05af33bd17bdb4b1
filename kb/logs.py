"""How what happens is written down: lines for people, or JSON for programs, on stderr."""

from __future__ import annotations

import logging
import sys
import traceback
from enum import StrEnum
from pathlib import Path
from typing import Any


class LogForm(StrEnum):
    """How lines of the log look."""

    TEXT = "text"
    JSON = "json"


JSON = LogForm.JSON


def use(form: str, who: str) -> None:
    """Write this process's log in a form from now on; `who` begins lines of text."""
    if form != LogForm.JSON:
        logging.basicConfig(level=logging.WARNING, format=f"{who}: %(message)s", stream=sys.stderr)
        return
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_json())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)


def _json() -> logging.Formatter:
    from pythonjsonlogger.json import JsonFormatter  # noqa: PLC0415  few ask for it

    class Lines(JsonFormatter):
        """Errors by their type and where they happened: what they say may repeat what somebody typed."""

        def formatException(self, ei: Any) -> str:  # noqa: N802 - logging's own name
            kind, _, trace = ei
            places = [f"{Path(at.filename).name}:{at.lineno} {at.name}" for at in traceback.extract_tb(trace)]
            return f"{kind.__name__ if kind else 'error'} at {' > '.join(places)}"

    return Lines(
        ["levelname", "name", "process", "message"],
        rename_fields={"levelname": "level", "name": "logger", "process": "pid", "exc_info": "error"},
        timestamp="time",
        json_ensure_ascii=False,
    )
