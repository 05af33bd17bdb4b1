"""The page of a handbook, with what was found in it and what was not, and of each of its pages."""

from __future__ import annotations

from kb.errors import NotFoundError
from kb.records import Edition, Kind, Record
from web import account, boxes, links
from web.context import (
    Chapter,
    HandbookPage,
    HiddenShown,
    LeafPage,
    Left,
    LeftGroup,
    RecordRef,
    SectionShown,
)
from web.refs import Refs
from web.text import shortened

LEFT_TEXT = 160


def handbook_page(refs: Refs, handbook: str) -> HandbookPage:
    """A handbook's current edition.

    Raises:
        NotFoundError: there is no such handbook.
    """
    edition = refs.edition(handbook)
    known = next((book for book in refs.handbooks if book.id == handbook), None)
    return HandbookPage(
        url=links.handbook(handbook),
        notice=refs.library.notice,
        handbook=refs.handbook(handbook),
        editions=known.editions if known else edition.number,
        pages=len(edition.pages),
        file_name=edition.file_name,
        source=edition.source,
        ingested_at=edition.ingested_at,
        sha256=edition.sha256,
        counts=dict(known.counts) if known else {},
        cover=refs.picture(edition, edition.pages[0]) if edition.pages else None,
        chapters=_chapters(refs, handbook),
        sections=tuple(
            SectionShown(refs.record(section), len(section.path))
            for section in refs.records(handbook, Kind.SECTION)
        ),
        account=account.account(edition.ledger),
        left=_left(refs, edition),
        missing=edition.missing,
        hidden=tuple(HiddenShown(refs.place(edition, part.page), part.reason) for part in edition.hidden),
        needs_ocr=tuple(refs.place(edition, page.number) for page in edition.pages if page.needs_ocr),
        by_ocr=tuple(refs.place(edition, page.number) for page in edition.pages if page.is_ocr),
    )


def edition_with_page(refs: Refs, handbook: str, number: int, version: str = "") -> Edition:
    """The edition of a handbook whose PDF has this version, else the current one, if it has this page.

    Raises:
        NotFoundError: there is no such handbook or page.
    """
    edition = refs.edition(handbook)
    if version and not edition.sha256.startswith(version):
        earlier = refs.library.store.editions(handbook)
        edition = next((e for e in earlier if e.sha256.startswith(version)), edition)
    if not 1 <= number <= len(edition.pages):
        last = len(edition.pages)
        raise NotFoundError(f"{edition.title}: no page {number}; its pages run from 1 to {last}")
    return edition


def leaf_page(refs: Refs, handbook: str, number: int, lit: str = "") -> LeafPage:
    """One page of a handbook's current edition, by its PDF number; `lit` is the id of the record to light.

    Raises:
        NotFoundError: there is no such handbook or page.
    """
    edition = edition_with_page(refs, handbook, number)
    page, last = edition.pages[number - 1], len(edition.pages)
    records = _on(refs, handbook, number)
    chosen = lit if lit in {record.id for record in records} else ""
    return LeafPage(
        url=links.leaf(handbook, number),
        notice=refs.library.notice,
        handbook=refs.handbook(handbook),
        place=refs.place(edition, number),
        pages=last,
        picture=refs.picture(
            edition,
            page,
            _leaf_url(refs, handbook, number - 1, chosen) if number > 1 else "",
            _leaf_url(refs, handbook, number + 1, chosen) if number < last else "",
            boxes.of_records(records, number, chosen),
        ),
        text=page.text,
        is_ocr=page.is_ocr,
        confidence=page.confidence,
        needs_ocr=page.needs_ocr,
        records=refs.named(records),
        chosen=chosen,
    )


def _on(refs: Refs, handbook: str, number: int) -> tuple[Record, ...]:
    """The records that stand on a page or are named on it, in printed order."""
    return tuple(r for r in refs.records(handbook) if _stands_on(r, number))


def _stands_on(record: Record, number: int) -> bool:
    return record.page_start <= number <= record.page_end or number in record.mentions


def _leaf_url(refs: Refs, handbook: str, number: int, chosen: str) -> str:
    """The address of a page; the chosen record stays chosen where it stands on that page, too."""
    is_there = chosen in {record.id for record in _on(refs, handbook, number)}
    return links.leaf(handbook, number, chosen if is_there else "")


def _chapters(refs: Refs, handbook: str) -> tuple[Chapter, ...]:
    """What stands outside any annex first, then annex by annex."""
    annexes = refs.records(handbook, Kind.ANNEX)
    known = {annex.id for annex in annexes}

    def inside(kind: Kind, annex: str) -> tuple[RecordRef, ...]:
        records = refs.records(handbook, kind)
        return refs.named(r for r in records if (r.annex if r.annex in known else "") == annex)

    chapters = [Chapter(None, inside(Kind.PRACTICE, ""), inside(Kind.TOOL, ""))]
    chapters += [
        Chapter(refs.record(a), inside(Kind.PRACTICE, a.id), inside(Kind.TOOL, a.id)) for a in annexes
    ]
    return tuple(c for c in chapters if c.annex or c.practices or c.tools)


def _left(refs: Refs, edition: Edition) -> tuple[LeftGroup, ...]:
    reasons: dict[str, list[Left]] = {}
    for left in edition.unassigned:
        place = refs.place(edition, left.page)
        reasons.setdefault(left.reason, []).append(Left(place, shortened(left.text, LEFT_TEXT)))
    return tuple(LeftGroup(reason, tuple(items)) for reason, items in reasons.items())
