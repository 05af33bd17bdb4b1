"""The web page: `kb serve`."""

from __future__ import annotations

import contextlib
import socket
import sys
import threading
from typing import Annotated

import typer
import uvicorn

from kb import InputError, Settings
from kb.office import stored
from kb.search import Library
from kb.store import Store
from web.app import create_app

PORT = 8000
KEEP_ALIVE_S = 75  # longer than a busy client or a proxy waits before it asks on the same connection again
SECONDS_TO_STOP = 3  # for answers under way; a page that watches an upload would hold the server much longer

app = typer.Typer()


@app.command(epilog="Example: kb serve --port 8080")
def serve(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port; 0 takes a free one.")] = PORT,
) -> None:
    """Start the web page and print its address; Ctrl-C stops it."""
    settings = Settings.from_environment()
    if settings.admin_token or stored(settings.data):  # the first handbook may come from the web
        Store.open(settings.data).close()
    with _listening(host, port) as listener, Library.open(settings) as library:
        web = create_app(settings, lambda _: contextlib.nullcontext(library))
        config = uvicorn.Config(
            web,
            log_level="warning",
            timeout_keep_alive=KEEP_ALIVE_S,
            timeout_graceful_shutdown=SECONDS_TO_STOP,
        )
        server = uvicorn.Server(config)
        shown = f"[{host}]" if ":" in host else host
        typer.echo(f"http://{shown}:{listener.getsockname()[1]}")
        sys.stdout.flush()
        threading.Thread(target=library.warm, daemon=True).start()  # so that the first search need not wait
        with contextlib.suppress(KeyboardInterrupt):  # uvicorn raises it again when it has stopped
            server.run(sockets=[listener])


def _listening(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family, backlog=128)
        listener.setsockopt(
            socket.IPPROTO_TCP, socket.TCP_NODELAY, 1
        )  # else each answer waits 40 ms for an ACK
        return listener
    except OSError as error:
        reason = error.strerror or error
        raise InputError(f"{host}:{port}: cannot be listened on ({reason}); choose another --port") from error
