"""A web address as people type one, checked before it is kept."""

from __future__ import annotations

from urllib.parse import urlsplit

from kb.errors import InputError


def web_address(given: str) -> str:
    """The address, without the space around it.

    Raises:
        InputError: it is no http or https address, or one that no link can hold.
    """
    address = given.strip()
    if _is_usable(address):
        return address
    shown = "".join(c if c.isprintable() else " " for c in address[:80])
    raise InputError(f"{shown}: not a web address; give one that starts with https:// and names a host")


def _is_usable(address: str) -> bool:
    if not address.isprintable() or any(c.isspace() or c in '<>"' for c in address):
        return False
    try:
        parts = urlsplit(address)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # brackets that do not close, a port beyond 65535
        return False
