"""From a library and a backup that 0.1.0 wrote, by its own commands, to this version.

0.1.0 (commit a5cbb5d) read two editions of `pdfs.handbook_pdf()`, of three practices and of four; between them Ada
corrected a title and judged a need. Its index is in the folder, as it was.
"""

from __future__ import annotations

import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from kb.model.sources import ENGLISH_MODEL
from tests import pdfs, running
from tests.house import ROOT

UPGRADES = ROOT / "tests" / "upgrades"
BIRCH = "small-handbook.practice-birch-exchange"

Run = Callable[..., running.Done]


@pytest.fixture
def kb(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """Run a command over `library` in this test's folder."""
    for name in [name for name in os.environ if name.startswith("KB_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("KB_DATA", str(tmp_path / "library"))
    monkeypatch.setenv("KB_MODEL", ENGLISH_MODEL)
    monkeypatch.chdir(tmp_path)

    def run(*words: str) -> running.Done:
        done = running.run(monkeypatch, capsys, *words)
        assert done.returncode == 0, done.stderr
        return done

    return run


def unpacked(folder: Path) -> Path:
    with zipfile.ZipFile(UPGRADES / "library-0.1.0.zip") as held:
        held.extractall(folder)
    return folder


def test_what_people_did_in_0_1_0_is_there_and_found(kb: Run, tmp_path: Path) -> None:
    unpacked(tmp_path / "library")
    (found,) = kb("search", "joint poster", "--limit", "1", "--json").data["hits"]
    assert (found["record"]["id"], found["record"]["title"]) == (BIRCH, "Birch, corrected")
    assert "Ada: retitle" in kb("review", "edits").stdout
    (need,) = kb("needs", "--json").data["needs"]
    assert (need["text"], need["judgements"][0]["record"]) == ("a joint poster", BIRCH)
    assert "store, PDFs and index agree" in kb("verify").stdout
    assert len(kb("editions", "small-handbook", "--json").data) == 2


def test_editions_go_on_where_0_1_0_left_off(kb: Run, tmp_path: Path) -> None:
    unpacked(tmp_path / "library")
    again, third = tmp_path / "again.pdf", tmp_path / "third.pdf"
    again.write_bytes(pdfs.handbook_pdf(practices=4, note="The second edition."))
    third.write_bytes(pdfs.handbook_pdf(practices=5, note="The third edition."))
    assert [one["status"] for one in kb("ingest", str(again), "--json").data["ingested"]] == ["unchanged"]
    (report,) = kb("ingest", "--yes", str(third), "--json").data["ingested"]
    assert (report["handbook"], report["edition"]) == ("small-handbook", 3)
    assert kb("show", BIRCH).stdout.startswith("Birch, corrected")
    kb("rollback", "small-handbook", "--to", "1")
    assert kb("show", BIRCH).stdout.startswith("Birch, corrected")
    assert "store, PDFs and index agree" in kb("verify").stdout


def test_a_backup_of_0_1_0_is_restored(kb: Run) -> None:
    kb("restore", str(UPGRADES / "backup-0.1.0.zip"))
    assert kb("show", BIRCH).stdout.startswith("Birch, corrected")
    assert "1 handbooks, 2 editions" in kb("verify").stdout
