"""What is printed of what is amiss in a document."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator

from cli import english
from kb import Caveat, Kind, Said

_MOST_NAMED = 3  # records that a line names
_LONGEST_TITLE = 60
_SEVERAL = {
    Kind.PRACTICE: "practices",
    Kind.TOOL: "tools",
    Kind.ANNEX: "annexes",
    Kind.SECTION: "sections",
}


def lines(caveats: Iterable[Caveat]) -> Iterator[str]:
    """A line for each thing amiss: its pages, or how many records of which kind, and the first of them."""
    groups: dict[tuple[Said, Kind | None], list[Caveat]] = defaultdict(list)
    for caveat in caveats:
        groups[caveat.said, caveat.kind].append(caveat)
    for (said, kind), found in groups.items():
        words = english.said(said)
        if kind:
            yield f"Look at {_records(kind, len(found))} {words}: {_named(found)}."
        elif pages := {page for caveat in found for page in caveat.pages}:
            yield f"{pages_of(pages)}: {words}."
        else:
            yield f"{words[0].upper()}{words[1:]}."


def pages_of(numbers: Collection[int]) -> str:
    """Page numbers as a reader writes them: "Page 3", "Pages 1-4, 7"."""
    ranges: list[list[int]] = []
    for number in sorted(numbers):
        if ranges and number == ranges[-1][1] + 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    said = ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in ranges)
    return f"Page {said}" if len(numbers) == 1 else f"Pages {said}"


def _records(kind: Kind, count: int) -> str:
    return f"{count} {kind if count == 1 else _SEVERAL[kind]}"


def _named(found: list[Caveat]) -> str:
    some = [
        f"{one.title[:_LONGEST_TITLE]!r} (PDF page {one.pages[0]})" if one.pages else repr(one.title)
        for one in found[:_MOST_NAMED]
    ]
    more = f" and {len(found) - _MOST_NAMED} more" if len(found) > _MOST_NAMED else ""
    return "; ".join(some) + more
