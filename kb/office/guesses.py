"""Wrong passwords and tokens of late, by client, in the office's file: all processes of a server count alike."""

from __future__ import annotations

import ipaddress
import time
from pathlib import Path

from kb.office import cabinet

OF_ONE, OF_ALL, WINDOW_SECONDS = 5, 30, 60
"""How many guesses a client has within the window, and after how many of all clients each new one has but one.

So nobody can lock others out: whoever was not wrong of late is always heard, and a guesser with many addresses
has one guess a minute from each.
"""
_NETWORK = 64  # bits of an IPv6 address that a subscriber is given whole (RFC 6177)


class Guesses:
    """The guesses at one library's passwords."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def take(self, client: str) -> bool:
        """Count a try before it is looked at; False where this client has to wait.

        Raises:
            StoreError: it cannot be counted, so it must not be looked at.
        """
        now = time.time()
        with cabinet.opened(self._folder) as db:
            db.execute("DELETE FROM guess WHERE at <= ? OR at > ?", (now - WINDOW_SECONDS, now))
            own = db.execute("SELECT count(*) FROM guess WHERE client = ?", (client,)).fetchone()[0]
            everyones = db.execute("SELECT count(*) FROM guess").fetchone()[0]
            if own >= (OF_ONE if everyones < OF_ALL else 1):
                return False
            db.execute("INSERT INTO guess (client, at) VALUES (?, ?)", (client, now))
        return True

    def right(self, client: str) -> None:
        """Forget the tries of a client that knows a password or the token."""
        with cabinet.opened(self._folder) as db:
            db.execute("DELETE FROM guess WHERE client = ?", (client,))


def client(address: str) -> str:
    """Who an IP address belongs to, as far as it tells: an IPv4 address itself, an IPv6 one's /64."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is None:
            return str(ipaddress.ip_network((found, _NETWORK), strict=False))
        found = found.ipv4_mapped
    return str(found)
