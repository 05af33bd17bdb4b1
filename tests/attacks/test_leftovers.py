"""What others keep in a library's folder, and a database that was lost: nothing of theirs is deleted."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ingest import pipeline
from kb.care import verify
from kb.editions.titles import title_likeness
from kb.errors import StoreError
from kb.settings import Settings
from kb.store.store import Store
from tests import web_library
from tests.pdfs import handbook_pdf


def test_a_folder_of_ones_own_becomes_a_library_and_keeps_what_was_in_it(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere" / "20260101T000000Z-00000000"
    elsewhere.mkdir(parents=True)
    library = tmp_path / "library"
    kept = [
        library / name
        for name in ("files/thesis.pdf", "index/photos/a.jpg", "draft.partial", "files/a.partial")
    ]
    for path in kept:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("mine")
    (library / "index" / "20260101T000000Z-11111111").symlink_to(elsewhere)
    pipeline.ingest(web_library.settings(library), handbook_pdf(), name="a.pdf")
    with Store.open(library) as store:
        store.clean()
    assert all(path.read_text() == "mine" for path in kept)
    assert elsewhere.is_dir()


def test_a_link_to_another_folder_is_not_cleaned(tmp_path: Path) -> None:
    settings = web_library.fill(tmp_path / "library")
    other = tmp_path / "other"
    (settings.data / "index").rename(other)
    (settings.data / "index").symlink_to(other)
    (other / "20260101T000000Z-22222222").mkdir()
    with Store.open(settings.data) as store:
        store.clean()
    assert (other / "20260101T000000Z-22222222").is_dir()


@pytest.mark.parametrize("is_deleted", [False, True])
def test_a_lost_database_is_said_and_costs_no_pdf(tmp_path: Path, is_deleted: bool) -> None:
    settings: Settings = web_library.fill(tmp_path)
    for path in tmp_path.glob("library.sqlite3*"):
        path.unlink()
    if not is_deleted:
        (tmp_path / "library.sqlite3").touch()
    before = sorted(str(path) for folder in ("files", "index") for path in (tmp_path / folder).rglob("*"))
    with pytest.raises(StoreError, match="kb restore"):
        pipeline.ingest(settings, handbook_pdf(), name="a.pdf")
    with Store.open(tmp_path) as store:
        assert any("empty, though" in str(said.values) for said in store.verify())
        assert verify(store)
        store.clean()
    assert (
        sorted(str(path) for folder in ("files", "index") for path in (tmp_path / folder).rglob("*"))
        == before
    )


def test_a_very_long_title_is_compared_at_once() -> None:
    assert title_likeness("A very long title " * 50_000, "A very long title " * 40_000) == 1.0
    assert title_likeness("Handbook of exchange", "Handbook of exchanges") > 0.9


def test_a_partial_file_of_ours_goes(tmp_path: Path) -> None:
    web_library.fill(tmp_path)
    ours = [tmp_path / f"model.txt.{os.getpid()}-1234.partial", tmp_path / "files" / "x.99999-77.partial"]
    for path in ours:
        path.write_text("half")
    with Store.open(tmp_path) as store:
        store.clean()
    assert not any(path.exists() for path in ours)
