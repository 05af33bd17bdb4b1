"""Credits that a practice awards, in the words of eight languages. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingest.values.amounts import AND, BETWEEN, DIGITS, TO, Amount, once

_MOST_CREDITS = 240  # a bachelor's degree of four years

_ECTS = (
    r"ECTS(?:[-\s](?:credits?|points?|Punkten?|Leistungspunkten?|créditos|crédits|crediti|credite|poäng|μονάδες))?"
    r"|(?:credits?|créditos|crédits|crediti|credite|points?|puncte|(?:πιστωτικές\s)?μονάδες|π\.?μ\.?)\s\(?ECTS\)?"
    r"|CFU|Leistungspunkten?|Kreditpunkten?|högskolepoäng|hp|πιστωτικ(?:ές|ών)\sμονάδ(?:ες|ων)"
)
_CREDIT = r"(?:academic\s)?credits?(?:\spoints?)?|créditos|crédits|crediti|credite|puncte(?:\sde\scredit)?|poäng|LP|KP"
_CREDITS = (
    rf"{BETWEEN}(?P<low>{DIGITS})(?P<more>(?(between){AND}{DIGITS}|(?:(?:\s*\+\s*{DIGITS})+|{TO}{DIGITS})))?"
)
_BEFORE_UNIT = re.compile(
    rf"(?<![\w.,/+-]){_CREDITS}\s*[-‑]?\s*(?:(?P<ects>{_ECTS})|(?P<other>{_CREDIT}))\b", re.IGNORECASE
)
_AFTER_UNIT = re.compile(
    rf"\b(?P<ects>{_ECTS})\s*[:(]?\s*{_CREDITS}\b(?!\s*(?:[=%]|hours?|h\b))", re.IGNORECASE
)
_BARE = re.compile(rf"{_CREDITS}(?=\s*(?:$|[;(\n/]|,\s))")
_UP_TO = re.compile(
    r"\b(?:up\sto|at\smost|max(?:imum|\.)?|bis\szu|höchstens|jusqu['’]à|hasta|máximo|fino\sa|massimo|până\sla|maxim"
    r"|upp\still|högst|έως|μέχρι)\s+$",
    re.IGNORECASE,
)
_NOT_AWARDED = re.compile(
    r"\b(?:at\sleast|minimum(?:\sof)?|already|completed|mindestens|au\smoins|al\smenos|almeno|cel\spuțin|minst|τουλάχιστον)"
    r"\s+$",
    re.IGNORECASE,
)
_DEFINES = re.compile(
    r"\s*(?:=|equals?\b|corresponds?\b|per\b|entspr|équiva|equival|motsvarar|αντιστοιχ)", re.IGNORECASE
)
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
        or (len(numbers) == 2 and not is_sum and numbers[1] <= numbers[0])
    ):
        return
    value = ("+" if is_sum else "–").join(f"{n:g}" for n in numbers)
    limit = _UP_TO.search(text[: match.start()])
    yield Amount(f"up to {value}" if limit else value, f"{limit[0] if limit else ''}{match[0]}".strip())
