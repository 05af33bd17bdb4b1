"""The routes of administration: adding handbooks, deciding on plans, editions, and the log."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response, StreamingResponse

from kb import InputError, NotFoundError, Settings
from kb.care import shelf
from kb.office import Deed, Jobs
from web.admin import coming, shelves, tasks
from web.admin.foreman import Foreman
from web.admin.office_pages import AdminPage, JobPage, LogPage, ShelfPage
from web.admin.signin import Checked, Reviewer, csrf, journal, signed_in, target
from web.admin.spool import Uploaded, Wrong
from web.frame import library, links, params, pictures, private, refs_of, serve

router = APIRouter(include_in_schema=False)

Before = Annotated[int, Query(ge=0, le=params.LARGEST)]

SECONDS_BETWEEN = 0.4  # from one look at a job to the next
LONGEST_STREAM = 25.0  # seconds; the browser asks again, and a server that stops need not wait longer
STREAM = {"Cache-Control": "no-store", "X-Accel-Buffering": "no", "X-Robots-Tag": "noindex"}


def jobs(request: Request) -> Jobs:
    """The uploads on their way into the library."""
    return Jobs(request.app.state.settings.data)


def foreman(request: Request) -> Foreman:
    """Who sees to it that they are done."""
    found: Foreman = request.app.state.foreman
    return found


@router.get("/admin", dependencies=[Depends(signed_in)])
def get_start(next: str = "") -> Response:  # noqa: A002
    """The first of these pages, or the one that somebody came from to sign in."""
    return RedirectResponse(target(next), 303)


@serve(router, AdminPage)
def get_admin(request: Request, reviewer: Reviewer) -> Response:
    """Where administration starts."""
    named, most = refs_of(request), request.app.state.settings.max_file
    return private(
        request, tasks.admin_page(named, jobs(request), reviewer.name, csrf(request, reviewer), most)
    )


@router.post("/admin/uploads")
def post_upload(request: Request, reviewer: Reviewer, given: Uploaded) -> Response:
    """Take a PDF in, or the address of one; the worker does the rest. What is wrong with it is said on its page."""
    named = refs_of(request)
    wrong = given.wrong
    if given.handbook and given.handbook not in {book.id for book in named.handbooks}:
        wrong = Wrong.HANDBOOK
    if wrong is None:
        try:
            number = jobs(request).add(
                given.name,
                who=reviewer.name,
                via=reviewer.role,
                handbook=given.handbook,
                address=given.address,
                content=given.content,
            )
        except InputError:  # too many are open
            wrong = Wrong.MANY
    if wrong is not None:
        most = request.app.state.settings.max_file
        page = tasks.admin_page(named, jobs(request), reviewer.name, csrf(request, reviewer), most)
        shown = replace(page, wrong=wrong.value, given=given.name, address=given.address)
        return private(request, shown, 413 if wrong is Wrong.LARGE else 400)
    detail = f"job {number}: {given.name}"
    journal(request).add(
        Deed.UPLOAD, who=reviewer.name, via=reviewer.role, handbook=given.handbook, detail=detail
    )
    foreman(request).wake()
    return RedirectResponse(links.job(number), 303)


@serve(router, JobPage)
def get_job(request: Request, reviewer: Reviewer, number: int) -> Response:
    """One upload: its progress, its plan, or what became of it."""
    waiting, token = jobs(request), csrf(request, reviewer)
    page = tasks.job_page(refs_of(request), waiting, waiting.job(number), reviewer.name, token)
    return private(request, page)


@router.get("/admin/jobs/{number:number}/pages/{page:number}.png", dependencies=[Depends(signed_in)])
async def get_picture(
    request: Request, number: int, page: int, width: int = pictures.READING_WIDTH, v: str = ""
) -> Response:
    """A page of an upload as it is printed; `v` are the first digits of its SHA-256, which the address needs."""
    pictures.check_width(width)
    settings: Settings = request.app.state.settings
    sha256 = await run_in_threadpool(tasks.checksum, jobs(request), number)
    if not v or not sha256.startswith(v):
        raise NotFoundError(f"job {number}: has no such page; load the page of the upload again")
    png = await pictures.picture(
        settings.data / "cache" / "pages", jobs(request).file(number), sha256, page, width
    )
    return Response(png, media_type="image/png", headers={"Cache-Control": "private, max-age=3600"})


@router.post("/admin/jobs/{number:number}")
def post_job(request: Request, reviewer: Reviewer, number: int, fields: Checked) -> Response:
    """Carry out a plan, change it, drop it, or try again what failed."""
    waiting, after = jobs(request), links.job(number)
    match fields.get("action"):
        case "publish":
            plan = tasks.plan_of(waiting.job(number))
            if plan is not None and plan.is_drastic and fields.get("drastic") != "yes":
                raise InputError(
                    f"{plan.file}: would remove more than 30 % of the records; go back and tick that this is meant"
                )
            apart = [
                name[6:] for name, value in fields.items() if name.startswith("match:") and value == "new"
            ]
            job, deed = waiting.agree(number, apart), Deed.PUBLISH
        case "wish" | "unwish" as action:
            record, wished = fields.get("record", ""), fields.get("verb", "") if action == "wish" else ""
            if wished and wished not in coming.WISHES:
                raise InputError(f"{wished[:40]}: nothing that can be done with a plan; load the page again")
            waiting.wish(number, record, wished, " ".join(fields.get("value", "").split())[:300])
            return RedirectResponse(f"{after}#{coming.anchor(record)}", 303)
        case "read-as":
            job, deed = waiting.read_as(number, fields.get("handbook", "")), Deed.RETRY
        case "retry":
            job, deed = waiting.retry(number), Deed.RETRY
        case "discard":
            job, deed, after = waiting.discard(number), Deed.DISCARD, links.OFFICE
        case _:
            raise InputError("nothing that can be done here was asked for; load the page again")
    journal(request).add(
        deed, who=reviewer.name, via=reviewer.role, handbook=job.handbook, detail=f"job {number}: {job.name}"
    )
    foreman(request).wake()
    return RedirectResponse(after, 303)


@router.get("/admin/jobs/{number:number}/events")
async def get_events(request: Request, reviewer: Reviewer, number: int) -> Response:  # noqa: ARG001
    """How far a job is, as server-sent events, until it needs a decision or is over."""
    found = jobs(request)
    await run_in_threadpool(found.job, number)  # 404 before the stream begins
    return StreamingResponse(_events(found, number), media_type="text/event-stream", headers=STREAM)


async def _events(found: Jobs, number: int) -> AsyncIterator[str]:
    until, last = time.monotonic() + LONGEST_STREAM, ""
    yield "retry: 1000\n\n"
    while time.monotonic() < until:
        job = await run_in_threadpool(found.job, number)
        told = {"state": job.state, "stage": job.stage, "done": job.done, "total": job.total}
        if (data := json.dumps(told)) != last:
            yield f"event: {'progress' if job.is_moving else 'end'}\ndata: {data}\n\n"
            last = data
        if not job.is_moving:
            return
        await asyncio.sleep(SECONDS_BETWEEN)


@serve(router, ShelfPage)
def get_shelf(request: Request, reviewer: Reviewer, handbook: str, done: str = "") -> Response:
    """The editions of a handbook."""
    named = refs_of(request)
    return private(request, shelves.shelf_page(named, handbook, reviewer.name, csrf(request, reviewer), done))


@router.post("/admin/handbooks/{handbook}")
def post_shelf(request: Request, reviewer: Reviewer, handbook: str, fields: Checked) -> Response:
    """Serve another edition, take the handbook off the shelf or put it back, forget how it was read."""
    opened, action, detail = library(request), fields.get("action", ""), ""
    store = opened.store
    match action:
        case "rollback":
            number = shelf.rollback(store, handbook, shelves.number(fields), opened.encoder())
            deed, detail = Deed.ROLLBACK, f"edition {number}"
        case "remove":
            shelf.remove(store, handbook, opened.encoder())
            deed = Deed.REMOVE
        case "put-back":
            number = shelf.put_back(store, handbook, opened.encoder())
            deed, detail = Deed.PUT_BACK, f"edition {number}"
        case "details":
            given, subjects, name = shelves.details(fields), shelves.subjects(fields), shelves.name(fields)
            store.set_details(handbook, **given, subjects=subjects)
            shelf.rename(store, handbook, name, opened.encoder())
            told = {"name": name, **given, "subjects": ", ".join(subjects)}
            said = "; ".join(f"{part}: {value or 'not stated'}" for part, value in told.items())
            action, deed, detail = "settings", Deed.SETTINGS, said
        case "forget-profile":
            store.set_profile(handbook, "")
            action, deed, detail = "settings", Deed.SETTINGS, "its profile forgotten"
        case _:
            raise InputError("nothing that can be done here was asked for; load the page again")
    journal(request).add(deed, who=reviewer.name, via=reviewer.role, handbook=handbook, detail=detail)
    return RedirectResponse(links.shelf(handbook, action), 303)


@serve(router, LogPage)
def get_log(request: Request, reviewer: Reviewer, before: Before = 0) -> Response:
    """Who did what."""
    return private(
        request, shelves.log_page(journal(request), reviewer.name, csrf(request, reviewer), before)
    )
