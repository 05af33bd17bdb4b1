"""The protocol itself, by its official SDK, which takes its time to load: imported when the first assistant asks."""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable
from functools import cache, partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import anyio
import anyio.to_thread
import mcp_types as types
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from kb import KbError, NotFoundError
from kb.search import Library
from web.assistants import arguments, tooling
from web.assistants.allowance import Allowance
from web.assistants.doorway import Counting
from web.assistants.telling import Answers
from web.assistants.tooling import Reply, Tool
from web.frame import Json, Refs, client_of, language, pictures

NAME = "practice-kb"
MOST_BODY = 64 * 2**10
"""Bytes of one message."""
_COMMAND = re.compile(r"; kb [^;]*$")
"""A next step for those who have the command line."""
_HINT = "; search finds ids of records, handbooks lists those of handbooks"

_log = logging.getLogger(__name__)
Context = Any  # the SDK's, of which the HTTP request alone is looked at


class Desk:
    """Answers calls of tools from one library; `cache` is where pictures of pages are kept."""

    def __init__(
        self,
        library: Library,
        cache: Path,
        note: Counting,
        called: Callable[[str, bool], None],
        allowance: Allowance,
    ) -> None:
        self._library, self._cache, self._note, self._allowance = library, cache, note, allowance
        self._called = called

    async def call(
        self, name: str, given: Json, usual: str, origin: str, client: str
    ) -> types.CallToolResult:
        """Answer a call in a language; what cannot be answered is a result that says why and what can."""
        found = await self._answered(name, given, usual, origin, client)
        self._called(name if name in tooling.BY_NAME else "other", found.is_error)
        return found

    async def _answered(
        self, name: str, given: Json, usual: str, origin: str, client: str
    ) -> types.CallToolResult:
        try:
            tooling.speak(given, usual)
            self._allowance.take(client)
            tool = tooling.tool_named(name)
            made = await self._made(tool, given, origin)
        except KbError as error:
            is_lost = isinstance(error, NotFoundError)
            return _failed(_COMMAND.sub("", str(error))[:1000] + (_HINT if is_lost else ""))
        except Exception as error:  # noqa: BLE001 - the SDK would send its words to whoever asks
            _log.error("%s: %s", name[:40], type(error).__name__, exc_info=error)
            return _failed("This could not be answered, through no fault of the question; try again later")
        content: list[Any] = [types.TextContent(text=made.text)]
        if made.picture:
            content.append(types.ImageContent(data=made.picture, mime_type="image/png"))
        return types.CallToolResult(content=content, structured_content=made.data)

    async def _made(self, tool: Tool, given: Json, origin: str) -> Reply:
        def answers() -> Answers:
            refs = Refs(self._library.snapshot(to_search=tool.name == tooling.SEARCH))
            return Answers(refs, origin, language.gettext(tooling.FRAMED), self._note)

        if tool.name != tooling.PICTURE:
            return await anyio.to_thread.run_sync(lambda: tooling.answer(tool, given, answers()))
        wanted = arguments.read(arguments.PictureArguments, given)
        pictures.check_width(wanted.width)
        shown, edition = await anyio.to_thread.run_sync(lambda: answers().page(wanted))
        pdf = self._library.store.pdf_path(edition.sha256)
        png = await pictures.picture(self._cache, pdf, edition.sha256, wanted.page, wanted.width)
        return await anyio.to_thread.run_sync(partial(tooling.written, tool, shown, png))


def _failed(why: str) -> types.CallToolResult:
    return types.CallToolResult(content=[types.TextContent(text=why)], is_error=True)


def server(desk: Desk, usual: str, origin: str) -> Server[Any]:
    """A server that speaks a language; `origin` is the address of its pages where a call comes without one."""

    async def list_tools(_: Context, __: types.PaginatedRequestParams | None) -> types.ListToolsResult:
        return types.ListToolsResult(tools=_tools(usual))

    async def call_tool(context: Context, params: types.CallToolRequestParams) -> types.CallToolResult:
        request: Request | None = context.request
        base = str(request.base_url).rstrip("/") if request is not None else origin
        client = client_of(request) if request is not None else ""
        return await desk.call(params.name, params.arguments or {}, usual, base, client)

    language.speak(language.Tongue(usual))
    return Server(
        NAME,
        version=version(NAME),
        title=language.gettext("Practice knowledge base"),
        instructions=f"{language.gettext(tooling.INSTRUCTIONS)} {language.gettext(tooling.FRAMED)}",
        get_tool_input_schema=lambda name: tooling.tool_named(name).input_schema(),
        on_list_tools=list_tools,
        on_call_tool=call_tool,
    )


@cache
def _tools(usual: str) -> list[types.Tool]:
    language.speak(language.Tongue(usual))
    return [
        types.Tool(
            name=tool.name,
            title=language.gettext(tool.title),
            description=language.gettext(tool.description),
            input_schema=tool.input_schema(),
            output_schema=tool.output_schema(),
            annotations=types.ToolAnnotations(
                title=language.gettext(tool.title),
                read_only_hint=True,
                destructive_hint=False,
                idempotent_hint=True,
                open_world_hint=False,
            ),
        )
        for tool in tooling.TOOLS
    ]


def handler(desk: Desk) -> Callable[[Scope, Receive, Send], Awaitable[None]]:
    """Answer HTTP requests, each by itself: nothing is kept between two, so that any process may answer the next."""
    servers: dict[str, Server[Any]] = {}

    async def handle(scope: Scope, receive: Receive, send: Send) -> None:
        usual = language.spoken().language
        if usual not in servers:
            servers[usual] = server(desk, usual, "")
        manager = StreamableHTTPSessionManager(
            servers[usual], json_response=True, stateless=True, max_request_body_size=MOST_BODY
        )
        async with manager.run():
            await manager.handle_request(scope, receive, send)

    return handle


def run_over_a_pipe(desk: Desk, usual: str, origin: str) -> None:
    """Answer what comes on stdin, on stdout, until stdin ends."""

    async def run() -> None:
        made = server(desk, usual, origin)
        async with stdio_server() as (read, write):
            await made.run(read, write, made.create_initialization_options())

    anyio.run(run)
