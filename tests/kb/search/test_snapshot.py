"""One snapshot of the library a request: a page is whole of one edition, whatever is published while it is made."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from kb.search.library import Library
from kb.search.query import Query
from kb.store.store import Store
from tests import web_library
from tests.factories import FakeEncoder
from tests.kb.search.test_earlier import TANDEM, publish_second
from tests.web_library import EXCHANGE
from web.app import create_app
from web.frame.refs import Refs


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    web_library.fill(tmp_path, FakeEncoder())
    return tmp_path


@pytest.fixture
def client(folder: Path) -> Iterator[TestClient]:
    settings = web_library.settings(folder)
    app = create_app(settings, lambda settings: Library.open(settings, FakeEncoder()))
    with TestClient(app) as opened:
        yield opened


def shown(client: TestClient, url: str) -> str:
    return re.sub(r"took_ms[^0-9]+[0-9.]+", "", client.get(url).text)


@pytest.mark.parametrize(
    "url",
    [
        "/index.json",
        "/api/docs.json",
        "/browse.json",
        "/browse.json?by=tool",
        "/handbooks/exchange.json",
        "/search.json?q=students+languages+credit",
        "/map.json?q=students+languages",
        "/shortlist.json?id=exchange.tandem&id=exchange.agreement&q=credit",
        "/compare.json?id=exchange.tandem&id=exchange.credit",
        "/practices/exchange.credit.json",
        "/handbooks/exchange/pages/4.json",
        "/handbooks/exchange/changes.json",
        "/handbooks/exchange/changes.atom",
    ],
)
def test_page_is_whole_of_the_edition_that_was_served_when_it_was_asked_for(
    client: TestClient, folder: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = shown(client, url)
    with Store.open(folder) as store:
        name = Refs.handbook

        def interrupted(refs: Refs, handbook: str) -> Any:
            if store.handbook(EXCHANGE).edition == 1:
                publish_second(store, FakeEncoder())
            return name(refs, handbook)

        monkeypatch.setattr(Refs, "handbook", interrupted)
        during = shown(client, url)
        assert store.handbook(EXCHANGE).edition == 2
    assert during == before
    assert shown(client, url) != before


def test_snapshot_answers_from_its_generation_for_as_long_as_it_is_kept(folder: Path) -> None:
    with Library.open(web_library.settings(folder), FakeEncoder()) as library:
        kept = library.snapshot(to_search=True)
        with Store.open(folder) as store:
            publish_second(store, FakeEncoder())
        now = library.snapshot()
        assert (kept.edition(EXCHANGE).number, now.edition(EXCHANGE).number) == (1, 2)
        assert "exchange.tandem" in {hit.record.id for hit in kept.search(Query(TANDEM)).hits}
        assert "exchange.tandem" not in {hit.record.id for hit in now.search(Query(TANDEM)).hits}
        assert {record.edition for record in kept.records(EXCHANGE)} == {1}
        assert kept.earlier(Query(TANDEM)).total == 0
        assert now.earlier(Query(TANDEM)).hits[0].record.id == "exchange.tandem"
