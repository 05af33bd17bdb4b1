"""Text as printed -> text as read: signs cleaned, lines joined. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from kb import TURNING

_LEAST_TAIL = 2  # letters: a shorter end of a word is often a word, too ("in-", "to-")
BULLET = "• "
# Control characters (Unicode's category Cc) but for the tab and the line's end, those of no width, and those that turn
# text around.
_UNSHOWN = re.compile(f"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200c\u200d\u2060\ufeff{TURNING}]")
_SPACES = re.compile("[\u00a0\u2000-\u200a\u202f\u3000 ]+")
_DRAWN_APART = re.compile(r"(?<=\w) (?=\u00ad)")  # before the hyphen of a justified line
_IN_WORD = re.compile(r"\u00ad(?=\S)")


def clean(text: str) -> str:
    """NFC, no zero-width characters, plain spaces; soft hyphens inside a word dropped."""
    if text.isascii() and text.isprintable():  # most of what is asked, word by word
        return _SPACES.sub(" ", text).strip() if " " in text else text
    text = _SPACES.sub(" ", _UNSHOWN.sub("", text)).strip()
    text = _DRAWN_APART.sub("", text)
    return unicodedata.normalize("NFC", _IN_WORD.sub("", text))


def join_lines(texts: Sequence[str], known: frozenset[str] = frozenset()) -> str:
    """Lines of one paragraph as one text.

    A hyphen at a line's end stays where the compound is printed elsewhere, or where its two halves are words of the
    document and their joint is none; `known` holds the document's words and compounds, folded, and what each pair of
    halves makes (`ingest.page.hyphens`).
    """
    out = ""
    for text in texts:
        if not out:
            out = text
        elif _is_cut_address(out):
            out = out.replace("\u00ad", "-") + text
        elif out.endswith(("\u00ad", "-", "\u2010", "\u2011")) and len(out) > 1 and out[-2].isalnum():
            head, tail = re.split(r"[^\w\u00ad-]", out[:-1])[-1], re.split(r"[^\w-]", text)[0]
            if f"{head}- {tail}".casefold() in known:
                out = f"{out[:-1]}- {text}"
            else:
                out = (out[:-1] if _is_broken(head, tail, known) else out[:-1] + "-") + text
        elif out.endswith("–") and out[-2:-1].isdigit() and text[:1].isdigit():
            out += text
        else:
            out = f"{out} {text}"
    return out[:-1] + "-" if out.endswith("\u00ad") else out


def _is_cut_address(text: str) -> bool:
    """The text ends inside a web address, at a sign at which lines are broken."""
    last = text.rsplit(maxsplit=1)[-1] if text.strip() else ""
    return ("://" in last or last.startswith("www.")) and last.endswith(
        ("/", "-", "_", "=", "&", "?", "%", "\u00ad")
    )


def _is_broken(head: str, tail: str, known: frozenset[str]) -> bool:
    """The hyphen only marks where a word was broken."""
    if not head or not tail or not tail[0].islower() or not head[-1].isalpha():
        return False
    head, tail = head.casefold(), tail.casefold()
    if f"{head}-{tail}" in known:
        return False
    return f"{head}{tail}" in known or not (head in known and tail in known and len(tail) > _LEAST_TAIL)
