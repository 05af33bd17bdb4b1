"""What readers say of answers: counted once a reader, moved when they change their mind, handed on as needs."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from kb.errors import InputError
from kb.office import cabinet, votes
from kb.office.votes import Vote
from kb.store import Grade

KEY, ONE, TWO = b"k" * 32, "192.0.2.1", "192.0.2.2"


def counts(folder: Path) -> dict[tuple[str, str], tuple[int, int]]:
    return {(one.text, one.record): (one.helped, one.unhelped) for one in votes.counted(folder)}


def test_a_reader_counts_once_and_as_said_last(tmp_path: Path) -> None:
    for has_helped in (True, True, False, False):
        votes.cast(tmp_path, KEY, ONE, "Credit  for exchange", "a.b", has_helped)
    assert counts(tmp_path) == {("credit for exchange", "a.b"): (0, 1)}
    votes.cast(tmp_path, KEY, TWO, "credit for exchange", "a.b", True)
    votes.cast(tmp_path, KEY, TWO, "credit for exchange", "", False)
    assert counts(tmp_path) == {("credit for exchange", "a.b"): (1, 1), ("credit for exchange", ""): (0, 1)}


def test_nothing_is_kept_of_who_said_so(tmp_path: Path) -> None:
    votes.cast(tmp_path, KEY, ONE, "credit for exchange", "a.b", True)
    with closing(sqlite3.connect(tmp_path / cabinet.FILE)) as db:
        assert ONE not in "".join(db.iterdump())
    with pytest.raises(InputError, match="without a word"):
        votes.cast(tmp_path, KEY, ONE, "?", "", True)


def test_one_client_can_not_fill_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(votes, "MOST_A_DAY", 3)
    monkeypatch.setattr(votes, "MOST_KEPT", 4)
    for number in range(3):
        votes.cast(tmp_path, KEY, ONE, f"need {number}", "", False)
    with pytest.raises(InputError, match="tomorrow"):
        votes.cast(tmp_path, KEY, ONE, "need 4", "", False)
    for number in range(3):
        votes.cast(tmp_path, KEY, TWO, f"other need {number}", "", False)
    assert len(counts(tmp_path)) == 4


def test_what_helped_more_readers_than_not_is_a_judged_need() -> None:
    said = [
        Vote("credit", "a", 3, 1, "2026-11-01"),
        Vote("credit", "b", 1, 2, "2026-11-02"),
        Vote("credit", "", 9, 0, "2026-11-02"),  # the answers as a whole: no record is judged
        Vote("parking", "a", 0, 5, "2026-11-02"),  # proves nothing of what the library has
    ]
    need, *others = votes.as_needs(said, lambda text: "en", 7)
    assert not others
    assert (need.id, need.text) == ("n7", "credit")
    assert [(one.record, one.grade) for one in need.judgements] == [("a", Grade.PARTLY), ("b", Grade.NOT)]
