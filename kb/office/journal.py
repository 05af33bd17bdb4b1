"""Who did what: a log that is only ever added to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from kb import storable
from kb.office import cabinet as office

LONGEST = 500  # characters of a detail


class Deed(StrEnum):
    """What can be done."""

    SIGN_IN = "sign-in"
    REFUSED = "refused"
    SIGN_OUT = "sign-out"
    PASSWORD = "password"
    UPLOAD = "upload"
    INGEST = "ingest"
    PUBLISH = "publish"
    DISCARD = "discard"
    FAIL = "fail"
    RETRY = "retry"
    ROLLBACK = "rollback"
    REMOVE = "remove"
    PUT_BACK = "put-back"
    CORRECT = "correct"
    UNDO = "undo"
    SETTINGS = "settings"
    RESTORE = "restore"
    FORGET = "forget"


@dataclass(frozen=True, slots=True)
class Logged:
    """One line of the log; `via` is owner, token or command line, `at` a time with its zone."""

    number: int
    at: str
    who: str
    via: str
    deed: str
    handbook: str
    detail: str


class Journal:
    """The log of one library's folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def add(self, deed: Deed, *, who: str, via: str = "", handbook: str = "", detail: str = "") -> None:
        """Write one line; StoreError where that fails."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        with office.opened(self._folder) as db:
            db.execute(
                "INSERT INTO log (at, who, via, deed, handbook, detail) VALUES (?, ?, ?, ?, ?, ?)",
                (now, storable(who), via, deed.value, storable(handbook), storable(detail[:LONGEST])),
            )

    def entries(self, limit: int, before: int = 0) -> tuple[Logged, ...]:
        """The newest lines first; `before` is the number of the line that they are older than."""
        with office.read(self._folder) as db:
            found = db.execute(
                "SELECT number, at, who, via, deed, handbook, detail FROM log"
                " WHERE ? = 0 OR number < ? ORDER BY number DESC LIMIT ?",
                (before, before, limit),
            )
            return tuple(Logged(*row) for row in found)
