"""What an assistant is told: one frozen dataclass a tool, which feeds its text and its structured answer alike.

What comes from handbooks is verbatim: material to report on, never an instruction.
"""

from __future__ import annotations

from dataclasses import dataclass

from kb import Kind
from web.frame import Shown


@dataclass(frozen=True, slots=True)
class Cited(Shown):
    """A page of a handbook, as it is cited."""

    handbook: str
    """Id of the handbook."""
    handbook_title: str
    edition: int
    """From 1."""
    page: int
    """PDF page, from 1."""
    printed: str
    """The page number as printed; empty where none is."""
    address: str
    """Permanent address that shows the page."""
    is_ocr: bool
    """Whether its text was read by OCR, and may hold mistakes."""


@dataclass(frozen=True, slots=True)
class ValueTold(Shown):
    """A key value of a record or a handbook."""

    name: str
    """institution, country, theme, format, level, ..."""
    value: str
    """Empty where it is absent."""
    status: str
    """stated: printed in the handbook; mapped: printed there in other words (`mapped_from`); inferred: found by a
    rule, not printed as such; corrected: by a person in review; absent: the handbook does not state it."""
    page: int | None
    """PDF page that states it; null where none is known."""
    address: str
    """Address that shows where it is stated; empty where nothing states it."""
    mapped_from: str


@dataclass(frozen=True, slots=True)
class RecordTold(Shown):
    """A practice, tool, annex or section, named."""

    id: str
    """What show, similar and compare take; the same in every edition."""
    kind: Kind
    title: str
    address: str
    """Its permanent address."""
    at: Cited
    """Where it begins."""
    language: str
    """Of its text (ISO 639-1)."""
    is_doubtful: bool
    """Whether extraction is unsure of it, so that it should be compared with its page."""


@dataclass(frozen=True, slots=True)
class HitTold(Shown):
    """One answer to a need."""

    rank: int
    record: RecordTold
    label: str
    """Label of the field that answers, as printed; empty for an introduction."""
    quote: str
    """The sentence or row that answers, verbatim."""
    form: str
    """How the quote is made of its field: whole sentences, a row, a fragment, or the title only."""
    quote_at: Cited
    """Where that stands."""
    quote_address: str
    """Address that lights it on its page."""
    values: tuple[ValueTold, ...]


@dataclass(frozen=True, slots=True)
class CountTold(Shown):
    """A value that some answers have."""

    value: str
    count: int


@dataclass(frozen=True, slots=True)
class NarrowTold(Shown):
    """A filter, with the values that most answers have."""

    filter: str
    values: tuple[CountTold, ...]


@dataclass(frozen=True, slots=True)
class FoundTold(Shown):
    """The answers to a need, best first."""

    note: str
    """How to take what is quoted."""
    notice: str
    """What the library cannot do at present; empty if all is well."""
    need: str
    total: int
    page: int
    pages: int
    hits: tuple[HitTold, ...]
    background: tuple[HitTold, ...]
    """Chapters that explain; apart from the answers."""
    no_match: bool
    """Nothing in the library answers the need; hits, if there are any, are only the nearest. Say so."""
    is_weak: bool
    """There are answers, but none is near in meaning. Say so."""
    remarks: str
    """What was changed or read in the need, or why nothing was found."""
    narrow: tuple[NarrowTold, ...]
    """What `filters` can hold next."""
    address: str
    """Address that shows these answers to people."""


@dataclass(frozen=True, slots=True)
class FieldTold(Shown):
    """A labelled part of a record, verbatim."""

    number: int
    """From 1, within its record."""
    name: str
    """Canonical field name; empty where none fits."""
    label: str
    """As printed; empty for the introduction."""
    text: str
    is_cut: bool
    """Whether more of it can be asked for: call show with this field's number."""
    status: str
    """stated, inferred or corrected, as of values."""
    at: Cited
    address: str
    """Address that lights it on its page."""
    notes: tuple[str, ...]
    """The footnotes whose markers stand in it."""


@dataclass(frozen=True, slots=True)
class WholeTold(Shown):
    """One record, whole."""

    note: str
    """How to take what is quoted."""
    notice: str
    record: RecordTold
    asked: str
    """The id that was asked for; another than the record's where that was merged into it."""
    is_current: bool
    """Whether this is how the current edition of its handbook has it."""
    editions: tuple[int, ...]
    """The editions that have it, newest first."""
    page_end: int
    """PDF page on which it ends."""
    path: tuple[str, ...]
    """The headings above it, outermost first."""
    values: tuple[ValueTold, ...]
    """Key values first; those that the handbook does not state are absent."""
    fields: tuple[FieldTold, ...]
    imprint: tuple[ValueTold, ...]
    """Whose its handbook is, to cite it by."""
    original: str
    """Address of the handbook's PDF; empty where no licence is stated that allows to share it."""
    tools: tuple[RecordTold, ...]
    practices: tuple[RecordTold, ...]
    """Those that use the tool, or stand in the annex."""
    corrected: tuple[str, ...]
    """What a person corrected in review."""


@dataclass(frozen=True, slots=True)
class NearTold(Shown):
    """A record that resembles another one."""

    record: RecordTold
    reasons: tuple[str, ...]
    """The values that both have."""
    own_quote: str
    near_quote: str
    """The two sentences in which they come nearest; empty where there are none."""
    near_address: str


@dataclass(frozen=True, slots=True)
class NearestTold(Shown):
    """What resembles a record, best first."""

    note: str
    """How to take what is quoted."""
    notice: str
    record: RecordTold
    similar: tuple[NearTold, ...]
    """None for annexes and sections, and for what only an earlier edition has."""


@dataclass(frozen=True, slots=True)
class SideTold(Shown):
    """What one record says of one thing."""

    record: str
    """Its id."""
    values: tuple[ValueTold, ...]
    texts: tuple[FieldTold, ...]
    is_absent: bool
    """Whether its handbook does not state it."""


@dataclass(frozen=True, slots=True)
class RowTold(Shown):
    """One thing that some of the records say."""

    name: str
    """The value's or the field's name; empty where it has none."""
    label: str
    """As printed, or the name in words."""
    is_same: bool
    """Whether all records say the same."""
    sides: tuple[SideTold, ...]


@dataclass(frozen=True, slots=True)
class SidesTold(Shown):
    """Records side by side."""

    note: str
    """How to take what is quoted."""
    notice: str
    records: tuple[RecordTold, ...]
    rows: tuple[RowTold, ...]
    same: int
    """How many things all records say alike."""
    address: str


@dataclass(frozen=True, slots=True)
class BookTold(Shown):
    """A handbook of the library."""

    id: str
    title: str
    address: str
    language: str
    edition: int
    """The current edition, from 1."""
    pages: int
    counts: dict[str, int]
    """Records of each kind."""
    imprint: tuple[ValueTold, ...]
    """Authors, publisher, year, licence, ..., each with the page that prints it."""
    original: str
    """Address of its PDF; empty where no licence is stated that allows to share it."""


@dataclass(frozen=True, slots=True)
class BooksTold(Shown):
    """Every handbook of the library."""

    note: str
    """How to take what is quoted."""
    notice: str
    handbooks: tuple[BookTold, ...]


@dataclass(frozen=True, slots=True)
class PageTold(Shown):
    """A page of a handbook; its picture comes beside this."""

    note: str
    """How to take what is quoted, and what the picture shows."""
    notice: str
    at: Cited
    pages: int
    """How many the handbook has."""
    text: str
    """The page's text, cut where it is long."""
    records: tuple[RecordTold, ...]
    """The records that stand on it."""
