"""What readers say of answers: this helped, or it did not. Counted by need and record; nothing is kept of who said so.

So that one reader counts once, whoever votes is known for a day by a keyed digest of their network, the need and the
record: it tells nobody who that was.
"""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from kb import InputError
from kb.office import cabinet
from kb.store import Grade, Judgement, Need, plain

A_DAY = 24 * 3600
MOST_A_DAY = 100  # of one network
MOST_KEPT = 5000  # needs with a record; the oldest go first
READERS = "readers"
"""Who judged, where readers did."""


@dataclass(frozen=True, slots=True)
class Vote:
    """How many readers said that a record helped with a need, and how many that it did not; `last` is a day (UTC).

    `record` is "" where the answers as a whole were meant.
    """

    text: str
    record: str
    helped: int
    unhelped: int
    last: str


def cast(folder: Path, key: bytes, client: str, text: str, record: str, has_helped: bool) -> None:
    """Count what a client says of a record as an answer to a need; said again it counts once, as said last.

    Raises:
        InputError: the need holds no word, or this client said too much today.
        StoreError: it cannot be counted.
    """
    text, now = plain(text).casefold(), time.time()
    day = datetime.fromtimestamp(now, UTC).date().isoformat()
    who = _digest(key, day, client)
    ballot = _digest(key, who, text, record)
    with cabinet.opened(folder) as db:
        db.execute("DELETE FROM ballot WHERE at <= ? OR at > ?", (now - A_DAY, now))
        before = db.execute("SELECT has_helped FROM ballot WHERE id = ?", (ballot,)).fetchone()
        if before is not None and bool(before[0]) == has_helped:
            return
        if db.execute("SELECT count(*) FROM ballot WHERE who = ?", (who,)).fetchone()[0] >= MOST_A_DAY:
            raise InputError(
                f"{MOST_A_DAY} answers were judged from here today, which is all; go on tomorrow"
            )
        db.execute("INSERT OR REPLACE INTO ballot VALUES (?, ?, ?, ?)", (ballot, who, has_helped, now))
        db.execute("INSERT OR IGNORE INTO vote VALUES (?, ?, 0, 0, ?)", (text, record, day))
        for column, change in _changes(None if before is None else bool(before[0]), has_helped):
            db.execute(
                f"UPDATE vote SET {column} = {column} + ?, last = ? WHERE text = ? AND record = ?",
                (change, day, text, record),
            )
        db.execute(
            "DELETE FROM vote WHERE rowid NOT IN (SELECT rowid FROM vote ORDER BY last DESC, rowid DESC LIMIT ?)",
            (MOST_KEPT,),
        )


def counted(folder: Path) -> tuple[Vote, ...]:
    """What was said so far, what helped least first."""
    with cabinet.read(folder) as db:
        found = db.execute(
            "SELECT text, record, helped, unhelped, last FROM vote ORDER BY unhelped - helped DESC, text, record"
        ).fetchall()
    return tuple(Vote(*row) for row in found)


def as_needs(votes: Iterable[Vote], language_of: Callable[[str], str], first: int = 1) -> tuple[Need, ...]:
    """The needs that some record helped with, as judged ones, numbered from `first`.

    What helped more readers than it did not answers in part; what nobody said to help proves nothing of a need, as
    nobody looked through the library.
    """
    by_text: dict[str, list[Judgement]] = {}
    for vote in votes:
        if vote.record:
            grade = Grade.PARTLY if vote.helped > vote.unhelped else Grade.NOT
            by_text.setdefault(vote.text, []).append(Judgement(vote.record, grade, READERS, vote.last))
    helped = {text: given for text, given in by_text.items() if any(one.grade for one in given)}
    return tuple(
        Need(number, text, language_of(text), tuple(sorted(given, key=lambda one: -one.grade)))
        for number, (text, given) in enumerate(helped.items(), first)
    )


def _changes(before: bool | None, now: bool) -> list[tuple[str, int]]:
    named = {True: "helped", False: "unhelped"}
    return [(named[now], 1)] + ([(named[before], -1)] if before is not None else [])


def _digest(key: bytes, *parts: str) -> str:
    return hmac.new(key, "\0".join(parts).encode(), hashlib.sha256).hexdigest()
