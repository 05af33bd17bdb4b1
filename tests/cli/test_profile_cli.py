"""`kb profile`, and commands that are given a profile."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
import typer

from cli import main as cli
from ingest import pipeline
from kb.settings import Settings
from tests import pdfs
from tests.factories import FakeEncoder


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Settings:
    monkeypatch.setattr(pipeline, "load_encoder", lambda _: FakeEncoder())
    return Settings(data=tmp_path / "data", max_memory=2**31)


@pytest.mark.parametrize("command", ["init", "show"])
def test_each_word_of_kb_profile_has_help_and_an_example(command: str) -> None:
    group: Any = typer.main.get_command(cli.app)
    found = group.commands["profile"].commands[command]
    assert found.help
    assert found.epilog.startswith(f"Example: kb profile {command}")
    assert all(getattr(p, "help", None) for p in found.params)


def test_the_commands_write_use_and_show_a_profile(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def kb(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["kb", *words])
        code = 0
        try:
            cli.main()
        except SystemExit as end:
            code = int(end.code or 0)
        return code, *capsys.readouterr()

    monkeypatch.setenv("KB_DATA", str(settings.data))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "small.pdf").write_bytes(pdfs.handbook_pdf())
    code, text, _ = kb("profile", "init", "small.pdf")
    assert code == 0
    (tmp_path / "small.toml").write_text(text.replace("# title = ", "title = "), "utf-8")
    assert kb("extract", "small.pdf", "--profile", "small.toml", "--json")[0] == 0
    assert kb("ingest", "small.pdf", "--profile", "small.toml")[0] == 0
    code, shown, _ = kb("profile", "show", "small-handbook")
    assert (code, shown) == (0, (tmp_path / "small.toml").read_text("utf-8"))
    (tmp_path / "bad.toml").write_text("level = 1", "utf-8")
    code, out, err = kb("ingest", "small.pdf", "--profile", "bad.toml")
    assert (code, out) == (1, "")
    assert err.startswith("kb: bad.toml: level: no such key")
    assert kb("ingest", "a.pdf", "b.pdf", "--profile", "small.toml")[0] == 2
    assert "no such handbook" in kb("profile", "show", "none")[2]
    (tmp_path / "none.toml").write_text("", "utf-8")
    assert kb("ingest", "small.pdf", "--profile", "none.toml")[0] == 0
    assert "no profile is remembered" in kb("profile", "show", "small-handbook")[2]
