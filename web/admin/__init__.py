"""The pages of people who sign in: review, uploads, editions, judged needs, the log."""

from __future__ import annotations

from web.admin import judging, office_routes, review_routes, settings_routes, sign_in_routes
from web.admin.correcting import correcting as correcting_of
from web.admin.correcting import owner
from web.admin.foreman import Foreman
from web.admin.judging import control
from web.admin.signin import is_on

ROUTERS = tuple(
    pages.router for pages in (sign_in_routes, review_routes, judging, office_routes, settings_routes)
)
"""Of every page, in the order in which addresses are tried."""

__all__ = [
    "ROUTERS",
    "Foreman",
    "control",
    "correcting_of",
    "is_on",
    "owner",
]
