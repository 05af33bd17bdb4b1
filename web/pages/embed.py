"""The search as a part of other sites' pages: a box and its answers, without script, in the colours of that site."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Literal, get_args
from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter, Request
from starlette.responses import Response

from kb import InputError
from web.frame import FAILURES, Refs, SearchAsked, Shown, embedders, looks, params, refs_of, respond
from web.pages import results
from web.pages.results import SearchPage

PATH = "/embed"
SHEET = "/embed/look.css"
PER_PAGE, MOST_PER_PAGE = 5, 20
Theme = Literal["auto", "light", "dark"]
THEMES: tuple[Theme, ...] = get_args(Theme)
_COLOUR = re.compile(r"[0-9a-f]{6}")

router = APIRouter(responses=FAILURES, include_in_schema=False)


@dataclass(frozen=True, slots=True)
class EmbedLook(Shown):
    """How the part looks and behaves on the page that it is in."""

    theme: Theme = "auto"
    light: str = ""
    dark: str = ""
    """The colour of links and buttons in each theme, as "#0b5468"; empty for the site's own."""
    is_new: bool = False
    """Whether answers open in a new tab; else in the place of the page that it is in."""

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Its parameters, without defaults."""
        given = (("light", self.light.removeprefix("#")), ("dark", self.dark.removeprefix("#")))
        pairs: list[tuple[str, str]] = [("look", self.theme)] if self.theme != "auto" else []
        pairs += [(name, value) for name, value in given if value]
        return pairs + ([("open", "new")] if self.is_new else [])

    @property
    def sheet(self) -> str:
        """The address of the style sheet of its colours; "" where it has none."""
        given = [pair for pair in self.pairs if pair[0] in ("light", "dark")]
        return f"{SHEET}?{urlencode(given)}" if given else ""

    @property
    def target(self) -> str:
        """Where answers open."""
        return "_blank" if self.is_new else "_top"


@dataclass(frozen=True, slots=True)
class EmbedPage(Shown):
    """The box, and the answers to what was asked in it."""

    template: ClassVar[str] = "embed.html"

    url: str
    look: EmbedLook
    search: SearchPage
    kept: tuple[tuple[str, str], ...]
    """What the form sends beside the need."""
    previous: str
    next: str
    """Addresses of the neighbouring pages of answers, in the same look; empty at the ends."""
    wrong: str
    """Why what was asked cannot be answered; else empty."""


def embed_page(refs: Refs, asked: SearchAsked, look: EmbedLook) -> EmbedPage:
    """Search, and show what was found; what cannot be answered is said in its place."""
    wrong = ""
    try:
        shown = results.search_page(refs, asked)
    except InputError as error:
        wrong = str(error)
        shown = results.search_page(refs, replace(asked, text=""))
    page, pages = shown.page, shown.pages
    return EmbedPage(
        url=address(asked, look),
        look=look,
        search=shown,
        kept=tuple(pair for pair in (*_kept(replace(asked, page=1)), *look.pairs) if pair[0] != "q"),
        previous=address(asked.on_page(min(page - 1, pages)), look) if page > 1 and pages else "",
        next=address(asked.on_page(page + 1), look) if page < pages else "",
        wrong=wrong,
    )


def address(asked: SearchAsked, look: EmbedLook) -> str:
    """Where a search is shown in a look."""
    query = urlencode([*_kept(asked), *look.pairs])
    return f"{PATH}?{query}" if query else PATH


def _kept(asked: SearchAsked) -> Sequence[tuple[str, str]]:
    """The parameters of a search, where another number of answers is usual than on the site."""
    pairs = [pair for pair in asked.pairs if pair[0] != "limit"]
    return pairs + ([("limit", str(asked.limit))] if asked.limit != PER_PAGE else [])


def asked_of(query: str) -> SearchAsked:
    """What the parameters ask; a page of answers is short here."""
    asked = params.parse(query)
    is_given = any(name == "limit" for name, _ in parse_qsl(query))
    return replace(asked, limit=min(asked.limit, MOST_PER_PAGE) if is_given else PER_PAGE)


def look_of(query: str) -> EmbedLook:
    """The look that the parameters say; what cannot be read or seen is as if not given."""
    given = dict(parse_qsl(query))
    theme: Theme = next((one for one in THEMES if one == given.get("look")), "auto")
    light, dark = (_colour(given.get(name, ""), name) for name in looks.GROUNDS)
    return EmbedLook(theme, light, dark, given.get("open") == "new")


def _colour(given: str, theme: str) -> str:
    """A colour that can be read on each ground of a theme; "" for any other."""
    digits = given.strip().lower().removeprefix("#")
    colour = f"#{digits}"
    if not _COLOUR.fullmatch(digits) or looks.weakest(colour, theme)[1] < looks.LEAST_CONTRAST:
        return ""
    return colour


@router.get(PATH)
def get_embed(request: Request) -> Response:
    """The search as a part of a page, which sites in KB_EMBEDDERS or in the owner's settings may have in a frame."""
    query = request.url.query
    asked = asked_of(query)
    shown = embed_page(refs_of(request, to_search=bool(asked.text)), asked, look_of(query))
    if asked.text and not shown.wrong:
        request.app.state.searched(asked, results.outcome_of(shown.search))
    answer = respond(request, shown)
    answer.headers["Content-Security-Policy"] = embedders.policy(embedders.embedders(request))
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


@router.get(SHEET)
def get_look(request: Request) -> Response:
    """The colours of a look, where it has any, else those that the owner chose for the site."""
    asked, site = look_of(request.url.query), looks.look_of(request)
    lines = []
    for name, colour, towards in (
        ("accent", asked.light or site.light, 0),
        ("accent-dark", asked.dark or site.dark, 255),
    ):
        if colour:
            lines.append(f"--{name}: {colour}; --{name}-strong: {looks.mixed(colour, towards)};")
    return Response(f":root {{ {' '.join(lines)} }}\n", media_type="text/css")
