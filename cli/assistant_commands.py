"""Assistants that a person runs beside the library: `kb mcp`."""

from __future__ import annotations

import contextlib
import threading
from functools import partial
from typing import Annotated

import typer

from cli import terminal
from kb import InputError, KbError, Settings, web_address
from kb.measure import Counter
from kb.search import Library
from kb.words import LANGUAGES

app = typer.Typer()


@app.command(epilog="Example: kb mcp --language de --address https://kb.example.org")
def mcp(
    language: Annotated[
        str, typer.Option(metavar="CODE", help=f"The language of tools and labels: {', '.join(LANGUAGES)}.")
    ] = "en",
    address: Annotated[
        str, typer.Option(metavar="URL", help="Where the library is served; answers link to it.")
    ] = "",
) -> None:
    """Answer an assistant on stdin and stdout by the Model Context Protocol, until stdin ends.

    An assistant starts this command itself: give it the command in its settings. It can search, show, compare and
    picture pages, and change nothing. Without --address, addresses in the answers are paths of the web page alone.

    kb serve answers the same at /mcp.
    """
    if language not in LANGUAGES:
        raise InputError(f"--language {language[:20]}: there is none; use one of {', '.join(LANGUAGES)}")
    origin = web_address(address).rstrip("/") if address else ""
    settings = Settings.from_environment()
    with Library.open(settings) as library:
        threading.Thread(target=_load, args=(library,), daemon=True).start()
        from web import assistants, pages  # noqa: PLC0415  bring a web server's libraries, which take half a second

        counter = Counter(settings.data, settings.keep_queries)
        with pages.written(counter), contextlib.suppress(BrokenPipeError):
            note = partial(pages.tallies.note, counter)
            assistants.over_a_pipe(library, settings, note, language, origin)


def _load(library: Library) -> None:
    """Load what searches need meanwhile."""
    try:
        library.warm()
    except KbError as error:  # said to the assistant, too
        terminal.err().print(terminal.plain(str(error), "yellow"))
