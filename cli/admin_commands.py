"""Who may sign in, and who did what: `kb admin ...`."""

from __future__ import annotations

import getpass
import sys
from dataclasses import asdict
from typing import Annotated

import typer

from cli import terminal
from cli.opening import log
from cli.options import AsJson
from cli.output import print_json
from kb import InputError, Settings
from kb.office import Deed, Journal, password

app = typer.Typer(
    name="admin",
    no_args_is_help=True,
    epilog="Example: kb admin password",
    help="Say who may sign in on the web, and see who did what.",
)


@app.command(name="password", epilog="Example: kb admin password < password.txt")
def admin_password(
    forget: Annotated[bool, typer.Option("--forget", help="Let nobody sign in with a password.")] = False,
) -> None:
    """Set the password that the owner signs in with on the web; it is asked for, or read from stdin."""
    folder = Settings.from_environment().data
    if forget:
        said = "forgotten" if password.forget(folder) else "none was set"
    else:
        password.keep(folder, _new_password())
        said = "set; sign in at /admin of the web page, other sessions have ended"
    log(folder, Deed.PASSWORD, detail=said.partition(";")[0])
    terminal.out().print(f"password {said}", soft_wrap=True)


@app.command(name="token", epilog="Example: KB_ADMIN_TOKEN=$(kb admin token) kb serve")
def admin_token() -> None:
    """Print a random text to set KB_ADMIN_TOKEN to; nothing is changed or kept."""
    typer.echo(password.new_token())


@app.command(name="log", epilog="Example: kb admin log --limit 20")
def admin_log(
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="How many, newest first.")] = 50,
    as_json: AsJson = False,
) -> None:
    """Print who did what, on the web and by commands, newest first."""
    found = Journal(Settings.from_environment().data).entries(limit)
    if as_json:
        print_json({"log": [asdict(entry) for entry in found]})
        return
    for entry in found:
        parts = (entry.at, entry.who, entry.via, entry.deed, entry.handbook, entry.detail)
        terminal.out().print(terminal.plain("  ".join(filter(None, parts))), soft_wrap=True)


def _new_password() -> str:
    """What is typed twice at a terminal, else the first line of stdin."""
    if not terminal.is_asking():
        return sys.stdin.readline().rstrip("\r\n")
    given = getpass.getpass("New password: ")
    if getpass.getpass("Once more: ") != given:
        raise InputError("the two are not the same; nothing was changed, try again")
    return given
