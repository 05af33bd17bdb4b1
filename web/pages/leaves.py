"""The pages of a handbook: all of them at a glance, those that have some words, and each by itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, ClassVar

from fastapi import APIRouter, Query, Request
from fastapi import Path as InPath
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from kb import Box, Edition, InputError, NotFoundError, Record, Settings
from kb.search import PageFound, find
from web.frame import (
    FAILURES,
    AnyPage,
    HandbookIdInPath,
    HandbookRef,
    Picture,
    PlaceShown,
    PrintedLine,
    RecordRef,
    Refs,
    Responses,
    Shown,
    boxes,
    headers,
    is_held,
    links,
    params,
    pictures,
    refs_of,
    respond,
    serve,
)
from web.frame import page_words as textlayer

PER_VIEW = 48
"""Small pictures at once."""
SNIPPETS = 3
AROUND = 90  # characters of a page's text on either side of what was found

router = APIRouter(responses=FAILURES)


@dataclass(frozen=True, slots=True)
class Snippet(Shown):
    """Words of a page around what was found."""

    text: str
    marks: tuple[tuple[int, int], ...]
    """Ranges of `text` to highlight: first character, one past the last."""


@dataclass(frozen=True, slots=True)
class Leaf(Shown):
    """One of a handbook's pages."""

    place: PlaceShown
    """Its address marks what was looked for."""
    thumb: str
    """A small picture, PNG."""
    width: int
    height: int
    """In pixels, of `thumb`."""
    found: int
    """How often it has what was looked for; 0 where nothing was."""
    snippets: tuple[Snippet, ...]
    """The first of these, with the words around."""


@dataclass(frozen=True, slots=True)
class LeavesPage(AnyPage):
    """The pages of a handbook, or those of them that have some words."""

    template: ClassVar[str] = "leaves.html"
    paths: ClassVar[Mapping[str, str]] = {"/handbooks/{handbook}/pages": "The pages of a handbook"}

    handbook: HandbookRef
    asked: str
    """The words looked for; empty where all pages are shown."""
    has_all: bool
    """Whether the pages have every word; false where none does, and these have the most of them."""
    total: int
    """Pages of the handbook, or those found."""
    leaves: tuple[Leaf, ...]
    first: int
    """Position of the first of `leaves` among them, from 1."""
    previous: str
    next: str
    """Addresses of the ones before and after; empty where there are none."""


@dataclass(frozen=True, slots=True)
class LeafPage(AnyPage):
    """One page of a handbook: its picture, its text, and the records on it."""

    template: ClassVar[str] = "leaf.html"
    paths: ClassVar[Mapping[str, str]] = {
        "/handbooks/{handbook}/pages/{number:number}": "One page of a handbook"
    }

    handbook: HandbookRef
    place: PlaceShown
    pages: int
    """Pages of the handbook."""
    picture: Picture
    text: str
    """As it was read, line by line."""
    lines: tuple[PrintedLine, ...]
    """The same words where they are printed; none where they could not be placed."""
    asked: str
    """The words looked for in the handbook; empty where none are."""
    found: tuple[Box, ...]
    """Where they stand on the page: x0, y0, x1, y1 in points from the top left of the page as shown."""
    found_before: str
    """Address of the page before that has them; empty where there is none."""
    found_after: str
    """Address of the next page that has them; empty where there is none."""
    is_ocr: bool
    """Whether the text was read by OCR."""
    confidence: float | None
    """How sure OCR was of its words, 0 to 1."""
    needs_ocr: bool
    """Whether the page is a picture without text that was not read."""
    records: tuple[RecordRef, ...]
    """What stands on it or is named on it; their boxes are the picture's outlines."""
    chosen: str
    """Id of the record asked for by `?record=`, which is lit; empty while none is."""


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


def leaves_page(refs: Refs, handbook: str, asked: str = "", start: int = 1) -> LeavesPage:
    """The pages of a handbook's current edition that have these words, all of them where none are given.

    Raises:
        NotFoundError: there is no such handbook.
        InputError: the text has no word to look for, or is too long.
    """
    edition = refs.edition(handbook)
    found, has_all = (
        find(edition.pages, asked, edition.language)
        if asked
        else (tuple(PageFound(page, page.text, ()) for page in edition.pages), True)
    )
    first = min(max(start, 1), max(len(found), 1))
    after = first + PER_VIEW
    return LeavesPage(
        url=links.leaves(handbook, asked, first),
        notice=refs.library.notices,
        handbook=refs.handbook(handbook),
        asked=asked,
        has_all=has_all,
        total=len(found),
        leaves=tuple(_leaf(refs, edition, one, asked) for one in found[first - 1 : after - 1]),
        first=first,
        previous=links.leaves(handbook, asked, max(first - PER_VIEW, 1)) if first > 1 else "",
        next=links.leaves(handbook, asked, after) if after <= len(found) else "",
    )


def leaf_page(
    refs: Refs, handbook: str, number: int, cache: Path, lit: str = "", asked: str = ""
) -> LeafPage:
    """One page of a handbook's current edition, by its PDF number.

    `lit` is the id of the record to light, `asked` are the words that are looked for in the handbook, `cache` is
    where the pages' words are kept.

    Raises:
        NotFoundError: there is no such handbook or page.
        InputError: the words to look for are none, or too many.
    """
    edition = edition_with_page(refs, handbook, number)
    page, last = edition.pages[number - 1], len(edition.pages)
    records = standing_on(refs, handbook, number)
    chosen = lit if lit in {record.id for record in records} else ""
    words = textlayer.words(cache, refs.library.store.pdf_path(edition.sha256), edition, number)
    having = [one.page.number for one in find(edition.pages, asked, edition.language)[0]] if asked else []
    before = max((n for n in having if n < number), default=0)
    after = min((n for n in having if n > number), default=0)
    return LeafPage(
        url=links.leaf(handbook, number),
        notice=refs.library.notices,
        handbook=refs.handbook(handbook),
        place=refs.place(edition, number),
        pages=last,
        picture=refs.picture(
            edition,
            page,
            _leaf_url(refs, handbook, number - 1, chosen, asked) if number > 1 else "",
            _leaf_url(refs, handbook, number + 1, chosen, asked) if number < last else "",
            boxes.of_records(records, number, chosen),
        ),
        text=page.text.replace("\u00ad\n", "-\n"),
        lines=textlayer.lines(words),
        asked=asked,
        found=textlayer.matching(words, asked, edition.language) if number in having else (),
        found_before=links.leaf(handbook, before, find=asked) if before else "",
        found_after=links.leaf(handbook, after, find=asked) if after else "",
        is_ocr=page.is_ocr,
        confidence=page.confidence,
        needs_ocr=page.needs_ocr,
        records=refs.named(records),
        chosen=chosen,
    )


def _leaf(refs: Refs, edition: Edition, found: PageFound, asked: str) -> Leaf:
    page = found.page
    width = pictures.THUMB_WIDTH
    return Leaf(
        place=refs.place(edition, page.number, find=asked),
        thumb=links.picture(edition.handbook, page.number, width, edition.sha256),
        width=width,
        height=round(width * page.height / page.width) if page.width else width,
        found=len(found.marks),
        snippets=_snippets(found),
    )


def _snippets(found: PageFound) -> tuple[Snippet, ...]:
    """Pieces of the page's text around its first marks; marks close together share one."""
    text = found.text
    taken: list[tuple[int, int]] = []
    for start, _ in found.marks:
        if len(taken) == SNIPPETS or (taken and start < taken[-1][1]):
            continue
        left = text.rfind(" ", 0, max(start - AROUND, 0)) + 1 if start > AROUND else 0
        right = text.find(" ", start + AROUND)
        taken.append((left, right if right > 0 else len(text)))
    return tuple(
        Snippet(
            text[left:right].replace("\n", " "),
            tuple((a - left, b - left) for a, b in found.marks if left <= a and b <= right),
        )
        for left, right in taken
    )


def standing_on(refs: Refs, handbook: str, number: int) -> tuple[Record, ...]:
    """The records that stand on a page or are named on it, in printed order."""
    return tuple(r for r in refs.records(handbook) if _stands_on(r, number))


def _stands_on(record: Record, number: int) -> bool:
    return record.page_start <= number <= record.page_end or number in record.mentions


def _leaf_url(refs: Refs, handbook: str, number: int, chosen: str, asked: str) -> str:
    """The address of a page; the chosen record stays chosen where it stands on that page, too."""
    is_there = chosen in {record.id for record in standing_on(refs, handbook, number)}
    return links.leaf(handbook, number, chosen if is_there else "", asked)


WIDTHS = ", ".join(map(str, pictures.WIDTHS))
Number = Annotated[int, InPath(description="PDF page, from 1.")]
PICTURE: Responses = {
    200: {"content": {"image/png": {}}, "description": "The picture."},
    304: {"description": "The picture you have is the picture."},
}


@serve(router, LeavesPage, lambda given: leaves_page(given.refs, given.record.handbook))
def get_leaves(
    request: Request,
    handbook: HandbookIdInPath,
    find: Annotated[
        str, Query(description="Words to look for, or a phrase in quotes.", json_schema_extra=params.WORDED)
    ] = "",
    start: Annotated[int, Query(ge=1, description="Which of these pages to begin with, from 1.")] = 1,
    page: Annotated[str, Query(include_in_schema=False)] = "",  # of the form that leads to a page
) -> Response:
    """Small pictures of all pages, or of those that have some words, with the words around them."""
    if page:
        return RedirectResponse(links.like(request.url.path, links.leaf(handbook, _page_number(page))), 303)
    return respond(request, leaves_page(refs_of(request), handbook, find.strip(), start))


def _page_number(typed: str) -> int:
    if not (typed.isascii() and typed.isdigit() and len(typed) < 6):
        raise InputError(f"page={typed[:20]}: not a page number; give the PDF page, from 1")
    return int(typed)


@router.get(
    "/handbooks/{handbook}/pages/{number:number}.png",
    response_class=Response,
    responses=PICTURE,
    summary="The picture of a page",
)
async def get_picture(
    request: Request,
    handbook: HandbookIdInPath,
    number: Number,
    width: Annotated[int, Query(description=f"Pixels: {WIDTHS}.")] = pictures.READING_WIDTH,
    v: Annotated[str, Query(description="First digits of the PDF's SHA-256; makes the answer lasting.")] = "",
) -> Response:
    """A PNG of the page as it is printed."""
    edition = await run_in_threadpool(lambda: edition_with_page(refs_of(request), handbook, number, v))
    tag = pictures.etag(edition.sha256, number, pictures.check_width(width))
    is_lasting = bool(v) and edition.sha256.startswith(v)
    kept = {"ETag": tag, "Cache-Control": headers.FOR_GOOD if is_lasting else headers.ASK_AGAIN}
    if is_held(request, tag):
        return Response(status_code=304, headers=kept)
    pdf = request.app.state.library.store.pdf_path(edition.sha256)
    png = await pictures.picture(_cache(request), pdf, edition.sha256, number, width)
    return Response(png, media_type="image/png", headers=kept)


def _cache(request: Request) -> Path:
    """Where pictures and words of pages are kept."""
    settings: Settings = request.app.state.settings
    return settings.data / "cache" / "pages"


@serve(router, LeafPage, lambda given: leaf_page(given.refs, given.record.handbook, 1, given.cache))
def get_leaf(
    request: Request,
    handbook: HandbookIdInPath,
    number: Number,
    record: Annotated[str, Query(description="Id of the record to light on its picture.")] = "",
    find: Annotated[
        str, Query(description="Words to mark on its picture.", json_schema_extra=params.WORDED)
    ] = "",
) -> Response:
    """Its text and where each line of it stands, its picture, and the records on it. Pages count from 1."""
    cache = _cache(request)
    return respond(request, leaf_page(refs_of(request), handbook, number, cache, record, find.strip()))
