"""The account of a document: which of its text went where."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

HIDDEN = "hidden text"
SKIPPED = "skipped pages"


@dataclass(frozen=True, slots=True)
class Block:
    """Neighbouring lines of one page that went to one place; `record` is a title, "" outside records."""

    page: int
    place: str
    record: str
    text: str

    @property
    def characters(self) -> int:
        """Its characters, white space aside."""
        return sum(not c.isspace() for c in self.text)


def totals(blocks: Iterable[Block]) -> tuple[tuple[str, int], ...]:
    """Characters a place, most first."""
    counts: Counter[str] = Counter()
    for block in blocks:
        counts[block.place] += block.characters
    return tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
