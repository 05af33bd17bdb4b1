"""Credits that a practice awards, in the words of eight languages. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingest.values.amounts import AND, BETWEEN, DIGITS, TO, Amount, once
from kb.words import Pattern

_RANGE = 2  # numbers, from and to
_MOST_CREDITS = 240  # a bachelor's degree of four years

_ECTS = r"ECTS(?:[-\s]<<credits.after_ects>>)?|<<credits.before_ects>>\s\(?ECTS\)?|<<credits.is_ects>>"
_CREDITS = (
    rf"{BETWEEN}(?P<low>{DIGITS})(?P<more>(?(between){AND}{DIGITS}|(?:(?:\s*\+\s*{DIGITS})+|{TO}{DIGITS})))?"
)
_BEFORE_UNIT = Pattern(
    rf"(?<![\w.,/+-]){_CREDITS}\s*+[-‑]?\s*(?:(?P<ects>{_ECTS})|(?P<other><<credits.any>>))\b"
)
_AFTER_UNIT = Pattern(rf"\b(?P<ects>{_ECTS})\s*+[:(]?\s*{_CREDITS}\b(?!\s*(?:[=%]|<<unit.hour>>\b))")
_BARE = Pattern(rf"{_CREDITS}(?=\s*(?:$|[;(\n/]|,\s))")
_UP_TO = Pattern(r"\b<<credits.up_to>>\s+$")
_NOT_AWARDED = Pattern(r"\b<<credits.not_awarded>>\s+$")
_DEFINES = Pattern(r"\s*(?:=|<<credits.defines>>\b)")
_OTHER_SYSTEM = re.compile(r"\b(?:UK|CATS|SCQF|US)\s+$")


def stated_credits(text: str) -> tuple[Amount, ...]:
    """Credits from the value of a field for them: "3", "2+5", "6 ECTS credits"; of two systems only ECTS."""
    if bare := _BARE.match(text.strip()):
        return once(_credit(bare))
    matches = [m for pattern in (_BEFORE_UNIT, _AFTER_UNIT) for m in pattern.finditer(text)]
    matches = [m for m in matches if not _is_other(text, m)]
    matches = [m for m in matches if m["ects"]] or matches
    return once(a for m in sorted(matches, key=lambda m: m.start()) for a in _credit(m, text))


def ects(text: str) -> tuple[Amount, ...]:
    """Credits that running text awards in so many ECTS; demands ("at least 60") and definitions aside."""
    return once(
        amount
        for pattern in (_BEFORE_UNIT, _AFTER_UNIT)
        for m in pattern.finditer(text)
        if m["ects"] and "ECTS" in m["ects"].upper() and not _is_other(text, m)
        for amount in _credit(m, text)
    )


def _is_other(text: str, match: re.Match[str]) -> bool:
    before = text[: match.start()]
    return bool(
        _NOT_AWARDED.search(before) or _OTHER_SYSTEM.search(before) or _DEFINES.match(text, match.end())
    )


def _credit(match: re.Match[str], text: str = "") -> Iterator[Amount]:
    numbers = [
        float(n.replace(",", ".")) for n in re.findall(DIGITS, match["low"] + " " + (match["more"] or ""))
    ]
    is_sum = "+" in (match["more"] or "")
    if (
        not numbers[0] > 0
        or max(numbers) > _MOST_CREDITS
        or (len(numbers) == _RANGE and not is_sum and numbers[1] <= numbers[0])
    ):
        return
    value = ("+" if is_sum else "–").join(f"{n:g}" for n in numbers)
    limit = _UP_TO.search(text[: match.start()])
    yield Amount(f"up to {value}" if limit else value, f"{limit[0] if limit else ''}{match[0]}".strip())
