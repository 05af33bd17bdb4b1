from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from kb.records import Facet
from kb.search.asking import asked_in, language_of, translations
from kb.search.library import Library
from kb.search.query import Query
from kb.settings import Settings
from tests.factories import FakeEncoder, a_record, answer
from tests.kb.search.test_search import publish

ASKED = {
    "de": "Welche Ziele haben virtuelle Kurse für Studierende der Gesundheit?",
    "el": "Ποιοι είναι οι στόχοι της εικονικής κινητικότητας στη Γαλλία;",
    "es": "¿Qué dificultades tienen los cursos en línea de salud?",
    "fr": "Comment organiser une mobilité virtuelle pour les étudiants en santé ?",
    "it": "Quali sono gli obiettivi dei programmi intensivi misti in Francia?",
    "ro": "Care sunt obiectivele mobilității virtuale pentru studenții din România?",
    "sv": "Vilka mål har virtuell mobilitet för studenter i Frankrike?",
}


@dataclass(frozen=True, slots=True)
class EnglishEncoder(FakeEncoder):
    id: str = "all-MiniLM-L6-v2@test"


@pytest.mark.parametrize("language", ASKED)
def test_language_of_a_whole_question_is_recognised(language: str) -> None:
    assert language_of(ASKED[language]) == language


@pytest.mark.parametrize(
    "text",
    [
        "how do we award credit for an online exchange with other universities",
        "algorithm transparency in public administration",
        "GitHub Moodle Miro Teams",
        "Marcus Munafò academic promotions",
        "virtual mobility",
        "Universität Tübingen",
        "",
    ],
)
def test_english_and_short_texts_are_taken_for_no_other_language(text: str) -> None:
    assert language_of(text) in ("", "en")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Quellcode veröffentlichen", "de"),
        ("δημοσίευση κώδικα", "el"),
        ("autoevaluarea maturității", "ro"),
        ("loosely coupled components", "en"),
    ],
)
def test_few_words_are_in_the_language_they_look_like_unless_they_are_printed(
    text: str, language: str
) -> None:
    assert language_of(text) == ""
    assert asked_in(text, lambda: 0.0) == language
    assert asked_in(text, lambda: 0.9) in ("", "en")
    assert asked_in("QASP", lambda: 0.0) == asked_in("Moodle", lambda: 0.0) == ""


def test_what_vocabularies_know_is_translated() -> None:
    assert {"Health", "Objectives"} <= set(translations(ASKED["de"], "de", ("en", "de")))
    assert {"France", "Virtual mobility"} <= set(translations(ASKED["el"], "el", ("en",)))
    assert {"Blended intensive programme"} <= set(translations(ASKED["it"], "it", ("en",)))
    assert translations(ASKED["it"], "it", ("it",)) == ()


def test_query_in_another_language_finds_by_translation_where_no_model_reads_it(tmp_path: Path) -> None:
    health = a_record("health", "Wards", "Nurses meet.", facets=(Facet("theme", "Health"),))
    aims = a_record("aims", "Aims in health", "The objectives of virtual mobility for health.")
    publish(tmp_path, {"one": (health, aims)}, encoder=EnglishEncoder())
    with Library.open(Settings(tmp_path), EnglishEncoder()) as library:
        results = answer(library, Query(ASKED["fr"]))
        assert results.language == "fr"
        assert results.hits[0].record.id == "aims"
        assert results.hits[0].rank_words == 1
        assert {hit.rank_dense for hit in results.hits} == {None}


def test_words_of_the_need_itself_are_no_translations(tmp_path: Path) -> None:
    own = a_record("buts", "Buts", "Les objectifs de la mobilité virtuelle.", language="fr")
    publish(tmp_path, {"one": (own,)}, encoder=EnglishEncoder())
    with Library.open(Settings(tmp_path), EnglishEncoder()) as library:
        assert answer(library, Query(ASKED["fr"])).hits[0].record.id == "buts"
