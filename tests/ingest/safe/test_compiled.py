from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

from ingest.safe import compiled
from ingest.safe.grants import ROOT

ENVIRONMENT = {"PATH": os.defpath}


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of what the reader is made of, without a compiled file."""
    for house in ("ingest", "kb", "corpus"):
        shutil.copytree(
            ROOT / house, tmp_path / house, ignore=shutil.ignore_patterns("__pycache__", "sample")
        )
    monkeypatch.setattr(compiled, "ROOT", tmp_path)
    compiled._keep_once.cache_clear()
    return tmp_path


def test_the_readers_code_is_compiled_once_until_a_source_changes(clone: Path) -> None:
    compiled.keep(ENVIRONMENT)
    kept = next((clone / "ingest" / "__pycache__").glob("reader.*.pyc"))
    assert list((clone / "ingest" / "page" / "__pycache__").glob("ocr.*.pyc"))
    before = kept.stat().st_mtime_ns

    compiled._keep_once.cache_clear()
    compiled.keep(ENVIRONMENT)
    assert kept.stat().st_mtime_ns == before

    later = kept.stat().st_mtime + 10
    os.utime(clone / "kb" / "said.py", (later, later))
    compiled._keep_once.cache_clear()
    compiled.keep(ENVIRONMENT)
    assert kept.stat().st_mtime_ns != before


def test_code_that_does_not_compile_is_left_for_the_reader_to_say(clone: Path) -> None:
    (clone / "ingest" / "reader.py").write_text("no Python", encoding="ascii")
    compiled.keep(ENVIRONMENT)
    assert not list(clone.glob(f"ingest/__pycache__/reader.{sys.implementation.cache_tag}.pyc"))
