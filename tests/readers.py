"""Pages read by several processes, as functions for the sandbox: plainly, and with a page that does harm."""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping
from typing import Any

from ingest import reader
from ingest.page import Glyphs, RawPage, pdf
from ingest.page.abreast import read_abreast
from ingest.safe.child import Tell


def read(request: Mapping[str, Any], data: bytes, tell: Tell) -> Any:
    """A whole extraction, by `request["readers"]` processes however short the file is."""
    pdf._LEAST_ABREAST = 2
    return reader.read(request, data, tell)


def pages(request: Mapping[str, Any], data: bytes, tell: Tell) -> list[str]:
    """Every page in full; `request["harm"]` ends, by a signal, whoever reads page 3: "helpers" only, or "all"."""
    pdf._LEAST_ABREAST = 2
    first, one = os.getpid(), Glyphs._read

    def harmful(glyphs: Glyphs, number: int, ligatures: Any) -> RawPage:
        harm = request.get("harm")
        if number == 3 and (harm == "all" or (harm == "helpers" and os.getpid() != first)):
            os.kill(os.getpid(), signal.SIGSEGV)
        if number == 3 and harm == "memory" and os.getpid() != first:
            raise MemoryError
        return one(glyphs, number, ligatures)

    setattr(Glyphs, "_read", harmful)  # noqa: B010 - of the child alone
    with Glyphs(data, request["name"]) as glyphs:
        return [repr(page) for page in glyphs.pages(request["readers"])]


def whose(request: Mapping[str, Any], data: bytes, tell: Tell) -> list[bool]:
    """Of nine pages, whether another process read each."""
    here = os.getpid()
    return [found not in (None, here) for found in read_abreast(range(1, 10), lambda _: os.getpid(), 2)]
