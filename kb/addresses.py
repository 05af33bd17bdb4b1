"""A web address as people type one, checked before it is kept."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from kb.errors import InputError

_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?|[0-9a-f.]*:[0-9a-f:.]*")


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


EVERYBODY = "*"
_PORTS = {"http": 80, "https": 443}


def web_origin(given: str) -> str:
    """An origin (RFC 6454) as browsers write it, "https://www.example.org", or `EVERYBODY`.

    Raises:
        InputError: it is none, or an address with more than that.
    """
    origin = given.strip().lower()
    if origin == EVERYBODY:
        return origin
    try:
        parts = urlsplit(origin)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    host = parts.hostname or ""
    has_more = parts.path not in ("", "/") or "@" in parts.netloc or "?" in origin or "#" in origin
    if parts.scheme not in _PORTS or has_more or not _HOST.fullmatch(host):
        shown = "".join(c if c.isprintable() else " " for c in given[:80])
        raise InputError(
            f"{shown}: not an origin; give scheme and host alone, such as https://www.example.org, or * for every site"
        )
    named = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{named}" + (f":{port}" if port and port != _PORTS[parts.scheme] else "")


def _is_usable(address: str) -> bool:
    if not address.isprintable() or any(c.isspace() or c in '<>"' for c in address):
        return False
    try:
        parts = urlsplit(address)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # brackets that do not close, a port beyond 65535
        return False
