"""The door of the house: `kb WORD ...`. Each command parses, makes one call and prints.

The commands lie beside it, a file a group. This room alone may import from above, and nothing else imports
it. A file is imported when its command is asked for: it brings the index libraries, and `kb --help` is to answer
at once.

Results go to stdout, talk and progress to stderr. The exit code is 0, 1 (failed) or 2 (wrong usage).
"""

from __future__ import annotations

import gc
import io
import os
import pathlib
import sys
from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from cli import terminal
from kb import KbError, files, logs, without_plugins

COMMANDS = {
    "ingest": ("ingest", "Read handbooks into the library; the same file again changes nothing."),
    "extract": ("ingest", "Show what ingesting a file would store, and store nothing."),
    "search": ("finding", "Find practices and tools by need, best first."),
    "similar": ("finding", "Show the records most like one, each with the reason."),
    "show": ("finding", "Print one record whole."),
    "export": (
        "finding",
        "Write records as a file on stdout: answers to a need, handbooks, single records, or the whole library.",
    ),
    "editions": ("edition", "List the editions of one handbook, newest first."),
    "diff": ("edition", "Show what changed between two editions of a handbook."),
    "rollback": (
        "edition",
        "Serve the edition before at once; nothing is deleted, and --to leads forward again.",
    ),
    "remove": ("edition", "Take a handbook out of search and lists; it is kept, and --undo puts it back."),
    "forget": (
        "edition",
        "Delete a handbook's oldest editions for good, to save disk space; the served one stays.",
    ),
    "verify": ("keeping", "Prove by checksum each row of the library, its PDFs and its index."),
    "backup": (
        "keeping",
        "Write the whole library into one file; it may be served, and written to, meanwhile.",
    ),
    "restore": ("keeping", "Make the library what a backup holds; it may be served meanwhile."),
    "sample": (
        "sample",
        "Write the sample handbook into a folder: two editions, and needs with what answers them, to try things on.",
    ),
    "serve": ("serving", "Start the web page and print its address; Ctrl-C stops it."),
    "mcp": (
        "assistant",
        "Answer an assistant on stdin and stdout by the Model Context Protocol, until stdin ends.",
    ),
    "eval": ("measuring", "Measure search on judged needs, by words, by meaning and both."),
    "doctor": ("measuring", "Check model, library, index, OCR, disk and the PDF reader; say what to do."),
    "profile": (
        "profile",
        "Say how to read a stubborn handbook: what are practices, tools and labels in it.",
    ),
    "model": ("model", "Say which model reads the library, or look which one does."),
    "handbooks": ("handbook", "List the handbooks of the library, or say whose one is."),
    "review": ("review", "List what is doubtful, and correct what was read wrongly."),
    "admin": ("admin", "Say who may sign in on the web, and see who did what."),
    "needs": (
        "need",
        "Collect needs with what answers them, to measure search on; see what search missed.",
    ),
}
"""Each command, or group of commands, with the file that holds it (cli/FILE_commands.py) and the first line of its
help; in the order of `kb --help`, which thereby opens none of the files. A test holds the lines to the commands'
own."""


class Commands(Mapping[str, Any]):
    """The commands by their words; asking for one imports its file."""

    def __getitem__(self, word: str) -> Any:
        file, _ = COMMANDS[word]
        whole = typer.Typer(rich_markup_mode=None)
        whole.add_typer(import_module(f"cli.{file}_commands").app)
        return typer.main.get_group(whole).commands[word]

    def __iter__(self) -> Iterator[str]:
        return iter(COMMANDS)

    def __len__(self) -> int:
        return len(COMMANDS)


class Door(TyperGroup):
    """The commands as one group that knows their words and opens a file only for the one that is asked for."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        self.commands = Commands()  # type: ignore[assignment]  # nothing is added to it

    def list_commands(self, *_: Any) -> list[str]:
        """The words, in the order of the help."""
        return list(COMMANDS)

    def format_commands(self, *given: Any) -> None:
        """Write the commands section of the help from the table alone."""
        named = {word: TyperCommand(word, help=said) for word, (_, said) in COMMANDS.items()}
        TyperGroup(commands=dict(named)).format_commands(*given)


SELDOM = 50_000
"""Objects between two looks for those that keep each other alive: at the usual 700 they take a tenth of a start."""

app = typer.Typer(
    cls=Door,
    name="kb",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    epilog='Example: kb ingest handbook.pdf && kb search "award credit for online exchange"',
    help="A knowledge base of best practices, read from handbook PDFs and searched by need.",
)


def main() -> None:
    """Run a command; an error that is the user's to solve is one line on stderr and exit code 1."""
    gc.set_threshold(SELDOM)
    without_plugins()
    files.keep_private()
    _open_what_is_closed()
    logs.use(logs.LogForm.TEXT, "kb")
    try:
        app()
    except KbError as error:
        sys.stderr.write(f"kb: {terminal.clean(str(error))}\n")
        sys.exit(1)
    except KeyboardInterrupt:
        sys.stderr.write("kb: stopped\n")
        sys.exit(1)


def _open_what_is_closed() -> None:
    """Give a command that was started without them its streams, and let no letter stop it that a terminal lacks."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, pathlib.Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115  for the process's life
    for stream in (sys.stdout, sys.stderr):
        if (
            isinstance(stream, io.TextIOWrapper)
            and (stream.encoding or "").lower().replace("-", "") != "utf8"
        ):
            stream.reconfigure(errors="replace")


@app.callback(invoke_without_command=True)
def _every_command(
    version_: Annotated[
        bool, typer.Option("--version", help="Print the version and what it was built from.")
    ] = False,
) -> None:
    if version_:
        typer.echo(import_module("cli.built").said())
        raise typer.Exit


if __name__ == "__main__":
    main()
