"""Which version runs, what it was built from, and which libraries it writes: what `kb --version` prints."""

from __future__ import annotations

import platform
from importlib import resources
from importlib.metadata import version

from kb.store import schema


def said() -> str:
    """The version alone on the first line, for programs; then what a report of a fault should name."""
    try:
        commit, date = resources.files("cli").joinpath("build.txt").read_text(encoding="utf-8").split()
    except (OSError, ValueError):  # a clone that is installed as it lies, or built where git was not
        source = "source: as it lies in its folder"
    else:
        source = f"source: commit {commit} of {date}"
    system = f"Python {platform.python_version()}, {platform.system()} {platform.machine()}"
    return f"{version('practice-kb')}\n{source}\nlibrary: schema {len(schema.MIGRATIONS)}\nsystem: {system}"
