"""What the name of a tool looks like: names, not sentences, questions or headings of an essay. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import IntEnum

from ingest.page import BULLET, Line
from ingest.parts.asides import at_commas, without_asides
from kb.words import Pattern, Vocabulary, word_key

_MOST_WORDS = 8  # of a name; longer ones are sentences; by eye
_LONGEST_WORDS = 14  # of a name in quotes, which may be a work's title; by eye
_SHORTEST, _LONGEST = 2, 120  # characters of a name
_MOST_ITEM_WORDS = 10  # of what a list item opens with; by eye
_LEAST_CAPITALS = 2  # letters of an abbreviation; words of a name in capitals
_LONG_GERUND = 6  # letters from which an English "…ing" opens a heading about doing something
_LEAST_NAMES = 0.3  # share of a list that has to look like names of tools and nothing else; by eye
_LEAST_PHRASES = 0.7  # share of a list that has to look like phrases; by eye
_MOST_PHRASES = 0.8  # share from which the rest of a list counts, too, if it could be names at all; by eye
_HALF = 0.5
_LEAST_SENTENCE = 7  # words from which a line of mostly small ones is a sentence; by eye
_MOST_MIXED = 4  # words of a name that one mixed word makes one; by eye
_LONGEST_WORD = 25  # letters of a word in a name; longer ones are data

_QUOTED = re.compile(
    r"^(?:“(?P<a>[^”]{4,110})”|\"(?P<b>[^\"]{4,110})\"|«\s?(?P<c>[^»]{4,110}?)\s?»|„(?P<d>[^“”]{4,110})[“”])"
)
_NUMBERED = re.compile(r"^\s*(?:\d{1,2}|[a-zA-Z])[.)]\s+(?=\S)")
_DESCRIBED = re.compile(
    r"\t|\s[–—-]\s|(?<=\))[–—]\s|:\s|:$|\s\((?!\w{1,8}\))|\s\[|,\s|\.\s|;\s|\s?https?://|\s?www\."
)
_SITE = re.compile(r"(?:https?://)?(?:[A-Za-z][\w-]*\.){1,3}[a-z]{2,12}/?")
# A word with a capital or a digit inside, as few but names are written: "JSDoc", "SonarQube", "iBooks", "H5P".
MIXED = (
    r"(?:[a-z]{1,4}[A-Z][a-z]\w*+"
    r"|(?=[^\Wa-z]*+[a-z][^\Wa-z]*+[a-z])[A-Z][^\Wa-z]*+[a-z][^\WA-Z0-9]*+[A-Z0-9]\w*+"
    r"|[A-Z](?>\w*?\d[A-Za-z])\w*+)"
)
_MIXED = re.compile(rf"(?<![\w-]){MIXED}(?![\w-])")
_FOR = Pattern(r"^\s<<tool.onward>>\s[a-zà-ÿα-ω]", re.NOFLAG)
_VERSION = re.compile(r"(?<!\s)\s+(?:v|version\s)?\.?\d+(?:\.\d+)*$", re.IGNORECASE)
_ASIDES = re.compile(r"(?:(?<!\s)\s+)?\([^)]*\)?")  # the last of which may be open
_TELLING = Pattern(r"<<tool.telling>>")
_ONE = Pattern(r"<<tool.one>>")
_ONE_FIRST = Pattern(r"^<<tool.one>>(?:\s|$)")
_ESSAY = Pattern(r"^(?:<<tool.essay>>(?!\w)|\S+\s<<tool.essay>>$)")
_COMPOUND = Pattern(r"^\w{3,}<<tool.compound>>$")
_COMMENTED = re.compile(r"^[^,]{2,60},\s(?=[a-zà-ÿα-ω])[^,]*\s[^,]*\s")
_TOLD = re.compile(r":\s|\s[–—-]\s")
_PAPER = Pattern(r"(?:^<<tool.paper>>(?!\w)|(?<!\w)<<tool.paper>>$)")
_STRANGE = re.compile(r"[→←↔_=<>|•…{}\\]|\.\.\.")
_URL_START = re.compile(r"^(?:https?://)?(?:www\.)?")
_KIND_ALONE = Pattern(
    r"^(?:<<tool.described>>\s)?(?:<<tool.kind>>|<<tool.last>>|<<tool.first>>|<<tool.doubtful>>)$"
)
_CAPTION = Pattern(r"^<<chapter>>\s\d")
_ARTICLE_FIRST = Pattern(r"^<<article>>\s")
_ARTICLE_LAST = Pattern(r"\s<<article>>$", re.NOFLAG)
_AND_FIRST = Pattern(r"^<<tool.and>>\s", re.NOFLAG)
_AND = Pattern(r"\s(?:<<tool.and>>|&)\s(?=\W?[A-ZÀ-ÞΑ-Ω0-9])", re.NOFLAG)
_AND_LOWER = Pattern(r"\s<<tool.and>>\s(?=[a-zà-ÿα-ω])", re.NOFLAG)


class NameGrade(IntEnum):
    """How much a text looks like the name of a tool."""

    NONE = 0
    LOOSE = 1
    PHRASE = 2
    NAME = 3


def key(name: str) -> str:
    """What tools are told apart by: folded, without what stands in brackets, an article, or a version."""
    short = _URL_START.sub("", without_asides(name)).rstrip("/")
    return word_key(_VERSION.sub("", _ARTICLE_FIRST.without(short)))


@dataclass(frozen=True, slots=True)
class Names:
    """Tells names from phrases in one document, of which it knows the words printed in small letters."""

    vocabulary: Vocabulary
    plain: frozenset[str] = frozenset()
    has_capital_nouns: bool = False
    barred: frozenset[str] = field(default_factory=frozenset)

    def grade(self, text: str) -> NameGrade:
        """The grade of a whole text, a heading's or a cell's."""
        words = text.split()
        if not self._may_be_name(text, words):
            return NameGrade.NONE
        if not self._is_phrase(text, words):
            return NameGrade.LOOSE
        return NameGrade.NAME if self.is_proper(text) or self.is_paper(text) else NameGrade.PHRASE

    def _may_be_name(self, text: str, words: Sequence[str]) -> bool:
        """It is short, opens as names do, and is no sentence, label or word for tools."""
        if not 1 <= len(words) <= _MOST_WORDS or not _SHORTEST <= len(text) <= _LONGEST:
            return False
        if "?" in text or text.endswith((".", ":", ";", ",")) or _STRANGE.search(text):
            return False
        if not any(c.isalpha() for c in text) or _CAPTION.match(text) or self.is_barred(text):
            return False
        if _KIND_ALONE.fullmatch(text) and not _COMPOUND.search(text):
            return False
        first = text[0]
        if not (first.isupper() or first.isdigit() or self.is_proper(text)):
            return False
        return not self.vocabulary.canonical(text) and not self._is_telling(words)

    def _is_phrase(self, text: str, words: Sequence[str]) -> bool:
        """It opens and ends as no heading of an essay does."""
        if _ESSAY.search(text) or _ARTICLE_LAST.search(text) or _ONE_FIRST.match(text):
            return False
        return not any(_ONE.fullmatch(w.strip("(),")) for w in words[1:-1] if w.islower())

    def _is_telling(self, words: Sequence[str]) -> bool:
        said = [w.strip("“”\"'«»(),") for w in words]
        return any(_TELLING.fullmatch(w) for w in said if not (w.isupper() and len(w) >= _LEAST_CAPITALS))

    def is_proper(self, text: str) -> bool:
        """It is written as names alone are: mixed, as a site, in capitals, or never in small letters here."""
        words = without_asides(text).split()
        if not words or max(map(len, words)) > _LONGEST_WORD:
            return False
        if _SITE.fullmatch(text) or self._is_known(text):
            return True
        if len(words) <= _MOST_MIXED and _MIXED.search(text):
            return True
        if self.has_capital_nouns:
            return len(words) == 1 and words[0].isupper() and len(words[0]) >= _LEAST_CAPITALS
        if len(words) == 1:
            return words[0][:1].isupper() and not self._is_plain(words[0]) and not self._is_gerund(words[0])
        capitals = [w for w in words if w[:1].isupper()]
        long = [w for w in words if len(w) > 3]  # noqa: PLR2004 - "of", "and", "der" are written small
        return len(capitals) >= max(_LEAST_CAPITALS, len(long)) and any(
            not self._is_plain(w) for w in capitals
        )

    def is_barred(self, text: str) -> bool:
        """It is the document's title, or what it is about."""
        words = word_key(text)
        return bool(words) and any(f" {words} " in f" {title} " for title in self.barred)

    def is_paper(self, text: str) -> bool:
        """It names a template, form, checklist or the like."""
        return self.is_template(text) or bool(self.vocabulary.find_terms(text, "tool_type"))

    def is_template(self, text: str) -> bool:
        """It names something to fill in or tick off, by the head of its name."""
        return bool(_PAPER.search(without_asides(text)))

    def is_place(self, text: str) -> bool:
        """Most of it is an institution's or a country's name."""
        found = (*self.vocabulary.find_institutions(text), *self.vocabulary.find_countries(text))
        return sum(hit.end - hit.start for hit in found) > _HALF * len(text)

    def is_described(self, text: str) -> bool:
        """It is a word for a kind of tool, an article with something, or a sentence; no name."""
        is_kind = self.is_barred(text) or bool(_KIND_ALONE.fullmatch(text))
        is_description = bool(_ONE_FIRST.match(text) or _ARTICLE_FIRST.match(text))
        return is_kind or is_description or self._is_telling(text.split())

    def _is_known(self, text: str) -> bool:
        hits = self.vocabulary.find_software(text)
        return sum(hit.end - hit.start for hit in hits) > _HALF * len(text)

    def is_mixed(self, text: str) -> bool:
        """A word or an address as few but names are, or several words."""
        return " " in text or bool(_MIXED.fullmatch(text) or _SITE.fullmatch(text))

    def is_word(self, text: str) -> bool:
        """The document prints it in small letters, too."""
        return " " not in text and self._is_plain(text)

    def _is_plain(self, word: str) -> bool:
        return re.sub(r"^\w{1,2}[’']|[’']s$", "", word.strip("“”\"'«»(),.’")).lower() in self.plain

    def _is_gerund(self, word: str) -> bool:
        return len(word) >= _LONG_GERUND and word.endswith("ing")

    def chosen(self, texts: Sequence[str], is_sure: bool, has_more: Sequence[bool] = ()) -> list[bool]:
        """Which of a list, of one heading, one column, are tools: siblings bear each other out.

        Where the heading is sure to mean tools, phrases count beside names. `has_more` says which have evidence
        of their own, such as an address or a description that says what kind of tool it is.
        """
        grades = [self.grade(text) for text in texts]
        more = list(has_more) or [False] * len(texts)
        names = [
            g == NameGrade.NAME or (g == NameGrade.PHRASE and m) for g, m in zip(grades, more, strict=True)
        ]
        phrases = sum(g >= NameGrade.PHRASE for g in grades)
        if not texts:
            return []
        if is_sure and phrases >= _LEAST_PHRASES * len(texts) and sum(names) >= _LEAST_NAMES * len(texts):
            least = NameGrade.LOOSE if phrases >= _MOST_PHRASES * len(texts) else NameGrade.PHRASE
            return [g >= least for g in grades]
        if is_sure:
            return names
        strong = [n and (m or self.is_strong(t)) for n, m, t in zip(names, more, texts, strict=True)]
        return strong if sum(strong) >= _HALF * len(texts) else [False] * len(texts)

    def is_strong(self, text: str) -> bool:
        """It is a name whatever stands above it: mixed, a site, known software, a template or the like."""
        return (
            bool(_MIXED.search(text) or _SITE.fullmatch(text)) or self._is_known(text) or self.is_paper(text)
        )

    def listed(self, text: str) -> list[str]:
        """The names that a field or a cell lists, between commas, semicolons, bullets and "and"; of rows the first."""
        first, *rest = text.split("\n\n")
        if not _TOLD.search(first):  # a list without descriptions is no more when one with some follows
            text = "\n".join([first, *(part for part in rest if not _TOLD.search(part))])
        lines = [line for line in re.split(r"\n|;|(?=•)", text) if line.strip()]
        if lines and _is_sentence(lines[0]):  # then only what is marked as an item is one
            lines = [line for line in lines if line.startswith("•") or "\t" in line]
        is_table = sum("\t" in line for line in lines) > 1
        found = [name for line in lines for name in self._on_line(line.split("\t")[0] if is_table else line)]
        return [name for name in found if self._is_listed(name)]

    def _on_line(self, line: str) -> list[str]:
        """The names on one line: those between commas, or the one that it opens with and describes."""
        line = _NUMBERED.sub("", line.removeprefix("•").strip())
        if _is_sentence(line):
            return []
        if _TOLD.search(line) or _COMMENTED.search(line):
            return [self.opening(line)]
        pieces = [piece for part in at_commas(line) for piece in re.split(r"\t|\s\|\s|\s/\s", part)]
        names = [name for piece in pieces for name in self._apart(_AND_FIRST.without(piece.strip()))]
        cut = [_ASIDES.sub("", _AND_LOWER.before(self.opening(n) or n)) for n in names]
        return [name.strip(" .,;:") for name in cut]

    def _apart(self, text: str) -> list[str]:
        """What "and" joins, but for nouns inside one name ("Checkliste Raum und Technik")."""
        parts = _AND.split(text)
        is_one = self.has_capital_nouns and any(" " in part.strip() for part in parts)
        return [text] if is_one and not all(self.is_proper(part.strip()) for part in parts) else parts

    def opening(self, text: str) -> str:
        """The name that an item opens with; of known software no more than its name ("Zoom for the calls")."""
        name = opening(text)
        hit = next(iter(self.vocabulary.find_software(name)), None)
        return name[: hit.end] if hit and not hit.start and _FOR.match(name[hit.end :]) else name

    def _is_listed(self, name: str) -> bool:
        words = name.split()
        opens = bool(re.match(r"[A-ZÀ-Þ0-9Α-ΩΆ-Ώ]", name)) or bool(_MIXED.match(name))
        is_phrase = self._may_be_name(name, words) and self._is_phrase(name, words)
        return opens and (is_phrase or self.is_proper(name))


def _is_sentence(line: str) -> bool:
    """Most of its words are small, there are many, and it is no list of what begins with capitals."""
    line = line.removeprefix("•").strip()
    pieces = [piece.strip() for piece in line.split(",")]
    is_list = len(pieces) > 1 and all(piece[:1].isupper() for piece in pieces)
    words = line.split()
    is_long = len(words) >= _LEAST_SENTENCE and _small(words) > _HALF * len(words)
    return is_long and not is_list and not _TOLD.search(line)


def _small(words: Sequence[str]) -> int:
    return sum(word[:1].islower() for word in words)


def opening(text: str) -> str:
    """The name that a list item opens with: in quotes, or up to a dash, colon, comma or address; "" for none."""
    text = _NUMBERED.sub("", text.removeprefix(BULLET).strip())
    if match := _QUOTED.match(text):
        return next(name for name in match.groups() if name).strip(" ,")
    head = _DESCRIBED.split(text, maxsplit=1)[0].strip()
    words = head.split()
    opens = bool(words) and (words[0][:1].isupper() or words[0][:1].isdigit() or bool(_MIXED.match(words[0])))
    if not 1 <= len(words) <= _MOST_ITEM_WORDS or not opens or head.endswith("?"):
        return ""
    return head.rstrip(".:,")


def plain_words(lines: Iterable[Line]) -> frozenset[str]:
    """The words that a document prints in small letters somewhere, which thereby are no names."""
    return frozenset(
        w
        for line in lines
        for w in re.findall(r"(?<![\w@./-])[^\W\d_]+(?![@/\w]|\.\w)", line.text)
        if w.islower()
    )
