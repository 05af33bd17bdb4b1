"""Intervals and the paired test, against what scipy makes of the same numbers, and the comparison of two runs."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

from kb.errors import InputError
from kb.measure.chance import chance_of, compare, interval, interval_of_share, shift


def some(count: int, seed: int = 0, shift: float = 0.0) -> list[float]:
    chance = random.Random(seed)
    return [min(1.0, max(0.0, chance.gauss(0.5 + shift, 0.3))) for _ in range(count)]


@pytest.mark.parametrize("count", [5, 30, 200])
def test_interval_is_the_percentile_bootstrap(count: int) -> None:
    values = some(count)
    theirs = stats.bootstrap(
        (values,), np.mean, method="percentile", n_resamples=9999, rng=1
    ).confidence_interval
    assert interval(values) == pytest.approx((theirs.low, theirs.high), abs=0.012)
    assert interval(values) == interval(values)


def test_interval_of_equal_values_is_a_point_and_of_none_nothing() -> None:
    assert interval([0.25] * 9) == (0.25, 0.25)
    assert interval([]) == (0, 0)


def test_share_of_one_mean_in_another_goes_pair_by_pair() -> None:
    wholes = some(40, 3)
    assert interval_of_share([0.5 * whole for whole in wholes], wholes) == pytest.approx((0.5, 0.5))


@pytest.mark.parametrize("count", [4, 9, 12])
def test_chance_of_few_differences_is_exact(count: int) -> None:
    differences = [random.Random(7).gauss(0.1, 0.2) for _ in range(count)]
    theirs = stats.permutation_test((differences,), np.mean, permutation_type="samples", n_resamples=np.inf)
    assert chance_of(differences) == pytest.approx(theirs.pvalue)


@pytest.mark.parametrize("shift", [0.0, 0.03, 0.08, 0.3])
def test_chance_of_many_differences_is_near_what_all_signs_would_give(shift: float) -> None:
    chance = random.Random(11)
    differences = [chance.gauss(shift, 0.2) for _ in range(80)]
    theirs = stats.permutation_test(
        (differences,), np.mean, permutation_type="samples", n_resamples=20_000, rng=2
    )
    assert chance_of(differences) == pytest.approx(theirs.pvalue, abs=0.03)


def test_needs_that_did_not_change_make_no_difference_more_or_less_likely() -> None:
    assert chance_of([0.2, 0.1, 0.3]) == chance_of([0.2, 0.1, 0.3, *[0.0] * 50]) == 0.25
    assert chance_of([0.0, 0.0]) == 1


def test_change_counts_what_is_better_worse_and_equal() -> None:
    one = shift("all", "nDCG@10", [(0.5, 1.0), (0.5, 0.25), (0.5, 0.5), (0.0, 1.0)])
    assert (one.better, one.worse, one.equal) == (2, 1, 1)
    assert (one.before, one.after, one.difference) == (0.375, 0.6875, 0.3125)
    assert one.low <= one.difference <= one.high
    assert one.may_be_chance


def write(path: Path, figures: Mapping[str, float], group: str = "keywords") -> Path:
    lines: Sequence[dict[str, Any]] = [
        {"id": n, "results": [], "groups": [group, "all"], "measures": {"nDCG@10": f, "MRR": f / 2}}
        for n, f in figures.items()
    ]
    last = {
        "similar_to": {"file": "a.pdf", "title": "A"},
        "results": [],
        "measures": {"similar, nDCG@5": 0.5},
    }
    path.write_text("".join(json.dumps(line) + "\n" for line in [*lines, last]))
    return path


def test_a_gain_on_every_need_is_more_than_chance_and_the_same_gain_on_few_is_not(tmp_path: Path) -> None:
    before, after = {f"n{n}": f for n, f in enumerate(some(30))}, {}
    after = {name: figure + 0.05 for name, figure in before.items()}
    found = compare(write(tmp_path / "old", before), write(tmp_path / "new", after))
    assert [(one.group, one.measure) for one in found.changes] == [
        ("all", "nDCG@10"),
        ("all", "MRR"),
        ("all", "similar, nDCG@5"),
        ("keywords", "nDCG@10"),
    ]
    assert [one.may_be_chance for one in found.changes] == [False, False, True, False]
    few = {name: after[name] if int(name[1:]) < 3 else figure for name, figure in before.items()}
    assert compare(tmp_path / "old", write(tmp_path / "few", few)).changes[0].may_be_chance


def test_needs_of_one_run_only_are_left_out_and_counted(tmp_path: Path) -> None:
    old, new = write(tmp_path / "old", {"a": 1, "b": 0, "c": 0}), write(tmp_path / "new", {"b": 1, "d": 1})
    found = compare(old, new)
    assert (found.changes[0].count, found.only_before, found.only_after) == (1, 2, 1)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "cannot be read"),
        ("", "holds no answers"),
        ("nonsense\n", "line 1: not a line of a run"),
        ("[]\n", "line 1: not a line of a run"),
        ('{"results": []}\n', "line 1: not a line of a run"),
        ('\n{"id": "a", "results": [], "no_match": false}\n', "line 2: no measures"),
        ('{"id": "a", "measures": {"nDCG@10": "1"}}\n', "line 1: no measures"),
        ('{"id": "a", "measures": {"nDCG@10": NaN}}\n', "line 1: no measures"),
        ('{"id": "a", "measures": {}}\n{"id": "a", "measures": {}}\n', "line 2: a was there before"),
    ],
)
def test_a_bad_run_is_refused_by_file_and_line(tmp_path: Path, content: str | None, said: str) -> None:
    bad, good = tmp_path / "bad.jsonl", write(tmp_path / "good.jsonl", {"a": 1})
    if content is not None:
        bad.write_text(content)
    with pytest.raises(
        InputError, match=rf"bad\.jsonl: {said}.*kb eval NEEDS\.json --run|bad\.jsonl: .*{said}"
    ):
        compare(good, bad)


def test_runs_of_other_needs_are_refused(tmp_path: Path) -> None:
    one = tmp_path / "one.jsonl"
    one.write_text('{"id": "a", "measures": {"nDCG@10": 1}}\n')
    other = tmp_path / "other.jsonl"
    other.write_text('{"id": "b", "measures": {"nDCG@10": 1}}\n')
    with pytest.raises(InputError, match="no need is in both"):
        compare(one, other)
