"""Figures against those of the last release, in what the machine takes for a fixed piece of work."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.releases import LEAST_NOISE, Figure, Release, Yardstick

SEARCH = Figure("search", "median", "< 15 ms", 20.0, "ms")


def test_release_is_kept_and_read(tmp_path: Path) -> None:
    kept = Release("1.0", 0.5, {SEARCH.key: 10.0})
    kept.write(tmp_path / "release.json")
    assert Release.read(tmp_path / "release.json") == kept
    assert Release.read(tmp_path / "none.json") is None


@pytest.mark.parametrize(
    ("value", "unit", "yardstick_s", "said"),
    [
        (20.0, "ms", 0.5, "2.00"),
        (20.0, "ms", 1.0, "1.00 (noise)"),  # on a machine of half the speed it is no slower
        (10.4, "s", 0.5, "1.04 (noise)"),
        (5.0, "passages/s", 1.0, "1.00 (noise)"),
        (20.0, "passages/s", 0.5, "2.00"),
        (20.0, "MB", 1.0, "2.00"),  # memory is the same on any machine
        (12.0, "times", 1.0, "1.20"),
        (10.9, "MB", 1.0, "1.09 (noise)"),
    ],
)
def test_times_and_rates_are_compared_in_yardsticks(
    value: float, unit: str, yardstick_s: float, said: str
) -> None:
    last = Release("1.0", 0.5, {"a: b": 10.0})
    assert last.against(Figure("a", "b", "", value, unit), yardstick_s, 0.1) == said


def test_noise_of_a_busy_machine_is_one_of_times_alone() -> None:
    last = Release("1.0", 0.5, {"a: b": 10.0})
    assert last.against(Figure("a", "b", "", 13.0, "s"), 0.5, 0.4) == "1.30 (noise)"
    assert last.against(Figure("a", "b", "", 13.0, "MB"), 0.5, 0.4) == "1.30"


def test_figure_that_was_not_measured_then_is_new() -> None:
    assert Release("1.0", 0.5, {}).against(SEARCH, 0.5, 0.1) == "new"


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [(0.0501, "s", "0.0501 s"), (353.4, "MB", "353 MB"), (0.256, "%", "26%"), (1.234, "times", "1.23")],
)
def test_number_is_shown_with_its_unit(value: float, unit: str, shown: str) -> None:
    assert Figure("a", "b", "", value, unit).measured == shown


def test_noise_is_how_much_the_yardstick_varies() -> None:
    yardstick = Yardstick()
    yardstick.take()
    assert (yardstick.noise, yardstick.seconds > 0) == (LEAST_NOISE, True)
