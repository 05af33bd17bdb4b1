"""A backup that was tampered with ends in one sentence and changes nothing, in whatever way it was."""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from kb.care import backup, verify
from kb.care.packed import SPARE
from kb.errors import InputError, KbError, StoreError
from kb.settings import Settings, stored_model
from kb.store import DATABASE, Store
from tests.attacks.libraries import a_library
from tests.attacks.tampering import WAYS, Opened, tampered
from tests.factories import FakeEncoder

TIMED = ("publication", "harvest")
"""Tables that say when a library was restored."""
BY_COMMAND = (
    "a trigger",
    "a manifest nested without end",
    "a link",
    "an empty database",
    "a text that is none",
)


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of a small library, which is beside it."""
    folder = tmp_path_factory.mktemp("backups")
    with Store.open(a_library(folder / "library")) as store:
        backup.backup(store, folder / "good.zip")
    return folder / "good.zip"


@pytest.fixture(scope="module")
def served(packed: Path) -> Iterator[Store]:
    """The library that each of them is to replace."""
    with Store.open(packed.parent / "library") as store:
        yield store


def content(folder: Path) -> dict[str, str]:
    """Every file of a library by its checksum; locks and SQLite's working files aside."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.endswith(("-wal", "-shm", ".lock"))
    }


@pytest.mark.parametrize("way", WAYS)
def test_tampered_backup_ends_in_one_sentence_and_changes_nothing(
    served: Store, packed: Path, way: str, tmp_path: Path
) -> None:
    bad = tampered(packed, tmp_path / "bad.zip", way)
    before, rows = content(served.folder), (served.served(), served.tables())
    with pytest.raises((InputError, StoreError), match=r"bad\.zip: ") as caught:
        backup.restore(served, bad, FakeEncoder())
    said = str(caught.value)
    assert "\n" not in said
    assert said.isprintable()
    assert len(said) < 700
    assert said.endswith(("take another backup", "take another one", "update kb", "that kb backup wrote"))
    assert (content(served.folder), (served.served(), served.tables())) == (before, rows)
    assert list(served.folder.rglob("*.partial")) == []


def test_the_backup_that_was_tampered_with_was_sound(packed: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.zip"
    again.write_bytes(Opened.of(packed).packed())
    with Store.open(tmp_path / "library") as store:
        found = backup.restore(store, again, FakeEncoder())
        assert (found.handbooks, found.editions, found.records, found.model) == (2, 4, 33, "english")
        assert verify(store) == ()
        book = store.handbook("guide")
        assert (book.publisher, book.licence) == ("A university", "CC BY 4.0")
        assert store.profile("guide")
        assert [need.text for need in store.needs()] == ["a need"]
    assert stored_model(tmp_path / "library") == "english"


@pytest.mark.parametrize("seed", range(60))
def test_flipped_bits_that_no_checksum_tells_are_found_or_mean_nothing(
    served: Store, packed: Path, seed: int, tmp_path: Path
) -> None:
    chance, opened = random.Random(seed), Opened.of(packed)
    changed = bytearray(opened.files[DATABASE])
    for _ in range(chance.choice((1, 1, 4, 30))):
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    opened.files[DATABASE] = bytes(changed)
    (tmp_path / "bad.zip").write_bytes(opened.packed())
    with Store.open(tmp_path / "library") as store:
        said = ""
        try:
            backup.restore(store, tmp_path / "bad.zip", None)
        except KbError as error:
            said = str(error)
        assert "\n" not in said
        if said:
            assert store.counts() == (0, 0)
        else:
            assert verify(store) == ()
            kept = {name: found for name, found in store.tables().items() if name not in TIMED}
            assert kept == {name: found for name, found in served.tables().items() if name not in TIMED}


@pytest.mark.parametrize("way", BY_COMMAND)
def test_command_says_one_line_of_a_tampered_backup(packed: Path, way: str, tmp_path: Path) -> None:
    bad = tampered(packed, tmp_path / "bad.zip", way)
    done = run("restore", str(bad), "--yes", data=packed.parent / "library")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert done.stderr.splitlines()[-1].startswith(f"kb: {bad}: ")


def run(*words: str, data: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "cli.main", *words],
        env={**os.environ, "KB_DATA": str(data)},
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )


def test_command_shows_both_sides_and_replaces_nothing_unasked(packed: Path) -> None:
    library = packed.parent / "library"
    before = content(library)
    done = run("restore", str(packed), data=library)
    assert done.returncode == 1
    assert done.stderr.count("2 handbooks, 4 editions, 33 records served") == 2
    assert "--yes" in done.stderr
    assert content(library) == before


def test_backup_that_needs_more_room_than_there_is_unpacks_nothing(
    packed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = shutil.disk_usage(tmp_path)._replace(free=SPARE)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: few)
    with Store.open(tmp_path / "library") as store:
        with pytest.raises(StoreError, match="free some space"):
            backup.restore(store, packed, FakeEncoder())
        assert list(store.index_folder.iterdir()) == []


def test_passwords_keys_jobs_and_logs_are_in_no_backup(packed: Path, tmp_path: Path) -> None:
    library = Path(shutil.copytree(packed.parent / "library", tmp_path / "library"))
    for name in ("admin.password", "signing.key", "admin.sqlite3", "queries.json", "write.lock"):
        (library / name).write_text("secret")
    with Store.open(library) as store:
        backup.backup(store, tmp_path / "b.zip")
    held = set(Opened.of(tmp_path / "b.zip").files)
    assert {name for name in held if not name.startswith("files/")} == {DATABASE, "model.txt"}


def test_library_with_a_damaged_row_or_without_editions_is_not_backed_up(
    packed: Path, tmp_path: Path
) -> None:
    library = Path(shutil.copytree(packed.parent / "library", tmp_path / "library"))
    with Store.open(library) as store:
        with store._database.write() as db:
            db.execute("UPDATE record SET title = 'Mine'")
        with pytest.raises(StoreError, match="kb verify names them"):
            backup.backup(store, tmp_path / "b.zip")
    with Store.open(tmp_path / "new") as store, pytest.raises(KbError, match="kb ingest"):
        backup.backup(store, tmp_path / "b.zip")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["library", "new"]


@pytest.mark.parametrize("harm", ["no database", "a page of nonsense"])
def test_damaged_library_is_replaced_and_kept_aside(packed: Path, harm: str, tmp_path: Path) -> None:
    library = Path(shutil.copytree(packed.parent / "library", tmp_path / "library"))
    data = bytearray((library / DATABASE).read_bytes())
    data[4096:8192] = b"x" * 4096
    (library / DATABASE).write_bytes(data if harm == "a page of nonsense" else b"nothing" * 1000)
    harmed = (library / DATABASE).read_bytes()
    with pytest.raises(InputError), backup.to_replace(library) as (store, aside):
        backup.restore(store, tmp_path / "none.zip", FakeEncoder())
    assert (library / DATABASE).read_bytes() == harmed
    assert not aside.exists() if aside else False
    with backup.to_replace(library) as (store, aside):
        backup.restore(store, packed, FakeEncoder())
    assert aside is not None
    assert (aside / DATABASE).read_bytes() == harmed
    assert len(list((aside / "files").iterdir())) == 4
    with Store.open(library, readonly=True) as store:
        assert verify(store) == ()


def test_settings_follow_the_model_of_the_backup(packed: Path, tmp_path: Path) -> None:
    with Store.open(tmp_path / "library") as store:
        backup.restore(store, packed, None)
    assert Settings(tmp_path / "library").model == "embedded"  # what was read before stays
    assert stored_model(tmp_path / "library") == "english"
