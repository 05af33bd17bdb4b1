"""Text as it is compared: signs that show nothing taken away, case and accents folded, cut into words. Pure."""

from __future__ import annotations

import re
import unicodedata

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_WORD = re.compile(r"[^\W_]+")


def fold(text: str) -> str:
    """Lower case without accents, as words are compared plainly; keeps no length."""
    letters = unicodedata.normalize("NFKD", clean(text).lower())
    bare = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return unicodedata.normalize("NFC", bare).replace("ς", "σ")


def clean(text: str) -> str:
    """NFC, without the signs that show nothing; lone surrogates become question marks."""
    return unicodedata.normalize("NFC", _INVISIBLE.sub("", text.encode("utf-8", "replace").decode()))


def tokens(text: str) -> list[str]:
    """The words of a text; what is indexed and what is asked are cut by this one rule."""
    return _WORD.findall(text)
