"""The web page: `kb serve`."""

from __future__ import annotations

import contextlib
import socket
import sys
import tempfile
import threading
from http.client import HTTPConnection
from pathlib import Path
from typing import Annotated, Any

import typer
import uvicorn
from uvicorn.config import LOGGING_CONFIG
from uvicorn.supervisors import Multiprocess

from cli import memory, sample_commands, terminal
from kb import InputError, KbError, NotFoundError, Settings, logs, share_counts
from kb.office import password
from kb.search import Library
from kb.store import DATABASE, FILES, Store, converted
from kb.words import read_once

PORT = 8000
KEEP_ALIVE_S = 75  # longer than a busy client or a proxy waits before it asks on the same connection again
SECONDS_TO_START = 120  # of an old machine that makes the models' files first
BACKLOG = 128  # connections taken at once: few, as each is a file until it is turned away
SECONDS_TO_STOP = 3  # for answers under way; a page that watches an upload would hold the server much longer

_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}

app = typer.Typer()


@app.command(epilog="Example: kb serve --port 8080")
def serve(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port; 0 takes a free one.")] = PORT,
    workers: Annotated[
        int, typer.Option(min=1, max=64, help="Processes that answer; more than one a core gains nothing.")
    ] = 1,
    sample: Annotated[
        bool | None,
        typer.Option(
            "--sample/--no-sample",
            help="Begin a library that is empty with the sample handbook; on a terminal it is asked.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Start the web page and print its address; Ctrl-C stops it."""
    settings = Settings.from_environment()
    password.check_token(settings.admin_token)
    password.check_token(settings.metrics_token, "KB_METRICS_TOKEN")
    logs.use(settings.log, "kb")
    if _is_empty(settings):
        _begin(settings, sample)
    if host in _EVERYWHERE and not settings.hosts:
        typer.echo(
            "kb: other machines reach it at its IP address; for a name, set KB_HOSTS to that", err=True
        )
    with _listening(host, port) as listener, Library.open(settings) as library:
        threading.Thread(target=_tell, args=(host, listener), daemon=True).start()
        with contextlib.suppress(KeyboardInterrupt):  # uvicorn raises it again when it has stopped
            if workers == 1:
                uvicorn.Server(_config(settings, _served(settings, library))).run(sockets=[listener])
            else:
                config = _config(settings, f"{__name__}:{application.__name__}", workers)
                with tempfile.TemporaryDirectory(prefix="kb-counts-") as folder:
                    share_counts(Path(folder))
                    Multiprocess(config, sockets=[listener]).run()


def _is_empty(settings: Settings) -> bool:
    """Whether the library was not made yet, or nothing was ever taken into it."""
    with converted(settings.data):
        if any((settings.data / FILES).glob("*")):  # even where the database is lost
            return False
        if not (settings.data / DATABASE).is_file():
            return True
    with Store.open(settings.data, readonly=True) as store:
        return not (store.handbooks() or store.removed())


def _begin(settings: Settings, sample: bool | None) -> None:
    """Put the sample into an empty library if that is wanted; without it, make one for an owner who may upload.

    Raises:
        NotFoundError: there is no library, and nobody who could put a handbook into it from the web.
    """
    has_owner = bool(settings.admin_token or password.stored(settings.data))
    if sample is None and not has_owner and terminal.is_asking():
        typer.echo(f"kb: no handbook in {settings.data} yet", err=True)
        sample = terminal.asked("Begin with the sample handbook, to look around?", is_usual=True)
    if sample:
        sample_commands.take_in()
    elif has_owner:  # the first handbook may come from the web
        Store.open(settings.data).close()
    elif not (settings.data / DATABASE).is_file():
        ways = "make one with: kb ingest FILE.pdf, or look around with: kb serve --sample"
        raise NotFoundError(f"{settings.data}: no library here yet; {ways}")


def application() -> Any:
    """The web's application over the library of the environment: what each process of --workers runs."""
    settings = Settings.from_environment()
    logs.use(settings.log, "kb")
    return _served(settings, Library.open(settings))


def _served(settings: Settings, library: Library) -> Any:
    """The web's application over an open library; the models are loaded meanwhile, the rest then."""
    memory.keep_together()
    read_once.keep_in(settings.cache)
    is_imported = threading.Event()
    threading.Thread(target=_load, args=(library, is_imported), daemon=True).start()
    from web.app import create_app  # noqa: PLC0415  brings a web server's libraries, which take half a second

    is_imported.set()
    return create_app(settings, lambda _: contextlib.nullcontext(library))


def _load(library: Library, is_imported: threading.Event) -> None:
    """Load what searches need, then see to it that memory is given back; never returns.

    Models are loaded outside Python's lock, all else would keep the web's libraries from being imported.
    """
    library.encoder()
    is_imported.wait()
    with contextlib.suppress(KbError):  # said to whoever asks
        library.warm()
    memory.give_back_now_and_then()


def _config(settings: Settings, application: Any, workers: int = 1) -> uvicorn.Config:
    return uvicorn.Config(
        application,
        factory=workers > 1,
        workers=workers,
        http="web.connections:Connection",
        backlog=BACKLOG,
        server_header=False,
        proxy_headers=False,  # web.app does it, for the proxies that are named
        log_config=None if settings.log == logs.JSON else LOGGING_CONFIG,
        log_level="error",  # not a line for each request that is none
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=SECONDS_TO_STOP,
    )


def _tell(host: str, listener: socket.socket) -> None:
    """Print the address as soon as the home page comes."""
    number = listener.getsockname()[1]
    with contextlib.suppress(OSError):  # it was stopped before it answered
        asked = HTTPConnection(_EVERYWHERE.get(host, host), number, timeout=SECONDS_TO_START)
        asked.request("GET", "/index.json")
        asked.getresponse().read()
        asked.close()
        shown = _EVERYWHERE.get(host, host)
        typer.echo(f"http://[{shown}]:{number}" if ":" in shown else f"http://{shown}:{number}")
        sys.stdout.flush()


def _listening(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family, backlog=BACKLOG)
        listener.setsockopt(
            socket.IPPROTO_TCP, socket.TCP_NODELAY, 1
        )  # else each answer waits 40 ms for an ACK
        return listener
    except OSError as error:
        reason = error.strerror or error
        raise InputError(f"{host}:{port}: cannot be listened on ({reason}); choose another --port") from error
