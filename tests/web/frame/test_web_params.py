from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.errors import InputError
from kb.records import Facet, Kind, Origin
from kb.search.query import DEFAULT_KINDS, READ, Mode
from kb.words.facets import FACETS
from tests import web_library
from web.frame.params import LAST_PAGE, MOST_PER_PAGE, SearchAsked, parse
from web.pages import hits

words = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=30).map(str.strip)
values = words.filter(bool)
several = st.lists(values, max_size=3, unique=True).map(tuple)
kinds = st.lists(st.sampled_from(Kind), unique=True).map(tuple).filter(lambda given: given != DEFAULT_KINDS)
asked = st.builds(
    SearchAsked,
    text=words,
    kinds=kinds,
    filters=st.dictionaries(st.sampled_from(FACETS[1:]), several.filter(bool), max_size=3),
    page=st.integers(1, LAST_PAGE),
    limit=st.integers(1, MOST_PER_PAGE),
    mode=st.sampled_from(Mode),
    dropped=st.sampled_from([(), READ[:1], READ[1::2], READ]),
)


def query_string(given: SearchAsked) -> str:
    return given.url.partition("?")[2]


@given(asked)
def test_a_search_survives_the_address_bar(given: SearchAsked) -> None:
    assert parse(query_string(given)) == given


@given(asked, st.sampled_from(FACETS[1:]), values)
def test_a_facet_chosen_twice_is_not_chosen(given: SearchAsked, facet: str, value: str) -> None:
    once = given.toggled(facet, value)
    assert once.page == 1
    assert (value in once.chosen(facet)) == (value not in given.chosen(facet))
    if value in once.chosen(facet):
        assert once.toggled(facet, value) == given.on_page(1)


@given(asked, st.sampled_from(READ))
def test_a_facet_dropped_stays_so_on_every_other_page_and_filter(given: SearchAsked, facet: str) -> None:
    once = given.without(facet)
    assert once.page == 1
    assert facet in once.dropped
    assert replace(once, text="credit").query().dropped == once.dropped
    assert once.without(facet) == once
    for other in (once.on_page(2), once.toggled("theme", "Health"), once.unfiltered(), once.other_editions()):
        assert parse(query_string(other)).dropped == once.dropped


def test_the_address_of_nothing_asked_is_bare() -> None:
    assert SearchAsked().url == "/search"


def test_naming_the_default_kinds_is_no_filter() -> None:
    assert not parse("kind=practice&kind=tool&kind=annex").is_filtered


def test_repeated_values_count_once_and_unknown_parameters_not_at_all() -> None:
    assert parse("q=a&country=France&country=France&utm=1") == SearchAsked(
        text="a", filters={"country": ("France",)}
    )


@pytest.mark.parametrize(
    "given",
    [
        "kind=recipe",
        "mode=magic",
        "page=0",
        "page=-1",
        "page=x",
        "page=1e3",
        "page=99999",
        "limit=51",
        "drop=theme",
        "page=²",
    ],
)
def test_a_parameter_that_cannot_be_is_refused_by_name(given: str) -> None:
    with pytest.raises(InputError, match=given.partition("=")[0]):
        parse(given)


def test_chips_of_a_result_take_turns_and_leave_out_what_is_chosen() -> None:
    record = replace(
        web_library.RECORDS[2],
        facets=(
            Facet("theme", "assessment"),
            *(Facet("format", value, Origin.INFERRED) for value in ("webinar", "BIP", "MOOC")),
            Facet("level", "bachelor"),
            Facet("country", "Spain"),
        ),
    )
    asked = SearchAsked(text="credit", filters={"theme": ("assessment",)})
    chips = hits._chips(asked, record)
    assert [chip.facet for chip in chips] == ["format", "level", "format", "format"]
    assert [chip.is_inferred for chip in chips] == [True, False, True, True]
    assert parse(chips[1].url.partition("?")[2]).filters == {"theme": ("assessment",), "level": ("bachelor",)}
