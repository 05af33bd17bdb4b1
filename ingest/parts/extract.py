"""Sections -> annexes, practices, tools and section texts, and what was assigned to none of them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ingest.page import LaidOut, remedy
from ingest.parts import annexes, closing, practices, stated, tabled
from ingest.parts.annexes import Annex
from ingest.parts.fields import Labels, links_of, notes_of, spans, split, to_field, to_text
from ingest.parts.kept import kept_tables
from ingest.parts.ledger import Ledger, left_over
from ingest.parts.practices import FoundPractices, clean_title
from ingest.parts.tools import Tools
from ingest.reading import NEUTRAL, Extraction, Profile
from ingest.tree import Section, Tree, bare
from ingest.values import facet_values as facets
from kb import Circumstance, Field, Kind, Page, Record, Said, Span, Unassigned
from kb.words import Vocabulary, word_key

_SECTION_LENGTH = 6000  # characters above which a section's sub-sections become records of their own


@dataclass(slots=True)
class _Work:
    """What the steps below share while one document is cut into records."""

    vocabulary: Vocabulary
    language: str
    known: frozenset[str]
    found: FoundPractices
    annexes: Mapping[int, Annex]
    tools: Tools
    publisher: str
    ledger: Ledger
    pages: Mapping[int, str]
    records: list[Record] = field(default_factory=list)
    tool_places: dict[int, tuple[str, tuple[str, ...]]] = field(default_factory=dict)

    def printed_on(self, value: Field) -> dict[int, str]:
        """What is printed on each page that a field runs over."""
        return {span.page: self.pages[span.page] for span in value.spans}

    def next_id(self) -> str:
        return f"d{len(self.records) + 1:04d}"


def extract(
    laid: LaidOut,
    tree: Tree,
    pages: Sequence[Page],
    language: str,
    vocabulary: Vocabulary,
    publisher: str = "",
    hidden: Sequence[Unassigned] = (),
    profile: Profile = NEUTRAL,
) -> Extraction:
    """Cut the tree into records; every line of text goes into one of them or is listed as unassigned."""
    closing.set_apart(tree.root, laid)
    found_annexes = annexes.find(tree.root, vocabulary)
    holds_tools = _stated_tools(tree.root, found_annexes, profile)
    not_ones = frozenset(
        [*(id(a.section) for a in found_annexes), *(id(s) for t in holds_tools for s in t.walk())]
    )
    found, is_amiss = _practices(
        tree, len(pages), not_ones, bool(holds_tools), vocabulary, profile, laid.words
    )
    known = laid.words
    work = _Work(
        vocabulary,
        language,
        known,
        found,
        {id(a.section): a for a in found_annexes},
        Tools(vocabulary, known, frozenset(id(s) for s in holds_tools), tree.root, language, tree.title),
        publisher,
        Ledger(),
        {p.number: p.text for p in pages},
    )
    by_section = {id(p.section): p for p in found.practices}
    if _is_whole(found, tree.root):
        _add_practice(work, found.practices[0], "", "", ())
        work.tools.read_within(tree.root, work.records[0].id)
    else:
        _walk(work, tree.root, by_section, "", "", (), tree.title)
    work.tools.read_lists(tree.root)
    _add_tools(work)
    records = [replace(r, position=n) for n, r in enumerate(sorted(work.records, key=_printed_order))]
    blocks = work.ledger.blocks(laid.lines, hidden)
    pictures = [
        Unassigned(p.number, "", f"a picture without text: {remedy(language)}") for p in pages if p.needs_ocr
    ]
    return Extraction(
        tree.title,
        language,
        tuple(pages),
        tuple(records),
        (*pictures, *left_over(blocks)),
        tree.missing,
        tuple(hidden),
        blocks,
        tuple(_amiss(profile, is_amiss, bool(holds_tools))),
    )


def _practices(
    tree: Tree,
    pages: int,
    not_ones: frozenset[int],
    has_stated_tools: bool,
    vocabulary: Vocabulary,
    profile: Profile,
    known: frozenset[str],
) -> tuple[FoundPractices, bool]:
    """The practices that the profile names, else those detected; also whether no heading is as it says."""
    if profile.names_practices:
        found = stated.find(tree.root, not_ones, vocabulary, profile)
        if found.practices:
            return found, False
    rows = tabled.find(tree.root, vocabulary, known)
    found = practices.find(tree.root, pages, tree.title, not_ones, vocabulary)
    if rows:
        found = _with_rows(found, rows, tree.root)
    if has_stated_tools and _is_whole(found, tree.root):
        found = FoundPractices((), frozenset())  # a file with an annex of tools is no single practice
    return found, profile.names_practices


def _with_rows(
    found: FoundPractices, rows: Sequence[tabled.TabledPractices], root: Section
) -> FoundPractices:
    """The practices with those that are rows of tables, but for tables inside a practice."""
    if _is_whole(found, root):
        found = FoundPractices((), frozenset())
    inside = {id(s) for p in found.practices for s in p.section.walk()}
    taken = tabled.take([one for one in rows if id(one.parent) not in inside])
    heads = {bare(child.title) for p in taken for child in p.section.children}
    if len(taken) >= len(found.practices) and not found.repeated & heads:
        found = FoundPractices(
            (), frozenset()
        )  # chapters, which have other labels than the practices of the tables
    return FoundPractices((*found.practices, *taken), found.repeated)


def _is_whole(found: FoundPractices, root: Section) -> bool:
    """The document is one practice."""
    return len(found.practices) == 1 and all(s is not found.practices[0].section for s in root.walk())


def _stated_tools(root: Section, found: Sequence[Annex], profile: Profile) -> list[Section]:
    """The section that the profile says holds tools: an annex, else the longest of that heading."""
    wanted = word_key(profile.annex_tools)
    if not wanted:
        return []
    named = [
        a.section
        for a in found
        if wanted in (word_key(a.label), word_key(a.title), word_key(a.section.title))
    ]
    named = named or [s for s in root.walk() if s.level >= 0 and word_key(s.title) == wanted]
    return sorted(named, key=lambda s: -s.length)[:1]


def _amiss(profile: Profile, are_practices: bool, has_tools: bool) -> Iterator[Said]:
    """Say which of the profile's statements about headings this document does not bear out."""
    if are_practices:
        keys = [k for k in ("practice_level", "practice_titles", "practice_under") if k in profile.as_data()]
        yield Said(Circumstance.NO_SUCH_HEADING, names=tuple(keys))
    if profile.annex_tools and not has_tools:
        yield Said(Circumstance.NO_SUCH_ANNEX, label=profile.annex_tools)


def _printed_order(record: Record) -> tuple[int, int, str]:
    return record.page_start, int(record.kind == Kind.TOOL), record.id


def _walk(
    work: _Work,
    section: Section,
    by_section: Mapping[int, practices.Practice],
    annex: str,
    label: str,
    path: tuple[str, ...],
    title: str,
) -> None:
    """One section after the other: a practice, an annex with what it holds, or a section text."""
    if practice := by_section.get(id(section)):
        _add_practice(work, practice, annex, label, path)
        work.tools.read_within(section, work.records[-1].id)
        return
    found = work.annexes.get(id(section))
    is_tools = section.level >= 0 and work.tools.is_tool_section(section)
    holds = [c for c in section.children if _holds_records(c, by_section, work)]
    used = work.tools.read_section(section) if is_tools else []
    rest = [c for c in section.children if c not in holds and not any(c is u for u in used)]
    below = path
    if section.level >= 0:
        below = (*path, section.title)
    if found:
        annex, label = work.next_id(), found.label
    is_long = section.length > _SECTION_LENGTH and not found
    own = Section(
        section.title,
        section.level,
        section.page,
        section.lines,
        [] if is_long or section.level < 0 else rest,
        section.heading,
    )
    for tool_section in used:
        work.tool_places[id(tool_section)] = (annex, below)
    _add_section(work, own, found, annex, label, path, title)
    for child in section.children:
        if child in holds or (child in rest and (is_long or section.level < 0)):
            _walk(work, child, by_section, annex, label, below, title)


def _holds_records(section: Section, by_section: Mapping[int, practices.Practice], work: _Work) -> bool:
    return any(
        id(s) in by_section or id(s) in work.annexes or (s.level >= 0 and work.tools.is_tool_section(s))
        for s in section.walk()
    )


def _add_practice(
    work: _Work, practice: practices.Practice, annex: str, label: str, path: tuple[str, ...]
) -> None:
    section = practice.section
    parts = split(section, Labels(work.vocabulary, work.found.repeated))
    fields = [to_field(p, work.vocabulary, work.known) for p in parts]
    work.ledger.claim(section.heading, Kind.PRACTICE, practice.title)
    for part in parts:
        work.ledger.claim((*part.place, *part.lines), Kind.PRACTICE, practice.title)
    lead, found = facets.read(practice.title, fields, work.vocabulary, work.language, work.publisher, path)
    record = Record(
        id=work.next_id(),
        kind=Kind.PRACTICE,
        title=practice.title,
        handbook="",
        edition=0,
        position=0,
        page_start=section.page,
        page_end=max(section.last_page, section.page),
        fields=tuple(fields),
        institution=lead,
        facets=found,
        annex=annex,
        annex_label=label,
        path=path,
        language=work.language,
        confidence=practice.confidence,
    )
    work.records.append(record)
    for value in fields:
        work.tools.read_field(value, record.id)
        work.tools.read_text(value.text, work.printed_on(value), record.id)


def _add_section(
    work: _Work,
    section: Section,
    found: Annex | None,
    annex: str,
    label: str,
    path: tuple[str, ...],
    title: str,
) -> None:
    """Keep text that is no practice: an annex's own, or a section's; each is searchable."""
    if not section.length and not found and (not section.heading or section.children):
        return
    fields = [] if not section.length else _section_fields(section, work)
    titles = {bare(p.title) for p in work.found.practices}
    for value in fields:
        work.tools.read_text(tabled.without_overviews(value, titles), work.printed_on(value), "")
    kind = Kind.ANNEX if found else Kind.SECTION
    name = (found.title or found.label) if found else (clean_title(section.title) or title or "Front matter")
    for lines in (
        section.heading,
        section.lines,
        *(line for c in section.children for line in (c.heading, list(c.all_lines()))),
    ):
        work.ledger.claim(lines, kind, name)
    first = (
        min([section.page, *(s.page for f in fields for s in f.spans)])
        if not section.heading
        else section.page
    )
    work.records.append(
        Record(
            id=annex if found else work.next_id(),
            kind=kind,
            title=name,
            handbook="",
            edition=0,
            position=0,
            page_start=first,
            page_end=max([first, *(s.page for f in fields for s in f.spans)]),
            fields=tuple(fields),
            annex="" if found else annex,
            annex_label=label,
            path=path,
            language=work.language,
        )
    )


def _section_fields(section: Section, work: _Work) -> list[Field]:
    out: list[Field] = []
    if section.lines:
        text = to_text(section.lines, work.known)
        tables, notes = kept_tables(section.lines, text, work.known), notes_of(section.lines)
        links = links_of(section.lines)
        out.append(Field("", text, spans(section.lines), links=links, notes=notes, tables=tables))
    for child in section.children:
        lines = list(child.all_lines())
        text = to_text(lines, work.known)
        place = spans(lines or child.heading)
        name = work.vocabulary.canonical(child.title)
        tables, notes = kept_tables(lines, text, work.known), notes_of(lines)
        out.append(Field(child.title, text, place, name, links=links_of(lines), notes=notes, tables=tables))
    return [f for f in out if f.text or f.label]


def _add_tools(work: _Work) -> None:
    work.tools.link([r for r in work.records if r.kind == Kind.PRACTICE])
    users: dict[str, list[str]] = {}
    for draft in work.tools.found():
        tool = work.next_id()
        fields = list(draft.fields)
        if not fields:
            fields = [Field("", text, (Span(page),)) for text, page in _unique(draft.mentions)[:6]]
        if draft.section is not None:
            work.ledger.claim((*draft.section.heading, *draft.section.all_lines()), Kind.TOOL, draft.name)
        annex, path = work.tool_places.get(id(draft.section), ("", ()))
        label = next((r.annex_label for r in work.records if r.id == annex), "") if annex else ""
        first = draft.section.page if draft.section is not None else min(draft.pages)
        last = max([first, *(s.page for f in draft.fields for s in f.spans)])
        work.records.append(
            Record(
                id=tool,
                kind=Kind.TOOL,
                title=draft.name,
                handbook="",
                edition=0,
                position=0,
                page_start=first,
                page_end=last,
                fields=tuple(fields),
                annex=annex,
                annex_label=label,
                path=path,
                mentions=tuple(sorted(draft.pages)),
                language=work.language,
                confidence=draft.confidence,
            )
        )
        for user in draft.users:
            users.setdefault(user, []).append(tool)
    work.records[:] = [replace(r, tools=tuple(users.get(r.id, ()))) for r in work.records]


def _unique(mentions: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    return list({bare(text): (text, page) for text, page in reversed(list(mentions))}.values())[::-1]
