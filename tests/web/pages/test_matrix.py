"""The matrix: its counts against a slow count, its links, and its files."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import replace

import openpyxl
import pytest
from fastapi.testclient import TestClient

from kb.records import Facet, Origin, Record
from tests import web_library
from web.app import create_app
from web.pages.matrix import COLUMNS, ROWS, Counted

HEALTH, CITIES = Facet("theme", "Health", page=3), Facet("theme", "Cities, Territories, Mobilities", page=3)
STOCKHOLM = Facet("institution", "Stockholm University", page=3)


def practice(name: str, *facets: Facet) -> Record:
    source = next(one for one in web_library.RECORDS if one.id == "exchange.tandem")
    return replace(
        source, id=f"exchange.{name}", title=name.title(), institution="", facets=facets, position=9
    )


MORE = (
    practice("one", STOCKHOLM, HEALTH),
    practice("two", STOCKHOLM, HEALTH, CITIES),
    practice("three", Facet("institution", "Stockholm University", Origin.INFERRED), HEALTH),
    practice("four", HEALTH),
)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    settings = web_library.fill(tmp_path_factory.mktemp("library"), more=MORE)
    with TestClient(create_app(settings), raise_server_exceptions=False) as opened:
        yield opened


def test_each_practice_counts_once_in_each_cell_that_it_has() -> None:
    found = Counted.of(MORE, "institution", "theme")
    assert found.cells["Stockholm University", "Health"] == 3
    assert found.inferred["Stockholm University", "Health"] == 1
    assert found.cells["Stockholm University", CITIES.value] == 1
    assert found.cells["", "Health"] == 1
    assert (found.rows["Stockholm University"], found.columns["Health"], found.total) == (3, 4, 4)


@pytest.mark.parametrize("rows", ROWS)
@pytest.mark.parametrize("columns", COLUMNS)
def test_every_matrix_has_a_cell_for_every_pair(client: TestClient, rows: str, columns: str) -> None:
    page = client.get(f"/matrix.json?rows={rows}&columns={columns}").json()
    assert all(len(row["cells"]) == len(page["columns"]) for row in page["rows"])
    assert client.get(f"/matrix?rows={rows}&columns={columns}").status_code == 200


def test_a_count_leads_to_just_these_practices(client: TestClient) -> None:
    page = client.get("/matrix.json").json()
    seen = 0
    for row in page["rows"]:
        for cell in row["cells"]:
            if cell["url"]:
                found = client.get(cell["url"].replace("/search?", "/search.json?")).json()
                assert found["total"] == cell["count"], cell["url"]
                seen += 1
    assert seen == 2


def test_what_is_not_stated_comes_last_and_leads_nowhere(client: TestClient) -> None:
    page = client.get("/matrix.json").json()
    assert page["rows"][-1]["heading"]["label"] == page["columns"][-1]["label"] == ""
    assert {cell["url"] for cell in page["rows"][-1]["cells"]} == {""}


def test_the_table_is_one_sheet_in_either_format(client: TestClient) -> None:
    rows = list(csv.reader(io.StringIO(client.get("/matrix.csv").content.decode("utf-8-sig"), newline="")))
    book = openpyxl.load_workbook(io.BytesIO(client.get("/matrix.xlsx").content))
    assert book.sheetnames == ["Matrix"]
    assert [[str(cell) for cell in row] for row in book["Matrix"].values] == rows
    page = client.get("/matrix.json").json()
    assert len(rows) == len(page["rows"]) + 2
    stockholm = next(row for row in rows if row[0] == "Stockholm University")
    assert stockholm[1:3] == ["1", "3"]
    assert rows[-1][-1] == str(page["total"])


@pytest.mark.parametrize("asked", ["rows=nothing", "columns=title"])
def test_rows_and_columns_there_are_not_are_refused(client: TestClient, asked: str) -> None:
    assert client.get(f"/matrix?{asked}").status_code == 400


def test_the_table_can_be_scrolled_by_key_and_names_itself(client: TestClient) -> None:
    html = client.get("/matrix").text
    assert '<div class="matrix-box" role="region" aria-labelledby="matrix-name" tabindex="0">' in html
    assert (
        '<th scope="row"><a href="/institutions/stockholm-university">Stockholm University</a></th>' in html
    )
