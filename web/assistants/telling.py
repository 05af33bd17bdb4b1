"""The pages of the site, told to an assistant: what it may need of each, with whole addresses."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kb import Edition, InputError, Said
from kb.search import Notice
from web.assistants import arguments, told
from web.assistants.arguments import (
    CompareArguments,
    HandbooksArguments,
    PictureArguments,
    SearchArguments,
    ShowArguments,
    SimilarArguments,
)
from web.assistants.doorway import Counting
from web.frame import HandbookRef, PlaceShown, RecordRef, Refs, SearchAsked, language, sayings
from web.pages import compare as comparing
from web.pages import facts, hits, home, leaves, neighbours, once, originals, record_page, results

MOST_TEXT = 24_000
"""Characters of fields in one answer; what is beyond comes by the field's number, up to as many again."""
MOST_VALUES = 5
"""Of each filter that could narrow the answers."""
MOST_LISTED = 20
"""Records that are named beside one; its page has them all."""
NARROWING = ("kind", "handbook", "institution", "country", "theme", "format", "level", "target_group", "year")
ABSENT = "absent"


class Answers:
    """What one call is answered from: a library as it is at one moment.

    `origin` comes before addresses ("https://kb.example.org"; "" where the public address is not known), `framed`
    is how to take what is quoted.
    """

    def __init__(self, refs: Refs, origin: str, framed: str, note: Counting) -> None:
        self._refs, self._origin, self._framed, self._note = refs, origin, framed, note

    @property
    def _notice(self) -> str:
        return _said(one for one in self._refs.library.notices if one.code is not Notice.INDEX_REBUILT)

    def search(self, given: SearchArguments) -> told.FoundTold:
        """Answers to a need.

        Raises:
            InputError: the need is empty or too long, a filter or a value of it is not known, or so many pages there
                are not; the message says what there is.
        """
        if not given.need:
            raise InputError("need: nothing is asked; say in a sentence what is needed")
        arguments.filter_names(given.filters)
        wanted = SearchAsked(
            text=given.need,
            kinds=tuple(dict.fromkeys(given.kinds)),
            filters={name: self._meant(name, values) for name, values in given.filters.items() if values},
            page=given.page,
            limit=given.page_size,
            sort=given.sort,
        )
        page = results.search_page(self._refs, wanted)
        if given.page > max(page.pages, 1):
            raise InputError(
                f"page={given.page}: there are {page.pages} pages of answers; ask for one of these"
            )
        self._note(wanted, results.outcome_of(page))
        background = (*((page.chapter,) if page.chapter else ()), *page.background)
        return told.FoundTold(
            note=self._framed,
            notice=self._notice,
            need=given.need,
            total=page.total,
            page=page.page,
            pages=page.pages,
            hits=tuple(map(self._hit, page.hits)),
            background=tuple(map(self._hit, background)),
            no_match=page.no_match,
            is_weak=page.is_weak,
            remarks=_said(page.said or page.nothing),
            narrow=tuple(
                told.NarrowTold(
                    "kinds" if group.name == "kind" else group.name,
                    tuple(told.CountTold(one.value, one.count) for one in group.options[:MOST_VALUES]),
                )
                for group in page.facets
                if group.name in NARROWING and len(group.options) > 1
            ),
            address=self._whole(page.url),
        )

    def show(self, given: ShowArguments) -> told.WholeTold:
        """One record, whole.

        Raises:
            NotFoundError: there is no such record, edition or field.
        """
        record, as_of = record_page.found(self._refs, _id(given.record), given.edition)
        page = record_page.record_page(self._refs, record, as_of=as_of)
        if given.field > len(page.fields):
            raise InputError(f"field={given.field}: {record.id} has {len(page.fields)}; give one of these")
        chosen = page.fields[given.field - 1 : given.field] if given.field else page.fields
        values = tuple(self._value(fact) for fact in page.facts)
        return told.WholeTold(
            note=self._framed,
            notice=self._notice,
            record=self._record(page.record, page.edition),
            asked=_id(given.record),
            is_current=page.is_current,
            editions=tuple(one.edition for one in page.history),
            page_end=page.page_end,
            path=page.path,
            values=(*values, *map(_absent, page.absent)),
            fields=self._fields(chosen, page.record.handbook, page.edition),
            imprint=tuple(map(self._value, page.imprint)),
            original=self._whole(page.original),
            tools=self._records(page.tools),
            practices=self._records(page.practices),
            corrected=page.corrected,
        )

    def similar(self, given: SimilarArguments) -> told.NearestTold:
        """What resembles a record; NotFoundError where there is no such record."""
        record, _ = record_page.found(self._refs, _id(given.record))
        near = neighbours.neighbours(self._refs, record)
        return told.NearestTold(
            note=self._framed,
            notice=self._notice,
            record=self._record(self._refs.record(record), record.edition),
            similar=tuple(
                told.NearTold(
                    record=self._record(one.record),
                    reasons=tuple(_said((reason,)) for reason in one.reasons),
                    own_quote=one.nearest.own.text if one.nearest else "",
                    near_quote=one.nearest.near.text if one.nearest else "",
                    near_address=self._whole(one.nearest.near.url) if one.nearest else "",
                )
                for one in near
            ),
        )

    def compare(self, given: CompareArguments) -> told.SidesTold:
        """Records side by side.

        Raises:
            InputError: fewer than two different ones, or more than fit.
            NotFoundError: one of them is not in the library.
        """
        ids = tuple(dict.fromkeys(map(_id, given.records)))
        if len(ids) < 2:
            raise InputError("records: give the ids of two to four different records")
        page = comparing.compare_page(
            self._refs, ids, comparing.DIFFERENCES if given.only_differences else ""
        )
        refs = [one.record for one in page.records]
        return told.SidesTold(
            note=self._framed,
            notice=self._notice,
            records=tuple(self._record(one, self._edition(one)) for one in refs),
            rows=tuple(self._row(row, refs) for row in page.rows),
            same=page.same,
            address=self._whole(page.url),
        )

    def handbooks(self, _given: HandbooksArguments) -> told.BooksTold:
        """Every handbook."""
        return told.BooksTold(
            note=self._framed,
            notice=self._notice,
            handbooks=tuple(self._book(one) for one in home.shelf(self._refs)),
        )

    def page(self, given: PictureArguments) -> tuple[told.PageTold, Edition]:
        """What is known of a page, and the edition whose PDF it is pictured from.

        Raises:
            NotFoundError: there is no such handbook or page.
        """
        edition = leaves.edition_with_page(self._refs, _id(given.handbook), given.page)
        on_it = leaves.standing_on(self._refs, edition.handbook, given.page)
        place, handbook = self._refs.place(edition, given.page), self._refs.handbook(edition.handbook)
        shown = told.PageTold(
            note=self._framed,
            notice=self._notice,
            at=self._spot(handbook, place, edition.number),
            pages=len(edition.pages),
            text=edition.pages[given.page - 1].text[:MOST_TEXT],
            records=self._records(self._refs.named(on_it)),
        )
        return shown, edition

    def _meant(self, name: str, values: Iterable[str]) -> tuple[str, ...]:
        """The values of a filter that texts mean, in any language and case."""
        return tuple(dict.fromkeys(one for text in values for one in self._refs.library.meant(name, text)[1]))

    def _whole(self, url: str) -> str:
        return f"{self._origin}{url}" if url else ""

    def _spot(self, handbook: HandbookRef, place: PlaceShown, edition: int = 0) -> told.Cited:
        return told.Cited(
            handbook=handbook.id,
            handbook_title=handbook.title,
            edition=edition or handbook.edition,
            page=place.page,
            printed=place.label,
            address=self._whole(place.url),
            is_ocr=place.is_ocr,
        )

    def _record(self, record: RecordRef, edition: int = 0) -> told.RecordTold:
        return told.RecordTold(
            id=record.id,
            kind=record.kind,
            title=record.title,
            address=self._whole(record.url),
            at=self._spot(record.handbook, record.place, edition),
            language=record.language,
            is_doubtful=record.is_doubtful,
        )

    def _records(self, records: Sequence[RecordRef]) -> tuple[told.RecordTold, ...]:
        return tuple(self._record(one) for one in records[:MOST_LISTED])

    def _edition(self, record: RecordRef) -> int:
        """The edition that a record is of; an earlier one where the current one has it no more."""
        return self._refs.library.record(record.id).edition

    def _hit(self, hit: hits.HitShown) -> told.HitTold:
        record = self._refs.library.record(hit.record.id)
        known = facts.facts_of(self._refs, record, once.Once.of(record), 0)
        names = once.KEY_FACTS[record.kind]
        values = [self._value(one) for one in known if one.name in names]
        stated = {one.name for one in values}
        return told.HitTold(
            rank=hit.rank,
            record=self._record(hit.record),
            label=hit.evidence.label,
            quote=hit.evidence.text,
            form=hit.evidence.form,
            quote_at=self._spot(hit.record.handbook, hit.evidence.place),
            quote_address=self._whole(hit.evidence.url),
            values=(*values, *(_absent(name) for name in names if name not in stated)),
        )

    def _value(self, fact: facts.Fact) -> told.ValueTold:
        return told.ValueTold(
            name=fact.name,
            value=fact.value,
            status=fact.origin.value,
            page=fact.place.page if fact.place else None,
            address=self._whole(fact.source),
            mapped_from=fact.mapped_from,
        )

    def _fields(
        self,
        fields: Iterable[record_page.FieldShown],
        handbook: HandbookRef,
        edition: int,
        most: int = MOST_TEXT,
    ) -> tuple[told.FieldTold, ...]:
        """Fields as long as there is room for their text; the others without any, to be asked for one by one."""
        made = []
        for one in fields:
            text = one.text[:most]
            most -= len(text)
            made.append(
                told.FieldTold(
                    number=one.number,
                    name=one.name,
                    label=one.label,
                    text=text,
                    is_cut=len(text) < len(one.text),
                    status=one.origin.value,
                    at=self._spot(handbook, one.place, edition),
                    address=self._whole(one.url),
                    notes=one.notes,
                )
            )
        return tuple(made)

    def _row(self, row: comparing.CompareRow, records: Sequence[RecordRef]) -> told.RowTold:
        room = MOST_TEXT // (4 * len(records))
        return told.RowTold(
            name=row.facet or row.name,
            label=row.label,
            is_same=row.is_same,
            sides=tuple(
                told.SideTold(
                    record=record.id,
                    values=tuple(map(self._value, cell.facts)),
                    texts=self._fields(
                        (one.field for one in cell.fields), record.handbook, self._edition(record), room
                    ),
                    is_absent=not (cell.facts or cell.fields),
                )
                for record, cell in zip(records, row.cells, strict=True)
            ),
        )

    def _book(self, shown: home.HandbookShown) -> told.BookTold:
        edition = self._refs.edition(shown.handbook.id)
        stated = self._refs.facts(edition)
        return told.BookTold(
            id=shown.handbook.id,
            title=shown.handbook.title,
            address=self._whole(shown.handbook.url),
            language=shown.handbook.language,
            edition=shown.handbook.edition,
            pages=shown.pages,
            counts=shown.counts,
            imprint=tuple(map(self._value, facts.imprint_of(self._refs, edition, stated))),
            original=self._whole(originals.original(self._refs, edition, stated)),
        )


def _said(facts: Iterable[Said]) -> str:
    """What kb says, in the language of the answer."""
    return sayings.plain(facts, language.spoken().language)


def _absent(name: str) -> told.ValueTold:
    return told.ValueTold(name, "", ABSENT, None, "", "")


def _id(given: str) -> str:
    """An id; of an address, which people paste, its last part."""
    path = given.partition("?")[0].partition("#")[0]
    return path.rstrip("/").rpartition("/")[2].removesuffix(".json")
