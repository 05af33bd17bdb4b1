"""The tools of assistants over HTTP: what each answers, and what it says where it cannot."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import anyio
import httpx2
import pytest
from jsonschema import Draft202012Validator
from mcp import Client
from mcp_types import Tool

from kb.care import shelf
from kb.measure.missed import tally
from kb.records import Kind, Record
from kb.search.library import Library
from kb.settings import Settings
from kb.store.store import Store
from kb.words.languages import LANGUAGES
from tests import browsing, web_library
from tests.factories import FakeEncoder, stage
from tests.web.assistants.asking import MODES, calling, over_http, refused, text_of, told
from web.app import create_app
from web.assistants import arguments, telling, tooling
from web.assistants.allowance import Allowance

NEED = "credit for an online exchange"
TOOLS = {"search", "show", "similar", "compare", "handbooks", "page_picture"}


@contextmanager
def served(settings: Settings) -> Iterator[str]:
    with browsing.running(create_app(settings, lambda it: Library.open(it, FakeEncoder()))) as url:
        yield url


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return web_library.fill(tmp_path_factory.mktemp("assistants"), FakeEncoder())


@pytest.fixture(scope="module")
def url(settings: Settings) -> Iterator[str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("web.assistants.Allowance", lambda: Allowance(calls=10_000))
        with served(settings) as address:
            yield address


async def _tools(client: Client) -> list[Tool]:
    return (await client.list_tools()).tools


@pytest.mark.parametrize("mode", MODES)
def test_every_tool_is_read_only_and_says_what_it_takes_and_gives(url: str, mode: str) -> None:
    tools = over_http(url, _tools, mode)
    assert {tool.name for tool in tools} == TOOLS
    for tool in tools:
        assert tool.annotations is not None
        assert tool.annotations.read_only_hint is True
        assert tool.annotations.destructive_hint is False
        assert tool.annotations.open_world_hint is False
        assert tool.title
        assert tool.description
        for schema in (tool.input_schema, tool.output_schema):
            assert schema is not None
            Draft202012Validator.check_schema(schema)
            assert schema["type"] == "object"
        assert all(one["description"] for one in tool.input_schema["properties"].values())


@pytest.mark.parametrize("language", LANGUAGES)
def test_tools_are_described_in_the_language_that_is_asked_for(url: str, language: str) -> None:
    asked_for = over_http(url, _tools, headers={"Accept-Language": f"{language};q=0.9, xx"})
    at_its_address = over_http(f"{url}/{language}", _tools)
    assert [one.description for one in asked_for] == [one.description for one in at_its_address]
    english = [one.description for one in over_http(url, _tools)]
    same = [one for one, other in zip(asked_for, english, strict=True) if one.description == other]
    assert bool(same) is (language == "en")


@pytest.mark.parametrize("mode", MODES)
def test_a_hit_names_handbook_edition_page_address_and_how_each_value_is_known(url: str, mode: str) -> None:
    found = over_http(url, calling("search", need=NEED), mode)
    data = told(found)
    first = next(one for one in data["hits"] if one["record"]["id"] == "exchange.credit")
    at = first["record"]["at"]
    assert (at["handbook"], at["edition"], at["page"], at["printed"]) == ("exchange", 1, 3, "1")
    assert first["record"]["address"] == f"{url}/practices/exchange.credit"
    assert httpx2.get(at["address"], trust_env=False).status_code == 200
    assert httpx2.get(first["quote_address"], trust_env=False).status_code == 200
    known = {one["name"]: (one["value"], one["status"], one["page"]) for one in first["values"]}
    assert known["institution"] == ("University of Bucharest", "stated", 3)
    assert known["country"] == ("Romania", "inferred", None)
    assert known["theme"] == ("", "absent", None)
    text = text_of(found)
    assert "> Institution, stated, PDF p. 3: University of Bucharest" in text
    assert "> Country, inferred: Romania" in text
    assert "Not stated in the handbook: Theme, Format, Level" in text


def test_a_value_in_other_words_says_which(url: str) -> None:
    values = told(over_http(url, calling("show", record="exchange.tandem")))["values"]
    country = next(one for one in values if one["name"] == "country")
    assert (country["status"], country["mapped_from"]) == ("mapped", "the Swedish side")


def test_a_search_is_filtered_by_words_of_any_language_paged_and_sorted(url: str) -> None:
    french = told(over_http(url, calling("search", need=NEED, filters={"country": ["roumanie"]})))
    assert [one["record"]["id"] for one in french["hits"]] == ["exchange.credit"]
    tools = told(over_http(url, calling("search", need=NEED, kinds=["tool"])))
    assert {one["record"]["kind"] for one in tools["hits"]} == {"tool"}
    whole = told(over_http(url, calling("search", need=NEED)))
    second = told(over_http(url, calling("search", need=NEED, page=2, page_size=1)))
    assert (second["page"], second["pages"]) == (2, whole["total"])
    assert second["hits"][0]["record"]["id"] == whole["hits"][1]["record"]["id"]
    by_title = told(over_http(url, calling("search", need=NEED, sort="title")))
    titles = [one["record"]["title"].casefold() for one in by_title["hits"]]
    assert titles == sorted(titles)


def test_a_search_says_how_to_narrow_it_and_its_values_are_taken_as_they_are_named(url: str) -> None:
    data = told(over_http(url, calling("search", need=NEED)))
    for group in data["narrow"]:
        for one in group["values"]:
            given: dict[str, Any] = (
                {"kinds": [one["value"]]}
                if group["filter"] == "kinds"
                else {"filters": {group["filter"]: [one["value"]]}}
            )
            narrowed = told(over_http(url, calling("search", need=NEED, **given)))
            assert narrowed["total"] == one["count"], (group["filter"], one)


def test_a_search_that_nothing_answers_says_so(url: str) -> None:
    found = over_http(url, calling("search", need="zeppelin zeppelin qwxz"))
    assert told(found)["no_match"]
    assert "Nothing in this library answers this" in text_of(found)


def test_a_record_is_shown_word_for_word_with_the_place_of_each_field(url: str) -> None:
    found = over_http(url, calling("show", record="exchange.credit"))
    data = told(found)
    own = next(one for one in web_library.RECORDS if one.id == "exchange.credit")
    assert [one["text"] for one in data["fields"]] == [one.text for one in own.fields]
    assert [one["at"]["page"] for one in data["fields"]] == [one.page for one in own.fields]
    assert {one["status"] for one in data["fields"]} == {"stated"}
    assert {one["name"] for one in data["values"] if one["status"] == "absent"} == {
        "theme",
        "format",
        "level",
    }
    assert [one["id"] for one in data["tools"]] == ["exchange.agreement"]
    assert data["original"] == f"{url}/handbooks/exchange.pdf"
    assert "> • Three joint seminars" in text_of(found)


def test_an_address_is_taken_for_an_id(url: str) -> None:
    for given in (f"{url}/practices/exchange.credit?field=1#page", "/de/practices/exchange.credit.json"):
        assert told(over_http(url, calling("show", record=given)))["record"]["id"] == "exchange.credit"


def test_a_long_record_is_cut_and_the_rest_comes_field_by_field(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telling, "MOST_TEXT", 100)
    monkeypatch.setattr(telling.Answers._fields, "__defaults__", (100,))
    found = over_http(url, calling("show", record="exchange.credit"))
    fields = told(found)["fields"]
    assert [one["is_cut"] for one in fields] == [False, True]
    assert "ask to show field 2 of this record" in text_of(found)
    second = told(over_http(url, calling("show", record="exchange.credit", field=2)))["fields"]
    assert [(one["number"], one["is_cut"]) for one in second] == [(2, False)]


def test_records_are_compared_and_what_one_lacks_is_said(url: str) -> None:
    found = over_http(url, calling("compare", records=["exchange.credit", "guide.cours"]))
    data = told(found)
    rows = {row["name"]: row["sides"] for row in data["rows"]}
    assert [side["is_absent"] for side in rows["institution"]] == [False, True]
    assert [side["is_absent"] for side in rows["theme"]] == [True, False]
    assert rows["theme"][1]["values"][0]["status"] == "inferred"
    assert "guide.cours: Not stated in the handbook" in text_of(found)


def test_similar_records_come_with_reasons_or_are_said_to_be_none(url: str) -> None:
    data = told(over_http(url, calling("similar", record="exchange.agreement")))
    assert data["record"]["id"] == "exchange.agreement"
    section = over_http(url, calling("similar", record="exchange.why"))
    assert told(section)["similar"] == []
    assert "Nothing is known to resemble it." in text_of(section)


def test_every_handbook_is_listed_with_whose_it_is(url: str) -> None:
    books = told(over_http(url, calling("handbooks")))["handbooks"]
    assert {one["id"]: one["language"] for one in books} == {"exchange": "en", "guide": "fr"}
    stated = {one["name"]: one["status"] for one in books[0]["imprint"]}
    assert (stated["year"], stated["publisher"], stated["licence"]) == ("stated", "inferred", "mapped")


def test_a_page_comes_as_a_picture_with_its_text_and_records(url: str) -> None:
    found = over_http(url, calling("page_picture", handbook="exchange", page=3, width=480))
    data = told(found)
    assert (data["at"]["page"], data["at"]["printed"], data["pages"]) == (3, "1", 6)
    assert "Handbook of exchange: PDF page 3" in data["text"]
    assert "exchange.credit" in {one["id"] for one in data["records"]}
    picture = found.content[1]
    assert picture.type == "image"
    assert picture.mime_type == "image/png"
    shown = httpx2.get(f"{url}/handbooks/exchange/pages/3.png", params={"width": 480}, trust_env=False)
    assert base64.b64decode(picture.data) == shown.content


@pytest.mark.parametrize(
    ("name", "given", "said"),
    [
        ("search", {}, "need: field required; the arguments are"),
        ("search", {"need": " "}, "need: nothing is asked; say"),
        ("search", {"need": "a" * 2001}, "2000"),
        ("search", {"need": "?!"}, "no word to search for; say"),
        (
            "search",
            {"need": NEED, "filters": {"colour": ["red"]}},
            "filters.colour: there is no such filter; use",
        ),
        (
            "search",
            {"need": NEED, "filters": {"country": ["Atlantis"]}},
            "no record has it; this library has",
        ),
        ("search", {"need": NEED, "kinds": ["poem"]}, "'practice', 'tool', 'annex' or 'section'"),
        ("search", {"need": NEED, "page": 0}, "page: input should be greater"),
        ("search", {"need": NEED, "page": 999}, "page=999: there are 1 pages of answers"),
        ("search", {"need": NEED, "page_size": 51}, "page_size: input should be less than or equal to 50"),
        ("search", {"need": NEED, "language": "xx"}, "not a language of the interface; use one of en, de"),
        ("search", {"need": NEED, "language": ["de"]}, "language: input should be a valid string"),
        ("search", {"need": NEED, "limit": 3}, "limit: unexpected keyword argument; the arguments are"),
        ("search", {"need": ["a"]}, "need: input should be a valid string"),
        ("show", {"record": "exchange.none"}, "no such record in this library; search finds ids"),
        ("show", {"record": "exchange.credit", "edition": 7}, "edition 7"),
        ("show", {"record": "exchange.credit", "field": 9}, "field=9: exchange.credit has 2"),
        ("similar", {"record": "../../etc/passwd"}, "passwd: no such record"),
        ("compare", {"records": ["exchange.credit"]}, "two to four different records"),
        ("compare", {"records": ["exchange.credit"] * 3}, "two to four different records"),
        ("compare", {"records": [f"r{n}" for n in range(5)]}, "at most 4 can be compared"),
        ("page_picture", {"handbook": "exchange", "page": 7}, "its pages run from 1 to 6"),
        ("page_picture", {"handbook": "nope", "page": 1}, "nope"),
        ("page_picture", {"handbook": "exchange", "page": 1, "width": 12345}, "width=12345"),
        ("delete", {}, "delete: there is no such tool; use one of search"),
    ],
)
def test_what_cannot_be_answered_says_why_and_what_can(
    url: str, name: str, given: dict[str, Any], said: str
) -> None:
    assert said in refused(over_http(url, calling(name, **given)))


def test_records_that_are_not_published_or_withdrawn_are_not_told(tmp_path: Path) -> None:
    settings = web_library.fill(tmp_path, FakeEncoder())
    with Store.open(tmp_path) as store:
        stage(store, (), "secret")
        shelf.remove(store, "guide", FakeEncoder())
    with served(settings) as url:
        for tool, given in (
            ("show", {"record": "secret-practice"}),
            ("similar", {"record": "secret-practice"}),
            ("compare", {"records": ["secret-practice", "exchange.credit"]}),
            ("show", {"record": "guide.cours"}),
            ("show", {"record": "guide.cours", "edition": 1}),
            ("page_picture", {"handbook": "guide", "page": 1}),
            ("page_picture", {"handbook": "secret", "page": 1}),
        ):
            assert refused(over_http(url, calling(tool, **given))), (tool, given)
        books = told(over_http(url, calling("handbooks")))["handbooks"]
        assert [one["id"] for one in books] == ["exchange"]
        found = told(over_http(url, calling("search", need="cours commun à distance")))
        assert "guide" not in {one["record"]["at"]["handbook"] for one in found["hits"]}


def test_an_empty_library_says_that_it_is_empty(tmp_path: Path) -> None:
    Store.open(tmp_path).close()
    with served(web_library.settings(tmp_path)) as url:
        found = over_http(url, calling("search", need=NEED))
        assert told(found)["no_match"] or told(found)["total"] == 0
        assert "This library holds no handbook yet." in text_of(found)
        assert "This library holds no handbook yet." in text_of(over_http(url, calling("handbooks")))


def test_searches_of_assistants_are_counted_like_those_of_people(tmp_path: Path) -> None:
    """A library of its own: other servers write their counts at times."""
    settings = web_library.fill(tmp_path, FakeEncoder())
    app = create_app(settings, lambda it: Library.open(it, FakeEncoder()))
    with browsing.running(app) as url:
        over_http(url, calling("search", need="zeppelin qwxz"))
        app.state.counter.flush()
    assert tally(settings.data).days[0].asked == 1


def test_an_unforeseen_error_tells_nothing_of_the_inside(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> None:
        raise RuntimeError("secret /path/of/this/machine")

    monkeypatch.setattr(tooling, "answer", fail)

    async def work(client: Client) -> str:
        try:
            return str(await client.call_tool("handbooks", {}))
        except Exception as error:  # noqa: BLE001 - whichever the SDK raises
            return str(error)

    for mode in MODES:
        said = over_http(url, work, mode)
        assert said
        assert "secret" not in said
        assert "/path" not in said


def test_every_argument_of_every_tool_is_described() -> None:
    taken = {
        name
        for tool in tooling.TOOLS
        for name in arguments.schema(tool.takes, tooling.ARGUMENTS)["properties"]
    }
    assert taken == set(tooling.ARGUMENTS)


def test_many_assistants_are_answered_at_once(url: str) -> None:
    async def work(client: Client) -> int:
        found: list[bool] = []

        async def one() -> None:
            found.append(bool((await client.call_tool("show", {"record": "exchange.credit"})).is_error))

        async with anyio.create_task_group() as group:
            for _ in range(20):
                group.start_soon(one)
        return found.count(False)

    assert over_http(url, work) == 20


def test_a_record_of_any_kind_can_be_shown(url: str) -> None:
    for record in web_library.RECORDS:
        assert isinstance(record, Record)
        assert Kind(told(over_http(url, calling("show", record=record.id)))["record"]["kind"]) is record.kind


def test_what_the_library_says_comes_in_the_language_of_the_answer(url: str) -> None:
    english = told(over_http(url, calling("search", need='tool:Zeppelin "credit"')))["remarks"]
    german = told(over_http(url, calling("search", need='tool:Zeppelin "credit"', language="de")))["remarks"]
    assert english
    assert german
    assert english != german
