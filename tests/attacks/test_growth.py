"""Addresses that ask for much: what is answered grows with what is asked, not with its square."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from urllib.parse import urlencode

import pytest
from fastapi.testclient import TestClient

from kb.search.library import Library
from kb.words import FACETS
from tests import web_library
from web.app import create_app
from web.frame import params

LONGEST = 40_000  # bytes of an address, of the 64 kB that the server takes
PAGES = ("/search", "/search.json", "/map", "/map.json", "/search.csv")


@pytest.fixture(scope="module")
def visitor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    settings = web_library.fill(tmp_path_factory.mktemp("growth"))
    with Library.open(settings) as library, TestClient(create_app(settings, lambda _: library)) as web:
        yield web


def address(page: str, facet: str, values: list[str]) -> str:
    return page + "?" + urlencode([("q", "exchange"), *((facet, value) for value in values)])


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("facet", FACETS[1:])
def test_too_many_values_are_refused(visitor: TestClient, page: str, facet: str) -> None:
    most = [f"v{number}" for number in range(params.MOST_CHOSEN)]
    assert visitor.get(address(page, facet, most)).status_code == 200
    refused = visitor.get(address(page, facet, [*most, "one"]))
    assert refused.status_code == 400
    assert "choose fewer" in refused.text


@pytest.mark.parametrize("page", PAGES)
def test_values_too_long_together_are_refused(visitor: TestClient, page: str) -> None:
    assert visitor.get(address(page, "theme", ["x" * params.MOST_CHOSEN_CHARACTERS])).status_code == 200
    assert visitor.get(address(page, "theme", ["x" * (params.MOST_CHOSEN_CHARACTERS + 1)])).status_code == 400


SHAPES: dict[str, Callable[[int], list[tuple[str, str]]]] = {
    "values": lambda size: [("theme", f"{n:04}" * 5) for n in range(size // 26)],
    "one value": lambda size: [("theme", "é" * (size // 6))],
    "values of many facets": lambda size: [(FACETS[2 + n % 9], f"v{n}") for n in range(size // 10)],
    "a text": lambda size: [("q", "x" * size)],
    "a text that grows when escaped": lambda size: [("q", '"' * (size // 3))],
    "unknown parameters": lambda size: [(f"p{n}", '"') for n in range(size // 9)],
    "one unknown parameter": lambda size: [("p", "<" * (size // 3))],
    "ids": lambda size: [("id", f"x{n}") for n in range(size // 9)],
    "empty ones": lambda size: [("a", "")] * (size // 3),
    "searches to drop": lambda size: [("drop", "level")] * (size // 11),
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(
    "page",
    ["/search", "/search.json", "/map", "/browse", "/compare", "/shortlist", "/", "/de/search", "/suggest"],
)
def test_answers_grow_no_faster_than_what_is_asked(visitor: TestClient, page: str, shape: str) -> None:
    short, long = (
        len(visitor.get(f"{page}?{urlencode(SHAPES[shape](size))}").content) for size in (20, LONGEST)
    )
    assert long <= short + 30 * LONGEST
