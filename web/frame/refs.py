"""Names handbooks, records and pages for one answer, reading each handbook once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from kb import Edition, Facet, Handbook, Kind, Origin, Page, Record
from kb.care import LEAST_CONFIDENCE
from kb.search import Snapshot
from kb.words import leading
from web.frame import links
from web.frame import prose as text
from web.frame.named import HandbookRef, Outline, Picture, PlaceShown, RecordRef
from web.frame.pictures import READING_WIDTH, THUMB_WIDTH, WIDTHS


class Refs:
    """A library as it is at one moment, and as it is named on the pages; lives for one request."""

    def __init__(self, library: Snapshot) -> None:
        self.library = library
        self._handbooks = {handbook.id: handbook for handbook in library.handbooks}
        self._earlier: dict[tuple[str, int], Edition] = {}
        self._records: dict[str, tuple[Record, ...]] = {}

    @property
    def handbooks(self) -> tuple[Handbook, ...]:
        """Every handbook, in the library's order."""
        return tuple(self._handbooks.values())

    def edition(self, handbook: str) -> Edition:
        """The current edition of a handbook; NotFoundError if there is no such handbook."""
        return self.library.edition(handbook)

    def is_current(self, record: Record) -> bool:
        """Whether the served edition of its handbook still has a record."""
        return record.edition == self.edition(record.handbook).number

    def records(self, handbook: str, *kinds: Kind) -> tuple[Record, ...]:
        """The records of a handbook in printed order, of these kinds (all if none is named)."""
        if handbook not in self._records:
            found = self.library.records(handbook)
            self._records[handbook] = tuple(sorted(found, key=lambda r: (r.position, r.id)))
        return tuple(r for r in self._records[handbook] if not kinds or r.kind in kinds)

    def everything(self, *kinds: Kind) -> Sequence[Record]:
        """The records of all handbooks, of these kinds (all if none is named), each read when it is asked for."""
        return self.library.everything(*kinds)

    def edition_of(self, record: Record) -> Edition:
        """The edition a record stands in, which may be an earlier one."""
        return self.numbered(record.handbook, record.edition)

    def numbered(self, handbook: str, number: int) -> Edition:
        """An edition of a served handbook by its number; NotFoundError if there is none."""
        served = self.edition(handbook)
        if served.number == number:
            return served
        if (handbook, number) not in self._earlier:
            self._earlier[handbook, number] = self.library.store.edition(handbook, number)
        return self._earlier[handbook, number]

    def place(self, edition: Edition, number: int, lit: str = "", find: str = "") -> PlaceShown:
        """Name a page, with a record lit on it or words found on it.

        One of an edition no longer served leads to its picture.
        """
        page = edition.pages[number - 1] if number <= len(edition.pages) else None
        if edition.number == self.edition(edition.handbook).number:
            url = links.leaf(edition.handbook, number, lit, find)
        else:
            url = self.picture_url(edition, number, max(WIDTHS))
        return PlaceShown(
            page=number,
            label=page.label if page else "",
            url=url,
            is_ocr=bool(page and page.is_ocr),
            confidence=page.confidence if page else None,
        )

    def handbook(self, handbook: str) -> HandbookRef:
        """Name a handbook."""
        known = self._handbooks.get(handbook)
        if known is None:
            edition = self.edition(handbook)
            title, language, number = edition.title, edition.language, edition.number
        else:
            title, language, number = known.title, known.language, known.edition
        return HandbookRef(handbook, title, links.handbook(handbook), language, number)

    def facts(self, edition: Edition, stated: Handbook | None = None) -> tuple[Facet, ...]:
        """Whose an edition is, by its imprint and by what is stated of the handbook, `stated`, if that is newer."""
        known = stated or self._handbooks.get(edition.handbook)
        return replace(known, imprint=edition.imprint).facts if known else edition.imprint

    def record(self, record: Record) -> RecordRef:
        """Name a record."""
        countries = record.values("country")
        institution = leading(record)
        shown = {"institution": institution, "country": countries[0] if countries else ""}
        inferred = {(facet.name, facet.value) for facet in record.facets if facet.origin is Origin.INFERRED}
        return RecordRef(
            id=record.id,
            kind=record.kind,
            title=record.title,
            url=links.record(record.kind, record.id),
            handbook=self.handbook(record.handbook),
            place=self.place(self.edition_of(record), record.page_start, record.id),
            institution=shown["institution"],
            country=shown["country"],
            summary=text.summary(record),
            language=record.language,
            annex_label=record.annex_label,
            inferred=tuple(name for name, value in shown.items() if (name, value) in inferred),
            confidence=record.confidence,
            is_doubtful=record.confidence < LEAST_CONFIDENCE,
        )

    def named(self, records: Iterable[Record]) -> tuple[RecordRef, ...]:
        """Name several records, in their order."""
        return tuple(self.record(record) for record in records)

    def picture_url(self, edition: Edition, number: int, width: int) -> str:
        """The address of the picture of a page, by PDF number."""
        return links.picture(edition.handbook, number, width, edition.sha256)

    def picture(
        self,
        edition: Edition,
        page: Page,
        previous: str = "",
        following: str = "",
        outlines: tuple[Outline, ...] = (),
    ) -> Picture:
        """The picture of a page, with what to draw on it, and the addresses of its neighbours."""

        def address(width: int) -> str:
            return self.picture_url(edition, page.number, width)

        return Picture(
            place=self.place(edition, page.number),
            src=address(READING_WIDTH),
            srcset=", ".join(f"{address(width)} {width}w" for width in WIDTHS if width > THUMB_WIDTH),
            full=address(max(WIDTHS)),
            width=READING_WIDTH,
            height=round(READING_WIDTH * page.height / page.width) if page.width else READING_WIDTH,
            page_width=page.width,
            page_height=page.height,
            outlines=outlines,
            previous=previous,
            next=following,
        )
