"""How the site looks, decided on the web: the alliance's name, logo and colours; and where its examples come from."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Annotated, ClassVar

from fastapi import APIRouter, Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from kb import InputError, web_origin
from kb.office import Deed
from web.admin import spool
from web.admin.office_pages import AdminAnyPage
from web.admin.signin import Reviewer, Session, csrf, journal
from web.admin.spool import Sent, Wrong
from web.frame import Shown, embedders, library, looks, private, serve

router = APIRouter(include_in_schema=False)
PATH = "/admin/settings"
MOST_LOGO = 200_000  # bytes
LONGEST_NAME = 80
_ADDRESS = re.compile(r"[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+")
MOST_EMBEDDERS = 50
_PNG = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True, slots=True)
class Refused(Shown):
    """Why a setting was not taken."""

    what: str
    """contact, light, dark, large, no-png or embedders."""
    given: str
    ground: str
    """Of a colour: what it is seen worst on."""
    ratio: float
    """The contrast there; 0 where it is no colour."""


@dataclass(frozen=True, slots=True)
class SettingsPage(AdminAnyPage):
    """What the owner decides for the site as a whole."""

    template: ClassVar[str] = "settings.html"
    paths: ClassVar[Mapping[str, str]] = {PATH: ""}

    alliance: str
    contact: str
    """Whom harvesters write to; empty for the postmaster of the host."""
    light: str
    dark: str
    """The colour of links and buttons in each theme; empty for the site's own."""
    embedders: str
    """The origins that may embed the search, a line each."""
    fixed: tuple[str, ...]
    """Those that KB_EMBEDDERS allows besides."""
    logo: str
    """Address of the logo; empty where there is none."""
    most_bytes: int
    """Size of the largest logo that is taken."""
    refused: tuple[Refused, ...]
    is_saved: bool


async def given(request: Request, reviewer: Reviewer) -> AsyncIterator[Sent]:
    """The form of the settings, with a logo or without."""
    async with spool.sent(request, reviewer, MOST_LOGO) as found:
        yield found


@serve(router, SettingsPage)
def get_settings(request: Request, reviewer: Reviewer, done: str = "") -> Response:
    """What was decided."""
    return private(request, _page(request, reviewer, is_saved=bool(done)))


@router.post(PATH)
async def post_settings(
    request: Request, reviewer: Reviewer, sent: Annotated[Sent, Depends(given)]
) -> Response:
    """Decide; nothing is changed where a part of it cannot be taken, which is said on the page."""
    logo = await sent.file.read() if sent.file is not None else b""
    return await run_in_threadpool(_decide, request, reviewer, sent, logo)


def _decide(request: Request, reviewer: Session, sent: Sent, logo: bytes) -> Response:
    fields = sent.fields
    wanted = {
        "contact": fields.get("contact", "").strip()[:LONGEST_NAME],
        "alliance": " ".join(fields.get("alliance", "").split())[:LONGEST_NAME],
        "light": fields.get("light", "").strip().lower(),
        "dark": fields.get("dark", "").strip().lower(),
    }
    origins, wrong = _origins(fields.get(embedders.STORED, ""))
    refused = [*_contact(wanted), *_colours(wanted), *_logo(sent, logo), *wrong]
    wanted[embedders.STORED] = " ".join(origins)
    if refused:
        shown = wanted | {embedders.STORED: fields.get(embedders.STORED, "")}
        page = _page(request, reviewer, shown, tuple(refused))
        return private(request, page, 413 if sent.is_large else 400)
    if logo:
        version = hashlib.sha256(logo).hexdigest()[:12]
        wanted |= {"logo": base64.b64encode(logo).decode("ascii"), "logo_version": version}
    elif fields.get("no-logo") == "yes":
        wanted |= {"logo": "", "logo_version": ""}
    library(request).store.set_settings(wanted)
    told = {**wanted, "logo": wanted.get("logo_version", "as it was") or "none"}
    names = ("alliance", "contact", "light", "dark", "logo", embedders.STORED)
    said = "; ".join(f"{name}: {told[name] or 'none'}" for name in names)
    journal(request).add(Deed.SETTINGS, who=reviewer.name, via=reviewer.role, detail=said)
    return RedirectResponse(f"{PATH}?done=yes", 303)


def _contact(wanted: Mapping[str, str]) -> list[Refused]:
    """A contact that is no e-mail address, as OAI-PMH asks for one."""
    given = wanted["contact"]
    return [Refused("contact", given, "", 0)] if given and not _ADDRESS.fullmatch(given) else []


def _colours(wanted: Mapping[str, str]) -> list[Refused]:
    """The colours that cannot be read on one of the grounds of their theme."""
    found = []
    for theme in looks.GROUNDS:
        colour = wanted[theme]
        if colour and not looks.is_colour(colour):
            found.append(Refused(theme, colour[:40], "", 0))
        elif colour:
            ground, ratio = looks.weakest(colour, theme)
            if ratio < looks.LEAST_CONTRAST:
                found.append(Refused(theme, colour, ground, ratio))
    return found


def _origins(given: str) -> tuple[list[str], list[Refused]]:
    """The origins of a text, each once, and what in it is none."""
    found: dict[str, None] = {}
    wrong = []
    for one in given.replace(",", " ").split()[: MOST_EMBEDDERS + 1]:
        try:
            found[web_origin(one)] = None
        except InputError:
            wrong.append(Refused(embedders.STORED, one[:80], "", 0))
    if len(found) > MOST_EMBEDDERS:
        wrong.append(Refused(embedders.STORED, f"> {MOST_EMBEDDERS}", "", 0))
    return list(found), wrong


def _logo(sent: Sent, logo: bytes) -> list[Refused]:
    name = (sent.file.filename if sent.file else "") or ""
    if sent.is_large:
        return [Refused(Wrong.LARGE.value, name, "", 0)]
    return [Refused(Wrong.NO_PNG.value, name, "", 0)] if logo and not logo.startswith(_PNG) else []


def _page(
    request: Request,
    reviewer: Session,
    wanted: Mapping[str, str] | None = None,
    refused: tuple[Refused, ...] = (),
    is_saved: bool = False,
) -> SettingsPage:
    held = looks.look_of(request)
    decided = library(request).store.settings("contact", embedders.STORED)
    shown = wanted or {
        "alliance": held.alliance,
        "contact": decided.get("contact", ""),
        "light": held.light,
        "dark": held.dark,
        embedders.STORED: "\n".join(decided.get(embedders.STORED, "").split()),
    }
    return SettingsPage(
        url=PATH,
        notice=(),
        csrf=csrf(request, reviewer),
        who=reviewer.name,
        **shown,
        fixed=request.app.state.settings.embedders,
        logo=held.logo,
        most_bytes=MOST_LOGO,
        refused=refused,
        is_saved=is_saved,
    )
