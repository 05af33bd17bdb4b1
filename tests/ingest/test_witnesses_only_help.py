"""A true witness of the structure never costs what is read without it: outline, contents page and tags, each added."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from benchmarks.scoring import found_rightly
from benchmarks.unseen import read
from corpus.press import WITNESSES, Scheme, bound, drawn, pressed

FORMS = {
    "outline": ("full", "titles", "labels"),
    "contents": ("dots", "plain", "unnumbered"),
    "tags": ("true",),
}
"""Each witness in the forms in which it tells nothing but the truth."""
SEEDS = range(1, 5)
FURTHER = (11, 13)
"""Seeds that a contents page without page numbers once made worse."""
CASES = [(seed, witness, form) for seed in SEEDS for witness, forms in FORMS.items() for form in forms]


def handbook(seed: int) -> Scheme:
    """A short handbook of a seed, without any witness."""
    scheme = drawn(seed, setter="typst")
    bare: dict[str, Any] = dict.fromkeys(WITNESSES, "none")
    return replace(scheme, chapters=2, practices=min(scheme.practices, 4), split=False, **bare)


@cache
def rightly(scheme: Scheme) -> frozenset[tuple[str, ...]]:
    made = pressed(bound(scheme))
    return frozenset(found_rightly(made.truth, read(made.pdf, f"press-{scheme.seed}.pdf")))


def lost(seed: int, witness: str, form: str) -> list[tuple[str, ...]]:
    """What is read rightly without a witness, and no longer with it."""
    scheme = handbook(seed)
    changes: dict[str, Any] = {witness: form}
    return sorted(rightly(scheme) - rightly(replace(scheme, **changes)))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("seed", "witness", "form"),
    [*CASES, *((seed, "contents", "unnumbered") for seed in FURTHER)],
)
def test_adding_a_true_witness_loses_nothing(seed: int, witness: str, form: str) -> None:
    assert lost(seed, witness, form) == []
