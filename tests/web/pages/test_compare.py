from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests import web_library
from tests.web.pages.test_web_pages import Reader
from web.app import create_app

BOTH = "/compare?id=exchange.credit&id=exchange.tandem"
THREE = f"{BOTH}&id=guide.cours"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    settings = web_library.fill(tmp_path_factory.mktemp("library"))
    with TestClient(create_app(settings), raise_server_exceptions=False) as opened:
        yield opened


def data(client: TestClient, url: str) -> Any:
    answer = client.get(url.replace("/compare", "/compare.json"))
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize("url", ["/compare", "/compare?id=exchange.credit", BOTH, THREE])
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


def test_every_row_has_a_cell_for_every_record(client: TestClient) -> None:
    found = data(client, THREE)
    assert [one["record"]["id"] for one in found["records"]] == [
        "exchange.credit", "exchange.tandem", "guide.cours",
    ]  # fmt: skip
    assert all(len(row["cells"]) == 3 for row in found["facts"] + found["fields"])
    country = next(row for row in found["facts"] if row["name"] == "country")
    assert [[fact["value"] for fact in cell] for cell in country["cells"]] == [["Romania"], ["Sweden"], []]


def test_fields_of_one_name_share_a_row_whatever_their_labels(client: TestClient) -> None:
    rows = data(client, THREE)["fields"]
    labels = [[[field["label"] for field in cell] for cell in row["cells"]] for row in rows]
    assert [[], ["Objectives"], ["Objectifs"]] in labels
    assert sum("Objectives" in str(row) for row in labels) == 1


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
