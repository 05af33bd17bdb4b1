from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from kb.arrays import Vectors
from kb.search import nothing
from kb.search.library import Library
from kb.search.nothing import OF_EMBEDDED, UNRELATED, Nearness, limits, nothing_fits
from kb.search.query import Query
from kb.search.retrieval import Scored
from kb.settings import Settings
from tests.factories import FakeEncoder, answer
from tests.kb.search.test_search import ONE, publish

NEEDS = (
    *(
        "pendulums at home",
        "credit for an online exchange",
        "neighbours grow beans",
        "zebra",
        "xylophone opera",
    ),
    *("how do I bake bread", "argue a case", "measure", "a place for messages", "volcano", "the campus roof"),
)


@dataclass(frozen=True, slots=True)
class Shifted(FakeEncoder):
    """The fake with one more number in each row: a cosine c is 0.7 + 0.3 c here."""

    id: str = "shifted"
    dim: int = 65

    def _rows(self, texts: Sequence[str]) -> Vectors:
        rows = FakeEncoder()._rows(texts) * np.float32(0.3**0.5)
        return np.hstack([np.full((len(rows), 1), 0.7**0.5, dtype=np.float32), rows])


@dataclass(frozen=True, slots=True)
class Embedded(FakeEncoder):
    id: str = f"{nothing.MINILM}@0123"


def said(folder: Path, encoder: FakeEncoder) -> list[tuple[bool, bool]]:
    publish(folder, {"one": ONE}, encoder=encoder)
    with Library.open(Settings(folder), encoder) as library:
        found = [answer(library, Query(need)) for need in NEEDS]
    return [(results.no_match, results.is_weak) for results in found]


def test_model_whose_cosines_all_lie_high_decides_the_same(tmp_path: Path) -> None:
    plain = said(tmp_path / "plain", FakeEncoder())
    assert said(tmp_path / "shifted", Shifted()) == plain
    assert len({no_match for no_match, _ in plain}) == 2  # else nothing is shown
    assert len({is_weak for _, is_weak in plain}) == 2


def test_limits_of_another_model_lie_where_unrelated_questions_come(tmp_path: Path) -> None:
    publish(tmp_path, {"one": ONE}, encoder=Shifted())
    with Library.open(Settings(tmp_path), Shifted()) as library:
        library.warm()
        catalog = library.snapshot().catalogue
        assert catalog is not None
        assert catalog.vectors is not None
        held = [row for row, n in enumerate(catalog.owners) if catalog.records[n].kind != "section"]
        best = (Shifted().queries(UNRELATED) @ catalog.vectors[held].T).max(axis=1)
        found = limits(catalog, Shifted())
        graph = limits(replace(catalog, vectors=None), Shifted())
        assert limits(catalog, Embedded()) == OF_EMBEDDED
    assert found.least == pytest.approx(best.mean() + 0.25 * best.std(), abs=1e-5)
    assert found.least < found.least_without_words < found.weak
    assert graph.least == pytest.approx(found.least, abs=1e-5)


def test_unrelated_questions_are_embedded_once_a_generation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def count(*given: object) -> Nearness:
        asked.append("limits")
        return OF_EMBEDDED

    monkeypatch.setattr("kb.search.snapshot.limits", count)
    publish(tmp_path, {"one": ONE})
    with Library.open(Settings(tmp_path), FakeEncoder()) as library:
        answer(library, Query("zebra"))
        answer(library, Query("pendulums"))
        assert len(asked) == 1
        publish(tmp_path, {"one": ONE}, number=2)
        answer(library, Query("pendulums"))
    assert len(asked) == 2


@pytest.mark.parametrize(
    ("top", "margin", "covered", "is_said"),
    [
        (0.29, 0.10, 0.4, True),
        (0.31, 0.10, 0.4, False),  # near enough for one that shares words
        (0.31, 0.10, 0.0, True),
        (0.34, 0.10, 0.0, False),
        (0.29, 0.16, 0.4, False),  # stands out
        (0.29, 0.10, 0.6, False),  # has the words
    ],
)
def test_it_is_said_only_where_meaning_margin_and_words_agree(
    top: float, margin: float, covered: float, is_said: bool
) -> None:
    zeros = np.zeros(2, dtype=np.float32)
    coverage = np.array([covered, 1.0], dtype=np.float32)
    scored = Scored(zeros, zeros, zeros, np.zeros(2, dtype=np.int64), coverage, top, margin)
    first = np.array([0], dtype=np.int64)
    assert nothing_fits(scored, first, OF_EMBEDDED) is is_said
    assert not nothing_fits(scored, first, None)
    assert nothing_fits(scored, first[:0], None)
