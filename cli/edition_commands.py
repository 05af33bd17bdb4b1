"""Editions of a handbook: `kb editions`, `kb diff`, `kb rollback`, `kb remove`, `kb forget`."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from cli import bars, terminal
from cli import edition_prints as press
from cli.opening import encoder_of, log, writing
from cli.options import AsJson, BookId
from cli.output import print_json
from kb import InputError, NotFoundError, Settings
from kb.care import changes, shelf
from kb.office import Deed
from kb.store import Store

app = typer.Typer()


@app.command(epilog="Example: kb editions HANDBOOK")
def editions(
    handbook: Annotated[
        str, typer.Argument(metavar="HANDBOOK", help="A handbook's id; kb handbooks lists them.")
    ],
    as_json: AsJson = False,
) -> None:
    """List the editions of one handbook, newest first."""
    with Store.open(Settings.from_environment().data, readonly=True) as store:
        found = store.editions(handbook)
    if not found:
        raise NotFoundError(f"{handbook}: no such handbook in this library; kb handbooks lists them")
    if as_json:
        print_json([{**asdict(one), "pages": len(one.pages)} for one in found])
    else:
        press.print_editions(found)


@app.command(epilog="Example: kb diff HANDBOOK 1 2 --json")
def diff(
    handbook: BookId,
    before: Annotated[
        int | None, typer.Argument(metavar="[A]", help="The older edition; the one before B if not given.")
    ] = None,
    after: Annotated[
        int | None, typer.Argument(metavar="[B]", help="The newer edition; the served one if not given.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show what changed between two editions of a handbook."""
    with Store.open(Settings.from_environment().data, readonly=True) as store:
        old, new = changes.pair(store, handbook, before, after)
        found = changes.between(store, handbook, old, new)
    if as_json:
        print_json(changes.as_json(handbook, old, new, found))
    else:
        press.print_changes(handbook, old, new, found)


@app.command(epilog="Example: kb rollback HANDBOOK")
def rollback(
    handbook: BookId,
    to: Annotated[
        int | None, typer.Option(metavar="N", help="Serve this edition, older or newer; else the one before.")
    ] = None,
) -> None:
    """Serve the edition before at once; nothing is deleted, and --to leads forward again."""
    settings = Settings.from_environment()
    with writing(settings) as store, bars.progress() as tell:
        shelf.check_rollback(store, handbook, to)  # before the model is loaded
        number = shelf.rollback(store, handbook, to, encoder_of(settings), tell)
    log(settings.data, Deed.ROLLBACK, handbook, f"edition {number}")
    terminal.out().print(terminal.plain(f"{handbook}: edition {number} is served"))


@app.command(epilog="Example: kb remove HANDBOOK && kb remove --undo HANDBOOK")
def remove(
    handbook: BookId,
    undo: Annotated[bool, typer.Option("--undo", help="Put a removed handbook back as it was.")] = False,
) -> None:
    """Take a handbook out of search and lists; it is kept, and --undo puts it back."""
    settings = Settings.from_environment()
    with writing(settings) as store, bars.progress() as tell:
        if undo:
            shelf.check_removed(store, handbook)  # before the model is loaded
            number = shelf.put_back(store, handbook, encoder_of(settings), tell)
            said = f"edition {number} is served again"
        else:
            store.handbook(handbook)
            shelf.remove(store, handbook, encoder_of(settings), tell)
            said = f"removed; put it back with: kb remove --undo {handbook}"
    log(settings.data, Deed.PUT_BACK if undo else Deed.REMOVE, handbook)
    terminal.out().print(terminal.plain(f"{handbook}: {said}"), soft_wrap=True)


@app.command(epilog="Example: kb forget HANDBOOK --keep 5")
def forget(
    handbook: BookId,
    keep: Annotated[int, typer.Option(min=1, metavar="N", help="Editions to keep, the served one included.")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Answer the question with yes.")] = False,
) -> None:
    """Delete a handbook's oldest editions for good, to save disk space; the served one stays."""
    settings = Settings.from_environment()
    with writing(settings) as store:
        held = len(store.published(handbook))
        if (
            held > keep
            and not yes
            and not terminal.asked(f"Delete all but {keep} of the {held} editions of {handbook}?")
        ):
            raise InputError(f"{handbook}: nothing was deleted; pass --yes if that is meant")
        gone = shelf.forget(store, handbook, keep)
    if gone:
        log(settings.data, Deed.FORGET, handbook, f"{gone} editions, {held - gone} kept")
    terminal.out().print(terminal.plain(f"{handbook}: {gone} editions deleted, {held - gone} kept"))
