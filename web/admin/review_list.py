"""The review list: by handbook and page, each thing once with all that is doubtful about it."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import ClassVar

from kb import Edition, Record
from kb.care import Doubt, Item, Thing, review, things
from web.admin import correcting
from web.admin.correcting import LONGEST_TITLE
from web.admin.signin import Session
from web.frame import (
    AnyPage,
    EditShown,
    HandbookRef,
    Picture,
    PlaceShown,
    RecordRef,
    Refs,
    Saying,
    Shown,
    TallyShown,
    compared,
    links,
    shortened,
)

MOST_SHOWN = 100  # a handbook may leave thousands of lines in no record
MOST_AT_ONCE = 100
"""How many things are confirmed in one step: each is checked against what those before it make of the handbook."""
MOST_EDITS = 50


@dataclass(frozen=True, slots=True)
class ItemShown(Shown):
    """One thing to review."""

    id: str
    doubt: str
    """conflict, practice, flawed, missing, unread or unassigned."""
    title: str
    why: Saying
    todo: Saying
    place: PlaceShown | None
    """Null where it stands on no page."""
    url: str
    """Where to deal with it: a record's review page, or the page it stands on; empty where there is neither."""
    handbook: HandbookRef
    edit: int
    """Of a conflict: the number of the edit; 0 elsewhere."""
    mine: str
    base: str
    theirs: str
    """Of a conflict: what the edit says, what the handbook said then, and what it says now."""


@dataclass(frozen=True, slots=True)
class ThingShown(Shown):
    """One thing to review, with all that is doubtful about it."""

    anchor: str
    """Fragment of the list's address that leads to it."""
    ids: str
    """What confirming it confirms: ids, apart by commas."""
    title: str
    record: RecordRef | None
    """Null for an entry of the contents, a page or a text that is in no record."""
    places: tuple[PlaceShown, ...]
    reasons: tuple[ItemShown, ...]
    """The worst first."""
    picture: Picture | None
    """Its page, with what was read into the record there."""
    near: tuple[RecordRef, ...]
    """Records that it may be the same as."""
    following: str
    """The anchor of the next thing; empty on the last."""


@dataclass(frozen=True, slots=True)
class PageOfThings(Shown):
    """What is doubtful on one page of a handbook."""

    place: PlaceShown | None
    """Null for what stands on none."""
    things: tuple[ThingShown, ...]


@dataclass(frozen=True, slots=True)
class BookOfThings(Shown):
    """What is doubtful in a handbook."""

    handbook: HandbookRef
    total: int
    kinds: tuple[KindOfDoubt, ...]
    """Why it is: the most frequent first."""
    pages: tuple[PageOfThings, ...]


@dataclass(frozen=True, slots=True)
class KindOfDoubt(Shown):
    """A reason, with how many things of a handbook have it."""

    doubt: str
    says: Saying
    count: int
    url: str
    """Address of these alone, or of all where it is chosen."""
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class ReviewPage(AnyPage):
    """All that is doubtful, and what people decided."""

    template: ClassVar[str] = "review.html"
    paths: ClassVar[Mapping[str, str]] = {"/admin/review": ""}

    csrf: str
    """What each form has to send back."""
    who: str
    """Who is signed in."""
    total: int
    """How many things there are."""
    books: tuple[BookOfThings, ...]
    more: int
    """How many things are not shown here."""
    handbooks: tuple[TallyShown, ...]
    """The handbooks with something to review; their lists."""
    only: str
    """Id of the one handbook shown; empty for all."""
    why: str
    """The one reason shown, of that handbook; empty for all."""
    at_once: int
    """How many things one step confirms: all that are shown for one reason; 0 where none is chosen."""
    done: tuple[EditShown, ...]
    """What was just decided."""
    edits: tuple[EditShown, ...]
    """Newest first."""


def review_page(
    refs: Refs, reviewer: Session, csrf: str, only: str = "", why: str = "", done: str = ""
) -> ReviewPage:
    """The list, of one handbook or of all; `why` is one reason, `done` are numbers of edits that were just made.

    Raises:
        NotFoundError: there is no such handbook.
    """
    store = refs.library.store
    books = [(book.id, book.title) for book in store.handbooks()]
    found = {book: things(review.items(store, book)) for book in ([only] if only else dict(books))}
    kept = {book: _of(every, why if only else "") for book, every in found.items()}
    total = sum(map(len, kept.values()))
    shown = list(_books(refs, found, kept, why if only else ""))
    edits = store.edits(only or None)
    counts = {book: len(every) for book, every in found.items()}
    return ReviewPage(
        url=links.review(handbook=only, why=why if only else ""),
        notice=refs.library.notices,
        csrf=csrf,
        who=reviewer.name,
        total=total,
        books=tuple(shown),
        more=max(total - MOST_SHOWN, 0),
        handbooks=tuple(
            TallyShown(title, counts[book], links.review(handbook=book))
            for book, title in books
            if counts.get(book)
        ),
        only=only,
        why=why if only else "",
        at_once=min(total, MOST_AT_ONCE) if only and why else 0,
        done=correcting.done(refs, edits, done),
        edits=correcting.shown(refs, edits[: -MOST_EDITS - 1 : -1]),
    )


def to_confirm(refs: Refs, handbook: str, why: str) -> tuple[str, ...]:
    """The ids of the items that confirming all things of one reason confirms."""
    chosen = _of(things(review.items(refs.library.store, handbook)), why)[:MOST_AT_ONCE]
    return tuple(name for one in chosen for name in one.ids)


def _of(found: Sequence[Thing], why: str) -> tuple[Thing, ...]:
    return tuple(one for one in found if not why or why in {item.why.code for item in one.items})


def _books(
    refs: Refs, found: Mapping[str, Sequence[Thing]], kept: Mapping[str, Sequence[Thing]], why: str
) -> Iterable[BookOfThings]:
    left = MOST_SHOWN
    anchors = [_anchor(one) for some in kept.values() for one in some]
    after = dict(zip(anchors, [*anchors[1:], ""], strict=True)) if anchors else {}
    for book, some in kept.items():
        if not some:
            continue
        edition, records = refs.edition(book), {record.id: record for record in refs.records(book)}
        in_turn = groupby(some[:left], key=lambda one: next(iter(one.pages), None))
        left -= min(left, len(some))
        yield BookOfThings(
            handbook=refs.handbook(book),
            total=len(some),
            kinds=_kinds(book, found[book], why),
            pages=tuple(
                PageOfThings(
                    _place(refs, edition, page),
                    tuple(_thing(refs, edition, records, one, after) for one in same),
                )
                for page, same in in_turn
            ),
        )


def _kinds(book: str, found: Sequence[Thing], why: str) -> tuple[KindOfDoubt, ...]:
    counts = Counter(code for one in found for code in {item.why.code for item in one.items})
    said = {item.why.code: item for one in found for item in one.items}
    return tuple(
        KindOfDoubt(
            doubt=said[code].doubt.value,
            says=said[code].why,
            count=count,
            url=links.review(handbook=book, why="" if code == why else code),
            is_chosen=code == why,
        )
        for code, count in counts.most_common()
    )


def _thing(
    refs: Refs, edition: Edition, records: Mapping[str, Record], one: Thing, after: Mapping[str, str]
) -> ThingShown:
    first, anchor = one.first, _anchor(one)
    record = records.get(first.record)
    return ThingShown(
        anchor=anchor,
        ids=",".join(one.ids),
        title=shortened(_title(first), LONGEST_TITLE),
        record=refs.record(record) if record else None,
        places=tuple(place for page in one.pages if (place := _place(refs, edition, page)) is not None),
        reasons=tuple(item(refs, edition, reason) for reason in one.reasons),
        picture=_picture(refs, edition, record, one),
        near=refs.named(correcting.near(record, tuple(records.values()))) if record else (),
        following=after[anchor],
    )


def _picture(refs: Refs, edition: Edition, record: Record | None, one: Thing) -> Picture | None:
    if record is not None:
        return compared.start_of(refs, record)
    page = next(iter(one.pages), 0)
    return refs.picture(edition, edition.pages[page - 1]) if 1 <= page <= len(edition.pages) else None


def _anchor(one: Thing) -> str:
    return f"thing-{hashlib.sha256(one.ids[0].encode('utf-8', 'surrogatepass')).hexdigest()[:10]}"


def item(refs: Refs, edition: Edition, one: Item) -> ItemShown:
    """One reason why something is doubtful."""
    place = _place(refs, edition, one.page)
    is_there = bool(one.record) and one.page is not None  # a conflict may be about a record that is gone
    url = links.review(one.record) if is_there else place.url if place else ""
    return ItemShown(
        id=one.id,
        doubt=one.doubt.value,
        title=shortened(_title(one), LONGEST_TITLE),
        why=one.why,
        todo=one.todo,
        place=place,
        url=url,
        handbook=refs.handbook(one.handbook),
        edit=one.edit,
        mine=one.mine,
        base=one.base,
        theirs=one.theirs,
    )


def _title(one: Item) -> str:
    return f"PDF page {one.page}" if one.doubt is Doubt.UNREAD else one.title


def _place(refs: Refs, edition: Edition, page: int | None) -> PlaceShown | None:
    return refs.place(edition, page) if page is not None and page <= len(edition.pages) else None
