"""How long something takes, in the words of eight languages. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingest.values.amounts import AND, BETWEEN, COUNT, TO, Amount, number, once
from kb.words import Pattern

_MOST_OF_A_UNIT = 1000
_LONGEST_VALUE = 200  # characters above which a field is prose, and only its first sentence is its value

# From the shortest to the longest: a longer one's words may hold a shorter one's ("academic year").
_UNITS = ("minute", "hour", "day", "week", "month", "trimester", "semester", "year", "academic year")
_UNIT = "|".join(f"(?P<{unit.replace(' ', '_')}><<unit.{unit}>>)" for unit in reversed(_UNITS))

_DURATION = Pattern(
    rf"(?<![\w.,/:-]){BETWEEN}(?P<low>{COUNT})(?:(?(between){AND}|{TO})(?P<high>{COUNT}))?"
    rf"(?P<gap>\s*[-‑–]\s*|\s+(?:<<duration.full>>\s+)?|['’]?)(?:{_UNIT})\b(?!\s*[=’'])"
)
_RATE_AFTER = Pattern(
    r"\.?\s*(?:/|\b<<duration.per>>\b\s*+(?:<<article>>\s)?)\s*<<duration.each_unit>>\b|\s*<<duration.rate>>\b"
)
_PART_BEFORE = Pattern(r"(?:[x×*]|\b<<duration.each>>|\b<<duration.part>>(?:,?\s<<duration.of>>)?)\s*$")
_AND_A_HALF = Pattern(r"\s+(?:½|<<duration.and_a_half>>\b)")
_PLUS = Pattern(r"\s(?:\+|<<duration.plus>>)\s|\+")


def durations(text: str) -> tuple[Amount, ...]:
    """How long something takes, from the value of a field for it: "1 week online + 1 week on site".

    Amounts joined by a plus are one duration. How long each session is and hours a week are none, and a
    compound ("a 5-day school") counts only where nothing else does.
    """
    found: list[Amount] = []
    compounds: list[Amount] = []
    for piece in _pieces(text):
        amounts = [(m, _length(m)) for m in _DURATION.finditer(piece) if not _is_part(piece, m)]
        apart = [value for m, value in amounts if not _is_compound(m)]
        if len(_PLUS.split(piece)) > 1:
            sides = [[v for m, v in _amounts(side) if not _is_compound(m)] for side in _PLUS.split(piece)]
            if all(sides):
                found.append(Amount(" + ".join(side[0] for side in sides), piece))
            continue
        found.extend(Amount(value, piece) for value in apart)
        compounds.extend(Amount(value, piece) for m, value in amounts if _is_compound(m))
    return once(found or compounds)


def compound_durations(text: str) -> tuple[Amount, ...]:
    """Durations in a title: "A three-week summer school", "24-hour hackathon"."""
    return once(Amount(_length(m), m[0]) for m in _DURATION.finditer(text) if _is_compound(m))


def _pieces(text: str) -> Iterator[str]:
    """The parts of a value that stand for themselves, apart by semicolons and lines."""
    if len(text) > _LONGEST_VALUE:
        text = re.split(r"(?<=[.!?])\s|\n", text, maxsplit=1)[0]
    for piece in re.split(r"[;\n]", text):
        if piece := piece.strip(" \t•·"):
            yield piece


def _amounts(piece: str) -> Iterator[tuple[re.Match[str], str]]:
    for match in _DURATION.finditer(piece):
        if not _is_part(piece, match):
            yield match, _length(match)


def _is_part(text: str, match: re.Match[str]) -> bool:
    """It is the length of one session among several, a rate, or no number that makes sense."""
    return bool(
        _RATE_AFTER.match(text, match.end())
        or _AND_A_HALF.match(text, match.end())
        or _PART_BEFORE.search(text[: match.start()])
        or not 0 < number(match["high"] or match["low"]) <= _MOST_OF_A_UNIT
        or 0 < number(match["high"]) <= number(match["low"])
    )


def _is_compound(match: re.Match[str]) -> bool:
    return match["gap"].strip() != "" and match["gap"].strip() in "-‑–"


def _length(match: re.Match[str]) -> str:
    unit = next(name for name in _UNITS if match[name.replace(" ", "_")])
    low, high = _shown(match["low"]), _shown(match["high"])
    return f"{low}–{high} {unit}s" if high else f"{low} {unit}{'' if low == '1' else 's'}"


def _shown(text: str | None) -> str:
    return f"{number(text):g}" if text else ""
