"""A map laid out in a process of its own, which takes its libraries and what they need of memory with it."""

from __future__ import annotations

import logging
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context

from kb.map import projection
from kb.map.projection import Laid, Positions, Rows

log = logging.getLogger(__name__)


def laid(rows: Rows, before: Positions | None = None) -> Laid:
    """As `projection.laid`, and here where no process can be started, or ours is killed."""
    try:
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            return pool.submit(projection.laid, rows, before).result()
    except (OSError, BrokenProcessPool) as error:
        log.info("the map is laid out in the server's process: %s", error)
        return projection.laid(rows, before)
