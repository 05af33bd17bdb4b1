"""How another site embeds the search: what to copy, with a preview."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar
from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter, Request
from markupsafe import escape
from starlette.responses import Response

from kb import Kind
from web.frame import (
    FAILURES,
    AnyPage,
    HandbookRef,
    Refs,
    SearchAsked,
    embedders,
    language,
    refs_of,
    respond,
    serve,
)
from web.pages import embed, home
from web.pages.embed import EmbedLook

PATH = "/embedding"
HEIGHT = 640  # pixels: the box and two answers
SCRIPT = "/static/practice-search.js"

router = APIRouter(responses=FAILURES)


@dataclass(frozen=True, slots=True)
class EmbeddingPage(AnyPage):
    """What the web team of another site copies, and how it will look."""

    template: ClassVar[str] = "embedding.html"
    paths: ClassVar[Mapping[str, str]] = {PATH: ""}

    sites: tuple[str, ...]
    """The origins that may embed; "*" for every one, none where nobody may."""
    handbooks: tuple[HandbookRef, ...]
    chosen: str
    """Id of the handbook that is searched alone; empty for all."""
    theme: str
    light: str
    dark: str
    is_new: bool
    refused: tuple[str, ...]
    """Colours that were given and cannot be read on their ground."""
    preview: str
    """Address of the search without script, as an example of an answer."""
    need: str
    """What the preview asks; empty of an empty library."""
    frame_code: str
    element_code: str
    """What is put into the other site's page."""


def embedding_page(
    refs: Refs, sites: tuple[str, ...], look: EmbedLook, given: Mapping[str, str], origin: str
) -> EmbeddingPage:
    """The code for a look and a handbook; `origin` is this site's public address."""
    books = tuple(refs.handbook(book.id) for book in refs.handbooks)
    chosen = next((book.id for book in books if book.id == given.get("handbook")), "")
    asked = SearchAsked(filters={"handbook": (chosen,)} if chosen else {}, limit=embed.PER_PAGE)
    frame = embed.address(asked, look)
    need = next((one.text for one in home.examples(refs, most=1)), "")
    need = need or next((record.title for record in refs.everything(Kind.PRACTICE)[:1]), "")
    spoken = language.spoken().language
    pairs = [*((("handbook", chosen),) if chosen else ()), *look.pairs]
    return EmbeddingPage(
        url=f"{PATH}?{urlencode(pairs)}" if pairs else PATH,
        notice=refs.library.notices,
        sites=sites,
        handbooks=books,
        chosen=chosen,
        theme=look.theme,
        light=look.light,
        dark=look.dark,
        is_new=look.is_new,
        refused=tuple(
            given[name]
            for name, kept in (("light", look.light), ("dark", look.dark))
            if given.get(name) and not kept
        ),
        preview=embed.address(replace(asked, text=need), look),
        need=need,
        frame_code=_tag(
            "iframe",
            src=f"{origin}/{spoken}{frame}",
            title=language.gettext("Search by need"),
            width="100%",
            height=str(HEIGHT),
            loading="lazy",
            style="border: 0",
        ),
        element_code="\n".join(
            (_tag("script", src=f"{origin}{SCRIPT}", defer=""), _element(chosen, look, spoken))
        ),
    )


def _element(handbook: str, look: EmbedLook, spoken: str) -> str:
    colours = (("--practice-accent", look.light), ("--practice-accent-dark", look.dark))
    return _tag(
        "practice-search",
        language=spoken,
        handbook=handbook or None,
        theme=look.theme if look.theme != "auto" else None,
        open="new" if look.is_new else None,
        style="; ".join(f"{name}: {colour}" for name, colour in colours if colour) or None,
    )


def _tag(name: str, **attributes: str | None) -> str:
    """An element without content; an attribute that is None is left out, one that is "" has no value."""
    given = "".join(
        f" {key}" if value == "" else f' {key}="{escape(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{given}></{name}>"


@serve(router, EmbeddingPage)
def get_embedding(request: Request) -> Response:
    """What to copy into another site's page, and how it will look there."""
    given = dict(parse_qsl(request.url.query))
    origin = str(request.base_url).rstrip("/")
    sites, look = embedders.embedders(request), embed.look_of(request.url.query)
    return respond(request, embedding_page(refs_of(request), sites, look, given, origin))
