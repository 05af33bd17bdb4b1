"""Practices are repeated siblings; summaries, questions and echoes are none."""

from __future__ import annotations

import pytest

from ingest import reader
from ingest.parts.annexes import parse
from ingest.parts.practices import clean_title
from ingest.reading.extraction import Extraction
from kb.records import Kind
from kb.words.vocabulary import Vocabulary
from tests.typesetting import Text, paragraph, typeset

PROSE = "Students of three universities work on one case and present what they found to a city council. " * 2
TITLES = ["Digital law clinic", "Green campus week", "Museum of languages", "River laboratory"]


def titles_of(data: bytes, kind: Kind = Kind.PRACTICE) -> list[str]:
    found = Extraction.of_data(reader.read({"name": "x.pdf", "max_pages": 99}, data, lambda *_: None))
    return [r.title for r in found.of(kind)]


def record_page(title: str, labels: list[str]) -> list[Text]:
    drawn = [Text(title, 60, 80, 16, True)]
    for n, label in enumerate(labels):
        drawn += [Text(label, 60, 110 + 80 * n, 11, True), *paragraph(PROSE, 60, 126 + 80 * n, 420)]
    return drawn


def test_siblings_that_share_labels_are_practices_whatever_the_labels_say() -> None:
    pages = [record_page(t, ["Spark", "Recipe", "Aftertaste"]) for t in TITLES]
    assert titles_of(typeset(pages)) == TITLES


def test_a_chapter_between_them_that_shares_nothing_is_a_section() -> None:
    pages = [
        record_page("A word before", ["Thanks", "Scope"]),
        *(record_page(t, ["Need", "Results"]) for t in TITLES),
    ]
    data = typeset(pages)
    assert titles_of(data) == TITLES
    assert "A word before" in titles_of(data, Kind.SECTION)


def test_a_summary_that_repeats_the_titles_is_no_practice() -> None:
    summary = [Text("All of them at a glance", 60, 80, 16, True)]
    for n, title in enumerate(TITLES):
        summary += [
            Text(title, 60, 120 + 60 * n, 11, True),
            Text("Need: see below", 60, 136 + 60 * n),
            Text("Results: see below", 60, 150 + 60 * n),
        ]
    assert (
        titles_of(typeset([summary, *(record_page(t, ["Need", "Results", "Contact"]) for t in TITLES)]))
        == TITLES
    )


def test_questions_and_answers_are_no_practices() -> None:
    pages = [record_page(f"{t}: how much will it cost?", ["Wrong answer", "Right answer"]) for t in TITLES]
    assert titles_of(typeset(pages)) == []


def test_a_short_document_with_known_labels_is_one_practice() -> None:
    data = typeset(
        [record_page("River laboratory", ["Need", "Activities", "Results"])], title="River laboratory"
    )
    assert titles_of(data) == ["River laboratory"]


def test_a_document_without_repetition_has_none() -> None:
    pages = [record_page(t, [f"Thought {n}", f"Remark {n}"]) for n, t in enumerate(TITLES)]
    assert titles_of(typeset(pages)) == []


@pytest.mark.parametrize(
    ("printed", "title"),
    [
        ("3 Fiche pratique : mention", "Fiche pratique : mention"),
        ("2.1 Begin with the need", "Begin with the need"),
        ("a) Letters", "Letters"),
        ("IV. Results", "Results"),
        ("A Coruña and the sea", "A Coruña and the sea"),
        ("Ideas that work", "Ideas that work"),
        ("20 questions for councils", "questions for councils"),
    ],
)
def test_a_title_loses_its_numbering_only(printed: str, title: str) -> None:
    assert clean_title(printed) == title


@pytest.mark.parametrize(
    ("heading", "label", "title"),
    [
        ("Appendix A: Questions to ask", "Appendix A", "Questions to ask"),
        ("APPENDIX E : IDENTITY , ACCESS", "APPENDIX E", "IDENTITY , ACCESS"),
        ("Annexe 2 – Outils", "Annexe 2", "Outils"),
        ("Anhang B Werkzeuge", "Anhang B", "Werkzeuge"),
        ("Παράρτημα Α: Εργαλεία", "Παράρτημα Α", "Εργαλεία"),
        ("ΠΑΡΑΡΤΗΜΑ Β΄ Πρακτικές", "ΠΑΡΑΡΤΗΜΑ Β΄", "Πρακτικές"),
        ("Allegato 3. Buone pratiche", "Allegato 3", "Buone pratiche"),
        ("Anexo IV: Herramientas", "Anexo IV", "Herramientas"),
        ("Anexa 1 - Inițiative", "Anexa 1", "Inițiative"),
        ("Bilaga 2 Verktyg", "Bilaga 2", "Verktyg"),
        ("Příloha č. 1: Nástroje", "Příloha č. 1", "Nástroje"),
        ("Annex 1", "Annex 1", ""),
    ],
)
def test_annexes_are_known_in_many_languages(heading: str, label: str, title: str) -> None:
    assert parse(heading, Vocabulary.load()) == (label, title)


@pytest.mark.parametrize(
    "heading", ["Annexes", "Appendix to the note", "The annex holds tools", "Annex a is short"]
)
def test_a_word_that_only_looks_like_an_annex_is_none(heading: str) -> None:
    assert parse(heading, Vocabulary.load()) is None


def test_an_annex_with_only_a_number_takes_the_heading_below_it() -> None:
    pages = [
        record_page("Guide", ["One", "Two"]),
        [
            Text("Annex 1", 60, 80, 20, True),
            Text("Letters and forms", 60, 130, 14, True),
            *paragraph(PROSE, 60, 160, 420),
        ],
    ]
    found = Extraction.of_data(
        reader.read({"name": "x.pdf", "max_pages": 9}, typeset(pages), lambda *_: None)
    )
    assert [(r.annex_label, r.title, r.page_start) for r in found.of(Kind.ANNEX)] == [
        ("Annex 1", "Letters and forms", 2)
    ]
