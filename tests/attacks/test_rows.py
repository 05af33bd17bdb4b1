"""`kb verify` finds each row that was changed otherwise than by this software, and each flipped bit that matters."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from kb import index
from kb.care import review, shelf, verify
from kb.errors import KbError
from kb.store import DATABASE, Grade, Store
from kb.store.proof import MOST_NAMED, PARTS, Alteration
from tests.attacks.libraries import a_library
from tests.factories import FakeEncoder, a_record, stage

CHANGES, FLIPS = 60, 40


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library with rows in every table, closed."""
    return a_library(tmp_path_factory.mktemp("rows") / "library")


@pytest.fixture
def copied(library: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(library, tmp_path / "library"))


def found_in(folder: Path) -> tuple[str, ...]:
    """What verify says of a library, or what opening it says."""
    try:
        with Store.open(folder, readonly=True) as store:
            return tuple(f"{said.code} {dict(said.values)}" for said in verify(store))
    except KbError as error:
        return (str(error),)


def rows_of(db: sqlite3.Connection, table: str) -> list[tuple[Any, ...]]:
    return db.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall()


def test_library_has_rows_in_every_table_and_all_are_proven(library: Path) -> None:
    with closing(sqlite3.connect(library / DATABASE)) as db:
        tables = {name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        assert tables == {part.table for part in PARTS} | {"proof", "sqlite_sequence"}
        assert [part.table for part in PARTS if not rows_of(db, part.table)] == []
        (sums,) = db.execute("SELECT count(*) FROM proof").fetchone()
        assert sums == sum(len(rows_of(db, part.table)) for part in PARTS)
    assert found_in(library) == ()


@pytest.mark.parametrize("seed", range(CHANGES))
def test_one_change_by_sql_is_found_and_its_table_is_named(copied: Path, seed: int) -> None:
    chance = random.Random(seed)
    table = [*(part.table for part in PARTS), "proof"][seed % (len(PARTS) + 1)]
    with closing(sqlite3.connect(copied / DATABASE, isolation_level=None)) as db:
        changed = _change(db, table, chance)
    said = found_in(copied)
    assert said, changed
    assert table == "proof" or table in " ".join(said), (changed, said)


def _change(db: sqlite3.Connection, table: str, chance: random.Random) -> str:
    """Change one value of one row, delete the row, or add one like it, whatever the schema lets pass."""
    columns = [row[1] for row in db.execute(f"PRAGMA table_info({table})")]
    keys = [row[1] for row in db.execute(f"PRAGMA table_info({table})") if row[5]]
    row = dict(zip(columns, chance.choice(rows_of(db, table)), strict=True))
    where = " AND ".join(f"{key} IS ?" for key in keys)
    chosen = [row[key] for key in keys]
    for _ in range(100):
        column = chance.choice(columns)
        ways = (
            (f"UPDATE {table} SET {column} = ? WHERE {where}", [_other(row[column], chance), *chosen]),
            (f"DELETE FROM {table} WHERE {where}", chosen),
            (
                f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})",
                [_other(row[name], chance) if name in keys[-1:] else row[name] for name in columns],
            ),
        )
        statement, values = chance.choice(ways)
        before = rows_of(db, table)
        try:
            db.execute(statement, values)
        except sqlite3.IntegrityError:
            continue
        if rows_of(db, table) != before:
            return f"{statement} {values}"
    raise AssertionError(f"{table}: nothing could be changed")


def _other(value: Any, chance: random.Random) -> Any:
    """A value of the same kind, and hardly another one."""
    if isinstance(value, str) and value:
        at = chance.randrange(len(value))
        return value[:at] + chr(ord(value[at]) ^ 1) + value[at + 1 :]
    if isinstance(value, bytes):
        at = chance.randrange(len(value))
        return value[:at] + bytes([value[at] ^ 1 << chance.randrange(8)]) + value[at + 1 :]
    return (value or 0) + 1 if isinstance(value, int | float | None) else "x"


@pytest.mark.parametrize("seed", range(FLIPS))
def test_one_flipped_bit_in_a_row_is_found(copied: Path, seed: int) -> None:
    chance = random.Random(seed)
    path = copied / DATABASE
    content = bytearray(path.read_bytes())
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
        table = chance.choice(("page", "record", "passage", "corrected", "vector", "edit"))
        (value,) = chance.choice([row for row in db.execute(_LONGEST[table]) if row[0]])
        kept = value.encode() if isinstance(value, str) else value
    places = [at for at in range(len(content)) if content.startswith(kept, at)]
    assert places
    for at in places:  # a row may have been moved; what is left of its old place is not read
        content[at + chance.randrange(len(kept))] ^= 1 << chance.randrange(8)
    path.write_bytes(content)
    assert found_in(copied)


_LONGEST = {
    **{table: f"SELECT body FROM {table}" for table in ("page", "record", "passage", "corrected", "edit")},
    "vector": "SELECT numbers FROM vector",
}


@pytest.mark.parametrize("seed", range(30))
def test_bit_flipped_anywhere_is_found_or_means_nothing(copied: Path, library: Path, seed: int) -> None:
    chance = random.Random(1000 + seed)
    path = copied / DATABASE
    content = bytearray(path.read_bytes())
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    path.write_bytes(content)
    if not found_in(copied):
        with closing(sqlite3.connect(path)) as now, closing(sqlite3.connect(library / DATABASE)) as before:
            assert list(now.iterdump()) == list(before.iterdump())


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TRIGGER t AFTER UPDATE ON handbook BEGIN DELETE FROM edition; END",
        "CREATE VIEW v AS SELECT 1",
        "CREATE TABLE more (a)",
        "DROP INDEX record_by_id",
        "DROP VIEW served",
        "ALTER TABLE need ADD COLUMN more TEXT",
    ],
)
def test_schema_of_somebody_else_is_found(copied: Path, statement: str) -> None:
    with closing(sqlite3.connect(copied / DATABASE, isolation_level=None)) as db:
        db.execute(statement)
    assert found_in(copied)


def test_many_changed_rows_are_counted(copied: Path) -> None:
    with closing(sqlite3.connect(copied / DATABASE, isolation_level=None)) as db:
        count = db.execute("UPDATE passage SET sha256 = sha256 || 'x'").rowcount
    with Store.open(copied, readonly=True) as store:
        (said, *_) = store.verify()
    assert count > MOST_NAMED
    assert (said.code, said.values["table"], said.values["count"]) == (Alteration.MANY, "passage", count)


def test_changed_title_is_named_with_edition_and_record(copied: Path) -> None:
    with closing(sqlite3.connect(copied / DATABASE, isolation_level=None)) as db:
        db.execute(
            "UPDATE record SET title = 'Mine' WHERE handbook = 'book' AND edition = 2 AND id = 'book.one'"
        )
    with Store.open(copied, readonly=True) as store:
        (said,) = store.verify()
    assert (said.code, said.values["table"], said.values["row"]) == (
        Alteration.ROW,
        "record",
        "book/2: book.one",
    )


@pytest.fixture
def store(copied: Path) -> Iterator[Store]:
    with Store.open(copied) as opened:
        yield opened


def test_whatever_this_software_writes_stays_proven(store: Store) -> None:
    encoder = FakeEncoder()

    def proven(deed: str) -> None:
        assert verify(store) == (), deed

    stage(store, [a_record("book.new", "New")], "book", 5, b"%PDF five")
    assert store.verify() == [], "staged"
    store.clean()
    proven("a staged edition dropped")
    stage(store, [a_record("late.one")], "late", 1, b"%PDF late")
    store.clean()
    proven("a staged handbook dropped")
    shelf.rollback(store, "book", 2, encoder)
    proven("rolled back")
    shelf.rollback(store, "book", 4, encoder)
    proven("rolled forward")
    shelf.remove(store, "guide", encoder)
    proven("removed")
    shelf.put_back(store, "guide", encoder)
    proven("put back")
    review.undo(store, store.edits("book")[0].number, "me", encoder)
    proven("undone")
    store.set_profile("guide", "")
    store.set_details("guide", "Somebody else")
    proven("stated whose it is")
    store.judge("another need", "en", {"book.one": Grade.WELL}, "me")
    store.judge("another need", "en", {"book.one": None}, "me")
    store.forget_need(store.needs()[0].number)
    proven("judged")
    shelf.forget(store, "book", 1)
    proven("forgotten")
    store.clean(is_pruning=True)
    proven("pruned")
    store.publish(store.current_editions(), index.build(store, store.current_editions(), encoder))
    store.clean()
    proven("indexed anew")
