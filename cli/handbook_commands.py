"""The handbooks of the library: `kb handbooks ...`."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from cli import terminal
from cli.handbook_prints import print_handbook, print_handbooks
from cli.opening import log, writing
from cli.options import AsJson, BookId
from cli.output import print_json
from kb import Settings, web_address
from kb.office import Deed
from kb.store import Store

app = typer.Typer(
    name="handbooks",
    invoke_without_command=True,
    epilog="Example: kb handbooks",
    help="List the handbooks of the library, or say whose one is.",
)


@app.callback()
def handbooks(context: typer.Context, as_json: AsJson = False) -> None:
    """List the handbooks of the library, or say whose one is."""
    if context.invoked_subcommand is not None:
        return
    with Store.open(Settings.from_environment().data, readonly=True) as store:
        found = store.handbooks()
    if as_json:
        print_json([asdict(book) for book in found])
    else:
        print_handbooks(found)


@app.command(name="show", epilog="Example: kb handbooks show HANDBOOK")
def handbooks_show(handbook: BookId, as_json: AsJson = False) -> None:
    """Say whose a handbook is: authors, publisher, year, licence, each with the page that prints it."""
    with Store.open(Settings.from_environment().data, readonly=True) as store:
        found = store.handbook(handbook)
        labels = {page.number: page.label for page in store.edition(handbook).pages}
    if as_json:
        print_json({**asdict(found), "facts": [asdict(fact) for fact in found.facts]})
    else:
        print_handbook(found, labels)


@app.command(name="set", epilog='Example: kb handbooks set HANDBOOK --licence "CC BY 4.0"')
def handbooks_set(
    handbook: BookId,
    publisher: Annotated[
        str | None, typer.Option(metavar="NAME", help='Who published it; "" for none.')
    ] = None,
    licence: Annotated[str | None, typer.Option(metavar="TEXT", help='Its licence; "" for none.')] = None,
    url: Annotated[str | None, typer.Option(metavar="URL", help='Its own web page; "" for none.')] = None,
    as_json: AsJson = False,
) -> None:
    """State a handbook's publisher, licence and web page; all its editions share them."""
    if publisher is None and licence is None and url is None:
        raise typer.BadParameter("give --publisher, --licence or --url")
    if url:
        url = web_address(url)
    settings = Settings.from_environment()
    with writing(settings) as store:
        found = store.set_details(handbook, publisher, licence, url)
    given = (("publisher", publisher), ("licence", licence), ("url", url))
    said = "; ".join(f"{name}: {value or 'not stated'}" for name, value in given if value is not None)
    log(settings.data, Deed.SETTINGS, handbook, said)
    if as_json:
        print_json(asdict(found))
        return
    for name in ("publisher", "licence", "url"):
        terminal.out().print(
            terminal.plain(f"{name:<10} {getattr(found, name) or 'not stated'}"), soft_wrap=True
        )
