"""A library with too many passages to score each answers as one that scores them all does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from kb.index.lists import Lists
from kb.records import Kind
from kb.said import Said
from kb.search.answer import Remark
from kb.search.catalogue import Numbered
from kb.search.library import Library
from kb.search.query import Mode, Query, Sort
from kb.search.snapshot import Results
from kb.settings import Settings
from tests.factories import FakeEncoder, answer
from tests.kb.search.test_search import ANNEX, FORUM, GARDEN, GUIDE, LAW, NEED, OTHER, PHYSICS, publish

COPY = replace(LAW, id="copy")
FILLING = tuple(
    replace(
        GARDEN,
        id=f"filling-{number}",
        title=f"Garden {number}",
        fields=(replace(GARDEN.fields[0], text=f"Neighbours grow {number} beans on roof {number}."),),
    )
    for number in range(120)
)
BOOKS = {"one": (LAW, PHYSICS, GARDEN, FORUM, ANNEX, GUIDE, *FILLING), "two": (OTHER, COPY)}
QUERIES = (
    Query(NEED),
    Query(NEED, mode=Mode.WORDS),
    Query(NEED, mode=Mode.DENSE),
    Query(NEED, filters={"country": ("Italy",)}),
    Query(NEED, kinds=(Kind.TOOL,)),
    Query(f"{NEED} country:France"),
    Query('"award credit" pendulums'),
    Query(f"{NEED} -pendulums"),
    Query("Welche Punkte gibt es für den virtuellen Austausch?"),
    Query("pendulmus at home"),
    Query(NEED, sort=Sort.TITLE),
    Query("beans on the roof", limit=3, offset=2),
    Query("zzzz qqqq"),
)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    data = tmp_path_factory.mktemp("whole")
    publish(data, BOOKS)
    with Library.open(Settings(data), FakeEncoder()) as library:
        library.warm()
        yield library


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    data = tmp_path_factory.mktemp("large")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("kb.index.row_files.FLAT_UP_TO", 0)
        patch.setattr("kb.search.catalogue.FLAT_UP_TO", 0)
        patch.setattr("kb.search.pool.BEST", 40)
        patch.setattr("kb.search.pool.BESIDE", 10)
        publish(data, BOOKS)
        with Library.open(Settings(data), FakeEncoder()) as library:
            library.warm()
            yield library


def shown(results: Results) -> object:
    return [(h.record.id, round(h.score, 4), h.evidence.text, [a.id for a in h.also]) for h in results.hits]


def others(results: Results) -> list[Said]:
    """What is said beside how many were looked at."""
    return [said for said in results.remarks if said.code is not Remark.OF_THE_BEST]


@pytest.mark.parametrize("query", QUERIES, ids=str)
def test_large_library_answers_as_one_that_scores_all(query: Query, whole: Library, large: Library) -> None:
    found, wanted = answer(large, query), answer(whole, query)
    assert shown(found) == shown(wanted)
    assert found.notices == wanted.notices
    assert others(found) == others(wanted)
    assert [h.record.id for h in found.background] == [h.record.id for h in wanted.background]
    assert (found.no_match, found.is_weak, found.language) == (
        wanted.no_match,
        wanted.is_weak,
        wanted.language,
    )
    best = {(c.name, c.value) for c in wanted.facets if c.is_chosen}
    assert {(c.name, c.value) for c in found.facets if c.is_chosen} == best


def test_it_says_that_the_best_alone_are_counted(large: Library) -> None:
    (said,) = answer(large, Query(NEED, limit=1)).remarks
    assert said.code is Remark.OF_THE_BEST
    assert 0 < int(str(said.values["count"])) < len(large.snapshot().everything())
    for query in (Query(NEED, limit=200), Query("country:Italy", limit=1)):  # on one page; a list of all
        assert answer(large, query).remarks == ()


def test_list_of_what_has_a_value_is_whole_and_as_printed(whole: Library, large: Library) -> None:
    for text in ("country:France", "kind:practice"):
        found, wanted = answer(large, Query(text, limit=50)), answer(whole, Query(text, limit=50))
        assert found.total == wanted.total > 0
        places = [(h.record.handbook, h.record.position) for h in found.hits]
        assert places == sorted(places)


def test_it_is_large_and_scores_few(large: Library) -> None:
    catalog = large.snapshot().catalogue
    assert catalog is not None
    assert catalog.is_large
    assert isinstance(catalog.generation.dense, Lists)
    assert catalog.vectors is None
    assert 0 < answer(large, Query(NEED)).total < len(catalog.records)


def test_what_other_values_of_a_filter_would_leave_is_counted(large: Library) -> None:
    found = answer(large, Query(NEED, filters={"country": ("Italy",)}))
    counts = {c.value: c.count for c in found.facets if c.name == "country"}
    assert counts["Italy"] == 1
    assert counts["France"] == 1


def test_nearest_neighbour_is_that_of_all(whole: Library, large: Library) -> None:
    for record in ("law", "physics", "forum"):
        wanted, found = (one.snapshot().similar(record, limit=1) for one in (whole, large))
        assert [s.record.id for s in found] == [s.record.id for s in wanted]


def test_offers_of_a_need_that_nothing_answers_lead_somewhere(large: Library) -> None:
    offers = large.snapshot().offers("Who repairs the harbour crane by night?")
    assert all(answer(large, Query(one.text)).total for one in offers.wordings)


def test_its_twins_are_found_by_their_text(large: Library) -> None:
    (first,) = (hit for hit in answer(large, Query("students argue a case")).hits if hit.also)
    assert {first.record.id, *(one.id for one in first.also)} == {"law", "copy"}


def test_records_are_numbered_by_their_ids_alone(large: Library) -> None:
    catalog = large.snapshot().catalogue
    assert catalog is not None
    assert isinstance(catalog.numbers, Numbered)
    assert [catalog.numbers[record.id] for record in catalog.records] == list(range(len(catalog.records)))
    assert "nothing-here" not in catalog.numbers
    assert list(catalog.numbers) == [record.id for record in catalog.records]
