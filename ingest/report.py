"""How an ingest went, as it is told to whoever asked for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from kb import Caveat, Edition, Kind, Record, Said, Unassigned
from kb.editions import Changes


@dataclass(frozen=True, slots=True)
class Report:
    """How an ingest went; `parse_seconds` is the part spent in the child, `changes` is None for a first edition.

    `notices` say what is unusual about it, `caveats` what is amiss in the document, worst first.
    """

    status: Literal["new", "edition", "unchanged"]
    handbook: str
    title: str
    edition: int
    pages: int
    annexes: int
    practices: int
    tools: int
    sections: int
    unassigned: tuple[Unassigned, ...]
    missing: tuple[str, ...]
    ledger: tuple[tuple[str, int], ...]
    seconds: float
    parse_seconds: float
    notices: tuple[Said, ...] = ()
    changes: Changes | None = None
    caveats: tuple[Caveat, ...] = ()


def report_of(
    edition: Edition,
    records: tuple[Record, ...],
    status: Literal["new", "edition", "unchanged"],
    notices: tuple[Said, ...],
    changes: Changes | None,
    seconds: float = 0.0,
    parse_seconds: float = 0.0,
) -> Report:
    """What is reported of an edition with these records, whose ingest took so long."""

    def count(kind: Kind) -> int:
        return sum(r.kind == kind for r in records)

    return Report(
        status=status,
        handbook=edition.handbook,
        title=edition.title,
        edition=edition.number,
        pages=len(edition.pages),
        annexes=count(Kind.ANNEX),
        practices=count(Kind.PRACTICE),
        tools=count(Kind.TOOL),
        sections=count(Kind.SECTION),
        unassigned=edition.unassigned,
        missing=edition.missing,
        ledger=edition.ledger,
        seconds=round(seconds, 2),
        parse_seconds=round(parse_seconds, 2),
        notices=notices,
        changes=changes,
        caveats=edition.caveats,
    )
