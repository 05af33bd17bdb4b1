"""A proposal: a handbook's forms, filled in by address or as a form, and taken along as documents."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pypdf
import pytest
from docx import Document
from docx.oxml.ns import qn
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from kb.errors import InputError
from kb.records import Field, FieldTable, Kind, Record, Span, TableCell
from tests import web_library
from web.app import create_app
from web.export.filled import LONGEST_ADDRESS, LONGEST_NOTE, MOST_IDS, Filled, of_pairs
from web.pages import showing_how
from web.pages.call_page import MOST_SHOWN

ROWS = (
    ("Criterion", "Weight", "1: weak", "5: strong"),
    ("Need", "60", "Nobody asked.", "Students asked for a seminar online."),
    ("Zeppelins", "40", "Zeppelins stay.", "Zeppelins fly."),
)
FLAT = "\n".join("\t".join(row) for row in ROWS)
FORMS = (
    Record(
        "exchange.checklist",
        Kind.TOOL,
        "Checklist Ελέγχου ș",
        web_library.EXCHANGE,
        1,
        20,
        6,
        6,
        (Field("", "• Credit for the online exchange is settled\n• The zeppelin is ready", (Span(6),)),),
    ),
    Record(
        "exchange.grid",
        Kind.TOOL,
        "Evaluation grid",
        web_library.EXCHANGE,
        1,
        21,
        6,
        6,
        (
            Field(
                "",
                FLAT,
                (Span(6),),
                tables=(
                    FieldTable(
                        0,
                        len(FLAT),
                        tuple(tuple(TableCell(c, is_head=not y) for c in row) for y, row in enumerate(ROWS)),
                    ),
                ),
            ),
        ),
    ),
)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    folder = tmp_path_factory.mktemp("library")
    with TestClient(
        create_app(web_library.fill(folder, more=FORMS)), raise_server_exceptions=False
    ) as opened:
        yield opened


def asked(client: TestClient, **given: Any) -> dict[str, Any]:
    answer = client.get("/proposal.json", params=given)
    assert answer.status_code == 200, answer.text
    page: dict[str, Any] = answer.json()
    return page


def lines(page: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The lines of all forms, by their words."""
    return {
        line["text"]: line for form in page["forms"] for group in form["groups"] for line in group["lines"]
    }


def test_the_one_handbook_with_forms_is_chosen_and_others_are_offered(client: TestClient) -> None:
    page = asked(client)
    assert [form["title"] for form in page["forms"]] == ["Checklist Ελέγχου ș", "Evaluation grid"]
    choices = {
        one["handbook"]["id"]: (one["is_chosen"], one["checklists"], one["grids"])
        for one in page["handbooks"]
    }
    assert choices == {"exchange": (True, 1, 1), "guide": (False, 0, 0)}


def test_a_handbook_without_forms_is_said_to_have_none(client: TestClient) -> None:
    page = asked(client, handbook="guide", id="exchange.credit")
    assert ([one["id"] for one in page["formless"]], page["forms"]) == (["guide"], [])
    assert [one["id"] for one in page["records"]] == ["exchange.credit"]
    told = client.get("/proposal", params={"handbook": "guide"}).text
    assert "No checklist and no evaluation grid was found in this handbook." in told


def test_what_an_address_holds_is_filled_in_and_its_own_address_is_the_same(client: TestClient) -> None:
    blank = lines(asked(client))
    need, ready = blank["Need"]["key"], blank["The zeppelin is ready"]["key"]
    page = asked(
        client, handbook="exchange", title="Our call", c=ready, m=f"{need}-2", **{f"n.{need}": "Ask Mina"}
    )
    filled = lines(page)
    assert (page["title"], filled["The zeppelin is ready"]["is_checked"]) == ("Our call", True)
    assert (filled["Need"]["mark"], filled["Need"]["note"]) == (2, "Ask Mina")
    assert [level["is_marked"] for level in filled["Need"]["levels"]] == [False, True]
    again = client.get(page["url"].replace("/proposal?", "/proposal.json?")).json()
    assert again == page


def test_marks_times_weights_are_added_up_of_the_highest_there_is(client: TestClient) -> None:
    need = lines(asked(client))["Need"]["key"]
    (_, grid) = asked(client, m=f"{need}-2")["forms"]
    assert grid["score"] == {"reached": 300, "highest": 500, "marked": 1, "lines": 2, "is_weighted": True}


def test_each_line_leads_to_practices_that_show_how_the_shortlist_s_first_and_to_none_where_none_fits(
    client: TestClient,
) -> None:
    settled, zeppelin = (
        lines(asked(client, practices=1))[words]["practices"]
        for words in ("Credit for the online exchange is settled", "Zeppelins")
    )
    assert zeppelin == []
    ids = [one["record"]["id"] for one in settled]
    assert ids
    assert "exchange.checklist" not in ids
    first = asked(client, practices=1, id=ids[-1])
    again = lines(first)["Credit for the online exchange is settled"]["practices"]
    assert (again[0]["record"]["id"], again[0]["is_listed"]) == (ids[-1], True)


def test_practices_are_not_looked_for_unless_asked_and_one_line_can_be(client: TestClient) -> None:
    line = lines(asked(client))["Credit for the online exchange is settled"]
    assert line["practices"] is None
    assert line["search"].startswith("/search?q=Credit+for+the+online+exchange")
    one = client.get("/proposal/practices.json", params={"handbook": "exchange", "line": line["key"]})
    assert one.json()["practices"][0]["record"]["kind"] == "practice"
    none = client.get("/proposal/practices.json", params={"handbook": "exchange", "line": "00000000"})
    assert none.status_code == 404
    assert MOST_SHOWN > 1


def test_a_form_that_is_sent_is_shown_and_what_is_not_shown_is_carried_along(client: TestClient) -> None:
    page = asked(client)
    checklist, grid = (form["key"] for form in page["forms"])
    need = lines(page)["Need"]["key"]
    sent = {"handbook": "exchange", "form": checklist, f"m.{need}": "1", "notes": "One\r\nTwo"}
    answer = client.post("/proposal", data=sent)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert "set-cookie" not in answer.headers
    assert f'<input type="hidden" name="m.{need}" value="1">' in answer.text
    assert "One\nTwo</textarea>" in answer.text
    assert grid not in [form["key"] for form in page["forms"] if form["key"] == checklist]


def test_a_proposal_too_long_for_an_address_is_said_to_be_so_and_can_still_be_a_file(
    client: TestClient,
) -> None:
    sent = {"handbook": "exchange", "title": "Long", "notes": "ä" * 2000}
    answer = client.post("/proposal", data=sent)
    assert 'href="/proposal?' not in answer.text.partition("data-address")[2].partition("</div>")[0]
    assert client.post("/proposal", data=sent | {"as": "docx"}).status_code == 200
    assert len(of_pairs(sent.items()).url) > LONGEST_ADDRESS


@pytest.mark.parametrize(
    "query",
    [
        {"title": "x" * 201},
        {"n.12345678": "x" * (LONGEST_NOTE + 1)},
        {"id": [f"x{n}" for n in range(MOST_IDS + 1)]},
    ],
)
def test_more_than_a_proposal_holds_is_refused_with_a_sentence(
    client: TestClient, query: dict[str, Any]
) -> None:
    answer = client.get("/proposal.json", params=query)
    assert answer.status_code == 400
    assert "at most" in answer.json()["error"]["detail"]


def test_a_body_too_large_is_refused(client: TestClient) -> None:
    assert client.post("/proposal", content=b"notes=" + b"x" * 500_000).status_code == 400


KEYS = st.text("0123456789abcdef", min_size=8, max_size=8)
WORDS = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=20)


@given(
    st.builds(
        Filled,
        st.lists(WORDS, max_size=3, unique=True).map(tuple),
        st.lists(KEYS, max_size=3, unique=True).map(tuple),
        st.lists(WORDS, max_size=3, unique=True).map(tuple),
        WORDS,
        WORDS,
        st.lists(KEYS, max_size=5, unique=True).map(tuple),
        st.dictionaries(KEYS, st.integers(0, 9999).map(float), max_size=5),
        st.dictionaries(KEYS, WORDS, max_size=5),
    )
)
def test_what_an_address_holds_is_read_back(filled: Filled) -> None:
    assert of_pairs(filled.pairs) == replace(filled)
    assert dict(of_pairs(filled.pairs).marks) == dict(filled.marks)


def test_unknown_parameters_and_keys_that_no_line_has_are_ignored() -> None:
    given = [("q", "x"), ("c", "zz_12345678"), ("m", "12345678-x"), ("m.1", "2"), ("n.", "x"), ("form", "?")]
    assert of_pairs(given) == Filled(checked=("12345678",))


def test_a_text_longer_than_may_be_kept_is_refused() -> None:
    with pytest.raises(InputError, match="shorten"):
        of_pairs([("notes", "x" * 5001)])


def whole(client: TestClient) -> dict[str, Any]:
    blank = lines(asked(client))
    need, settled = blank["Need"]["key"], blank["Credit for the online exchange is settled"]["key"]
    return {
        "handbook": "exchange",
        "title": "Unser Antrag",
        "notes": "Ohne 🎈",
        "id": "exchange.credit",
        "c": settled,
        "m": f"{need}-2",
        f"n.{need}": "Mina fragen",
    }


def test_a_word_document_has_headings_tables_pages_addresses_and_its_language(client: TestClient) -> None:
    answer = client.get("/de/proposal.docx", params=whole(client))
    assert answer.headers["content-disposition"] == 'attachment; filename="proposal.docx"'
    made = Document(io.BytesIO(answer.content))
    assert (made.core_properties.title, made.core_properties.language) == ("Unser Antrag", "de")
    headings = [
        (p.style.name, p.text) for p in made.paragraphs if p.style and p.style.name.startswith("Heading")
    ]
    assert headings[:3] == [
        ("Heading 1", "Unser Antrag"),
        ("Heading 2", "Checklist Ελέγχου ș"),
        ("Heading 2", "Evaluation grid"),
    ]
    for table in made.tables:
        assert table.rows[0]._tr.get_or_add_trPr().find(qn("w:tblHeader")) is not None
    checklist, grid = made.tables[:2]
    assert checklist.cell(1, 0).text.startswith("☒ Credit for the online exchange is settled")
    assert checklist.cell(2, 0).text.startswith("☐ The zeppelin is ready")
    assert checklist.cell(1, 2).text == "S. 4 (PDF 6)"
    assert grid.cell(1, 2).text == "☒ Students asked for a seminar online."
    assert grid.cell(1, 3).text == "Mina fragen"
    links = {rel.target_ref for rel in made.part.rels.values() if rel.is_external}
    assert "http://testserver/de/tools/exchange.checklist?field=1#page" in links
    assert "http://testserver/de/practices/exchange.credit" in links


def test_a_pdf_is_tagged_with_title_and_language_and_shows_every_letter(client: TestClient) -> None:
    made = pypdf.PdfReader(io.BytesIO(client.get("/de/proposal.pdf", params=whole(client)).content))
    assert made.metadata is not None
    assert made.metadata.title == "Unser Antrag"
    root: Any = made.root_object
    assert (root["/Lang"], root["/MarkInfo"]["/Marked"].value) == ("de", True)
    assert "/StructTreeRoot" in root
    text = "\n".join(page.extract_text() for page in made.pages)
    for words in (
        "Ελέγχου ș",
        "☒ Credit for the online exchange",
        "Mina fragen",
        "S. 4 (PDF 6)",
        "300 von 500",
    ):
        assert words in text, words
    assert [one.title for one in made.outline if not isinstance(one, list)] == ["Unser Antrag"]


@pytest.mark.parametrize("ending", ["odt", "json.pdf", "docx.docx"])
def test_other_endings_are_no_page(client: TestClient, ending: str) -> None:
    assert client.get(f"/proposal.{ending}").status_code in (404, 422)


def test_texts_in_a_document_are_never_read_as_its_language(client: TestClient) -> None:
    sent = {"title": '#import "x.typ" $x$ *b* \\', "notes": "#panic()\n\x00\x0b\ud7ff"}
    for ending in ("pdf", "docx"):
        answer = client.post("/proposal", data=sent | {"as": ending})
        assert answer.status_code == 200, answer.text
    made = pypdf.PdfReader(io.BytesIO(client.post("/proposal", data=sent | {"as": "pdf"}).content))
    assert "#panic()" in made.pages[0].extract_text()


def test_of_a_large_library_only_chosen_handbooks_are_looked_into(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.pages.call_page.MOST_LOOKED_INTO", 1)
    assert asked(client)["forms"] == []
    assert {one["checklists"] for one in asked(client)["handbooks"]} == {None}
    assert len(asked(client, handbook="exchange")["forms"]) == 2
    assert client.get("/proposal").status_code == 200


def test_a_course_of_several_years_is_one_practice_at_a_line(tmp_path: Path) -> None:
    text = "Credit for the online exchange is settled before the course begins."
    courses = tuple(
        Record(
            f"exchange.c{n}",
            Kind.PRACTICE,
            title,
            "exchange",
            1,
            30 + n,
            5,
            5,
            (Field("", text, (Span(5),)),),
        )
        for n, title in enumerate(("Settled credit (2022)", "Settled credit (2023)"))
    )
    with TestClient(create_app(web_library.fill(tmp_path, more=(*FORMS, *courses)))) as opened:
        line = lines(asked(opened, practices=1))["Credit for the online exchange is settled"]
    titles = [one["record"]["title"] for one in line["practices"]]
    assert len([title for title in titles if title.startswith("Settled credit")]) == 1


def test_practices_of_a_few_hundred_lines_are_kept_those_asked_for_last(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(showing_how, "MOST_KEPT", 2)
    kept = showing_how._KeptPractices()
    looked: list[str] = []

    def find_for(key: str) -> Callable[[], showing_how.FittingPractices]:
        def find() -> showing_how.FittingPractices:
            looked.append(key)
            return ()

        return find

    for key in ("a", "b", "a", "c", "a", "b"):
        kept.of(key, find_for(key))
    assert looked == ["a", "b", "c", "b"]
