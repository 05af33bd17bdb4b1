"""What changed between editions, as a page, as JSON and as feeds; and the history on a record's page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from kb.care import shelf
from kb.editions.wording import Fate, pieces
from kb.index import generation as index
from kb.model.passages import cut
from kb.records import Record
from kb.store.store import Store
from tests import web_library
from tests.web_library import EXCHANGE, RECORDS
from web.app import create_app
from web.pages import changed

CHANGES = "/handbooks/exchange/changes"
ATOM = "{http://www.w3.org/2005/Atom}"


def second_edition() -> tuple[Record, ...]:
    """Without the tandem; with the credit practice renamed, moved and rewritten; with a new practice."""
    why, annex, credit, tandem, agreement = RECORDS
    need = replace(credit.fields[0], text=credit.fields[0].text.replace("Students", "<b>Teachers</b>"))
    changed = replace(
        credit, title="Credit for exchange", annex="", annex_label="", fields=(need, credit.fields[1])
    )
    fresh = replace(tandem, id="exchange.fresh", title="A fresh practice")
    return tuple(replace(r, edition=2) for r in (why, annex, changed, fresh, agreement))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("library")


@pytest.fixture(scope="module")
def client(folder: Path) -> Iterator[TestClient]:
    settings = web_library.fill(folder)
    with Store.open(folder) as store:
        content = web_library.pdf("Handbook of exchange, revised", 6)
        staged = web_library.edition(EXCHANGE, "Handbook of exchange", content, web_library.LABELS, "en")
        records = second_edition()
        edition = replace(staged, number=2, ingested_at="2026-02-03T10:00:00+00:00")
        store.stage(edition, records, [p for record in records for p in cut(record)], content)
        served = {EXCHANGE: 2, "guide": 1}
        store.publish(served, index.build(store, served))
    with TestClient(create_app(settings), raise_server_exceptions=False) as opened:
        yield opened


def test_the_page_says_what_changed_with_the_pages_of_both_editions(client: TestClient) -> None:
    shown = client.get(f"{CHANGES}.json").json()
    assert (shown["before"], shown["after"]) == (1, 2)
    assert [r["id"] for r in shown["added"]] == ["exchange.fresh"]
    assert [r["id"] for r in shown["removed"]] == ["exchange.tandem"]
    assert [(c["before"], c["after"]) for c in shown["renamed"]] == [
        ("Credit for <em>virtual</em> exchange & more", "Credit for exchange")
    ]
    assert [(c["before"], c["after"]) for c in shown["moved"]] == [("Annex A", "")]
    (rewritten,) = shown["rewritten"]
    (field,) = rewritten["fields"]
    assert field["label"] == "Need"
    for side, edition in (("was_picture", 1), ("now_picture", 2)):
        picture = field[side]
        assert picture["place"]["page"] == 3
        assert [o["field"] for o in picture["outlines"] if o["is_lit"]] == [1], edition
        assert client.get(picture["src"]).headers["content-type"] == "image/png"
    assert field["was_picture"]["src"] != field["now_picture"]["src"]
    assert {p["fate"]: p["text"].strip() for p in field["pieces"] if p["fate"] != "same"} == {
        "gone": "Students", "new": "<b>Teachers</b>"
    }  # fmt: skip
    assert ".png" in field["was"]["url"]
    assert field["now"]["url"].startswith("/handbooks/exchange/pages/3")
    page = client.get(CHANGES).text
    assert re.search(r"<del>Students\s*</del>\s*<ins>&lt;b&gt;Teachers&lt;/b&gt;", page)
    assert client.get(field["was"]["url"]).headers["content-type"] == "image/png"


def test_two_editions_can_be_named_and_unknown_ones_are_not_found(client: TestClient) -> None:
    back = client.get(f"{CHANGES}.json?from=2&to=1").json()
    assert [r["id"] for r in back["added"]] == ["exchange.tandem"]
    assert client.get(f"{CHANGES}?from=1&to=9").status_code == 404
    assert client.get(f"{CHANGES}?from=x").status_code == 422
    assert client.get("/handbooks/none/changes").status_code == 404
    assert client.get("/handbooks/none/changes.atom").status_code == 404


def test_changes_are_filtered_by_type_and_kind_with_counts_that_hold(client: TestClient) -> None:
    whole = client.get(f"{CHANGES}.json").json()
    counts = {g["name"]: {o["value"]: o["count"] for o in g["options"]} for g in whole["filters"]}
    assert counts["change"] == {"added": 1, "removed": 1, "renamed": 1, "moved": 1, "rewritten": 1}
    assert counts["kind"] == {"practice": 5}
    for group in whole["filters"]:
        for option in group["options"]:
            shown = client.get(option["url"].replace("?", ".json?")).json()
            listed = {name: shown[name] for name in changed.TYPES if shown[name]}
            assert sum(map(len, listed.values())) == option["count"], option
            assert group["name"] == "kind" or set(listed) == {option["value"]}
            chosen = [o for g in shown["filters"] for o in g["options"] if o["is_chosen"]]
            assert [o["value"] for o in chosen] == [option["value"]]
            assert chosen[0]["url"] == whole["url"] == shown["everything"]
            assert shown["unchanged"] == whole["unchanged"]
    none = client.get(f"{CHANGES}.json?change=added&kind=tool").json()
    assert not any(none[name] for name in changed.TYPES)
    assert client.get(f"{CHANGES}?change=lost").status_code == 400
    assert client.get(f"{CHANGES}?kind=page").status_code == 400


def test_every_change_is_shown_on_its_page_in_the_editions_that_have_it(client: TestClient) -> None:
    pictures = client.get(f"{CHANGES}.json").json()["pictures"]
    sides = {
        name: tuple(side is not None for side in (both["was"], both["now"]))
        for name, both in pictures.items()
    }
    assert sides == {
        "exchange.fresh": (False, True), "exchange.tandem": (True, False), "exchange.credit": (True, True)
    }  # fmt: skip
    for both in pictures.values():
        for side in filter(None, both.values()):
            assert any(outline["is_lit"] for outline in side["outlines"])
            assert client.get(side["src"]).headers["content-type"] == "image/png"
    page = client.get(CHANGES).text
    assert page.count('class="both-pages"') == 3 + 1 + 1  # credit is renamed, moved and rewritten
    assert page.count("<img") == page.count('loading="lazy"')


def test_a_first_edition_has_a_page_as_well(client: TestClient) -> None:
    assert client.get("/handbooks/guide/changes.json").json()["before"] is None
    assert "nothing to compare" in client.get("/handbooks/guide/changes").text


def test_every_link_of_the_page_answers(client: TestClient) -> None:
    page = client.get(CHANGES).text
    for url in dict.fromkeys(re.findall(r'href="(/[^"#]*)', page)):
        assert client.get(url.replace("&amp;", "&")).status_code == 200, url


def test_a_record_shows_its_history_and_a_removed_one_its_banner(client: TestClient) -> None:
    shown = client.get("/practices/exchange.credit.json").json()
    assert [s["edition"] for s in shown["history"]] == [2, 1]
    assert shown["changes"] == CHANGES
    assert "Editions that have it" in client.get("/practices/exchange.credit").text
    gone = client.get("/practices/exchange.tandem")
    assert gone.status_code == 200
    assert "no longer has it" in gone.text
    assert client.get("/practices/guide.cours.json").json()["changes"] == ""


def test_a_record_is_read_as_an_earlier_edition_has_it(client: TestClient) -> None:
    now = client.get("/practices/exchange.credit.json").json()
    assert [s["url"] for s in now["history"]] == [
        "/practices/exchange.credit", "/practices/exchange.credit?edition=1"
    ]  # fmt: skip
    then = client.get("/practices/exchange.credit.json?edition=1").json()
    assert (now["served"], then["served"]) == ("", "/practices/exchange.credit")
    assert "Students asked" in then["fields"][0]["text"]
    assert "Teachers" in now["fields"][0]["text"]
    assert then["picture"]["src"] != now["picture"]["src"]
    page = client.get("/practices/exchange.credit?edition=1")
    assert "This is how edition 1 has it" in page.text
    assert "/practices/exchange.credit.csv" not in page.text  # that file holds what is served
    for url in dict.fromkeys(re.findall(r'href="(/practices/exchange\.credit[^"#]*)', page.text)):
        assert client.get(url.replace("&amp;", "&")).status_code == 200, url
        assert "edition=1" in url or url == "/practices/exchange.credit", url
    assert client.get("/practices/exchange.credit.json?edition=2").json() == now
    for none in (9, -1, 10**30):
        assert client.get(f"/practices/exchange.credit?edition={none}").status_code == 404
    assert "no longer has it" in client.get("/practices/exchange.tandem?edition=2").text


TANDEM = "/search?q=pairs+of+students+learn+languages"


def test_earlier_editions_are_searched_only_when_asked(client: TestClient) -> None:
    plain = client.get(TANDEM.replace("?", ".json?")).json()
    assert plain["earlier"] is None
    asked = client.get(plain["other_editions"].replace("?", ".json?")).json()
    assert plain["other_editions"].endswith("&editions=all")
    assert asked["other_editions"] == plain["url"]
    for same in ("hits", "total", "no_match"):
        assert plain[same] == asked[same]
    hit = asked["earlier"]["hits"][0]
    assert (hit["record"]["id"], hit["edition"], hit["is_gone"]) == ("exchange.tandem", 1, True)
    assert ".png" in hit["evidence"]["place"]["url"]
    assert client.get(hit["evidence"]["place"]["url"]).headers["content-type"] == "image/png"
    assert "no longer has it" in client.get(hit["url"]).text
    assert client.get("/search?q=x&editions=some").status_code == 400


def test_earlier_hits_are_marked_and_the_choice_is_kept_in_every_link(client: TestClient) -> None:
    page = client.get(f"{TANDEM}&editions=all").text
    section = page.partition('id="earlier"')[2]
    assert "Edition 1" in section
    assert "no longer in the handbook" in section
    assert '<input type="hidden" name="editions" value="all">' in page
    shown = client.get(
        "/search.json?q=students+learn+languages+online&mode=words&editions=all&limit=1"
    ).json()
    options = [option["url"] for group in shown["facets"] for option in group["options"]]
    assert options
    assert all("editions=all" in url for url in (*options, shown["next"], shown["unfiltered"]))
    second = client.get(shown["next"].replace("?", ".json?")).json()["earlier"]
    assert (second["hits"], second["total"]) == ([], shown["earlier"]["total"])
    assert "below the first page" in client.get(shown["next"]).text


@pytest.mark.parametrize(("url", "entries"), [(f"{CHANGES}.atom", 2), ("/changes.atom", 3)])
def test_the_feeds_are_atom_newest_first(client: TestClient, url: str, entries: int) -> None:
    answer = client.get(url)
    assert answer.headers["content-type"].startswith("application/atom+xml")
    root = ET.fromstring(answer.content)
    assert root.tag == f"{ATOM}feed"
    found = root.findall(f"{ATOM}entry")
    dates = [entry.findtext(f"{ATOM}updated") or "" for entry in found]
    assert len(found) == entries
    assert dates == sorted(dates, reverse=True)
    ids = [entry.findtext(f"{ATOM}id") for entry in found]
    assert len(set(ids)) == len(ids)
    assert "A fresh practice" in (found[0].findtext(f"{ATOM}content") or "")
    links = [entry.find(f"{ATOM}link") for entry in found]
    for link in links:
        assert link is not None
        assert client.get(link.attrib["href"].replace("http://testserver", "")).status_code == 200


def test_a_removed_handbook_has_no_changes_page_and_comes_back_with_it(
    client: TestClient, folder: Path
) -> None:
    with Store.open(folder) as store:
        shelf.remove(store, EXCHANGE, None)
        assert client.get(CHANGES).status_code == 404
        shelf.put_back(store, EXCHANGE, None)
    assert client.get(CHANGES).status_code == 200


@given(st.text(alphabet="ab \n", max_size=40), st.text(alphabet="ab \n", max_size=40))
def test_pieces_hold_the_words_of_both_texts(old: str, new: str) -> None:
    found = pieces(old, new)
    assert "".join(p.text for p in found if p.fate is not Fate.GONE) == new
    before = "".join(p.text for p in found if p.fate is not Fate.NEW)
    assert re.sub(r"\s", "", before) == re.sub(r"\s", "", old)


def test_home_page_shows_what_the_served_edition_brought(client: TestClient) -> None:
    (fresh,) = client.get("/index.json").json()["fresh"]
    assert [record["id"] for record in fresh["records"]] == ["exchange.fresh"]
    assert fresh["total"] == 1
    assert client.get(fresh["url"]).status_code == 200
    assert "A fresh practice" in client.get("/").text
