"""Records keep their ids in editions that were changed at random, of the sample handbook and of real ones."""

from __future__ import annotations

import random
import tempfile
from functools import cache
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ingest import pipeline
from kb.editions.differences import compare
from kb.editions.matching import identify
from kb.records import Record
from kb.settings import Settings
from tests.mutations import Found, mutate, score
from tests.shared import HANDBOOKS, needs_handbooks

SAMPLE = Path(__file__).resolve().parents[3] / "corpus" / "sample" / "handbook-edition-1.pdf"
REAL = ("18f-derisking-handbook", "fr-etalab-algorithmes", "zero-trust-appendices")
LEAST = 0.98


@cache
def records_of(path: Path) -> tuple[Record, ...]:
    """The records that are read from a handbook, as its first edition."""
    with tempfile.TemporaryDirectory() as folder:
        found = pipeline.extract(Settings(Path(folder)), path)
    return identify("hb", 1, (), found.records)


def measured(paths: list[Path], share: float, rounds: int, *, is_restyled: bool = False) -> Found:
    total = Found(0, 0, 0)
    for path in paths:
        records = records_of(path)
        for seed in range(rounds):
            total += score(records, mutate(records, random.Random(seed), share, is_restyled=is_restyled))
    return total


@pytest.mark.parametrize("share", [0.0, 0.1, 0.2, 0.3])
def test_the_sample_handbooks_records_are_found_again(share: float) -> None:
    found = measured([SAMPLE], share, 5)
    assert found.precision >= LEAST, found.missed
    assert found.recall >= LEAST, found.missed
    assert found.parted_precision >= 0.8
    assert found.parted_recall >= 0.8


@needs_handbooks
@pytest.mark.parametrize("share", [0.0, 0.3])
def test_real_handbooks_records_are_found_again(share: float) -> None:
    found = measured([HANDBOOKS / f"{name}.pdf" for name in REAL], share, 5)
    assert found.precision >= LEAST, found.missed
    assert found.recall >= LEAST, found.missed


def test_a_new_layout_other_numbers_and_other_kinds_lose_no_record() -> None:
    found = measured([SAMPLE], 0.3, 4, is_restyled=True)
    assert found.precision >= LEAST, found.missed
    assert found.recall >= LEAST, found.missed


@given(st.integers(0, 10**6), st.floats(0.1, 0.6), st.floats(0, 1))
@example(216, 0.5, 0.0)  # a new section once took the id of a tool that had gone
@example(1666, 0.5, 0.0)  # so did the part of a section that had listed the tool
@example(25, 0.5, 0.5)  # and the copy of a tool that of the section of the same text
@example(1657, 0.4, 0.4)  # and a section, rewritten beside its copy, that of the tool of the same text
@settings(max_examples=15, deadline=None)
def test_whatever_an_edition_changes_ids_are_unique_and_no_old_one_is_given_to_a_stranger_twice(
    seed: int, share: float, touched: float
) -> None:
    old = records_of(SAMPLE)
    new = mutate(old, random.Random(seed), share, touched)
    found = identify("hb", 2, old, new.drafts)
    ids = [r.id for r in found]
    assert len(set(ids)) == len(ids)
    kinds = {r.id: r.kind for r in old}
    strange = [r for r in found if kinds.get(r.id, r.kind) != r.kind]
    assert all(r.id == new.origins[n] for n, r in enumerate(found) if r in strange)
    changes = compare(old, found)
    known = set(ids) & set(kinds)
    assert len(changes.added) + len(known) == len(found)
    assert len(changes.removed) + len(known) == len(old)


@given(st.integers(0, 10**6))
@settings(max_examples=10, deadline=None)
def test_an_edition_that_is_only_reordered_is_all_unchanged(seed: int) -> None:
    old = records_of(SAMPLE)
    drafts = list(old)
    random.Random(seed).shuffle(drafts)
    found = compare(old, identify("hb", 2, old, drafts))
    assert (found.added, found.removed, found.renamed, found.rewritten) == ((), (), (), ())
    assert (found.split, found.merged) == ((), ())
