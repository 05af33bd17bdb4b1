"""What harvesters are told of records: new, changed and gone ones once each, unchanged ones not again, for ever."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
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


def told(store: Store, change: int = 0) -> dict[str, bool]:
    """The ids that a harvester is told of that knows all up to a change, and whether each is there."""
    return {entry.id: entry.record is not None for entry in entries(store, change)}


def entries(store: Store, change: int = 0) -> tuple[ChronicleEntry, ...]:
    known = {row[1] for row in store.harvest_rows() if row[6] > change}
    found = store.harvest(Wanted(MOST), limit=MOST).entries
    return tuple(entry for entry in found if entry.id in known)


def newest(store: Store) -> int:
    return store.harvest_bounds()[0]


ONE, TWO, THREE = (a_record(f"book.{name}") for name in ("one", "two", "three"))


def test_an_edition_tells_of_what_is_new_changed_and_gone_alone(store: Store) -> None:
    publish(store, 1, ONE, TWO, THREE)
    before = newest(store)
    assert told(store) == {"book.one": True, "book.two": True, "book.three": True}
    publish(store, 2, ONE, replace(TWO, title="Another"), a_record("book.four"))
    assert told(store, before) == {"book.two": True, "book.three": False, "book.four": True}
    assert verify(store) == ()


def test_a_record_that_only_moved_tells_nothing_new(store: Store) -> None:
    publish(store, 1, ONE, TWO)
    before = newest(store)
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
        before = newest(store)
        review.correct(store, "book", [wish], ENCODER)
        assert told(store, before) == expected, wish
    before, last = newest(store), store.edits("book")[-1].number
    review.undo(store, last, "eve", ENCODER)
    assert told(store, before) == {"book.three": True}
    assert verify(store) == ()


def test_going_back_taking_away_and_putting_back_are_told(store: Store) -> None:
    publish(store, 1, ONE, TWO)
    publish(store, 2, ONE, THREE)
    before = newest(store)
    shelf.rollback(store, "book", 1, ENCODER)
    assert told(store, before) == {"book.two": True, "book.three": False}
    before = newest(store)
    shelf.remove(store, "book", ENCODER)
    assert told(store, before) == {"book.one": False, "book.two": False}
    before = newest(store)
    shelf.put_back(store, "book", ENCODER)
    assert told(store, before) == {"book.one": True, "book.two": True}


def test_what_is_gone_stays_told_when_its_edition_is_forgotten(store: Store) -> None:
    publish(store, 1, ONE, TWO)
    publish(store, 2, ONE)
    before = newest(store)
    shelf.forget(store, "book", 1)
    assert told(store)["book.two"] is False
    assert told(store, before) == {}
    (entry,) = store.harvest_one("book.two").entries
    assert entry.kind is Kind.PRACTICE


def test_whose_a_handbook_is_is_told_with_each_of_its_records(store: Store) -> None:
    publish(store, 1, ONE)
    publish(store, 1, a_record("guide.one"), handbook="guide")
    for details in ({"licence": "CC BY 4.0"}, {"publisher": "A university"}, {"name": "The book"}):
        before = newest(store)
        store.set_details("book", **details)
        assert told(store, before) == {"book.one": True}
    before = newest(store)
    store.set_details("book", url="https://example.org")
    assert told(store, before) == {}


def test_the_year_is_that_of_the_edition_since_which_a_record_reads_so(store: Store) -> None:
    publish(store, 1, ONE, TWO, year="2030")
    publish(store, 2, ONE, replace(TWO, title="Another"), year="2031")
    assert {entry.id: entry.year for entry in entries(store)} == {"book.one": "2030", "book.two": "2031"}


def test_pages_of_entries_lose_nothing_and_repeat_nothing_while_more_is_published(store: Store) -> None:
    publish(store, 1, *(a_record(f"book.r{n:02}") for n in range(10)))
    wanted, after, found = Wanted(newest(store)), ("", ""), []
    publish(store, 2, *(a_record(f"book.r{n:02}", "New" if n == 5 else "") for n in range(9)))
    while page := store.harvest(wanted, after, 3).entries:
        found += [entry.id for entry in page]
        after = (page[-1].stamp, page[-1].id)
    assert found == [f"book.r{n:02}" for n in range(9) if n != 5]
    assert sorted(told(store, wanted.change)) == ["book.r05", "book.r09"]
    assert store.harvest_size(wanted) == 8


def test_entries_are_chosen_by_time_handbook_and_kind(store: Store) -> None:
    publish(store, 1, ONE, replace(TWO, kind=Kind.TOOL))
    publish(store, 1, a_record("guide.one"), handbook="guide")
    earliest, every = store.harvest_bounds()[1], Wanted(MOST)

    def ids(**asked: object) -> list[str]:
        return [one.id for one in store.harvest(replace(every, **asked)).entries]  # type: ignore[arg-type]

    assert ids(handbook="guide") == ["guide.one"]
    assert ids(kind=Kind.TOOL) == ["book.two"]
    assert len(ids(since=earliest)) == 3
    assert ids(until="2000-01-01T00:00:00Z") == ids(since="2999-01-01T00:00:00Z") == []


def test_times_are_never_before_a_harvest_that_could_not_see_the_change(store: Store) -> None:
    before = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    publish(store, 1, ONE)
    (entry,) = entries(store)
    assert before < entry.stamp <= f"{datetime.now(UTC) + timedelta(seconds=1):%Y-%m-%dT%H:%M:%SZ}"


def test_times_never_run_back_when_the_clock_does(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(store, 1, ONE)
    (first,) = entries(store)
    monkeypatch.setattr(chronicle, "_soon", lambda: "2001-01-01T00:00:00Z")
    publish(store, 2, ONE, TWO)
    assert [entry.stamp for entry in entries(store)] == [first.stamp, first.stamp]


def test_a_backup_put_in_a_librarys_place_tells_how_it_differs(store: Store, tmp_path: Path) -> None:
    publish(store, 1, ONE, TWO)
    backup.backup(store, tmp_path / "b.zip")
    publish(store, 2, replace(ONE, title="Another"), TWO, THREE)
    before = newest(store)
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
    assert store.harvest_bounds() == (0, "")
