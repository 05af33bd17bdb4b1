"""What is made of a model is made once, and made anew where it is damaged or its source another one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from kb.errors import ModelError
from kb.model.prepared import Prepared, PreparedFiles


class Making:
    """Counts how often the files are made."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> Mapping[str, bytes]:
        self.times += 1
        return {"graph": b"numbers", "pieces": b"words"}


def contents(kept: Prepared) -> Mapping[str, bytes]:
    if isinstance(kept, Path):
        return {one.name: one.read_bytes() for one in kept.iterdir() if one.name != "prepared.json"}
    return kept


@pytest.fixture
def files(tmp_path: Path) -> PreparedFiles:
    (tmp_path / "weights").write_bytes(b"weights")
    return PreparedFiles(tmp_path / "cache" / "model", tmp_path / "weights", "first")


def test_they_are_made_once(files: PreparedFiles) -> None:
    making = Making()
    assert (
        contents(files.read(making))
        == contents(files.read(making))
        == {"graph": b"numbers", "pieces": b"words"}
    )
    assert making.times == 1


@pytest.mark.parametrize("damaged", ["graph", "pieces", "prepared.json"])
@pytest.mark.parametrize("content", [None, b"", b"number5"])
def test_they_are_made_anew_where_one_is_damaged_or_missing(
    damaged: str, content: bytes | None, files: PreparedFiles
) -> None:
    making = Making()
    files.read(making)
    path = files.folder / damaged
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    assert contents(files.read(making)) == {"graph": b"numbers", "pieces": b"words"}
    assert (making.times, files.read(making) and making.times) == (2, 2)


def test_they_are_made_anew_of_another_source_and_for_another_version(files: PreparedFiles) -> None:
    making = Making()
    files.read(making)
    files.source.write_bytes(b"others!")
    files.read(making)
    replace(files, version="second").read(making)
    assert making.times == 3


def test_a_folder_that_cannot_be_written_costs_the_next_start_only(files: PreparedFiles) -> None:
    files.folder.parent.write_bytes(b"a file where the folder is to be")
    making = Making()
    assert (
        contents(files.read(making))
        == contents(files.read(making))
        == {"graph": b"numbers", "pieces": b"words"}
    )
    assert making.times == 2


def test_what_goes_wrong_in_the_making_is_raised_and_nothing_kept(files: PreparedFiles) -> None:
    def fail() -> Mapping[str, bytes]:
        raise ModelError("weights: checksum")

    with pytest.raises(ModelError, match="checksum"):
        files.read(fail)
    assert not files.folder.exists()
