"""A new page is a class, what builds it and a route; no other file has to know of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import pytest
from fastapi import APIRouter, Request
from fastapi.testclient import TestClient
from jinja2 import ChoiceLoader, DictLoader
from starlette.responses import Response

from tests import web_library
from web.app import create_app
from web.frame import render, serving
from web.frame.refs import Refs
from web.frame.shown import AnyPage


@dataclass(frozen=True, slots=True)
class CountPage(AnyPage):
    """How many handbooks there are."""

    template: ClassVar[str] = "count.html"
    paths: ClassVar[Mapping[str, str]] = {"/count": "A count"}

    handbooks: int
    """All of them."""


def count_page(refs: Refs) -> CountPage:
    return CountPage("/count", (), len(refs.handbooks))


def test_a_page_is_served_and_described_by_its_class_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for known in ("_described", "_examples"):
        monkeypatch.setattr(serving, known, dict(getattr(serving, known)))
    environment = render.environment()
    assert environment.loader is not None
    text = '{% extends "base.html" %}{% block content %}{{ page.handbooks }} handbooks{% endblock %}'
    monkeypatch.setattr(
        environment, "loader", ChoiceLoader([environment.loader, DictLoader({"count.html": text})])
    )
    router = APIRouter(responses=serving.FAILURES)

    @serving.serve(router, CountPage, lambda given: count_page(given.refs))
    def get_count(request: Request) -> Response:
        """How many there are."""
        return render.respond(request, count_page(serving.refs_of(request)))

    app = create_app(web_library.fill(tmp_path))
    app.include_router(router)
    with TestClient(app) as client:
        assert "2 handbooks" in client.get("/count").text
        assert client.get("/count.json").json() == {"url": "/count", "notice": "", "handbooks": 2}
        described = client.get("/api/openapi.json").json()
        operation = described["paths"]["/count.json"]["get"]
        assert (operation["summary"], operation["description"]) == ("A count", "How many there are.")
        answer = operation["responses"]["200"]["content"]["application/json"]
        assert answer["example"] == client.get("/count.json").json()
        schema = described["components"]["schemas"][answer["schema"]["$ref"].rpartition("/")[2]]
        assert schema["properties"]["handbooks"]["description"] == "All of them."
        assert "GET /count.json" in client.get("/api/docs").text
