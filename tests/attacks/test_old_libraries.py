"""Libraries that each earlier version wrote, as it wrote them: tests/attacks/old has one of each schema so far.

Each holds two editions of one handbook. They were written by the software of their time; what it could do later,
such as review, is in the later ones alone.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path

import pytest

from kb import index
from kb.care import Contents, backup, packed, shelf, verify
from kb.errors import KbError
from kb.search.library import Library
from kb.search.query import Query
from kb.settings import Settings
from kb.store import DATABASE, FILES, Grade, Store, proof, schema
from tests.factories import FakeEncoder, a_record, answer, stage
from tests.house import ROOT

OLD = ROOT / "tests" / "attacks" / "old"
BEFORE = range(1, len(schema.MIGRATIONS))


def old_library(version: int, folder: Path) -> Path:
    """A library of a schema of before, without its index, which later software builds otherwise."""
    (folder / FILES).mkdir(parents=True)
    for number in (1, 2):
        pdf = f"%PDF-1.7 old {number}".encode()
        (folder / FILES / f"{hashlib.sha256(pdf).hexdigest()}.pdf").write_bytes(pdf)
    with closing(sqlite3.connect(folder / DATABASE)) as db:
        db.executescript((OLD / f"schema_{version}.sql").read_text(encoding="utf-8"))
    return folder


def test_there_is_a_library_of_each_schema_so_far() -> None:
    assert {path.name for path in OLD.iterdir()} == {f"schema_{version}.sql" for version in BEFORE}


@pytest.mark.parametrize("version", BEFORE)
def test_library_of_before_works_whole_after_it_was_opened(version: int, tmp_path: Path) -> None:
    folder, encoder = old_library(version, tmp_path / "library"), FakeEncoder()
    with Store.open(folder) as store:
        assert store.verify() == []
        assert [store.record("old.one", number).title for number in (1, 2)] == [
            "Practice one in edition 1",
            "Practice one in edition 2",
        ]
        assert len(store.edits()) == (1 if version >= 5 else 0)
        assert store.record("old.two").title == ("Corrected" if version >= 5 else "Practice two")
        assert store.handbook("old").publisher == ("A university" if version >= 5 else "")
        with pytest.raises(KbError, match="rebuild the index"):
            index.open_served(store)
        store.publish(store.current_editions(), index.build(store, store.current_editions(), encoder))
        store.clean()
        assert encoder.embedded == [], "vectors are kept"
        stage(store, [a_record("old.one", "Third"), a_record("old.three")], "old", 3, b"%PDF three")
        store.publish({"old": 3}, index.build(store, {"old": 3}, encoder))
        store.judge("another need", "en", {"old.one": Grade.WELL}, "me")
        assert shelf.rollback(store, "old", 2, encoder) == 2
        assert verify(store) == ()
        backup.backup(store, tmp_path / "b.zip")
    with Library.open(Settings(folder), encoder) as library:
        assert [hit.record.id for hit in answer(library, Query("award credit")).hits][:1] == ["old.one"]
    with Store.open(tmp_path / "new") as new:
        backup.restore(new, tmp_path / "b.zip", encoder)
        assert verify(new) == ()
    assert folder.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("version", BEFORE)
def test_library_of_before_is_brought_up_to_date_by_what_only_reads(version: int, tmp_path: Path) -> None:
    folder = old_library(version, tmp_path / "library")
    (folder / "index").mkdir()
    with Store.open(folder, readonly=True) as store:
        assert store.record("old.one").edition == 2
        assert store.verify() == []


@pytest.mark.parametrize("version", range(schema.PROVEN, len(schema.MIGRATIONS)))
def test_backup_of_a_proven_schema_of_before_is_restored(version: int, tmp_path: Path) -> None:
    folder = old_library(version, tmp_path / "library")
    with closing(sqlite3.connect(folder / DATABASE)) as db:
        sums = proof.tables(db)
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.*")}
    held = {name: (len(data), hashlib.sha256(data).hexdigest()) for name, data in files.items()}
    size = sum(map(len, files.values()))
    contents = Contents(1, 2, 2, len(files), size, "2026-11-23T12:00:00+00:00", "embedded")
    with zipfile.ZipFile(tmp_path / "old.zip", "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
        archive.writestr("manifest.json", packed.dump(packed.Packed(contents, held, sums), {"kb": "0.2.0"}))
    with Store.open(tmp_path / "new") as store:
        backup.restore(store, tmp_path / "old.zip", FakeEncoder())
        assert verify(store) == ()
        assert store.handbook("old").publisher == "A university"


@pytest.mark.parametrize("version", range(1, schema.PROVEN))
def test_backup_of_format_1_is_restored(version: int, tmp_path: Path) -> None:
    folder = old_library(version, tmp_path / "library")
    files = {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }
    manifest = {
        "format": 1,
        "software": {"kb": "0.1.0"},
        "created": "2026-11-23T12:00:00+00:00",
        "handbooks": 1,
        "editions": 2,
        "files": {n: {"size": len(d), "sha256": hashlib.sha256(d).hexdigest()} for n, d in files.items()},
    }
    with zipfile.ZipFile(tmp_path / "old.zip", "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
        archive.writestr("manifest.json", json.dumps(manifest))
    with Store.open(tmp_path / "new") as store:
        (tmp_path / "new" / "model.txt").write_text("english\n")
        found = backup.restore(store, tmp_path / "old.zip", FakeEncoder())
        assert (found.handbooks, found.editions, found.records, found.model) == (1, 2, -1, None)
        assert verify(store) == ()
        assert (tmp_path / "new" / "model.txt").read_text() == "english\n", "of a model format 1 says nothing"


@pytest.mark.skipif(os.name == "nt", reason="folders are made read-only by their mode")
def test_library_of_before_that_may_not_be_written_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = old_library(3, tmp_path / "library")
    monkeypatch.setattr(os, "access", lambda *_: False)  # the superuser may write anywhere
    with pytest.raises(KbError, match=r"older software.*kb doctor"):
        Store.open(folder, readonly=True)
    shutil.rmtree(folder)
