"""The page of a handbook, with what was found in it and what was not, and of each of its pages."""

from __future__ import annotations

from kb.errors import NotFoundError
from kb.records import Edition, Kind, Record
from web import links
from web.context import Chapter, HandbookPage, LeafPage, Left, LeftGroup, RecordRef, SectionShown
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
        left=_left(refs, edition),
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


def leaf_page(refs: Refs, handbook: str, number: int) -> LeafPage:
    """One page of a handbook's current edition, by its PDF number.

    Raises:
        NotFoundError: there is no such handbook or page.
    """
    edition = edition_with_page(refs, handbook, number)
    page, last = edition.pages[number - 1], len(edition.pages)
    before = links.leaf(handbook, number - 1) if number > 1 else ""
    after = links.leaf(handbook, number + 1) if number < last else ""
    return LeafPage(
        url=links.leaf(handbook, number),
        notice=refs.library.notice,
        handbook=refs.handbook(handbook),
        place=refs.place(edition, number),
        pages=last,
        picture=refs.picture(edition, page, before, after),
        text=page.text,
        is_ocr=page.is_ocr,
        needs_ocr=page.needs_ocr,
        records=refs.named(r for r in refs.records(handbook) if _stands_on(r, number)),
    )


def _stands_on(record: Record, number: int) -> bool:
    return record.page_start <= number <= record.page_end or number in record.mentions


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
