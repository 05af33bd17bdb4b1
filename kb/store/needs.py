"""Needs that an owner judged on their own library: kept in the store, and handed to `kb eval` as a file."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntEnum
from typing import Any

from kb import Handbook, InputError, NotFoundError, Record, storable
from kb.store import proof

LONGEST = 2000  # characters, as of a query
CROSS_LINGUAL, COLLECTED, UNANSWERED = "cross-lingual", "collected", "none"
"""Styles by which `kb eval` groups exported needs."""


class Grade(IntEnum):
    """How well a record answers a need."""

    NOT = 0
    PARTLY = 1
    WELL = 2


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a person thinks of one record as an answer; `when` is UTC, ISO 8601."""

    record: str
    grade: Grade
    who: str
    when: str


@dataclass(frozen=True, slots=True)
class Need:
    """A need in somebody's words, in `language` (ISO 639-1), with what answers it; nothing, where none does."""

    number: int
    text: str
    language: str
    judgements: tuple[Judgement, ...]

    @property
    def id(self) -> str:
        """Its name in an exported file."""
        return f"n{self.number}"


def plain(text: str) -> str:
    """A need as it is kept: white space made single, so that what reads the same is the same.

    Raises:
        InputError: there is no word in it, or it is longer than a query may be.
    """
    text = " ".join(text.split())
    if not any(c.isalnum() for c in text):
        raise InputError("a need without a word; say in whole words what was needed")
    if len(text) > LONGEST:
        raise InputError(f"a need of {len(text)} characters; a query has at most {LONGEST}")
    return text


def all_of(db: sqlite3.Connection) -> tuple[Need, ...]:
    """Every need with its judgements, best first, in the order in which they were added."""
    judged: dict[int, list[Judgement]] = {}
    for number, record, grade, who, when in db.execute(
        "SELECT need, record, grade, who, judged_at FROM judgement ORDER BY need, grade DESC, record"
    ):
        judged.setdefault(number, []).append(Judgement(record, Grade(grade), who, when))
    found = db.execute("SELECT number, text, language FROM need ORDER BY number").fetchall()
    return tuple(Need(n, text, language, tuple(judged.get(n, ()))) for n, text, language in found)


def judge(
    db: sqlite3.Connection, text: str, language: str, grades: Mapping[str, Grade | None], who: str
) -> Need:
    """Keep what somebody thinks of some records as answers to a need; None takes a judgement back.

    The same text again adds to what was judged before, and the last word on a record counts.
    """
    text, who = storable(text), storable(who)
    db.execute("INSERT OR IGNORE INTO need (text, language) VALUES (?, ?)", (text, language))
    number = int(db.execute("SELECT number FROM need WHERE text = ?", (text,)).fetchone()[0])
    now = datetime.now(UTC).isoformat(timespec="seconds")
    for record, grade in grades.items():
        if grade is None:
            db.execute("DELETE FROM judgement WHERE need = ? AND record = ?", (number, record))
        else:
            row = (number, record, int(grade), who, now)
            db.execute("INSERT OR REPLACE INTO judgement VALUES (?, ?, ?, ?, ?)", row)
    _seal(db, number)
    return next(need for need in all_of(db) if need.number == number)


def forget(db: sqlite3.Connection, number: int) -> None:
    """Delete a need with its judgements; NotFoundError if there is none of this number."""
    if not db.execute("DELETE FROM need WHERE number = ?", (number,)).rowcount:
        raise NotFoundError(f"n{number}: no such need; kb needs lists them")
    _seal(db, number)


def _seal(db: sqlite3.Connection, number: int) -> None:
    proof.seal(db, "need", number)
    proof.seal(db, "judgement", number)


def export(
    needs: Iterable[Need], handbooks: Sequence[Handbook], find: Callable[[str], Record]
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The needs as a file that `kb eval` reads, and the judged records that are not served any more.

    `find` gives a record by its id, or raises NotFoundError.
    """
    files = {book.id: book.file_name for book in handbooks}
    lost: list[str] = []
    queries = [_query(need, files, find, lost) for need in needs]
    return {"pool": sorted(set(files.values())), "queries": queries}, tuple(dict.fromkeys(lost))


def _query(
    need: Need, files: Mapping[str, str], find: Callable[[str], Record], lost: list[str]
) -> dict[str, Any]:
    relevant, languages = [], set()
    for judgement in need.judgements:
        if judgement.grade is Grade.NOT:
            continue
        try:
            record = find(judgement.record)
            file = files[record.handbook]
        except (NotFoundError, KeyError):
            lost.append(judgement.record)
            continue
        languages.add(record.language)
        relevant.append(
            {"file": file, "kind": record.kind.value, "title": record.title, "grade": int(judgement.grade)}
        )
    style = CROSS_LINGUAL if need.language not in languages else COLLECTED
    return {
        "id": need.id,
        "text": need.text,
        "lang": need.language,
        "style": style if relevant else UNANSWERED,
        "relevant": relevant,
    }
