"""What the library holds: handbooks in editions, made of records, cut into passages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from kb.said import Flaw, Said, Value, value_of

Box = tuple[float, float, float, float]
"""x0, y0, x1, y1 in points from the top left of the page as it is shown."""


_TABS = re.compile(r"[.;]?\t+")
"""What parts the cells of a flat row, with the end of the sentence before it."""
IMPRINT = ("title", "author", "publisher", "year", "licence", "isbn", "doi", "country")
"""What is known of whose a handbook is, in the order in which it is shown."""


class Kind(StrEnum):
    """What a record is."""

    PRACTICE = "practice"
    TOOL = "tool"
    ANNEX = "annex"
    SECTION = "section"


class Origin(StrEnum):
    """How a shown value is known: printed on a page, in these words or in others that mean it, found by a rule, or set
    by a person in review.
    """

    STATED = "stated"
    MAPPED = "mapped"
    INFERRED = "inferred"
    CORRECTED = "corrected"


@dataclass(frozen=True, slots=True)
class Span:
    """A place in the PDF: a page (from 1) and, where known, the box on it."""

    page: int
    box: Box | None = None

    def __post_init__(self) -> None:
        if self.page < 1:
            raise ValueError(f"a PDF page counts from 1, not {self.page}")


@dataclass(frozen=True, slots=True)
class Link:
    """Words that lead somewhere: the address (http, https or mailto) that the PDF keeps behind them."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class TableCell:
    """A cell of a table: its text, the columns and rows that it takes, and whether it heads others."""

    text: str
    columns: int = 1
    rows: int = 1
    is_head: bool = False


@dataclass(frozen=True, slots=True)
class FieldTable:
    """A table in a field: its rows, each with the cells that begin there, left to right.

    Its flat rows, with tabs between cells, stand in the field's text from character `start` to `end` (excluded).
    """

    start: int
    end: int
    rows: tuple[tuple[TableCell, ...], ...]

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end:
            raise ValueError(f"a table from character {self.start} to {self.end}")

    def placed(self) -> tuple[tuple[tuple[int, TableCell], ...], ...]:
        """Each row's cells with the column that they begin in, from 0."""
        taken: dict[int, int] = {}  # column -> rows that a cell from above still takes
        out = []
        for row in self.rows:
            at, placed = 0, []
            below = {column: left - 1 for column, left in taken.items() if left > 1}
            for cell in row:
                while taken.get(at, 0) > 0:
                    at += 1
                placed.append((at, cell))
                below |= {at + n: cell.rows - 1 for n in range(cell.columns) if cell.rows > 1}
                at += cell.columns
            taken = below
            out.append(tuple(placed))
        return tuple(out)

    @property
    def head_rows(self) -> int:
        """How many rows at its top hold heads alone; none in a table that has no other."""
        return next((n for n, row in enumerate(self.rows) if not all(c.is_head for c in row)), 0)

    def heads(self) -> dict[int, str]:
        """What heads each column; a head over several columns counts for each of them."""
        found: dict[int, str] = {}
        for row in self.placed()[: self.head_rows]:
            for column, cell in row:
                for n in range(column, column + cell.columns):
                    found[n] = " ".join(part for part in (found.get(n, ""), *cell.text.split()) if part)
        return found

    def sentences(self) -> str:
        """Its rows as sentences, "Head: cell; Head: cell.", one a line, for those who read or search word by word."""
        return "\n".join(line for line, _ in self.lines())

    def lines(self) -> Iterator[tuple[str, bool]]:
        """Yield each row as a sentence, and whether heads say what it is: above its cells, or the first of them."""
        heads = self.heads()
        for row in self.placed()[self.head_rows :]:
            parts = []
            for column, cell in row:
                text, head = " ".join(cell.text.split()), heads.get(column, "").rstrip(" :")
                if text:
                    parts.append(f"{head}: {text}" if head else text)
            if parts:
                joined = (part if part.endswith(":") else part.rstrip(" .;") + ";" for part in parts[:-1])
                line = " ".join([*joined, parts[-1]])
                own = [cell.is_head for _, cell in row if cell.text.strip()]
                is_headed = bool(heads) or (own[0] and not all(own))
                yield line if line.endswith((".", "!", "?", "…")) else f"{line}.", is_headed


@dataclass(frozen=True, slots=True)
class Field:
    """A labelled part of a record, verbatim.

    `label` is as printed ("" for the unlabelled introduction), `name` the canonical field name of the
    vocabulary ("" where none fits). `text` keeps paragraphs as blank lines and list items as lines that
    start with "• ", `links` are what its words lead to, `notes` the footnotes whose markers stand in it; the rows
    of its `tables` are lines whose cells tabs part. Label and text are always as printed: where `origin`
    is INFERRED, it is the `name` that a rule found, from a label that the vocabulary does not list.
    """

    label: str
    text: str
    spans: tuple[Span, ...]
    name: str = ""
    origin: Origin = Origin.STATED
    links: tuple[Link, ...] = ()
    notes: tuple[str, ...] = ()
    tables: tuple[FieldTable, ...] = ()

    @property
    def page(self) -> int:
        """The PDF page on which the field starts."""
        return self.spans[0].page

    @property
    def spoken(self) -> str:
        """Its text with each row of a table as a sentence, so that no two cells run together."""
        return "".join(self._spoken())

    @property
    def rows(self) -> tuple[tuple[int, int], ...]:
        """Where the rows of its tables stand in what is spoken, as ranges of characters; those that heads explain."""
        found, at, lines = [], 0, (line for table in self.tables for line in table.lines())
        for number, part in enumerate(self._spoken()):
            start = at
            for text in part.splitlines() if number % 2 else ():
                if next(lines)[1]:
                    found.append((start, start + len(text)))
                start += len(text) + 1
            at += len(part)
        return tuple(found)

    def _spoken(self) -> Iterator[str]:
        """Yield what stands before a table, the table, what stands before the next one, ..., and the rest."""
        at = 0
        for table in self.tables:
            yield _TABS.sub("; ", self.text[at : table.start])
            yield table.sentences()
            at = table.end
        yield _TABS.sub("; ", self.text[at:])


@dataclass(frozen=True, slots=True)
class Facet:
    """One value to filter by: `name` is institution, partner, country, theme, format, level, ...

    STATED: its own labelled field on `page` says so. MAPPED: it does in other words. INFERRED: a rule read it
    elsewhere, in the text, the title or another facet. A record without the facet does not state it. `printed` is the
    wording that the value was read from ("10 Wochen, je 2 Std." for "10 weeks"), "" where that is the value itself or
    is not text.
    """

    name: str
    value: str
    origin: Origin = Origin.STATED
    page: int | None = None
    printed: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """One practice, tool, annex or section of one edition.

    `id` is stable over editions and is the record's address; `annex` is the id of the annex it stands in
    ("" outside any), `tools` the ids of the tools a practice uses, `path` the headings above it, outermost
    first, `mentions` the PDF pages that name a tool. `confidence` runs from 0 to 1. `corrected` names the
    corrections that review made to it ("retitle", "merge", ...; see `kb.editions.edits.Action`), none as extracted.
    """

    id: str
    kind: Kind
    title: str
    handbook: str
    edition: int
    position: int
    page_start: int
    page_end: int
    fields: tuple[Field, ...] = ()
    institution: str = ""
    facets: tuple[Facet, ...] = ()
    annex: str = ""
    annex_label: str = ""
    path: tuple[str, ...] = ()
    tools: tuple[str, ...] = ()
    mentions: tuple[int, ...] = ()
    language: str = "en"
    confidence: float = 1.0
    corrected: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.title.strip():
            raise ValueError(f"record {self.id or '?'} on page {self.page_start} has no title")
        if not 1 <= self.page_start <= self.page_end:
            raise ValueError(f"record {self.title!r}: pages {self.page_start} to {self.page_end}")

    @property
    def text(self) -> str:
        """All fields as one text, labels included, in printed order."""
        parts = [f"{f.label}\n{f.text}" if f.label else f.text for f in self.fields]
        return "\n\n".join(parts)

    def values(self, facet: str) -> tuple[str, ...]:
        """The values of one facet, in printed order."""
        return tuple(f.value for f in self.facets if f.name == facet)


@dataclass(frozen=True, slots=True)
class Page:
    """One page of an edition: PDF number from 1, printed label, size in points, its text.

    `confidence` (0 to 1) is how sure OCR was of its words, None for a page that has text of its own.
    """

    number: int
    label: str
    width: float
    height: float
    text: str
    is_ocr: bool = False
    needs_ocr: bool = False
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Unassigned:
    """Text that went into no record, and why."""

    page: int
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Caveat:
    """Something amiss in a document that was read, for a person to look at.

    `pages` are the PDF pages that it is about, none for the file as a whole. Of a record `record` is the id, `title`
    and `kind` are as extracted; "" and None where it is about none. `values` are what its words have to name.
    """

    flaw: Flaw
    pages: tuple[int, ...] = ()
    record: str = ""
    title: str = ""
    kind: Kind | None = None
    values: tuple[tuple[str, Value], ...] = ()

    @property
    def said(self) -> Said:
        """What is amiss, to be worded."""
        return Said(self.flaw, **dict(self.values))

    @classmethod
    def of_data(cls, row: Mapping[str, Any]) -> Caveat:
        """The caveat that was made plain data."""
        return cls(
            Flaw(row["flaw"]),
            tuple(row["pages"]),
            row["record"],
            row["title"],
            Kind(row["kind"]) if row["kind"] else None,
            tuple((name, value_of(value)) for name, value in row["values"]),
        )


@dataclass(frozen=True, slots=True)
class Edition:
    """One ingested version of a handbook; `number` counts from 1.

    `ledger` says how many characters went where (("record fields", 51234), ("running heads", 812), ...),
    `missing` names annexes and headings that the contents page or the outline lists and that were not found,
    `hidden` is text that a reader of the page cannot see: it is kept out of index, pages and exports. `imprint` says
    whose it is: title, publisher, author, year, licence, isbn, doi and country, each with its page where one prints it.
    `caveats` say what was amiss when it was read, worst first; none where nobody looked.
    """

    handbook: str
    number: int
    title: str
    language: str
    pages: Sequence[Page]
    sha256: str
    file_name: str
    source: str = ""
    ingested_at: str = ""
    unassigned: tuple[Unassigned, ...] = ()
    ledger: tuple[tuple[str, int], ...] = ()
    missing: tuple[str, ...] = ()
    hidden: tuple[Unassigned, ...] = ()
    imprint: tuple[Facet, ...] = ()
    caveats: tuple[Caveat, ...] = ()


@dataclass(frozen=True, slots=True)
class Handbook:
    """A handbook as the library lists it: its current edition and how many it has.

    `title` is the `name` that its owner gave it, else what is printed; `subjects` are what the owner says it is about.
    `publisher`, `licence` and `url` (its own page) are as the owner states them, "" where nobody did; `imprint` is what
    the served edition says of itself.
    """

    id: str
    title: str
    language: str
    file_name: str
    edition: int
    editions: int
    page_count: int
    counts: dict[str, int] = field(default_factory=dict)
    publisher: str = ""
    licence: str = ""
    url: str = ""
    name: str = ""
    subjects: tuple[str, ...] = ()
    imprint: tuple[Facet, ...] = ()

    @property
    def facts(self) -> tuple[Facet, ...]:
        """Whose it is, value by value: as the owner states it, else as the served edition says."""
        own = (("publisher", self.publisher), ("licence", self.licence))
        stated = tuple(Facet(name, value, Origin.CORRECTED) for name, value in own if value)
        told = {facet.name for facet in stated}
        facts = (*stated, *(facet for facet in self.imprint if facet.name not in told))
        return tuple(sorted(facts, key=lambda facet: IMPRINT.index(facet.name)))


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a record that is embedded and indexed; `number` counts from 0 within the record.

    `text` is what a reader is shown as evidence, `context` what goes before it into the indexes (record
    title, field label, institution). `label` and `page` name the field and the PDF page it stands on. It is cut
    from the text of the record's `field` (from 0; -1 for none, as a title is), where it begins at character `start`.
    """

    record: str
    number: int
    text: str
    context: str
    label: str
    page: int
    field: int = -1
    start: int = 0

    @property
    def indexed(self) -> str:
        """The text that is embedded."""
        return f"{self.context}\n{self.text}" if self.context else self.text
