"""Each value once: as a fact or in its field."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kb.records import Facet, Field, Origin, Record, Span
from tests.factories import a_record
from web.pages.once import Once


def a_field(name: str, text: str, label: str = "Label", page: int = 1) -> Field:
    return Field(label, text, (Span(page),), name)


def of(*fields: Field, facets: tuple[Facet, ...]) -> Once:
    record: Record = replace(a_record(), fields=fields, facets=facets)
    return Once.of(record)


def test_a_field_of_nothing_but_values_is_said_by_the_facts() -> None:
    levels = (Facet("level", "Bachelor", page=1), Facet("level", "Doctorate", Origin.MAPPED, 1, "PhD"))
    once = of(a_field("level", "Bachelor, and PhD"), facets=levels)
    assert once.whole == {1}
    assert not any(once.is_in_text(level) for level in levels)


def test_a_field_that_says_more_is_shown_and_its_values_are_not() -> None:
    students = Facet("target_group", "Students", page=1)
    once = of(a_field("target_group", "Students of all levels, from law to science"), facets=(students,))
    assert once.whole == frozenset()
    assert once.is_in_text(students)


def test_a_key_fact_is_shown_whatever_its_field_says() -> None:
    country = Facet("country", "Italy", page=1)
    once = of(a_field("country", "Italy, in the north of it"), facets=(country,))
    assert not once.is_in_text(country)
    assert once.whole == frozenset()


def test_the_year_in_a_duration_is_not_shown_beside_it() -> None:
    duration = Facet("duration", "8 weeks", page=1, printed="17 May – 12 July 2024")
    year = Facet("year", "2024", page=1)
    once = of(a_field("duration", "17 May – 12 July 2024"), facets=(duration, year))
    assert once.whole == {1}
    assert (once.is_in_text(duration), once.is_in_text(year)) == (False, True)


@pytest.mark.parametrize(
    "facet", [Facet("theme", "Health", Origin.INFERRED), Facet("theme", "Health", page=9)]
)
def test_a_value_that_no_field_states_is_a_fact(facet: Facet) -> None:
    once = of(a_field("theme", "Health"), facets=(facet,))
    assert once.whole == frozenset()
    assert not once.is_in_text(facet)


def test_a_word_of_which_a_value_is_a_part_is_not_said_by_it() -> None:
    once = of(a_field("theme", "Healthcare"), facets=(Facet("theme", "Health", page=1),))
    assert once.whole == frozenset()
