"""A backup holds the whole library, and a restore changes nothing unless all of it is sound."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from kb.care import backup, shelf
from kb.care.doctor import verify
from kb.care.packed import MANIFEST
from kb.errors import InputError, KbError, StoreError
from kb.index import generation as index
from kb.said import Said
from kb.search.library import Library
from kb.settings import Settings
from kb.store.store import DATABASE, FILES, Store
from tests.factories import FakeEncoder, a_record, stage


def publish(store: Store, handbook: str, number: int, title: str) -> None:
    record = a_record(f"{handbook}.one", title, f"{title} in edition {number}.")
    stage(store, [record], handbook, number, f"%PDF {handbook} {number}".encode())
    served = {**store.current_editions(), handbook: number}
    store.publish(served, index.build(store, served, FakeEncoder()))
    store.clean(is_pruning=True)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "library") as opened:
        publish(opened, "book", 1, "First")
        publish(opened, "book", 2, "Second")
        publish(opened, "guide", 1, "Other")
        yield opened


@pytest.fixture
def packed(store: Store, tmp_path: Path) -> Path:
    target = tmp_path / "library.zip"
    backup.backup(store, target)
    return target


def sound(store: Store) -> tuple[Said, ...]:
    return verify(store)


def state(store: Store) -> tuple[object, ...]:
    return store.current_editions(), store.records("book", 2), store.edits(), store.handbooks()


def test_a_backup_restores_the_same_library_elsewhere_and_embeds_nothing(
    store: Store, packed: Path, tmp_path: Path
) -> None:
    encoder = FakeEncoder()
    with Store.open(tmp_path / "new") as new:
        found = backup.restore(new, packed, encoder)
        assert state(new) == state(store)
        assert encoder.embedded == []
        assert sound(new) == ()
        assert (found.handbooks, found.editions, found.files) == (2, 3, 4)
        assert shelf.rollback(new, "book", None, encoder) == 1
    assert [p.name for p in tmp_path.iterdir() if "partial" in p.name] == []


def test_a_library_that_is_served_answers_from_the_restored_one_in_one_step(
    store: Store, packed: Path
) -> None:
    before = state(store)
    with Library.open(Settings(data=store.folder), FakeEncoder()) as library:
        publish(store, "book", 3, "Third")
        publish(store, "late", 1, "Late")
        assert library.snapshot().record("book.one").title == "Third"
        revision = store.revision()
        backup.restore(store, packed, FakeEncoder())
        assert library.snapshot().record("book.one").title == "Second"
        assert {h.id for h in library.snapshot().handbooks} == {"book", "guide"}
        assert store.revision() > revision
    assert state(store) == before
    assert sound(store) == ()
    assert {p.stem for p in (store.folder / FILES).iterdir()} == set(store.checksums())
    assert [p.name for p in store.index_folder.iterdir()] == [store.generation()]


def test_a_backup_leaves_out_what_is_only_staged(store: Store, tmp_path: Path) -> None:
    stage(store, [a_record("book.two")], "book", 3, b"%PDF staged")
    found = backup.backup(store, tmp_path / "b.zip")
    assert (found.editions, found.files) == (3, 4)


@pytest.mark.parametrize(
    "harm",
    ["nothing there", "empty", "no zip", "cut", "flipped", "pdf missing", "other name", "newer", "database"],
)
def test_a_backup_that_is_not_sound_changes_nothing(
    store: Store, packed: Path, harm: str, tmp_path: Path
) -> None:
    bad = tmp_path / "bad.zip"
    damage(packed, bad, harm)
    before = state(store), store.served()
    with pytest.raises(InputError, match=r"bad\.zip"):
        backup.restore(store, bad, FakeEncoder())
    assert (state(store), store.served()) == before
    assert sound(store) == ()
    assert [p.name for p in store.index_folder.iterdir()] == [store.generation()]


def damage(good: Path, bad: Path, harm: str) -> None:
    content = good.read_bytes()
    if harm == "nothing there":
        return
    if harm in ("empty", "no zip", "cut", "flipped"):
        middle = len(content) // 2
        changed = {
            "empty": b"",
            "no zip": b"something else",
            "cut": content[:middle],
            "flipped": content[:middle] + bytes([content[middle] ^ 255]) + content[middle + 1 :],
        }
        bad.write_bytes(changed[harm])
        return
    with zipfile.ZipFile(good) as old, zipfile.ZipFile(bad, "w") as new:
        names = [n for n in old.namelist() if n != MANIFEST]
        said = json.loads(old.read(MANIFEST))
        held = {name: old.read(name) for name in names}
        if harm == "pdf missing":
            gone = next(n for n in names if n.startswith(FILES))
            del held[gone], said["files"][gone]
        if harm == "other name":
            held["../evil"] = b""
            said["files"]["../evil"] = {"size": 0, "sha256": "x"}
        if harm == "newer":
            said["format"] = 99
        if harm == "database":
            held[DATABASE] = b"not a database"
            said["files"][DATABASE] = {
                "size": 14, "sha256": "7c8b8ef9b1d6c4b1d8d4b9a7"
            }  # fmt: skip
        new.writestr(MANIFEST, json.dumps(said))
        for name, data in held.items():
            new.writestr(name, data)


def test_a_library_with_a_damaged_pdf_is_not_backed_up_over_a_good_backup(store: Store, packed: Path) -> None:
    good = packed.read_bytes()
    pdf = next((store.folder / FILES).glob("*.pdf"))
    pdf.write_bytes(b"%PDF but another")
    with pytest.raises(StoreError, match="damaged"):
        backup.backup(store, packed)
    pdf.unlink()
    with pytest.raises(KbError, match="missing"):
        backup.backup(store, packed)
    assert packed.read_bytes() == good
    assert list(packed.parent.glob("*.partial")) == []


def test_a_library_that_can_only_be_read_can_be_backed_up(store: Store, tmp_path: Path) -> None:
    copied = shutil.copytree(store.folder, tmp_path / "copied")
    with Store.open(copied, readonly=True) as readonly:
        assert backup.backup(readonly, tmp_path / "r.zip").editions == 3
