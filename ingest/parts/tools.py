"""Tools that a handbook offers or names, in annexes, lists, tables, fields and text; one tool once. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import takewhile

from ingest.page import BULLET, PARAGRAPH_GAP_EM, Line
from ingest.parts.annexes import title_of as annex_title
from ingest.parts.asides import without_asides
from ingest.parts.fields import Labels, run_in_label, split, to_field
from ingest.parts.practices import clean_title
from ingest.parts.tool_headings import Meaning, groups, lead, meaning
from ingest.parts.tool_names import NameGrade, Names, key, plain_words
from ingest.parts.tool_sentences import ToolSentences
from ingest.tree import Section
from kb import Field, Record
from kb.words import Pattern, Vocabulary, letters, word_key

_SHORTEST_NAME, _LONGEST_NAME = 2, 120  # characters of a tool's name
# characters of a name that is looked for in other records: shorter ones are found by chance
_SHORTEST_LINKED = 4
_SHORTEST_TEXT = 40  # characters below a heading from which it may be a tool's; by eye
_LEAST_PARTS = 2  # sections with text from which a heading groups tools, and is none
_MOST_PLAIN_WORDS = 6  # of a field that is one name; by eye
_SAYS_WHAT = 200  # characters of a description in which its kind is looked for; by eye
_REPEATED = 2  # times that a label stands below different headings
_LEAST_ROWS = 2  # of a table below its heads
_URL = re.compile(r"https?://|www\.")
_SITE = re.compile(
    r"^(?P<name>(?:[A-Za-z][\w-]*\.){1,3}(?:gov|org|eu|com|net|edu|int|io|fr|de|es|it|ro|se|gr|uk|cz|pl))\b(?!/|@)"
)
_NUMBERED = re.compile(r"^\s*(?:\d{1,2}|[a-zA-Z])[.)]\s+\S")
_DESCRIBED = re.compile(
    r"^[^.,:;?!]{2,80}?(?:\s[–—-]\s|:\s|\)[–—]\s|\s\(https?:|\shttps?:|\s\[https?:|\s\(www)"
)
_KIND = Pattern(r"(?<!\w)<<tool.kind>>(?!\w)")


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


class Tools:
    """Gathers the tools of one document; `title` is the document's, which means no tools."""

    def __init__(
        self,
        vocabulary: Vocabulary,
        known: frozenset[str],
        stated: frozenset[int] = frozenset(),
        root: Section | None = None,
        language: str = "",
        title: str = "",
    ) -> None:
        self._vocabulary = vocabulary
        self._known = known
        self._stated = stated  # ids of sections that a profile says hold tools
        self._title = title
        self._drafts: dict[str, ToolDraft] = {}
        lines = list(root.all_lines()) if root else []
        titles = Counter(key(s.title) for s in root.walk() if s.level >= 0) if root else Counter[str]()
        self._repeated = frozenset(t for t, n in titles.items() if n >= _REPEATED)
        self._names = Names(vocabulary, plain_words(lines), language == "de", frozenset([word_key(title)]))
        self._sentences = ToolSentences(self._names)

    def found(self) -> list[ToolDraft]:
        """Every tool, by first page, then name."""
        drafts = [d for d in self._drafts.values() if d.pages]
        return sorted(drafts, key=lambda d: (min(d.pages), word_key(d.name)))

    def is_tool_section(self, section: Section) -> bool:
        """Its heading, or a profile, says that it lists tools."""
        return self._meaning(section) > Meaning.NONE

    def _meaning(self, section: Section) -> Meaning:
        if id(section) in self._stated:
            return Meaning.SURE
        return meaning(annex_title(section.title, self._vocabulary), self._title)

    def add(self, name: str, page: int, confidence: float = 0.9) -> ToolDraft | None:
        """Count one mention; the same tool written otherwise is the same tool."""
        name = name.strip(" .,;:–-—“”\"'«»")
        folded = key(name)
        if len(folded) < _SHORTEST_NAME or len(name) > _LONGEST_NAME or not any(c.isalpha() for c in name):
            return None
        folded = self._held_as(folded)
        draft = self._drafts.get(folded)
        if draft is None:
            draft = self._drafts[folded] = ToolDraft(name, confidence=confidence)
        draft.pages.add(page)
        draft.confidence = max(draft.confidence, confidence)
        if "(" in name and "(" not in draft.name:
            draft.name = name
        return draft

    def _held_as(self, folded: str) -> str:
        """The key under which a tool is held already, in the singular or the plural."""
        other = folded[:-1] if folded.endswith("s") else f"{folded}s"
        return other if folded not in self._drafts and other in self._drafts else folded

    def read_section(self, section: Section) -> list[Section]:
        """Tools of a tool section; returns the sections that became a tool each."""
        sure = self._meaning(section)
        listed = frozenset[str]()
        if not self._is_stated(section):
            tabled = [self._read_table(rows) for rows in _tables(section.lines)]
            listed = self._read_items(items(self._untabled(section.lines)), sure).union(*tabled)
        ones = list(self._ones(section))
        if listed and not any(key(clean_title(c.title)) in listed for c in ones):
            return []  # the list was it, and what follows is something else
        chosen = self._names.chosen(
            [clean_title(c.title) for c in ones], sure == Meaning.SURE, [self._says_what(c) for c in ones]
        )
        used: list[Section] = []
        for child, is_one in zip(ones, chosen, strict=True):
            draft = (
                self.add(clean_title(child.title), child.page) if is_one or self._is_stated(section) else None
            )
            if draft is not None and draft.section is None:
                parts = split(child, Labels(self._vocabulary))
                draft.fields = [to_field(p, self._vocabulary, self._known) for p in parts]
                draft.section = child
                used.append(child)
        if self._is_stated(section) and not used:
            self._read_items(items(section.lines), sure)
        return used

    def _ones(self, section: Section) -> Iterator[Section]:
        """The sections below that may be a tool each, in groups or not."""
        for number, child in enumerate(section.children):
            if self._is_group(child):
                yield from self._ones(child)
                self._read_items(
                    items(self._untabled(child.lines)), max(self._meaning(child), Meaning.DOUBTFUL)
                )
            elif self._may_be_tool(child, section.children[number + 1 :]):
                yield child

    def _is_stated(self, section: Section) -> bool:
        return id(section) in self._stated

    def _is_group(self, section: Section) -> bool:
        """Sections with text stand below it, or it means tools itself."""
        parts = [g for g in section.children if g.length >= _SHORTEST_TEXT and not self._is_label(g)]
        is_heading = not self._stated and groups(section.title)
        return len(parts) >= _LEAST_PARTS or (is_heading and section.length > 0)

    def _is_label(self, section: Section) -> bool:
        """It is a part of what stands above it: a field, or a heading that others have below them, too."""
        return bool(self._vocabulary.canonical(section.title)) or key(section.title) in self._repeated

    def _may_be_tool(self, section: Section, after: Sequence[Section]) -> bool:
        """It has text, its own or below labels that hang beside it."""
        parts = () if section.length else takewhile(self._is_label, after)
        return not self._is_label(section) and section.length + sum(p.length for p in parts) >= _SHORTEST_TEXT

    def _says_what(self, section: Section) -> bool:
        """Its text opens with an address, or says what kind of tool it is."""
        text = " ".join(line.text for line in section.all_lines())[:_SAYS_WHAT]
        return bool(_URL.search(text) or _KIND.search(text) or any(x.links for x in section.lines[:2]))

    def _read_items(self, found: Sequence[tuple[str, int]], sure: Meaning) -> frozenset[str]:
        """Names that the items of a list open with, where they bear each other out; gives their keys."""
        read: set[str] = set()
        marked = [(text, page) for text, page in found if text.startswith(BULLET)]
        found = marked if len(marked) > 1 else found  # what stands beside a list is none of it
        listed = [(self._names.opening(text), text, page) for text, page in found if _may_open(text)]
        names = [name for name, _, _ in listed]
        quoted = [text.removeprefix(BULLET).strip()[:1] in '“«„"' for _, text, _ in listed]
        says = [
            bool(_URL.search(text) or _KIND.search(text[len(name) :][:_SAYS_WHAT]))
            for name, text, _ in listed
        ]
        chosen = self._names.chosen(names, sure == Meaning.SURE, says)
        for (name, text, page), is_one, is_quoted in zip(listed, chosen, quoted, strict=True):
            if (is_one or (is_quoted and name)) and (draft := self.add(name, page)):
                draft.mentions.append((text, page))
                read.add(key(name))
        return frozenset(read)

    def read_lists(self, section: Section) -> None:
        """Tables with a column of tools, lists below a line that says so ("Templates:"), lists of resources."""
        for part in section.walk():
            if self._vocabulary.canonical(annex_title(part.title, self._vocabulary)) in (
                "resources",
                "links",
            ):
                self.read_resources(part)
            for rows in _tables(part.lines):
                self._read_table(rows)
            for number, line in enumerate(part.lines):
                if (sure := lead(line.text)) and not line.cells:
                    below = takewhile(_is_item, part.lines[number + 1 :])
                    self._read_items(items(below), sure)

    def _read_table(self, rows: Sequence[Line]) -> frozenset[str]:
        read: set[str] = set()
        for column in self._columns(rows):
            cells = [(r.cells[column], r) for r in rows[1:] if column < len(r.cells) and r.cells[column]]
            names = [(name, row) for cell, row in cells for name in self._names.listed(cell)]
            chosen = self._names.chosen(
                [n for n, _ in names], meaning(rows[0].cells[column], self._title) == Meaning.SURE
            )
            for (name, row), is_one in zip(names, chosen, strict=True):
                if is_one and (draft := self.add(name, row.page)):
                    draft.mentions.append((row.text, row.page))
                    read.add(key(name))
        return frozenset(read)

    def _untabled(self, lines: Sequence[Line]) -> list[Line]:
        """Lines but for the rows of tables that are read by their columns."""
        apart = {id(row) for rows in _tables(lines) if self._columns(rows) for row in rows}
        return [line for line in lines if id(line) not in apart]

    def _columns(self, rows: Sequence[Line]) -> list[int]:
        """The columns whose heads mean tools."""
        return [
            n
            for n, head in enumerate(rows[0].cells)
            if len(rows) > _LEAST_ROWS and meaning(head, self._title)
        ]

    def read_resources(self, section: Section) -> None:
        """Sites, templates, forms and the like that a list of resources opens its items with."""
        for text, page in (item for part in section.walk() for item in items(part.lines)):
            match = _SITE.match(text.removeprefix(BULLET))
            name = match["name"] if match else self._names.opening(text)
            is_paper = self._names.is_template(name) and self._names.grade(name) == NameGrade.NAME
            if (match or is_paper) and (draft := self.add(name, page, 0.7)):
                draft.mentions.append((text, page))

    def read_within(self, section: Section, user: str) -> None:
        """Tools of the parts of a practice: headings and lists below one that means tools."""
        for part in section.walk():
            if part is not section and part.level >= 0 and self._meaning(part) == Meaning.SURE:
                ones = list(self._ones(part))
                chosen = self._names.chosen([clean_title(c.title) for c in ones], is_sure=True)
                for child, is_one in zip(ones, chosen, strict=True):
                    if is_one and (draft := self.add(clean_title(child.title), child.page)):
                        draft.users.add(user)
                self._read_items(items(self._untabled(part.lines)), Meaning.SURE)

    def read_field(self, value: Field, user: str) -> None:
        """Names in a record's own field for tools: list items, or a comma-separated line."""
        rows = [line.split("\t") for line in value.text.split("\n") if "\t" in line]
        if len(rows) > 1 and any(meaning(cell) for cell in rows[0]):
            return  # a table with heads, read by its columns
        names = self._names.listed(value.text)
        if value.name != "tools":  # a label that no vocabulary lists
            means = Meaning.NONE if value.name else meaning(value.label)
            some = sum(self._names.grade(name) == NameGrade.NAME for name in names)
            is_sure = means == Meaning.SURE or (means > Meaning.NONE and some * 2 >= len(names))
            chosen = self._names.chosen(names, is_sure) if means else [False] * len(names)
            names = [name for name, is_one in zip(names, chosen, strict=True) if is_one]
        for name in names:
            if draft := self.add(name, value.page):
                draft.users.add(user)

    def read_text(self, text: str, pages: Mapping[int, str], user: str) -> None:
        """Names in running text and tables, see `ToolSentences`.

        `pages` are those that the text runs over, with what is printed on each, to tell where a name stands.
        """
        for named in self._sentences.read(text):
            draft = self.add(named.name, _page_of(named.sentence, pages), named.confidence)
            if draft is not None:
                draft.mentions.append((named.sentence, _page_of(named.sentence, pages)))
                if user:
                    draft.users.add(user)

    def _merge(self) -> None:
        """One tool once: what stands in brackets behind one name is no other tool."""
        for folded, draft in list(self._drafts.items()):
            short = re.search(r"\(([^()\s]+)\)", draft.name)
            other = self._drafts.get(key(short[1])) if short else None
            if other is not None and other is not draft and other.section is None:
                draft.pages |= other.pages
                draft.users |= other.users
                draft.mentions += other.mentions
                self._drafts = {k: d for k, d in self._drafts.items() if d is not other or k == folded}

    def link(self, records: Sequence[Record]) -> None:
        """Count where the tools of annexes and lists are named in the practices, word for word."""
        self._merge()
        for draft in self._drafts.values():
            name = without_asides(draft.name)
            if len(name) < _SHORTEST_LINKED:
                continue
            pattern = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)", re.IGNORECASE if " " in name else 0)
            for record in records:
                for value in record.fields:
                    if pattern.search(value.text):
                        draft.users.add(record.id)
                        draft.pages.add(value.page)


def _tables(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Each run of rows; a line that a cell runs on with does not end it."""
    rows: list[Line] = []
    for line in lines:
        if line.cells:
            rows.append(line)
        elif rows and len(line.text.split()) > _MOST_PLAIN_WORDS:
            yield rows
            rows = []
    if rows:
        yield rows


def _may_open(text: str) -> bool:
    """It is an item of a list, or a paragraph that opens with what it describes; nothing to be filled in."""
    if "___" in text or ". . ." in text or text.rstrip().endswith(":"):
        return False
    is_listed = text.startswith(BULLET) or "\t" in text or bool(_NUMBERED.match(text))
    return is_listed or bool(_DESCRIBED.match(text)) or text[:1] in '“«„"'


def _is_item(line: Line) -> bool:
    """A line of a list, or one that an item runs on with."""
    return line.is_list_item or not run_in_label(line)[0]


def _page_of(sentence: str, pages: Mapping[int, str]) -> int:
    """The first page on which a sentence opens, or else the first of all."""
    opening = letters(sentence)[:30]
    return next((number for number, text in pages.items() if opening in letters(text)), min(pages))


def items(lines: Iterable[Line]) -> list[tuple[str, int]]:
    """List items, or else paragraphs, as text with the page they start on."""
    found: list[tuple[str, int]] = []
    left = 0.0
    for line in lines:
        label, is_set_apart = run_in_label(line)
        is_item = line.is_list_item or is_set_apart or bool(_NUMBERED.match(line.text))
        opens = not found or is_item or bool(line.cells) or line.gap > PARAGRAPH_GAP_EM * line.size
        if opens and not (
            found and not is_item and line.gap < PARAGRAPH_GAP_EM * line.size and line.box[0] > left + 5
        ):
            rest = line.text[len(label) :].lstrip(" .:–—-")
            found.append((f"{label}: {rest}" if is_set_apart and rest else line.text, line.page))
            left = line.box[0]
        else:
            found[-1] = (f"{found[-1][0]} {line.text}", found[-1][1])
    return found
