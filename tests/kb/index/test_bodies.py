"""Records and passages of a generation: read from its files one by one, the same ones as all at a time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.errors import GenerationError
from kb.index import bodies
from kb.index.bodies import Bodies, Joined, OnDemand


@pytest.fixture(scope="module")
def make(tmp_path_factory: pytest.TempPathFactory) -> Callable[[list[list[str]]], list[Bodies]]:
    def opened(files: list[list[str]]) -> list[Bodies]:
        folder = tmp_path_factory.mktemp("bodies")
        for number, texts in enumerate(files):
            bodies.save(folder / f"{number}.part", texts)
        return [Bodies.open(folder / f"{number}.part", len(texts)) for number, texts in enumerate(files)]

    return opened


@given(
    files=st.lists(st.lists(st.text(st.characters(codec="utf-8")), max_size=6), max_size=4), data=st.data()
)
def test_each_place_is_read_alone_and_in_a_row_alike(
    make: Callable[[list[list[str]]], list[Bodies]], files: list[list[str]], data: st.DataObject
) -> None:
    known = [(number, row) for number, texts in enumerate(files) for row in range(len(texts))]
    places = data.draw(st.permutations(known))
    read = OnDemand(
        make(files), np.array(places, dtype=np.int64).reshape(-1, 2), lambda held: held.decode(), 3
    )
    wanted = [files[number][row] for number, row in places]
    assert list(read) == [read[at] for at in range(len(read))] == wanted
    assert list(read[1:]) == wanted[1:]
    joined = Joined(read, ["more"])
    assert [*joined] == [joined[at] for at in range(len(joined))] == [*wanted, "more"]
    assert joined[-1] == "more"
    with pytest.raises(IndexError):
        read[len(read)]


def test_what_was_opened_stays_readable_when_its_file_is_removed(tmp_path: Path) -> None:
    bodies.save(tmp_path / "part", ["one", "two"])
    held = Bodies.open(tmp_path / "part", 2)
    for path in tmp_path.iterdir():
        path.unlink()
    assert list(held.read(0, 1)) == [b"one", b"two"]


def test_file_that_is_cut_short_or_missing_is_told(tmp_path: Path) -> None:
    bodies.save(tmp_path / "part", ["one", "two"])
    with pytest.raises(GenerationError, match="has not each of its 3"):
        Bodies.open(tmp_path / "part", 3)
    (tmp_path / f"part{bodies.BODIES}").write_bytes(b"onet")
    with pytest.raises(GenerationError, match="has not each of its 2"):
        Bodies.open(tmp_path / "part", 2)
    with pytest.raises(GenerationError, match="cannot be read"):
        Bodies.open(tmp_path / "other", 2)
