"""Printed labels reduced to what tells them apart: words without case, accents, signs and numbering."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from kb.words.phrases import plain

# "1.", "1.2", "3 ", "a)", "(b)", "IV.", "α)", "β'": numbering before a label, never a word of it.
_NUMBERING_RE = re.compile(
    r"^[\W_]*(?:\(?(?:\d+(?:\.\d+)*(?:[.):]|\s|\s*[-–—]\s)|[ivxlcdm]{1,6}[.):]|[^\W\d_][.)'ʹ΄´’:])\s*)+",
    re.IGNORECASE,
)
# "Étudiant(e)s", "étudiant·e·s": the form without the ending is the one that is listed.
_INCLUSIVE_RE = re.compile(r"(?<=\w)[·•‧(]e[·•‧)]?(s?)\b")
_ASIDE_RE = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_WORD_RE = re.compile(r"[^\W_]+")
_PART_RE = re.compile(r"[/&+,;]")
_CONJUNCTIONS = frozenset(["and", "und", "και", "y", "e", "et", "ed", "si", "och"])
# Articles and the like, as `plain` leaves them. Romanian and Swedish put theirs at the end of the word.
# fmt: off
_LEADING = frozenset([
    "the", "a", "an", "our", "your", "their", "its", "this", "der", "die", "das", "unser", "unsere",
    "ihr", "ihre", "le", "la", "les", "l", "un", "une", "notre", "nos", "votre", "vos", "el", "los", "las",
    "nuestro", "nuestra", "il", "lo", "gli", "i", "una", "o", "η", "το", "οι", "τα",
])
# fmt: on


@lru_cache(maxsize=32_768)
def label_key(label: str) -> str:
    """Reduce a label to its words; one that is nothing but numbering keeps it."""
    shown = unicodedata.normalize("NFKC", label).strip()
    shown = _INCLUSIVE_RE.sub(r"\1", shown)
    return " ".join(_words(_NUMBERING_RE.sub("", shown)) or _words(shown))


def short_keys(label: str) -> tuple[str, str]:
    """The key of a label without its leading article, and that without "and" as well."""
    words = _without_article(label_key(label).split())
    return " ".join(words), " ".join(word for word in words if word not in _CONJUNCTIONS)


def attempts(label: str) -> Iterator[str]:
    """Yield the keys under which a label may be listed, the closest first."""
    for text in (label, _ASIDE_RE.sub(" ", label)):
        yield label_key(text)
        without_article, joined = short_keys(text)
        yield without_article
        if _PART_RE.search(text):
            yield joined


def parts(label: str) -> tuple[str, ...]:
    """The keys of the labels that one label names together: "Aims, needs & results" has three."""
    found: list[list[str]] = []
    for part in _PART_RE.split(_ASIDE_RE.sub(" ", label)):
        found.append([])
        for word in label_key(part).split():
            if word in _CONJUNCTIONS:
                found.append([])
            else:
                found[-1].append(word)
    return tuple(" ".join(_without_article(words)) for words in found if words)


def _words(text: str) -> list[str]:
    return _WORD_RE.findall(plain(text))


def _without_article(words: list[str]) -> list[str]:
    while len(words) > 1 and words[0] in _LEADING:
        words = words[1:]
    return words
