"""Editions are rolled back, handbooks taken off the shelf and put back, and nothing is lost by it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from kb.care import changes, review, shelf
from kb.care.doctor import verify
from kb.editions.edits import Action
from kb.errors import InputError, NotFoundError, StoreError
from kb.index import generation as index
from kb.records import Record
from kb.said import Said
from kb.search.library import Library
from kb.search.query import Query
from kb.settings import Settings
from kb.store.store import Store
from tests.factories import FakeEncoder, a_record, answer, stage


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Two handbooks; the first in three editions, of which the third is served."""
    with Store.open(tmp_path / "library") as opened:
        stage(opened, [a_record("guide.only", "The other handbook's practice")], "guide", 1, b"%PDF guide")
        served = {"guide": 1}
        for number, titles in enumerate((("one", "two"), ("one", "three"), ("three", "four")), 1):
            records = [
                a_record(f"book.{t}", t.capitalize(), f"What {t} is, edition {number}.") for t in titles
            ]
            stage(opened, records, "book", number, f"%PDF book {number}".encode())
            served["book"] = number
            opened.publish(served, index.build(opened, served, FakeEncoder()))
        opened.clean(is_pruning=True)
        yield opened


def ids(records: tuple[Record, ...]) -> list[str]:
    return [record.id for record in records]


def library(store: Store) -> Library:
    return Library.open(Settings(data=store.folder), FakeEncoder())


def sound(store: Store) -> tuple[Said, ...]:
    return verify(store)


def test_a_rollback_serves_the_edition_before_without_embedding_anything(store: Store) -> None:
    encoder = FakeEncoder()
    with library(store) as open_library:
        assert ids(open_library.snapshot().records("book")) == ["book.three", "book.four"]
        assert shelf.rollback(store, "book", None, encoder) == 2
        assert encoder.embedded == []
        assert ids(open_library.snapshot().records("book")) == ["book.one", "book.three"]
        assert {h.record.id for h in answer(open_library, Query("What is")).hits} <= {
            "book.one", "book.three", "guide.only"
        }  # fmt: skip
    assert sound(store) == ()


def test_a_rollback_leads_forward_again(store: Store) -> None:
    assert shelf.rollback(store, "book", 1, FakeEncoder()) == 1
    with pytest.raises(InputError, match="is the first"):
        shelf.rollback(store, "book", None, FakeEncoder())
    assert shelf.rollback(store, "book", 3, FakeEncoder()) == 3
    assert ids(store.records("book", store.handbook("book").edition)) == ["book.three", "book.four"]
    assert sound(store) == ()


@pytest.mark.parametrize(("to", "error"), [(3, InputError), (9, NotFoundError), (0, NotFoundError)])
def test_a_rollback_to_what_is_served_or_not_there_changes_nothing(
    store: Store, to: int, error: type[Exception]
) -> None:
    before = store.served()
    with pytest.raises(error):
        shelf.rollback(store, "book", to, FakeEncoder())
    assert store.served() == before


def test_what_review_decided_since_counts_in_the_edition_rolled_back_to(store: Store) -> None:
    wish = review.Wish(Action.RETITLE, "book.three", "A better title", None, "me", "")
    review.correct(store, "book", [wish], FakeEncoder())
    shelf.rollback(store, "book", None, FakeEncoder())
    assert store.record("book.three").edition == 2
    assert store.record("book.three").title == "A better title"
    assert sound(store) == ()


def test_a_removed_handbook_is_not_found_and_comes_back_as_it_was(store: Store) -> None:
    shelf.rollback(store, "book", 2, FakeEncoder())
    with library(store) as open_library:
        shelf.remove(store, "book", FakeEncoder())
        assert [h.id for h in open_library.snapshot().handbooks] == ["guide"]
        assert {h.record.handbook for h in answer(open_library, Query("what is three")).hits} <= {"guide"}
        assert store.removed() == ("book",)
        assert sound(store) == ()
        encoder = FakeEncoder()
        assert shelf.put_back(store, "book", encoder) == 2
        assert encoder.embedded == []
        assert [h.id for h in open_library.snapshot().handbooks] == ["book", "guide"]
    assert store.removed() == ()
    assert sound(store) == ()


def test_the_last_handbook_can_be_removed_as_well(store: Store) -> None:
    for handbook in ("book", "guide"):
        shelf.remove(store, handbook, FakeEncoder())
    with library(store) as open_library:
        assert open_library.snapshot().handbooks == ()
        assert answer(open_library, Query("anything")).hits == ()
    assert shelf.put_back(store, "guide", FakeEncoder()) == 1


def test_only_what_was_removed_can_be_put_back(store: Store) -> None:
    with pytest.raises(InputError, match="is served"):
        shelf.put_back(store, "book", FakeEncoder())
    with pytest.raises(NotFoundError, match="no such handbook"):
        shelf.put_back(store, "nothing", FakeEncoder())


def test_editions_are_compared_with_the_one_before_unless_others_are_named(store: Store) -> None:
    assert changes.pair(store, "book") == (2, 3)
    assert changes.pair(store, "book", 1) == (1, 3)
    assert changes.pair(store, "book", 3, 1) == (3, 1)
    shelf.rollback(store, "book", None, FakeEncoder())
    assert changes.pair(store, "book") == (1, 2)
    shelf.remove(store, "book", FakeEncoder())
    assert changes.pair(store, "book") == (1, 2)
    with pytest.raises(InputError, match="nothing to compare"):
        changes.pair(store, "guide")
    with pytest.raises(NotFoundError):
        changes.pair(store, "book", 1, 7)


def test_a_correction_is_no_change_of_the_handbook(store: Store) -> None:
    before = changes.between(store, "book", 2, 3)
    wish = review.Wish(Action.RETITLE, "book.three", "A better title", None, "me", "")
    review.correct(store, "book", [wish], FakeEncoder())
    after = changes.between(store, "book", 2, 3)
    assert after.renamed == before.renamed == ()
    assert after.added == before.added == (("book.four", "Four"),)


def test_the_json_of_a_comparison_has_the_agreed_shape(store: Store) -> None:
    found = changes.as_json("book", 2, 3, changes.between(store, "book", 2, 3))
    assert found == {
        "handbook": "book", "from": 2, "to": 3,
        "added": [{"id": "book.four", "title": "Four"}],
        "removed": [{"id": "book.one", "title": "One"}],
        "renamed": [], "moved": [],
        "rewritten": [{"id": "book.three", "title": "Three", "fields": ["Objectives"]}],
        "unchanged": 0,
    }  # fmt: skip


def test_a_rollback_is_undone_by_the_next_edition(store: Store) -> None:
    shelf.rollback(store, "book", 1, FakeEncoder())
    assert store.next_number("book") == 4
    records = [replace(a_record("book.five", "Five"), handbook="book")]
    stage(store, records, "book", 4, b"%PDF book 4")
    served = {"guide": 1, "book": 4}
    store.publish(served, index.build(store, served, FakeEncoder()))
    assert shelf.edition_before(store, "book") == 3


def test_forgotten_editions_are_gone_with_their_files_and_their_ids_stay_taken(tmp_path: Path) -> None:
    with Store.open(tmp_path) as store:
        for number in (1, 2, 3, 4):
            only = a_record(f"only-{number}")
            stage(store, [a_record("one"), only], number=number, pdf=f"pdf {number}".encode())
            store.publish({"handbook": number}, index.build(store, {"handbook": number}, FakeEncoder()))
        shelf.rollback(store, "handbook", 2, FakeEncoder())
        assert shelf.forget(store, "handbook", 2) == 2
        assert store.published("handbook") == (2, 4)
        assert len(list((tmp_path / "files").iterdir())) == 2
        assert {"only-1", "only-3"} <= store.record_ids("handbook")
        assert verify(store) == ()
        assert shelf.forget(store, "handbook", 2) == 0
        with pytest.raises(InputError, match="at least one edition is kept"):
            shelf.forget(store, "handbook", 0)
        with pytest.raises(StoreError, match="edition 2 is served"):
            store.forget("handbook", [2])


def test_whose_a_handbook_is_can_be_stated_and_taken_back(store: Store) -> None:
    assert store.handbook("book").publisher == ""
    store.set_details("book", publisher=" An alliance ", licence="CC BY 4.0")
    store.set_details("book", url="https://example.org/book")
    found = store.handbook("book")
    assert (found.publisher, found.licence, found.url) == (
        "An alliance",
        "CC BY 4.0",
        "https://example.org/book",
    )
    assert store.set_details("book", licence="").licence == ""
    shelf.rollback(store, "book", None, FakeEncoder())
    assert store.handbook("book").publisher == "An alliance"
    with pytest.raises(NotFoundError):
        store.set_details("nowhere", licence="x")
