"""Logs as JSON: one line an event, and nobody's words in any."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest

from kb.errors import InputError
from kb.settings import Settings
from tests import web_library

FAIL = """
import web.pages.home
def fail(*_):
    raise RuntimeError("annasneed")
web.pages.home.home_page = fail
"""


def logged(tmp_path: Path, form: str, *words: str) -> list[str]:
    """What a server writes on stderr while it answers, fails at its home page, and stops."""
    (tmp_path / "library").mkdir()
    settings = web_library.fill(tmp_path / "library")
    (tmp_path / "sitecustomize.py").write_text(FAIL)
    server = subprocess.Popen(
        [sys.executable, "-m", "cli.main", "serve", "--port", "0", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={
            **os.environ,
            "KB_DATA": str(settings.data),
            "KB_MODEL": settings.model,
            "KB_LOG": form,
            "PYTHONPATH": f"{tmp_path}:{os.environ.get('PYTHONPATH', '')}",
        },
    )
    assert server.stdout is not None
    url = server.stdout.readline().strip()
    personal = {"User-Agent": "Reader/7.1 (Anna)", "Referer": "https://anna.example/"}
    for path in ("/search?q=annasneed", "/practices/annasrecord?x=anna", "/annaspath", "/"):
        httpx2.get(f"{url}{path}", headers=personal, timeout=60, trust_env=False)
    server.send_signal(signal.SIGINT)
    _, said = server.communicate(timeout=30)
    return said.splitlines()


@pytest.mark.slow
@pytest.mark.parametrize("words", [(), ("--workers", "2")])
def test_each_line_is_json_and_says_what_happened_to_nobody_in_particular(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    lines = logged(tmp_path, "json", *words)
    events: list[dict[str, Any]] = [json.loads(line) for line in lines]
    assert "anna" not in "\n".join(lines).lower()
    assert "127.0.0.1" not in "\n".join(lines)
    for one in events:
        assert datetime.fromisoformat(one["time"]).utcoffset() is not None
        assert one["level"] in ("INFO", "WARNING", "ERROR")
        assert isinstance(one["pid"], int)
    requests = [one for one in events if one["message"] == "request"]
    asked = {(one["method"], one["route"], one["status"]) for one in requests}
    assert {
        ("GET", "/search", 200),
        ("GET", "/practices/{record_id}", 404),
        ("GET", "other", 404),
        ("GET", "/", 500),
    } <= asked
    assert all(one["ms"] >= 0 for one in requests)
    failed = next(one for one in events if "error" in one)
    assert failed["error"].startswith("RuntimeError at ")
    assert "fail" in failed["error"]


@pytest.mark.slow
def test_text_is_as_it_was_and_has_no_line_for_each_request(tmp_path: Path) -> None:
    lines = logged(tmp_path, "text")
    assert any(line.startswith("kb: searching by words only") for line in lines)
    assert not any("practices" in line for line in lines)


def test_a_form_that_there_is_none_of_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KB_LOG", "xml")
    with pytest.raises(InputError, match="KB_LOG=xml: use one of text, json"):
        Settings.from_environment()
