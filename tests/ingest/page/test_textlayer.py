from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from ingest import pipeline
from ingest.page.raw import RawPage, Style, Word
from ingest.page.textlayer import printed_lines
from kb.records import Edition
from kb.search.library import Library
from tests import web_library
from web.app import create_app
from web.frame import page_words as textlayer

STYLE = Style(10, bold=False, italic=False, font="Serif", color=0)


def word(text: str, x0: float, x1: float, baseline: float = 20, has_space: bool = True) -> Word:
    return Word(text, (x0, baseline - 8, x1, baseline + 2), baseline, STYLE, has_space)


def lines_of(*words: Word) -> list[list[str]]:
    page = RawPage(1, 400, 600, words, (), (), 0.0)
    return [[text for text, *_ in line] for line in printed_lines(page)]


def test_words_next_to_each_other_share_a_line_and_columns_do_not() -> None:
    assert lines_of(word("in", 10, 20), word("time", 23, 40), word("Aside", 90, 120)) == [
        ["in", "time"],
        ["Aside"],
    ]
    assert lines_of(word("one", 10, 20), word("two", 10, 20, baseline=32)) == [["one"], ["two"]]


def test_pieces_of_a_word_are_put_together_and_its_hyphen_is_one() -> None:
    page = RawPage(1, 400, 600, (word("vir", 10, 20), word("tu\ufffe", 20, 30, has_space=False)), (), (), 0.0)
    assert printed_lines(page) == [[("virtu-", 10, 12, 30, 22)]]


@pytest.fixture
def library(tmp_path: Path) -> tuple[Path, Edition]:
    settings = web_library.fill(tmp_path)
    with Library.open(settings) as opened:
        edition = opened.snapshot().edition("exchange")
        return opened.store.pdf_path(edition.sha256), edition


def test_words_of_a_real_page_stand_where_they_are_printed(
    tmp_path: Path, library: tuple[Path, Edition]
) -> None:
    pdf, edition = library
    (line,) = textlayer.lines(textlayer.words(tmp_path / "cache", pdf, edition, 3))
    assert line.text == "Handbook of exchange: PDF page 3"
    assert line.box == pytest.approx(web_library.PRINTED, abs=6)


def test_words_are_read_once(
    tmp_path: Path, library: tuple[Path, Edition], monkeypatch: pytest.MonkeyPatch
) -> None:
    pdf, edition = library
    before = textlayer.words(tmp_path / "cache", pdf, edition, 3)
    monkeypatch.setattr(pipeline, "page_words", lambda *_: pytest.fail("read again"))
    assert textlayer.words(tmp_path / "cache", pdf, edition, 3) == before


def test_page_that_cannot_be_read_has_no_words_and_nothing_is_kept(
    tmp_path: Path, library: tuple[Path, Edition]
) -> None:
    pdf, edition = library
    assert textlayer.words(tmp_path / "cache", pdf.with_name("gone.pdf"), edition, 3) == []
    assert textlayer.words(tmp_path / "cache", pdf, replace(edition, pages=()), 99) == []
    assert not list((tmp_path / "cache").rglob("*words.json"))


def test_damaged_cache_is_no_words(tmp_path: Path, library: tuple[Path, Edition]) -> None:
    pdf, edition = library
    kept = tmp_path / "cache" / edition.sha256 / "3-words.json"
    kept.parent.mkdir(parents=True)
    kept.write_text("[[1]]")
    assert textlayer.words(tmp_path / "cache", pdf, edition, 3) == []


def test_viewer_marks_what_is_looked_for_and_leads_to_the_other_pages(
    tmp_path: Path,
) -> None:
    settings = web_library.fill(tmp_path)
    with TestClient(create_app(settings)) as client:
        found = client.get("/handbooks/exchange/pages.json", params={"find": "second lines"}).json()
        assert found["total"] == len(found["leaves"]) == 5
        assert all(leaf["snippets"] for leaf in found["leaves"])
        everything = client.get("/handbooks/exchange/pages.json").json()
        assert everything["total"] == 6
        html = client.get(found["leaves"][0]["place"]["url"]).text
        assert "All pages with it" in html
        assert (
            client.get("/handbooks/exchange/pages", params={"find": "zeppelin"}).text.count("No page of this")
            == 1
        )
        refused = client.get("/handbooks/exchange/pages.json", params={"find": "?"})
        assert refused.status_code == 400
        assert "no word" in json.dumps(refused.json())
        leaf = client.get("/handbooks/exchange/pages/3", params={"find": "page"}).text
        assert 'class="words"' in leaf


def test_both_parts_of_a_broken_word_are_marked() -> None:
    first, second = ("mo-", 10.0, 12.0, 30.0, 22.0), ("bility", 5.0, 24.0, 25.0, 34.0)
    assert textlayer.matching([[first], [second]], "mobility", "en") == (first[1:], second[1:])
    assert textlayer.matching([[first], [second]], "bility", "en") == (second[1:],)
