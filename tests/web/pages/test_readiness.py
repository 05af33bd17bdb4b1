"""Whether the server is up, and whether model and index are ready."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from kb.search import loading
from kb.search.library import Library
from kb.settings import Settings
from kb.store.store import Store
from tests import web_library
from tests.factories import FakeEncoder
from web.app import create_app


def test_a_server_is_ready_once_model_and_index_are_loaded(tmp_path: Path) -> None:
    encoder = FakeEncoder()
    settings = web_library.fill(tmp_path, encoder)
    app = create_app(settings, lambda settings: Library.open(settings, encoder))
    with TestClient(app) as client:
        first = client.get("/readyz")
        assert (first.status_code, first.json()["reasons"]) == (503, "The index is being opened.")
        assert first.headers["retry-after"]
        client.get("/search", params={"q": "credit"})
        answer = client.get("/readyz")
    assert answer.json() == {"status": "ready", "reasons": ""}
    assert answer.headers["cache-control"] == "no-store"


def test_a_server_whose_model_is_being_loaded_says_so_at_once_and_begins_where_nobody_did(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_go_on, asked = threading.Event(), threading.Event()

    def slow(_: Settings) -> FakeEncoder:
        asked.set()
        assert may_go_on.wait(60)
        return FakeEncoder()

    monkeypatch.setattr(loading, "load_encoder", slow)
    with TestClient(create_app(web_library.fill(tmp_path, FakeEncoder()))) as client:
        for _ in range(2):
            answer = client.get("/readyz")
            assert answer.status_code == 503
            assert answer.json()["reasons"] == "The model is being loaded."
        assert asked.wait(60)
        assert client.get("/healthz").status_code == 200
        may_go_on.set()
        client.get("/search", params={"q": "credit"})
        assert client.get("/readyz").status_code == 200


def test_a_server_without_its_model_is_up_and_not_ready_and_says_why(tmp_path: Path) -> None:
    with TestClient(create_app(web_library.fill(tmp_path))) as client:
        client.get("/search", params={"q": "credit"})
        answer = client.get("/readyz")
        assert answer.status_code == 503
        assert answer.json()["status"] == "not ready"
        assert "no-model" in answer.json()["reasons"]
        assert client.get("/healthz").json()["status"] == "ok"


def test_an_empty_library_is_ready(tmp_path: Path) -> None:
    Store.open(tmp_path).close()
    app = create_app(web_library.settings(tmp_path), lambda settings: Library.open(settings, FakeEncoder()))
    with TestClient(app) as client:
        assert client.get("/readyz").status_code == 200


def test_a_library_that_cannot_be_read_is_neither_up_nor_ready(tmp_path: Path) -> None:
    encoder = FakeEncoder()
    settings = web_library.fill(tmp_path, encoder)
    app = create_app(settings, lambda settings: Library.open(settings, encoder))
    with TestClient(app, raise_server_exceptions=False) as client:
        app.state.library.close()
        shutil.rmtree(tmp_path)
        for address in ("/healthz", "/readyz"):
            answer = client.get(address)
            assert answer.status_code == 503, address
            assert answer.headers["content-type"] == "application/json"
