"""The years that dates and periods name. Pure."""

from __future__ import annotations

import re

from ingest.values.amounts import Amount, once
from kb.words import Pattern

_WRITTEN_OUT = 4  # digits of a year; "2021/22" has two
_FIRST_YEAR, _LAST_YEAR = 1985, 2049  # Erasmus began in 1987; later "years" are targets and page counts
_LONGEST_RANGE = 10  # years that a range may span and still name each of them
_YEAR = r"(?:19[89][0-9]|20[0-4][0-9])"
_YEARS = re.compile(
    rf"(?<![\w.,/-]){_YEAR}(?:\s*[-–—‑/]\s*(?P<end>{_YEAR}|[0-9]{{2}})(?!\d|-\d))?(?![\d%€]|[.,]\d)"
)
_DATED = re.compile(rf"(?<=\d[./-])(?P<year>{_YEAR})(?!\d)")
_COUNTED = Pattern(r"\s*(?:[€$£]|<<year.counted>>\b)")
_NAMED = Pattern(r"\b<<year.named>>[\s-]*$", re.NOFLAG)
_OF_AN_ISSUE = Pattern(r"\b<<year.issue>>\b[^;\n]*$")


def years(text: str) -> tuple[Amount, ...]:
    """The years that dates and periods name; "2021/22" names both, "2019–2022" all four, "Agenda 2030" none."""
    found: list[tuple[int, Amount]] = []
    for match in _YEARS.finditer(text):
        if _COUNTED.match(text, match.end()) or _is_named(text[: match.start()]):
            continue
        first = int(match[0][:4])
        last = _last(first, match["end"])
        named = range(first, last + 1) if last - first <= _LONGEST_RANGE else (first, last)
        printed = match[0] if last > first else match[0][:4]
        found.extend((match.start(), Amount(str(year), printed)) for year in named)
    found.extend(
        (m.start(), Amount(m["year"], m["year"]))
        for m in _DATED.finditer(text)
        if not _is_named(text[: m.start()])
    )
    kept = (amount for _, amount in sorted(found, key=lambda f: (f[0], f[1].value)))
    return once(a for a in kept if _FIRST_YEAR <= int(a.value) <= _LAST_YEAR)


def title_year(text: str) -> tuple[Amount, ...]:
    """The one year that a title names; a period in a title is mostly what the initiative is about."""
    found = years(text)
    return found if len(found) == 1 else ()


def _is_named(before: str) -> bool:
    return bool(_NAMED.search(before) or _OF_AN_ISSUE.search(before))


def _last(first: int, end: str | None) -> int:
    if not end:
        return first
    last = int(end) if len(end) == _WRITTEN_OUT else first - first % 100 + int(end)
    return max(first, last)
