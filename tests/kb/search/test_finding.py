from __future__ import annotations

import pytest

from kb.errors import InputError
from kb.records import Page
from kb.search.finding import find


def pages(*texts: str) -> tuple[Page, ...]:
    return tuple(Page(number, "", 420, 595, text) for number, text in enumerate(texts, 1))


TEXTS = pages(
    "Credits are recognised by the home university.",
    "Recognition of a single credit takes a form.",
    "A form for the home university, signed twice.",
    "",
)


def numbers(text: str, language: str = "en") -> list[int]:
    return [one.page.number for one in find(TEXTS, text, language)[0]]


def test_pages_with_every_word_come_in_their_order() -> None:
    assert numbers("home university") == [1, 3]
    assert find(TEXTS, "home university", "en")[1] is True


def test_words_are_found_by_their_stem_and_marked_where_they_stand() -> None:
    found, _ = find(TEXTS, "credit", "en")
    assert [[one.text[a:b] for a, b in one.marks] for one in found] == [["Credits"], ["credit"]]


def test_stop_words_need_not_be_there() -> None:
    assert numbers("a form of the") == [2, 3]


def test_where_no_page_has_all_words_those_with_the_most_are_returned_and_it_is_said() -> None:
    found, has_all = find(TEXTS, "credits of the home university signed", "en")
    assert [one.page.number for one in found] == [1, 3]
    assert not has_all


def test_phrase_in_quotes_must_stand_there_as_it_is_over_line_ends_too() -> None:
    printed = pages("for the home\nuniversity, signed", "university at home")
    found, _ = find(printed, '"home university"', "en")
    assert [(one.page.number, one.marks) for one in found] == [(1, ((8, 23),))]


def test_what_is_nowhere_is_not_found() -> None:
    assert find(TEXTS, "zeppelin", "en") == ((), False)


def test_text_without_a_word_is_refused() -> None:
    with pytest.raises(InputError, match="no word to search for"):
        find(TEXTS, "?!", "en")


def test_word_broken_at_a_line_end_is_found_whole() -> None:
    (found,), _ = find(pages("about mo\u00ad\nbility abroad"), "mobility", "en")
    assert [found.text[a:b] for a, b in found.marks] == ["mobility"]


@pytest.mark.parametrize("typed", ["2500 learners", "2,500 learners", "2 500 learners"])
@pytest.mark.parametrize("printed", ["2500 learners", "2,500\nlearners", "2 500 learners"])
def test_numbers_in_quotes_are_found_however_their_thousands_are_set_apart(typed: str, printed: str) -> None:
    found, has_all = find(pages(f"In 2020, {printed} came."), f'"{typed}"', "en")
    assert has_all
    assert [one.text[a:b] for one in found for a, b in one.marks] == [printed]


def test_a_year_and_a_number_in_quotes_stay_two() -> None:
    assert find(pages("In 2020 500 came."), '"2020 500"', "en")[1]
