"""The pages of uploads: all of them, and each with its progress, its plan, or what became of it."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from pathlib import Path

from kb import Circumstance, NotFoundError, Said
from kb.care import review, things
from kb.editions import Plan
from kb.office import Job, Jobs, State
from web.admin import coming, shelves
from web.admin.office_pages import AdminPage, JobPage, JobShown, Published
from web.admin.worker import PLANS
from web.frame import Refs, TallyShown, links

MOST_JOBS = 12
KINDS = {"practice": "practices", "tool": "tools", "annex": "annexes", "section": "sections"}
READING = ("read", "layout", "extract", "model")
PUBLISHING = (*READING, "store", "embed", "index")
OCCASIONAL = {"ocr": "read", "wait": "model"}
"""Stages that not every job has, with the one that they come after."""


def admin_page(refs: Refs, jobs: Jobs, who: str, csrf: str, most_bytes: int) -> AdminPage:
    """Where administration starts."""
    return AdminPage(
        url=links.OFFICE,
        notice=refs.library.notices,
        csrf=csrf,
        who=who,
        jobs=tuple(_shown(job) for job in jobs.newest(MOST_JOBS)),
        handbooks=shelves.lines(refs),
        to_review=len(things(review.items(refs.library.store))),
        most_bytes=most_bytes,
    )


def job_page(refs: Refs, jobs: Jobs, job: Job, who: str, csrf: str) -> JobPage:
    """One upload."""
    books = [TallyShown(book.title, book.editions, book.id) for book in refs.handbooks]
    return JobPage(
        url=links.job(job.number),
        notice=refs.library.notices,
        csrf=csrf,
        who=who,
        job=_shown(job),
        events=f"{links.job(job.number)}/events",
        steps=_steps(job) if job.is_moving else (),
        plan=plan_of(job),
        coming=coming.coming(refs, jobs, job) if job.state is State.PLANNED else None,
        published=_published(refs, job),
        handbooks=tuple(books),
    )


def plan_of(job: Job) -> Plan | None:
    """The plan that is to be decided on; None where there is none, or no longer."""
    return PLANS.validate_json(job.plan) if job.state is State.PLANNED else None


def checksum(jobs: Jobs, number: int) -> str:
    """The SHA-256 of the file of an upload; NotFoundError where it is over, or there is none."""
    path = jobs.file(number)
    try:
        return _checksum(path, path.stat().st_mtime_ns)
    except OSError as error:
        raise NotFoundError(f"job {number}: its file is not kept any more; /admin lists uploads") from error


@lru_cache(maxsize=64)
def _checksum(path: Path, _changed: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _steps(job: Job) -> tuple[str, ...]:
    steps = list(PUBLISHING if job.state in (State.AGREED, State.PUBLISHING) else READING)
    if job.address:
        steps.insert(0, "fetch")
    if job.stage in OCCASIONAL:
        steps.insert(steps.index(OCCASIONAL[job.stage]) + 1, job.stage)
    return tuple(steps)


def _shown(job: Job) -> JobShown:
    return JobShown(
        number=job.number,
        url=links.job(job.number),
        name=job.name,
        state=job.state.value,
        handbook=job.handbook,
        address=job.address,
        who=job.who,
        created=job.created,
        is_moving=job.is_moving,
        stage=job.stage,
        done=job.done,
        total=job.total,
        error=job.error,
    )


def _published(refs: Refs, job: Job) -> Published | None:
    if job.state is not State.DONE:
        return None
    told = json.loads(job.report)
    handbook, edition, is_next = told["handbook"], told["edition"], told["status"] == "edition"
    is_there = edition > 1 and any(book.id == handbook for book in refs.handbooks)
    return Published(
        status=told["status"],
        handbook=handbook,
        title=told["title"],
        url=links.handbook(handbook),
        changes=f"{links.changes(handbook)}?to={edition}" if is_next and is_there else "",
        edition=edition,
        pages=told["pages"],
        counts={kind: told[names] for kind, names in KINDS.items()},
        missing=tuple(told["missing"]),
        notices=tuple(Said.of_data(Circumstance, one) for one in told.get("notices", ())),
        seconds=told["seconds"],
    )
