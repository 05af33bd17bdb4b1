"""What strangers send to the addresses that programs ask is answered by the protocol, or by 404; nothing breaks."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree as ET

import pytest
from fastapi.testclient import TestClient

from benchmarks import hostile
from tests import web_library
from web.app import create_app
from web.pages.harvest_tokens import ResumptionToken


@pytest.fixture(scope="module")
def visitor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    folder = tmp_path_factory.mktemp("library")
    with TestClient(create_app(web_library.fill(folder))) as opened:
        yield opened


def test_whatever_is_sent_to_oai_is_answered_by_the_protocol(visitor: TestClient) -> None:
    asked = [address for address in hostile.addresses() if address.startswith("/oai")]
    assert len(asked) > 200
    for address in asked:
        answer = visitor.get(address)
        assert answer.status_code == 200, address
        root = ET.fromstring(answer.content)
        assert root.find("{*}error") is not None or len(root) == 3, address


@pytest.mark.parametrize(
    "sent", [b"\xff\xfe\x00", b"verb=%ff%00", b"&" * 5000, b"verb=" + b"%41" * 5000, b"=" * 9000]
)
def test_whatever_form_is_sent_is_answered_by_the_protocol(visitor: TestClient, sent: bytes) -> None:
    answer = visitor.post("/oai", content=sent)
    assert answer.status_code == 200
    assert ET.fromstring(answer.content).find("{*}error") is not None


def test_large_questions_get_small_answers(visitor: TestClient) -> None:
    for address in hostile.large(20_000):
        if address.startswith("/oai"):
            answer = visitor.get(address)
            assert answer.status_code == 200
            assert len(answer.content) < 2000


def test_names_of_nothing_have_no_links(visitor: TestClient) -> None:
    asked = [address for address in hostile.addresses() if address.startswith("/linksets/")]
    assert len(asked) > 50
    for address in asked:
        assert visitor.get(address).status_code in (404, 422), address


def test_a_token_that_somebody_made_asks_for_nothing_that_is_not_there(visitor: TestClient) -> None:

    for chosen, since, last, cursor in (
        ("handbook:%", "", "", 0),
        ("handbook:' OR 1=1 --", "", "", 0),
        ("kind:practice", "x", "\ud800", 5),
        ("", "", "\x00", 2**52),
        ("nothing", "9999", "z" * 500, 1),
    ):
        token = ResumptionToken("ListRecords", "oai_dc", chosen, since, "", "", last, cursor, 2**40).text
        answer = visitor.get("/oai", params={"verb": "ListRecords", "resumptionToken": token})
        assert answer.status_code == 200
        ET.fromstring(answer.content)
