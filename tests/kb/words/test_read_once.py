"""Vocabularies that are kept are those that are read, and what is kept is never more than data."""

from __future__ import annotations

import hashlib
import os
import pickle
from importlib import resources
from pathlib import Path

import pytest

from kb.words import cues, read_once, vocabulary

FILES = resources.files("corpus") / "vocabulary"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(read_once, "_folder", None)
    read_once.keep_in(tmp_path)
    return tmp_path / "words"


def unread() -> object:
    raise AssertionError("read anew")


def test_vocabulary_that_was_kept_is_the_one_that_was_read(folder: Path) -> None:
    read = vocabulary.read(FILES)
    assert read_once.once("vocabulary", lambda: read) == read
    again = read_once.once("vocabulary", unread)
    assert again == read
    assert again is not read


def test_cues_that_were_kept_are_those_that_were_read(folder: Path) -> None:
    read = read_once.once("cues", cues.load)
    assert read_once.once("cues", unread) == read


def test_what_other_files_or_other_code_gave_is_made_anew(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_once.once("cues", lambda: ("before",))
    assert read_once.once("cues", unread) == ("before",)
    monkeypatch.setattr(read_once, "_state", lambda: hashlib.sha256(b"another").digest())
    assert read_once.once("cues", lambda: ("now",)) == ("now",)


@pytest.mark.parametrize("damage", [b"", b"x" * 70, b"x" * 2000])
def test_a_damaged_file_is_made_anew(folder: Path, damage: bytes) -> None:
    read_once.once("cues", lambda: ("before",))
    (folder / "cues.pickle").write_bytes(damage)
    assert read_once.once("cues", lambda: ("now",)) == ("now",)
    assert read_once.once("cues", unread) == ("now",)


def test_a_file_that_somebody_else_wrote_runs_nothing(folder: Path, tmp_path: Path) -> None:
    class Trick:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return os.mkdir, (str(tmp_path / "run"),)

    body = pickle.dumps(Trick())
    folder.mkdir()
    (folder / "cues.pickle").write_bytes(read_once._state() + hashlib.sha256(body).digest() + body)
    assert read_once.once("cues", lambda: ("now",)) == ("now",)
    assert not (tmp_path / "run").exists()


def test_without_a_folder_or_where_none_can_be_made_it_is_read_each_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(read_once, "_folder", None)
    assert read_once.once("cues", lambda: 1) == 1
    (tmp_path / "file").write_text("no folder")
    read_once.keep_in(tmp_path / "file")
    assert read_once.once("cues", lambda: 2) == 2
