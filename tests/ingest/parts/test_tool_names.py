"""Names are told from phrases, sentences and questions, and a list's names bear each other out."""

from __future__ import annotations

import re

import pytest

from ingest.parts.tool_names import NameGrade, Names, key
from kb.words.vocabulary import Vocabulary

_PRINTED_SMALL = "the a of and how choose tools value planning canvas feedback cards groups use data"
PLAIN = frozenset(re.findall(r"\w+", _PRINTED_SMALL))


def names(language: str = "en") -> Names:
    return Names(Vocabulary.load(), PLAIN, language == "de", frozenset(["the reader on groups"]))


@pytest.mark.parametrize(
    "text",
    ["Moodle", "iBooks", "CSV Lint", "Universal Data Tool", "schema.example.org", "Cost calculator", "H5P"],
)
def test_a_name(text: str) -> None:
    assert names().grade(text) == NameGrade.NAME


@pytest.mark.parametrize("text", ["Planning canvas of the groups", "Data value"])
def test_a_phrase_may_be_a_name(text: str) -> None:
    assert names().grade(text) > NameGrade.NONE


@pytest.mark.parametrize(
    "text",
    [
        "How to choose",
        "I found what I needed",
        "Is it a tool?",
        "The platform is open.",
        "planning",
        "Tools",
        "Online platforms",
        "Groups",
        "Die Software ist unter einer freien Lizenz",
        "Tools erlauben dass man",
    ],
)
def test_no_name(text: str) -> None:
    assert names().grade(text) < NameGrade.PHRASE


def test_siblings_bear_each_other_out() -> None:
    some = ["Moodle", "Data groups", "Planning canvas", "Feedback value"]
    assert names().chosen(some, is_sure=True) == [True] * 4
    assert names().chosen(some, is_sure=False) == [True, False, True, False]


def test_an_essay_below_a_heading_for_tools_has_no_tools() -> None:
    essay = ["Why choose", "Choosing for groups", "Value of data", "How we use data"]
    assert not any(names().chosen(essay, is_sure=True))


@pytest.mark.parametrize(
    ("text", "listed"),
    [
        ("Moodle, Zoom and Tandem app", ["Moodle", "Zoom", "Tandem app"]),
        ("• Padlet – a wall for notes\n• Miro (free); MOODLE", ["Padlet", "Miro", "MOODLE"]),
        ("Moodle und Etherpad", ["Moodle", "Etherpad"]),
        ("Moodle / Zoom", ["Moodle", "Zoom"]),
        ("We met online every week and it went well.", []),
    ],
)
def test_the_names_that_a_field_lists(text: str, listed: list[str]) -> None:
    assert names().listed(text) == listed


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Moodle 4.1", "moodle"),
        ("https://data.example.org/", "data.example.org"),
        ("The Portal (P)", "portal"),
    ],
)
def test_one_tool_has_one_key(one: str, other: str) -> None:
    assert key(one) == key(other)


def test_a_note_after_a_plain_list_is_none_of_it() -> None:
    assert names().listed("Moodle, Zoom\n\nGood to know: Wallo costs money.") == ["Moodle", "Zoom"]


@pytest.mark.parametrize("text", ["Protokollvorlage", "Cost calculator", "Register of risks"])
def test_a_compound_or_a_name_that_ends_in_a_word_of_essays_is_a_name(text: str) -> None:
    assert names("de").grade(text) >= NameGrade.PHRASE


def test_a_caption_is_no_name() -> None:
    assert names().grade("Table 6") == NameGrade.NONE
