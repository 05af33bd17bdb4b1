"""The worker: a process of its own that does the jobs which wait, one after another, and ends when there is none.

Started by `web.admin.foreman` with the settings on stdin. Only one works on a library at a time.
"""

from __future__ import annotations

import logging
import sys
import time
from dataclasses import asdict
from typing import Any

from filelock import FileLock, Timeout
from pydantic import TypeAdapter

from ingest import pipeline
from kb import InputError, KbError, Settings
from kb.editions import Plan
from kb.office import Deed, Job, Jobs, Journal, State

LOCK = "worker.lock"
SECONDS_BETWEEN = 0.2  # from one telling of progress to the next, within a stage

PLANS = TypeAdapter(Plan)
SETTINGS = TypeAdapter(Settings)
_log = logging.getLogger(__name__)


class _Shown(Exception):  # noqa: N818 - no error: a plan is ready to be shown
    """Raised within an ingest that is only to be planned, before anything is written."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan


def work(settings: Settings) -> None:
    """Do every job that waits; return at once where another worker is at it."""
    jobs = Jobs(settings.data)
    settings.data.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(settings.data / LOCK, timeout=0):
            jobs.recover()
            while (job := jobs.take()) is not None:
                _do(settings, jobs, job)
    except Timeout:
        _log.info("another worker is at work")


def _do(settings: Settings, jobs: Jobs, job: Job) -> None:
    try:
        if job.state is State.PUBLISHING:
            _publish(settings, jobs, job)
        else:
            _plan(settings, jobs, job)
    except KbError as error:
        jobs.failed(job.number, str(error))
        _tell(settings, job, Deed.FAIL, job.handbook, str(error))


def _plan(settings: Settings, jobs: Jobs, job: Job) -> None:
    """Read it, and show what it would change; what is in the library already is done with that."""
    if not jobs.file(job.number).is_file():
        found = pipeline.fetch(settings, job.address, progress=_progress(jobs, job))
        jobs.fetched(job.number, found.data, found.name, found.origin)
        job = jobs.job(job.number)
    try:
        report = _ingest(settings, jobs, job, _show)
    except _Shown as shown:
        jobs.planned(job.number, PLANS.dump_json(shown.plan).decode())
        return
    _finish(settings, jobs, job, report)


def _publish(settings: Settings, jobs: Jobs, job: Job) -> None:
    """Publish it if it still would change what was agreed to; else show the plan anew."""
    agreed = PLANS.validate_json(job.plan)

    def is_agreed(plan: Plan) -> bool:
        if plan.before != agreed.before or plan.handbook != agreed.handbook:
            raise _Shown(plan)
        return True

    try:
        report = _ingest(settings, jobs, job, is_agreed)
    except _Shown as shown:
        jobs.planned(job.number, PLANS.dump_json(shown.plan).decode())
        return
    _finish(settings, jobs, job, report)


def _ingest(settings: Settings, jobs: Jobs, job: Job, confirm: pipeline.Confirm) -> pipeline.Report:
    path = jobs.file(job.number)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(f"{job.name}: its file is gone ({error.strerror}); upload it again") from error
    return pipeline.ingest(
        settings,
        content,
        handbook=job.handbook,
        name=job.name,
        origin=job.address or "upload",
        apart=job.apart,
        progress=_progress(jobs, job),
        confirm=confirm,
    )


def _show(plan: Plan) -> bool:
    raise _Shown(plan)


def _finish(settings: Settings, jobs: Jobs, job: Job, report: pipeline.Report) -> None:
    kept = asdict(report)
    for name in ("unassigned", "ledger", "changes"):
        del kept[name]
    jobs.finished(job.number, report.handbook, TypeAdapter(dict[str, Any]).dump_json(kept).decode())
    if report.status != "unchanged":
        _tell(settings, job, Deed.INGEST, report.handbook, f"edition {report.edition} from {job.name}")


def _tell(settings: Settings, job: Job, deed: Deed, handbook: str, detail: str) -> None:
    Journal(settings.data).add(deed, who=job.who, via=job.via, handbook=handbook, detail=detail)


def _progress(jobs: Jobs, job: Job) -> pipeline.Progress:
    """Tell the job's progress, each stage at once, what follows in it now and then."""
    last_stage, last_time = "", 0.0

    def tell(stage: str, done: int, total: int, said: str) -> None:
        nonlocal last_stage, last_time
        now = time.monotonic()
        if stage != last_stage or done == total or now - last_time >= SECONDS_BETWEEN:
            jobs.tell(job.number, stage, done, total, said)
            last_stage, last_time = stage, now

    return tell


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING, format="kb worker: %(message)s", stream=sys.stderr)
    work(SETTINGS.validate_json(sys.stdin.buffer.read()))
