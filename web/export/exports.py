"""What is exported, and as what: search results, lists, handbooks, shortlists and records, in six formats."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum

from kb import Kind, Record
from kb.search import Query
from web.export import citations
from web.export import spreadsheets as tables
from web.export.exported import Exported, ExportPage, Quoted, hand_out
from web.frame import Refs, adapter, links

MOST = 1000
"""Records of one export; a handbook is exported whole."""


Write = Callable[[ExportPage], bytes]


def _of_items(write: Callable[[tuple[Exported, ...]], bytes]) -> Write:
    """A writer that has no place for how many there are in all."""
    return lambda page: write(page.records)


def _as_json(page: ExportPage) -> bytes:
    return adapter(ExportPage).dump_json(page, indent=1)


class Format(StrEnum):
    """A format: how the address of an export ends, its media type, and what writes it.

    How one is added stands in docs/how-to/extending.md. The page of an address has `.json` already, so its records as
    JSON are at `.export.json`.
    """

    media_type: str
    write: Write

    def __new__(cls, ending: str, media_type: str, write: Write) -> Format:
        """Make a format of its row in the table below."""
        made = str.__new__(cls, ending)
        made._value_ = ending
        made.media_type = media_type
        made.write = write
        return made

    SHORT = "short-csv", "text/csv", _of_items(tables.as_short_csv)
    CSV = "csv", "text/csv", _of_items(tables.as_csv)
    XLSX = (
        "xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        _of_items(tables.as_xlsx),
    )
    JSON = "export.json", "application/json", _as_json
    BIBTEX = "bib", "application/x-bibtex", _of_items(citations.as_bibtex)
    RIS = "ris", "application/x-research-info-systems", _of_items(citations.as_ris)
    CSL = "csl.json", "application/vnd.citationstyles.csl+json", _of_items(citations.as_csl)


@dataclass(frozen=True, slots=True)
class Chosen:
    """The records of an export, in their order, of `total`; `name` is that of the file, without an ending.

    Of answers, `said` has the words that answer.
    """

    name: str
    records: tuple[Record, ...]
    total: int
    said: Quoted = field(default_factory=dict)

    def file_name(self, form: Format) -> str:
        """The name of the file in a format."""
        if form is Format.SHORT:
            return f"{self.name}-short.csv"
        return f"{self.name}.{form.value.removeprefix('export.')}"


def write(refs: Refs, chosen: Chosen, form: Format, origin: str = "") -> bytes:
    """The file; `origin` ("https://example.org") goes before each address in it."""
    items = hand_out(refs, chosen.records, origin, chosen.said)
    return form.write(ExportPage(chosen.total, items))


def found(refs: Refs, query: Query | None) -> Chosen:
    """All answers to a need, best first; none where nothing is asked."""
    if query is None:
        return Chosen("search", (), 0)
    results = refs.library.search(replace(query, limit=MOST, offset=0))
    said = {hit.record.id: (hit.evidence.text, hit.evidence.page) for hit in results.hits}
    return Chosen("search", tuple(hit.record for hit in results.hits), results.total, said)


def book(refs: Refs, handbook: str) -> Chosen:
    """The whole of a handbook's served edition, as printed.

    Raises:
        NotFoundError: there is no such handbook.
    """
    number = refs.edition(handbook).number
    records = tuple(r for r in refs.records(handbook) if r.edition == number)
    return Chosen(handbook, records, len(records))


def books(refs: Refs, handbooks: Iterable[str]) -> Chosen:
    """Whole handbooks, one after the other.

    Raises:
        NotFoundError: one of them does not exist.
    """
    records = tuple(record for handbook in handbooks for record in book(refs, handbook).records)
    return Chosen("handbooks", records, len(records))


def one(refs: Refs, kind: Kind, record_id: str) -> Chosen | str:
    """A record; where another kind or a merge moved it, the address it has now.

    Raises:
        NotFoundError: there is no such record.
    """
    record = refs.library.record(record_id)
    if (record.id, record.kind) != (record_id, kind):
        return links.record(record.kind, record.id)
    return Chosen(record.id, (record,), 1)
