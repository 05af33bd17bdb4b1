"""Requests that name another host: DNS rebinding, and pages whose links would lead elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from kb.errors import InputError
from kb.search.library import Library
from kb.settings import Settings
from tests import web_library
from web.app import create_app


@pytest.fixture(scope="module")
def visitor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    settings = replace(web_library.fill(tmp_path_factory.mktemp("hosts")), hosts=("kb.example.org",))
    with (
        Library.open(settings) as library,
        TestClient(create_app(settings, lambda _: library), base_url="http://192.0.2.7:8000") as web,
    ):
        yield web


@pytest.mark.parametrize(
    "host",
    [
        "kb.example.org",
        "KB.example.org:8443",
        "kb.example.org.",
        "localhost",
        "localhost:8000",
        "kb.localhost",
        "127.0.0.1:80",
        "127.9.9.9",
        "[::1]:8000",
        "192.0.2.7",  # where the connection came to
    ],
)
def test_names_of_this_server_are_answered(visitor: TestClient, host: str) -> None:
    assert visitor.get("/", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8000",
        "kb.example.org.evil.example",
        "kb.example.org@evil.example",
        "kb.example.org:80@evil.example",
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "192.0.2.8",
        "[2001:db8::1]",
        "[::1].evil.example",
        "2130706433",
        "0.0.0.0",
        "",
        " ",
        ":",
        "a/../b",
        '"><script>',
    ],
)
@pytest.mark.parametrize(
    "path", ["/", "/index.json", "/search?q=x", "/static/site.css", "/admin", "/sitemap.xml"]
)
def test_other_names_are_not(visitor: TestClient, host: str, path: str) -> None:
    answer = visitor.get(path, headers={"Host": host}, follow_redirects=False)
    assert answer.status_code == 400
    assert "KB_HOSTS" in answer.text
    assert "evil" not in answer.text
    assert "script" not in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("given", ["http://kb.example.org", "kb.example.org:80", "*", "a b/c", "ä.example"])
def test_a_host_setting_that_is_none_is_said(given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KB_HOSTS", given)
    with pytest.raises(InputError, match="KB_HOSTS"):
        Settings.from_environment()


@pytest.mark.parametrize("given", ["*", "nginx", "10.0.0.1:80", "10.0.0.1/99", "10.0.0.1/8"])
def test_a_proxy_setting_that_is_none_is_said(given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KB_PROXIES", given)
    with pytest.raises(InputError, match="KB_PROXIES"):
        Settings.from_environment()


def test_settings_list_hosts_and_proxies(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("KB_DATA", str(tmp_path))
    monkeypatch.setenv("KB_HOSTS", "KB.example.org, [::2] other")
    monkeypatch.setenv("KB_PROXIES", "10.0.0.1,fd00::/8")
    found = Settings.from_environment()
    assert found.hosts == ("kb.example.org", "[::2]", "other")
    assert found.proxies == ("10.0.0.1/32", "fd00::/8")
