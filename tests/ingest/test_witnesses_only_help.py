"""A true witness of the structure never costs what is read without it: outline, contents page and tags, each added."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from benchmarks.scoring import found_rightly
from benchmarks.unseen import read
from corpus.press import WITNESSES, Scheme, bound, drawn, pressed

WHOLE: dict[str, Any] = {"outline": "full", "contents": "dots", "tags": "true"}
"""Each witness as it is when it tells the whole truth."""
SEEDS = range(1, 9)
COSTS: dict[tuple[int, str], str] = {}
"""Where a witness still costs something, and what."""


def handbook(seed: int) -> Scheme:
    """A short handbook of a seed, without any witness."""
    scheme = drawn(seed, setter="typst")
    bare: dict[str, Any] = dict.fromkeys(WITNESSES, "none")
    return replace(scheme, chapters=2, practices=min(scheme.practices, 4), **bare)


def rightly(scheme: Scheme) -> set[tuple[str, ...]]:
    made = pressed(bound(scheme))
    return found_rightly(made.truth, read(made.pdf, f"press-{scheme.seed}.pdf"))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("seed", "witness"),
    [
        pytest.param(
            seed,
            witness,
            marks=[pytest.mark.xfail(reason=COSTS[seed, witness])] if (seed, witness) in COSTS else [],
        )
        for seed in SEEDS
        for witness in WITNESSES
    ],
)
def test_adding_a_true_witness_loses_nothing(seed: int, witness: str) -> None:
    scheme = handbook(seed)
    without, added = rightly(scheme), rightly(replace(scheme, **{witness: WHOLE[witness]}))
    assert sorted(without - added) == []
