"""Which needs have a word to search by at all, in eight languages."""

from __future__ import annotations

import pytest

from kb.index.lexical import Lexical
from kb.index.written import Entry

TEXTS = (
    ("The IT desk and the WHO take care of what comes after the war, with plan C in C++.", "en"),
    ("Universidad Autónoma de Madrid and Technische Universität und Zentrum", "en"),
    ("Der Austausch der Studierenden war und ist uns wichtig.", "de"),
)


@pytest.fixture(scope="module")
def lexical() -> Lexical:
    return Lexical.in_memory([Entry("", "", text, language) for text, language in TEXTS])


@pytest.mark.parametrize(
    "text",
    [
        "the",
        "what is it",
        "What is it?!",
        "don't you",
        "und der",
        "was ist das?",
        "και το",
        "ειναι",
        "¿qué es?",
        "de la",
        "qu'est-ce que c'est",
        "che cos'è",
        "și cu",
        "si cu",
        "och det",
        "und",
        "de",
    ],
)
def test_a_need_of_one_languages_stop_words_tells_nothing(lexical: Lexical, text: str) -> None:
    assert not lexical.is_telling(text)


@pytest.mark.parametrize(
    "text",
    ["IT", "WHO", "the IT", "C++", "AI", "plan B", "care", "war", "the war", "2500", "Austausch", "έρευνα"],
)
def test_acronyms_and_words_that_tell_in_another_language_are_needs(lexical: Lexical, text: str) -> None:
    assert lexical.is_telling(text)


def test_an_acronym_that_nobody_prints_is_the_stop_word(lexical: Lexical) -> None:
    assert not lexical.is_telling("US")
