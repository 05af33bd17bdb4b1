"""How to read a stubborn handbook: `kb profile ...`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli import bars, terminal
from cli.options import Password
from ingest import pipeline
from kb import NotFoundError, Settings
from kb.store import Store

app = typer.Typer(
    name="profile",
    no_args_is_help=True,
    epilog="Example: kb profile init handbook.pdf > handbook.toml",
    help="Say how to read a stubborn handbook: what are practices, tools and labels in it.",
)


@app.command(name="init", epilog="Example: kb profile init handbook.pdf > handbook.toml")
def profile_init(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A PDF file.")],
    password: Password = "",
) -> None:
    """Print a profile that says what is detected in a file, to be corrected line by line."""
    with bars.progress() as tell:
        text = pipeline.propose_profile(Settings.from_environment(), file, password=password, progress=tell)
    typer.echo(text, nl=False)


@app.command(name="show", epilog="Example: kb profile show HANDBOOK")
def profile_show(
    handbook: Annotated[
        str, typer.Argument(metavar="HANDBOOK", help="A handbook's id; kb handbooks lists them.")
    ],
) -> None:
    """Print the profile that is remembered for a handbook."""
    with Store.open(Settings.from_environment().data, readonly=True) as store:
        found = store.profile(store.handbook(handbook).id)
    if not found:
        raise NotFoundError(
            f"{handbook}: no profile is remembered; give one with: kb ingest FILE --profile FILE.toml"
        )
    typer.echo(terminal.clean(found), nl=not found.endswith("\n"))
