"""A text that an assistant reads: our own words, and handbooks' words that cannot pass for ours."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from kb import straight

MARK = "> "
_UNSEEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
_KEPT = "\n\t"
_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_LABEL = re.compile(r"[^\w./–-]")
LONGEST_LABEL = 12


def visible(text: str) -> str:
    """A text without characters that people cannot see and a machine reads: tags, selectors, controls, turners."""
    shown = straight(text.replace("\u2028", "\n").replace("\u2029", "\n"))
    return "".join(
        one for one in _SELECTORS.sub("", shown) if one in _KEPT or unicodedata.category(one) not in _UNSEEN
    )


def label(printed: str) -> str:
    """A page number as printed, so short and plain that it says nothing else."""
    return _LABEL.sub("", printed)[:LONGEST_LABEL]


class Letter:
    """The lines of a text. Those that begin with `MARK` are quoted; no quoted text can begin a line without it."""

    def __init__(self) -> None:
        self._lines: list[str] = []

    def say(self, *texts: str) -> None:
        """Add a line of our own; empty texts are left out, and a line of none of them is not added."""
        if said := " · ".join(" ".join(text.split()) for text in texts if text):
            self._lines.append(visible(said.replace(": · ", ": ")))

    def gap(self) -> None:
        """Add an empty line, but not two."""
        if self._lines and self._lines[-1]:
            self._lines.append("")

    def quote(self, *texts: str) -> None:
        """Add what a handbook says, or what is made of its words; each text begins a line."""
        for text in texts:
            self._lines += [f"{MARK}{line.rstrip()}" for line in visible(text).splitlines() if line.strip()]

    def quote_list(self, items: Iterable[str], before: str = "") -> None:
        """Add several short texts as one quoted line."""
        if listed := "; ".join(" ".join(one.split()) for one in items):
            self.quote(f"{before}{listed}")

    @property
    def text(self) -> str:
        """The whole."""
        return "\n".join(self._lines).strip() + "\n"
