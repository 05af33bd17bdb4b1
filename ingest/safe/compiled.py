"""The reader's code as bytecode on disk: a confined process cannot write it, and without it takes a second longer."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from ingest.safe.grants import ROOT

_READER = "ingest.reader"
_HOUSES = ("ingest", "kb", "corpus")
_LONGEST_SECONDS = 120


def keep(environment: Mapping[str, str]) -> None:
    """Where a source is newer than what was compiled, import the reader once in a process that reads nothing."""
    _keep_once(tuple(sorted(environment.items())))


@cache
def _keep_once(environment: tuple[tuple[str, str], ...]) -> None:
    mark = Path(importlib.util.cache_from_source(str(ROOT / Path(*_READER.split(".")).with_suffix(".py"))))
    place = mark.parent if mark.parent.exists() else mark.parent.parent
    if not os.access(place, os.W_OK) or (mark.exists() and _newest() < mark.stat().st_mtime):
        return
    start = f"import sys; sys.path.append(sys.argv[1]); import {_READER}"
    with contextlib.suppress(OSError, subprocess.SubprocessError):  # what is amiss the reader says itself
        subprocess.run(
            [sys.executable, "-I", "-X", "utf8", "-c", start, str(ROOT)],
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_LONGEST_SECONDS,
            check=True,
        )
        os.utime(mark)  # the time of the source is within


def _newest() -> float:
    """When a source of this software was last written, or a package was last installed."""
    files = [path for house in _HOUSES for path in (ROOT / house).rglob("*.py")]
    packages = [Path(entry) for entry in sys.path if entry.endswith("-packages")]
    return max((path.stat().st_mtime for path in (*files, *packages) if path.exists()), default=0.0)
