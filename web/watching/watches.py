"""Which watches there are, by the settings; none of their libraries is loaded for nothing."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from starlette.routing import Route

from kb import Settings, logs
from web.watching.loglines import Lines
from web.watching.seen import Watch, Watches

METRICS = "/metrics"


def watches(settings: Settings) -> tuple[Watches, list[Route]]:
    """What the settings want watched, and the routes that show it."""
    made: list[Watch] = []
    routes: list[Route] = []
    if settings.log == logs.JSON:
        made.append(Lines())
    if settings.metrics_token:
        meters: Any = import_module("web.watching.meters").Meters(settings)  # brings prometheus-client
        made.append(meters)
        routes.append(Route(METRICS, meters.show, include_in_schema=False))
    return Watches(made), routes
