"""Short and exact needs: numbers, compounds, acronyms and spellings are found however they are written."""

from __future__ import annotations

from itertools import product

import pytest

from kb.index.lexical import Lexical
from kb.index.written import Entry
from kb.words.folding import compounds
from kb.words.stems import matching_ranges

LEARNERS = (
    "2500",
    "2,500",
    "2.500",
    "2 500",
    "2\u00a0500",
    "2\u202f500",
    "2\u2009500",
    "2'500",
    "2\u2019500",
)
SAME = (
    ("en", tuple(f"{number} learners" for number in LEARNERS)),
    ("fr", ("1\u202f200\u202f000 euros", "1200000 euros", "1,200,000 euros", "1 200 000 euros")),
    ("en", ("e-learning", "elearning", "e learning", "E-Learning", "e\u2011learning")),
    ("en", ("co-created", "cocreated", "co created", "CO-CREATED")),
    ("en", ("COVID-19", "COVID 19", "Covid19")),
    ("en", ("R&D", "R & D", "r&d")),
    ("en", ("postdoc", "post-doc", "post doc")),
    ("de", ("Prüfung", "Pruefung", "PRÜFUNG")),
    ("de", ("Straße", "Strasse", "STRASSE")),
    ("de", ("Lehr-Lern-Labor", "Lehrlernlabor")),
    ("el", ("έρευνα", "ερευνα", "ΈΡΕΥΝΑ")),
    ("el", ("τηλε-εκπαίδευση", "τηλεεκπαίδευση")),
    ("es", ("año", "ano", "AÑO")),
    ("fr", ("l'atelier", "l\u2019atelier", "atelier", "L'ATELIER")),
    ("fr", ("auto-évaluation", "autoévaluation", "auto évaluation")),
    ("it", ("e-learning", "elearning")),
    ("ro", ("școală", "scoala", "şcoală", "ȘCOALĂ")),
    ("sv", ("e-lärande", "elärande", "e lärande")),
)
PAIRS = [(language, typed, printed) for language, ways in SAME for typed, printed in product(ways, repeat=2)]


def index(printed: str, language: str) -> Lexical:
    """Six entries that share words with many needs, then the one that prints what is looked for."""
    others = [f"other words {n} on 500 things and 2 more, 19 plans created for learning" for n in range(6)]
    texts = [*others, f"An entry with {printed} in it."]
    return Lexical.in_memory([Entry("Title", "Text", text, language) for text in texts])


@pytest.mark.parametrize(("language", "typed", "printed"), PAIRS)
def test_what_is_written_in_another_way_is_found_marked_and_told_as_printed(
    language: str, typed: str, printed: str
) -> None:
    lexical, text = index(printed, language), f"An entry with {printed} in it."
    assert lexical.search(typed, 1, [language])[0].tolist() == [6]
    assert lexical.matching([typed]).tolist() == [6]
    assert lexical.printed(typed, [language]).nonzero()[0].tolist() == [6]
    assert matching_ranges(typed, text, language)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("12.05.2023", ["12", "05", "2023"]),
        ("2.5 ECTS", ["2", "5", "ECTS"]),
        ("2.500,75", ["2500", "75"]),
        ("0.500", ["0", "500"]),
        ("1,234,56", ["1", "234", "56"]),
        ("2020 500", ["2020", "500"]),
        ("12 500 300", ["12", "500", "300"]),
        ("+40 21 305 700", ["40", "21", "305", "700"]),
        ("12 500\n300", ["12", "500", "300"]),
        ("l'école, don't, O\u2019Brien", ["école", "don", "Brien"]),
        ("AT&T and Q & A", ["AT&T", "and", "Q&A"]),
    ],
)
def test_what_is_no_number_of_thousands_stays_apart(text: str, words: list[str]) -> None:
    assert [part for parts, _ in compounds(text) for part in parts] == words


@pytest.mark.parametrize(
    ("need", "wanted"),
    [
        ("mentoring portfolio", [3, 2, 0, 0]),
        ("portfolios of mentoring", [1, 1, 0, 0]),
        ("portfolio mentoring", [2, 2, 0, 0]),
        ("WHO", [0, 0, 0, 3]),
        ("Moodle portfolio", [0, 0, 0, 0]),
        ("mentoring portfolio for teachers abroad", [0, 0, 0, 0]),
        ("what is it", [0, 0, 0, 0]),
        ("students", [0, 0, 0, 0]),
    ],
)
def test_an_entry_prints_a_short_need_with_a_rare_word(need: str, wanted: list[float]) -> None:
    texts = ["a mentoring portfolio", "a portfolio, and mentoring", "mentoring", "the WHO, and who"]
    others = ["students and teachers"] * 8
    entries = [Entry("", "", text, "en") for text in [*texts, *others]]
    assert Lexical.in_memory(entries).printed(need, ["en"])[:4].tolist() == wanted


def test_a_word_that_a_text_has_twice_counts_more_but_not_twice() -> None:
    lexical = Lexical.in_memory([Entry("", "", text, "en") for text in ("bees", "stars", "other")])
    once, twice = (lexical.search(text, 3)[1][0] for text in ("bees stars", "bees bees stars"))
    assert once < twice < 2 * once


def test_words_of_context_label_and_text_count_alike() -> None:
    entries = [Entry("bees", "", "on the roof", "en"), Entry("", "bees", "on the roof", "en")]
    ids, scores = Lexical.in_memory([*entries, Entry("", "", "bees on the roof", "en")]).search("bees", 3)
    assert ids.tolist() == [0, 1, 2]
    assert len(set(scores.tolist())) == 1


def test_no_phrase_runs_from_one_field_into_the_next() -> None:
    lexical = Lexical.in_memory([Entry("learning", "", "agreement", "en")])
    assert lexical.matching(["learning agreement"]).tolist() == []
