"""The worker: a process of its own that does the jobs which wait, one after another, and ends when there is none.

Started by `web.admin.foreman` as `python -m web.admin`. Only one works on a library at a time.
"""

from __future__ import annotations

import contextlib
import logging
import time
from dataclasses import asdict, replace
from typing import Any

from filelock import FileLock, Timeout
from pydantic import TypeAdapter

from ingest import pipeline
from ingest.pipeline import Loading, Report
from ingest.reading import Reading, Source
from kb import InputError, KbError, NotFoundError, ParseError, Progress, Settings
from kb.care import Wish, review
from kb.editions import Action, Plan
from kb.office import Deed, Job, Jobs, Journal, State
from kb.store import Store

LOCK = "worker.lock"
SECONDS_BETWEEN = 0.2  # from one telling of progress to the next, within a stage

PLANS = TypeAdapter(Plan)
SETTINGS = TypeAdapter(Settings)
_log = logging.getLogger(__name__)


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
        _fail(settings, jobs, job, str(error))
    except Exception as error:  # noqa: BLE001  one job must not take the others with it
        _log.exception("job %d: %s", job.number, job.name)
        said = f"{job.name}: an error nobody foresaw ({type(error).__name__}); the server's log says more, report it"
        _fail(settings, jobs, job, said)


def _fail(settings: Settings, jobs: Jobs, job: Job, said: str) -> None:
    jobs.failed(job.number, said)
    _tell(settings, job, Deed.FAIL, job.handbook, said)


def _plan(settings: Settings, jobs: Jobs, job: Job) -> None:
    """Read it, and show what it would change; what is in the library already is done with that."""
    progress = _progress(jobs, job)
    if not jobs.file(job.number).is_file():
        fetched = pipeline.fetch(settings, job.address, progress=progress)
        jobs.fetched(job.number, fetched.data, fetched.name, fetched.origin)
        job = jobs.job(job.number)
    with Store.open(settings.data) as store:
        source = _source(settings, jobs, job)
        if report := pipeline.unchanged(store, source, job.handbook):
            _finish(settings, jobs, job, report)
            return
        reading = _read(settings, store, jobs, job, source, pipeline.model(settings, progress))
        with pipeline.writing(store, progress):
            shown = pipeline.plan(store, reading, job.apart)
    jobs.planned(job.number, PLANS.dump_json(shown.plan).decode())


def _publish(settings: Settings, jobs: Jobs, job: Job) -> None:
    """Publish it if it still would change what was agreed to; else show the plan anew."""
    progress = _progress(jobs, job)
    agreed = PLANS.validate_json(job.plan)
    with Store.open(settings.data) as store:
        source = _source(settings, jobs, job)
        loading = pipeline.model(settings, progress)
        reading = _read(settings, store, jobs, job, source, loading)
        with pipeline.writing(store, progress):
            report = pipeline.unchanged(store, source, job.handbook)
            if report is None:
                now = pipeline.plan(store, reading, job.apart)
                if (now.plan.before, now.plan.handbook) != (agreed.before, agreed.handbook):
                    jobs.planned(job.number, PLANS.dump_json(now.plan).decode())
                    return
                report = pipeline.publish(store, reading, now, source.data, loading, progress)
            _correct(store, job, report.handbook, loading)
    _finish(settings, jobs, job, report)


def _correct(store: Store, job: Job, handbook: str, loading: Loading) -> None:
    """Make the corrections that were wished for with the plan, unless that was done before a worker died."""
    served = {record.id for record in store.records(handbook, store.current_editions()[handbook])}
    made = {(edit.action.value, edit.record, edit.value) for edit in store.edits(handbook)}
    for action, record, value in job.wishes:
        if record in served and (action, record, value) not in made:
            wish = Wish(Action(action), record, value, who=job.who)
            try:
                review.correct(store, handbook, [wish], loading()[0])
            except (InputError, NotFoundError) as error:  # it says what the handbook says already
                _log.warning("job %d: %s", job.number, error)


def _source(settings: Settings, jobs: Jobs, job: Job) -> Source:
    try:
        content = jobs.file(job.number).read_bytes()
    except OSError as error:
        raise InputError(f"{job.name}: its file is gone ({error.strerror}); upload it again") from error
    found = pipeline.fetch(settings, content, name=job.name, progress=_progress(jobs, job))
    return replace(found, origin=job.address or "upload")


def _read(
    settings: Settings, store: Store, jobs: Jobs, job: Job, source: Source, loading: Loading
) -> Reading:
    """What was read from the file before, if that still counts; else it is read, and kept for the next time."""
    path = jobs.reading(job.number)
    if path.is_file():
        with contextlib.suppress(OSError, UnicodeError, ParseError):
            kept = Reading.load(path.read_text("utf-8"))
            if pipeline.holds(store, kept, source, job.handbook):
                return kept
    progress = _progress(jobs, job)
    reading = pipeline.read(settings, store, source, loading, handbook=job.handbook, progress=progress)
    jobs.keep(job.number, reading.dump())
    return reading


def _finish(settings: Settings, jobs: Jobs, job: Job, report: Report) -> None:
    kept = asdict(replace(report, notices=()))
    for name in ("unassigned", "ledger", "changes", "caveats"):
        del kept[name]
    kept["notices"] = [one.as_data() for one in report.notices]
    jobs.finished(job.number, report.handbook, TypeAdapter(dict[str, Any]).dump_json(kept).decode())
    if report.status != "unchanged":
        _tell(settings, job, Deed.INGEST, report.handbook, f"edition {report.edition} from {job.name}")


def _tell(settings: Settings, job: Job, deed: Deed, handbook: str, detail: str) -> None:
    Journal(settings.data).add(deed, who=job.who, via=job.via, handbook=handbook, detail=detail)


def _progress(jobs: Jobs, job: Job) -> Progress:
    """Tell the job's progress, each stage at once, what follows in it now and then."""
    last_stage, last_time = "", 0.0

    def tell(stage: str, done: int, total: int, said: str) -> None:
        nonlocal last_stage, last_time
        now = time.monotonic()
        if stage != last_stage or done == total or now - last_time >= SECONDS_BETWEEN:
            jobs.tell(job.number, stage, done, total, said)
            last_stage, last_time = stage, now

    return tell
