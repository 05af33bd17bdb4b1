"""Where readers say whether an answer helped: counted, without a cookie, and shown to the owner."""

from __future__ import annotations

import re

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from kb import InputError, Settings
from kb.office import signing, votes
from web.frame import FAILURES, Posted, check_origin, client_of, refs_of

PATH = "/helped"
THANKS = "helped"
"""The fragment of the address that says thanks."""
_LOCAL = re.compile(r"/(?![/\\])[^\x00-\x20\x7f\\#]*")
_SAID = {"yes": True, "no": False}

router = APIRouter(responses=FAILURES, include_in_schema=False)


@router.post(PATH)
def post_helped(request: Request, fields: Posted) -> Response:
    """Count that a record, or the answers as a whole, helped with a need or did not; lead back to where it was said."""
    check_origin(request)
    settings: Settings = request.app.state.settings
    has_helped, back = _SAID.get(fields.get("helped", "")), fields.get("back", "")
    if has_helped is None or not _LOCAL.fullmatch(back):
        raise InputError(
            "nothing that can be counted was said; go back, load the page again and choose yes or no"
        )
    given = fields.get("record", "")
    record = refs_of(request).library.record(given).id if given else ""
    key = signing.secret(settings.data)
    votes.cast(settings.data, key, client_of(request), fields.get("q", ""), record, has_helped)
    return RedirectResponse(f"{back}#{THANKS}", 303)
