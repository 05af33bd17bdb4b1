"""Put the web room together: one application over one open library."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager, asynccontextmanager
from typing import Any

from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware
from starlette.staticfiles import StaticFiles

from kb import Settings
from kb.map import Maps
from kb.measure import Counter
from kb.search import Library
from web import failures
from web.admin import judging, signin
from web.admin import office_routes as office
from web.admin import review_routes as admin
from web.admin.foreman import Foreman
from web.described import described
from web.frame.headers import Headers
from web.frame.prefix import Prefix
from web.frame.refs import Refs
from web.frame.render import STATIC
from web.pages import change_routes as editions
from web.pages import crawlers, downloads
from web.pages import tallies as counting
from web.pages.routes import router

DESCRIPTION = (
    "Practices, tools, annexes and sections read from handbooks. Every page of the site has a JSON twin: "
    "add `.json` to its path (`/index.json` for the home page). Every value names its handbook "
    "page, every field the boxes it stands in (points from the top left of the page as shown). "
    'Errors come as `{"error": {"status", "title", "detail"}}`.'
)


class Site(FastAPI):
    """The application; its OpenAPI description has examples from the open library."""

    def openapi(self) -> dict[str, Any]:
        """The description, whole."""
        settings: Settings = self.state.settings
        named = Refs(self.state.library)
        return described(super().openapi(), named, self.state.maps, settings.data / "cache" / "pages")


def create_app(
    settings: Settings, open_library: Callable[[Settings], AbstractContextManager[Library]] = Library.open
) -> FastAPI:
    """Make the application; the library is opened when it starts and closed when it stops."""
    foreman = Foreman(settings)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        with open_library(settings) as library, counting.written(app.state.counter):
            app.state.library = library
            app.state.maps = Maps(library, settings.data / "cache" / "maps")
            foreman.start()
            try:
                yield
            finally:
                foreman.stop()

    app = Site(
        title="Practice knowledge base",
        version="1",
        description=DESCRIPTION,
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    app.state.settings = settings
    app.state.counter = Counter(settings.data, settings.keep_queries)
    app.state.foreman = foreman
    app.state.attempts = signin.Attempts()
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    app.include_router(downloads.router)  # first: its addresses end like none of the others
    app.include_router(router)
    app.include_router(crawlers.router)
    app.include_router(editions.router)
    app.include_router(admin.router)
    app.include_router(judging.router)
    app.include_router(office.router)
    failures.register(app)
    app.add_middleware(GZipMiddleware, minimum_size=1000, compresslevel=6)
    app.add_middleware(Headers)
    app.add_middleware(Prefix)
    return app
