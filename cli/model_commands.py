"""The model that reads the library: `kb model ...`."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from cli import bars, english, terminal
from cli.options import AsJson
from cli.output import print_json
from kb import Settings
from kb.care import models

app = typer.Typer(
    name="model",
    no_args_is_help=True,
    epilog="Example: kb model use multilingual",
    help="Say which model reads the library, or look which one does.",
)


@app.command(name="use", epilog="Example: kb model use multilingual")
def model_use(
    model: Annotated[
        str,
        typer.Argument(
            metavar="MODEL", help="embedded, english, multilingual, a folder, or a name on the model hub."
        ),
    ],
    as_json: AsJson = False,
) -> None:
    """Use another model from now on: download it, try it, embed everything anew, then switch in one step.

    Searches go on meanwhile, by the model before; a running kb serve follows by itself.
    """
    with bars.progress() as tell:
        found = models.use(Settings.from_environment(), model, tell)
    if as_json:
        print_json(asdict(found))
        return
    typer.echo(f"{terminal.clean(found.id)}: {found.passages} passages of {found.dim} numbers each")
    if found.is_overruled:
        terminal.err().print(terminal.plain("KB_MODEL names another model, and wins: unset it", "yellow"))


@app.command(name="show", epilog="Example: kb model show")
def model_show(as_json: AsJson = False) -> None:
    """Show which model is used, by whose word, and whether the index is of it."""
    found = models.choice(Settings.from_environment())
    said = [one for check in found.checks for one in (check.what, check.remedy) if one is not None]
    check = "; ".join(map(english.said, said))
    if as_json:
        told = english.worded(found)
        del told["checks"]
        print_json({**told, "check": check})
        return
    by = {"KB_MODEL": "named by KB_MODEL", "library": "chosen by kb model use", "default": "the default"}
    served = found.served or "no vectors"
    state = "as chosen" if found.agrees else "not the one chosen: run kb doctor --rebuild"
    typer.echo(f"model  {terminal.clean(found.model)} ({by[found.by]})")
    typer.echo(f"files  {terminal.clean(check)}")
    typer.echo(f"index  {terminal.clean(served)}, {state}")
