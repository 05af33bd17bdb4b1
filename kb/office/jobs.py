"""Uploads on their way into the library: what was given, how far it is, what was decided. They outlive the server.

A job waits, is read, and is planned; once its plan is agreed to it is published. The worker that does this may be
killed at any moment: `recover` then puts its job back to where it can be done again, for reading writes nothing
and publishing the same file twice changes nothing.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import IO, Any

from kb import PARTIAL, InputError, NotFoundError, replace_file
from kb.office import cabinet as office
from kb.store import converted

SPOOL = "spool"
MOST_OPEN = 20
"""Jobs that are not finished; each may keep a PDF of the largest size."""
MOST_TRIES = 3
READING = ".reading.json"
_LONGEST_UPLOAD = 3600.0  # seconds; what is still partial then belongs to nobody
_DIED = f"the reader died {MOST_TRIES} times over it; see the server's log, or try it with: kb ingest FILE"
_COLUMNS = (
    "number, state, name, address, handbook, who, via, created, changed, tries, stage, done, total, said, plan,"
    " apart, report, error, wishes"
)


class State(StrEnum):
    """How far a job is."""

    WAITING = "waiting"
    READING = "reading"
    PLANNED = "planned"
    AGREED = "agreed"
    PUBLISHING = "publishing"
    DONE = "done"
    FAILED = "failed"
    DISCARDED = "discarded"


TO_DO = (State.WAITING, State.AGREED)
AT_WORK = {State.READING: State.WAITING, State.PUBLISHING: State.AGREED}
"""What a worker has in hand, and where it goes back to when the worker dies."""
OVER = (State.DONE, State.DISCARDED)


@dataclass(frozen=True, slots=True)
class Job:
    """One upload; `plan` and `report` are JSON, empty until there are any, `apart` holds ids of records.

    `wishes` are corrections to be made once it is published: action, record and value of each.
    """

    number: int
    state: State
    name: str
    address: str
    handbook: str
    who: str
    via: str
    created: str
    changed: str
    tries: int
    stage: str
    done: int
    total: int
    said: str
    plan: str
    apart: tuple[str, ...]
    report: str
    error: str
    wishes: tuple[tuple[str, str, str], ...] = ()

    @property
    def is_moving(self) -> bool:
        """Whether it goes on without anybody's doing."""
        return self.state in TO_DO or self.state in AT_WORK

    @property
    def is_over(self) -> bool:
        """Whether nothing can be done about it any more."""
        return self.state in OVER


class Jobs:
    """The jobs of one library's folder, with the files that were given."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def add(
        self,
        name: str,
        *,
        who: str,
        via: str,
        handbook: str = "",
        address: str = "",
        content: IO[bytes] | None = None,
    ) -> int:
        """Take in a job, with its file unless that is to be fetched; return its number.

        Raises:
            InputError: too many are open.
        """
        beside = self._beside(content) if content is not None else None
        try:
            with office.opened(self._folder) as db:
                query = f"SELECT count(*) FROM job WHERE state NOT IN {_listed(OVER)}"
                if (count := db.execute(query).fetchone()[0]) >= MOST_OPEN:
                    raise InputError(
                        f"{count} uploads are not finished; publish or discard some of them first"
                    )
                row = db.execute(
                    "INSERT INTO job (state, name, address, handbook, who, via, created, changed)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    (State.WAITING, name, address, handbook, who, via, _now(), _now()),
                )
                assert row.lastrowid is not None
                if beside is not None:
                    beside.replace(self.file(row.lastrowid))
                return row.lastrowid
        finally:
            if beside is not None:
                beside.unlink(missing_ok=True)

    def fetched(self, number: int, content: bytes, name: str, address: str) -> None:
        """Keep what was fetched from an address, so that what is published is what was planned."""
        self._beside(io.BytesIO(content)).replace(self.file(number))
        self._set(number, name=name, address=address)

    def keep(self, number: int, reading: str) -> None:
        """Keep what was read from the file, so that what is published is what was planned."""
        with converted(self.reading(number)):
            replace_file(self.reading(number), reading)

    def reading(self, number: int) -> Path:
        """Where what was read from the file of a job lies, once it was read."""
        return self._folder / SPOOL / f"{number}{READING}"

    def file(self, number: int) -> Path:
        """Where the file of a job lies while it is needed."""
        return self._folder / SPOOL / f"{number}.pdf"

    def job(self, number: int) -> Job:
        """One job; NotFoundError if there is none of this number."""
        with office.read(self._folder) as db:
            row = db.execute(f"SELECT {_COLUMNS} FROM job WHERE number = ?", (number,)).fetchone()
        if row is None:
            raise NotFoundError(f"job {number}: there is none; /admin lists them")
        return _job(row)

    def newest(self, limit: int) -> tuple[Job, ...]:
        """The jobs that are open, then the others, newest first."""
        with office.read(self._folder) as db:
            found = db.execute(
                f"SELECT {_COLUMNS} FROM job ORDER BY state IN {_listed(OVER)}, number DESC LIMIT ?", (limit,)
            )
            return tuple(map(_job, found))

    def has_work(self) -> bool:
        """Whether a worker would find something to do, or to take up again."""
        if not (self._folder / office.FILE).is_file():
            return False
        with office.read(self._folder) as db:
            states = _listed((*TO_DO, *AT_WORK))
            return bool(db.execute(f"SELECT count(*) FROM job WHERE state IN {states}").fetchone()[0])

    def counts(self) -> dict[State, int]:
        """How many jobs are in each state that is not over; all 0 where there never was one."""
        found = dict.fromkeys((state for state in State if state not in OVER), 0)
        if not (self._folder / office.FILE).is_file():
            return found
        with office.read(self._folder) as db:
            query = f"SELECT state, count(*) FROM job WHERE state NOT IN {_listed(OVER)} GROUP BY state"
            return found | {State(state): count for state, count in db.execute(query)}

    def in_hand(self) -> tuple[tuple[int, int], ...]:
        """Number and tries of each job that a worker has in hand, or had when it died."""
        with office.read(self._folder) as db:
            return tuple(db.execute(f"SELECT number, tries FROM job WHERE state IN {_listed(AT_WORK)}"))

    # what people decide

    def agree(self, number: int, apart: Iterable[str]) -> Job:
        """Let a plan be carried out, with these records taken apart.

        Raises:
            InputError: it is not planned, or no longer.
        """
        return self._move(
            number, (State.PLANNED,), State.AGREED, apart=json.dumps(sorted(set(apart))), tries=0
        )

    def wish(self, number: int, record: str, action: str = "", value: str = "") -> Job:
        """Correct a record once its handbook is published, in place of what was wished of it; "" takes that back.

        Raises:
            InputError: it is not planned, or no longer.
        """
        kept = [one for one in self.job(number).wishes if one[1] != record]
        made = [*kept, (action, record, value)] if action else kept
        self._move(number, (State.PLANNED,), State.PLANNED, wishes=json.dumps(made))
        return self.job(number)

    def read_as(self, number: int, handbook: str) -> Job:
        """Plan it again as an edition of another handbook, or, for "", of the one its title says."""
        return self._move(
            number, (State.PLANNED,), State.WAITING, handbook=handbook, plan="", apart="[]", wishes="[]"
        )

    def retry(self, number: int) -> Job:
        """Read what failed once more; InputError where it did not fail."""
        found = self._move(
            number, (State.FAILED,), State.WAITING, error="", tries=0, plan="", apart="[]", wishes="[]"
        )
        with converted(self.reading(number)):
            self.reading(number).unlink(missing_ok=True)
        return found

    def discard(self, number: int) -> Job:
        """Drop a job, with its file; InputError where a worker has it in hand or it is over."""
        before = self._move(number, (State.WAITING, State.PLANNED, State.FAILED), State.DISCARDED)
        self._drop(number)
        return before

    # what the worker does

    def recover(self) -> None:
        """Put back what a worker that died had in hand, and drop files that nobody needs; a worker's first deed."""
        with office.opened(self._folder) as db:
            for state, before in AT_WORK.items():
                db.execute(
                    "UPDATE job SET tries = tries + 1, changed = ?,"
                    " state = CASE WHEN tries + 1 < ? THEN ? ELSE ? END,"
                    " error = CASE WHEN tries + 1 < ? THEN error ELSE name || ': ' || ? END WHERE state = ?",
                    (_now(), MOST_TRIES, before, State.FAILED, MOST_TRIES, _DIED, state),
                )
            query = f"SELECT number FROM job WHERE state NOT IN {_listed(OVER)}"
            kept = {path for row in db.execute(query) for path in (self.file(row[0]), self.reading(row[0]))}
            folder = self._folder / SPOOL
            for path in sorted(folder.iterdir()) if folder.is_dir() else ():
                is_old = path.suffix == PARTIAL and path.stat().st_mtime < time.time() - _LONGEST_UPLOAD
                if is_old or (path.name.endswith((".pdf", READING)) and path not in kept):
                    path.unlink(missing_ok=True)

    def take(self) -> Job | None:
        """The next job to do, marked as in hand; what was agreed to goes first. None if there is none."""
        with office.opened(self._folder) as db:
            row = db.execute(
                f"SELECT {_COLUMNS} FROM job WHERE state IN {_listed(TO_DO)} ORDER BY state, number LIMIT 1"
            ).fetchone()
            if row is None:
                return None
            job = _job(row)
            state = State.PUBLISHING if job.state is State.AGREED else State.READING
            db.execute(
                "UPDATE job SET state = ?, changed = ?, stage = '', done = 0, total = 0, said = '' WHERE number = ?",
                (state, _now(), job.number),
            )
        return self.job(job.number)

    def tell(self, number: int, stage: str, done: int, total: int, said: str) -> None:
        """How far the job in hand is."""
        self._set(number, stage=stage, done=done, total=total, said=said)

    def planned(self, number: int, plan: str) -> None:
        """Show what it would change, and wait for a decision."""
        self._set(number, state=State.PLANNED, plan=plan, tries=0)

    def finished(self, number: int, handbook: str, report: str) -> None:
        """It is published, or was in the library already."""
        self._set(number, state=State.DONE, handbook=handbook, report=report)
        self._drop(number)

    def failed(self, number: int, error: str) -> None:
        """It cannot be done; the error says why and what to do."""
        self._set(number, state=State.FAILED, error=error)

    def give_up(self, error: str) -> None:
        """Let all that waits fail: there is no worker to be had."""
        with office.opened(self._folder) as db:
            db.execute(
                f"UPDATE job SET state = ?, changed = ?, error = ? WHERE state IN {_listed((*TO_DO, *AT_WORK))}",
                (State.FAILED, _now(), error),
            )

    def _beside(self, content: IO[bytes]) -> Path:
        """A file of its own in the spool, which `recover` drops if nobody takes it."""
        folder = self._folder / SPOOL
        with converted(folder):
            folder.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=folder, suffix=PARTIAL)
            with os.fdopen(handle, "wb") as file:
                shutil.copyfileobj(content, file)
        return Path(name)

    def _move(self, number: int, of: tuple[State, ...], to: State, **values: Any) -> Job:
        found = self.job(number)
        with office.opened(self._folder) as db:
            changed = _update(db, number, {"state": to, **values}, of)
        if not changed:
            raise InputError(f"{found.name}: is {self.job(number).state} by now; load the page again")
        return found

    def _set(self, number: int, **values: Any) -> None:
        with office.opened(self._folder) as db:
            _update(db, number, values, tuple(State))

    def _drop(self, number: int) -> None:
        for path in (self.file(number), self.reading(number)):
            with converted(path):
                path.unlink(missing_ok=True)


def _update(db: sqlite3.Connection, number: int, values: dict[str, Any], of: tuple[State, ...]) -> int:
    names = ", ".join(f"{name} = ?" for name in ("changed", *values))
    with closing(
        db.execute(
            f"UPDATE job SET {names} WHERE number = ? AND state IN {_listed(of)}",
            (_now(), *values.values(), number),
        )
    ) as cursor:
        return cursor.rowcount


def _job(row: tuple[Any, ...]) -> Job:
    names = [name.strip() for name in _COLUMNS.split(",")]
    values = dict(zip(names, row, strict=True))
    wishes = tuple((action, record, value) for action, record, value in json.loads(values["wishes"]))
    read = {"state": State(values["state"]), "apart": tuple(json.loads(values["apart"])), "wishes": wishes}
    return Job(**(values | read))


def _listed(states: Iterable[State]) -> str:
    return "(" + ", ".join(f"'{state.value}'" for state in states) + ")"


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
