"""Hyphens at line ends: the document's own words say whether they belong to the word."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from ingest.page import hyphens
from ingest.page.lines import Line, Run, words_of
from ingest.page.raw import Style
from ingest.page.text import join_lines

STYLE = Style(10, False, False, "Some", 0)
ENGLISH = [
    "The decisions that partners are making need a plan, and making decisions takes time.",
    "Teachers review what their students hand in; a review by a peer helps each student, and the peer learns.",
    "Universities publish the courses that students share. The university pays, and courses are published.",
    "A long list of dates and of states was up to the team.",
]


def made(texts: Sequence[str], cut: tuple[str, str]) -> str:
    """What the halves become in a document of these lines."""
    lines = [Line(1, text, (0, 0, 100, 10), (Run(text, STYLE),), 0, 100) for text in [*texts, *cut]]
    return join_lines(cut, hyphens.settled(lines, words_of(lines)))


@pytest.mark.parametrize(
    ("before", "after", "read"),
    [
        ("A long peer-", "review by", "A long peer-review by"),
        ("with up-to-", "date lists", "with up-to-date lists"),
        ("for decision-", "making now", "for decision-making now"),
        ("of the univer-", "sity of", "of the university of"),
        ("which pub-", "lish it", "which publish it"),
        ("an e-", "book on", "an e-book on"),
        ("the Anglo-", "American way", "the Anglo-American way"),
    ],
)
def test_compounds_keep_their_hyphen_and_broken_words_lose_it(before: str, after: str, read: str) -> None:
    assert made(ENGLISH, (before, after)) == read


def test_a_compound_printed_elsewhere_keeps_its_hyphen_whatever_its_letters() -> None:
    assert made([*ENGLISH, "the univer-sity of"], ("a univer-", "sity")) == "a univer-sity"


GERMAN = [
    "Die Rahmenbedingungen und die Medien der Unternehmen sind bekannt, und die Bedingungen auch.",
    "Vor- und Nachbereitung brauchen Zeit, und Rahmen geben Halt.",
    "Die Teilnehmerregistrierung und die Teilnehmer sind da, die Registrierung läuft.",
]


def test_a_hyphen_that_stands_for_a_left_out_word_keeps_its_space() -> None:
    assert made(GERMAN, ("die Ziel-", "und Zeitplanung")) == "die Ziel- und Zeitplanung"


def test_where_words_are_broken_often_the_halves_that_are_words_are_joined_too() -> None:
    broken = ["die Teilnehmer-", "registrierung und die Rahmen-", "bedingungen sind da"]
    assert made([*GERMAN, *broken], ("viele Medien-", "unternehmen")).endswith(
        ("Medienunternehmen", "Medien-unternehmen")
    )
    assert made([*GERMAN, *broken], ("die Teilnehmer-", "registrierung")) == "die Teilnehmerregistrierung"


def test_without_pairs_the_words_stay_as_they_are() -> None:
    lines = [Line(1, text, (0, 0, 100, 10), (Run(text, STYLE),), 0, 100) for text in ENGLISH]
    assert hyphens.settled(lines, words_of(lines)) == words_of(lines)
