"""What is told of a document beside its records: what was wrong with the file, and which of its text is doubted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ingest.page import Defect, RawPage

_SAID = {
    Defect.JUNK: "there is something before its header",
    Defect.NO_END: "its end is missing",
    Defect.NO_TABLE: "the table of its objects is missing or wrong",
}


def of_damage(damage: Sequence[Defect], pages: Sequence[RawPage]) -> Iterator[str]:
    """Say that the file was repaired, and which pages have nothing on them since."""
    if not damage:
        return
    what = " and ".join(_SAID[one] for one in damage)
    yield f"The file is damaged ({what}) and was repaired as PDF readers do."
    empty = [p.number for p in pages if not p.words and not p.shapes and not p.hidden]
    if empty and Defect.NO_TABLE in damage:
        yield f"{pages_of(empty)} of the damaged file came out empty; get the file again."


def pages_of(numbers: Sequence[int]) -> str:
    """Page numbers as a reader writes them: "Page 3", "Pages 1-4, 7"."""
    ranges: list[list[int]] = []
    for number in sorted(numbers):
        if ranges and number == ranges[-1][1] + 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    said = ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in ranges)
    return f"Page {said}" if len(numbers) == 1 else f"Pages {said}"
