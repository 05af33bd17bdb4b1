"""Text as it is compared, in as few ways as there are reasons: every other module folds by these. Pure.

`fold` is what is indexed and asked, `word_key` and `letters` what is left of it, `plain` what vocabularies are looked
up by, `label_key` what labels are; `print_key` and `unbroken` compare what is printed, accents and all.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
# Printed as nothing, too, but marks that turn the direction of writing stay.
_SHOWN_AS_NOTHING = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff]")
_BREAKS = re.compile("[\\s\u00ad\u200b-\u200d\u2060\ufeff\ufffe\u2010-\u2012-]+")
_WORD = re.compile(r"[^\W_]+")
_IN_WORDS = "'\u2019\u02bc\u2010\u2011\u00ad\u200b-\u200f\u2060\ufeff\u0300-\u036f"
_NO_LETTERS = re.compile(r"[\W_]+")
# Letters that carry no combining mark to strip.
_NO_MARK = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})
# "1.", "1.2", "3 ", "a)", "(b)", "IV.", "α)", "β'": numbering before a label, never a word of it.
_NUMBERING_RE = re.compile(
    r"^(?>[\W_]*(?:\(?(?:\d+(?:\.\d+)*(?:[.):]|\s|\s*[-–—]\s)|[ivxlcdm]{1,6}[.):]|[^\W\d_][.)'ʹ΄´’:])\s*)+)",
    re.IGNORECASE,
)
# "Étudiant(e)s", "étudiant·e·s": the form without the ending is the one that is listed.
_INCLUSIVE_RE = re.compile(r"(?<=\w)[·•‧(]e[·•‧)]?(s?)\b")
_ASIDE_RE = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
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


class _Bare(dict[int, int | None]):
    """For `str.translate`: letters as they are, combining marks away; each is looked up once."""

    def __missing__(self, code: int) -> int | None:
        self[code] = None if unicodedata.combining(chr(code)) else code
        return self[code]


_BARE = _Bare()


def fold(text: str) -> str:
    """Lower case without accents, as words are compared plainly; keeps no length."""
    if text.isascii():
        return text.lower()
    bare = _unmarked(unicodedata.normalize("NFKD", clean(text).lower()))
    return unicodedata.normalize("NFC", bare).replace("ς", "σ")


def clean(text: str) -> str:
    """NFC, without the signs that show nothing; lone surrogates become question marks."""
    if text.isascii():
        return text
    return unicodedata.normalize("NFC", _INVISIBLE.sub("", text.encode("utf-8", "replace").decode()))


def tokens(text: str) -> list[str]:
    """The words of a text; what is indexed and what is asked are cut by this one rule."""
    return _WORD.findall(text)


def cutting(word: str) -> re.Pattern[str]:
    """What cuts texts whose words are as the pattern `word` says, for `is_word` and `is_one`.

    A number of whole thousands is one word however they are set apart, if by a sign ("2,500", "2.500", "2'500", or
    spaces that no line breaks at); with a plain space ("2 500") it is also what it seems, two. Two or three initials
    are one ("R&D", "Q & A"), and a letter that an apostrophe joins to a word ("l'", "'s") is none.
    """
    thousands = r"(?P<sign>[.,'\u2019\u00a0\u2007\u2009\u202f])\d{3}(?:(?P=sign)\d{3})*(?!\d|(?P=sign)\d)"
    opened = r"(?<![^\W_])(?<!\d[.,])[1-9]\d{0,2}"
    return re.compile(  # plain words first, which most are: it is four times as fast
        rf"(?P<plain>[^\W\d_]{{2,}}+(?![^\W_]|[{_IN_WORDS}-]|\s?&))"
        rf"|(?P<elided>(?<![^\W_])[^\W\d_]['\u2019\u02bc](?=[^\W_])|(?<=[^\W_]['\u2019\u02bc])[^\W\d_](?![^\W_]))"
        rf"|(?P<number>{opened}{thousands})"
        rf"|(?P<apart>{opened}(?<!\d \d)(?<!\d \d\d)(?<!\d \d\d\d)(?: \d{{3}})+(?![^\W_]| \d))"
        rf"|(?P<initials>(?<![^\W_])[^\W\d_](?:\s?&\s?[^\W\d_])+(?![^\W_])"
        rf"|(?<![^\W_])[^\W\d_]{{1,3}}(?:&[^\W\d_]{{1,3}})+(?![^\W_]))"
        rf"|{word}(?:[-\u2010\u2011]{word})*"
    )


def is_word(found: re.Match[str]) -> bool:
    """Whether what `cutting` found has a word."""
    return found.lastgroup != "elided"


def is_one(found: re.Match[str]) -> bool:
    """Whether what `cutting` found is a single word whatever signs are in it."""
    return found["number"] is not None or found["initials"] is not None


def compounds(text: str) -> Iterator[tuple[list[str], str]]:
    """Yield the words of a text as they are indexed and sought, those together that are also written in one.

    Such are compounds with hyphens ("e-learning") and numbers with spaces ("2 500"); each comes with how it is
    written in one, else "".
    """
    for found in _CUT.finditer(text):
        if found.lastgroup == "plain":
            yield [found[0]], ""
            continue
        if found.lastgroup == "elided":
            continue
        if is_one(found):
            yield ["".join(c for c in found[0] if c.isalnum() or c == "&")], ""
            continue
        parts = tokens(found[0])
        whole = "".join(parts) if len(parts) > 1 else ""
        yield parts, whole if found["apart"] or not whole.isdigit() else ""


@lru_cache(maxsize=65_536)
def folded(word: str) -> str:
    """A word that `compounds` cut, as it is compared plainly."""
    return "".join(c for c in fold(word) if c.isalnum() or c == "&")


def word_key(text: str) -> str:
    """The words of a text folded, one space between two: what texts are the same by, signs aside."""
    return " ".join("".join(c if c.isalnum() else " " for c in fold(text)).split())


@lru_cache(maxsize=2000)
def letters(text: str) -> str:
    """The letters and digits of a text folded, nothing between them: what it is found again by on its page."""
    return _NO_LETTERS.sub("", fold(text))


def print_key(text: str) -> str:
    """Letters and digits in one case, accents kept: what the shared scorer takes for the same."""
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())


def unbroken(text: str) -> str:
    """A text without white space, hyphens and compatibility forms, which other lines would change; case is kept."""
    return _BREAKS.sub("", unicodedata.normalize("NFKC", text))


@lru_cache(maxsize=65_536)
def plain(text: str) -> str:
    """Fold case, accents, ligatures and invisible characters; the words stay as they are."""
    shown = shown_as(text).casefold()
    return _unmarked(unicodedata.normalize("NFD", shown)).translate(_NO_MARK)


def shown_as(text: str) -> str:
    """A text in NFKC, without what is printed as nothing."""
    return unicodedata.normalize("NFKC", _SHOWN_AS_NOTHING.sub("", text))


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
    return tokens(plain(text))


def _without_article(words: list[str]) -> list[str]:
    while len(words) > 1 and words[0] in _LEADING:
        words = words[1:]
    return words


def _unmarked(text: str) -> str:
    return text.translate(_BARE)


_CUT = cutting("[^\\W_]+")
