"""Characters that turn the text after them around, so that "exe.fdp" reads as "pdf.exe"."""

from __future__ import annotations

import re

TURNING = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
"""Unicode's Bidi_Control, as the inside of a regular expression's brackets."""
_TURNING = re.compile(f"[{TURNING}]")


def straight(text: str) -> str:
    """The text without them: it reads as it is written, and so does what stands after it."""
    return text if text.isascii() else _TURNING.sub("", text)
