"""Put the web room together: one application over one open library."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager, asynccontextmanager
from functools import partial
from typing import Any

from fastapi import FastAPI
from starlette.middleware.gzip import DEFAULT_EXCLUDED_CONTENT_TYPES, GZipMiddleware
from starlette.routing import Route
from starlette.staticfiles import StaticFiles
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from kb import Settings
from kb.map import Maps
from kb.measure import Counter, Outcome
from kb.office import password
from kb.search import Library
from web import admin, assistants, failures, pages, watching
from web.connections import Connection
from web.described import described
from web.frame import STATIC, Headers, Prefix, Refs, SearchAsked, Shared
from web.hosts import Hosts

DESCRIPTION = (
    "Practices, tools, annexes and sections read from handbooks. Every page of the site has a JSON twin: "
    "add `.json` to its path (`/index.json` for the home page). Every value names its handbook "
    "page, every field the boxes it stands in (points from the top left of the page as shown). "
    'Errors come as `{"error": {"status", "title", "detail"}}`.'
)
PACKED = (*DEFAULT_EXCLUDED_CONTENT_TYPES, "application/pdf")
"""What is not made smaller by packing it, and can be asked for in parts."""


class Application(FastAPI):
    """The application; its OpenAPI description has examples from the open library."""

    def openapi(self) -> dict[str, Any]:
        """The description, whole."""
        return self.openapi_of(Refs(self.state.library.snapshot(to_search=True)))

    def openapi_of(self, named: Refs) -> dict[str, Any]:
        """The same, with examples from what a request sees of the library."""
        settings: Settings = self.state.settings
        return described(super().openapi(), named, self.state.maps, settings.data / "cache" / "pages")


def create_app(
    settings: Settings, open_library: Callable[[Settings], AbstractContextManager[Library]] = Library.open
) -> FastAPI:
    """Make the application; the library is opened when it starts and closed when it stops.

    Raises:
        InputError: KB_ADMIN_TOKEN is too short.
    """
    password.check_token(settings.admin_token)
    foreman = admin.Foreman(settings)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        with open_library(settings) as library, pages.written(app.state.counter):
            app.state.library = library
            app.state.maps = Maps(settings.data / "cache" / "maps")
            foreman.start()
            try:
                yield
            finally:
                foreman.stop()

    app = Application(
        title="Practice knowledge base",
        version="1",
        description=DESCRIPTION,
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    app.state.settings = settings
    app.state.counter = counter = Counter(settings.data, settings.keep_queries)
    app.state.foreman = foreman
    app.state.control = admin.control
    app.state.correcting = admin.correcting_of
    app.state.has_office = admin.is_on
    app.state.owning = admin.owner
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    for router in (*pages.ROUTERS, *admin.ROUTERS):
        app.include_router(router)
    watch, shown = watching.watches(settings)
    app.state.searched = searched = partial(_searched, counter, watch)
    doorway = assistants.Doorway(settings, searched, watch.called, assistants.Allowance())
    app.router.routes += [Route(assistants.ADDRESS, doorway, include_in_schema=False), *shown]
    failures.register(app)
    if watch:
        app.add_middleware(watching.Routed, plain=(assistants.ADDRESS, watching.METRICS))
    app.add_middleware(GZipMiddleware, minimum_size=1000, compresslevel=6, exclude_content_types=PACKED)
    app.add_middleware(Shared)
    app.add_middleware(Hosts, hosts=settings.hosts)
    app.add_middleware(Headers)
    app.add_middleware(Prefix)
    if watch:
        app.add_middleware(watching.Watched, watch=watch)
    Connection.trust(settings.proxies)
    if settings.proxies:
        app.add_middleware(ProxyHeadersMiddleware, trusted_hosts=list(settings.proxies))
    return app


def _searched(counter: Counter, watch: watching.Watches, asked: SearchAsked, outcome: Outcome) -> None:
    """Count what became of a need."""
    if pages.tallies.note(counter, asked, outcome):
        watch.searched(outcome)
