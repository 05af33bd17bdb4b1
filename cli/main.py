"""The door of the house: `kb WORD ...`. Each command parses, makes one call and prints.

The commands lie beside it, a file a group. This room alone may import from above, and nothing else imports
it. Rooms are imported inside the commands: they bring the index libraries and PyTorch, and `kb --help` is to answer
at once.

Results go to stdout, talk and progress to stderr. The exit code is 0, 1 (failed) or 2 (wrong usage).
"""

from __future__ import annotations

import logging
import sys
from importlib.metadata import version
from typing import Annotated

import typer

from cli import admin_commands as admin
from cli import edition_commands as editions
from cli import finding_commands as finding
from cli import handbook_commands as handbooks
from cli import ingest_commands as reading
from cli import keeping_commands as keeping
from cli import measuring_commands as measuring
from cli import model_commands as model
from cli import need_commands as needs
from cli import profile_commands as profile
from cli import review_commands as review
from cli import serving_commands as serving
from cli import terminal
from kb import KbError

app = typer.Typer(
    name="kb",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    epilog='Example: kb ingest handbook.pdf && kb search "award credit for online exchange"',
    help="A knowledge base of best practices, read from handbook PDFs and searched by need.",
)

for plain in (reading, finding, editions, keeping, serving, measuring):  # in the order of --help
    app.add_typer(plain.app)
for name, group in {
    "profile": profile,
    "model": model,
    "handbooks": handbooks,
    "review": review,
    "admin": admin,
    "needs": needs,
}.items():
    app.add_typer(group.app, name=name)


def main() -> None:
    """Run a command; an error that is the user's to solve is one line on stderr and exit code 1."""
    logging.basicConfig(level=logging.WARNING, format="kb: %(message)s", stream=sys.stderr)
    try:
        app()
    except KbError as error:
        sys.stderr.write(f"kb: {terminal.clean(str(error))}\n")
        sys.exit(1)
    except KeyboardInterrupt:
        sys.stderr.write("kb: stopped\n")
        sys.exit(1)


@app.callback(invoke_without_command=True)
def _every_command(
    version_: Annotated[bool, typer.Option("--version", help="Print the version and stop.")] = False,
) -> None:
    if version_:
        typer.echo(version("practice-kb"))
        raise typer.Exit


if __name__ == "__main__":
    main()
