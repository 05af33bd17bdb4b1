"""What is asked of the confined child: to read a PDF with a profile, or with those that are remembered."""

from __future__ import annotations

import os
from typing import Any

from ingest import remembered
from ingest.reading import NEUTRAL, Extraction, Profile, Source
from ingest.safe import Limits, sandbox
from ingest.succession import is_akin, served
from kb import Progress, Settings
from kb.store import Store

_MOST_READERS = 4  # more save less each, and each takes memory
_OF_A_READER, _OF_ITS_FILE = 2**27, 2
"""Bytes that a process takes that reads pages, but for the file, and how many times it holds that."""


def parse(
    settings: Settings, found: Source, password: str, profile: Profile, progress: Progress
) -> Extraction:
    """What a PDF holds, read with a profile.

    Raises:
        InputError, ParseError: it cannot be read; the message says what to do.
    """
    request = {"profile": profile.as_data()}
    return Extraction.of_data(in_child(settings, "ingest.reader:read", found, password, request, progress))


def parse_as_known(
    settings: Settings, store: Store, found: Source, password: str, progress: Progress
) -> tuple[Extraction, str]:
    """Read a file with its handbook's remembered profile; also say whose that was, "" where there is none."""
    known = remembered.known(store)
    if not known:
        return parse(settings, found, password, NEUTRAL, progress), ""
    answer = in_child(settings, "ingest.reader:read_as_known", found, password, {"known": known}, progress)
    plain = Extraction.of_data(answer["plain"])
    target = store.find_handbook(plain.title) or ""
    if remembered.remembered(store, target).is_neutral:
        return plain, ""
    extraction = Extraction.of_data(answer["known"][target])
    return (extraction, target) if is_akin(served(store, target), extraction.records) else (plain, "")


def in_child(
    settings: Settings,
    function: str,
    found: Source,
    password: str,
    request: dict[str, Any],
    progress: Progress,
) -> Any:
    """What a function of the reader answers about a PDF, which is read within the limits of the settings."""
    limited = {
        "name": found.name,
        "password": password,
        "max_pages": settings.max_pages,
        "readers": _readers(settings, len(found.data)),
    }
    return sandbox.run(
        function,
        limited | request,
        found.data,
        Limits.of(settings),
        lambda stage, done, total: progress(stage, done, total, found.name),
    )


def _readers(settings: Settings, size: int) -> int:
    """How many processes may read the pages of a file of so many bytes at once: one a core.

    Half the memory must hold them; the other half is for what comes of the pages. Only Linux watches what processes
    take all together.
    """
    if not hasattr(os, "sched_getaffinity"):
        return 1
    held = settings.max_memory // 2 // (_OF_A_READER + _OF_ITS_FILE * size)
    return max(1, min(len(os.sched_getaffinity(0)), _MOST_READERS, held))
