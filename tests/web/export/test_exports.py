"""Exports: each format is read back by a parser that is not its writer, and holds what was exported."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import rispy
from bibtexparser.entrypoint import parse_string as parse_bibtex
from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from pydantic import TypeAdapter
from pylatexenc.latex2text import LatexNodes2Text

from kb.records import Facet, Kind, Origin
from tests import web_library
from tests.web.pages.test_web_pages import PRACTICE, Reader
from web.app import create_app
from web.export import citations, sheets
from web.export import spreadsheets as tables
from web.export.exported import Exported, ExportPage, FieldExported, ValueExported, clean, origin_of
from web.export.exports import MOST, Format

ITEM = Exported(
    id="book.credit",
    url="https://example.org/practices/book.credit",
    kind=Kind.PRACTICE,
    title="Credit & more",
    institution="University of Bucharest",
    country="Romania",
    inferred=("country",),
    summary="How credit is given.",
    language="en",
    handbook="book",
    handbook_title="The book",
    handbook_url="https://example.org/handbooks/book",
    edition=2,
    handbook_imprint=(
        ValueExported("author", "Mina Roy", "Mina Roy", Origin.STATED, 2, ""),
        ValueExported("author", "Isle Trust & Sons", "Isle Trust & Sons", Origin.STATED, 2, ""),
        ValueExported("publisher", "Bayline", "Bayline", Origin.STATED, 2, ""),
        ValueExported("year", "2019", "2019", Origin.STATED, 2, ""),
        ValueExported("licence", "CC BY 4.0", "CC BY 4.0", Origin.STATED, 2, ""),
        ValueExported("isbn", "978-3-16-148410-0", "978-3-16-148410-0", Origin.STATED, 2, ""),
    ),
    annex="Annex A",
    pdf_page_first=3,
    pdf_page_last=4,
    printed_page_first="1",
    printed_page_last="2",
    tools=("Moodle", "Zoom"),
    facets=(
        ValueExported("theme", "recognition", "Recognition", Origin.STATED, 3, "1"),
        ValueExported("theme", "digital", "Digital", Origin.INFERRED, None, ""),
        ValueExported("country", "Romania", "Romania", Origin.INFERRED, None, ""),
    ),
    fields=(
        FieldExported("", "", "An introduction.", Origin.STATED, 3, "1"),
        FieldExported("The need", "need", "=1+1\n• one", Origin.STATED, 3, "1"),
        FieldExported("Cost", "", "None.", Origin.STATED, 4, "2"),
    ),
    corrected=(),
    confidence=0.9,
)
words = st.text(max_size=40).map(clean)
titles = words.filter(lambda text: text.strip())
fields = st.builds(
    FieldExported,
    words,
    st.sampled_from(["", "need", "objectives"]),
    words,
    st.sampled_from(Origin),
    st.integers(1, 900),
    words,
)
items = st.lists(
    st.builds(
        lambda title, university, summary, printed: replace(
            ITEM, title=title, institution=university, summary=summary, fields=printed
        ),
        titles,
        words,
        words,
        st.lists(fields, max_size=3).map(tuple),
    ),
    max_size=3,
)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    folder = tmp_path_factory.mktemp("library")
    with TestClient(create_app(web_library.fill(folder)), raise_server_exceptions=False) as opened:
        yield opened


def read_csv(content: bytes) -> list[list[str]]:
    assert content.startswith(b"\xef\xbb\xbf"), "without the mark Excel takes it for another encoding"
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def unguarded(cell: str) -> str:
    return cell[1:] if re.match(r"''*(?:\s*[=+\-@＝＋－＠]|[\t\n])", cell) else cell


def read_xlsx(content: bytes) -> dict[str, list[list[Any]]]:
    book = load_workbook(io.BytesIO(content))
    assert all(cell.data_type != "f" for sheet in book for row in sheet.iter_rows() for cell in row)
    return {sheet.title: [["" if v is None else v for v in row] for row in sheet.values] for sheet in book}


def read_ris(content: bytes) -> list[dict[str, Any]]:
    return rispy.loads(content.decode()) if content else []


def test_signs_that_tex_draws_together_are_kept_apart() -> None:
    for text in ("!`", "?`", "``a''", "2020--2021"):
        assert set_back(citations.tex(text)) == text


def set_back(tex: str) -> str:
    """What TeX makes of a text; the decoder takes the ASCII caret for an accent."""
    return str(LatexNodes2Text(strict_latex_spaces=True).latex_to_text(tex)).replace("ˆ", "^")


# each format, read back


@settings(deadline=None)  # the first reads the vocabulary
@given(items)
def test_csv_read_back_is_the_table(made: list[Exported]) -> None:
    rows = [[str(cell) for cell in row] for row in tables.records(made)]
    assert [[unguarded(cell) for cell in row] for row in read_csv(tables.as_csv(made))] == rows


@given(items)
@settings(deadline=None)  # writing and reading a workbook takes its time
def test_xlsx_read_back_is_the_three_tables(made: list[Exported]) -> None:
    sheets = read_xlsx(tables.as_xlsx(made))
    for name, rows in (
        ("Records", tables.records(made)),
        ("Fields", tables.fields(made)),
        ("Facets", tables.facets(made)),
    ):
        assert sheets[name] == [list(row) for row in rows]


@given(items)
def test_json_read_back_is_the_records(made: list[Exported]) -> None:
    page = TypeAdapter(ExportPage)
    assert page.validate_json(page.dump_json(ExportPage(7, tuple(made)))) == ExportPage(7, tuple(made))


@given(items)
def test_bibtex_read_back_has_what_is_cited(made: list[Exported]) -> None:
    made = [replace(item, id=f"book.{number}") for number, item in enumerate(made)]
    library = parse_bibtex(citations.as_bibtex(made).decode())
    assert library.failed_blocks == []
    assert [entry.key for entry in library.entries] == [item.id for item in made]
    for entry, item in zip(library.entries, made, strict=True):
        got = {name: field.value for name, field in entry.fields_dict.items()}
        assert set_back(got["title"]) == citations.line(item.title)
        assert set_back(got.get("author", "")) == citations.line(item.institution)
        assert set_back(got.get("abstract", "")) == citations.line(item.summary)
        assert (got["url"], got["pages"], got["edition"]) == (item.url, "1--2", "2")


@given(items)
def test_ris_read_back_has_what_is_cited(made: list[Exported]) -> None:
    read = read_ris(citations.as_ris(made))
    assert len(read) == len(made)
    for got, item in zip(read, made, strict=True):
        assert got["type_of_reference"] == "CHAP"
        assert (got["id"], got["urls"], got["title"]) == (item.id, [item.url], citations.line(item.title))
        assert got.get("authors", [""]) == [citations.line(item.institution)]
        assert got.get("abstract", "") == citations.line(item.summary)
        assert (got["start_page"], got["end_page"], got["edition"]) == ("1", "2", "2")
        assert got["keywords"] == ["Recognition"]


# what a table says


def test_a_table_marks_what_is_not_stated_and_names_its_columns() -> None:
    heading, row = tables.records([ITEM])
    shown = dict(zip(heading, row, strict=True))
    assert shown["country"] == "Romania (inferred)"
    assert shown["institution"] == "University of Bucharest"
    assert shown["theme"] == "Recognition; Digital (inferred)"
    assert shown["tools"] == "Moodle; Zoom"
    assert shown["field: need"] == "=1+1\n• one"
    assert shown["other fields"] == "An introduction.\n\nCost\nNone."


def test_a_value_from_other_words_is_marked_with_them() -> None:
    mapped = ValueExported("theme", "services", "Services", Origin.MAPPED, 3, "1", "sports science")
    item = replace(ITEM, facets=(mapped,))
    assert (
        dict(zip(*tables.records([item]), strict=True))["theme"] == "Services (mapped from “sports science”)"
    )
    assert dict(zip(*tables.facets([item]), strict=True))["mapped_from"] == "sports science"


@pytest.mark.parametrize(
    ("origin", "words", "shown"),
    [
        (Origin.STATED, "sports science", Origin.MAPPED),  # of an edition that was read before there were any
        (Origin.STATED, "", Origin.STATED),
        (Origin.INFERRED, "sports science", Origin.INFERRED),
        (Origin.CORRECTED, "", Origin.CORRECTED),
    ],
)
def test_no_value_whose_words_are_not_printed_is_handed_out_as_stated(
    origin: Origin, words: str, shown: Origin
) -> None:
    assert origin_of(Facet("discipline", "Services", origin, 3, words), words) is shown


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "＝1", "'=1", "''=1"])
def test_a_text_that_a_spreadsheet_could_run_is_guarded_and_can_be_read_back(text: str) -> None:
    guarded = str(sheets.guarded(text))
    assert guarded[0] == "'"
    assert unguarded(guarded) == text


@pytest.mark.parametrize("text", ["'s-Hertogenbosch", "a=b", "", "• one", "1-2"])
def test_a_harmless_text_is_left_as_it_is(text: str) -> None:
    assert sheets.guarded(text) == text


def test_a_field_too_long_for_a_cell_is_whole_on_its_sheet() -> None:
    long = "x" * 40_000
    item = replace(ITEM, fields=(replace(ITEM.fields[1], text=long),))
    sheets = read_xlsx(tables.as_xlsx([item]))
    assert "".join(row[-1] for row in sheets["Fields"][1:]) == long
    assert [row[-2] for row in sheets["Fields"][1:]] == [1, 2, 3]
    shown = dict(zip(*sheets["Records"], strict=True))
    assert shown["field: need"].endswith("x…")


def test_characters_that_no_workbook_can_hold_are_left_out() -> None:
    assert clean("a\x00b\x0bc\ud800d\r\ne\rf\ufffe") == "abcd\ne\nf"


def test_an_inferred_institution_is_a_note_and_no_author() -> None:
    item = replace(ITEM, inferred=("institution",))
    assert b"  author" not in citations.as_bibtex([item])
    assert b"institution: University of Bucharest (inferred)" in citations.as_bibtex([item])
    assert "authors" not in read_ris(citations.as_ris([item]))[0]


def test_a_citation_names_whose_the_handbook_is() -> None:
    entry = parse_bibtex(citations.as_bibtex([ITEM]).decode()).entries[0]
    got = {name: set_back(field.value) for name, field in entry.fields_dict.items()}
    assert got["bookauthor"] == "Mina Roy and Isle Trust & Sons"
    assert (got["publisher"], got["year"], got["isbn"]) == ("Bayline", "2019", "978-3-16-148410-0")
    assert "handbook's licence: CC BY 4.0" in got["note"].replace("’", "'")
    read = read_ris(citations.as_ris([ITEM]))[0]
    assert (read["publisher"], read["year"], read["issn"]) == ("Bayline", "2019", "978-3-16-148410-0")
    assert read["secondary_authors"] == ["Mina Roy", "Isle Trust & Sons"]


def test_csl_names_what_the_other_references_name() -> None:
    (got,) = json.loads(citations.as_csl([ITEM]))
    assert (got["type"], got["id"], got["title"]) == ("chapter", ITEM.id, citations.line(ITEM.title))
    assert got["author"] == [{"literal": "University of Bucharest"}]
    assert got["container-author"] == [{"literal": "Mina Roy"}, {"literal": "Isle Trust & Sons"}]
    assert (got["publisher"], got["issued"], got["license"]) == (
        "Bayline",
        {"date-parts": [[2019]]},
        "CC BY 4.0",
    )
    assert (got["page"], got["edition"], got["ISBN"]) == ("1–2", "2", "978-3-16-148410-0")
    inferred = json.loads(citations.as_csl([replace(ITEM, inferred=("institution",))]))
    assert "author" not in inferred[0]


def test_an_inferred_publisher_is_a_note_and_is_not_cited() -> None:
    imprint = tuple(
        replace(v, origin=Origin.INFERRED) for v in ITEM.handbook_imprint if v.name == "publisher"
    )
    text = citations.as_bibtex([replace(ITEM, handbook_imprint=imprint)]).decode()
    assert "  publisher" not in text
    assert "publisher: Bayline (inferred)" in text


# over the web


@pytest.mark.parametrize("form", Format)
@pytest.mark.parametrize(
    ("page", "name", "expected"),
    [
        (PRACTICE, "exchange.credit", ["exchange.credit"]),
        ("/tools/exchange.agreement", "exchange.agreement", ["exchange.agreement"]),
        ("/annexes/exchange.annex-a", "exchange.annex-a", ["exchange.annex-a"]),
        ("/sections/exchange.why", "exchange.why", ["exchange.why"]),
        ("/handbooks/guide", "guide", ["guide.cours"]),
        (
            "/browse?by=country",
            "browse-country",
            ["exchange.credit", "exchange.tandem", "guide.cours"],
        ),
        ("/browse?by=country&only=Romania", "browse-country-romania", ["exchange.credit"]),
        (
            "/shortlist?id=guide.cours&id=none&id=exchange.credit",
            "shortlist",
            ["guide.cours", "exchange.credit"],
        ),
        ("/search?q=online&kind=practice&country=Sweden", "search", ["exchange.tandem"]),
    ],
)
def test_every_page_of_records_is_a_file_in_every_format(
    client: TestClient, page: str, name: str, expected: list[str], form: Format
) -> None:
    path, mark, query = page.partition("?")
    answer = client.get(f"{path}.{form}{mark}{query}")
    assert answer.status_code == 200
    assert answer.headers["content-type"].split(";")[0] == form.media_type
    ending = "-short.csv" if form is Format.SHORT else f".{form.value.removeprefix('export.')}"
    assert answer.headers["content-disposition"] == f'attachment; filename="{name}{ending}"'
    match form:
        case Format.SHORT:
            ids = [row[-1].rpartition("/")[2] for row in read_csv(answer.content)[1:]]
        case Format.CSV:
            ids = [row[0] for row in read_csv(answer.content)[1:]]
        case Format.XLSX:
            ids = [row[0] for row in read_xlsx(answer.content)["Records"][1:]]
        case Format.JSON:
            ids = [record["id"] for record in answer.json()["records"]]
        case Format.BIBTEX:
            ids = [entry.key for entry in parse_bibtex(answer.text).entries]
        case Format.CSL:
            ids = [entry["id"] for entry in answer.json()]
        case Format.RIS:
            ids = [entry["id"] for entry in read_ris(answer.content)]
    assert ids == expected


def test_the_short_sheet_says_first_what_answers_and_where(client: TestClient) -> None:
    address = "search.{}?q=credit+for+online+exchange"
    rows = read_csv(client.get(f"/{address.format('short-csv')}").content)
    assert rows[0] == ["rank", "title", "university", "need", "evidence", "page", "address"]
    assert [row[0] for row in rows[1:]] == [str(number) for number in range(1, len(rows))]
    shown = client.get(f"/{address.format('json')}").json()["hits"]
    first = rows[1]
    assert first[1] == shown[0]["record"]["title"]
    assert first[4] == shown[0]["evidence"]["text"]
    assert first[5] == shown[0]["evidence"]["place"]["label"]
    assert client.get(first[6]).status_code == 200
    credit = next(row for row in rows if row[6].endswith("exchange.credit"))
    assert credit[3].startswith(web_library.NEED)
    sheets = read_xlsx(client.get(f"/{address.format('xlsx')}").content)
    assert next(iter(sheets)) == "Overview"
    assert [row[1] for row in sheets["Overview"]] == [row[1] for row in rows]


def test_a_list_by_tool_exports_the_tools_and_what_uses_them(client: TestClient) -> None:
    rows = read_csv(client.get("/browse.csv?by=tool").content)
    assert [row[0] for row in rows[1:]] == ["exchange.agreement", "exchange.credit"]


def test_an_export_of_a_search_has_every_result_page(client: TestClient) -> None:
    page = client.get("/search.json?q=credit&limit=1").json()
    assert page["pages"] > 1
    got = client.get("/search.export.json?q=credit&limit=1&page=2").json()
    whole = client.get("/search.json?q=credit&limit=50").json()
    assert got["total"] == page["total"] == len(got["records"])
    assert [r["id"] for r in got["records"]] == [hit["record"]["id"] for hit in whole["hits"]]


def test_an_export_has_what_the_record_has_with_its_pages_and_origins(client: TestClient) -> None:
    (got,) = client.get(f"{PRACTICE}.export.json").json()["records"]
    shown = client.get(f"{PRACTICE}.json").json()
    assert got["url"] == f"http://testserver{PRACTICE}"
    assert (got["title"], got["summary"]) == (shown["record"]["title"], shown["record"]["summary"])
    assert [f["text"] for f in got["fields"]] == [f["text"] for f in shown["fields"]]
    assert [(f["name"], f["origin"]) for f in got["facets"]] == [
        ("country", "inferred"),
        ("institution", "stated"),
    ]
    assert (got["pdf_page_first"], got["printed_page_first"], got["pdf_page_last"]) == (3, "1", 4)
    assert got["tools"] == ["Learning agreement"]


def test_a_search_without_a_need_exports_nothing(client: TestClient) -> None:
    assert client.get("/search.export.json").json() == {"total": 0, "records": []}


def test_an_export_follows_a_record_to_its_kind(client: TestClient) -> None:
    answer = client.get("/practices/exchange.agreement.csv", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/tools/exchange.agreement.csv")


def test_a_record_whose_id_ends_like_an_export_keeps_its_page(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    tool = replace(web_library.RECORDS[-1], id="exchange.ris", title="RIS", position=9)
    filled = web_library.fill(tmp_path_factory.mktemp("library"), more=(tool,))
    with TestClient(create_app(filled)) as client:
        assert "<h1" in client.get("/tools/exchange.ris").text
        assert client.get("/tools/exchange.ris.ris").headers["content-type"].startswith(Format.RIS.media_type)
        assert client.get("/tools/exchange.ris.json").json()["record"]["title"] == "RIS"


@pytest.mark.parametrize("url", ["/practices/none.csv", "/handbooks/none.ris", "/browse.csv?by=nothing"])
def test_what_is_not_there_is_said_in_the_shape_of_errors(client: TestClient, url: str) -> None:
    answer = client.get(url)
    assert answer.status_code in (404, 422)
    assert answer.json()["error"]["status"] == answer.status_code


@pytest.mark.parametrize(
    "page",
    [PRACTICE, "/search?q=credit", "/browse?by=country", "/handbooks/exchange", "/shortlist?id=guide.cours"],
)
def test_pages_link_their_files_and_the_links_lead_to_them(client: TestClient, page: str) -> None:
    found = [
        link
        for link in Reader(client.get(page).text).links
        if re.search(r"\.(csv|short-csv|ris|bib|xlsx|csl\.json|export\.json)(\?|$)", link)
    ]
    assert len(found) == len(Format)
    assert {client.get(link).status_code for link in found} == {200}


def test_the_limit_is_the_one_that_is_documented(client: TestClient) -> None:
    described = client.get("/api/openapi.json").json()["paths"]["/search.{form}"]["get"]["description"]
    assert f"at most {MOST}" in described
    assert json.loads(client.get("/search.export.json?q=credit").content)["total"] <= MOST
