"""The routes of how the site looks: its colours and its logo."""

from __future__ import annotations

import base64

from fastapi import APIRouter, Request
from starlette.responses import Response

from kb import NotFoundError
from web.frame import headers, library, looks

router = APIRouter(include_in_schema=False)


@router.get("/site.css")
def get_colours(request: Request, v: str = "") -> Response:
    """The colours of links and buttons, as the owner chose them."""
    found = looks.look_of(request)
    kept = headers.FOR_GOOD if v and found.sheet.endswith(v) else headers.ASK_AGAIN
    return Response(found.css, media_type="text/css", headers={"Cache-Control": kept})


@router.get("/site/logo.png")
def get_logo(request: Request, v: str = "") -> Response:
    """The alliance's logo."""
    held = library(request).store.settings("logo", "logo_version")
    if "logo" not in held:
        raise NotFoundError("/site/logo.png: no logo was chosen; /admin/settings takes one")
    kept = headers.FOR_GOOD if v == held.get("logo_version") else headers.ASK_AGAIN
    return Response(base64.b64decode(held["logo"]), media_type="image/png", headers={"Cache-Control": kept})
