"""Numbers and ranges as eight languages write them, and what is read from them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from kb.words import plain


class Amount(NamedTuple):
    """A normalised value ("10 weeks", "2+5", "2024") and the printed words that it was read from."""

    value: str
    printed: str


# fmt: off
_SPELT_OUT: Mapping[int, str] = {
    1: "one single ein eine einen einem eines ένα ένας μία μια uno una un une o en ett",
    2: "two zwei δύο δυο dos deux due doi două två",
    3: "three drei τρεις τρία tres trois tre trei",
    4: "four vier τέσσερις τέσσερα cuatro quatre quattro patru fyra",
    5: "five fünf πέντε cinco cinq cinque cinci fem",
    6: "six sechs έξι seis sei șase sex",
    7: "seven sieben επτά εφτά siete sept sette șapte sju",
    8: "eight acht οκτώ οχτώ ocho huit otto opt åtta",
    9: "nine neun εννέα nueve neuf nove nouă nio",
    10: "ten zehn δέκα diez dix dieci zece tio",
    11: "eleven elf έντεκα once onze undici unsprezece elva",
    12: "twelve zwölf δώδεκα doce douze dodici doisprezece tolv",
}
# fmt: on
_NUMBERS = {plain(w): n for n, words in _SPELT_OUT.items() for w in words.split()}
DIGITS = r"\d{1,4}(?:[.,]\d{1,2})?"
TO = r"(?:\s*[-–—‑]\s*|\s+(?:to|bis|έως|ως|με|a|à|până\sla|till)\s+)"
BETWEEN = r"(?P<between>\b(?:between|zwischen|entre|tra|fra|între|mellan|μεταξύ)\s+)?"
AND = r"\s+(?:and|und|y|et|e|și|och|και)\s+"
_WORDS = "|".join(sorted((w for words in _SPELT_OUT.values() for w in words.split()), key=len, reverse=True))
COUNT = rf"(?:{DIGITS}|\b(?:{_WORDS})\b)"


def number(text: str | None) -> float:
    """What a number is in digits or words, 0 for none."""
    if not text:
        return 0.0
    return float(_NUMBERS.get(plain(text), 0) or text.replace(",", "."))


def once(amounts: Iterable[Amount]) -> tuple[Amount, ...]:
    """Each value once, as it was found first."""
    kept: dict[str, Amount] = {}
    for amount in amounts:
        kept.setdefault(amount.value, amount)
    return tuple(kept.values())
