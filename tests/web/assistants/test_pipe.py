"""`kb mcp`: an assistant starts it, and asks on its stdin."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from mcp import Client

from kb.settings import Settings
from tests import web_library
from tests.web.assistants.asking import MODES, over_a_pipe, text_of


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return web_library.fill(tmp_path_factory.mktemp("pipe"))


@pytest.mark.slow
@pytest.mark.parametrize("mode", MODES)
def test_an_assistant_searches_shows_and_sees_pages_over_a_pipe(settings: Settings, mode: str) -> None:
    async def work(client: Client) -> None:
        tools = (await client.list_tools()).tools
        assert next(one.title for one in tools if one.name == "search") == "Nach Bedarf suchen"
        found = await client.call_tool("search", {"need": "credit for an online exchange"})
        first = found.structured_content["hits"][0]["record"]
        assert first["address"] == f"https://kb.example.org/practices/{first['id']}"
        assert "Praxisbeispiel" in text_of(found)
        shown = await client.call_tool("show", {"record": first["id"], "language": "sv"})
        assert "Praxisexempel" in text_of(shown)
        picture = await client.call_tool("page_picture", {"handbook": "exchange", "page": 3})
        assert picture.content[1].type == "image"
        lost = await client.call_tool("show", {"record": "none"})
        assert lost.is_error

    over_a_pipe(
        settings.data,
        settings.model,
        work,
        "--language",
        "de",
        "--address",
        "https://kb.example.org/",
        mode=mode,
    )


@pytest.mark.slow
def test_where_the_public_address_is_not_known_answers_have_paths(settings: Settings) -> None:
    async def work(client: Client) -> str:
        found = await client.call_tool("handbooks", {})
        address: str = found.structured_content["handbooks"][0]["address"]
        return address

    assert over_a_pipe(settings.data, settings.model, work).startswith("/handbooks/")


def _run(*words: str, data: Path, sent: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "cli.main", "mcp", *words],
        input=sent,
        capture_output=True,
        text=True,
        check=False,
        env={
            "KB_DATA": str(data),
            "KB_MODEL": str(data / "no-model"),
            "PATH": "",
            "PYTHONPATH": ":".join(sys.path),
        },
    )


def test_options_that_are_none_are_said_before_anything_is_opened(tmp_path: Path) -> None:
    for words, said in (
        (("--language", "xx"), "--language xx: there is none; use one of en, de"),
        (("--address", "kb.example.org"), "not a web address"),
    ):
        done = _run(*words, data=tmp_path)
        assert done.returncode == 1
        assert said in done.stderr
        assert done.stdout == ""


def test_it_ends_with_its_input_and_says_nothing_else_on_stdout(settings: Settings) -> None:
    done = _run(data=settings.data, sent="this is no message\n")
    assert done.returncode == 0
    assert all(line.startswith('{"jsonrpc"') for line in done.stdout.splitlines())
    assert "Traceback" not in done.stderr
