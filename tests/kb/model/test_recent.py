"""What was asked last is embedded once, also by several threads at a time."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from kb import Vectors
from kb.model import recent
from kb.model.recent import RecentQueries


def a_row(text: str) -> Vectors:
    return np.full(3, len(text), dtype=np.float32)


def test_a_text_is_embedded_once_until_others_follow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recent, "MOST", 2)
    asked: list[str] = []

    def embed(text: str) -> Vectors:
        asked.append(text)
        return a_row(text)

    kept = RecentQueries(embed)
    for text in ("a", "bb", "a", "ccc", "a", "bb"):
        assert kept.row(text).tolist() == a_row(text).tolist()
    assert asked == ["a", "bb", "ccc", "bb"]


def test_one_that_is_being_embedded_is_waited_for() -> None:
    is_begun, may_end = threading.Event(), threading.Event()
    asked: list[str] = []

    def slow(text: str) -> Vectors:
        asked.append(text)
        is_begun.set()
        may_end.wait(10)
        return a_row(text)

    kept = RecentQueries(slow)
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(kept.row, "need")
        is_begun.wait(10)
        second = threads.submit(kept.row, "need")
        may_end.set()
        assert first.result().tolist() == second.result().tolist() == [4, 4, 4]
    assert asked == ["need"]


def test_what_fails_is_not_kept_and_who_waited_tries_again() -> None:
    is_begun, may_fail = threading.Event(), threading.Event()
    asked: list[str] = []

    def failing_first(text: str) -> Vectors:
        asked.append(text)
        if len(asked) == 1:
            is_begun.set()
            may_fail.wait(10)
            raise OSError("no memory")
        return a_row(text)

    kept = RecentQueries(failing_first)
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(kept.row, "need")
        is_begun.wait(10)
        second = threads.submit(kept.row, "need")
        may_fail.set()
        with pytest.raises(OSError, match="no memory"):
            first.result()
        assert second.result().tolist() == [4, 4, 4]
    assert kept.row("need").tolist() == [4, 4, 4]
