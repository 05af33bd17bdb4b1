"""The software as somebody gets it: built as `make wheel` builds it, and installed into an environment of its own.

Nothing is fetched: the libraries that it needs are those of the environment that the tests run in.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from dataclasses import dataclass
from pathlib import Path

from tests.house import ROOT

LEFT_BEHIND = (
    *(".git", ".venv", "data", "build", "dist", "*.egg-info"),
    *("__pycache__", ".*_cache", ".hypothesis"),
)
COMMIT = "0123abc\n2026-01-31\n"


@dataclass(frozen=True, slots=True)
class Packed:
    """A wheel, an sdist, and the folder of the programs that the wheel installed."""

    wheel: Path
    sdist: Path
    programs: Path

    @property
    def names(self) -> frozenset[str]:
        """The files in the wheel."""
        with zipfile.ZipFile(self.wheel) as held:
            return frozenset(held.namelist())


def build(folder: Path) -> Packed:
    """Build in a copy of the sources, which says which commit it is, and install the wheel."""
    source = folder / "source"
    shutil.copytree(ROOT, source, ignore=shutil.ignore_patterns(*LEFT_BEHIND), symlinks=True)
    (source / "cli" / "build.txt").write_text(COMMIT)
    (source / "setup.cfg").write_text("[bdist_wheel]\ncompression = stored\n")  # for speed
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder / "dist"), str(source))
    (wheel,), (sdist,) = (folder / "dist").glob("*.whl"), (folder / "dist").glob("*.tar.gz")
    place = folder / "environment"
    run(sys.executable, "-m", "venv", "--without-pip", str(place))
    python = place / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", str(python)]
    run(*pip, "install", "--quiet", "--no-deps", "--no-index", "--no-compile", str(wheel))
    packages = sysconfig.get_path("purelib", vars={"base": str(place)})
    (Path(packages) / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return Packed(wheel, sdist, python.parent)


def environment() -> dict[str, str]:
    """This process's, without a library, and without the paths of these sources."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("KB_", "PYTHON"))}


def run(*words: str) -> None:
    """Run a program that has to succeed; what it printed is in the failure."""
    done = subprocess.run(words, capture_output=True, text=True, check=False, cwd="/", env=environment())
    assert done.returncode == 0, f"{' '.join(words)}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
