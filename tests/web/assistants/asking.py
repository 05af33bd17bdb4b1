"""An assistant, by the client of the official SDK: over HTTP and over a pipe, by both ways the protocol begins."""

from __future__ import annotations

import os
import sys
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import anyio
import httpx2
from mcp import Client, StdioServerParameters, stdio_client
from mcp.client.streamable_http import streamable_http_client
from mcp_types import CallToolResult

Made = TypeVar("Made")
Work = Callable[[Client], Awaitable[Made]]
MODES = ("auto", "legacy")
"""The protocol of today, and the handshake of the years before."""


def over_http(
    url: str, work: Work[Made], mode: str = "auto", headers: Mapping[str, str] | None = None
) -> Made:
    """What a client of the server at an address makes."""

    async def run() -> Made:
        async with (
            httpx2.AsyncClient(headers=dict(headers or {}), timeout=60, trust_env=False) as http,
            Client(streamable_http_client(f"{url}/mcp", http_client=http), mode=mode) as client,
        ):
            return await work(client)

    return anyio.run(run)


def over_a_pipe(data: Path, model: str, work: Work[Made], *options: str, mode: str = "auto") -> Made:
    """What a client of `kb mcp` makes."""

    async def run() -> Made:
        command = StdioServerParameters(
            command=sys.executable,
            args=["-m", "cli.main", "mcp", *options],
            env={**os.environ, "KB_DATA": str(data), "KB_MODEL": model},
        )
        async with Client(stdio_client(command), mode=mode) as client:
            return await work(client)

    return anyio.run(run)


def calling(name: str, **given: Any) -> Work[CallToolResult]:
    """Call one tool."""

    async def work(client: Client) -> CallToolResult:
        found = await client.call_tool(name, given)
        assert isinstance(found, CallToolResult)
        return found

    return work


def text_of(found: CallToolResult) -> str:
    """What a call was answered with, as text."""
    first = found.content[0]
    assert first.type == "text"
    return first.text


def told(found: CallToolResult) -> dict[str, Any]:
    """The same as data; fails where it is an error."""
    assert not found.is_error, text_of(found)
    data: dict[str, Any] = found.structured_content
    return data


def refused(found: CallToolResult) -> str:
    """Why a call could not be answered."""
    assert found.is_error
    assert found.structured_content is None
    return text_of(found)
