"""Characters that turn the text after them around, so that "exe.fdp" reads as "pdf.exe", and those no page may hold."""

from __future__ import annotations

import re

TURNING = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
"""Unicode's Bidi_Control, as the inside of a regular expression's brackets."""
_UNFIT = re.compile(f"[{TURNING}\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")


def straight(text: str) -> str:
    """The text without them: it reads as it is written, and so does what stands after it."""
    return _UNFIT.sub("", text)
