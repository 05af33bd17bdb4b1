"""The PDF of a handbook: who gets it, under which name, and in which parts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from kb.records import Facet, Origin
from kb.store.store import Store
from tests import web_library
from web.app import create_app
from web.pages.originals import may_be_shared

PDF = "/handbooks/exchange.pdf"


@pytest.fixture
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    settings = web_library.fill(tmp_path_factory.mktemp("library"))
    with TestClient(create_app(settings), raise_server_exceptions=False) as opened:
        yield opened


ALLOWING = """
CC BY; CC BY-NC-ND 4.0; CC0; cc-by-sa 3.0; Creative Commons Attribution; gemeinfrei; Public domain; domaine public;
Licence Ouverte 2.0; Open Government Licence v3.0
"""


@pytest.mark.parametrize("licence", [one.strip() for one in ALLOWING.split(";")])
def test_licences_that_allow_sharing(licence: str) -> None:
    assert may_be_shared(licence)


@pytest.mark.parametrize(
    "licence",
    ["", "All rights reserved", "Alle Rechte vorbehalten", "© 2024 Press", "accredited", "by kind leave"],
)
def test_licences_that_do_not(licence: str) -> None:
    assert not may_be_shared(licence)


def test_the_pdf_is_handed_out_whole_under_its_title(client: TestClient) -> None:
    answer = client.get(PDF)
    assert answer.status_code == 200
    assert answer.content == web_library.pdf("Handbook of exchange", len(web_library.LABELS))
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"] == 'attachment; filename="handbook-of-exchange-1.pdf"'
    assert answer.headers["accept-ranges"] == "bytes"
    assert "content-encoding" not in answer.headers
    assert client.head(PDF).headers["content-length"] == str(len(answer.content))


def test_a_part_is_handed_out_and_nothing_to_those_who_have_it(client: TestClient) -> None:
    whole = client.get(PDF)
    part = client.get(PDF, headers={"Range": "bytes=5-14"})
    assert (part.status_code, part.content) == (206, whole.content[5:15])
    assert part.headers["content-range"] == f"bytes 5-14/{len(whole.content)}"
    again = client.get(PDF, headers={"If-None-Match": whole.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = client.get(PDF, headers={"Range": "bytes=5-14", "If-Range": '"another"'})
    assert (other.status_code, other.content) == (200, whole.content)
    assert client.get(PDF, headers={"Range": "bytes=999999-"}).status_code == 416


@pytest.mark.parametrize("url", ["/practices/exchange.credit", "/handbooks/exchange"])
def test_pages_lead_to_it(client: TestClient, url: str) -> None:
    assert f'href="{PDF}"' in client.get(url).text


@pytest.mark.parametrize(
    "licence",
    [(), (Facet("licence", "CC BY", Origin.INFERRED, 2),), (Facet("licence", "All rights reserved"),)],
)
def test_without_a_stated_licence_to_share_nobody_gets_it(tmp_path: Path, licence: tuple[Facet, ...]) -> None:
    settings = web_library.fill(tmp_path, imprint=licence)
    with TestClient(create_app(settings), raise_server_exceptions=False) as client:
        assert client.get(PDF).status_code == 404
        assert "licence" in client.get(PDF).json()["error"]["detail"]
        assert client.get("/practices/exchange.credit.json").json()["original"] == ""
        with Store.open(settings.data) as store:
            store.set_details("exchange", licence="CC BY 4.0")
        assert client.get(PDF).status_code == 200, "what the owner states counts at once"


def test_one_of_an_edition_there_is_not_is_not_found(client: TestClient) -> None:
    assert client.get(f"{PDF}?edition=9").status_code == 404
    assert client.get("/handbooks/none.pdf").status_code == 404
