"""What harvesters are told of records: new, changed and gone ones once each, unchanged ones not again, for ever."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from kb import index
from kb.care import Wish, backup, review, shelf, verify
from kb.editions import Action
from kb.records import Facet, Kind, Record
from kb.store import ChronicleEntry, Store, Wanted, chronicle
from tests.attacks.test_old_libraries import old_library
from tests.factories import FakeEncoder, a_field, a_record, an_edition, passages_of

ENCODER = FakeEncoder()
MOST = 1_000_000


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "library") as opened:
        yield opened


def publish(store: Store, number: int, *records: Record, handbook: str = "book", year: str = "") -> None:
    """Publish an edition of these records."""
    pdf = f"%PDF-1.7 {handbook} {number}".encode()
    own = [
        replace(record, handbook=handbook, edition=number, position=position)
        for position, record in enumerate(records)
    ]
    imprint = (Facet("year", year),) if year else ()
    store.stage(an_edition(handbook, number, pdf, imprint=imprint), own, passages_of(own), pdf)
    served = {**store.current_editions(), handbook: number}
    store.publish(served, index.build(store, served, ENCODER))


Rows = dict[str, str]


def rows(store: Store) -> Rows:
    """The digest of what is told of each record, by id."""
    return {row[1]: row[4] for row in store.harvest_rows()}


def told(store: Store, before: Rows | None = None) -> dict[str, bool]:
    """The ids that harvesters are told of since, and whether each is there."""
    known = before or {}
    return {
        one.id: one.record is not None for one in entries(store) if rows(store)[one.id] != known.get(one.id)
    }


def entries(store: Store) -> tuple[ChronicleEntry, ...]:
    return store.harvest(Wanted(), limit=MOST).entries


ONE, TWO, THREE = (a_record(f"book.{name}") for name in ("one", "two", "three"))


def test_an_edition_tells_of_what_is_new_changed_and_gone_alone(store: Store) -> None:
    publish(store, 1, ONE, TWO, THREE)
    before = rows(store)
    assert told(store) == {"book.one": True, "book.two": True, "book.three": True}
    publish(store, 2, ONE, replace(TWO, title="Another"), a_record("book.four"))
    assert told(store, before) == {"book.two": True, "book.three": False, "book.four": True}
    assert verify(store) == ()


def test_a_record_that_only_moved_tells_nothing_new(store: Store) -> None:
    publish(store, 1, ONE, TWO)
    before = rows(store)
    moved = replace(
        TWO, page_start=2, page_end=2, fields=(a_field(text=TWO.fields[0].text, page=2),), confidence=0.5
    )
    publish(store, 2, ONE, moved, year="2031")
    assert told(store, before) == {}


def test_a_correction_its_undoing_a_merge_and_a_discard_are_told(store: Store) -> None:
    publish(store, 1, ONE, TWO, THREE)
    for wish, expected in (
        (Wish(Action.RETITLE, "book.one", "Better"), {"book.one": True}),
        (Wish(Action.MERGE, "book.two", "book.one"), {"book.one": True, "book.two": False}),
        (Wish(Action.DISCARD, "book.three"), {"book.three": False}),
    ):
        before = rows(store)
        review.correct(store, "book", [wish], ENCODER)
        assert told(store, before) == expected, wish
    before, last = rows(store), store.edits("book")[-1].number
    review.undo(store, last, "eve", ENCODER)
    assert told(store, before) == {"book.three": True}
    assert verify(store) == ()


def test_going_back_taking_away_and_putting_back_are_told(store: Store) -> None:
    publish(store, 1, ONE, TWO)
    publish(store, 2, ONE, THREE)
    before = rows(store)
    shelf.rollback(store, "book", 1, ENCODER)
    assert told(store, before) == {"book.two": True, "book.three": False}
    before = rows(store)
    shelf.remove(store, "book", ENCODER)
    assert told(store, before) == {"book.one": False, "book.two": False}
    before = rows(store)
    shelf.put_back(store, "book", ENCODER)
    assert told(store, before) == {"book.one": True, "book.two": True}


def test_what_is_gone_stays_told_when_its_edition_is_forgotten(store: Store) -> None:
    publish(store, 1, ONE, TWO)
    publish(store, 2, ONE)
    before = rows(store)
    shelf.forget(store, "book", 1)
    assert told(store)["book.two"] is False
    assert told(store, before) == {}
    (entry,) = store.harvest_one("book.two").entries
    assert entry.kind is Kind.PRACTICE


def test_whose_a_handbook_is_is_told_with_each_of_its_records(store: Store) -> None:
    publish(store, 1, ONE)
    publish(store, 1, a_record("guide.one"), handbook="guide")
    for details in ({"licence": "CC BY 4.0"}, {"publisher": "A university"}, {"name": "The book"}):
        before = rows(store)
        store.set_details("book", **details)
        assert told(store, before) == {"book.one": True}
    before = rows(store)
    store.set_details("book", url="https://example.org")
    assert told(store, before) == {}


def test_the_year_is_that_of_the_edition_since_which_a_record_reads_so(store: Store) -> None:
    publish(store, 1, ONE, TWO, year="2030")
    publish(store, 2, ONE, replace(TWO, title="Another"), year="2031")
    assert {entry.id: entry.year for entry in entries(store)} == {"book.one": "2030", "book.two": "2031"}


def test_pages_of_entries_lose_nothing_while_more_is_published(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(store, 1, *(a_record(f"book.r{n:02}") for n in range(10)))
    first = store.harvest(Wanted(), limit=7).entries
    after = (first[-1].stamp, first[-1].id)
    assert store.harvest_size(Wanted(), after) == 3
    monkeypatch.setattr(chronicle, "_now", lambda: "2999-01-01T00:00:00Z")
    publish(store, 2, *(a_record(f"book.r{n:02}", "New" if n in (1, 8) else "") for n in range(9)))
    found, size = [], store.harvest_size(Wanted(), after)
    while page := store.harvest(Wanted(), after, 2).entries:
        found += [(entry.id, entry.record is not None) for entry in page]
        after = (page[-1].stamp, page[-1].id)
    assert found == [("book.r07", True), ("book.r01", True), ("book.r08", True), ("book.r09", False)]
    assert len(found) == size


def test_entries_are_chosen_by_time_handbook_and_kind(store: Store) -> None:
    publish(store, 1, ONE, replace(TWO, kind=Kind.TOOL))
    publish(store, 1, a_record("guide.one"), handbook="guide")
    earliest, every = store.harvest_earliest(), Wanted()

    def ids(**asked: object) -> list[str]:
        return [one.id for one in store.harvest(replace(every, **asked)).entries]  # type: ignore[arg-type]

    assert ids(handbook="guide") == ["guide.one"]
    assert ids(kind=Kind.TOOL) == ["book.two"]
    assert len(ids(since=earliest)) == 3
    assert ids(until="2000-01-01T00:00:00Z") == ids(since="2999-01-01T00:00:00Z") == []


def test_a_commit_that_takes_until_another_second_is_told_as_of_then(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    moments = iter(["2031-01-01T00:00:01Z", "2031-01-01T00:00:04Z", "2031-01-01T00:00:04Z"])
    monkeypatch.setattr(chronicle, "_now", lambda: next(moments))
    publish(store, 1, ONE)
    (entry,) = entries(store)
    assert entry.stamp == "2031-01-01T00:00:04Z"
    assert verify(store) == ()


def test_times_never_run_back_when_the_clock_does(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(store, 1, ONE)
    (first,) = entries(store)
    monkeypatch.setattr(chronicle, "_now", lambda: "2001-01-01T00:00:00Z")
    publish(store, 2, ONE, TWO)
    assert [entry.stamp for entry in entries(store)] == [first.stamp, first.stamp]


def test_a_backup_put_in_a_librarys_place_tells_how_it_differs(store: Store, tmp_path: Path) -> None:
    publish(store, 1, ONE, TWO)
    backup.backup(store, tmp_path / "b.zip")
    publish(store, 2, replace(ONE, title="Another"), TWO, THREE)
    before = rows(store)
    backup.restore(store, tmp_path / "b.zip", ENCODER)
    assert told(store, before) == {"book.one": True, "book.three": False}
    assert told(store)["book.two"] is True
    assert verify(store) == ()


def test_a_library_of_before_tells_of_what_it_serves_and_of_what_it_served(tmp_path: Path) -> None:
    with Store.open(old_library(10, tmp_path)) as opened:
        assert told(opened) == {"old.one": True, "old.two": True}
        (entry,) = opened.harvest_one("old.two").entries
        assert entry.record is not None
        assert entry.record.title == "Corrected"


def test_no_entry_of_an_id_that_never_was(store: Store) -> None:
    assert store.harvest_one("nothing").entries == ()
    assert store.harvest_one("\udcff").entries == ()
    assert store.harvest_earliest() == ""
