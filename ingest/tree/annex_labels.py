"""What heads an annex, in any grammar: "Annex 3: Tools", "Appendix: Cases", "2. melléklet", "Anhang". Pure."""

from __future__ import annotations

import re
from functools import lru_cache

from kb.words import Pattern, Vocabulary

_NUMBER = (
    r"(?:(?:<<annex.number>>|#)\s*)?"
    r"(?P<number>\d{1,2}(?:\.\d{1,2})?(?:\s?[a-z](?=[\s).:–—-]|$))?|[IVX]{1,5}|[A-Z](?:[.-]?\d{1,2})?"
    r"|[Α-Ω]{1,2}|[α-ω])[΄´'’ʹ]?"
)
_SEPARATOR = r"(?:\s*[:.,)–—-]+)?\s*"
_CHAPTER = re.compile(r"^\s*(?:\d{1,2}|[IVX]{1,5})(?:\.\d{1,2})*[.)]?\s+(?=\D)")


@lru_cache(maxsize=4)
def _patterns(words: tuple[str, ...], numbered: tuple[str, ...]) -> tuple[Pattern, Pattern, Pattern]:
    """The patterns of "Annex 3: Title", of "3. melléklet: Title", and of "Appendix: Title" or "Appendix"."""
    choice, after = _choice(words), _choice(numbered)
    return (
        Pattern(rf"^\s*(?P<label>(?:{choice})\s+{_NUMBER})(?=[\s:.,)–—-]|$){_SEPARATOR}(?P<title>.*)$"),
        Pattern(
            rf"^\s*(?P<label>(?P<number>\d{{1,2}}|[IVX]{{1,5}}|[A-Z])\.?\s(?:<<annex.number>>\s)?(?:{after}))"
            rf"(?=[\s:.,)–—-]|$){_SEPARATOR}(?P<title>.*)$"
        ),
        Pattern(rf"^\s*(?P<label>{choice})(?:\s*[:–—]\s*|\s+-\s+|\.\s+|\s*$)(?P<title>.*)$"),
    )


def _choice(words: tuple[str, ...]) -> str:
    return "|".join(re.escape(w) for w in sorted(words, key=len, reverse=True))


def parse(heading: str, vocabulary: Vocabulary) -> tuple[str, str] | None:
    """A heading's label and title where it opens an annex: "Appendix A: Questions to ask".

    A label may have no number ("Appendix: Cases"); the number of a chapter before it does not count.
    """
    numbered, before, alone = _patterns(vocabulary.annex_words, vocabulary.numbered_annex_words)
    if (match := before.match(heading)) and _is_number(match):
        return _flat(match["label"]), _flat(match["title"])
    text = _CHAPTER.sub("", heading, count=1)
    if (match := numbered.match(text)) and _is_number(match):
        return _flat(match["label"]), _flat(match["title"])
    if (match := alone.match(text)) and not match["title"][:1].islower():
        return _flat(match["label"]), _flat(match["title"])
    return None


def is_plain(text: str, vocabulary: Vocabulary) -> bool:
    """A line of plain type is an annex's heading: its label is numbered, and a title follows or nothing."""
    parsed = parse(text, vocabulary)
    if parsed is None or not _has_number(parsed[0]):
        return False
    return not parsed[1] or (parsed[1][:1].isupper() and not parsed[1].endswith((".", ",", ";")))


def is_numbered(heading: str, vocabulary: Vocabulary) -> bool:
    """The heading opens an annex of a number or letter of its own, and of no part of another ("Annex 2.1")."""
    parsed = parse(heading, vocabulary)
    return parsed is not None and _has_number(parsed[0])


def _has_number(label: str) -> bool:
    _, *number = label.split()
    return bool(number) and "." not in number[-1].rstrip(".")


def _is_number(match: re.Match[str]) -> bool:
    """What stands beside the word numbers an annex: no article, conjunction or pronoun ("Anexo y", "Annex a is")."""
    number, title = match["number"], match["title"]
    if number[:1].isdigit():
        return True
    is_closed = match.end("label") == match.start("title") or match.string[match.end("label")] in ").:"
    return not title[:1].islower() and (not number.islower() or is_closed)


def _flat(text: str) -> str:
    return " ".join(text.split())
