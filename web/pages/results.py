"""The result page: a need, its answers, and the ways to narrow them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from kb import Facet, Origin, Record
from kb.search import FacetCount, Hit, Offers, Results
from kb.words import FACETS, label
from web.frame import boxes, language, links
from web.frame.context import (
    Chip,
    EarlierHit,
    EarlierShown,
    Evidence,
    FacetGroup,
    FacetOption,
    HitShown,
    Rewording,
    SearchPage,
    Suggested,
    Suggestions,
    Tally,
)
from web.frame.params import LAST_PAGE, Asked
from web.frame.refs import Refs
from web.pages import browse, home

SHOWN_OPEN = ("kind", "handbook", "institution", "country", "theme")
CHIPS = ("theme", "format", "level")
MOST_CHIPS = 4
MOST_OPEN = 6  # values; longer facets are folded


def search_page(refs: Refs, asked: Asked) -> SearchPage:
    """Search, and show what was found.

    Raises:
        InputError: the text is too long, or only punctuation. An empty one gives the page without results.
    """
    if not asked.text:
        return _page(refs, asked, None)
    return _page(refs, asked, refs.library.search(asked.query()))


def suggestions(refs: Refs, text: str) -> Suggestions:
    """What begins like a text."""
    return Suggestions(tuple(Suggested(one.text, one.kind) for one in refs.library.suggest(text)))


def _page(refs: Refs, asked: Asked, results: Results | None) -> SearchPage:
    facets = _facets(refs, asked, results.facets if results else ())
    total = results.total if results else 0
    pages = min(-(-total // asked.limit), LAST_PAGE)
    hits = results.hits if results else ()
    background = results.background if results and asked.page == 1 else ()
    first = (asked.page - 1) * asked.limit + 1
    is_nothing = results is not None and results.no_match and asked.page == 1
    offers = refs.library.offers(asked.text) if is_nothing else Offers((), ())
    has_earlier = any(book.editions > 1 for book in refs.handbooks)
    meant = results.meant if results else ""
    return SearchPage(
        url=asked.url,
        notice=refs.library.notice,
        text=asked.text,
        total=total,
        hits=tuple(_hit(refs, asked, hit, rank) for rank, hit in enumerate(hits, first)),
        background=tuple(_hit(refs, asked, hit, rank) for rank, hit in enumerate(background, 1)),
        facets=facets,
        chosen=tuple(option for group in facets for option in group.options if option.is_chosen),
        unfiltered=asked.unfiltered().url,
        is_empty=results is None,
        nothing=results.notice.removeprefix(refs.library.notice).strip() if results and not hits else "",
        said=results.notice.removeprefix(refs.library.notice).strip() if results and hits else "",
        language=results.language if results else "",
        language_note=results.language_note if results else "",
        meant=meant,
        meant_url=replace(asked, text=meant, page=1).url if meant else "",
        is_weak=bool(results and results.is_weak),
        no_match=bool(results and results.no_match),
        page=asked.page,
        pages=pages,
        previous=asked.on_page(min(asked.page - 1, pages)).url if asked.page > 1 and pages else "",
        next=asked.on_page(asked.page + 1).url if asked.page < pages else "",
        map=links.atlas(asked.on_page(1).url) if hits else "",
        took_ms=round(results.took_ms, 1) if results else 0.0,
        examples=() if hits else home.examples(refs),
        nearby=_nearby(refs, offers.values),
        rewordings=tuple(
            Rewording(wording.text, Asked(wording.text).url, wording.total) for wording in offers.wordings
        ),
        earlier=_earlier(refs, asked) if results is not None and asked.with_earlier else None,
        other_editions=asked.other_editions().url if results is not None and has_earlier else "",
    )


def _earlier(refs: Refs, asked: Asked) -> EarlierShown:
    """What earlier editions say, below the first page of results; how much of it on every one."""
    found = refs.library.earlier(replace(asked, page=1).query())
    hits = found.hits if asked.page == 1 else ()
    served = {record.id for hit in hits for record in refs.records(hit.record.handbook)}
    return EarlierShown(tuple(_as_it_was(refs, hit, served) for hit in hits), found.total, found.unread)


def _as_it_was(refs: Refs, hit: Hit, served: Collection[str]) -> EarlierHit:
    record, said = hit.record, hit.evidence
    edition = refs.edition_of(record)
    field = boxes.holding(record, said.label, said.text, said.page)
    whole = links.as_of(record.kind, record.id, record.edition)
    return EarlierHit(
        record=refs.record(record),
        edition=record.edition,
        is_gone=record.id not in served,
        url=whole,
        evidence=Evidence(
            label=said.label,
            text=said.text,
            marks=said.marks,
            place=refs.place(edition, said.page, record.id),
            field=field,
            url=boxes.field_url(record, field, said.page, as_of=record.edition) if field else whole,
            regions=boxes.regions(edition, record, field, record.edition) if field else (),
        ),
    )


def _nearby(refs: Refs, values: Sequence[tuple[str, str]]) -> tuple[Tally, ...]:
    """Lists of practices by these values of facets, those that the library has."""
    held = {
        (facet, bundle.key): bundle
        for facet in dict.fromkeys(facet for facet, _ in values)
        for bundle in browse.LISTS[facet](refs)
        if bundle.key and bundle.records
    }
    return tuple(
        Tally(
            language.term(held[facet, value].label, facet),
            len(held[facet, value].records),
            links.browse(facet, value),
        )
        for facet, value in values
        if (facet, value) in held
    )


def _hit(refs: Refs, asked: Asked, hit: Hit, rank: int) -> HitShown:
    evidence, edition = hit.evidence, refs.edition_of(hit.record)
    field = boxes.holding(hit.record, evidence.label, evidence.text, evidence.page)
    own = links.record(hit.record.kind, hit.record.id)
    return HitShown(
        rank=rank,
        record=refs.record(hit.record),
        score=round(hit.score, 4),
        evidence=Evidence(
            label=evidence.label,
            text=evidence.text,
            marks=evidence.marks,
            place=refs.place(edition, evidence.page, hit.record.id),
            field=field,
            url=boxes.text_url(hit.record, field, evidence.page) if field else own,
            regions=boxes.regions(edition, hit.record, field) if field else (),
        ),
        chips=_chips(asked, hit.record),
        rank_words=hit.rank_words,
        rank_dense=hit.rank_dense,
        also=tuple(refs.record(one) for one in hit.also),
    )


def _chips(asked: Asked, record: Record) -> tuple[Chip, ...]:
    """Each facet's first values first, so that one with many leaves room for the others."""
    found: list[tuple[int, int, Facet]] = []
    for order, name in enumerate(CHIPS):
        values = [f for f in record.facets if f.name == name and f.value not in asked.chosen(name)]
        found += [(place, order, one) for place, one in enumerate(values)]
    first = sorted(found, key=lambda item: item[:2])[:MOST_CHIPS]
    return tuple(
        Chip(
            facet=one.name,
            label=label(one.name, one.value),
            url=asked.toggled(one.name, one.value).url,
            is_inferred=one.origin is Origin.INFERRED,
        )
        for *_, one in first
    )


def _facets(refs: Refs, asked: Asked, counts: tuple[FacetCount, ...]) -> tuple[FacetGroup, ...]:
    """The facets in their fixed order; a chosen value stays where nothing has it, so it can be undone."""
    groups = []
    for name in FACETS:
        chosen = asked.chosen(name)
        known = {count.value: count for count in counts if count.name == name}
        given = [(c.value, c.label, c.count) for c in known.values()]
        given += [(value, value, 0) for value in chosen if value not in known]
        options = [
            FacetOption(
                value=value,
                label=label,
                count=count,
                is_chosen=value in chosen,
                url=asked.toggled(name, value).url,
                language=refs.handbook(value).language if name == "handbook" and value in known else "",
            )
            for value, label, count in given
        ]
        if options:
            is_open = bool(chosen) or (name in SHOWN_OPEN and len(options) <= MOST_OPEN)
            groups.append(FacetGroup(name, tuple(options), is_open))
    return tuple(groups)
