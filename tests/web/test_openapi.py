"""The OpenAPI description: whole, with examples that answer, and true of every address (schemathesis)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from schemathesis import engine, openapi
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import Status, events
from starlette.types import ASGIApp, Receive, Scope, Send

from kb.search.library import Library
from kb.store.store import Store
from tests import web_library
from tests.factories import FakeEncoder
from web.app import create_app

EXAMPLES = 12
"""Drawn for each address, beside those that schemathesis derives from each parameter's bounds."""
CONFIG = {
    "generation": {"deterministic": True, "max-examples": EXAMPLES, "database": "none"},
    "phases": {"stateful": {"enabled": False}},  # nothing here writes
}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    encoder = FakeEncoder()
    filled = web_library.fill(tmp_path_factory.mktemp("library"), encoder)
    made = create_app(filled, lambda settings: Library.open(settings, encoder))
    with TestClient(made):
        yield made


@pytest.fixture(scope="module")
def client(app: FastAPI) -> TestClient:
    return TestClient(app)  # not entered: the fixture above has opened it


@pytest.fixture(scope="module")
def described(client: TestClient) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/api/openapi.json").json()
    return found


def running(app: FastAPI) -> ASGIApp:
    """The application that is open already: each of schemathesis' clients would open and close it again."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            await app(scope, receive, send)
            return
        for said in ("startup", "shutdown"):
            await receive()
            await send({"type": f"lifespan.{said}.complete"})

    return answer


def operations(described: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in described["paths"].items():
        assert set(methods) == {"get"}, f"{path}: nothing here writes"
        yield path, methods["get"]


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of schemathesis' dependencies
def test_schemathesis_finds_nothing_that_is_not_as_described(app: FastAPI) -> None:
    schema = openapi.from_asgi("/api/openapi.json", running(app), config=SchemathesisConfig.from_dict(CONFIG))
    asked, wrong = Counter[str](), []
    for event in engine.from_schema(schema).execute():
        if isinstance(event, (events.NonFatalError, events.FatalError)):
            wrong.append(f"could not be run: {event}")
        if isinstance(event, events.ScenarioFinished):
            label = event.recorder.label
            asked[label] += len(event.recorder.cases)
            checks = [check for made in event.recorder.checks.values() for check in made]
            failed = [check.failure_info for check in checks if check.status is Status.FAILURE]
            wrong += [f"{label}: {one.failure.title}: {one.code_sample}" for one in failed if one]
    assert wrong == []
    assert len(asked) == len(app.openapi()["paths"])
    assert min(asked.values()) > 1


def test_every_address_says_what_it_answers_and_how_it_fails(described: dict[str, Any]) -> None:
    for path, operation in operations(described):
        assert operation["summary"], path
        assert operation["description"], path
        assert {"200", "400", "404", "422", "503"} <= set(operation["responses"]), path
        for status, response in operation["responses"].items():
            assert response["description"], (path, status)
            if status >= "400":
                error = response["content"]["application/json"]["example"]["error"]
                assert error["status"] == int(status)


def test_every_parameter_has_an_example_of_its_type(described: dict[str, Any]) -> None:
    for path, operation in operations(described):
        for parameter in operation.get("parameters", ()):
            assert parameter["description"], (path, parameter["name"])
            example, schema = parameter["example"], parameter["schema"]
            kinds = {"array": list, "integer": int, "string": str}
            names = [schema.get("type")] + [one.get("type") for one in schema.get("anyOf", ())]
            expected = tuple(kinds[name] for name in names if name in kinds)
            assert isinstance(example, expected or str), (path, parameter["name"])


def test_every_answer_in_json_has_an_example_from_the_library(described: dict[str, Any]) -> None:
    for path, operation in operations(described):
        content = operation["responses"]["200"]["content"]
        if "application/json" in content:
            assert content["application/json"]["example"], path
    practice = described["paths"]["/practices/{record_id}.json"]["get"]["responses"]["200"]
    assert practice["content"]["application/json"]["example"]["record"]["id"] == "guide.cours"


def test_the_examples_of_the_parameters_lead_to_an_answer(
    client: TestClient, described: dict[str, Any]
) -> None:
    for path, operation in operations(described):
        given = operation.get("parameters", ())
        address = path.format(**{one["name"]: one["example"] for one in given if one["in"] == "path"})
        query = {
            one["name"]: one["example"] for one in given if one["in"] == "query" and one["name"] != "page"
        }
        assert client.get(address, params=query).status_code == 200, (address, query)


def test_the_documentation_is_a_page_of_its_own_without_a_foreign_file(client: TestClient) -> None:
    page = client.get("/api/docs")
    assert page.status_code == 200
    assert "//" not in page.headers["content-security-policy"]
    for path in client.get("/api/openapi.json").json()["paths"]:
        assert f"GET {path}" in page.text


@pytest.mark.parametrize(("asked", "led"), [("/api", "/api/docs"), ("/api.json", "/api/docs.json")])
def test_the_old_address_leads_to_it(client: TestClient, asked: str, led: str) -> None:
    answer = client.get(asked, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (308, led)


def test_the_description_is_served_while_the_library_is_empty(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("empty")
    with Store.open(folder):
        pass
    with TestClient(create_app(web_library.settings(folder))) as client:
        described = client.get("/api/openapi.json").json()
        assert client.get("/api/docs").status_code == 200
    assert "/search.json" in described["paths"]
