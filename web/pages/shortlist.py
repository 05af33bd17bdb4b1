"""The shortlist: practices that somebody collected, in their order. Its address is all there is of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, ClassVar

from fastapi import APIRouter, Request
from fastapi import Query as InQuery
from starlette.responses import Response

from kb import InputError, NotFoundError, Record
from kb.search import Query
from web.export import exports
from web.frame import FAILURES, AnyPage, RecordRef, Refs, Shown, links, params, refs_of, respond, serve

MOST = 50
"""Records of one list: its address stays short enough to be sent."""
OFFERED = 8

IdsInQuery = Annotated[
    list[str],
    InQuery(
        alias="id",
        description="Ids of records; the parameter is repeated.",
        json_schema_extra={"maxItems": MOST},
    ),
]

router = APIRouter(responses=FAILURES)


@dataclass(frozen=True, slots=True)
class Shortlisted(Shown):
    """A record on the list."""

    record: RecordRef
    without: str
    """Address of the list without it."""
    higher: str
    """Address of the list with it one place higher; empty for the first."""
    lower: str
    """Address of the list with it one place lower; empty for the last."""


@dataclass(frozen=True, slots=True)
class Offer(Shown):
    """A record that may be put on the list."""

    record: RecordRef
    url: str
    """Address of the list with it; empty where it is on the list."""


@dataclass(frozen=True, slots=True)
class ShortlistPage(AnyPage):
    """The practices that somebody collected."""

    template: ClassVar[str] = "shortlist.html"
    paths: ClassVar[Mapping[str, str]] = {"/shortlist": "A shortlist"}

    ids: tuple[str, ...]
    """Of the records on the list, in its order."""
    records: tuple[Shortlisted, ...]
    missing: tuple[str, ...]
    """Ids that were asked for and that the library does not have."""
    text: str
    """What was searched for, to be put on the list."""
    offers: tuple[Offer, ...]
    """The best answers to it."""
    compare: str
    """Address that compares them all; empty unless they are two to four."""
    most: int
    """How many a list can hold."""


def shortlist_page(refs: Refs, asked: Iterable[str], text: str = "") -> ShortlistPage:
    """Records in the order of their ids, and the best answers to a text, to be added.

    Raises:
        InputError: more records than a list can hold, or a text that cannot be searched for.
    """
    records, missing = known(refs, asked)
    ids = tuple(record.id for record in records)
    return ShortlistPage(
        url=links.shortlist(ids),
        notice=refs.library.notices,
        ids=ids,
        records=tuple(_listed(refs, record, ids, text) for record in records),
        missing=missing,
        text=text,
        offers=_offers(refs, ids, text) if text else (),
        compare=links.compare(ids) if 2 <= len(ids) <= 4 else "",
        most=MOST,
    )


def chosen(refs: Refs, asked: Iterable[str]) -> exports.Chosen:
    """The records of a list, to be exported; those that the library does not have are left out."""
    records, _ = known(refs, asked)
    return exports.Chosen("shortlist", records, len(records))


def known(refs: Refs, asked: Iterable[str]) -> tuple[tuple[Record, ...], tuple[str, ...]]:
    """The records of ids, each once, and the ids of those there are not.

    Raises:
        InputError: more records than a list can hold.
    """
    given = tuple(asked)
    if len(given) > MOST:
        raise InputError(f"{len(given)} records: a shortlist holds at most {MOST}; make two of it")
    ids = dict.fromkeys(one.strip() for one in given if one.strip())
    found: dict[str, Record] = {}
    missing = []
    for one in ids:
        try:
            record = refs.library.record(one)
        except NotFoundError:
            missing.append(one)
        else:
            found.setdefault(record.id, record)
    return tuple(found.values()), tuple(missing)


def _listed(refs: Refs, record: Record, ids: tuple[str, ...], text: str) -> Shortlisted:
    at = ids.index(record.id)
    return Shortlisted(
        refs.record(record),
        without=links.shortlist((one for one in ids if one != record.id), text),
        higher=links.shortlist(_swapped(ids, at - 1), text) if at else "",
        lower=links.shortlist(_swapped(ids, at), text) if at + 1 < len(ids) else "",
    )


def _swapped(ids: tuple[str, ...], at: int) -> tuple[str, ...]:
    """The ids with those at a place and at the next in each other's place."""
    return (*ids[:at], ids[at + 1], ids[at], *ids[at + 2 :])


def _offers(refs: Refs, ids: tuple[str, ...], text: str) -> tuple[Offer, ...]:
    hits = refs.library.search(Query(text, limit=OFFERED)).hits
    is_full = len(ids) >= MOST
    return tuple(
        Offer(
            refs.record(hit.record),
            "" if hit.record.id in ids or is_full else links.shortlist((*ids, hit.record.id), text),
        )
        for hit in hits
    )


@serve(router, ShortlistPage, lambda given: shortlist_page(given.refs, given.ids))
def get_shortlist(
    request: Request,
    ids: IdsInQuery = [],  # noqa: B006
    q: Annotated[
        str, InQuery(description="What to look for, to put it on the list.", json_schema_extra=params.WORDED)
    ] = "",
) -> Response:
    """The records with these ids, in this order; the address is the list, and can be sent to others."""
    return respond(request, shortlist_page(refs_of(request, to_search=bool(q.strip())), ids, q.strip()))
