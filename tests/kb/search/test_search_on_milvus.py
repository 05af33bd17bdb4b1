"""The tests of search again, with its index in Milvus."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.kb.index.engines import MILVUS, kept_by
from tests.kb.search.test_search import (
    changing,
    data,
    library,
    test_answers_come_best_first_and_the_unrelated_last,
    test_equal_records_are_ordered_by_place,
    test_evidence_is_the_best_sentence_with_its_words_marked,
    test_facet_and_value_in_the_text_keep_only_their_records,
    test_filter_that_matches_nothing_returns_nothing,
    test_filters_are_or_inside_and_and_between,
    test_new_edition_is_served_without_a_restart,
    test_nothing_fits_is_said_when_neither_meaning_nor_words_do,
    test_phrase_must_stand_there_and_excluded_word_must_not,
    test_phrase_that_no_record_has_does_not_keep_the_rest_from_being_answered,
    test_ranks_say_by_what_a_record_was_found,
    test_scores_are_those_of_a_slow_obvious_version,
    test_sections_come_apart_unless_asked_for,
    test_word_that_no_record_has_is_put_right_and_that_is_said,
    test_words_are_stemmed_by_the_language_of_each_record,
    test_words_find_what_stands_in_different_passages,
)

__all__ = [
    "changing",
    "data",
    "library",
    "test_answers_come_best_first_and_the_unrelated_last",
    "test_equal_records_are_ordered_by_place",
    "test_evidence_is_the_best_sentence_with_its_words_marked",
    "test_facet_and_value_in_the_text_keep_only_their_records",
    "test_filter_that_matches_nothing_returns_nothing",
    "test_filters_are_or_inside_and_and_between",
    "test_new_edition_is_served_without_a_restart",
    "test_nothing_fits_is_said_when_neither_meaning_nor_words_do",
    "test_phrase_must_stand_there_and_excluded_word_must_not",
    "test_phrase_that_no_record_has_does_not_keep_the_rest_from_being_answered",
    "test_ranks_say_by_what_a_record_was_found",
    "test_scores_are_those_of_a_slow_obvious_version",
    "test_sections_come_apart_unless_asked_for",
    "test_word_that_no_record_has_is_put_right_and_that_is_said",
    "test_words_are_stemmed_by_the_language_of_each_record",
    "test_words_find_what_stands_in_different_passages",
]


@pytest.fixture(scope="module", autouse=True)
def lite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with kept_by(MILVUS, tmp_path_factory.mktemp("milvus")):
        yield
