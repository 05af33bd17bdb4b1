from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kb.arrays import Vectors
from kb.model.encoder import model_parts
from kb.records import Kind
from kb.search.library import Library
from kb.search.nearness import SPECIAL, Nearness, by_record
from kb.search.query import Mode, Query
from kb.search.retrieval import ACROSS_SHARE, COVERED_SHARE, words_shares
from kb.settings import Settings
from tests.factories import FakeEncoder, a_record, answer
from tests.kb.search.test_search import publish

PAIR = "all-MiniLM-L6-v2@a:4 + many@b:4"


def rows(seed: int, count: int = 30) -> Vectors:
    """Rows of two models, of which the second puts the first half of them aside, as it does with a language."""
    made = np.random.default_rng(seed).standard_normal((count, 8)).astype(np.float32)
    made[: count // 2, 4] += 5
    for part in (slice(0, 4), slice(4, 8)):
        made[:, part] /= np.linalg.norm(made[:, part], axis=1, keepdims=True) * np.sqrt(2)
    return made


def near(made: Vectors, model: str = PAIR) -> Nearness:
    count = len(made)
    languages = ["el"] * (count // 2) + ["en"] * (count - count // 2)
    return Nearness.of(model, made, np.arange(count), languages, np.ones(count, dtype=bool))


def test_each_pair_of_languages_asks_what_reads_both() -> None:
    found = near(rows(1))
    el, en = 0, 29
    assert found.routes("en")[:, en] == pytest.approx([SPECIAL, 1 - SPECIAL])
    assert found.routes("en")[:, el].tolist() == [0, 1]
    assert found.routes("el")[:, en].tolist() == [0, 1]
    assert found.routes("el")[:, el].tolist() == [0, 1]
    assert found.routes("")[:, en].tolist() == [0.5, 0.5]
    assert found.routes("")[:, el].tolist() == [0, 1]
    english = near(rows(1)[:, :4] * np.float32(2**0.5), "all-MiniLM-L6-v2@a")
    assert not english.routes("el").any()
    assert not english.routes("en")[:, el].any()
    assert english.routes("en")[:, en].tolist() == [1]


def test_what_a_language_has_of_its_own_is_taken_away() -> None:
    made = rows(2, 400)
    found = near(made)
    question = found.question(rows(3)[20], 1)
    own = found.cosines(1, question, made @ question)
    raw = made[:, 4:] @ question[4:] * np.float32(2**0.5)
    assert abs(raw[:200].mean() - raw[200:].mean()) > 0.2  # else nothing is shown
    assert abs(own[:200].mean() - own[200:].mean()) < 0.1
    some = np.array([3, 399])
    np.testing.assert_array_equal(found.cosines(1, question, made[some] @ question, some), own[some])


def test_model_of_english_alone_is_taken_as_it_is() -> None:
    made = rows(4)
    found = near(made)
    question = found.question(rows(5)[3], 0, np.ones(8, dtype=np.float32))
    own = found.cosines(0, question, made @ question)
    np.testing.assert_allclose(own, (made[:, :4] @ question[:4]) * 2**0.5, atol=1e-5)


def test_little_is_taken_away_for_a_language_of_few_passages() -> None:
    made = rows(6, 60)
    found = Nearness.of(PAIR, made, np.arange(60), ["en"] * 59 + ["sv"], np.ones(60, dtype=bool))
    of_sv = found.middles[1][found.tongues.index("sv")]
    assert np.linalg.norm(of_sv) < 0.2 * np.linalg.norm(made[59, 4:] * 2**0.5)


def test_record_is_as_near_as_its_best_passage_and_its_whole() -> None:
    by_row = np.array([0.1, 0.8, -1.0], dtype=np.float32)
    means = np.array([0.4, 0.9], dtype=np.float32)
    found = by_record(by_row, means, np.array([0, 0, 1]), 2)
    assert found == pytest.approx([0.6, 0.85])  # of the second no row was looked at


def test_id_of_a_pair_names_its_parts() -> None:
    first, second = model_parts(PAIR, 8)
    assert (first.name, first.start, first.stop, second.name, second.start, second.stop) == (
        *("all-MiniLM-L6-v2", 0, 4),
        *("many", 4, 8),
    )
    assert first.reads("en")
    assert not first.reads("el")
    assert second.reads("el")


def test_words_count_by_coverage_in_one_language_and_little_between_two(tmp_path: Path) -> None:
    here = a_record("here", "Credit", "Credit for an exchange.")
    there = a_record("dort", "Anrechnung", "Anrechnung für einen Austausch.", language="de")
    publish(tmp_path, {"one": (here, there)})
    with Library.open(Settings(tmp_path), FakeEncoder()) as library:
        answer(library, Query("credit"))
        catalog = library.snapshot().catalogue
    assert catalog is not None
    own, other = catalog.numbers["here"], catalog.numbers["dort"]
    full = words_shares(catalog, "credit for an exchange", "en", 1.0)
    none = words_shares(catalog, "credit for an exchange", "en", 0.0)
    assert full[own] == pytest.approx(COVERED_SHARE)
    assert none[own] < full[own]
    assert full[other] == none[other]
    assert full[other] == pytest.approx(ACROSS_SHARE)
    unknown = words_shares(catalog, "credit", "", 1.0)
    assert unknown.tolist() == [full[own]] * 2
    assert set(words_shares(catalog, "IT", "", 1.0).tolist()) == {np.float32(0.7)}


def test_record_that_is_only_a_name_is_found_by_its_word_alone(tmp_path: Path) -> None:
    bare = a_record("tweet", "Bird talk", kind=Kind.TOOL, fields=(), institution="")
    told = a_record("forum", "Forum", "Talk about a bird that students saw.", kind=Kind.TOOL, institution="")
    publish(tmp_path, {"one": (bare, told, a_record("far", text="Beans on the roof."))})
    with Library.open(Settings(tmp_path), FakeEncoder()) as library:
        by_meaning = answer(library, Query("what talk of a bird did students see", mode=Mode.DENSE))
        assert "forum" in {hit.record.id for hit in by_meaning.hits}
        assert "tweet" not in {hit.record.id for hit in by_meaning.hits}
        assert answer(library, Query("bird talk")).hits[0].record.id == "tweet"
        assert library.snapshot().similar("tweet") == ()
        assert "tweet" not in {one.record.id for one in library.snapshot().similar("forum")}
