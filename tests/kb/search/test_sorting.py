"""Answers in another order, universities that take part, and how many answers say anything of a facet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from kb.records import Facet, Kind, Record
from kb.search import sorting
from kb.search.library import Library
from kb.search.query import Query, Sort
from kb.settings import Settings
from kb.store.store import Store
from tests.factories import FakeEncoder, a_record
from tests.kb.search.test_search import publish

NEED = "credit for an online exchange"


def practice(name: str, title: str, institution: str = "", *facets: Facet) -> Record:
    return a_record(
        name, title, "Students get credit for an online exchange.", institution=institution, facets=facets
    )


OLD = (
    practice("zebra", "Zebra week", "University of Ålborg"),
    practice("eclair", "Éclair exchange", "Beta University", Facet("partner", "University of Ålborg")),
    practice("apple", "apple exchange"),
)
NEW = (practice("middle", "Middle course", "beta university"),)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    publish(tmp_path, {"a-old": OLD}, ingested_at="2025-01-01T10:00:00+00:00")
    publish(tmp_path, {"z-new": NEW}, ingested_at="2026-01-01T10:00:00+00:00")
    return tmp_path


@pytest.fixture
def library(folder: Path) -> Iterator[Library]:
    with Library.open(Settings(folder), FakeEncoder()) as opened:
        yield opened


def found(library: Library, query: Query) -> list[str]:
    return [hit.record.id for hit in library.snapshot(to_search=True).search(query).hits]


def test_titles_are_sorted_without_regard_to_case_and_accents(library: Library) -> None:
    assert found(library, Query(NEED, sort=Sort.TITLE)) == ["apple", "eclair", "middle", "zebra"]


def test_universities_are_sorted_with_those_without_one_last(library: Library) -> None:
    assert found(library, Query(NEED, sort=Sort.INSTITUTION))[2:] == ["zebra", "apple"]


def test_alike_records_stay_best_first(library: Library) -> None:
    best = found(library, Query(NEED))
    at_beta = [one for one in best if one in ("eclair", "middle")]
    assert found(library, Query(NEED, sort=Sort.INSTITUTION))[:2] == at_beta
    newest = found(library, Query(NEED, sort=Sort.NEWEST))
    assert newest == ["middle", *(one for one in best if one != "middle")]


def test_an_order_changes_neither_the_answers_nor_their_pages(library: Library) -> None:
    for sort in Sort:
        whole = found(library, Query(NEED, sort=sort))
        assert sorted(whole) == sorted(found(library, Query(NEED)))
        cut = [found(library, Query(NEED, sort=sort, limit=2, offset=at)) for at in (0, 2)]
        assert [*cut[0], *cut[1]] == whole


def test_a_university_has_what_it_leads_and_takes_part_in(library: Library) -> None:
    query = Query(NEED, filters={"institution": ("University of Ålborg",)})
    assert sorted(found(library, query)) == ["eclair", "zebra"]
    assert found(library, Query(NEED, filters={"partner": ("University of Ålborg",)})) == ["eclair"]


def test_coverage_is_the_share_of_the_answers_that_say_anything_of_a_facet(library: Library) -> None:
    results = library.snapshot(to_search=True).search(Query(NEED))
    assert results.coverage["institution"] == 3 / 4
    assert results.coverage["partner"] == 1 / 4
    assert results.coverage["theme"] == 0
    narrowed = replace(results.query, filters={"handbook": ("a-old",)})
    assert library.snapshot(to_search=True).search(narrowed).coverage["partner"] == 1 / 3


def test_a_record_is_unchanged_since_the_edition_that_first_said_it(folder: Path) -> None:
    second = (*OLD[:2], replace(OLD[2], fields=practice("apple", "", "").fields[:0]))
    publish(folder, {"a-old": second}, 2, ingested_at="2026-05-01T10:00:00+00:00")
    with Store.open(folder) as store:
        assert store.unchanged_since("zebra") == "2025-01-01T10:00:00+00:00"
        assert store.unchanged_since("apple") == "2026-05-01T10:00:00+00:00"
        assert store.unchanged_since("none") == ""


def test_a_tool_named_in_passing_stands_behind_the_practice_that_names_it(tmp_path: Path) -> None:
    said = "Students write the online exchange down in a shared forum for credit."
    tool = a_record("forum", "Gather", said, kind=Kind.TOOL, institution="")
    told = a_record(
        "told", "Letterbox", "An online exchange of letters for credit.", kind=Kind.TOOL, institution=""
    )
    user = a_record(
        "user", "A course", f"Long before it began, people talked. {said}", tools=("forum", "told")
    )
    publish(tmp_path, {"one": (tool, told, user)})
    with Library.open(Settings(tmp_path), FakeEncoder()) as library:
        order = found(library, Query("students write the online exchange down in a shared forum for credit"))
        assert order.index("forum") == order.index("user") + 1
        assert found(library, Query("Gather"))[0] == "forum"  # asked for by its name
        snapshot = library.snapshot()
        assert snapshot.catalogue is not None
        hosts = sorting.hosts(snapshot.catalogue)
        numbers = snapshot.catalogue.numbers
        assert hosts[numbers["forum"]] == numbers["user"]
        assert hosts[numbers["told"]] == -1  # what is said of it is its own
