from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from kb.records import Kind
from kb.search.library import Library
from kb.search.query import Query
from kb.settings import Settings
from tests.factories import FakeEncoder, a_record, answer, told
from tests.kb.search.test_search import publish


class Spelling(FakeEncoder):
    """Knows no word whole."""

    def spans(self, text: str) -> list[tuple[int, int]]:
        return [(n, n + 1) for n, c in enumerate(text) if not c.isspace()]


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    often = [a_record(f"often-{n}", f"Day {n}", "Lectures at the university.") for n in range(6)]
    slip = a_record("slip", "Evening", "A seminar of the univeristy, with blackbord and moodel.")
    tool = a_record("tool", "Blackboard", "A place to learn.", kind=Kind.TOOL, institution="")
    publish(tmp_path, {"one": (*often, slip, tool)}, encoder=Spelling())
    with Library.open(Settings(tmp_path), Spelling()) as opened:
        yield opened


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("univeristy lectures", "University lectures"),
        ("Univeristy", "University"),
        ("blackbord for a seminar of many weeks in a row", "Blackboard for a seminar of many weeks in a row"),
        ("blackboard", ""),  # is of a name itself
        ("university", ""),
        ("lecture", ""),  # another form of a frequent word
        ("moodel", ""),  # nothing like it
    ],
)
def test_rare_word_near_a_frequent_one_or_a_name_is_offered_and_not_applied(
    library: Library, typed: str, meant: str
) -> None:
    results = answer(library, Query(typed))
    assert results.meant == meant
    assert not told(results)


def test_what_is_offered_keeps_the_syntax(library: Library) -> None:
    assert (
        answer(library, Query("univeristy kind:practice -evening")).meant
        == "University kind:practice -evening"
    )


def test_word_that_the_model_knows_is_not_offered_another(tmp_path: Path) -> None:
    records = [a_record(f"a-{n}", f"Day {n}", "Wider tenders.") for n in range(6)]
    publish(tmp_path, {"one": (*records, replace(a_record("b"), title="Wiser"))})
    with Library.open(Settings(tmp_path), FakeEncoder()) as library:
        assert answer(library, Query("wiser")).meant == ""
