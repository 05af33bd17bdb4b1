"""The page of a handbook, with what was found in it and what was not."""

from __future__ import annotations

from kb import Edition, Kind
from web.frame import links
from web.frame.context import Chapter, HandbookPage, HiddenShown, Left, LeftGroup, RecordRef, SectionShown
from web.frame.prose import shortened
from web.frame.refs import Refs
from web.pages import account

LEFT_TEXT = 160


def handbook_page(refs: Refs, handbook: str) -> HandbookPage:
    """A handbook's current edition.

    Raises:
        NotFoundError: there is no such handbook.
    """
    edition = refs.edition(handbook)
    known = next((book for book in refs.handbooks if book.id == handbook), None)
    stated = refs.library.store.handbook(handbook)  # not the catalogue's: it may be stated at any time
    return HandbookPage(
        url=links.handbook(handbook),
        notice=refs.library.notice,
        handbook=refs.handbook(handbook),
        publisher=stated.publisher,
        licence=stated.licence,
        own_page=stated.url,
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
