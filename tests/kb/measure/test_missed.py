"""Searches that found nothing: counted without writing, added up in a file, texts kept only if wanted."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from typer.testing import CliRunner

from cli.main import app
from kb.errors import StoreError
from kb.measure.missed import FILE, Counter, Day, Missed, Outcome, tally
from kb.search.library import Library
from kb.search.query import Query
from tests import web_library
from tests.factories import FakeEncoder, answer
from web.app import create_app


def counter(folder: Path, keeps_texts: bool = False, day: str = "2026-11-23") -> Counter:
    return Counter(folder, keeps_texts, lambda: day)


def test_counts_of_several_counters_and_days_add_up(tmp_path: Path) -> None:
    one, two = counter(tmp_path), counter(tmp_path)
    for _ in range(3):
        one.note("credit", Outcome.ANSWERED)
    two.note("zeppelin", Outcome.NOTHING)
    two.note("airship", Outcome.WEAK)
    later = counter(tmp_path, day="2026-11-24")
    later.note("zeppelin", Outcome.NOTHING)
    for each in (one, two, one, later):
        each.flush()
    assert tally(tmp_path).days == (Day("2026-11-24", 1, 0, 1), Day("2026-11-23", 5, 1, 1))


def test_texts_are_not_kept_unless_that_is_wanted(tmp_path: Path) -> None:
    silent = counter(tmp_path)
    silent.note("a secret zeppelin", Outcome.NOTHING)
    silent.flush()
    assert "zeppelin" not in (tmp_path / FILE).read_text("utf-8")
    assert tally(tmp_path).texts == ()


def test_kept_texts_are_those_not_answered_most_frequent_first(tmp_path: Path) -> None:
    kept = counter(tmp_path, keeps_texts=True)
    kept.note("credit", Outcome.ANSWERED)
    kept.note("airship", Outcome.WEAK)
    kept.note(" A  Zeppelin ", Outcome.NOTHING)
    kept.flush()
    kept.note("a zeppelin", Outcome.NOTHING)
    kept.flush()
    assert tally(tmp_path).texts == (
        Missed("a zeppelin", Outcome.NOTHING, 2, "2026-11-23"),
        Missed("airship", Outcome.WEAK, 1, "2026-11-23"),
    )


def test_nothing_is_lost_when_the_file_cannot_be_written(tmp_path: Path) -> None:
    counted = counter(tmp_path / "missing", keeps_texts=True)
    counted.note("zeppelin", Outcome.NOTHING)
    (tmp_path / "missing").write_text("no folder", "utf-8")
    with pytest.raises(StoreError):
        counted.flush()
    (tmp_path / "missing").unlink()
    (tmp_path / "missing").mkdir()
    counted.flush()
    assert tally(tmp_path / "missing").days == (Day("2026-11-23", 1, 0, 1),)


def test_notes_from_many_threads_while_writing_are_all_counted(tmp_path: Path) -> None:
    counted = counter(tmp_path, keeps_texts=True)

    def ask() -> None:
        for _ in range(200):
            counted.note("zeppelin", Outcome.NOTHING)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for _ in range(5):
        counted.flush()
    for thread in threads:
        thread.join()
    counted.flush()
    assert tally(tmp_path).days[0].asked == tally(tmp_path).texts[0].count == 800


def test_damaged_file_is_said_and_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("{}", "utf-8")
    counted = counter(tmp_path)
    counted.note("zeppelin", Outcome.NOTHING)
    with pytest.raises(StoreError, match=r"queries\.json: cannot be read"):
        counted.flush()
    assert (tmp_path / FILE).read_text("utf-8") == "{}"


def test_search_itself_counts_nothing(tmp_path: Path) -> None:
    with Library.open(web_library.fill(tmp_path)) as library:
        answer(library, Query("zeppelin"))
    assert not (tmp_path / FILE).exists()


def test_the_web_counts_first_pages_without_filters_and_writes_when_it_stops(tmp_path: Path) -> None:
    encoder = FakeEncoder()
    settings = web_library.fill(tmp_path)
    with TestClient(create_app(settings, lambda settings: Library.open(settings, encoder))) as client:
        for path in (
            "/search?q=credit",
            "/search.json?q=zeppelin",
            "/search?q=credit&country=Norway",
            "/search?q=credit&page=2",
            "/search",
        ):
            assert client.get(path).status_code == 200
        assert not (tmp_path / FILE).exists()
    (day,) = tally(tmp_path).days
    assert (day.asked, day.nothing) == (2, 1)
    said = CliRunner(env={"KB_DATA": str(tmp_path)}).invoke(app, ["needs", "missing"]).output
    assert "2 asked, 1 without an answer, 0 weakly answered" in said
