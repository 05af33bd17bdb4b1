"""The sample handbook, which comes with the software: `kb sample`, and what `kb serve` begins an empty library with."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated

import typer

from kb import InputError, KbError

_FOLDER = resources.files("corpus")
FIRST = "handbook-edition-1.pdf"
FILES: Mapping[str, Traversable] = {
    FIRST: _FOLDER / "sample" / FIRST,
    "handbook-edition-2.pdf": _FOLDER / "sample" / "handbook-edition-2.pdf",
    "needs.json": _FOLDER / "needs.json",
}
"""What is handed out, by the name that it gets; the needs name the handbook by its own."""

app = typer.Typer()


@app.command(epilog="Example: kb sample . && kb ingest handbook-edition-1.pdf")
def sample(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where to; made if it is not there.")],
) -> None:
    """Write the sample handbook into a folder: two editions, and needs with what answers them, to try things on."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, held in FILES.items():
            path, data = folder / name, held.read_bytes()
            if path.exists() and path.read_bytes() != data:
                raise InputError(f"{path}: another file of that name; give another folder")
            path.write_bytes(data)
            typer.echo(str(path))
    except OSError as error:
        place, reason = error.filename or folder, error.strerror or error
        raise InputError(f"{place}: cannot be written ({reason}); give another folder") from error


def take_in() -> None:
    """Ingest the sample's first edition and its needs, into the library of the environment.

    It is done by processes of their own, so that a server does not keep what reading and embedding took.

    Raises:
        KbError: one of them failed; it has said why.
    """
    typer.echo("kb: taking in the sample handbook, which takes about a minute", err=True)
    with ExitStack() as stack:
        handbook, needs = (
            str(stack.enter_context(resources.as_file(FILES[name]))) for name in (FIRST, "needs.json")
        )
        for words in (("ingest", "--yes", handbook), ("needs", "import", "--by", "the sample", needs)):
            run = [sys.executable, "-P", "-m", "cli.main", *words]
            if subprocess.run(run, stdout=sys.stderr, stdin=subprocess.DEVNULL, check=False).returncode:
                raise KbError(
                    "the sample was not taken in, for the reason above; mend that, or: kb ingest FILE.pdf"
                )
