"""The routes by which a signed-in owner judges answers, and the control that result pages show them."""

from __future__ import annotations

import json

from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from kb import InputError, Settings
from kb.measure import missed
from kb.office import votes
from kb.search import asking
from kb.store import Grade, needs
from web.admin import signin
from web.admin.needs_page import EXPORT, PATH, NeedsPage, back, needs_page
from web.admin.signin import Checked, Reviewer
from web.frame import Judging, library, params, private, refs_of, serve, spoken, wants_json

router = APIRouter(include_in_schema=False)
_GRADES = {"2": Grade.WELL, "1": Grade.PARTLY, "0": Grade.NOT, "": None}


def control(request: Request, text: str) -> Judging | None:
    """What the result page of a need needs so that its answers can be judged; None for those not signed in."""
    session = signin.known(request) if text and not wants_json(request) else None
    if session is None:
        return None
    wanted = " ".join(text.split())
    need = next((one for one in library(request).store.needs() if one.text == wanted), None)
    grades = {one.record: int(one.grade) for one in need.judgements} if need else {}
    is_unanswered = need is not None and not any(grades.values())
    return Judging(signin.csrf(request, session), grades, is_unanswered, PATH)


@serve(router, NeedsPage)
def get_needs(request: Request, reviewer: Reviewer) -> Response:
    """What was judged, and what search could not answer."""
    settings: Settings = request.app.state.settings
    counted = missed.tally(settings.data)
    named, token = refs_of(request), signin.csrf(request, reviewer)
    said = votes.counted(settings.data)
    return private(request, needs_page(named, counted, said, settings.keep_queries, reviewer.name, token))


@router.get(EXPORT, dependencies=[Depends(signin.signed_in)])
def get_export(request: Request) -> Response:
    """The needs as a file that `kb eval` reads."""
    store = library(request).store
    held, _ = needs.export(store.needs(), store.handbooks(), store.record)
    kept = {"Content-Disposition": 'attachment; filename="needs.json"', "Cache-Control": "no-store"}
    text = json.dumps(held, ensure_ascii=False, indent=1)
    return Response(text, media_type="application/json", headers=kept)


@router.post(PATH)
def post_needs(request: Request, reviewer: Reviewer, fields: Checked) -> Response:
    """Judge a record as an answer to a need, say that nothing answers it, or forget a need."""
    store, text = library(request).store, fields.get("text", "")
    match fields.get("action"):
        case "judge" if fields.get("grade") in _GRADES:
            record = store.record(fields.get("record", ""))
            grades = {record.id: _GRADES[fields["grade"]]}
        case "nothing":
            grades = {}
        case "forget" if params.is_number(fields.get("need", "")):
            store.forget_need(int(fields["need"]))
            return RedirectResponse(PATH, 303)
        case _:
            raise InputError("nothing that can be done here was asked for; load the page again")
    text = needs.plain(text)
    store.judge(text, asking.language_of(text) or spoken().language, grades, reviewer.name)
    return RedirectResponse(back(fields.get("back", ""), text), 303)
