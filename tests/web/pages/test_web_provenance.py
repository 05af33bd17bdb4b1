"""From every value to its place: boxes, marks of doubt, and the account of where the text went."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from kb.model.passages import cut
from kb.records import Box, Caveat, Field, Kind, Record, Span
from kb.said import Flaw
from kb.search.evidence import Sought, evidence
from tests import web_library
from tests.factories import a_page, a_record, an_edition
from tests.web_library import PRINTED
from web.app import create_app
from web.frame import account, boxes, language

PRACTICE = "/practices/exchange.credit"
TANDEM = "/practices/exchange.tandem"
LEAF = "/handbooks/exchange/pages/4"
HANDBOOK = "/handbooks/exchange"

corner = st.floats(0, 800, allow_nan=False)
numbers = st.integers(0, 10**7)
places = st.dictionaries(st.sampled_from([*account.ORDER, "marginal notes"]), numbers)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    settings = web_library.fill(tmp_path_factory.mktemp("library"), **web_library.ACCOUNT)
    with TestClient(create_app(settings)) as opened:
        yield opened


def data(client: TestClient, url: str) -> Any:
    path, mark, query = url.partition("?")
    answer = client.get(f"{path}.json{mark}{query}")
    assert answer.status_code == 200, answer.text[:500]
    return answer.json()


def said(client: TestClient, url: str) -> str:
    """The words of a page, in one line."""
    html = client.get(url).text
    return " ".join(re.sub(r"<[^>]*>", " ", html[html.index("<main") :]).split())


def lit(client: TestClient, url: str) -> int:
    """How many boxes are lit on the page's picture."""
    return client.get(url).text.count('class="box is-lit"')


@pytest.mark.parametrize("record", web_library.RECORDS, ids=lambda record: record.id)
def test_boxes_in_json_are_those_of_the_record(client: TestClient, record: Record) -> None:
    shown = data(client, f"/sections/{record.id}".replace("sections", f"{record.kind}s".replace("xs", "xes")))
    for field, given_field in zip(shown["fields"], record.fields, strict=True):
        found = [(region["page"], region["box"]) for region in field["regions"]]
        assert found == [(span.page, list(span.box) if span.box else None) for span in given_field.spans]
        assert {(r["page_width"], r["page_height"]) for r in field["regions"]} == {(420.0, 595.0)}


@pytest.mark.parametrize("url", [PRACTICE, f"{PRACTICE}?field=1", LEAF])
def test_drawing_is_measured_in_the_points_of_its_page(client: TestClient, url: str) -> None:
    picture = data(client, url)["picture"]
    found = re.search(r'class="boxes" viewBox="0 0 ([\d.]+) ([\d.]+)"', client.get(url).text)
    assert found
    assert [float(side) for side in found.groups()] == [picture["page_width"], picture["page_height"]]
    assert picture["width"] / picture["height"] == pytest.approx(420 / 595, abs=0.001)
    assert picture["outlines"][0]["box"] == list(PRINTED)


def test_drawing_is_hidden_from_readers_of_the_words_beside_it(client: TestClient) -> None:
    for url in (PRACTICE, LEAF):
        drawing = client.get(url).text.partition('<svg class="boxes"')[2].partition("</svg>")[0]
        assert 'aria-hidden="true"' in drawing
        assert drawing.count("<a ") == drawing.count('tabindex="-1"')


@given(st.tuples(corner, corner, corner, corner))
def test_frame_holds_its_box_and_little_more(corners: tuple[float, float, float, float]) -> None:
    x0, x1 = sorted(corners[:2])
    y0, y1 = sorted(corners[2:])
    frame = boxes.frame((x0, y0, x1, y1))
    assert x0 - 3 < frame.x < x0
    assert y0 - 3 < frame.y < y0
    assert x1 < frame.x + frame.width < x1 + 3
    assert y1 < frame.y + frame.height < y1 + 3


def test_no_field_is_lit_until_one_is_chosen(client: TestClient) -> None:
    shown = data(client, PRACTICE)
    assert shown["chosen"] is None
    assert [outline["is_lit"] for outline in shown["picture"]["outlines"]] == [False]
    assert lit(client, PRACTICE) == 0


def test_field_on_two_pages_is_lit_on_each_and_leads_from_one_to_the_other(client: TestClient) -> None:
    first, second = data(client, PRACTICE)["fields"][0]["regions"]
    assert [first["url"], second["url"]] == [f"{PRACTICE}?field=1#page", f"{PRACTICE}?field=1&page=4#page"]
    for here, there in ((first, second), (second, first)):
        url = here["url"].removesuffix("#page")
        shown = data(client, url)
        assert (shown["chosen"], shown["picture"]["place"]["page"]) == (1, here["page"])
        assert lit(client, url) == 1
        assert there["url"].replace("&", "&amp;") in client.get(url).text
        assert "Need is marked on this page. It is also on" in said(client, url)


def test_turning_the_page_keeps_a_field_that_runs_on(client: TestClient) -> None:
    assert data(client, f"{PRACTICE}?field=1")["picture"]["next"] == f"{PRACTICE}?field=1&page=4#page"
    assert data(client, f"{PRACTICE}?field=2")["picture"]["previous"] == f"{PRACTICE}?page=3#page"


def test_field_pictures_its_own_page_first(client: TestClient) -> None:
    assert data(client, f"{PRACTICE}?field=2")["picture"]["place"]["page"] == 4


def test_field_whose_box_is_not_known_is_said_to_be_on_its_page(client: TestClient) -> None:
    assert lit(client, f"{PRACTICE}?field=2") == 0
    assert "What we did stands on this page; where on it is not known." in said(client, f"{PRACTICE}?field=2")
    assert "What we did is not on this page. It is on p. 2" in said(client, f"{PRACTICE}?field=2&page=3")


@pytest.mark.parametrize("field", [0, 3, -1, 10**9])
def test_field_that_the_record_does_not_have_is_as_if_not_asked_for(client: TestClient, field: int) -> None:
    assert data(client, f"{PRACTICE}?field={field}")["chosen"] is None


def test_field_that_is_no_number_is_refused(client: TestClient) -> None:
    assert client.get(f"{PRACTICE}?field=need").status_code == 422


def test_every_field_links_to_its_place_on_the_page(client: TestClient) -> None:
    html = client.get(PRACTICE).text
    for field in data(client, PRACTICE)["fields"]:
        link = f'<a class="folio" href="{field["url"]}" data-beside="{field["anchor"]}"'
        assert link in html
        assert f'id="{field["anchor"]}"' in html


def test_stated_fact_leads_to_the_field_that_prints_it(client: TestClient) -> None:
    facts = {fact["name"]: fact["source"] for fact in data(client, PRACTICE)["facts"]}
    assert facts == {"institution": f"{PRACTICE}?page=3#page", "country": ""}
    record = a_record(
        fields=(
            Field("Lead", "Aalto University", (Span(1),), "institution"),
            Field("Partners", "University of Bergen, Aalto University", (Span(2),), "partners"),
            Field("Theme", "Health and more", (Span(2),), "theme"),
        )
    )
    assert boxes.stating(record, "institution", "Aalto University", 1) == 1
    assert boxes.stating(record, "institution", "University of Bergen", 2) == 2
    assert boxes.stating(record, "theme", "Health and well-being", 2) == 3
    assert boxes.stating(record, "theme", "Health and well-being", 1) is None


def test_evidence_of_a_hit_leads_to_its_field_lit(client: TestClient) -> None:
    url = "/search?q=credit+for+an+online+exchange+with+another+university&kind=practice"
    evidence = data(client, url)["hits"][0]["evidence"]
    assert (evidence["field"], evidence["url"]) == (1, f"{PRACTICE}?field=1#field-1")
    assert [region["box"] for region in evidence["regions"]] == [list(PRINTED), list(PRINTED)]
    assert f'href="{evidence["url"]}"' in client.get(url).text
    assert evidence["place"]["url"] == "/handbooks/exchange/pages/3?record=exchange.credit"


def test_evidence_is_of_the_field_that_it_was_cut_from_where_two_say_the_same() -> None:
    same = tuple(Field("Note", "They have the same words on both pages.", (Span(page),)) for page in (1, 2))
    record = a_record(fields=same, page_end=2)
    found = [evidence(Sought("words"), record, [passage], an_edition()) for passage in cut(record)]
    assert [(one.field, one.page) for one in found] == [(0, 1), (1, 2)]
    bare = a_record(fields=())
    assert evidence(Sought("words"), bare, cut(bare), an_edition()).field is None


def test_page_of_a_handbook_outlines_its_records_and_lights_the_one_asked_for(client: TestClient) -> None:
    faint, lit_one = data(client, LEAF), data(client, f"{LEAF}?record=exchange.credit")
    assert [record["id"] for record in faint["records"]][1] == "exchange.credit"
    for shown, is_lit in ((faint, False), (lit_one, True)):
        (outline,) = shown["picture"]["outlines"]
        assert (outline["record"], outline["number"], outline["field"]) == ("exchange.credit", 2, 1)
        assert (outline["url"], outline["is_lit"]) == (f"{PRACTICE}?field=1&page=4#field-1", is_lit)
    assert "is marked on this page" in said(client, f"{LEAF}?record=exchange.credit")
    assert "is marked on this page" not in said(client, LEAF)
    assert f'href="{LEAF}?record=exchange.credit#page"' in client.get(LEAF).text


def test_record_stays_lit_on_the_neighbouring_page_where_it_stands_there_too(client: TestClient) -> None:
    picture = data(client, f"{LEAF}?record=exchange.credit")["picture"]
    assert picture["previous"] == "/handbooks/exchange/pages/3?record=exchange.credit"
    assert picture["next"] == "/handbooks/exchange/pages/5"


@pytest.mark.parametrize("record", ["none", "exchange.tandem", "%3Cb%3E"])
def test_record_that_is_not_on_the_page_lights_nothing(client: TestClient, record: str) -> None:
    shown = data(client, f"{LEAF}?record={record}")
    assert shown["chosen"] == ""
    assert not any(outline["is_lit"] for outline in shown["picture"]["outlines"])


def test_page_beyond_the_pdf_has_no_region_and_no_failure() -> None:
    box: Box = (1.0, 2.0, 3.0, 4.0)
    record = a_record(fields=(Field("", "Text", (Span(1, box), Span(7, box))),), page_end=7)
    assert [region.page for region in boxes.regions(an_edition(pages=(a_page(),)), record, 1)] == [1]


@pytest.mark.parametrize(
    ("url", "words"),
    [
        (TANDEM, "Read by OCR, so it may hold mistakes: p. 3 PDF 5 (93% sure)"),
        (f"{TANDEM}?field=1", "Read by OCR, 93% sure of its words."),
        ("/search?q=languages+from+each+other", "p. 3 PDF 5 read by OCR"),
        ("/browse", "p. 3 PDF 5 read by OCR"),
        ("/annexes/exchange.annex-a", "p. 3 PDF 5 read by OCR"),
        ("/handbooks/exchange/pages/5", "Read by OCR, 93% sure of its words; it may hold mistakes."),
        (HANDBOOK, "Read by OCR: p. 3 PDF 5 (93% sure)"),
    ],
)
def test_what_was_read_by_ocr_is_marked(client: TestClient, url: str, words: str) -> None:
    assert words in said(client, url)


def test_page_with_text_of_its_own_has_no_mark_of_ocr(client: TestClient) -> None:
    shown = data(client, PRACTICE)
    assert shown["by_ocr"] == []
    assert (shown["record"]["place"]["is_ocr"], shown["record"]["place"]["confidence"]) == (False, None)
    html = client.get(PRACTICE).text
    assert "OCR" not in html[html.index("<article") : html.index("</article>")]


@pytest.mark.parametrize("url", [TANDEM, "/search?q=languages+from+each+other", "/browse", HANDBOOK])
def test_low_confidence_is_said_wherever_the_record_is_named(client: TestClient, url: str) -> None:
    assert "read with low confidence" in said(client, url).lower()


def test_sure_record_has_no_mark_of_doubt(client: TestClient) -> None:
    assert not data(client, PRACTICE)["record"]["is_doubtful"]
    assert "low confidence" not in said(client, "/search?q=credit&kind=tool").lower()


def test_inferred_values_are_marked_in_lists_too(client: TestClient) -> None:
    assert data(client, PRACTICE)["record"]["inferred"] == ["country"]
    assert "Romania inferred" in said(client, "/search?q=credit&country=Romania")
    assert "Romania 1 practice, 1 inferred" in said(client, "/browse?by=country")
    assert "Sweden 1 practice Handbook page: p. 3" in said(client, "/browse?by=country")
    french = said(client, "/practices/guide.cours")
    assert "Objectifs Objectives inferred" in french
    assert "Inferred: found by a rule" in french


def test_handbook_accounts_for_its_text(client: TestClient) -> None:
    shown = data(client, HANDBOOK)["account"]
    assert [(share["place"], share["characters"]) for share in shown["shares"]] == [
        ("practices", 6205),
        ("running heads", 412),
        ("hidden text", 9),
        ("unassigned", 30),
    ]
    assert (shown["characters"], shown["assigned_percent"]) == (6656, 99.54)
    words = said(client, HANDBOOK)
    assert "99.5% of the text on its pages has a place." in words
    assert "Practices 6,205 93.2%" in words


@given(places)
def test_shares_add_up_whatever_the_ledger(ledger: dict[str, int]) -> None:
    shown = account.account(ledger.items())
    assert sum(share.characters for share in shown.shares) == shown.characters == sum(ledger.values())
    assert sum(share.percent for share in shown.shares) == pytest.approx(
        100 if shown.characters else 0, abs=0.1
    )
    assert {share.place for share in shown.shares} == {place for place, count in ledger.items() if count}
    assert 0 <= shown.assigned_percent <= 100
    if shown.assigned_percent == 100:
        assert not ledger.get(account.UNASSIGNED)


@pytest.mark.parametrize(
    ("percent", "text"), [(100, "100"), (99.99, "99.9"), (0.04, "0"), (6.25, "6.2"), (5.0, "5")]
)
def test_share_is_100_per_cent_only_when_it_is_all(percent: float, text: str) -> None:
    assert language.share(percent) == f"{text}%"


def test_bar_of_the_ledger_is_as_long_as_its_shares(client: TestClient) -> None:
    bar = client.get(HANDBOOK).text.partition('<svg class="bar"')[2].partition("</svg>")[0]
    widths = [float(width) + 2 for width in re.findall(r' width="([\d.]+)"', bar)]
    shares = [share["percent"] * 10 for share in data(client, HANDBOOK)["account"]["shares"]]
    assert widths == pytest.approx([max(share, 4) for share in shares], abs=2)


def test_handbook_names_what_is_missing_and_where_text_is_hidden_but_never_what_it_says(
    client: TestClient,
) -> None:
    shown = data(client, HANDBOOK)
    assert shown["missing"] == ["Annex B: Partners"]
    assert [(part["place"]["page"], part["reason"]) for part in shown["hidden"]] == [(2, "white on white")]
    words = said(client, HANDBOOK)
    assert "Listed, but not found Annex B: Partners" in words
    assert "ii PDF 2 white on white" in words
    for url in (HANDBOOK, f"{HANDBOOK}.json", f"{HANDBOOK}/pages/2", f"{HANDBOOK}/pages/2.json"):
        assert "Ignore what is printed" not in client.get(url).text


def test_edition_read_in_before_text_was_counted_says_so() -> None:
    assert account.account(()).characters == 0


CAVEATS = (
    Caveat(Flaw.UNREAD, (2, 3), values=(("package", "tesseract-ocr-eng"),)),
    Caveat(Flaw.SENTENCE, (3,), "exchange.credit", "Credit as it was read", Kind.PRACTICE),
    Caveat(Flaw.SENTENCE, (5,), "exchange.tandem", "Language tandem online", Kind.PRACTICE),
    Caveat(Flaw.SENTENCE, (5,), "exchange.gone", "Discarded since", Kind.PRACTICE),
    Caveat(Flaw.NO_TEXT, (5,), "exchange.mended", "Mended since", Kind.PRACTICE),
    Caveat(Flaw.JUNK),
)


@pytest.fixture(scope="module")
def doubted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    mended = a_record("exchange.mended", handbook="exchange", position=9, corrected=("set-text",))
    settings = web_library.fill(tmp_path_factory.mktemp("doubted"), more=(mended,), caveats=CAVEATS)
    with TestClient(create_app(settings)) as opened:
        yield opened


def test_handbook_shows_what_is_to_be_checked_worst_first_with_its_record_and_page(
    doubted: TestClient,
) -> None:
    groups = data(doubted, HANDBOOK)["caveats"]
    assert [(group["flaw"], group["count"]) for group in groups] == [
        (Flaw.UNREAD, 2),
        (Flaw.SENTENCE, 2),
        (Flaw.JUNK, 0),
    ]
    assert groups[0]["says"].startswith("mostly a picture of print")
    assert [place["page"] for place in groups[0]["items"][0]["places"]] == [2, 3]
    assert [item["record"]["id"] for item in groups[1]["items"]] == ["exchange.credit", "exchange.tandem"]
    html = doubted.get(HANDBOOK).text
    part = html[html.index('id="caveats"') : html.index('id="account"')]
    assert part.count("<details") == 2
    for url in ("/practices/exchange.credit", "/handbooks/exchange/pages/3", "/handbooks/exchange/pages/2"):
        assert f'href="{url}' in part
    assert "With a sentence for a title" in part
    assert '<a href="#caveats">4 things to check</a>' in html


def test_what_review_took_away_or_corrected_is_not_to_be_checked_any_more(doubted: TestClient) -> None:
    words = said(doubted, HANDBOOK)
    assert "Discarded since" not in words
    assert "Without any text" not in words


def test_an_edition_that_nobody_looked_over_says_nothing_of_checks(client: TestClient) -> None:
    assert data(client, HANDBOOK)["caveats"] == []
    assert "To be checked" not in said(client, HANDBOOK)
    assert "to check" not in said(client, HANDBOOK)


def test_many_of_one_kind_are_folded(tmp_path: Path) -> None:
    many = tuple(replace(CAVEATS[1], title=str(n)) for n in range(20))
    with TestClient(create_app(web_library.fill(tmp_path, caveats=many))) as opened:
        html = opened.get(HANDBOOK).text
    part = html[html.index('id="caveats"') : html.index('id="account"')]
    assert '<details class="left">' in part
    assert " open" not in part


@pytest.mark.parametrize(("code", "words"), [("de", "4 Stellen zu prüfen"), ("ro", "4 lucruri de verificat")])
def test_what_is_to_be_checked_is_said_in_the_language_of_the_reader(
    doubted: TestClient, code: str, words: str
) -> None:
    html = doubted.get(HANDBOOK, headers={"Accept-Language": code}).text
    assert words in html
    part = html[html.index('id="caveats"') : html.index('id="account"')]
    assert "sentence" not in part


def test_openapi_says_what_every_new_value_means(client: TestClient) -> None:
    shown = client.get("/api/openapi.json").json()["components"]["schemas"]
    for name in (
        "AreaShown",
        "Outline",
        "Share",
        "Account",
        "HiddenShown",
        "CaveatShown",
        "CaveatGroup",
        "Picture",
        "FieldShown",
        "PlaceShown",
    ):
        assert shown[name]["description"]
        described = [p for p, value in shown[name]["properties"].items() if value.get("description")]
        named = {p for p in shown[name]["properties"] if p not in described}
        assert named <= {"place", "places", "record", "says", "items", "text", "srcset", "width", "reason"}, (
            name,
            named,
        )


@pytest.mark.parametrize("name", ["page", "field"])
def test_openapi_describes_the_choice_of_page_and_field(client: TestClient, name: str) -> None:
    paths = client.get("/api/openapi.json").json()["paths"]
    parameters = {p["name"]: p for p in paths["/practices/{record_id}.json"]["get"]["parameters"]}
    assert parameters[name]["description"]


def test_a_value_read_from_other_words_shows_them(client: TestClient) -> None:
    country = next(fact for fact in data(client, TANDEM)["facts"] if fact["name"] == "country")
    assert (country["value"], country["origin"]) == ("Sweden", "mapped")
    assert country["mapped_from"] == "the Swedish side"
    assert country["source"].startswith(TANDEM)
    assert "mapped from “the Swedish side”" in said(client, TANDEM)
    assert "mapped from" not in said(client, PRACTICE)


def test_a_licence_under_its_short_name_shows_the_words_that_are_printed(client: TestClient) -> None:
    licence = next(fact for fact in data(client, HANDBOOK)["facts"] if fact["name"] == "licence")
    assert (licence["origin"], licence["mapped_from"]) == ("mapped", "Creative Commons Attribution 4.0")
    assert "CC BY 4.0 mapped from “Creative Commons Attribution 4.0”" in said(client, HANDBOOK)
