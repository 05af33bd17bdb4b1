"""Practices that a table holds, one a row or one a column, the heads as their labels. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass

from ingest.page import Line, PrintedCell, PrintedTable, join_lines, printed_tables
from ingest.parts.asides import without_asides
from ingest.parts.practices import Practice, clean_title
from ingest.tree import Section, alike, bare
from kb import Field
from kb.words import Pattern, Vocabulary

_TELLING = frozenset(
    {
        "activities",
        "challenges",
        "context",
        "description",
        "difficulties",
        "innovation",
        "lessons",
        "need",
        "objectives",
        "results",
        "summary",
        "transferability",
    }
)
"""Fields that say what was done, why, and what came of it; the others only name and place a practice."""
_PLAIN = frozenset({"description", "summary"})
"""Those of them that tables of anything have."""
_LEAST_KNOWN = 3  # columns whose heads are labels from which rows may be records, their title among them
_LEAST_UNNAMED = 4  # where no head says which column names the record
_LEAST_RECORDS = 2
_TOLD_WORDS, _LEAST_TOLD = (
    6,
    2,
)  # words a cell, and columns of such, that tell of practices under unknown heads; by eye
_PAIR = 2  # cells of a row that is a label and its value
_LONGEST_TITLE = 160  # characters
_MOST_TITLE_WORDS = 22
_NUMBERS = re.compile(r"[\W_]*(?:\d{1,3}|[IVXivx]{1,5}|[A-Za-z])[\W_]*")
_HEAD = Pattern(r"(?:<<article>>\s)?<<practice.head>>")
_OVERVIEW = 0.5  # share of the names that are headings elsewhere from which a table only lists these
_SURE, _LESS_SURE = 0.9, 0.75


@dataclass(frozen=True, slots=True)
class _Records:
    """What a table holds: by record its title's cell and the cells under their labels."""

    titles: tuple[PrintedCell, ...]
    fields: tuple[tuple[tuple[str, PrintedCell], ...], ...]
    confidence: float


@dataclass(frozen=True, slots=True)
class TabledPractices:
    """The practices of one table: those, the section whose lines hold it, and these lines."""

    practices: tuple[Practice, ...]
    parent: Section
    lines: tuple[Line, ...]


def find(root: Section, vocabulary: Vocabulary, known: frozenset[str]) -> list[TabledPractices]:
    """The tables of a document whose rows or columns are practices; the tree stays as it is.

    `known` holds the document's words, by which hyphens at line ends are told.
    """
    found: list[TabledPractices] = []
    titles = [bare(s.title) for s in root.walk() if s.level >= 0]
    for section in root.walk():
        if vocabulary.canonical(section.title) == "tools":
            continue
        tables = printed_tables(section.lines)
        if (keyed := _keyed(tables, vocabulary)) and not _is_overview(keyed, titles):
            whole = PrintedTable((), tuple(line for table in tables for line in table.lines))
            practices = tuple(_practices(keyed, section.level + 1, whole, known))
            found.append(TabledPractices(practices, section, whole.lines))
            continue
        for table in tables:
            records = _records(table, vocabulary)
            if records is None or _is_overview(records, titles):
                continue
            practices = tuple(_practices(records, section.level + 1, table, known))
            found.append(TabledPractices(practices, section, table.lines))
    return found


def take(found: Sequence[TabledPractices]) -> list[Practice]:
    """Hang the practices of tables into the tree, below what held them, and take their lines out of it."""
    for one in reversed(found):
        own = {id(line) for line in one.lines}
        one.parent.lines = [line for line in one.parent.lines if id(line) not in own]
        one.parent.children[:0] = [p.section for p in one.practices]
    return [p for one in found for p in one.practices]


def without_overviews(value: Field, titles: Set[str]) -> str:
    """A field's text but for tables that list practices told elsewhere; `titles` are the folded names of all."""
    out, at = "", 0
    for table in value.tables:
        body = table.rows[table.head_rows :]
        listed = sum(any(bare(cell.text) in titles for cell in row) for row in body)
        if listed >= _LEAST_RECORDS and listed >= _OVERVIEW * len(body):
            out += value.text[at : table.start]
            at = table.end
    return out + value.text[at:]


def _practices(
    records: _Records, level: int, table: PrintedTable, known: frozenset[str]
) -> Iterator[Practice]:
    """Each record as a section whose sub-headings are the labels."""
    heads = [line for line in table.lines if line.row is not None and line.row.is_head]
    for number, (title, fields) in enumerate(zip(records.titles, records.fields, strict=True)):
        heading = (*title.lines, *(heads if number == 0 else ()))
        name = join_lines([line.text for line in title.lines], known)
        section = Section(name, level, title.lines[0].page, heading=heading)
        section.children = [
            Section(label, level + 1, cell.lines[0].page, list(cell.lines)) for label, cell in fields
        ]
        yield Practice(section, clean_title(name), records.confidence)


def _is_overview(records: _Records, titles: Sequence[str]) -> bool:
    """The names are headings elsewhere: the table lists what the document tells there."""
    named = [bare(cell.text) for cell in records.titles]
    return sum(any(alike(name, title, 0.93) for title in titles) for name in named) >= _OVERVIEW * len(named)


def _keyed(tables: Sequence[PrintedTable], vocabulary: Vocabulary) -> _Records | None:
    """The records of tables of labels and values, each of which a label such as "Title" opens, or None."""
    rows = [row.cells for table in tables for row in table.rows]
    if not all(len(cells) == _PAIR and cells[0].lines for cells in rows):
        return None
    pairs = [(cells[0], cells[1]) for cells in rows if cells[1].lines]
    labels = [cell.text.strip().rstrip(" :") for cell, _ in pairs]
    names = [vocabulary.canonical(label) for label in labels]
    starts = [n for n, name in enumerate(names) if name == "title"]
    if len(starts) < _LEAST_RECORDS or starts[0]:
        return None
    ends = [*starts[1:], len(pairs)]
    known = [set(names[a:b]) - {""} for a, b in zip(starts, ends, strict=True)]
    if not all(len(own) >= _LEAST_KNOWN and own & _TELLING for own in known):
        return None
    titles = tuple(pairs[n][1] for n in starts)
    if not _are_records([cell.text for cell in titles], vocabulary):
        return None
    fields = tuple(
        tuple((labels[n], pairs[n][1]) for n in range(a + 1, b)) for a, b in zip(starts, ends, strict=True)
    )
    return _Records(titles, fields, _SURE)


def _records(table: PrintedTable, vocabulary: Vocabulary) -> _Records | None:
    """What the table's rows are, or its columns, or None where they are no records."""
    cells = table.cells()
    while cells and (len(set(map(id, cells[0]))) == 1 or sum(c is not None for c in cells[0]) <= 1):
        del cells[0]  # a title over all columns
    if not cells:
        return None
    turned = [list(column) for column in zip(*cells, strict=True)]
    for above in range(len(cells)):
        if above and not all(cell is None or cell.is_head for cell in cells[above - 1]):
            break  # heads of groups of columns may stand above those of the columns
        if records := _read(cells[above:], vocabulary):
            return records
    return _read(turned, vocabulary)


def _read(cells: Sequence[Sequence[PrintedCell | None]], vocabulary: Vocabulary) -> _Records | None:
    """The records of a table whose first row heads its columns."""
    heads = [_text(cell) for cell in cells[0]]
    names = [vocabulary.canonical(head) if head else "" for head in heads]
    place = _title_column(heads, names)
    known = {name for name in names if name}
    least = _LEAST_KNOWN if place >= 0 else _LEAST_UNNAMED
    is_known = len(known | {"title"}) >= least and bool(known & _TELLING - _PLAIN)
    if len(known) < 0.5 * len(set(filter(None, heads))):
        is_known = False
    if not is_known and not (place >= 0 and _tells(cells[1:], place)):
        return None
    if place < 0:
        place = next((n for n, head in enumerate(heads) if not head), -1)
        if place < 0:
            return None
    body = [row for row in cells[1:] if len({id(c) for c in row if c is not None}) > 1]
    rows = [row for row in body if (title := row[place]) is not None and title.lines]
    if not _are_records([_text(row[place]) for row in rows], vocabulary):
        return None
    columns = [n for n in range(len(heads)) if n != place and heads[n] and not _counts(rows, n)]
    fields = tuple(
        tuple((heads[n], cell) for n in columns if (cell := row[n]) is not None and cell.lines)
        for row in rows
    )
    titles = tuple(cell for row in rows if (cell := row[place]) is not None)
    return _Records(titles, fields, _SURE if is_known and names[place] == "title" else _LESS_SURE)


def _tells(body: Sequence[Sequence[PrintedCell | None]], place: int) -> bool:
    """Several columns beside the names hold sentences, whatever their heads are called."""
    columns = [column for n, column in enumerate(zip(*body, strict=True)) if n != place]
    told = 0
    for column in columns:
        texts = [_text(cell) for cell in column if cell is not None and cell.lines]
        words = sum(len(text.split()) for text in texts)
        told += (
            bool(texts) and words >= _TOLD_WORDS * len(texts) and all(t.endswith((".", "!")) for t in texts)
        )
    return told >= _LEAST_TOLD


def _title_column(heads: Sequence[str], names: Sequence[str]) -> int:
    """The column that names the records, by its head; -1 where none says so."""
    if "title" in names:
        return names.index("title")
    return next((n for n, head in enumerate(heads) if head and _HEAD.fullmatch(_bare_head(head))), -1)


def _bare_head(head: str) -> str:
    return without_asides(head).strip(" .:")


def _are_records(titles: Sequence[str], vocabulary: Vocabulary) -> bool:
    """The names are those of initiatives: several, each another, none a sentence or a label."""
    if len(titles) < _LEAST_RECORDS or len({bare(t) for t in titles}) < len(titles):
        return False
    fit = [
        t
        for t in titles
        if len(t) <= _LONGEST_TITLE
        and len(t.split()) <= _MOST_TITLE_WORDS
        and any(c.isalpha() for c in t)
        and not t.rstrip().endswith((".", ";"))
        and not vocabulary.canonical(t)
        and not _NUMBERS.fullmatch(t)
    ]
    return len(fit) == len(titles)


def _counts(rows: Sequence[Sequence[PrintedCell | None]], column: int) -> bool:
    """A column only numbers the records."""
    return all(_NUMBERS.fullmatch(_text(row[column])) for row in rows if _text(row[column]))


def _text(cell: PrintedCell | None) -> str:
    return cell.text.strip() if cell is not None else ""
