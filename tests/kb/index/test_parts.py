"""A generation takes over what did not change, and answers as one that is built anew."""

from __future__ import annotations

import itertools
import os
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from kb.care.doctor import index_faults
from kb.editions import corrections
from kb.index import generation as index
from kb.index import manifest, milvus_engine
from kb.index.manifest import IndexPart, Manifest, Portion, divide
from kb.records import Record
from kb.store.store import Revision, Store
from tests.factories import FakeEncoder, a_field, a_record, passages_of, stage
from tests.kb.index.engines import EMBEDDED, MILVUS, kept_by

WORDS = [
    "credit",
    "exchange",
    "online",
    "law",
    "film",
    "river",
    "city",
    "school",
    "partner",
    "course",
    "grade",
    "letter",
]
BOOKS = [f"book-{letter}" for letter in "abcdefghijkl"]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "library") as opened:
        yield opened


def written(chance: random.Random, book: str) -> list[Record]:
    """Some records, in two languages, of some passages each; at times none."""
    return [
        a_record(
            f"{book}.{n}",
            title=" ".join(chance.choices(WORDS, k=2)),
            language=chance.choice(["en", "en", "de"]),
            fields=tuple(
                a_field(text=" ".join(chance.choices(WORDS, k=chance.randint(2, 9))))
                for _ in range(chance.randint(0, 3))
            ),
        )
        for n in range(chance.randint(1, 6))
    ]


def change(store: Store, chance: random.Random, numbers: dict[str, int], encoder: FakeEncoder | None) -> None:
    """Add an edition, serve an earlier one, take a handbook away, or correct a record."""
    served = store.current_editions()
    book = chance.choice(BOOKS)
    what = chance.choice(["add", "add", "add", "take away", "roll back", "correct"])
    revision = None
    if what == "take away":
        served.pop(book, None)
    elif what == "roll back" and numbers.get(book):
        served[book] = chance.randint(1, numbers[book])
    elif what == "correct" and book in served:
        revision = corrected(store, chance, book, served[book])
    else:
        numbers[book] = numbers.get(book, 0) + 1
        stage(store, written(chance, book), book, numbers[book], f"{book} {numbers[book]}".encode())
        served[book] = numbers[book]
    store.publish(served, index.build(store, served, encoder, revision=revision), revision)
    store.clean()


def corrected(store: Store, chance: random.Random, book: str, number: int) -> Revision:
    reviewed = corrections.apply(store.records(book, number), ())
    first, *others = reviewed.records
    records = (replace(first, title=" ".join(chance.choices(WORDS, k=3))), *others)
    return Revision(book, number, (), replace(reviewed, records=records), tuple(passages_of(records)))


def assert_same(one: index.Generation, other: index.Generation, encoder: FakeEncoder) -> None:
    assert tuple(one.records) == tuple(other.records)
    assert tuple(one.passages) == tuple(other.passages)
    queries = [*WORDS, "online credit course", "letter of a partner school", "river film law city"]
    for lexical, anew in ((one.lexical, other.lexical), (one.whole, other.whole)):
        assert (lexical.count, lexical.languages) == (anew.count, anew.languages)
        assert lexical.words() == anew.words()
        for text in queries:
            for limit, allowed in itertools.product((3, 50), (None, np.arange(0, anew.count, 2))):
                ids, scores = lexical.search(text, limit, allowed=allowed)
                wanted, exact = anew.search(text, limit, allowed=allowed)
                assert ids.tolist() == wanted.tolist()
                assert scores.tolist() == exact.tolist()
            assert lexical.coverage(text).tolist() == anew.coverage(text).tolist()
            assert lexical.matching([text]).tolist() == anew.matching([text]).tolist()
    assert (one.dense is None) == (other.dense is None)
    if one.dense is not None and other.dense is not None:
        rows = np.arange(other.dense.count)
        assert np.array_equal(one.dense.rows(rows), other.dense.rows(rows))
        for row in encoder.queries(queries):
            found, wanted_ = one.dense.search(row, 5), other.dense.search(row, 5)
            assert [a.tolist() for a in found] == [a.tolist() for a in wanted_]


@pytest.mark.parametrize(("engine", "seed"), [*((EMBEDDED, seed) for seed in range(4)), (MILVUS, 2)])
def test_after_any_changes_it_answers_as_one_built_anew(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine: str, seed: int
) -> None:
    chance, numbers, encoder = random.Random(seed), dict[str, int](), FakeEncoder()
    monkeypatch.setattr(manifest, "FEW", chance.choice([1, 3, 8]))
    monkeypatch.setattr(milvus_engine, "LAG", timedelta(0))
    with kept_by(engine, tmp_path):
        for _ in range(25):
            change(store, chance, numbers, encoder)
            assert index_faults(store) == ()
        changed = index.open_served(store)
        served = store.current_editions()
        store.publish(served, index.build(store, served, encoder, is_anew=True))
        assert_same(changed, index.open_served(store), encoder)


def test_parts_in_which_nothing_changed_are_the_same_files(store: Store) -> None:
    encoder = FakeEncoder()
    for book in BOOKS[:3]:
        stage(store, written(random.Random(book), book), book, 1, book.encode())
    served = dict.fromkeys(BOOKS[:3], 1)
    store.publish(served, first := index.build(store, served, encoder))
    stage(store, written(random.Random(1), BOOKS[1]), BOOKS[1], 2, b"two")
    second = index.build(store, {**served, BOOKS[1]: 2}, encoder)
    before, after = (inodes(store.index_folder / name) for name in (first, second))
    for part in Manifest.read(store.index_folder / first).parts:
        segments = [piece["segment_id"].replace("-", "") for piece in (*part.words, *part.whole)]
        files = {n for path, n in before.items() if Path(path).name.startswith((part.name, *segments))}
        assert files
        assert (files <= set(after.values())) == (BOOKS[1] not in part.editions)


def inodes(folder: Path) -> dict[str, int]:
    return {str(path.relative_to(folder)): path.stat().st_ino for path in folder.rglob("*") if path.is_file()}


def test_where_files_cannot_be_linked_they_are_copied(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError("no links here")

    monkeypatch.setattr(os, "link", refuse)
    for number, book in enumerate(BOOKS[:3], 1):
        stage(store, written(random.Random(number), book), book, 1, book.encode())
        served = dict.fromkeys(BOOKS[:number], 1)
        store.publish(served, index.build(store, served, FakeEncoder()))
    assert index_faults(store) == ()


def part(name: str, **passages: int) -> IndexPart:
    return IndexPart(name, 0, {book: Portion(1, count, 1, "") for book, count in passages.items()}, [], [])


def test_only_parts_in_which_something_changed_are_indexed_anew() -> None:
    parts = [part("x", a=5, b=5), part("y", c=10), part("z", d=10)]
    kept, groups = divide({"a": 6}, parts, ["a", "b", "c", "d"])
    assert ([p.name for p in kept], groups) == (["y", "z"], [["a"], ["b"]])
    kept, groups = divide({}, parts, ["a", "b", "d"])
    assert ([p.name for p in kept], groups) == (["x", "z"], [])
    assert divide({}, [], []) == ([], [])


def test_the_smallest_parts_become_one_where_there_are_too_many() -> None:
    books = {f"book-{n:02}": 10 + n for n in range(40)}
    kept, groups = divide(books, [], list(books))
    assert (kept, len(groups)) == ([], manifest.FEW)
    assert sorted(book for group in groups for book in group) == sorted(books)
    sizes = [sum(books[book] for book in group) for group in groups]
    assert max(sizes) <= 2 * min(sizes)
    large = {f"book-{n:03}": 100 for n in range(1000)}
    assert len(divide(large, [], list(large))[1]) == 19  # the square root of 100 000, by 16
