"""What a command that writes needs: the library, its encoder, and whose word it is."""

from __future__ import annotations

import getpass
from pathlib import Path

from cli import terminal
from kb import InputError, ModelError, Settings
from kb.model import Encoder, load_encoder
from kb.office import Deed, Journal
from kb.store import Store


def writing(settings: Settings) -> Store:
    """Open the library to correct it; unlike an ingest this never makes one."""
    Store.open(settings.data, readonly=True).close()
    return Store.open(settings.data)


def encoder_of(settings: Settings) -> Encoder | None:
    """What embeds for the library; None, said on stderr, where there is no model."""
    try:
        return load_encoder(settings)
    except ModelError as error:
        terminal.err().print(terminal.plain(f"Indexed for word search only: {error}", "yellow"))
        return None


def account() -> str:
    """The name of the account that types.

    Raises:
        InputError: it has none.
    """
    try:
        return getpass.getuser()
    except (OSError, KeyError) as error:  # an account without a name
        raise InputError("who decides is not known here; give --by NAME") from error


def log(folder: Path, deed: Deed, handbook: str = "", detail: str = "") -> None:
    """Write into the log that this account did something by a command."""
    try:
        who = getpass.getuser()
    except (OSError, KeyError):  # an account without a name
        who = ""
    Journal(folder).add(deed, who=who, via="command line", handbook=handbook, detail=detail)
