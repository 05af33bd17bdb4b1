from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from fastapi.testclient import TestClient

from kb.records import Facet, Field, Record, Span
from tests import web_library
from tests.web.pages.test_web_pages import Reader
from web.app import create_app

BOTH = "/compare?id=exchange.credit&id=exchange.tandem"
THREE = f"{BOTH}&id=guide.cours"
ALIKE = "/compare?id=exchange.may&id=exchange.june"


def course(month: str) -> Record:
    text = f"Students of two universities meet online in {month} and work on a case of public health."
    fields = (
        Field("Focus area", "Health", (Span(5),), "theme"),
        Field("Description", text, (Span(5),), "description"),
    )
    source = web_library.RECORDS[3]
    return replace(
        source, id=f"exchange.{month.lower()}", title=f"Course in {month}", position=9, fields=fields,
        facets=(Facet("theme", "Health", page=5),),
    )  # fmt: skip


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    settings = web_library.fill(tmp_path_factory.mktemp("library"), more=(course("May"), course("June")))
    with TestClient(create_app(settings), raise_server_exceptions=False) as opened:
        yield opened


def data(client: TestClient, url: str) -> Any:
    answer = client.get(url.replace("/compare", "/compare.json"))
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize("url", ["/compare", "/compare?id=exchange.credit", BOTH, THREE, ALIKE])
def test_page_is_well_formed_without_code_and_links_its_twin(client: TestClient, url: str) -> None:
    answer = client.get(url)
    assert answer.status_code == 200
    page = Reader(answer.text)
    assert not page.open
    assert not page.inline
    assert len(page.ids) == len(set(page.ids))
    assert data(client, url)["url"] == url
    for link in {link for link in page.links if link.startswith("/") and ".png" not in link}:
        assert client.get(link).status_code == 200, link


def row(found: Any, **named: str) -> Any:
    return next(one for one in found["rows"] if all(one[name] == value for name, value in named.items()))


def test_every_row_has_a_cell_for_every_record(client: TestClient) -> None:
    found = data(client, THREE)
    assert [one["record"]["id"] for one in found["records"]] == [
        "exchange.credit", "exchange.tandem", "guide.cours",
    ]  # fmt: skip
    assert all(len(one["cells"]) == 3 for one in found["rows"])
    country = row(found, facet="country")
    assert [[fact["value"] for fact in cell["facts"]] for cell in country["cells"]] == [
        ["Romania"],
        ["Sweden"],
        [],
    ]


def test_fields_of_one_name_share_a_row_whatever_their_labels(client: TestClient) -> None:
    objectives = row(data(client, THREE), name="objectives")
    labels = [[one["field"]["label"] for one in cell["fields"]] for cell in objectives["cells"]]
    assert labels == [[], ["Objectives"], ["Objectifs"]]


def test_each_thing_has_one_row_and_each_row_says_something(client: TestClient) -> None:
    rows = data(client, ALIKE)["rows"]
    things = [one["facet"] or one["name"] or one["label"] for one in rows]
    assert len(things) == len(set(things))
    assert all(cell["facts"] or cell["fields"] for one in rows for cell in one["cells"][:1])
    theme = row(data(client, ALIKE), facet="theme")
    assert [[fact["value"] for fact in cell["facts"]] for cell in theme["cells"]] == [["Health"], ["Health"]]
    assert [cell["fields"] for cell in theme["cells"]] == [[], []], "what the values say is not said again"


def test_what_is_the_same_can_be_left_out_by_a_link(client: TestClient) -> None:
    whole = data(client, ALIKE)
    assert [one["facet"] or one["name"] for one in whole["rows"] if one["is_same"]] == [
        "institution",
        "theme",
    ]
    assert whole["same"] == 2
    less = data(client, whole["other"])
    assert less["only"] == "differences"
    assert [one["is_same"] for one in less["rows"]] == [False] * (len(whole["rows"]) - 2)
    assert less["other"] == whole["url"] == ALIKE
    assert all(one["without"].endswith("&only=differences") for one in less["records"])
    assert "2 things that all say alike are hidden" in client.get(whole["other"]).text
    assert client.get(f"{ALIKE}&only=nothing").status_code == 400


def test_texts_that_are_mostly_alike_have_their_own_words_marked(client: TestClient) -> None:
    html = client.get(ALIKE).text
    assert "meet online in <mark>May</mark> and" in html
    assert "meet online in <mark>June</mark> and" in html
    cells = row(data(client, ALIKE), name="description")["cells"]
    texts = [(one["field"]["text"], one["differs"]) for cell in cells for one in cell["fields"]]
    assert [[text[start:end] for start, end in marks] for text, marks in texts] == [["May"], ["June"]]


def test_texts_with_little_in_common_have_no_marks(client: TestClient) -> None:
    rows = data(client, BOTH)["rows"]
    assert not [one for each in rows for cell in each["cells"] for one in cell["fields"] if one["differs"]]


def test_what_no_handbook_states_is_said_to_be_absent(client: TestClient) -> None:
    assert "Not stated in the handbook" in client.get(BOTH).text


def test_each_record_can_be_left_out_by_a_link(client: TestClient) -> None:
    found = data(client, BOTH)
    assert found["records"][0]["without"] == "/compare?id=exchange.tandem"


def test_named_twice_is_compared_once(client: TestClient) -> None:
    assert len(data(client, f"{BOTH}&id=exchange.credit")["records"]) == 2


def test_more_than_four_and_the_unknown_are_refused(client: TestClient) -> None:
    many = "&id=".join(
        [*("exchange.credit", "exchange.tandem", "guide.cours"), "exchange.agreement", "exchange.why"]
    )
    assert client.get(f"/compare?id={many}").status_code == 400
    assert client.get("/compare?id=nothing").status_code == 404


def test_results_can_be_chosen_for_comparison_without_a_script(client: TestClient) -> None:
    text = client.get("/search?q=online+students+exchange").text
    assert '<form class="pick-form" id="compare" action="/compare">' in text
    assert 'name="id" value="exchange.credit" form="compare"' in text
