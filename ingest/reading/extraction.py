"""What a PDF holds, as plain data that goes from the reader's process to this one, and into a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from ingest.reading.blocks import HIDDEN, Block, totals
from kb import Caveat, Circumstance, Facet, Kind, Page, ParseError, Record, Said, Unassigned, codec

PrintedWord = tuple[str, float, float, float, float]
"""A word and its box: x0, y0, x1, y1 in points from the top left of the page as shown."""


@dataclass(frozen=True, slots=True)
class Extraction:
    """What a PDF holds. Record ids are drafts ("d0001"), unique within the document.

    `imprint` says whose it is, as in `Edition`.

    `notices` say what a profile states that the document does not bear out, `caveats` what is amiss with the
    document or its records, worst first.
    """

    title: str
    language: str
    pages: tuple[Page, ...]
    records: tuple[Record, ...]
    unassigned: tuple[Unassigned, ...] = ()
    missing: tuple[str, ...] = ()
    hidden: tuple[Unassigned, ...] = ()
    blocks: tuple[Block, ...] = ()
    notices: tuple[Said, ...] = ()
    imprint: tuple[Facet, ...] = ()
    caveats: tuple[Caveat, ...] = ()

    @property
    def ledger(self) -> tuple[tuple[str, int], ...]:
        """Characters a place, white space aside, most first."""
        return totals(self.blocks)

    def of(self, kind: Kind) -> tuple[Record, ...]:
        """The records of one kind in printed order."""
        return tuple(r for r in self.records if r.kind == kind)

    def as_data(self) -> dict[str, Any]:
        """All of it as JSON knows it; `of_data` reads it back."""
        return {
            "title": self.title,
            "language": self.language,
            "pages": [asdict(p) for p in self.pages],
            "records": [asdict(r) for r in self.records],
            "unassigned": [asdict(u) for u in self.unassigned],
            "missing": list(self.missing),
            "hidden": [asdict(u) for u in self.hidden],
            "blocks": [asdict(b) for b in self.blocks],
            "notices": [one.as_data() for one in self.notices],
            "imprint": [asdict(f) for f in self.imprint],
            "caveats": [asdict(one) for one in self.caveats],
        }

    @classmethod
    def of_data(cls, data: Mapping[str, Any]) -> Extraction:
        """What `as_data` gave, after its way through JSON.

        Raises:
            ParseError: it is not that.
        """
        try:
            return cls(
                title=data["title"],
                language=data["language"],
                pages=tuple(Page(**p) for p in data["pages"]),
                records=tuple(codec.record_of(r) for r in data["records"]),
                unassigned=tuple(Unassigned(**u) for u in data["unassigned"]),
                missing=tuple(data["missing"]),
                hidden=tuple(Unassigned(**u) for u in data["hidden"]),
                blocks=tuple(Block(**b) for b in data["blocks"]),
                notices=tuple(Said.of_data(Circumstance, one) for one in data["notices"]),
                imprint=codec.facets_of(data["imprint"]),
                caveats=tuple(Caveat.of_data(one) for one in data["caveats"]),
            )
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise ParseError(f"what was read is not whole ({error!r}); read the file again") from error

    def as_json(self) -> dict[str, Any]:
        """What `kb extract --json` prints; pages counted in the PDF from 1."""
        return {
            "handbook": {
                "title": self.title,
                "language": self.language,
                "pages": len(self.pages),
                "imprint": [asdict(f) for f in self.imprint],
            },
            "annexes": [
                {"label": r.annex_label, "title": _annex_title(r), "page": r.page_start}
                for r in self.of(Kind.ANNEX)
            ],
            "practices": [_practice_json(r) for r in self.of(Kind.PRACTICE)],
            "tools": [{"name": r.title, "pages": list(r.mentions)} for r in self.of(Kind.TOOL)],
            "unassigned": [{"page": u.page, "text": u.text, "reason": u.reason} for u in self.unassigned],
            "missing": list(self.missing),
            "hidden": [
                {"page": b.page, "characters": b.characters, "reason": HIDDEN}
                for b in self.blocks
                if b.place == HIDDEN
            ],
        }

    def ledger_json(self) -> dict[str, Any]:
        """What `kb extract --ledger --json` prints: every block once, then characters a place.

        Hidden text is counted, and its page named, but it is not repeated.
        """
        return {
            "blocks": [
                {
                    "page": b.page,
                    "place": b.place,
                    "record": b.record,
                    "characters": b.characters,
                    "text": "" if b.place == HIDDEN else b.text,
                }
                for b in self.blocks
            ],
            "totals": dict(self.ledger),
            "unassigned": [{"page": u.page, "text": u.text, "reason": u.reason} for u in self.unassigned],
            "missing": list(self.missing),
            "caveats": [asdict(one) for one in self.caveats],
        }


def _annex_title(record: Record) -> str:
    return "" if record.title == record.annex_label else record.title


def _practice_json(record: Record) -> dict[str, Any]:
    return {
        "title": record.title,
        "page_start": record.page_start,
        "page_end": record.page_end,
        "institution": record.institution or None,
        "country": next((f.value for f in record.facets if f.name == "country" and f.page), None),
        "annex": record.annex_label or None,
        "confidence": record.confidence,
        "fields": [
            {
                "label": f.label,
                "name": f.name or None,
                "text": f.text,
                "page": f.page,
                "origin": str(f.origin),
                "links": [{"text": link.text, "url": link.url} for link in f.links],
                "notes": list(f.notes),
                "tables": [asdict(table) for table in f.tables],
            }
            for f in record.fields
        ],
    }
