from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from kb.arrays import Vectors
from kb.model.encoder import Encoder
from kb.search import nothing, opened
from kb.search.catalogue import Catalog
from kb.search.library import Library
from kb.search.nothing import Signs, chance
from kb.search.query import Query
from kb.search.retrieval import Scored
from kb.search.usual import Usual, unrelated_rows
from kb.settings import Settings
from kb.words.languages import LANGUAGES
from kb.words.unrelated import unrelated
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


def said(folder: Path, encoder: FakeEncoder) -> list[bool]:
    publish(folder, {"one": ONE}, encoder=encoder)
    with Library.open(Settings(folder), encoder) as library:
        return [answer(library, Query(need)).no_match for need in NEEDS]


def test_model_whose_cosines_all_lie_high_decides_the_same(tmp_path: Path) -> None:
    plain = said(tmp_path / "plain", FakeEncoder())
    assert said(tmp_path / "shifted", Shifted()) == plain
    assert len(set(plain)) == 2  # else nothing is shown


def test_what_is_usual_is_what_unrelated_questions_reach(tmp_path: Path) -> None:
    publish(tmp_path, {"one": ONE}, encoder=FakeEncoder(id="all-MiniLM-L6-v2@0"))
    encoder = FakeEncoder(id="all-MiniLM-L6-v2@0")
    with Library.open(Settings(tmp_path), encoder) as library:
        library.warm()
        catalog = library.snapshot().catalogue
        assert catalog is not None
        assert catalog.vectors is not None
        held = [row for row, n in enumerate(catalog.owners) if catalog.records[n].kind != "section"]
        best = (encoder.queries(unrelated("en")) @ catalog.vectors[held].T).max(axis=1)
        vectors = encoder.queries(unrelated("en"))
        found = Usual.of(catalog, vectors)
        some = Usual.of(replace(catalog, vectors=None), vectors)
    assert found.means == pytest.approx([best.mean()], abs=1e-5)
    assert found.deviations == pytest.approx([best.std()], abs=1e-5)
    assert some.means == pytest.approx(found.means, abs=1e-5)
    assert found.above((float(best.mean() + 2 * best.std()),)) == pytest.approx([2.0], abs=1e-4)
    assert found.above((None,)) == [None]


def test_each_language_asks_the_same_questions_in_its_own_words() -> None:
    asked = {language: unrelated(language) for language in LANGUAGES}
    assert {len(own) for own in asked.values()} == {len(asked["en"])}
    assert len({text for own in asked.values() for text in own}) == sum(map(len, asked.values()))
    assert unrelated("nl") == unrelated("") == asked["en"]


def test_unrelated_questions_are_embedded_once_a_language_and_generation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def count(encoder: Encoder, language: str, cache: Path) -> Vectors:
        asked.append(language)
        return unrelated_rows(encoder, language, cache)

    monkeypatch.setattr(opened, "unrelated_rows", count)
    publish(tmp_path, {"one": ONE})
    with Library.open(Settings(tmp_path), FakeEncoder()) as library:
        for need in ("zebra", "pendulums", "How do we measure the pendulums at home?", "zebra crossings"):
            answer(library, Query(need))
        assert asked == ["", "en"]
        publish(tmp_path, {"one": ONE}, number=2)
        answer(library, Query("pendulums"))
    assert asked == ["", "en", ""]


def test_unrelated_questions_are_embedded_once_a_model_however_often_it_starts(tmp_path: Path) -> None:
    first, second = (FakeEncoder(id="model@1") for _ in range(2))
    rows = unrelated_rows(first, "de", tmp_path)
    np.testing.assert_array_equal(unrelated_rows(second, "de", tmp_path), rows)
    (kept,) = tmp_path.rglob("*.npy")
    for damaged in (b"", b"\x93NUMPY", kept.read_bytes()[:-4], b"no array"):
        kept.write_bytes(damaged)
        np.testing.assert_array_equal(unrelated_rows(second, "de", tmp_path), rows)
    unrelated_rows(FakeEncoder(id="model@2"), "de", tmp_path)
    unrelated_rows(FakeEncoder(id="model@1"), "fr", tmp_path)
    assert len(list(tmp_path.rglob("*.npy"))) == 3
    unrelated_rows(FakeEncoder(id="name alone"), "de", tmp_path)
    assert len(list(tmp_path.rglob("*.npy"))) == 3


def test_unrelated_questions_are_embedded_anew_where_they_cannot_be_kept(tmp_path: Path) -> None:
    (tmp_path / "unrelated").write_bytes(b"a file where a folder is to be")
    rows = unrelated_rows(FakeEncoder(id="model@1"), "en", tmp_path)
    np.testing.assert_array_equal(unrelated_rows(FakeEncoder(id="model@1"), "en", tmp_path), rows)


@pytest.fixture
def catalog(tmp_path: Path) -> Catalog:
    publish(tmp_path, {"one": ONE})
    with Library.open(Settings(tmp_path), FakeEncoder()) as library:
        library.warm()
        found = library.snapshot().catalogue
    assert found is not None
    return found


def of(catalog: Catalog, text: str, *, top: float, covered: float = 0.0, printed: float = 0.0) -> float:
    """The chance of a text whose best passage lies so many deviations above what is usual."""
    count = len(catalog.records)
    zeros = np.zeros(count, dtype=np.float32)
    rows = np.zeros(count, dtype=np.int64)
    scored = Scored(zeros, zeros, zeros, rows, zeros + covered, zeros + printed, (top,))
    usual = Usual((np.zeros(64, dtype=np.float32),), (0.0,), (1.0,))
    return chance(Signs.of(catalog, text, "en", scored, np.array([0], dtype=np.int64), usual))


def test_chance_grows_with_the_distance_from_what_is_usual(catalog: Catalog) -> None:
    chances = [of(catalog, "a need", top=top) for top in (-9.0, -2.0, 0.0, 2.0, 9.0)]
    assert chances == sorted(chances)
    assert chances[0] < nothing.DOUBTED < nothing.WEAK < chances[-1]


def test_what_is_printed_is_answered_and_an_acronym_that_is_not_is_not(catalog: Catalog) -> None:
    assert of(catalog, "beans", top=-9.0, printed=1.0) == 1.0
    assert of(catalog, "QASP", top=9.0) == 0.0
    assert of(catalog, "QASP", top=9.0, covered=0.5) > nothing.DOUBTED
    assert of(catalog, "HOW DO WE GROW BEANS", top=9.0) > nothing.DOUBTED
