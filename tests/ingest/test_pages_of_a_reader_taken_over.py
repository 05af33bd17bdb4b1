from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ingest import pipeline
from ingest.safe import sandbox
from kb import ParseError


@pytest.fixture
def pdf(tmp_path: Path) -> Path:
    (tmp_path / "h.pdf").write_bytes(b"%PDF")
    return tmp_path / "h.pdf"


@pytest.mark.parametrize("answer", [b"<html>", b"", ["no picture"], None])
def test_a_picture_that_is_none_is_shown_to_nobody(
    answer: Any, pdf: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sandbox, "run", lambda *_: answer)
    with pytest.raises(ParseError, match=r"h\.pdf: page 1: .* no picture"):
        pipeline.page_picture(pdf, 1, width=100)


@pytest.mark.parametrize(
    "answer", [b"words", [1], [[1]], [[["word", 1, 2]]], [[["word", 1, 2, 3, "four"]]], None]
)
def test_words_that_are_none_are_an_error(answer: Any, pdf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "run", lambda *_: answer)
    with pytest.raises(ParseError, match=r"h\.pdf: page 1: its words are none"):
        pipeline.page_words(pdf, 1, "en")
