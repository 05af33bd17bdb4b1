"""What tells a sentence from a heading, a name or a list, in the languages of the interface."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from kb.errors import InputError
from kb.words import LANGUAGES, has_verb
from kb.words.clauses import load, read

EXAMPLES = tomllib.loads(Path(__file__).with_name("clauses_examples.toml").read_text(encoding="utf-8"))
MOST_MISSED, MOST_FALSE = 3, 1  # of fifteen in each language


@pytest.mark.parametrize("language", LANGUAGES)
def test_sentences_are_told_from_what_stands_beside_them(language: str) -> None:
    missed = [text for text in EXAMPLES[language]["sentences"] if not has_verb(text, language)]
    wrong = [text for text in EXAMPLES[language]["fragments"] if has_verb(text, language)]
    assert len(missed) <= MOST_MISSED, missed
    assert len(wrong) <= MOST_FALSE, wrong


@pytest.mark.parametrize("language", LANGUAGES)
def test_names_and_numbers_are_no_clauses_in_any_language(language: str) -> None:
    assert not has_verb("", language)
    assert not has_verb("2500, 17 %", language)
    assert not has_verb("WHO, IT, ES, DO, HAR, SON", language)  # acronyms, though each is a verb somewhere


def test_small_words_before_an_article_are_no_verbs() -> None:
    assert has_verb("Plan the first week", "en")
    assert has_verb("organisers meet the first guests", "en")
    assert not has_verb("Within the first week", "en")
    assert not has_verb("Studierende der Universität", "de")  # nouns are capital there, first words too


def test_both_ways_to_write_a_romanian_s_are_one() -> None:
    assert has_verb("Cursul se încheie: aşteaptă şi răspunde, foloseşte", "ro")
    assert has_verb("universitatea folosește", "ro") == has_verb("universitatea foloseşte", "ro")


def test_language_without_words_is_asked_for_the_end_of_a_sentence() -> None:
    assert "pl" not in load()
    assert has_verb("Studenci pracują razem nad jednym projektem.", "pl")
    assert not has_verb("Wydział Prawa i Administracji, budynek C", "pl")


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("is", r"clauses\.toml: \[xx\]: no table"),
        ({"clause": "is", "before": "the"}, r"\[xx\] small: missing"),
        ({"clause": ["is"], "before": "the", "small": ""}, r"\[xx\] clause: missing"),
        ({"clause": "is", "before": "the", "small": "", "odd": ""}, r"\[xx\] odd: unknown"),
        ({"clause": "is", "before": "the", "small": "", "nouns_are_capital": "yes"}, "true or false"),
    ],
)
def test_words_that_cannot_be_read_are_named_with_what_to_do(entry: object, said: str) -> None:
    with pytest.raises(InputError, match=said):
        read({"xx": entry})
