"""Tools that a handbook offers or names: from tool annexes, lists, fields and running text; one tool once. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ingest.page import BULLET, PARAGRAPH_GAP_EM, Line
from ingest.parts.annexes import title_of as annex_title
from ingest.parts.fields import Labels, split, to_field
from ingest.parts.practices import clean_title
from ingest.tree import Section
from kb import Field, Record
from kb.words import Pattern, Vocabulary, letters, word_key

_MOST_HEADING_WORDS = 10  # of a heading that says that tools follow; longer ones are sentences; by eye
_SHORT_HEADING = 3  # words of a heading whose last may say so ("Links and tools"); by eye
_SHORTEST_NAME, _LONGEST_NAME = 2, 120  # characters of a tool's name
# characters of a name that is looked for in other records: shorter ones are found by chance
_SHORTEST_LINKED = 4
_SHORTEST_TEXT = 40  # characters below a heading from which it may be a tool's; by eye
_LEAST_PARTS = 2  # sections with text from which a heading groups tools, and is none
_MOST_PLAIN_WORDS, _MOST_NAME_WORDS = 6, 8  # of a value that is one name, and of a name in a list; by eye
_LEAST_NAME_WORDS = 2  # "System" alone names no system
_MOST_ITEM_WORDS = 10  # of what a list item opens with; by eye
_CAPITAL = r"(?:(?:[A-Z]\.){2,}|[A-ZÀ-ÖØ-Þ][\w’'&.-]*\w|[A-Z]{2,}\d*)"
_NAME = Pattern(
    rf"{_CAPITAL}(?:\s(?:(?:<<tool.linking>>|&)\s)?{_CAPITAL}){{0,7}}(?:\s\([A-Z][A-Z0-9-]{{1,9}}\))?",
    re.NOFLAG,
)
_AND_FIRST = Pattern(r"^<<tool.and>>\s", re.NOFLAG)
_AND_LOWER = Pattern(r"\s<<tool.and>>\s(?=[a-zà-ÿ])", re.NOFLAG)
_ARTICLE_FIRST = Pattern(r"^<<article>>\s")
_ARTICLE_LAST = Pattern(r"\s<<article>>$", re.NOFLAG)
# A word with a capital or a digit inside, as few but names are written: "JSDoc", "SonarQube".
_MIXED = re.compile(r"\b(?=\w*[a-z]\w*[a-z])[A-Z][A-Za-z]*[A-Z0-9]\w*[A-Za-z]\b")
_LED = Pattern(r"\b<<tool.led>>\s+(?:<<article>>\s?)?(?:<<tool.described>>\s){0,3}$")
_OWNED = re.compile(r"(?:’s|'s)\s$")
_POSSESSIVE = re.compile(r"^.*(?:’s|'s)\s(?=[A-Z])")
_QUOTED = re.compile(
    r"^(?:“(?P<a>[^”]{4,110})”|\"(?P<b>[^\"]{4,110})\"|«\s?(?P<c>[^»]{4,110}?)\s?»|„(?P<d>[^“”]{4,110})[“”])"
)
_SITE = re.compile(
    r"^(?P<name>(?:[A-Za-z][\w-]*\.){1,3}(?:gov|org|eu|com|net|edu|int|io|fr|de|es|it|ro|se|gr|uk))\b(?!/|@)"
)


@dataclass(slots=True)
class ToolDraft:
    """A tool on the way: its name as first printed, pages that name it, its own text, and who uses it."""

    name: str
    pages: set[int] = field(default_factory=set)
    fields: list[Field] = field(default_factory=list)
    users: set[str] = field(default_factory=set)
    mentions: list[tuple[str, int]] = field(default_factory=list)
    section: Section | None = None
    confidence: float = 0.9


def key(name: str) -> str:
    """What tools are told apart by: folded, without an abbreviation in brackets, the owner, or an article."""
    short = re.sub(r"\s*\([^)]*\)", "", name)
    return word_key(_ARTICLE_FIRST.without(short))


class Tools:
    """Gathers the tools of one document."""

    def __init__(
        self, vocabulary: Vocabulary, known: frozenset[str], stated: frozenset[int] = frozenset()
    ) -> None:
        self._vocabulary = vocabulary
        self._known = known
        self._stated = stated  # ids of sections that a profile says hold tools
        self._drafts: dict[str, ToolDraft] = {}

    def found(self) -> list[ToolDraft]:
        """Every tool, by first page, then name."""
        drafts = [d for d in self._drafts.values() if d.pages]
        return sorted(drafts, key=lambda d: (min(d.pages), word_key(d.name)))

    def is_tool_section(self, section: Section) -> bool:
        """Its heading, or a profile, says that it lists tools."""
        if id(section) in self._stated:
            return True
        if self._vocabulary.canonical(section.title) == "tools":
            return True
        words = re.sub(r"[^\w\s]", " ", clean_title(annex_title(section.title, self._vocabulary))).split()
        if not 1 <= len(words) <= _MOST_HEADING_WORDS:
            return False
        return self._is_tool_word(words[0]) or (
            len(words) <= _SHORT_HEADING and self._is_tool_word(words[-1])
        )

    def _is_tool_word(self, word: str) -> bool:
        return self._vocabulary.canonical(word) == "tools"

    def add(self, name: str, page: int, confidence: float = 0.9) -> ToolDraft | None:
        """Count one mention; the same tool written otherwise is the same tool."""
        name = name.strip(" .,;:–-—“”\"'«»")
        folded = key(name)
        if len(folded) < _SHORTEST_NAME or len(name) > _LONGEST_NAME or not any(c.isalpha() for c in name):
            return None
        draft = self._drafts.get(folded)
        if draft is None:
            draft = self._drafts[folded] = ToolDraft(name, confidence=confidence)
        draft.pages.add(page)
        draft.confidence = max(draft.confidence, confidence)
        if "(" in name and "(" not in draft.name:
            draft.name = name
        return draft

    def read_section(self, section: Section) -> list[Section]:
        """Tools of a tool section; returns the sections that became a tool each."""
        used: list[Section] = []
        for child in section.children:
            if (
                len([g for g in child.children if g.length >= _SHORTEST_TEXT and not self._is_field(g)])
                >= _LEAST_PARTS
            ):
                used.extend(self.read_section(child))
            elif child.length >= _SHORTEST_TEXT and not self._vocabulary.canonical(child.title):
                draft = self.add(clean_title(child.title), child.page)
                if draft is not None and draft.section is None:
                    parts = split(child, Labels(self._vocabulary))
                    draft.fields = [to_field(p, self._vocabulary, self._known) for p in parts]
                    draft.section = child
                    used.append(child)
        if not used:
            for item in items(section.lines):
                name = item_name(item[0])
                if name:
                    draft = self.add(name, item[1])
                    if draft is not None:
                        draft.mentions.append(item)
        return used

    def _is_field(self, section: Section) -> bool:
        """It is a part of a tool, in a document whose tools are stated to be sections."""
        return bool(self._stated) and bool(self._vocabulary.canonical(section.title))

    def read_resources(self, section: Section) -> None:
        """Sites and quoted works that a list of resources opens its items with."""
        for text, page in (item for part in section.walk() for item in items(part.lines)):
            match = _SITE.match(text.removeprefix(BULLET))
            if match:
                draft = self.add(match["name"], page, 0.7)
                if draft is not None:
                    draft.mentions.append((text, page))

    def read_field(self, value: Field, user: str) -> None:
        """Names in a record's own field for tools: list items, or a comma-separated line."""
        for piece in re.split(r"\n|;|•", value.text):
            names = (
                [piece] if len(piece.split()) <= _MOST_PLAIN_WORDS and "," not in piece else piece.split(",")
            )
            for listed in names:
                name = _AND_FIRST.without(listed.strip())
                name = _AND_LOWER.before(name)
                is_name = (
                    bool(re.match(r"[A-ZÀ-Þ0-9Α-Ω]", name))
                    and len(name.split()) <= _MOST_NAME_WORDS
                    and not _ARTICLE_LAST.search(name)
                )
                if is_name and (draft := self.add(name.split(" (")[0].rstrip("."), value.page)):
                    draft.users.add(user)

    def read_text(self, text: str, pages: Mapping[int, str], user: str) -> None:
        """Names in running text and tables that a word such as "using" leads to, or that are known software.

        `pages` are those that the text runs over, with what is printed on each, to tell where a name stands.
        """
        for sentence in re.split(r"(?<=[a-zà-ÿ0-9)”»][.!?])\s+(?=[A-ZÀ-Þ])|[\n\t]", text):
            seen: set[str] = set()
            page = _page_of(sentence, pages)
            for hit in self._vocabulary.find_software(sentence):
                seen.add(key(hit.name))
                self._mention(hit.name, sentence, page, user, 0.9)
            for match in _NAME.finditer(sentence):
                name = _POSSESSIVE.sub("", match[0])
                if key(name) not in seen and self._is_tool_name(name, sentence[: match.start()]):
                    seen.add(key(name))
                    self._mention(name, sentence, page, user, 0.6)
            for match in _MIXED.finditer(sentence):
                is_cell = match[0] == sentence.strip() and "\t" in text
                is_led = is_cell or bool(_LED.search(sentence[: match.start()]))
                if is_led and key(match[0]) not in seen and not self._is_place(match[0]):
                    self._mention(match[0], sentence, page, user, 0.6)

    def _mention(self, name: str, sentence: str, page: int, user: str, confidence: float) -> None:
        draft = self.add(name, page, confidence)
        if draft is not None:
            draft.mentions.append((sentence.strip(), page))
            if user:
                draft.users.add(user)

    def _is_tool_name(self, name: str, before: str) -> bool:
        """A name of several words whose last is a kind of tool ("... System"), where something leads to it."""
        words = name.split(" (", maxsplit=1)[0].split()
        is_led = bool(_LED.search(before)) or bool(_OWNED.search(f"{before} ")) or "’s " in name
        return (
            len(words) >= _LEAST_NAME_WORDS
            and bool(self._vocabulary.find_terms(words[-1], "tool_type"))
            and is_led
            and not self._is_place(name)
        )

    def _is_place(self, name: str) -> bool:
        """Most of the name is an institution's or a country's."""
        found = (*self._vocabulary.find_institutions(name), *self._vocabulary.find_countries(name))
        return sum(hit.end - hit.start for hit in found) > 0.5 * len(name)

    def link(self, records: Sequence[Record]) -> None:
        """Count where the tools of annexes and lists are named in the practices, word for word."""
        for draft in self._drafts.values():
            name = re.sub(r"\s*\([^)]*\)", "", draft.name)
            if len(name) < _SHORTEST_LINKED:
                continue
            pattern = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)", re.IGNORECASE if " " in name else 0)
            for record in records:
                for value in record.fields:
                    if pattern.search(value.text):
                        draft.users.add(record.id)
                        draft.pages.add(value.page)


def _page_of(sentence: str, pages: Mapping[int, str]) -> int:
    """The first page on which a sentence opens, or else the first of all."""
    opening = letters(sentence)[:30]
    return next((number for number, text in pages.items() if opening in letters(text)), min(pages))


def items(lines: Iterable[Line]) -> list[tuple[str, int]]:
    """List items, or else paragraphs, as text with the page they start on."""
    found: list[tuple[str, int]] = []
    left = 0.0
    for line in lines:
        opens = not found or line.is_list_item or bool(line.cells) or line.gap > PARAGRAPH_GAP_EM * line.size
        if opens and not (
            found
            and not line.is_list_item
            and line.gap < PARAGRAPH_GAP_EM * line.size
            and line.box[0] > left + 5
        ):
            found.append((line.text, line.page))
            left = line.box[0]
        else:
            found[-1] = (f"{found[-1][0]} {line.text}", found[-1][1])
    return found


def item_name(text: str) -> str:
    """The name that a list item opens with: in quotes, or up to a dash, colon or comma."""
    text = text.removeprefix(BULLET).strip()
    if match := _QUOTED.match(text):
        return next(name for name in match.groups() if name).strip(" ,")
    head = re.split(r"\t|\s[–—-]\s|:\s|\s\(|,\s|\.\s|\shttps?://", text, maxsplit=1)[0].strip()
    words = head.split()
    if not 1 <= len(words) <= _MOST_ITEM_WORDS or not words[0][:1].isupper() or head.endswith("?"):
        return ""
    return head.rstrip(".:,")
