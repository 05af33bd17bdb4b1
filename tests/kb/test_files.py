"""What a killed process left in a temporary folder is taken away by the next one, and nothing else is."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from kb import files as scratch


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def ended() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_folder_lasts_for_the_block(temporary: Path) -> None:
    with scratch.folder("kb-test-") as made:
        (made / "file").write_text("x", encoding="utf-8")
        assert made.parent == temporary
    assert list(temporary.iterdir()) == []


def test_what_an_ended_process_left_goes_and_what_others_have_stays(temporary: Path) -> None:
    mine = scratch.own("kb-test-")
    head = mine.rpartition("-")[0].rpartition("-")[0]
    left = [f"{head}-{ended()}-abc", f"{head}-{ended()}-file"]
    kept = [f"{mine}xyz", f"kb-test-elsewhere-{ended()}-abc", f"kb-other-{ended()}-abc", "kb-test-"]
    for name in (left[0], *kept):
        (temporary / name).mkdir()
        (temporary / name / "file").write_text("x", encoding="utf-8")
    (temporary / left[1]).write_text("x", encoding="utf-8")
    with scratch.folder("kb-test-") as made:
        assert {path.name for path in temporary.iterdir()} == {*kept, made.name}
