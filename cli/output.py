"""What goes to stdout: JSON and bytes, whole."""

from __future__ import annotations

import json
import sys
from typing import Any


def print_json(value: Any) -> None:
    """Print a value as JSON; what UTF-8 cannot hold is escaped."""
    print_bytes(json.dumps(value, ensure_ascii=False, indent=1).encode("utf-8", "backslashreplace"))


def print_bytes(text: bytes, end: bytes = b"\n") -> None:
    """Write bytes as they are."""
    sys.stdout.buffer.write(text + end)
    sys.stdout.buffer.flush()
