"""What was asked last is embedded once, also by several threads at a time."""

from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor

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


class Held:
    """Embeds when it is let go; the first time it fails, if it is to."""

    def __init__(self, *, is_failing: bool) -> None:
        self.asked: list[str] = []
        self.is_begun, self.may_end = threading.Event(), threading.Event()
        self._is_failing = is_failing

    def __call__(self, text: str) -> Vectors:
        self.asked.append(text)
        if len(self.asked) == 1:
            self.is_begun.set()
            self.may_end.wait(10)
            if self._is_failing:
                raise OSError("no memory")
        return a_row(text)

    def asked_by_two(self, kept: RecentQueries) -> tuple[Future[Vectors], Future[Vectors]]:
        """What one thread gets that begins, and another that comes meanwhile."""
        with ThreadPoolExecutor(2) as threads:
            first = threads.submit(kept.row, "need")
            self.is_begun.wait(10)
            second = threads.submit(kept.row, "need")
            self.may_end.set()
        return first, second


def test_one_that_is_being_embedded_is_waited_for() -> None:
    embed = Held(is_failing=False)
    first, second = embed.asked_by_two(RecentQueries(embed))
    assert first.result().tolist() == second.result().tolist() == [4, 4, 4]
    assert embed.asked == ["need"]


def test_what_fails_is_not_kept_and_who_waited_tries_again() -> None:
    embed = Held(is_failing=True)
    kept = RecentQueries(embed)
    first, second = embed.asked_by_two(kept)
    with pytest.raises(OSError, match="no memory"):
        first.result()
    assert second.result().tolist() == [4, 4, 4]
    assert kept.row("need").tolist() == [4, 4, 4]
