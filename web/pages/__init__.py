"""The pages that readers see, each a class that feeds its HTML and its JSON."""

from __future__ import annotations

from web.pages import (
    api,
    browse,
    call_routes,
    catalogue_routes,
    change_routes,
    compare,
    crawlers,
    downloads,
    embed,
    embedding,
    facts,
    following,
    handbook_page,
    harvest_routes,
    helped,
    hits,
    home,
    leaves,
    map_page,
    matrix,
    neighbours,
    once,
    originals,
    portraits,
    record_page,
    results,
    shortlist,
    site_routes,
    tallies,
    typeahead,
)
from web.pages.tallies import written

ROUTERS = tuple(
    pages.router
    for pages in (
        downloads,  # first: its addresses end like none of the others
        originals,
        home,
        results,
        record_page,
        compare,
        matrix,
        portraits,
        map_page,
        shortlist,
        call_routes,
        browse,
        handbook_page,
        leaves,
        api,
        typeahead,
        embed,
        embedding,
        crawlers,
        following,
        harvest_routes,
        catalogue_routes,
        helped,
        change_routes,
        site_routes,
    )
)
"""Of every page, in the order in which addresses are tried."""

__all__ = [
    "ROUTERS",
    "compare",
    "facts",
    "hits",
    "home",
    "leaves",
    "neighbours",
    "once",
    "originals",
    "portraits",
    "record_page",
    "results",
    "tallies",
    "written",
]
