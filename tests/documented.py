"""The commands of the documents: each `sh` block, what it should print, and a shell that runs a page's blocks in order.

A comment before a block, `<!-- not run here: REASON -->`, keeps it from being run. A `text` block behind one is what it
prints: these lines occur in this order among what it prints, with … for anything. A page's blocks share a folder
with `practice` (what `kb sample` writes), two editions of `my-handbook.pdf`, and a home with a library. `kb serve` runs
in the background, on a free port in the place of 8000, until the page ends.
"""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import textwrap
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from tests import packed
from tests.house import ROOT

PAGES = (ROOT / "README.md", ROOT / "docs" / "tutorial.md", *sorted((ROOT / "docs" / "how-to").glob("*.md")))
HALF_WAY = "<!-- the how-to guides go on from here -->"
_BLOCK = re.compile(
    r"(?:^ *<!-- not run here: (?P<why>.+?) -->\n)?"
    r"^(?P<margin> *)```sh\n(?P<code>.*?)^ *```$"
    r"(?:\n\n *```text\n(?P<shown>.*?)^ *```$)?",
    re.DOTALL | re.MULTILINE,
)
_END = "end of block"
_SHELL = """
set -eo pipefail
kb() {
    local code
    if [ "${1-}" = serve ]; then
        command kb "$@" --port PORT < /dev/null > served.txt 2>&1 &
        for _ in $(seq 300); do
            if curl -s -o /dev/null http://127.0.0.1:PORT/healthz; then return; fi
            kill -0 $! || break
            sleep 0.2
        done
        cat served.txt
        return 1
    fi
    exec 3<>/dev/tcp/127.0.0.1/$(cat WARM/port)
    { printf '%s\\0' "$PWD" "$#" "$@"; env -0; printf '\\0'; } >&3
    read -r code <&3
    exec 3>&-
    cat WARM/err >&2
    cat WARM/out
    return "$code"
}
trap 'kill $(jobs -p) 2> /dev/null || true' EXIT
exec 2>&1
"""


@dataclass(frozen=True, slots=True)
class Block:
    """Commands as they stand in a page, what they should print, and why they are not run (empty where they are)."""

    code: str
    shown: tuple[str, ...]
    why: str


def blocks(page: Path) -> tuple[list[Block], int]:
    """A page's blocks, and how many stand before its half-way mark (all where it has none)."""
    text = page.read_text(encoding="utf-8")
    found, before = [], 0
    for match in _BLOCK.finditer(text):
        shown = textwrap.dedent(match["shown"] or "").splitlines()
        lines = tuple(line for line in shown if line.strip())
        found.append(Block(textwrap.dedent(match["code"]), lines, match["why"] or ""))
        before += HALF_WAY not in text[: match.start()]
    return found, before


def called(page: Path) -> str:
    """A page's name in a report."""
    return page.relative_to(ROOT).as_posix()


def run_here(page: Sequence[Block]) -> list[Block]:
    """The blocks without a reason against."""
    return [block for block in page if not block.why]


@contextmanager
def warm(programs: Path, folder: Path) -> Iterator[Path]:
    """The installed `kb`, loaded; the folder by which it is asked, which is made."""
    folder.mkdir()
    words = [str(programs / "python"), "-P", str(ROOT / "tests" / "warm.py"), str(folder)]
    with subprocess.Popen(words, env=packed.environment(), cwd=folder) as process:
        try:
            while not ((folder / "port").is_file() and (folder / "port").read_text()):
                assert process.poll() is None, "it did not start"
                time.sleep(0.05)
            yield folder
        finally:
            process.kill()


@dataclass(frozen=True, slots=True)
class Place:
    """Where commands are run: the programs, the loaded one, and what is kept of the models."""

    programs: Path
    warm: Path
    cache: Path


def run(page: Sequence[Block], folder: Path, home: Path, place: Place) -> list[str]:
    """Run blocks in order; what each printed. The first that fails ends it with an AssertionError that shows it."""
    port = str(free_port())
    script = _SHELL.replace("PORT", port).replace("WARM", str(place.warm))
    for block in page:
        script += re.sub(r"\b8000\b", port, block.code) + f"\necho '{_END}'\n"
    environment = {name: value for name, value in packed.environment().items() if not name.startswith("XDG_")}
    environment |= {"HOME": str(home), "XDG_CACHE_HOME": str(place.cache), "COLUMNS": "120"}
    environment |= {"PATH": f"{place.programs}:/usr/bin:/bin"}
    done = subprocess.run(
        ["bash", "-c", script],
        env=environment,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=600,
    )
    printed = done.stdout.split(f"{_END}\n")
    where = page[min(len(printed), len(page)) - 1].code if page else ""
    assert done.returncode == 0, f"{where}\nended with {done.returncode}:\n{printed[-1][-3000:]}"
    return printed[: len(page)]


def missing(block: Block, printed: str) -> str:
    """The first line that a block should print and did not, in their order; empty where all are there."""
    lines: Iterator[str] = iter(printed.splitlines())
    for wanted in block.shown:
        pattern = re.sub(r"([\[?*])", r"[\1]", wanted.strip()).replace("…", "*")
        if not any(fnmatchcase(line.strip(), pattern) for line in lines):
            return wanted
    return ""


def copied(before: Path, folder: Path) -> tuple[Path, Path]:
    """A folder and a home of a page's own, as a run before left its own."""
    for name in ("work", "home"):
        shutil.copytree(before / name, folder / name, symlinks=True)
    return folder / "work", folder / "home"


def free_port() -> int:
    """A port that nobody listens on at present."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
