"""Which PDF page bears which printed number: read from each page's head and foot, by labels, or by offset. Pure."""

from __future__ import annotations

import re
import statistics
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ingest.page import LaidOut, Line, Role
from ingest.tree.headings import Heading, bare

_TOKEN = re.compile(r"(?<![\w.,])(?:\d{1,4}|[ivxlc]{1,7}|[IVXLC]{1,7})(?![\w]|[.,]\d)")
_DIGITS = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}
_LEAST_NUMBERED = 3  # pages whose numbers grow with them; two may do so by chance
_BACK = 60  # numerals before one that may precede it: some twenty pages
_PER_PAGE = 2  # printed pages on one PDF page at the most: a spread


@dataclass(frozen=True, slots=True, order=True)
class _Numeral:
    page: int
    number: int


def printed_to_pdf(headings: Sequence[Heading], laid: LaidOut, labels: Sequence[str]) -> list[dict[str, int]]:
    """Printed page -> PDF page by each witness, the one first by which most of the contents page comes true.

    They are the numbers in each page's head or foot, the PDF's page labels where these are more than a count, and the
    usual offset of the titles that the contents page lists.
    """
    plain = [str(n + 1) for n in range(len(labels))]
    by_label = {label.lower(): n + 1 for n, label in reversed(list(enumerate(labels)))}
    maps = [
        numbers_on(laid.lines, len(labels)),
        by_label if list(labels) != plain else {},
        _by_offset(headings, laid, len(labels)),
    ]
    titles = {(bare(h.text), h.page) for h in headings}

    def hits(pages: Mapping[str, int]) -> int:
        return sum((bare(e.title), pages.get(e.printed.lower(), 0)) in titles for e in laid.contents)

    return sorted(filter(None, maps), key=hits, reverse=True)


def printed_labels(lines: Sequence[Line], labels: Sequence[str]) -> tuple[str, ...]:
    """The label of each PDF page: the number that its head or foot prints, else what the PDF says.

    A page without a numeral has that which its neighbours leave for it. Where the PDF only counts its pages and others
    print numbers, one before the first or after the last of these has no label.
    """
    roman, arabic = _rows(lines)
    by_page: dict[int, str] = {}
    for row, word in ((roman, _roman), (arabic, str)):
        for number, page in _between(row).items():
            by_page.setdefault(page, word(number))
    if not by_page:
        return tuple(labels)
    is_count = list(labels) == [str(n + 1) for n in range(len(labels))]
    return tuple(by_page.get(n, "" if is_count else label) for n, label in enumerate(labels, 1))


def numbers_on(lines: Sequence[Line], count: int) -> dict[str, int]:
    """Printed number -> PDF page, of numerals in heads and feet that grow with the pages; roman ones in lower case.

    They go on to the first and to the last of the `count` pages.
    """
    roman, arabic = _rows(lines)
    found = {_roman(n): page for n, page in _to_ends(roman, 0).items()}
    return found | {str(n): page for n, page in _to_ends(arabic, count).items()}


def _rows(lines: Sequence[Line]) -> tuple[list[_Numeral], list[_Numeral]]:
    """The roman and the arabic page numbers, in order."""
    arabic: set[_Numeral] = set()
    roman: set[_Numeral] = set()
    for line in lines:
        if line.role not in (Role.PAGE_NUMBER, Role.RUNNING_HEAD):
            continue
        for token in _TOKEN.findall(line.text):
            if token.isdigit():
                arabic.add(_Numeral(line.page, int(token)))
            elif number := _of_roman(token):
                roman.add(_Numeral(line.page, number))
    return _growing(sorted(roman)), _growing(sorted(arabic))


def _growing(numerals: Sequence[_Numeral]) -> list[_Numeral]:
    """The longest row of numerals that grow as pages do: by one a page, or less over pages that do not count."""
    best: list[tuple[float, int]] = []
    for at, own in enumerate(numerals):
        score, before = 1.0, -1
        for other in range(max(at - _BACK, 0), at):
            pages, grown = own.page - numerals[other].page, own.number - numerals[other].number
            if not 1 <= grown <= max(_PER_PAGE * pages, _PER_PAGE - 1):
                continue
            reached = best[other][0] + (1.5 if grown == pages else 1.0)
            if reached > score:
                score, before = reached, other
        best.append((score, before))
    row: list[_Numeral] = []
    at = max(range(len(best)), key=lambda n: best[n][0], default=-1)
    while at >= 0:
        row.append(numerals[at])
        at = best[at][1]
    return row[::-1] if len(row) >= _LEAST_NUMBERED else []


def _between(row: Sequence[_Numeral]) -> dict[int, int]:
    """Number -> page, with the pages between two that are as many as their numbers."""
    found = {n.number: n.page for n in row}
    for before, after in pairwise(row):
        if after.page - before.page == after.number - before.number:
            found.update((before.number + n, before.page + n) for n in range(after.page - before.page))
    return dict(sorted(found.items()))


def _to_ends(row: Sequence[_Numeral], count: int) -> dict[int, int]:
    """Number -> page, up to the first and the last page."""
    found = _between(row)
    if row:
        first, last = row[0], row[-1]
        found.update((first.number - n, first.page - n) for n in range(1, min(first.number, first.page)))
        found.update((last.number + n, last.page + n) for n in range(1, count - last.page + 1))
    return found


def _by_offset(headings: Sequence[Heading], laid: LaidOut, count: int) -> dict[str, int]:
    first = max((e.page for e in laid.contents), default=0)
    by_title: dict[str, list[int]] = defaultdict(list)
    for heading in headings:
        if heading.page > first:
            by_title[bare(heading.text)].append(heading.page)
    offsets = []
    for entry in laid.contents:
        pages = by_title.get(bare(entry.title), ())
        if entry.printed.isdigit() and len(pages) == 1:
            offsets.append(pages[0] - int(entry.printed))
    offset = round(statistics.median(offsets)) if offsets else 0
    return {str(n - offset): n for n in range(1, count + 1)}


def _of_roman(text: str) -> int:
    """The number of a roman numeral as it is properly written; 0 for other text."""
    digits = [_DIGITS[c] for c in text.lower()]
    number = sum(-a if a < b else a for a, b in zip(digits, [*digits[1:], 0], strict=True))
    return number if number > 0 and _roman(number) == text.lower() else 0


def _roman(number: int) -> str:
    out = ""
    for value, sign in (
        (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
    ):  # fmt: skip
        out += sign * (number // value)
        number %= value
    return out
