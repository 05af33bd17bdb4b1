"""Tools that running text names: known, led to by a word for a kind of tool, or said to be one. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from ingest.parts.tool_names import MIXED, Names, key
from kb.words import Pattern

_LEAST_NAME_WORDS = 2  # "System" alone names no system
_MOST_BETWEEN = 60  # characters between "tools" and "such as"; by eye
KNOWN, SAID, LED = 0.9, 0.8, 0.6
"""How sure known software is, what is called a tool, and what only seems to be used."""

_WORD = rf"(?:{MIXED}|(?:[A-ZÀ-ÖØ-ÞΆ-Ϋ][.]){{2,}}|[A-ZÀ-ÖØ-ÞΆ-Ϋ][\w’'&+‐‑-]*[\w+!])"
_FILE = r"(?:py|js|pdf|csv|txt|xml|php|json|html?|exe|docx?|xlsx?)\b"
_SITE = rf"(?:https?://)?(?!www\.)(?:[A-Za-z][\w-]*\.){{1,3}}(?!{_FILE})[a-z]{{2,12}}(?![\w@])"
_PROPER = rf"(?:{_SITE}|{_WORD}(?:\s{_WORD}|\s\d{{1,4}}(?!\w)){{0,3}})"
_CAPITAL = r"(?:(?:[A-Z]\.){2,}|[A-ZÀ-ÖØ-Þ][\w.'’&-]*\w|[A-Z]{2,}\d*)"
_TITLE = Pattern(
    rf"{_CAPITAL}(?:\s(?:(?:<<tool.linking>>|&)\s)?{_CAPITAL}){{0,7}}(?:\s\([A-Z][A-Z0-9-]{{1,9}}\))?",
    re.NOFLAG,
)
_KIND = Pattern(r"(?<![\w-])<<tool.kind>>(?!\w)")
_SENTENCES = re.compile(r"(?<=\w\w[.!?])\s+(?=\W?[^\W\d_])|(?<=[”»)][.!?])\s+|[\n\t]")
_SEVERAL = Pattern(r"(?<![\w-])(?:<<tool.kind>>|<<tool.kinds>>)(?!\w)")
_AT_SITE = Pattern(rf"(?<![\w-])<<tool.site>>\s(?:<<article>>\s)?(?P<name>{_SITE})", re.NOFLAG)
_DEFINITE = Pattern(r"(?:^|\s)<<article>>\s$")
_GENERAL = Pattern(r"(?:<<tool.general>>)$")
_ABBREVIATION = re.compile(r"[A-ZΑ-Ω]{2,6}s?")
_SHORT_OWNER = re.compile(r"^\w+(?:’s|'s)\s")
_OWNER_LAST = re.compile(r"(?:’s|'s)$")
_DESCRIBED_FIRST = Pattern(r"^<<tool.described>>\s(?=[A-ZÀ-Þ])")
_ONLY = re.compile(r"[‐‑-][a-z]+$")
_PLAIN_FIRST = re.compile(r"^(?P<first>[\w’']+)\s(?P<rest>.+)$")
_AFTER_KIND = re.compile(rf"^\s?[“«\"„]?\s?(?P<name>{_PROPER})")
_BEFORE_KIND = Pattern(rf"(?:^The|(?:^|\s)<<tool.the>>)\s(?P<name>{_WORD}(?:\s{_WORD}){{0,2}})\s$", re.NOFLAG)
_BRACKETED = re.compile(rf"^\s?\((?P<name>{_PROPER})\)")
_SUCH = Pattern(r"[,(:]?\s?(?<!\w)<<tool.such>>,?\s")
_LISTED = rf"[“«\"„]?(?:<<tool.article>>\s)?{_PROPER}(?:\s?\([^)]{{1,40}}\))?[”»\"]?"
_BETWEEN = r"(?:,\s|\s(?:<<tool.and>>|&)\s|,\s(?:<<tool.and>>)\s|\s?/\s?)"
_LIST = Pattern(rf"(?P<names>{_LISTED}(?:{_BETWEEN}{_LISTED}){{0,9}})", re.NOFLAG)
_ARTICLE = Pattern(r"^[“«\"„]?<<tool.article>>\s", re.NOFLAG)
_SEPARATED = Pattern(r",\s<<tool.and>>\s|,\s|\s(?:<<tool.and>>|&)\s|\s?/\s?", re.NOFLAG)
_DEFINED = Pattern(
    rf"^\W{{0,3}}(?P<name>{_PROPER})(?:\s(?P=name))?(?:\s\([^)]{{1,30}}\))?,?\s<<tool.is>>\s(?P<rest><<tool.opening>>\s?.*)$",
    re.NOFLAG,
)
_APPOSED = Pattern(
    rf"^\W{{0,3}}(?P<name>{_PROPER})(?:\s\([^)]{{1,30}}\))?(?:(?P<comma>,)|:|\s[–—-]|\s\()\s?(?:<<tool.is>>\s)?"
    r"(?P<rest>(?P<opening><<tool.opening>>\s)?.*)$",
    re.NOFLAG,
)
_DEFINING = Pattern(r"^(?:[\w’'-]+\s){0,6}?(?P<kind>(?![\w’'-]{100})[\w’'-]*?<<tool.kind>>)(?!\w)")
_LAST_ASIDE = re.compile(r"\s?\([^)]*+\)?$|(?P<inner>\([^)]*\))")
_LED = Pattern(r"(?<!\w)<<tool.led>>\s+(?:<<article>>\s?)?(?:<<tool.described>>\s){0,3}$")
_OWNED = re.compile(r"(?:’s|'s)\s$")
_POSSESSIVE = re.compile(r"^.*(?:’s|'s)\s(?=[A-Z])")


class NamedTool(NamedTuple):
    """A tool that a sentence names, and how sure that is."""

    name: str
    sentence: str
    confidence: float


@dataclass(frozen=True, slots=True)
class ToolSentences:
    """Reads the running text of one document for tools."""

    names: Names

    def read(self, text: str) -> Iterator[NamedTool]:
        """Each tool that a text names, once a sentence."""
        is_table = "\t" in text
        for sentence in _SENTENCES.split(text):
            seen: set[str] = set()
            for name, confidence in self._in_sentence(sentence, is_table):
                folded = key(name)
                if folded and folded not in seen:
                    seen.add(folded)
                    yield NamedTool(name, sentence.strip(), confidence)

    def _in_sentence(self, sentence: str, is_table: bool) -> Iterator[tuple[str, float]]:
        known = self.names.vocabulary.find_software(sentence)
        for hit in known:
            is_word = self.names.is_word(hit.name)  # "Tableau", "Notion": then it takes company to be a name
            if not is_word or len(known) > 1 or _LED.search(sentence[: hit.start]):
                yield hit.name, KNOWN
        for kind in _SEVERAL.finditer(sentence):
            names = [*self._at(kind, sentence), *self._such(sentence[kind.end() :])]
            yield from ((name, SAID) for name in names)
        for site in _AT_SITE.finditer(sentence):
            yield site["name"].rstrip("/."), SAID
        yield from ((name, SAID) for name in self._defined(sentence))
        yield from ((name, LED) for name in self._led(sentence, is_table))

    def _at(self, kind: re.Match[str], sentence: str) -> Iterator[str]:
        """What stands right beside a word for a kind of tool and is its name."""
        before, after = sentence[: kind.start()], sentence[kind.end() :]
        if not _KIND.fullmatch(kind[0]):
            return
        if kind[0][0].isupper() and before.strip() and not self.names.has_capital_nouns:
            return  # part of a name itself, as in "Software Foundation"
        for match in (_AFTER_KIND.match(after), _BRACKETED.match(after), _BEFORE_KIND.search(before)):
            if (
                match
                and (name := self._cut(match["name"]))
                and self._is_name(name, kind[0], bool(_DEFINITE.search(before)))
            ):
                yield name

    def _such(self, after: str) -> Iterator[str]:
        """The names after "such as"; where nouns have capitals, one of them has to be a name for sure."""
        for such in _SUCH.finditer(after[:_MOST_BETWEEN]):
            match = _LIST.match(after[such.end() :])
            if match and not re.search(r"[.;:]\s", after[: such.start()]):
                found = [self._cut(_ARTICLE.without(name)) for name in _SEPARATED.split(match["names"])]
                if not self.names.has_capital_nouns or any(self.names.is_proper(name) for name in found):
                    yield from (name for name in found if name)
                return

    def _defined(self, sentence: str) -> Iterator[str]:
        """What a sentence opens with and says to be a tool: "X is a platform", "X – an app"."""
        for pattern in (_DEFINED, _APPOSED):
            match = pattern.match(sentence)
            said = _DEFINING.match(match["rest"]) if match else None
            if not match or not said or (said["kind"][0].isupper() and not self.names.has_capital_nouns):
                continue
            name = self._cut(match["name"], opens=True)
            is_weak = (
                pattern is _APPOSED
                and match["comma"]
                and not (match["opening"] and self.names.is_mixed(name))
            )
            if name and not is_weak and self._is_name(name, said["kind"], True):
                yield name
                return

    def _is_name(self, name: str, kind: str, is_definite: bool) -> bool:
        """It is written as names are; where nouns have capitals, a word right beside a plain kind of tool."""
        is_noun = (
            is_definite and self.names.has_capital_nouns and " " not in name and not _GENERAL.search(kind)
        )
        return self.names.is_proper(name) or is_noun

    def _cut(self, name: str, opens: bool = False) -> str:
        """A name without its owner, a word that only opens the sentence, or itself repeated; "" for none."""
        name = _LAST_ASIDE.sub(lambda found: found["inner"] or "", name).strip(' “”«»"„,.')
        if _OWNER_LAST.search(name) or _ONLY.search(name):
            return ""
        name = _DESCRIBED_FIRST.without(_SHORT_OWNER.sub("", name))
        words = name.split()
        half = len(words) // 2
        if half and len(words) % 2 == 0 and words[:half] == words[half:]:
            name = " ".join(words[:half])
        first = _PLAIN_FIRST.match(name) if opens else None
        if first and self.names.is_word(first["first"]) and not first["first"].isupper():
            name = first["rest"]
        is_short = bool(_ABBREVIATION.fullmatch(name)) and not self.names.vocabulary.find_software(name)
        is_plain = " " not in name and self.names.is_word(name)
        is_name = name and not is_short and not is_plain
        return name if is_name and not self.names.is_place(name) and not self.names.is_described(name) else ""

    def _led(self, sentence: str, is_table: bool) -> Iterator[str]:
        """Names whose last word is a kind of tool, and mixed words, where "using" and the like leads to them."""
        for match in _TITLE.finditer(sentence):
            name = _POSSESSIVE.sub("", match[0])
            if self._is_title(name, sentence[: match.start()]):
                yield name
        for match in re.finditer(rf"(?<![\w-]){MIXED}(?![\w-])", sentence):
            is_cell = match[0] == sentence.strip() and is_table
            is_led = is_cell or bool(_LED.search(sentence[: match.start()]))
            if is_led and self.names.is_proper(match[0]) and (name := self._cut(match[0])):
                yield name

    def _is_title(self, name: str, before: str) -> bool:
        words = name.split(" (", maxsplit=1)[0].split()
        is_led = bool(_LED.search(before)) or bool(_OWNED.search(f"{before} ")) or "’s " in name
        return (
            len(words) >= _LEAST_NAME_WORDS
            and bool(self.names.vocabulary.find_terms(words[-1], "tool_type"))
            and is_led
            and not self.names.is_place(name)
        )
