"""The whole library: `kb verify`, `kb backup`, `kb restore`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from cli import bars, english, terminal
from cli import edition_prints as press
from cli.opening import encoder_of, log
from cli.options import AsJson
from cli.output import print_json
from kb import InputError, Settings
from kb.care import backup as whole
from kb.care import verify as proven
from kb.office import Deed
from kb.store import Store

app = typer.Typer()


@app.command(epilog="Example: kb verify")
def verify(as_json: AsJson = False) -> None:
    """Prove by checksum each row of the library, its PDFs and its index."""
    with Store.open(Settings.from_environment().data, readonly=True) as store:
        found = [english.said(wrong) for wrong in proven(store)]
        handbooks, editions = store.counts()
    if as_json:
        print_json({"handbooks": handbooks, "editions": editions, "findings": found})
    elif not found:
        terminal.out().print(f"{handbooks} handbooks, {editions} editions: store, PDFs and index agree")
    else:
        for finding in found:
            terminal.out().print(terminal.plain(finding), soft_wrap=True)
    if found:
        raise typer.Exit(1)


@app.command(epilog="Example: kb backup library.zip")
def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file to write, a ZIP.")],
) -> None:
    """Write the whole library into one file; it may be served, and written to, meanwhile."""
    with (
        Store.open(Settings.from_environment().data, readonly=True) as store,
        bars.progress() as tell,
    ):
        found = whole.backup(store, file, tell)
    press.print_contents(file, found)


@app.command(epilog="Example: kb restore library.zip")
def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A file that kb backup wrote.")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Replace a library that is there.")] = False,
) -> None:
    """Make the library what a backup holds; it may be served meanwhile.

    What the library holds now is replaced: both are shown, and the question is asked, unless --yes is given. All of
    the backup is checked before anything is changed.
    """
    settings = Settings.from_environment()
    offered = whole.check(file)
    with whole.to_replace(settings.data) as (store, aside):
        press.print_exchange(settings.data, whole.held(store), file, offered)
        question = f"Replace the library in {settings.data} with {file}?"
        if (store.generation() or aside) and not yes and not terminal.asked(question):
            raise InputError(f"{settings.data}: holds a library; pass --yes to replace it with {file}")
        if offered.model and not settings.is_model_fixed:
            settings = replace(settings, model=offered.model)
        with bars.progress() as tell:
            found = whole.restore(store, file, encoder_of(settings), tell)
    if aside:
        terminal.err().print(
            terminal.plain(f"The damaged library is kept in {aside}", "yellow"), soft_wrap=True
        )
    log(settings.data, Deed.RESTORE, detail=f"from {file.name}")
    press.print_contents(file, found)
