from __future__ import annotations

import time
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from kb.records import Facet, Kind
from kb.search.library import Library
from kb.settings import Settings
from tests import web_library
from tests.factories import FakeEncoder, a_record
from tests.kb.search.test_search import publish
from web.app import create_app

RECORDS = (
    a_record("a", "Échanges virtuels", institution="Université d’Exemple"),
    a_record("b", "A virtual week", facets=(Facet("theme", "Health"),)),
    a_record("c", "Virtual classroom", kind=Kind.TOOL),
    a_record("d", "Practice of virtue", kind=Kind.SECTION),
)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("virtu", ["Virtual classroom", "A virtual week", "Échanges virtuels"]),
        ("ECHANGES v", ["Échanges virtuels"]),
        ("universite d'ex", ["Université d’Exemple"]),
        ("hea", ["Health"]),
        ("irtual", []),
        ("v", []),
        ("", []),
        ("?!", []),
    ],
)
def test_what_begins_like_a_text_comes_first_then_what_has_such_a_word(
    tmp_path: Path, typed: str, found: list[str]
) -> None:
    publish(tmp_path, {"one": RECORDS})
    with Library.open(Settings(tmp_path), FakeEncoder()) as library:
        assert [one.text for one in library.snapshot().suggest(typed)] == found


def test_suggestions_follow_the_generation_that_is_served(tmp_path: Path) -> None:
    publish(tmp_path, {"one": RECORDS})
    with Library.open(Settings(tmp_path), FakeEncoder()) as library:
        assert library.snapshot().suggest("virtual")
        publish(tmp_path, {"one": (a_record("e", "Open days"),)}, number=2)
        assert not library.snapshot().suggest("virtual")
        assert [one.kind for one in library.snapshot().suggest("open")] == ["practice"]


def test_thousands_of_titles_are_looked_through_in_milliseconds(tmp_path: Path) -> None:
    publish(tmp_path, {"one": tuple(a_record(f"r{n}", f"Practice number {n}") for n in range(2000))})
    with Library.open(Settings(tmp_path), FakeEncoder()) as library:
        library.snapshot().suggest("warm")
        times = []
        for _ in range(20):
            started = time.perf_counter()
            assert len(library.snapshot().suggest("number 19")) == 10
            times.append(time.perf_counter() - started)
        assert sorted(times)[10] < 0.010


def test_the_search_box_can_ask_for_suggestions(tmp_path: Path) -> None:
    with TestClient(create_app(web_library.fill(tmp_path))) as client:
        answer = client.get("/suggest", params={"q": "langu"})
        assert answer.json() == {"suggestions": [{"text": "Language tandem online", "kind": "practice"}]}
        assert client.get("/suggest").json() == {"suggestions": []}
        assert 'id="ask-list"' in client.get("/").text
