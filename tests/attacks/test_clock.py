"""A clock that jumps, by years and backwards, changes no order and loses nothing."""

from __future__ import annotations

import io
import itertools
import sys
import time
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path

import pytest

from kb import index
from kb.care import Wish, backup, review, shelf, verify
from kb.editions import Action
from kb.office import Deed, Jobs, Journal
from kb.search.library import Library
from kb.settings import Settings
from kb.store import Grade, Store
from tests.factories import FakeEncoder, a_record, stage

JUMPS = (timedelta(), timedelta(days=-4000), timedelta(days=9000), timedelta(days=-20), timedelta(days=3))


@pytest.fixture(autouse=True)
def jumping(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every look at the clock be years from the one before."""
    real, jumps = time.time, itertools.cycle(JUMPS)

    class Jumping(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Jumping:
            moment = datetime.fromtimestamp(real(), UTC) + next(jumps)
            return cls.fromtimestamp(moment.timestamp(), tz)

    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] in ("kb", "ingest") and getattr(module, "datetime", None) is datetime:
            monkeypatch.setattr(module, "datetime", Jumping)
    monkeypatch.setattr(time, "time", lambda: real() + next(jumps).total_seconds())


def test_editions_edits_and_restores_keep_their_order(tmp_path: Path) -> None:
    encoder, folder = FakeEncoder(), tmp_path / "library"
    with Store.open(folder) as store, Library.open(Settings(folder), encoder) as library:
        for number in range(1, 6):
            stage(store, [a_record("book.one", f"Title {number}")], "book", number, f"%PDF {number}".encode())
            store.publish({"book": number}, index.build(store, {"book": number}, encoder))
            store.clean(is_pruning=True)
            assert library.snapshot().record("book.one").title == f"Title {number}"
        for title in ("Better", "Best"):
            review.correct(store, "book", [Wish(Action.RETITLE, "book.one", title, who="eve")], encoder)
        assert store.record("book.one").title == "Best"
        backup.backup(store, tmp_path / "b.zip")
        assert shelf.rollback(store, "book", None, encoder) == 4
        shelf.remove(store, "book", encoder)
        assert shelf.put_back(store, "book", encoder) == 4, "what was served last, not what a clock says"
        revision = store.revision()
        backup.restore(store, tmp_path / "b.zip", encoder)
        assert store.revision() > revision
        assert library.snapshot().record("book.one").title == "Best"
        assert shelf.forget(store, "book", 2) == 3
        assert store.published("book") == (4, 5)
        store.judge("a need", "en", {"book.one": Grade.WELL}, "me")
        assert verify(store) == ()


def test_jobs_are_done_and_logged_in_the_order_in_which_they_came(tmp_path: Path) -> None:
    jobs, journal = Jobs(tmp_path), Journal(tmp_path)
    numbers = [jobs.add(f"{n}.pdf", who="me", via="owner", content=io.BytesIO(b"%PDF")) for n in range(5)]
    for number in numbers:
        journal.add(Deed.UPLOAD, who="me", detail=str(number))
        jobs.recover()
    taken = [job.number for job in iter(jobs.take, None)]
    assert taken == sorted(numbers) == numbers
    assert [entry.detail for entry in journal.entries(9)] == [str(number) for number in numbers[::-1]]
    assert [jobs.file(number).is_file() for number in numbers] == [True] * 5
