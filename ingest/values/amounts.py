"""Numbers and ranges as eight languages write them, and what is read from them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import NamedTuple

from kb import InputError
from kb.words import cues, plain


class Amount(NamedTuple):
    """A normalised value ("10 weeks", "2+5", "2024") and the printed words that it was read from."""

    value: str
    printed: str


DIGITS = r"\d{1,4}(?:[.,]\d{1,2})?"
TO = r"(?:\s*[-–—‑]\s*|\s+<<range.to>>\s+)"
BETWEEN = r"(?P<between>\b<<range.between>>\s+)?"
AND = r"\s+<<range.and>>\s+"
COUNT = rf"(?:{DIGITS}|\b<<number>>\b)"


@cache
def _spelt_out() -> Mapping[str, int]:
    listed = cues.load()
    found: dict[str, int] = {}
    for section in listed.below("number"):
        value = section.removeprefix("number.")
        if not value.isdecimal():
            raise InputError(f"cues.toml: [{section}]: no number; write it in digits, such as [number.3]")
        found.update((plain(word), int(value)) for word in listed.words(section))
    return found


def number(text: str | None) -> float:
    """What a number is in digits or words, 0 for none."""
    if not text:
        return 0.0
    return float(_spelt_out().get(plain(text), 0) or text.replace(",", "."))


def once(amounts: Iterable[Amount]) -> tuple[Amount, ...]:
    """Each value once, as it was found first."""
    kept: dict[str, Amount] = {}
    for amount in amounts:
        kept.setdefault(amount.value, amount)
    return tuple(kept.values())
