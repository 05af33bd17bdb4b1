"""Where the measurements find their handbooks, and how they run the real commands."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = ROOT / "corpus" / "sample" / "handbook-edition-1.pdf"
SAMPLE_NEEDS = ROOT / "corpus" / "needs.json"
SAMPLE_PREFERRED = ROOT / "corpus" / "needs-constraints.json"
"""Needs that say where, for whom or in which language: half of them to choose by, half kept aside."""
SHARED = Path(os.path.relpath(ROOT.parent / "shared"))
"""Handbooks, gold files, scores and collections that are not the project's own; it need not be there."""
HANDBOOKS = SHARED / "handbooks"
SCORE = SHARED / "score"


class CommandError(Exception):
    """A `kb` command failed; the message is what it said."""


def say(line: str = "") -> None:
    """Talk on stderr: stdout is for the tables."""
    print(line, file=sys.stderr, flush=True)


def kb(*words: str | Path, data: Path) -> str:
    """Run a `kb` command in a process of its own on the library in `data`; return what it printed.

    Raises:
        CommandError: it failed.
    """
    done = subprocess.run(
        [sys.executable, "-m", "cli.main", *map(str, words)],
        cwd=Path.cwd(),
        env=environment(data),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise CommandError(f"kb {' '.join(map(str, words))}: {done.stderr.strip()}")
    return done.stdout


def environment(data: Path) -> Mapping[str, str]:
    """The environment of a command: every setting at its default but the library's folder."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KB_")}
    return {**kept, "KB_DATA": str(data), "PYTHONPATH": str(ROOT), "COLUMNS": "110"}


def shared_script(name: str) -> ModuleType:
    """A script of ../shared/score as a module: it is used as it is, not copied."""
    spec = importlib.util.spec_from_file_location(name, SCORE / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def text_handbooks() -> tuple[Path, ...]:
    """The handbooks with a text layer; pictures of pages are another matter, OCR's."""
    found = sorted(HANDBOOKS.glob("*.pdf"))
    return tuple(path for path in found if not path.name.startswith(("ocr-", "scan-")))
