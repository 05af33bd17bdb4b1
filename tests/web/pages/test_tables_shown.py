"""A table of a field is a table on the page, in the page's JSON and in exports; search shows its rows as sentences."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import replace

import openpyxl
import pytest
from fastapi.testclient import TestClient

from kb.records import FieldTable, Kind, Origin, Record, TableCell
from tests import web_library
from web.app import create_app
from web.export import spreadsheets
from web.export.exported import FieldExported

TEXT = "When they met.\n\nTown\tMonths\nLeeds <1>\tMay\nJune\n\nNobody travelled."
ROWS = (
    (TableCell("Town", is_head=True), TableCell("Months", is_head=True)),
    (TableCell("Leeds <1>", rows=2), TableCell("May")),
    (TableCell("June"),),
)
TABLE = FieldTable(TEXT.index("Town"), TEXT.index("\n\nNobody"), ROWS)
RECORD = Record(
    id="exchange.months",
    kind=Kind.PRACTICE,
    title="Months of meeting",
    handbook=web_library.EXCHANGE,
    edition=1,
    position=90,
    page_start=4,
    page_end=4,
    fields=(replace(web_library.field("Activities", TEXT, 4, "activities"), tables=(TABLE,)),),
)
ADDRESS = "/practices/exchange.months"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    settings = web_library.fill(tmp_path_factory.mktemp("library"), more=(RECORD,))
    with TestClient(create_app(settings)) as opened:
        yield opened


def test_the_page_shows_a_table_with_heads_and_spans(client: TestClient) -> None:
    html = re.sub(r">\s+<", "><", client.get(ADDRESS).text)
    assert '<th role="columnheader" scope="col">Town</th>' in html
    assert '<td role="cell" rowspan="2" data-head="Town"><p>Leeds &lt;1&gt;</p></td>' in html
    assert '<td role="cell" data-head="Months"><p>June</p></td>' in html
    html = html[html.index("<article") :]
    assert html.index("When they met.") < html.index("<table") < html.index("Nobody travelled.")


def test_the_json_of_the_page_has_the_cells(client: TestClient) -> None:
    (table,) = client.get(f"{ADDRESS}.json").json()["fields"][0]["tables"]
    assert [[cell["text"] for cell in row] for row in table["rows"]] == [
        [c.text for c in row] for row in ROWS
    ]
    assert TEXT[table["start"] : table["end"]].startswith("Town\tMonths")


def test_an_export_has_the_cells_with_what_heads_them(client: TestClient) -> None:
    (record,) = client.get(f"{ADDRESS}.export.json").json()["records"]
    assert record["fields"][0]["tables"][0]["rows"][1][0]["rows"] == 2
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{ADDRESS}.xlsx").content))
    cells = [row[1:] for row in book["Tables"].iter_rows(min_row=2, values_only=True)]
    assert cells == [
        (1, 1, 1, 1, 1, 1, "yes", "Town", "Town"),
        (1, 1, 1, 2, 1, 1, "yes", "Months", "Months"),
        (1, 1, 2, 1, 2, 1, "", "Town", "Leeds <1>"),
        (1, 1, 2, 2, 1, 1, "", "Months", "May"),
        (1, 1, 3, 2, 1, 1, "", "Months", "June"),
    ]


def test_a_table_is_lines_of_cells_in_one_cell_of_a_spreadsheet(client: TestClient) -> None:
    shown = "When they met.\n\nTown | Months\nLeeds <1> | May\n| June\n\nNobody travelled."
    rows = csv.DictReader(io.StringIO(client.get(f"{ADDRESS}.csv").content.decode("utf-8-sig"), newline=""))
    assert [row["field: activities"] for row in rows] == [shown]
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{ADDRESS}.xlsx").content))
    for name in ("Records", "Fields"):
        assert shown in [cell for row in book[name].iter_rows(min_row=2, values_only=True) for cell in row]


def test_flat_rows_outside_a_table_are_parted_too() -> None:
    item = FieldExported("Aims", "", "Town\tMonths\nLeeds\t\tMay", Origin.STATED, 4, "2")
    assert spreadsheets._readable(item) == "Town | Months\nLeeds | May"


def test_search_shows_the_row_as_a_sentence(client: TestClient) -> None:
    found = client.get("/search.json?q=leeds+may").json()["hits"]
    texts = [hit["evidence"]["text"] for hit in found if hit["record"]["id"] == RECORD.id]
    assert any("Town: Leeds <1>; Months: May." in text for text in texts)
