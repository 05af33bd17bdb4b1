from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from kb.records import Facet
from kb.search.asking import COMMAND, NOTE, language_of, translations
from kb.search.library import Library
from kb.search.query import Query
from kb.settings import Settings
from kb.words.languages import LANGUAGES
from tests.factories import FakeEncoder, a_record, answer
from tests.kb.search.test_search import publish
from web.frame import sayings

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


def test_what_vocabularies_know_is_translated() -> None:
    assert {"Health", "Objectives"} <= set(translations(ASKED["de"], "de", ("en", "de")))
    assert {"France", "Virtual mobility"} <= set(translations(ASKED["el"], "el", ("en",)))
    assert {"Blended intensive programme"} <= set(translations(ASKED["it"], "it", ("en",)))
    assert translations(ASKED["it"], "it", ("it",)) == ()


def test_the_page_can_say_it_in_every_language() -> None:
    for language in LANGUAGES:
        said = sayings.plain(NOTE, language)
        assert said.endswith(COMMAND)
        assert language_of(said.removesuffix(COMMAND)) == language


def test_query_in_another_language_finds_by_translation_and_is_told_of_the_preset(tmp_path: Path) -> None:
    health = a_record("health", "Wards", "Nurses meet.", facets=(Facet("theme", "Health"),))
    aims = a_record("aims", "Aims in health", "The objectives of virtual mobility for health.")
    publish(tmp_path, {"one": (health, aims)}, encoder=EnglishEncoder())
    with Library.open(Settings(tmp_path), EnglishEncoder()) as library:
        results = answer(library, Query(ASKED["fr"]))
        assert results.language == "fr"
        assert results.language_note == NOTE
        assert results.hits[0].record.id == "aims"
        assert results.hits[0].rank_words == 1
        assert not answer(library, Query("What are the objectives of virtual mobility?")).language_note


def test_model_of_many_languages_needs_no_note(tmp_path: Path) -> None:
    publish(tmp_path, {"one": (a_record("aims", "Aims", "The objectives."),)})
    with Library.open(Settings(tmp_path), FakeEncoder()) as library:
        assert not answer(library, Query(ASKED["fr"])).language_note


def test_library_in_the_language_that_is_asked_in_needs_no_note(tmp_path: Path) -> None:
    own = a_record("buts", "Buts", "Les objectifs de la mobilité virtuelle.", language="fr")
    publish(tmp_path, {"one": (own,)}, encoder=EnglishEncoder())
    with Library.open(Settings(tmp_path), EnglishEncoder()) as library:
        assert not answer(library, Query(ASKED["fr"])).language_note
