from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from kb.errors import NotFoundError
from kb.records import Facet, Kind
from kb.said import Said
from kb.search.library import Library
from kb.search.similar import Reason, Similar
from kb.settings import Settings
from tests.factories import FakeEncoder, a_field, a_record
from tests.kb.search.test_search import publish

FORUM = a_record("forum", "Forum", "A place for messages.", kind=Kind.TOOL, institution="")


LAW = a_record(
    "law",
    fields=(
        a_field("Objectives", "Students argue a case in court."),
        a_field("Results", "Forty students earned credit."),
    ),
    institution="University of Example",
    facets=(Facet("format", "COIL"), Facet("country", "France")),
    tools=("forum",),
)
COURT = replace(
    LAW,
    id="court",
    title="Court",
    fields=(a_field("Objectives", "Students argue a case in court online."), a_field("Results", "Applause.")),
)
FAR = a_record("far", text="Neighbours grow beans on the roof.", institution="Institute of Motion")


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    copy = replace(LAW, id="copy")
    others = tuple(a_record(f"other-{n}", text=f"Word{n} and text{n}.", institution="") for n in range(8))
    publish(tmp_path, {"one": (LAW, FORUM, FAR), "two": (COURT, copy, *others)})
    with Library.open(Settings(tmp_path), FakeEncoder()) as opened:
        yield opened


def found(near: tuple[Similar, ...]) -> list[str]:
    return [one.record.id for one in near]


def test_neighbours_come_from_all_handbooks_nearest_first(library: Library) -> None:
    near = library.snapshot().similar("law")
    assert found(near)[0] == "court"
    assert near[0].handbook_title == "The two of good practice"
    assert [one.score for one in near] == sorted((one.score for one in near), reverse=True)
    assert len(library.snapshot().similar("law", limit=1)) == 1


def test_neither_the_record_nor_a_copy_of_it_nor_another_kind_is_its_neighbour(library: Library) -> None:
    assert not {"law", "copy", "forum"} & set(found(library.snapshot().similar("law", limit=50)))


def test_reasons_are_what_the_records_share(library: Library) -> None:
    assert library.snapshot().similar("law")[0].reasons == (
        Said(Reason.TOOLS, names=("Forum",)),
        Said(Reason.INSTITUTION, names=("University of Example",)),
        Said(Reason.FORMAT, format=("COIL",)),
    )


def test_the_nearest_sentences_are_a_reason_too(library: Library) -> None:
    nearest = library.snapshot().similar("law")[0].nearest
    assert nearest is not None
    assert (nearest.own.text, nearest.own.field) == ("Students argue a case in court.", 0)
    assert nearest.near.text == "Students argue a case in court online."


def test_neither_values_nor_addresses_nor_headings_are_nearest_sentences(tmp_path: Path) -> None:
    odd = (
        a_field("Duration", "It takes ten weeks of two hours each.", name="duration"),
        a_field("Links", "See it all at the page of the course.", name="links"),
        a_field("More", "It is described on https://example.org/a for all who ask."),
        a_field("Aims", "Aims"),
    )
    own, near = (
        replace(
            LAW, id=name, fields=(a_field("What", f"Students argue a case of {what} there."), *odd), tools=()
        )
        for name, what in (("own", "theft"), ("near", "arson"))
    )
    publish(tmp_path, {"one": (own, near)})
    with Library.open(Settings(tmp_path), FakeEncoder()) as library:
        nearest = library.snapshot().similar("own")[0].nearest
    assert nearest is not None
    assert {nearest.own.field, nearest.near.field} == {0}


def test_tools_that_the_same_practices_use_say_so(tmp_path: Path) -> None:
    board = replace(FORUM, id="board", title="Board", fields=(a_field("", "A board for messages of all."),))
    both = replace(LAW, tools=("forum", "board"))
    publish(tmp_path, {"one": (both, FORUM, board, FAR)})
    with Library.open(Settings(tmp_path), FakeEncoder()) as library:
        (near,) = library.snapshot().similar("forum")
    assert near.reasons == (Said(Reason.USERS, names=(LAW.title,)),)


def test_records_that_share_nothing_are_no_neighbours(library: Library) -> None:
    assert "far" not in found(library.snapshot().similar("law"))


def test_record_that_is_not_there_is_an_error(library: Library) -> None:
    with pytest.raises(NotFoundError, match="nothing-here"):
        library.snapshot().similar("nothing-here")


def test_library_without_vectors_has_no_neighbours(tmp_path: Path) -> None:
    publish(tmp_path, {"one": (LAW, COURT)}, encoder=None)
    with Library.open(Settings(tmp_path)) as library:
        assert library.snapshot().similar("law") == ()


def test_library_of_two_still_has_neighbours(tmp_path: Path) -> None:
    publish(tmp_path, {"one": (LAW, COURT)})
    with Library.open(Settings(tmp_path), FakeEncoder()) as library:
        assert found(library.snapshot().similar("law")) == ["court"]


def test_course_of_two_years_is_one_neighbour_with_both(tmp_path: Path) -> None:
    shared = " ".join(f"word{n}" for n in range(60))
    own = a_record("own", text=f"{shared} about rivers, boats, bridges, harbours and fish.")
    first = a_record("first", "Law in court", text=f"{shared} judges, 2022.")
    second = replace(
        first, id="second", title="Law in a court", fields=(a_field("", f"{shared} judges, 2023."),)
    )
    others = tuple(a_record(f"other-{n}", text=f"Matter{n} of kind{n}.", institution="") for n in range(8))
    publish(tmp_path, {"one": (own, first, second), "two": others})
    with Library.open(Settings(tmp_path), FakeEncoder()) as library:
        near = library.snapshot().similar("own")
        assert {near[0].record.id, *(one.id for one in near[0].also)} == {"first", "second"}
        assert not {"first", "second"} & set(found(near[1:]))
        assert found(library.snapshot().similar("first"))[0] == "second"


def test_what_all_records_share_makes_none_a_neighbour(tmp_path: Path) -> None:
    shared = "Students of the alliance work together online in a course that gives credits."
    of_law = [a_record(f"law-{n}", text=f"{shared} Judges hear a case of theft{n}.") for n in range(2)]
    others = [
        a_record(f"other-{n}", text=f"{shared} Thing{n} other{n} matter{n} kind{n}.") for n in range(30)
    ]
    publish(tmp_path, {"one": (*of_law, *others)})
    with Library.open(Settings(tmp_path), FakeEncoder()) as library:
        assert found(library.snapshot().similar("law-0"))[0] == "law-1"
        assert len(library.snapshot().similar("law-0", limit=50)) < 10  # 30 share the longer part
