from __future__ import annotations

import sys
from pathlib import Path

import pytest

from ingest.safe import grants


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with a Python of its own in ~/.local, where the library lies too, and packages right in it."""
    for folder in (".local/lib/python/site-packages", ".local/share/practice-kb", "own"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "own" / "__init__.py").touch()
    monkeypatch.setattr(grants, "_homes", lambda: (tmp_path,))
    for prefix in ("prefix", "base_prefix", "exec_prefix", "base_exec_prefix"):
        monkeypatch.setattr(sys, prefix, str(tmp_path / ".local"))
    packages = str(tmp_path / ".local" / "lib" / "python" / "site-packages")
    monkeypatch.setattr(sys, "path", [packages, str(tmp_path), str(grants.ROOT)])
    return tmp_path


def granted(path: Path) -> bool:
    return any(path.is_relative_to(below) for below in grants.readable())


def test_a_home_or_a_library_is_granted_by_nothing(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TESSDATA_PREFIX", str(home))
    for kept in (home, home / ".local", home / ".local" / "share" / "practice-kb", home / "letter.txt"):
        assert not granted(kept)
    assert not granted(grants.ROOT / "data")
    assert not granted(grants.ROOT / "pyproject.toml")


def test_python_packages_and_languages_are_granted(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TESSDATA_PREFIX", str(home / "languages"))
    for needed in (
        ".local/bin/python",
        ".local/lib/python/site-packages/numpy",
        "own/module.py",
        "languages",
    ):
        assert granted(home / needed)
    for house in ("ingest", "kb", "corpus"):
        assert granted(grants.ROOT / house / "__init__.py")
